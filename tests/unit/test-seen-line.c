/* What a line looks like by its edges: a person's acts, chatter, and the section that fits. */
#include "roomctl/seen-line.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/clock.h"

#define MS UINT64_C(1000000)

/* A line at this level, and then a change after each of these times in ms (ended by 0), the last one being
 * how long it is watched after that. */
static struct seen_line see(bool level, const unsigned *ms)
{
	uint64_t now_ns = 100 * NSEC_PER_SEC, count = 0;
	struct seen_line line;

	seen_begin(&line, level, now_ns);
	for (; ms[0]; ms++) {
		now_ns += ms[0] * MS;
		if (!ms[1])
			break;
		level = !level;
		seen_edge(&line, level, ++count, now_ns);
	}
	seen_end(&line, now_ns);
	return line;
}

#define SEE(level, ...) see(level, (const unsigned[]){ __VA_ARGS__, 0 })

/* It changes each so many ms. */
static struct seen_line see_chatter(unsigned edges, unsigned ms)
{
	struct seen_line line;
	uint64_t now_ns = 100 * NSEC_PER_SEC;

	seen_begin(&line, false, now_ns);
	for (unsigned i = 0; i < edges; i++)
		seen_edge(&line, i % 2 == 0, i + 1, now_ns += ms * MS);
	seen_end(&line, now_ns);
	return line;
}

static void expect_section(const struct seen_line *line, const char *section)
{
	struct seen_guess guess = seen_guess(line);
	char *text;

	if (!guess.kind)
		fail_msg("nothing is guessed: %s", guess.why);
	text = seen_section(line, guess.kind, "x", "GPIO4");
	assert_string_equal(text, section);
	assert_true(strlen(guess.why) > 0);
	free(text);
}

static void test_motion(void **state)
{
	struct seen_line line = SEE(false, 2000, 3000, 4000, 3000, 10000);

	(void)state;
	assert_int_equal(line.acts, 4);
	assert_false(line.bounces);
	expect_section(&line, "[MotionSensor x]\nLine=GPIO4\n");
	/* It saw somebody from the beginning on. */
	line = SEE(true, 2000, 20000);
	expect_section(&line, "[MotionSensor x]\nLine=GPIO4\n");
}

static void test_button(void **state)
{
	/* Pressed for 200 ms and 120 ms, bouncing. */
	struct seen_line line = SEE(true, 4000, 1, 2, 200, 3, 1, 5000, 120, 9000);

	(void)state;
	assert_int_equal(line.acts, 4);
	assert_true(line.bounces);
	expect_section(&line, "[Button x]\nLine=GPIO4\nActiveLow=yes\nBias=pull-up\nDebounceSec=20ms\n");
	line = SEE(false, 4000, 200, 5000);
	expect_section(&line, "[Button x]\nLine=GPIO4\nBias=pull-down\nDebounceSec=20ms\n");
	/* So short that nobody could tell it from a bounce. */
	line = SEE(true, 4000, 20, 5000);
	expect_section(&line, "[Button x]\nLine=GPIO4\nActiveLow=yes\nBias=pull-up\nDebounceSec=20ms\n");
}

static void test_contact(void **state)
{
	/* Opened, bouncing, for four seconds. */
	struct seen_line line = SEE(false, 5000, 2, 1, 4000, 1, 2, 9000);

	(void)state;
	expect_section(&line, "[ContactSensor x]\nLine=GPIO4\nBias=pull-up\nDebounceSec=20ms\n");
	line = SEE(true, 5000, 4000, 9000);
	expect_section(&line, "[ContactSensor x]\nLine=GPIO4\nActiveLow=yes\nBias=pull-up\n");
}

static void test_somebody_knows_better(void **state)
{
	struct seen_line line = SEE(true, 5000, 4000, 9000);
	char *text = seen_section(&line, "MotionSensor", "hall", "GPIO4");

	(void)state;
	assert_string_equal(text, "[MotionSensor hall]\nLine=GPIO4\nActiveLow=yes\n");
	free(text);
	text = seen_section(&line, "Button", "hall", "GPIO4");
	assert_string_equal(text,
	                    "[Button hall]\nLine=GPIO4\nActiveLow=yes\nBias=pull-up\nDebounceSec=20ms\n");
	free(text);
}

static void test_chatter(void **state)
{
	struct seen_line fast = see_chatter(3000, 10), slow = see_chatter(60, 500),
			 wave = see_chatter(8, 3000), few = see_chatter(40, 10);

	(void)state;
	assert_true(seen_is_chattering(&fast));
	assert_true(seen_is_chattering(&slow));
	assert_false(seen_is_chattering(&wave));
	assert_false(seen_is_chattering(&few));
	assert_null(seen_guess(&fast).kind);
	assert_non_null(strstr(seen_guess(&fast).why, "by itself"));
}

/* Edges that nobody could read count. */
static void test_lost_edges(void **state)
{
	struct seen_line line;

	(void)state;
	seen_begin(&line, false, 0);
	seen_edge(&line, true, 1, 10 * MS);
	seen_edge(&line, false, 900, 30 * MS);
	assert_int_equal(line.edges, 900);
	seen_end(&line, 40 * MS);
	assert_true(seen_is_chattering(&line));
}

/* It changed between the request and the reading of its level. */
static void test_level_that_was_read_late(void **state)
{
	struct seen_line line;

	(void)state;
	seen_begin(&line, true, 20 * MS);
	seen_edge(&line, true, 1, 10 * MS);
	assert_int_equal(line.acts, 1);
	assert_true(line.level);
	assert_int_equal(line.total_ns[false], 0);
}

static void test_order(void **state)
{
	struct seen_line waved = SEE(false, 2000, 3000, 4000, 3000, 4000), once = SEE(false, 2000, 9000),
			 still = SEE(false, 9000), chatter = see_chatter(3000, 10);

	(void)state;
	assert_true(seen_compare(&waved, &once) < 0);
	assert_true(seen_compare(&once, &still) < 0);
	assert_true(seen_compare(&still, &chatter) < 0);
	assert_true(seen_compare(&chatter, &waved) > 0);
	assert_int_equal(seen_compare(&waved, &waved), 0);
	assert_null(seen_guess(&still).kind);
}

static void test_section_names(void **state)
{
	static const struct {
		const char *called, *name;
	} table[] = {
		{ "PIR_HALL", "pir_hall" },
		{ "GPIO17", "gpio17" },
		{ "P9_14 [ehrpwm1a]", "p9_14-ehrpwm1a" },
		{ "", "line" },
		{ "[--]", "line" },
		{ "Küche", "k-che" },
	};
	char name[SEEN_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++)
		assert_string_equal(seen_name(table[i].called, "line", name), table[i].name);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_motion),
		cmocka_unit_test(test_button),
		cmocka_unit_test(test_contact),
		cmocka_unit_test(test_somebody_knows_better),
		cmocka_unit_test(test_chatter),
		cmocka_unit_test(test_lost_edges),
		cmocka_unit_test(test_level_that_was_read_late),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_section_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
