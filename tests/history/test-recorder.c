/* What is recorded, and what is answered of it: readings, gaps, clocks, windows, a restart, bounds. On a clock of its own. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "history/reader.h"
#include "shim-vfs.h"
#include "util/problem.h"

/* The beginning of a window, on 2026-11-28. */
#define T0 ((UINT64_C(1795867200) / 7200) * WINDOW_USEC)
#define SECONDS(n) ((uint64_t)(n) * USEC_PER_SEC)
#define MINUTES(n) SECONDS((n) * 60)
#define HOURS(n) MINUTES((n) * 60)
#define DAYS(n) HOURS((n) * 24)

static const struct store_bounds wide = { .raw_usec = DAYS(30), .keep_usec = DAYS(400), .bytes = 200000000 };

struct fixture {
	char folder[96];
	struct recorder *recorder;
	struct store_bounds bounds;
	int64_t clock; /* what the clock is ahead of the boot's */
};

static void open_it(struct fixture *it)
{
	assert_int_equal(recorder_new(it->folder, &it->bounds, &it->recorder), 0);
}

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .folder = "/tmp/roomd-test-XXXXXX", .bounds = wide, .clock = (int64_t)DAYS(100) };
	assert_non_null(mkdtemp(fixture.folder));
	open_it(&fixture);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *it = *state;
	char command[256];

	recorder_free(it->recorder);
	snprintf(command, sizeof command, "chmod -R u+w %s; rm -r %s", it->folder, it->folder);
	return system(command);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* --- what happens ----------------------------------------------------------------------------- */

static struct moment at(const struct fixture *it, uint64_t time)
{
	return (struct moment){ .realtime = time, .boot = time - (uint64_t)it->clock };
}

static void clock_is(struct fixture *it, uint64_t time)
{
	struct moment moment = at(it, time);

	recorder_clock(it->recorder, &moment);
}

static void write_at(struct fixture *it, uint64_t time)
{
	struct moment moment = at(it, time);

	assert_int_equal(recorder_write(it->recorder, &moment), 0);
}

static struct series *series_of(struct fixture *it, const char *component, const char *property, char type)
{
	return recorder_series(it->recorder, &(struct series_about){
						     .component = component,
						     .property = property,
						     .class = "",
						     .unit = type == 'd' ? "°C" : "",
						     .type = type,
						     .precision = 1,
					     });
}

static struct series *hall(struct fixture *it)
{
	return series_of(it, "temperature_sensor/hall", "Value", 'd');
}

static struct series *light(struct fixture *it)
{
	return series_of(it, "light_controller/hall", "On", 'b');
}

static void set(struct fixture *it, struct series *series, uint64_t time, double value)
{
	clock_is(it, time);
	recorder_set(it->recorder, series, time, SERIES_KNOWN, value);
}

static void restart(struct fixture *it)
{
	recorder_free(it->recorder);
	open_it(it);
}

/* --- what is answered ------------------------------------------------------------------------- */

static struct point *points_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                               size_t *ret_n)
{
	struct question question = { series, since, until, at_most };
	struct point *points = NULL;
	struct problem problem;

	assert_int_equal(reader_points(it->recorder, &question, &points, ret_n, &problem), 0);
	return points;
}

static struct point point_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until)
{
	size_t n;
	struct point *points = points_of(it, series, since, until, 1, &n), point = points[0];

	assert_int_equal(n, 1);
	free(points);
	return point;
}

static struct span sums_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until)
{
	struct question question = { series, since, until, 1 };
	struct problem problem;
	struct span span = { 0 };

	assert_int_equal(reader_sums(it->recorder, &question, &span, &problem), 0);
	return span;
}

struct list {
	size_t n;
	struct recorded all[512];
};

static int add_to_list(const struct recorded *value, void *userdata)
{
	struct list *list = userdata;

	assert_true(list->n < ELEMENTS(list->all));
	list->all[list->n++] = *value;
	return 0;
}

static struct list values_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                             bool more)
{
	struct question question = { series, since, until, at_most };
	struct problem problem;
	struct list list = { 0 };

	assert_int_equal(reader_values(it->recorder, &question, add_to_list, &list, &problem), more);
	return list;
}

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

static void live(struct fixture *it, uint64_t from, uint64_t to, unsigned sensors)
{
	char name[64];

	for (uint64_t time = from; time < to; time += MINUTES(1)) {
		for (unsigned i = 0; i < sensors; i++) {
			snprintf(name, sizeof name, "temperature_sensor/%u", i);
			set(it, series_of(it, name, "Value", 'd'), time, (double)((time / MINUTES(1) + i) % 1000) / 10);
		}
		write_at(it, time);
	}
}

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

	it->recorder->bounds.bytes = it->bounds.bytes = 4000000;
	restart(it);
	for (unsigned day = 0; day < 4; day++) {
		live(it, T0 + DAYS(day), T0 + DAYS(day + 1), 60);
		most = bytes_on_disk(it) > most ? bytes_on_disk(it) : most;
	}
	assert_true(most <= 4000000);
	assert_true(most > 2000000);
	assert_true(store_bytes(it->recorder->store) == bytes_on_disk(it));
	assert_int_equal(point_of(it, series_of(it, "temperature_sensor/7", "Value", 'd'), T0 + DAYS(3), T0 + DAYS(4)).state,
	                 SERIES_KNOWN);
	/* Less than before: it gets smaller. */
	it->bounds.bytes = 3000000;
	restart(it);
	live(it, T0 + DAYS(4), T0 + DAYS(4) + HOURS(3), 2);
	assert_true(bytes_on_disk(it) <= 3000000);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_readings),      TEST(test_holds),        TEST(test_gap),         TEST(test_killed),
		TEST(test_clock_forward), TEST(test_clock_backward), TEST(test_old_readings), TEST(test_max_bytes),
		TEST(test_read_only),     TEST(test_damaged),
	};

	shim_set_up(); /* nothing is flushed really */
	shim_begin(SHIM_GOES_ON, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
