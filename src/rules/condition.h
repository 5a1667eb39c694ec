/* Conditions: "attic above 28 and not window open", "hall motion for 2min". Pure: it makes a condition of a
 * text. Then the states of components and the time go in, and whether the condition holds comes out.
 *
 *     condition = and { "or" and }
 *     and       = not { "and" not }
 *     not       = [ "not" ] ( term | "(" condition ")" )
 *     term      = NAME STATE [ "for" TIME ]  |  NAME ( "above" | "below" ) NUMBER [ "for" TIME ]
 *
 * NAME is a component's name, or Kind/name. STATE is one of the words that its kind declares (roomd/state.h). "above"
 * holds from the first reading over NUMBER until one under NUMBER minus the sensor's hysteresis, "below" the other way
 * round. With "for" a term becomes true only after it has been true for that long, counted from the kernel's time of the
 * change; until then it is false. If it is unknown in between, the time begins anew. "and", "or" and "not" of unknown terms
 * follow Kleene. */
#pragma once

#include <stddef.h>

#include "roomd/state.h"
#include "util/problem.h"

#define CONDITION_TERMS_MAX 16
/* Terms and operators. */
#define CONDITION_CODE_MAX 64
/* Brackets within brackets. */
#define CONDITION_DEPTH_MAX 8
#define CONDITION_WORD_SIZE 40
/* Room for any printed condition. */
#define CONDITION_TEXT_SIZE 4096

enum condition_test {
	CONDITION_STATE,
	CONDITION_ABOVE,
	CONDITION_BELOW,
};

/* A place in the text. */
struct condition_place {
	size_t offset, length;
};

struct condition_term {
	char kind[CONDITION_WORD_SIZE]; /* "ContactSensor"; empty: the component with the name, of any kind */
	char name[CONDITION_WORD_SIZE];
	char state[CONDITION_WORD_SIZE]; /* also "above" and "below" */
	enum condition_test test;
	double number;
	uint64_t for_ns; /* 0: at once */
	struct condition_place name_place, state_place;
};

/* All zero: none. `code` has indexes of terms, and operators, in postfix order. */
struct condition {
	struct condition_term terms[CONDITION_TERMS_MAX];
	unsigned terms_n;
	unsigned char code[CONDITION_CODE_MAX];
	unsigned code_n;
};

enum condition_operator {
	CONDITION_AND = CONDITION_TERMS_MAX,
	CONDITION_OR,
	CONDITION_NOT,
};

/* Reads a condition. 0; or -EINVAL: `problem` says what was expected, and `*ret_place` where; `*ret` is
 * undefined then. Does not check whether names and states exist. */
int condition_parse(const char *text, struct condition *ret, struct problem *problem, struct condition_place *ret_place);

/* Writes a condition in a canonical form: one space between words, no bracket that is not needed, times and
 * numbers in their usual form. condition_parse() reads it back as the same condition. Returns `buffer`. */
char *condition_format(const struct condition *condition, char buffer[static CONDITION_TEXT_SIZE]);

/* Writes a term in that form. Returns `buffer`. */
char *condition_format_term(const struct condition_term *term, char *buffer, size_t size);

/* Writes two lines: the text, and a line that marks this place in it. Returns `buffer`. */
char *condition_draw(const char *text, struct condition_place place, char *buffer, size_t size);

/* --- whether it holds ------------------------------------------------------------------------ */

/* What is known of a term. For a state: its truth, and since when (CLOCK_MONOTONIC, ns; 0: not known). For a
 * measure: the value (NAN: not known), when it was read, and the hysteresis. */
struct condition_seen {
	enum truth truth;
	uint64_t since_ns;
	double value, hysteresis;
};
typedef void (*condition_ask)(const struct condition_term *term, unsigned i, struct condition_seen *ret, void *userdata);

/* All zero at first. Worth keeping over a restart (CLOCK_MONOTONIC), if the text is still the same. */
struct condition_memory {
	uint64_t text_id;                      /* identifies the condition */
	uint64_t truths;                       /* of the terms, without "for": two bits each */
	uint64_t since_ns[CONDITION_TERMS_MAX]; /* since when */
};

struct condition_result {
	enum truth truth;
	unsigned term;    /* the one that decides */
	uint64_t at_ns;   /* since when that term has its truth, after its "for" */
	uint64_t next_ns; /* when the truth may change although nothing happens; NEVER_NS: never */
};

/* Evaluates the condition at `now_ns`. Calls `ask` for each term. */
struct condition_result condition_evaluate(const struct condition *condition, struct condition_memory *memory,
                                           uint64_t now_ns, condition_ask ask, void *userdata);

/* After the memory was filled with the values that an earlier process kept: clears it if they are of another
 * condition, or make no sense. */
void condition_restored(const struct condition *condition, struct condition_memory *memory, uint64_t now_ns);
