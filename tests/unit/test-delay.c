/* When a level counts: courses of edges, and chance against a simulation that looks at each nanosecond. */
#include "rules/delay.h"

#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "random-edges.h"
#include "util/clock.h"

#define MS UINT64_C(1000000)
#define STEPS_MAX 12
#define TEXT_SIZE 4096

enum step_kind {
	END,
	ACTIVE,
	INACTIVE,
	TIME,
};

struct course {
	const char *name;
	struct delay_settings settings;
	struct {
		enum step_kind kind;
		uint64_t at_ns;
	} steps[STEPS_MAX + 1];
	const char *changes;
	uint64_t next_ns;
};

/* The changes so far, as a text: "on 150 off 300", with an exclamation mark where none was known before. */
struct changes {
	char text[TEXT_SIZE];
	size_t used;
	unsigned most_at_once;
};

static void take(struct changes *changes, const struct delay_change *change, unsigned n)
{
	if (n > changes->most_at_once)
		changes->most_at_once = n;
	for (unsigned i = 0; i < n; i++)
		changes->used += (size_t)snprintf(changes->text + changes->used, TEXT_SIZE - changes->used,
		                                  "%s%s %ju%s", changes->used > 0 ? " " : "",
		                                  change[i].active ? "on" : "off", (uintmax_t)change[i].at_ns,
		                                  change[i].first ? "!" : "");
	assert_true(changes->used < TEXT_SIZE);
}

static void input(struct delay *delay, const struct delay_settings *settings, bool active, uint64_t at_ns,
                  struct changes *changes)
{
	struct delay_change change[DELAY_CHANGES_MAX];

	take(changes, change, delay_input(delay, settings, active, at_ns, change));
}

static void pass(struct delay *delay, const struct delay_settings *settings, uint64_t now_ns,
                 struct changes *changes)
{
	struct delay_change change;

	if (delay_time(delay, settings, now_ns, &change))
		take(changes, &change, 1);
}

static const struct course table[] = {
	{ "no delays",
	  { 0, 0 },
	  { { INACTIVE, 5 }, { ACTIVE, 7 }, { INACTIVE, 7 } },
	  "off 5! on 7 off 7",
	  NEVER_NS },
	{ "no delays, active from the start", { 0, 0 }, { { ACTIVE, 5 } }, "on 5!", NEVER_NS },
	{ "not yet", { 100, 50 }, { { INACTIVE, 0 }, { ACTIVE, 1000 }, { TIME, 1099 } }, "off 0!", 1100 },
	{ "to the nanosecond",
	  { 100, 50 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { TIME, 1100 }, { TIME, 1200 } },
	  "off 0! on 1100",
	  NEVER_NS },
	{ "asked late",
	  { 100, 50 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { TIME, 9000 } },
	  "off 0! on 1100",
	  NEVER_NS },
	{ "too short by one",
	  { 100, 50 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { INACTIVE, 1099 }, { TIME, 9000 } },
	  "off 0!",
	  NEVER_NS },
	{ "just long enough, and read when it is over",
	  { 100, 50 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { INACTIVE, 1100 }, { TIME, 9000 } },
	  "off 0! on 1100 off 1150",
	  NEVER_NS },
	{ "two changes at once",
	  { 100, 0 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { INACTIVE, 2000 } },
	  "off 0! on 1100 off 2000",
	  NEVER_NS },
	{ "two changes at the same time",
	  { 100, 0 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { INACTIVE, 1100 } },
	  "off 0! on 1100 off 1100",
	  NEVER_NS },
	{ "an on-delay begins anew with each pulse",
	  { 100, 0 },
	  { { INACTIVE, 0 }, { ACTIVE, 10 }, { INACTIVE, 100 }, { ACTIVE, 105 }, { TIME, 200 } },
	  "off 0!",
	  205 },
	{ "off only after the delay",
	  { 0, 50 },
	  { { ACTIVE, 1000 }, { INACTIVE, 2000 }, { TIME, 2049 } },
	  "on 1000!",
	  2050 },
	{ "a gap that is shorter than the off-delay is none",
	  { 0, 50 },
	  { { ACTIVE, 1000 }, { INACTIVE, 2000 }, { ACTIVE, 2049 }, { TIME, 9000 } },
	  "on 1000!",
	  NEVER_NS },
	{ "a gap that is as long as the off-delay",
	  { 0, 50 },
	  { { ACTIVE, 1000 }, { INACTIVE, 2000 }, { ACTIVE, 2050 } },
	  "on 1000! off 2050 on 2050",
	  NEVER_NS },
	{ "a pulse in the off-delay begins it anew, however short",
	  { 100, 50 },
	  { { ACTIVE, 1000 }, { INACTIVE, 2000 }, { ACTIVE, 2040 }, { INACTIVE, 2041 }, { TIME, 3000 } },
	  "on 1100! off 2091",
	  NEVER_NS },
	{ "the same level again changes nothing",
	  { 100, 50 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { ACTIVE, 1090 }, { TIME, 1099 }, { ACTIVE, 1500 } },
	  "off 0! on 1100",
	  NEVER_NS },
	{ "active at the start, for too short",
	  { 100, 50 },
	  { { ACTIVE, 1000 }, { INACTIVE, 1050 } },
	  "off 1050!",
	  NEVER_NS },
	{ "asked before an edge was handled: the last level counts, and in order",
	  { 100, 0 },
	  { { INACTIVE, 0 }, { ACTIVE, 1000 }, { TIME, 1100 }, { INACTIVE, 1090 } },
	  "off 0! on 1100 off 1100",
	  NEVER_NS },
	{ "never on",
	  { NEVER_NS, 0 },
	  { { INACTIVE, 5 }, { ACTIVE, 7 }, { TIME, NEVER_NS } },
	  "off 5!",
	  NEVER_NS },
	{ "a time that there is not",
	  { NEVER_NS - 5, 0 },
	  { { INACTIVE, 5 }, { ACTIVE, 7 }, { TIME, NEVER_NS } },
	  "off 5!",
	  NEVER_NS },
	{ "never off again",
	  { 0, NEVER_NS },
	  { { ACTIVE, 7 }, { INACTIVE, 8 }, { TIME, NEVER_NS } },
	  "on 7!",
	  NEVER_NS },
	{ "nothing is known", { 100, 50 }, { { TIME, NEVER_NS } }, "", NEVER_NS },
};

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct course *row = &table[i];
		struct changes changes = { 0 };
		struct delay delay = { 0 };

		for (size_t j = 0; row->steps[j].kind != END; j++) {
			if (row->steps[j].kind == TIME)
				pass(&delay, &row->settings, row->steps[j].at_ns, &changes);
			else
				input(&delay, &row->settings, row->steps[j].kind == ACTIVE,
				      row->steps[j].at_ns, &changes);
		}
		if (strcmp(changes.text, row->changes) != 0 ||
		    delay_next_ns(&delay, &row->settings) != row->next_ns)
			failures += row_fails("%s: \"%s\", next %ju", row->name, changes.text,
			                      (uintmax_t)delay_next_ns(&delay, &row->settings));
	}
	assert_int_equal(failures, 0);
}

/* Edges a millisecond apart, the last one active or not. */
static uint64_t bounce(struct delay *delay, const struct delay_settings *settings, uint64_t at_ns,
                       unsigned edges, bool active, struct changes *changes)
{
	for (unsigned i = edges; i-- > 0; at_ns += MS)
		input(delay, settings, active ^ (i % 2), at_ns, changes);
	return at_ns - MS;
}

/* A contact of a door that bounces for 30 ms at both ends; the wind opens it for 5 ms, somebody for 2 s. It
 * counts 50 ms after the bouncing. Handled as it comes, or all of it a minute later. */
static void test_door(void **state)
{
	static const struct delay_settings settings = { 50 * MS, 50 * MS };

	(void)state;
	for (int late = 0; late < 2; late++) {
		struct changes changes = { 0 };
		struct delay delay = { 0 };
		uint64_t at_ns;

		input(&delay, &settings, false, 0, &changes);
		input(&delay, &settings, true, 1000 * MS, &changes);
		input(&delay, &settings, false, 1005 * MS, &changes);
		at_ns = bounce(&delay, &settings, 2000 * MS, 31, true, &changes);
		assert_true(at_ns == 2030 * MS);
		if (!late)
			pass(&delay, &settings, 2500 * MS, &changes);
		bounce(&delay, &settings, at_ns + 2000 * MS, 31, false, &changes);
		pass(&delay, &settings, 60000 * MS, &changes);
		assert_string_equal(changes.text, "off 0! on 2080000000 off 4110000000");
	}
}

#define RUNS 4000

/* Whether it was so in all of the `time_ns` before `t`; not before there was a level. */
static bool was(const struct random_edges *line, bool active, uint64_t t, uint64_t time_ns)
{
	if (t < time_ns)
		return false;
	for (uint64_t u = t - time_ns; u < t; u++)
		if (line->level[u] != active)
			return false;
	return true;
}

struct result {
	bool known, active;
};

static void look_at(const struct random_edges *line, const struct delay_settings *settings, bool wanted,
                    uint64_t t, struct result *result, struct changes *changes)
{
	uint64_t time_ns = wanted ? settings->on_ns : result->active ? settings->off_ns : 0;

	if ((result->known && wanted == result->active) || !was(line, wanted, t, time_ns))
		return;
	take(changes, &(struct delay_change){ .active = wanted, .first = !result->known, .at_ns = t }, 1);
	*result = (struct result){ true, wanted };
}

/* What comes out, with a look back at each nanosecond, before and after the edge that is then. */
static void look_at_each(const struct random_edges *line, const struct delay_settings *settings,
                         struct changes *changes)
{
	struct result result = { 0 };

	for (uint64_t t = 0; t < RANDOM_EDGES_NS; t++) {
		if (t > 0)
			look_at(line, settings, line->level[t - 1], t, &result, changes);
		look_at(line, settings, line->level[t], t, &result, changes);
	}
}

/* Edges as they come or in batches, with or without somebody who asks for the time in between. */
static void handle(const struct random_edges *line, const struct delay_settings *settings, uint64_t *seed,
                   bool in_time, struct changes *changes)
{
	struct delay delay = { 0 };
	uint64_t now_ns = 0;

	for (size_t i = 0; i < line->n; i++) {
		for (; now_ns < line->edges[i].at_ns && (in_time || random_between(seed, 0, 2) == 0);
		     now_ns++)
			pass(&delay, settings, now_ns, changes);
		now_ns = line->edges[i].at_ns;
		input(&delay, settings, line->edges[i].active, now_ns, changes);
	}
	pass(&delay, settings, RANDOM_EDGES_NS - 1, changes);
}

static void test_late_is_as_in_time(void **state)
{
	uint64_t seed = 1;
	unsigned two_at_once = 0;

	(void)state;
	for (unsigned run = 0; run < RUNS; run++) {
		struct delay_settings settings = {
			.on_ns = random_between(&seed, 0, 1) * random_between(&seed, 1, 12),
			.off_ns = random_between(&seed, 0, 1) * random_between(&seed, 1, 12),
		};
		struct changes expected = { 0 }, in_time = { 0 }, late = { 0 };
		struct random_edges line;

		random_edges_make(&line, &seed, 15);
		look_at_each(&line, &settings, &expected);
		handle(&line, &settings, &seed, true, &in_time);
		handle(&line, &settings, &seed, false, &late);
		two_at_once += late.most_at_once == 2;
		if (strcmp(in_time.text, expected.text) != 0 || strcmp(late.text, expected.text) != 0)
			fail_msg("run %u, delays %ju and %ju:\n%s\nin time: %s\nlate: %s", run,
			         (uintmax_t)settings.on_ns, (uintmax_t)settings.off_ns, expected.text,
			         in_time.text, late.text);
	}
	assert_true(two_at_once > RUNS / 10);
}

/* A successor with other delays, and one that finds nonsense. */
static void test_restored(void **state)
{
	static const struct delay_settings longer = { 300, 0 }, shorter = { 20, 0 };
	static const struct delay_settings settings = { 100, 0 };
	struct changes changes = { 0 };
	struct delay delay = { 0 }, kept;

	(void)state;
	input(&delay, &settings, false, 0, &changes);
	input(&delay, &settings, true, 1000, &changes);
	kept = delay;
	assert_true(delay_restored(&kept, 1050));
	assert_true(delay_next_ns(&kept, &settings) == 1100);
	assert_true(delay_next_ns(&kept, &longer) == 1300);
	pass(&kept, &shorter, 1050, &changes);
	assert_string_equal(changes.text, "off 0! on 1020");
}

static void test_nonsense_restored(void **state)
{
	static const struct delay rows[] = {
		{ 0 },
		{ .input = 3 },
		{ .input = -1, .level = DELAY_ACTIVE },
		{ .input = DELAY_ACTIVE, .level = 7 },
		{ .input = DELAY_ACTIVE, .level = DELAY_INACTIVE, .input_ns = 1001 },
		{ .input = DELAY_ACTIVE, .level = DELAY_ACTIVE, .since_ns = NEVER_NS },
		{ .level = DELAY_ACTIVE },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct delay delay = rows[i];

		if (delay_restored(&delay, 1000) || delay.input || delay.level || delay.input_ns ||
		    delay.since_ns)
			fail_msg("row %zu makes sense", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_door),
		cmocka_unit_test(test_late_is_as_in_time),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_nonsense_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
