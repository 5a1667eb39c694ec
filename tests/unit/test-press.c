/* What somebody means with a button: courses of presses, and chance against a list of presses. */
#include "rules/press.h"

#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "random-edges.h"
#include "util/clock.h"

#define STEPS_MAX 12
#define TEXT_SIZE 4096

enum step_kind {
	END,
	DOWN,
	UP,
	TIME,
};

struct course {
	const char *name;
	struct press_settings settings;
	struct {
		enum step_kind kind;
		uint64_t at_ns;
	} steps[STEPS_MAX + 1];
	const char *said;
	uint64_t next_ns;
};

/* What was meant so far, as a text: "single 150 long 300". */
struct said {
	char text[TEXT_SIZE];
	size_t used;
};

static void take(struct said *said, const struct press_said *press, unsigned n)
{
	static const char *const words[] = {
		[PRESS_SINGLE] = "single",
		[PRESS_DOUBLE] = "double",
		[PRESS_LONG] = "long",
	};

	for (unsigned i = 0; i < n; i++)
		said->used += (size_t)snprintf(said->text + said->used, TEXT_SIZE - said->used, "%s%s %ju",
		                               said->used > 0 ? " " : "", words[press[i].meaning],
		                               (uintmax_t)press[i].at_ns);
	assert_true(said->used < TEXT_SIZE);
}

static void input(struct press *press, const struct press_settings *settings, bool pressed, uint64_t at_ns,
                  struct said *said)
{
	struct press_said meant[PRESS_SAID_MAX];

	take(said, meant, press_input(press, settings, pressed, at_ns, meant));
}

static void pass(struct press *press, const struct press_settings *settings, uint64_t now_ns,
                 struct said *said)
{
	struct press_said meant;

	if (press_time(press, settings, now_ns, &meant))
		take(said, &meant, 1);
}

static const struct course table[] = {
	{ "single, when it can be no double any more",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 }, { TIME, 1499 }, { TIME, 1500 }, { TIME, 9000 } },
	  "single 1500",
	  NEVER_NS },
	{ "single, not yet", { 400, 800 }, { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 } }, "", 1500 },
	{ "double, at the second press",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 }, { DOWN, 1499 } },
	  "double 1499",
	  NEVER_NS },
	{ "the second press is too late by one",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 }, { DOWN, 1500 } },
	  "single 1500",
	  2300 },
	{ "a double whose second press is held",
	  { 400, 800 },
	  { { UP, 0 },
	    { DOWN, 1000 },
	    { UP, 1100 },
	    { DOWN, 1200 },
	    { TIME, 9000 },
	    { UP, 9100 },
	    { TIME, 9900 } },
	  "double 1200",
	  NEVER_NS },
	{ "three in a row are a double and a single",
	  { 400, 800 },
	  { { UP, 0 },
	    { DOWN, 1000 },
	    { UP, 1100 },
	    { DOWN, 1200 },
	    { UP, 1300 },
	    { DOWN, 1400 },
	    { UP, 1500 },
	    { TIME, 9000 } },
	  "double 1200 single 1900",
	  NEVER_NS },
	{ "long, while it is held, and nothing at the release",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { TIME, 1799 }, { TIME, 1800 }, { UP, 2000 }, { TIME, 9000 } },
	  "long 1800",
	  NEVER_NS },
	{ "long, read when it is over",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1800 }, { TIME, 9000 } },
	  "long 1800",
	  NEVER_NS },
	{ "too short for a long one by one",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1799 }, { TIME, 9000 } },
	  "single 2199",
	  NEVER_NS },
	{ "a single and a long one soon after it are a double",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 }, { DOWN, 1200 }, { UP, 5000 } },
	  "double 1200",
	  NEVER_NS },
	{ "no second half after a long one",
	  { 400, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 2000 }, { DOWN, 2100 }, { UP, 2200 }, { TIME, 9000 } },
	  "long 1800 single 2600",
	  NEVER_NS },
	{ "without doubles at the release",
	  { 0, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { TIME, 1050 }, { UP, 1100 }, { DOWN, 1101 }, { UP, 1102 } },
	  "single 1100 single 1102",
	  NEVER_NS },
	{ "without doubles long",
	  { 0, 800 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1900 } },
	  "long 1800",
	  NEVER_NS },
	{ "with neither at the press",
	  { 0, 0 },
	  { { UP, 0 }, { DOWN, 1000 }, { UP, 1100 }, { DOWN, 1100 } },
	  "single 1000 single 1100",
	  NEVER_NS },
	{ "without long ones, held",
	  { 400, 0 },
	  { { UP, 0 }, { DOWN, 1000 }, { TIME, 9000 }, { UP, 9100 }, { TIME, 9500 } },
	  "single 9500",
	  NEVER_NS },
	{ "held at the start",
	  { 400, 800 },
	  { { DOWN, 0 },
	    { TIME, 5000 },
	    { UP, 6000 },
	    { TIME, 9000 },
	    { DOWN, 9100 },
	    { UP, 9200 },
	    { TIME, 9999 } },
	  "single 9600",
	  NEVER_NS },
	{ "held at the start, with neither", { 0, 0 }, { { DOWN, 0 }, { UP, 6000 } }, "", NEVER_NS },
	{ "the same level again",
	  { 400, 800 },
	  { { UP, 0 },
	    { UP, 10 },
	    { DOWN, 1000 },
	    { DOWN, 1700 },
	    { TIME, 1800 },
	    { DOWN, 1900 },
	    { UP, 2000 },
	    { UP, 2100 },
	    { DOWN, 3000 },
	    { UP, 3100 },
	    { UP, 3300 },
	    { TIME, 3500 } },
	  "long 1800 single 3500",
	  NEVER_NS },
	{ "asked before an edge was handled: in order, and no press is lost",
	  { 400, 800 },
	  { { UP, 0 },
	    { DOWN, 1000 },
	    { UP, 1100 },
	    { TIME, 1500 },
	    { DOWN, 1400 },
	    { UP, 1600 },
	    { TIME, 2000 } },
	  "single 1500 single 2000",
	  NEVER_NS },
	{ "times that there are not",
	  { NEVER_NS - 5, NEVER_NS },
	  { { UP, 0 }, { DOWN, 1000 }, { TIME, NEVER_NS }, { UP, 9000 }, { TIME, NEVER_NS } },
	  "",
	  NEVER_NS },
	{ "nothing is known", { 400, 800 }, { { TIME, NEVER_NS } }, "", NEVER_NS },
};

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct course *row = &table[i];
		struct press press = { 0 };
		struct said said = { 0 };

		for (size_t j = 0; row->steps[j].kind != END; j++) {
			if (row->steps[j].kind == TIME)
				pass(&press, &row->settings, row->steps[j].at_ns, &said);
			else
				input(&press, &row->settings, row->steps[j].kind == DOWN, row->steps[j].at_ns,
				      &said);
		}
		if (strcmp(said.text, row->said) != 0 ||
		    press_next_ns(&press, &row->settings) != row->next_ns)
			failures += row_fails("%s: \"%s\", next %ju", row->name, said.text,
			                      (uintmax_t)press_next_ns(&press, &row->settings));
	}
	assert_int_equal(failures, 0);
}

#define RUNS 4000

/* The presses of a line, but for one that is held from the start. */
struct presses {
	struct {
		uint64_t down_ns, up_ns; /* NEVER_NS: it is still held */
	} list[RANDOM_EDGES_NS];
	size_t n;
};

static void find_presses(const struct random_edges *line, struct presses *ret)
{
	ret->n = 0;
	for (uint64_t t = 1; t < RANDOM_EDGES_NS; t++) {
		if (line->level[t] && !line->level[t - 1]) {
			ret->list[ret->n].down_ns = t;
			ret->list[ret->n++].up_ns = NEVER_NS;
		} else if (!line->level[t] && line->level[t - 1] && ret->n > 0) {
			ret->list[ret->n - 1].up_ns = t;
		}
	}
}

static void expect(struct said *said, enum press_meaning meaning, uint64_t at_ns)
{
	if (at_ns < RANDOM_EDGES_NS)
		take(said, &(struct press_said){ meaning, at_ns }, 1);
}

/* What the presses mean, each seen as a whole. */
static void explain(const struct presses *presses, const struct press_settings *settings, struct said *said)
{
	for (size_t i = 0; i < presses->n; i++) {
		uint64_t down_ns = presses->list[i].down_ns, up_ns = presses->list[i].up_ns;

		if (settings->double_ns == 0 && settings->long_ns == 0) {
			expect(said, PRESS_SINGLE, down_ns);
		} else if (settings->long_ns > 0 && up_ns - down_ns >= settings->long_ns) {
			expect(said, PRESS_LONG, down_ns + settings->long_ns);
		} else if (i + 1 < presses->n && presses->list[i + 1].down_ns - up_ns < settings->double_ns) {
			expect(said, PRESS_DOUBLE, presses->list[i + 1].down_ns);
			i++;
		} else if (up_ns != NEVER_NS) {
			expect(said, PRESS_SINGLE, up_ns + settings->double_ns);
		}
	}
}

/* Edges as they come or in batches, with or without somebody who asks for the time in between. */
static void handle(const struct random_edges *line, const struct press_settings *settings, uint64_t *seed,
                   bool in_time, struct said *said)
{
	struct press press = { 0 };
	uint64_t now_ns = 0;

	for (size_t i = 0; i < line->n; i++) {
		for (; now_ns < line->edges[i].at_ns && (in_time || random_between(seed, 0, 2) == 0);
		     now_ns++)
			pass(&press, settings, now_ns, said);
		now_ns = line->edges[i].at_ns;
		input(&press, settings, line->edges[i].active, now_ns, said);
	}
	pass(&press, settings, RANDOM_EDGES_NS - 1, said);
}

static void test_late_is_as_in_time(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned run = 0; run < RUNS; run++) {
		struct press_settings settings = {
			.double_ns = random_between(&seed, 0, 1) * random_between(&seed, 1, 20),
			.long_ns = random_between(&seed, 0, 1) * random_between(&seed, 1, 20),
		};
		struct said expected = { 0 }, in_time = { 0 }, late = { 0 };
		struct random_edges line;
		struct presses presses;

		random_edges_make(&line, &seed, 12);
		find_presses(&line, &presses);
		explain(&presses, &settings, &expected);
		handle(&line, &settings, &seed, true, &in_time);
		handle(&line, &settings, &seed, false, &late);
		if (strcmp(in_time.text, expected.text) != 0 || strcmp(late.text, expected.text) != 0)
			fail_msg("run %u, double %ju, long %ju:\n%s\nin time: %s\nlate: %s", run,
			         (uintmax_t)settings.double_ns, (uintmax_t)settings.long_ns, expected.text,
			         in_time.text, late.text);
	}
}

/* A press that was begun before a restart; the settings may be others then. */
static void test_restored(void **state)
{
	static const struct press_settings settings = { 400, 800 }, neither = { 0, 0 };
	struct press press = { 0 }, kept;
	struct said said = { 0 };

	(void)state;
	input(&press, &settings, false, 0, &said);
	input(&press, &settings, true, 1000, &said);
	kept = press;
	assert_true(press_restored(&kept, 1100));
	pass(&kept, &settings, 5000, &said);
	assert_string_equal(said.text, "long 1800");
	/* Without doubles the first half of one is a single, and so is the second. */
	input(&press, &settings, false, 1100, &said);
	assert_true(press_restored(&press, 1200));
	input(&press, &neither, true, 1200, &said);
	assert_string_equal(said.text, "long 1800 single 1100 single 1200");
}

static void test_nonsense_restored(void **state)
{
	static const struct press rows[] = {
		{ 0 },
		{ .state = -1 },
		{ .state = PRESS_ONCE + 1 },
		{ .state = PRESS_BEGUN, .since_ns = 1001 },
		{ .state = PRESS_UNKNOWN, .since_ns = 5 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct press press = rows[i];

		if (press_restored(&press, 1000) || press.state || press.since_ns)
			fail_msg("row %zu makes sense", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_late_is_as_in_time),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_nonsense_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
