/* Times on every machine: also where the C library's own type has 32 bits, and time would end in 2038. */
#define _GNU_SOURCE
#include "util/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "helpers.h"
#include "roomctl/times.h"

static void test_rfc3339(void **state)
{
	static const struct {
		uint64_t s;
		uint32_t ns;
		const char *text;
	} rows[] = {
		{ 0, 0, "1970-01-01T00:00:00.000000+00:00" },
		{ 1, 999999999, "1970-01-01T00:00:01.999999+00:00" },
		{ INT32_MAX, 0, "2038-01-19T03:14:07.000000+00:00" },
		{ UINT64_C(1) << 31, 1000, "2038-01-19T03:14:08.000001+00:00" },
		{ UINT64_C(1) << 32, 0, "2106-02-07T06:28:16.000000+00:00" },
		{ UINT64_MAX / NSEC_PER_SEC, 709551615, "2554-07-21T23:34:33.709551+00:00" },
	};
	char text[CLOCK_RFC3339_SIZE];
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		clock_format_rfc3339(rows[i].s * NSEC_PER_SEC + rows[i].ns, text);
		if (strcmp(text, rows[i].text) != 0)
			failed += row_fails("%s expected, but it is %s", rows[i].text, text);
	}
	assert_int_equal(failed, 0);
}

/* As roomctl shows when a state by hand ends. */
static void test_text_of_a_far_time(void **state)
{
	const uint64_t in_2050 = UINT64_C(2524608000) * USEC_PER_SEC;
	char *text = time_to_text(in_2050, VALUE_CLOCK_REALTIME);

	(void)state;
	assert_non_null(text);
	/* The clock may go on to the next second while the text is made. */
	text[strlen("2050-01-01 00:00:0")] = 'x';
	assert_memory_equal(text, "2050-01-01 00:00:0x (in ", strlen("2050-01-01 00:00:0x (in "));
	free(text);
}

static void test_whole_microseconds(void **state)
{
	(void)state;
	assert_true(clock_usec_at_or_after(0) == 0);
	assert_true(clock_usec_at_or_after(1) == 1);
	assert_true(clock_usec_at_or_after(1000) == 1);
	assert_true(clock_usec_at_or_after(1001) == 2);
	/* More than 32 bits of µs, and of ms. */
	assert_true(clock_usec_at_or_after(UINT64_C(5000000000000001)) == UINT64_C(5000000000001));
	assert_true(clock_usec_at_or_after(NEVER_NS - 1) == CLOCK_TIMER_MAX_USEC);
}

static void test_later_and_since(void **state)
{
	(void)state;
	assert_true(clock_later_ns(2, 3) == 5);
	assert_true(clock_later_ns(NEVER_NS - 1, 1) == NEVER_NS);
	assert_true(clock_later_ns(2, NEVER_NS - 1) == NEVER_NS);
	assert_true(clock_later_ns(NEVER_NS, NEVER_NS) == NEVER_NS);
	assert_true(clock_since_ns(2, 5) == 3);
	assert_true(clock_since_ns(5, 5) == 0);
	assert_true(clock_since_ns(5, 2) == 0);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec, (void)userdata;
	fail_msg("it is time already");
	return 0;
}

/* A time span of the configuration may be almost 584 years: a timer for it must not end the loop. */
static void test_timer_of_a_far_time(void **state)
{
	static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(clocks); i++) {
		sd_event *event = NULL;
		sd_event_source *timer = NULL;

		assert_int_equal(sd_event_new(&event), 0);
		assert_int_equal(sd_event_add_time(event, &timer, clocks[i],
		                                   clock_usec_at_or_after(NEVER_NS - 1), 1, on_time, NULL),
		                 0);
		assert_int_equal(sd_event_run(event, 0), 0);
		sd_event_source_unref(timer);
		sd_event_unref(event);
	}
}

/* As it is now, and not as it was when it was first asked for. */
static void test_zone_that_changes(void **state)
{
	static const struct {
		const char *zone, *text;
	} rows[] = {
		{ "UTC", "1970-01-01T00:00:01.000000+00:00" },
		{ "XXX-2", "1970-01-01T02:00:01.000000+02:00" },
		{ "UTC", "1970-01-01T00:00:01.000000+00:00" },
	};
	char text[CLOCK_RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		setenv("TZ", rows[i].zone, 1);
		assert_string_equal(clock_format_rfc3339(NSEC_PER_SEC, text), rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3339),           cmocka_unit_test(test_text_of_a_far_time),
		cmocka_unit_test(test_zone_that_changes), cmocka_unit_test(test_whole_microseconds),
		cmocka_unit_test(test_later_and_since),   cmocka_unit_test(test_timer_of_a_far_time),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
