/* What is recorded, and what is answered of it: readings, gaps, clocks, windows, a restart, bounds. On a clock of its own. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder-fixture.h"
#include "util/problem.h"

/* --- readings --------------------------------------------------------------------------------- */

/* A minute of readings, answered alike from memory, from the file, and after a restart. */
static void expect_readings(struct fixture *it)
{
	struct point point = point_of(it, hall(it), T0, T0 + SECONDS(40));
	struct list list = values_of(it, hall(it), T0, T0 + HOURS(1), 10, false);

	assert_int_equal(point.state, SERIES_KNOWN);
	assert_true(point.span.min == 20 && point.span.max == 23);
	assert_true(fabs(span_mean(&point.span) - 21.5) < 1e-9);
	assert_int_equal(point.span.n, 4);
	assert_int_equal(point.span.known_usec, SECONDS(40));
	assert_int_equal(list.n, 4);
	for (size_t i = 0; i < list.n; i++)
		assert_true(list.all[i].time == T0 + SECONDS(10 * i) && list.all[i].value == 20 + (double)i);
	assert_int_equal(values_of(it, hall(it), T0, T0 + HOURS(1), 3, true).n, 3);
}

static void test_readings(void **state)
{
	struct fixture *it = *state;

	for (unsigned i = 0; i < 4; i++)
		set(it, hall(it), T0 + SECONDS(10 * i), 20 + i);
	recorder_tick(it->recorder, T0 + SECONDS(40));
	expect_readings(it);
	write_at(it, T0 + SECONDS(60));
	expect_readings(it);
	restart(it);
	assert_true(it->recorder->away);
	expect_readings(it);
}

/* The value holds through all windows; the same again is not recorded. */
static void test_holds(void **state)
{
	struct fixture *it = *state;
	struct span span;

	set(it, hall(it), T0 + MINUTES(30), 20);
	set(it, light(it), T0 + MINUTES(30), 0);
	for (unsigned i = 31; i < 60 * 30; i++) {
		if (i % 10 == 0)
			set(it, hall(it), T0 + MINUTES(i), 20);
		if (i == 60)
			set(it, light(it), T0 + MINUTES(i), 1);
		write_at(it, T0 + MINUTES(i));
	}
	assert_int_equal(values_of(it, hall(it), T0, T0 + DAYS(2), 10, false).n, 1);
	span = sums_of(it, light(it), T0 + MINUTES(45), T0 + HOURS(25));
	assert_int_equal(span.known_usec, HOURS(25) - MINUTES(45));
	assert_int_equal(span.on_usec, HOURS(24));
	assert_int_equal(span.ups, 1);
	assert_int_equal(point_of(it, hall(it), T0, T0 + HOURS(24)).span.known_usec, HOURS(24) - MINUTES(30));
	assert_int_equal(point_of(it, hall(it), T0 + MINUTES(2), T0 + MINUTES(3)).state, SERIES_GAP);
}

/* --- gaps ------------------------------------------------------------------------------------- */

static void test_gap(void **state)
{
	struct fixture *it = *state;
	struct point *points;
	struct list list;
	size_t n;

	set(it, hall(it), T0, 20);
	clock_is(it, T0 + MINUTES(10));
	recorder_gap(it->recorder, T0 + MINUTES(10));
	set(it, hall(it), T0 + MINUTES(20), 20);
	clock_is(it, T0 + MINUTES(25));
	recorder_set(it->recorder, hall(it), T0 + MINUTES(25), SERIES_UNAVAILABLE, NAN);
	write_at(it, T0 + MINUTES(30));
	for (unsigned round = 0; round < 2; round++, restart(it)) {
		points = points_of(it, hall(it), T0, T0 + MINUTES(30), 6, &n);
		assert_int_equal(n, 6);
		assert_int_equal(points[0].state, SERIES_KNOWN);
		assert_int_equal(points[1].state, SERIES_KNOWN);
		assert_int_equal(points[2].state, SERIES_GAP);
		assert_int_equal(points[3].state, SERIES_GAP);
		assert_int_equal(points[4].state, SERIES_KNOWN);
		assert_int_equal(points[5].state, SERIES_UNAVAILABLE);
		free(points);
		list = values_of(it, hall(it), T0, T0 + HOURS(1), 10, false);
		assert_int_equal(list.n, 4);
		assert_int_equal(list.all[1].state, SERIES_GAP);
		assert_int_equal(list.all[3].state, SERIES_UNAVAILABLE);
	}
	assert_int_equal(sums_of(it, hall(it), T0, T0 + MINUTES(30)).unavailable_usec, MINUTES(5));
}

/* Killed: what was not written is not there, and is a gap from what was; or it has gone on, if the hub says so. */
static void test_killed(void **state)
{
	struct fixture *it = *state;

	set(it, light(it), T0, 1);
	write_at(it, T0 + MINUTES(1));
	set(it, light(it), T0 + SECONDS(70), 0);
	restart(it);
	assert_true(it->recorder->away);
	assert_int_equal(it->recorder->time, T0 + MINUTES(1));
	clock_is(it, T0 + MINUTES(5));
	recorder_gap(it->recorder, it->recorder->time);
	set(it, light(it), T0 + MINUTES(5), 0);
	write_at(it, T0 + MINUTES(6));
	assert_int_equal(sums_of(it, light(it), T0, T0 + MINUTES(6)).known_usec, MINUTES(2));
	assert_int_equal(point_of(it, light(it), T0 + MINUTES(2), T0 + MINUTES(4)).state, SERIES_GAP);
	restart(it);
	clock_is(it, T0 + MINUTES(20));
	recorder_go_on(it->recorder);
	write_at(it, T0 + MINUTES(20));
	assert_int_equal(sums_of(it, light(it), T0 + MINUTES(6), T0 + MINUTES(20)).known_usec, MINUTES(14));
}

/* --- clocks ----------------------------------------------------------------------------------- */

static void test_clock_forward(void **state)
{
	struct fixture *it = *state;

	set(it, light(it), T0, 1);
	write_at(it, T0 + MINUTES(1));
	it->clock += (int64_t)HOURS(5);
	write_at(it, T0 + HOURS(5) + MINUTES(2));
	write_at(it, T0 + HOURS(5) + MINUTES(3));
	for (unsigned round = 0; round < 2; round++, restart(it)) {
		assert_int_equal(sums_of(it, light(it), T0, T0 + HOURS(6)).known_usec, MINUTES(3));
		assert_int_equal(point_of(it, light(it), T0 + HOURS(1), T0 + HOURS(2)).state, SERIES_GAP);
		assert_int_equal(point_of(it, light(it), T0 + HOURS(5) + MINUTES(2), T0 + HOURS(6)).span.known_usec, MINUTES(1));
	}
}

/* The same time twice: both are there, in the order of recording; a step is no longer than it is. */
static void test_clock_backward(void **state)
{
	struct fixture *it = *state;
	struct list list;

	set(it, light(it), T0 + HOURS(3), 1);
	write_at(it, T0 + HOURS(3) + MINUTES(10));
	it->clock -= (int64_t)HOURS(2);
	set(it, light(it), T0 + HOURS(1) + MINUTES(20), 0);
	write_at(it, T0 + HOURS(1) + MINUTES(30));
	for (unsigned i = 1; i < 110; i++)
		write_at(it, T0 + HOURS(1) + MINUTES(30 + i));
	for (unsigned round = 0; round < 2; round++, restart(it)) {
		list = values_of(it, light(it), T0, T0 + HOURS(6), 10, false);
		assert_int_equal(list.n, 3);
		assert_int_equal(list.all[0].time, T0 + HOURS(3));
		assert_int_equal(list.all[1].state, SERIES_GAP);
		assert_int_equal(list.all[1].time, T0 + HOURS(3) + MINUTES(20));
		assert_int_equal(list.all[2].time, T0 + HOURS(1) + MINUTES(20));
		assert_int_equal(sums_of(it, light(it), T0 + HOURS(3), T0 + HOURS(4)).known_usec, MINUTES(20) + MINUTES(19));
		assert_int_equal(point_of(it, light(it), T0 + HOURS(3), T0 + HOURS(3) + MINUTES(20)).span.known_usec, MINUTES(20));
		assert_int_equal(sums_of(it, light(it), T0, T0 + HOURS(2)).known_usec, MINUTES(40));
	}
}

/* --- bounds ----------------------------------------------------------------------------------- */

static void test_old_readings(void **state)
{
	struct fixture *it = *state;
	struct series *series;
	struct list list;

	it->recorder->bounds.raw_usec = it->bounds.raw_usec = DAYS(1);
	it->recorder->bounds.keep_usec = it->bounds.keep_usec = DAYS(2);
	live(it, T0, T0 + DAYS(3), 2);
	series = series_of(it, "temperature_sensor/0", "Value", 'd');
	list = values_of(it, series, T0 + HOURS(30), T0 + HOURS(31), 100, false);
	assert_int_equal(list.n, 12);
	assert_int_equal(list.all[0].length, FIVE_USEC);
	assert_int_equal(values_of(it, series, T0 + HOURS(60), T0 + HOURS(61), 100, false).n, 60);
	assert_int_equal(point_of(it, series, T0 + HOURS(30), T0 + HOURS(31)).span.known_usec, HOURS(1));
	assert_int_equal(point_of(it, series, T0 + HOURS(1), T0 + HOURS(12)).state, SERIES_GAP);
	assert_true(reader_since(it->recorder) >= T0 + HOURS(20));
}

static uint64_t bytes_on_disk(const struct fixture *it)
{
	char command[192];
	unsigned long long bytes = 0;
	FILE *pipe;

	snprintf(command, sizeof command, "cat %s/* | wc -c", it->folder);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%llu", &bytes), 1);
	pclose(pipe);
	return bytes;
}

static void test_max_bytes(void **state)
{
	struct fixture *it = *state;
	uint64_t most = 0;

	it->recorder->bounds.bytes = it->bounds.bytes = 7000000;
	restart(it);
	for (unsigned day = 0; day < 4; day++) {
		live(it, T0 + DAYS(day), T0 + DAYS(day + 1), 60);
		most = bytes_on_disk(it) > most ? bytes_on_disk(it) : most;
	}
	assert_true(most <= 7000000);
	assert_true(most > 2000000);
	assert_true(store_bytes(it->recorder->store) == bytes_on_disk(it));
	assert_int_equal(point_of(it, series_of(it, "temperature_sensor/7", "Value", 'd'), T0 + DAYS(3), T0 + DAYS(4)).state,
	                 SERIES_KNOWN);
	/* Less than before: it gets smaller. */
	it->bounds.bytes = 5500000;
	restart(it);
	live(it, T0 + DAYS(4), T0 + DAYS(4) + HOURS(3), 2);
	assert_true(bytes_on_disk(it) <= 5500000);
}

/* --- what goes wrong -------------------------------------------------------------------------- */

static void test_read_only(void **state)
{
	struct fixture *it = *state;
	const char *text;
	struct moment moment = at(it, T0 + MINUTES(1));

	recorder_free(it->recorder);
	it->recorder = NULL;
	strcat(it->folder, "/none");
	open_it(it);
	assert_true(recorder_take_words(it->recorder, &text));
	assert_non_null(strstr(text, "history goes on in memory"));
	set(it, hall(it), T0, 20);
	assert_true(recorder_write(it->recorder, &moment) < 0);
	assert_true(*it->recorder->problem);
	assert_false(recorder_take_words(it->recorder, &text)); /* once */
	assert_int_equal(point_of(it, hall(it), T0, T0 + MINUTES(1)).state, SERIES_KNOWN);
	for (unsigned i = 0; i < 3 * RECORDER_ITEMS_MAX; i++)
		set(it, hall(it), T0 + MINUTES(1) + SECONDS(i), i);
	assert_true(it->recorder->items_n <= RECORDER_ITEMS_MAX);
	*strrchr(it->folder, '/') = '\0';
	snprintf(it->recorder->folder, strlen(it->recorder->folder) + 1, "%s", it->folder);
	write_at(it, T0 + HOURS(20));
	assert_string_equal(it->recorder->problem, "");
	assert_int_equal(point_of(it, hall(it), T0 + HOURS(16), T0 + HOURS(16) + MINUTES(1)).state, SERIES_KNOWN);
}

static void test_damaged(void **state)
{
	struct fixture *it = *state;
	char path[192];
	const char *text;
	FILE *file;

	set(it, hall(it), T0, 20);
	write_at(it, T0 + MINUTES(1));
	recorder_free(it->recorder);
	snprintf(path, sizeof path, "%s/" HISTORY_FILE, it->folder);
	file = fopen(path, "r+");
	assert_non_null(file);
	fputs("this is no database", file);
	fclose(file);
	open_it(it);
	assert_true(recorder_take_words(it->recorder, &text));
	assert_non_null(strstr(text, "set aside as " HISTORY_DAMAGED "1"));
	set(it, hall(it), T0 + MINUTES(2), 21);
	write_at(it, T0 + MINUTES(3));
	restart(it);
	assert_int_equal(values_of(it, hall(it), T0, T0 + HOURS(1), 10, false).n, 1);
}

/* Whatever somebody asks over D-Bus: an answer that makes sense, and no more time than there is. */
static void test_any_question(void **state)
{
	static const uint64_t times[] = { 0, 1, T0 - 1, T0, T0 + 1, T0 + HOURS(1), T0 + HOURS(3), T0 + HOURS(50), T0 + DAYS(4000),
		                          UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX };
	static const uint32_t most[] = { 1, 2, 7, 100, 10000 };
	struct fixture *it = *state;

	live(it, T0, T0 + HOURS(30), 2);
	it->clock -= (int64_t)HOURS(5);
	live(it, T0 + HOURS(25), T0 + HOURS(40), 2);
	for (size_t i = 0; i < ELEMENTS(times) * ELEMENTS(times) * ELEMENTS(most); i++) {
		uint64_t since = times[i % ELEMENTS(times)], until = times[i / ELEMENTS(times) % ELEMENTS(times)];
		struct series *series = series_of(it, "temperature_sensor/1", "Value", 'd');
		struct point *points;
		struct span sums;
		size_t n;

		if (since >= until)
			continue;
		points = points_of(it, series, since, until, most[i / ELEMENTS(times) / ELEMENTS(times)], &n);
		assert_in_range(n, 1, most[i / ELEMENTS(times) / ELEMENTS(times)]);
		assert_true(points[0].begin == since && points[n - 1].end == until);
		for (size_t k = 0; k < n; k++)
			assert_true(points[k].begin < points[k].end &&
			            points[k].span.known_usec <= points[k].end - points[k].begin);
		free(points);
		sums = sums_of(it, series, since, until);
		assert_true(sums.known_usec <= HOURS(46));
		if (until - since > HOURS(1000))
			assert_true(sums.known_usec > 0 || since >= T0 + HOURS(40) || until <= T0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_readings),      TEST(test_holds),        TEST(test_gap),         TEST(test_killed),
		TEST(test_clock_forward), TEST(test_clock_backward), TEST(test_old_readings), TEST(test_max_bytes),
		TEST(test_read_only),     TEST(test_damaged),      TEST(test_any_question),
	};

	return cmocka_run_group_tests(tests, fixture_fake_flushes, NULL);
}
