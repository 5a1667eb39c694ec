/* A list that is asked for page by page is the same as one that is asked for at once, whatever the times are, and whatever
 * happens between two pages. */
#include <stdio.h>
#include <string.h>

#include "recorder-fixture.h"
#include "util/problem.h"

#define ALL_SINCE (T0 - HOURS(1))
#define ALL_UNTIL (T0 + DAYS(10))

/* All pages of this size, with something that happens between them. */
static struct list in_pages(struct fixture *it, struct series *series, uint32_t size, void (*between)(struct fixture *it))
{
	struct list all = { 0 };
	uint64_t position = 0;
	bool more = true;

	while (more) {
		struct list page = values_of(it, series, ALL_SINCE, ALL_UNTIL, 512, false);

		more = page.n > all.n + size;
		page = page_of(it, series, ALL_SINCE, ALL_UNTIL, size, &position, more);
		assert_true(page.n <= size && all.n + page.n <= ELEMENTS(all.all));
		memcpy(&all.all[all.n], page.all, page.n * sizeof *page.all);
		all.n += page.n;
		if (between)
			between(it);
	}
	return all;
}

static void expect_same(const struct list *a, const struct list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_true(a->all[i].time == b->all[i].time && a->all[i].state == b->all[i].state &&
		            (a->all[i].state != SERIES_KNOWN || a->all[i].value == b->all[i].value));
}

static void expect_pages(struct fixture *it, struct series *series, size_t n)
{
	struct list all = values_of(it, series, ALL_SINCE, ALL_UNTIL, 512, false);

	assert_int_equal(all.n, n);
	for (uint32_t size = 1; size <= 40; size += 13) {
		struct list pages = in_pages(it, series, size, NULL);

		expect_same(&pages, &all);
	}
}

/* More of one time than a page has, in memory, in the file, and in both. */
static void test_one_time(void **state)
{
	struct fixture *it = *state;

	for (unsigned i = 1; i <= 50; i++) {
		set(it, hall(it), T0 + SECONDS(1), i);
		set(it, light(it), T0 + SECONDS(1), i % 2);
	}
	expect_pages(it, hall(it), 50);
	expect_pages(it, light(it), 50);
	write_at(it, T0 + MINUTES(1));
	expect_pages(it, hall(it), 50);
	for (unsigned i = 1; i <= 50; i++)
		set(it, hall(it), T0 + MINUTES(1), 100 + i);
	expect_pages(it, hall(it), 100);
	restart(it);
	expect_pages(it, hall(it), 50);
	expect_pages(it, light(it), 50);
}

/* Gaps are of all series, and count in both tables. */
static void test_gaps(void **state)
{
	struct fixture *it = *state;

	for (unsigned i = 0; i < 60; i++) {
		uint64_t time = T0 + MINUTES(3 * i);

		set(it, hall(it), time, i);
		set(it, light(it), time, i % 2);
		if (i % 7 == 3)
			recorder_gap(it->recorder, time + MINUTES(1));
		if (i % 5 == 0)
			write_at(it, time + MINUTES(2));
	}
	expect_pages(it, hall(it), 60 + 9);
	expect_pages(it, light(it), 60 + 9);
}

static void test_clock_backward(void **state)
{
	struct fixture *it = *state;

	live(it, T0, T0 + HOURS(3), 1);
	it->clock -= (int64_t)HOURS(2);
	live(it, T0 + HOURS(1), T0 + HOURS(2), 1);
	expect_pages(it, series_of(it, "temperature_sensor/0", "Value", 'd'), 180 + 60 + 1);
}

/* To a time of which there are only means, and forward again. */
static void test_clock_far_backward(void **state)
{
	struct fixture *it = *state;
	struct series *series;

	it->recorder->bounds.raw_usec = HOURS(1);
	live(it, T0, T0 + HOURS(6), 1);
	it->clock -= (int64_t)HOURS(5);
	live(it, T0 + HOURS(1), T0 + HOURS(1) + MINUTES(10), 1);
	it->clock += (int64_t)HOURS(5);
	live(it, T0 + HOURS(6) + MINUTES(11), T0 + HOURS(6) + MINUTES(20), 1);
	series = series_of(it, "temperature_sensor/0", "Value", 'd');
	expect_pages(it, series, values_of(it, series, ALL_SINCE, ALL_UNTIL, 512, false).n);
}

/* --- meanwhile -------------------------------------------------------------------------------- */

static unsigned minute;

/* What is in memory gets into the file with the next minute, if not with this one. */
static void one_more(struct fixture *it)
{
	set(it, light(it), T0 + MINUTES(minute), minute % 3 == 0);
	if (minute % 8 == 1)
		recorder_gap(it->recorder, T0 + MINUTES(minute));
	set(it, hall(it), T0 + MINUTES(minute), minute);
	if (minute++ % 4 == 0)
		write_at(it, T0 + MINUTES(minute));
}

static void expect_all_that_comes(struct fixture *it, struct series *series)
{
	struct list pages = in_pages(it, series, 3, one_more), all;

	all = values_of(it, series, ALL_SINCE, ALL_UNTIL, 512, false);
	assert_true(all.n >= pages.n);
	all.n = pages.n; /* some came after the last page */
	expect_same(&pages, &all);
}

/* Nothing is left out, and nothing is there twice. */
static void test_more_comes(void **state)
{
	struct fixture *it = *state;

	for (minute = 0; minute < 100;)
		one_more(it);
	expect_all_that_comes(it, hall(it));
	expect_all_that_comes(it, light(it));
}

/* A page ends in memory, among gaps and what other series have there, and the next one is read from the file. */
static void test_written_meanwhile(void **state)
{
	struct fixture *it = *state;
	struct list all, rest;
	uint64_t position = 0;

	for (minute = 0; minute < 60;)
		one_more(it);
	all = values_of(it, hall(it), ALL_SINCE, ALL_UNTIL, 512, false);
	assert_true(it->recorder->items_n > 0);
	page_of(it, hall(it), ALL_SINCE, ALL_UNTIL, (uint32_t)all.n - 1, &position, true);
	write_at(it, T0 + MINUTES(61));
	rest = page_of(it, hall(it), ALL_SINCE, ALL_UNTIL, 512, &position, false);
	assert_int_equal(rest.n, 1);
	assert_int_equal(rest.all[0].time, all.all[all.n - 1].time);
}

/* What was to come next became means. */
static void test_means_come(void **state)
{
	struct fixture *it = *state;
	struct series *series;
	uint64_t position = 0;
	struct list page;

	live(it, T0, T0 + HOURS(6), 1);
	series = series_of(it, "temperature_sensor/0", "Value", 'd');
	page = page_of(it, series, ALL_SINCE, ALL_UNTIL, 90, &position, true);
	assert_int_equal(page.all[89].time, T0 + MINUTES(89));
	it->recorder->bounds.raw_usec = HOURS(1);
	it->recorder->trim = true;
	write_at(it, T0 + HOURS(6));
	page = page_of(it, series, ALL_SINCE, ALL_UNTIL, 512, &position, false);
	assert_int_equal(page.all[0].time, T0);
	assert_int_equal(page.all[0].length, FIVE_USEC);
	assert_int_equal(page.all[23].time, T0 + HOURS(2) - MINUTES(5));
	assert_int_equal(page.all[page.n - 1].time, T0 + HOURS(6) - MINUTES(1));
	/* And pages through means, and over the border to readings. */
	page = values_of(it, series, ALL_SINCE, ALL_UNTIL, 512, false);
	assert_int_equal(page.all[0].length, FIVE_USEC);
	expect_pages(it, series, page.n);
}

/* --- events ----------------------------------------------------------------------------------- */

struct times {
	size_t n;
	uint64_t all[100];
};

static int add_time(const struct store_event *event, void *userdata)
{
	struct times *times = userdata;

	times->all[times->n++] = event->time;
	return 0;
}

static void test_events(void **state)
{
	struct fixture *it = *state;
	unsigned component = recorder_component(it->recorder, "button/hall"), name = recorder_word(it->recorder, "pressed");
	struct question question = { NULL, ALL_SINCE, ALL_UNTIL, 4 };
	struct times times = { 0 };
	struct problem problem;
	uint64_t position = 0;
	int more = 1;

	clock_is(it, T0);
	for (unsigned i = 0; i < 10; i++)
		recorder_event(it->recorder, component, T0 + SECONDS(i / 5), name, NULL);
	for (unsigned page = 0; more > 0; page++) {
		more = reader_events(it->recorder, &question, NULL, &position, add_time, &times, &problem);
		recorder_event(it->recorder, component, T0 + SECONDS(10 + page), name, NULL);
		if (page == 0)
			write_at(it, T0 + SECONDS(20));
		assert_true(page < 5);
	}
	assert_int_equal(times.n, 12);
	for (unsigned i = 0; i < times.n; i++)
		assert_int_equal(times.all[i], T0 + SECONDS(i < 10 ? i / 5 : i));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_one_time),          TEST(test_gaps),       TEST(test_clock_backward), TEST(test_clock_far_backward),
		TEST(test_more_comes),        TEST(test_written_meanwhile), TEST(test_means_come), TEST(test_events),
	};

	return cmocka_run_group_tests(tests, fixture_fake_flushes, NULL);
}
