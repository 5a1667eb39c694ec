/* Conditions: "attic above 28 and not window open", "hall motion for 2min". Pure: a text comes in and becomes a condition;
 * then what its components say and the time, and whether it holds comes out.
 *
 *     condition = and { "or" and }
 *     and       = not { "and" not }
 *     not       = [ "not" ] ( term | "(" condition ")" )
 *     term      = NAME STATE [ "for" TIME ]  |  NAME ( "above" | "below" ) NUMBER [ "for" TIME ]
 *
 * NAME is a component's, or Kind/name; STATE one of the words that its kind declares (roomd/state.h). "above" holds from
 * the first reading over NUMBER until one under NUMBER minus the sensor's hysteresis, "below" the other way round. "for"
 * makes a term true only when it has been so for that long, from the kernel's time of the change on; until then it is
 * false; not knowing in between begins it anew. What is not known goes through "and", "or", "not" as Kleene has it. */
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
/* Room for each printed condition. */
#define CONDITION_TEXT_SIZE 4096

enum condition_test {
	CONDITION_STATE,
	CONDITION_ABOVE,
	CONDITION_BELOW,
};

/* Where in the text something stands. */
struct condition_place {
	size_t offset, length;
};

struct condition_term {
	char kind[CONDITION_WORD_SIZE]; /* "ContactSensor"; empty: whichever has the name */
	char name[CONDITION_WORD_SIZE];
	char state[CONDITION_WORD_SIZE]; /* also "above" and "below" */
	enum condition_test test;
	double number;
	uint64_t for_ns; /* 0: at once */
	struct condition_place name_place, state_place;
};

/* All zero: none. `code` has the places of terms, or an operator, in the order of a stack. */
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

/* Reads it. -EINVAL: `problem` says what was expected, and `*ret_place` is where; `*ret` is undefined then. Names and
 * words are any. */
int condition_parse(const char *text, struct condition *ret, struct problem *problem, struct condition_place *ret_place);

/* In one form: one space between words, no bracket that is not needed, times and numbers as the tree writes them.
 * condition_parse() makes the same of it. Returns `buffer`. */
char *condition_format(const struct condition *condition, char buffer[static CONDITION_TEXT_SIZE]);

/* A term in the same form. Returns `buffer`. */
char *condition_format_term(const struct condition_term *term, char *buffer, size_t size);

/* Two lines: the text, and a line under this place of it. Returns `buffer`. */
char *condition_draw(const char *text, struct condition_place place, char *buffer, size_t size);

/* --- whether it holds ------------------------------------------------------------------------ */

/* What is known of a term: of a state its truth and since when (CLOCK_MONOTONIC, ns; 0: not known); of a measure the
 * value (NAN: not known), when it was read, and the hysteresis. */
struct condition_seen {
	enum truth truth;
	uint64_t since_ns;
	double value, hysteresis;
};
typedef void (*condition_ask)(const struct condition_term *term, unsigned i, struct condition_seen *ret, void *userdata);

/* All zero at first. Worth keeping over a restart (CLOCK_MONOTONIC), as long as the text is the same. */
struct condition_memory {
	uint64_t text_id;                      /* of which condition */
	uint64_t truths;                       /* of the terms, without "for": two bits each */
	uint64_t since_ns[CONDITION_TERMS_MAX]; /* since when */
};

struct condition_result {
	enum truth truth;
	unsigned term;    /* the one that decides */
	uint64_t at_ns;   /* since when that term is so, its "for" counted */
	uint64_t next_ns; /* when it may be another without anything that happens; NEVER_NS: it is not */
};

/* It is `now_ns`. Asks for each term. */
struct condition_result condition_evaluate(const struct condition *condition, struct condition_memory *memory,
                                           uint64_t now_ns, condition_ask ask, void *userdata);

/* After the memory was filled with what another one kept: forgets it if that was another condition, or makes no
 * sense. */
void condition_restored(const struct condition *condition, struct condition_memory *memory, uint64_t now_ns);
