/* Who is called when something may have come, with the kernel's messages made up here. */
#include "io/absence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helpers.h"
#include "io/uevent.h"
#include "util/clock.h"

#define MESSAGES 1000 /* a storm */
#define FIRST_NS UINT64_C(50000000)
#define ALL_NS UINT64_C(1550000000)

static int open_error;  /* 0: the kernel's messages can be had */
static int next_result; /* of uevent_read() */
static int fd = -1;     /* readable: there are messages; the loop's */
static unsigned opened, left; /* messages */

int uevent_open(void)
{
	if (open_error)
		return open_error;
	opened++;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	assert_true(fd >= 0);
	return fd;
}

int uevent_read(int from)
{
	uint64_t one;

	assert_int_equal(from, fd);
	assert_int_equal(read(from, &one, sizeof one), sizeof one);
	left--;
	return next_result;
}

enum { A, B, C, PARTS };

struct part {
	struct world *world;
	struct absence absence;
	unsigned calls;
	bool comes;               /* at the next call */
	struct part *takes_along; /* whose absence ends then, too */
};

static struct world {
	sd_event *event;
	struct arrivals arrivals;
	struct part parts[PARTS];
	char order[16]; /* who was called */
} world;

static void on_try(void *userdata)
{
	struct part *part = userdata;
	char *end = world.order + strlen(world.order);

	part->calls++;
	if (end + 1 < world.order + sizeof world.order)
		*end = (char)('A' + (part - world.parts));
	if (part->takes_along)
		absence_ends(&part->takes_along->absence);
	if (part->comes)
		absence_ends(&part->absence);
	else
		absence_goes_on(&part->absence, true);
}

static int set_up(void **state)
{
	(void)state;
	world = (struct world){ 0 };
	open_error = 0;
	opened = 0;
	next_result = 1;
	fd = -1;
	assert_true(sd_event_new(&world.event) >= 0);
	arrivals_init(&world.arrivals, world.event);
	for (size_t i = 0; i < PARTS; i++)
		assert_true(absence_init(&world.parts[i].absence, world.event, &world.arrivals, on_try,
		                         &world.parts[i]) >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < PARTS; i++)
		absence_deinit(&world.parts[i].absence);
	sd_event_unref(world.event);
	return 0;
}

static void all_go_absent(void)
{
	for (size_t i = 0; i < PARTS; i++)
		absence_goes_on(&world.parts[i].absence, true);
}

/* So often, whatever wakes the loop up. */
static void run_until_called(unsigned calls)
{
	while (world.parts[A].calls < calls)
		assert_true(sd_event_run(world.event, UINT64_MAX) >= 0);
}

static void say(unsigned messages, int result)
{
	next_result = result;
	left = messages;
	assert_int_equal(write(fd, &(uint64_t){ messages }, sizeof(uint64_t)), sizeof(uint64_t));
}

/* What is said now finds all quiet. */
static void go_absent_for_long(void)
{
	absence_goes_on(&world.parts[A].absence, true);
	assert_true(sd_event_source_set_enabled(world.arrivals.settle, SD_EVENT_OFF) >= 0);
	world.parts[A].calls = 0;
}

static void run_until_all_is_read(void)
{
	while (left > 0)
		assert_true(sd_event_run(world.event, UINT64_MAX) >= 0);
}

static bool backs_off(const struct part *part)
{
	return sd_event_source_get_enabled(part->absence.retry.timer, NULL) > 0;
}

/* Nobody listens while nobody misses anything. */
static void test_listens_while_something_is_absent(void **state)
{
	(void)state;
	assert_int_equal(opened, 0);
	all_go_absent();
	all_go_absent();
	assert_int_equal(opened, 1);
	absence_ends(&world.parts[A].absence);
	absence_ends(&world.parts[B].absence);
	assert_non_null(world.arrivals.messages);
	absence_ends(&world.parts[C].absence);
	assert_null(world.arrivals.messages);
	absence_goes_on(&world.parts[C].absence, true);
	assert_int_equal(opened, 2);
}

static void test_called_in_their_order(void **state)
{
	(void)state;
	all_go_absent();
	run_until_called(1);
	assert_string_equal(world.order, "ABC");
}

/* A chip that comes may bring what another one waits for. */
static void test_one_that_takes_another_along(void **state)
{
	(void)state;
	world.parts[A].takes_along = &world.parts[B];
	world.parts[A].comes = true;
	world.parts[C].comes = true;
	all_go_absent();
	run_until_called(1);
	assert_string_equal(world.order, "AC");
	assert_null(world.arrivals.messages);
}

/* It may have come between the try and the listening; later no more, and then nobody is called any more. */
static void test_settles(void **state)
{
	uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)state;
	absence_goes_on(&world.parts[A].absence, true);
	run_until_called(1);
	assert_true(clock_now_ns(CLOCK_MONOTONIC) - begin_ns >= FIRST_NS);
	run_until_called(5);
	assert_true(clock_now_ns(CLOCK_MONOTONIC) - begin_ns >= ALL_NS);
	assert_int_equal(sd_event_source_get_enabled(world.arrivals.settle, NULL), 0);
	assert_false(backs_off(&world.parts[A]));
}

/* A message, or that some were lost, and there is a call; in a storm of them no more than one in 50 ms. */
static void test_messages(void **state)
{
	static const int results[] = { 1, -ENOBUFS, -EIO };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(results); i++) {
		uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

		go_absent_for_long();
		say(MESSAGES, results[i]);
		run_until_all_is_read();
		run_until_called(1);
		assert_true(world.parts[A].calls <=
		            2 + (clock_now_ns(CLOCK_MONOTONIC) - begin_ns) / FIRST_NS);
		absence_ends(&world.parts[A].absence);
	}
}

static void test_messages_of_others(void **state)
{
	(void)state;
	go_absent_for_long();
	say(MESSAGES, 0);
	run_until_all_is_read();
	assert_int_equal(world.parts[A].calls, 0);
	assert_int_equal(sd_event_source_get_enabled(world.arrivals.settle, NULL), 0);
}

/* A message that comes while the next call is far off brings it nearer. */
static void test_message_while_settling(void **state)
{
	uint64_t before_usec = 0, after_usec = 0;

	(void)state;
	absence_goes_on(&world.parts[A].absence, true);
	run_until_called(4);
	sd_event_source_get_time(world.arrivals.settle, &before_usec);
	say(1, 1);
	run_until_all_is_read();
	sd_event_source_get_time(world.arrivals.settle, &after_usec);
	assert_true(after_usec <= (clock_now_ns(CLOCK_MONOTONIC) + FIRST_NS) / NSEC_PER_USEC);
	assert_true(after_usec < before_usec);
}

/* With back-off: where the kernel says nothing, and for what it does not say. */
static void test_back_off(void **state)
{
	(void)state;
	absence_goes_on(&world.parts[A].absence, true);
	assert_false(backs_off(&world.parts[A]));
	absence_goes_on(&world.parts[A].absence, false);
	assert_true(backs_off(&world.parts[A]));
	absence_goes_on(&world.parts[A].absence, true);
	assert_false(backs_off(&world.parts[A]));
	absence_ends(&world.parts[A].absence);
	open_error = -EAFNOSUPPORT;
	absence_goes_on(&world.parts[A].absence, true);
	assert_true(backs_off(&world.parts[A]));
	absence_ends(&world.parts[A].absence);
	assert_false(backs_off(&world.parts[A]));
}

#define in_world(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_world(test_listens_while_something_is_absent),
		in_world(test_called_in_their_order),
		in_world(test_one_that_takes_another_along),
		in_world(test_settles),
		in_world(test_messages),
		in_world(test_messages_of_others),
		in_world(test_message_while_settling),
		in_world(test_back_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
