/* What is absent, and comes: in use at once, and until then nobody wakes up for it. On virtual time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "io/gpio.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define WEEK_MS (7 * 24 * 3600000ul)
#define SETTLED_MS 3000
#define MS UINT64_C(1000000)

/* A device that no room uses, whose messages are the kernel's, as somebody asks for them. */
#define OTHER_DEVICE "/sys/devices/virtual/mem/null/uevent"

static const char hall[] = "[MotionSensor hall]\nLine=PIR_HALL\nStuckSec=0\n"
			   "[LightController hall]\nLine=LIGHT_RELAY\n";

struct arrivals_fixture {
	struct room_fixture *room;
	struct gpio_line *held;
	int opens_fd; /* inotify(7) */
};

static struct arrivals_fixture fixture;

static int setup(void **state)
{
	void *room;
	int r = room_setup(&room);

	fixture = (struct arrivals_fixture){ .room = room, .opens_fd = -1 };
	*state = &fixture;
	return r;
}

static int teardown(void **state)
{
	struct arrivals_fixture *f = *state;
	void *room = f->room;

	gpio_close(f->held);
	if (f->opens_fd >= 0)
		close(f->opens_fd);
	return room_teardown(&room);
}

/* On the clock of the events. */
static uint64_t now_ns(void)
{
	return clock_now_ns(CLOCK_MONOTONIC);
}

static void expect_within(const struct process_event *event, uint64_t since_ns, uint64_t ms)
{
	print_message("# %s after %.3f ms\n", event->event, (double)(event->monotonic_ns - since_ns) / 1e6);
	assert_in_range(event->monotonic_ns - since_ns, 0, ms * MS);
}

/* roomd is not switched to in this time. */
static void expect_no_wake_up(struct arrivals_fixture *f, unsigned long ms)
{
	unsigned long before = process_count_switches(&f->room->roomd);

	process_let_pass_ms(&f->room->roomd, ms);
	assert_int_equal(process_count_switches(&f->room->roomd) - before, 0);
}

static void start_without_chip(struct arrivals_fixture *f)
{
	sim_chip_unplug(&f->room->chip);
	process_start(&f->room->roomd, hall);
	process_wait(&f->room->roomd, "output_unavailable", "hall");
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
}

/* Whether anybody has opened the chip since the last call. */
static bool was_opened(struct arrivals_fixture *f)
{
	struct inotify_event events[64];
	char path[64];

	if (f->opens_fd < 0) {
		snprintf(path, sizeof path, "/dev/%s", f->room->chip.device);
		f->opens_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		assert_true(inotify_add_watch(f->opens_fd, path, IN_OPEN) >= 0);
	}
	return read(f->opens_fd, events, sizeof events) > 0;
}

/* --- chips ----------------------------------------------------------------------------------- */

static void test_chip_after_a_week(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t plugged_ns;

	start_without_chip(f);
	expect_no_wake_up(f, WEEK_MS);
	plugged_ns = now_ns();
	sim_chip_plug(&room->chip);
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), plugged_ns, 1000);
	expect_within(process_wait(&room->roomd, "output_available", "hall"), plugged_ns, 1000);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", "hall"), 1);
}

/* A room that has everything does not listen: no message wakes it up. */
static void test_nothing_is_listened_to_in_health(void **state)
{
	struct arrivals_fixture *f = *state;

	process_start(&f->room->roomd, hall);
	process_wait(&f->room->roomd, "motion_cleared", "hall");
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
	for (int i = 0; i < 10; i++)
		file_write("change", "/sys/bus/gpio/devices/%s/uevent", f->room->chip.device);
	expect_no_wake_up(f, 1000);
}

/* Unplugged while in use, again and again, for longer and shorter. */
static void test_unplugged_and_plugged(void **state)
{
	static const unsigned long absent_ms[] = { 0, 20, 120, 1000, 5000, 3600000 };
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;

	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "motion_cleared", "hall");
	for (size_t i = 0; i < ELEMENTS(absent_ms); i++) {
		uint64_t plugged_ns;

		sim_chip_unplug(&room->chip);
		process_wait(&room->roomd, "output_unavailable", "hall");
		process_let_pass_ms(&room->roomd, absent_ms[i]);
		plugged_ns = now_ns();
		sim_chip_plug(&room->chip);
		expect_within(process_wait(&room->roomd, "output_available", "hall"), plugged_ns, 1000);
	}
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
}

/* The room's chip is there, and another one that is asked for is not: that roomd looks for it shows there. */
static void start_with_chip_absent_elsewhere(struct arrivals_fixture *f)
{
	process_start(&f->room->roomd, "[MotionSensor hall]\nLine=ELSEWHERE\n");
	process_wait(&f->room->roomd, "sensor_unavailable", "hall");
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
	assert_false(was_opened(f)); /* from now on */
}

static void test_messages_of_other_devices(void **state)
{
	struct arrivals_fixture *f = *state;

	start_with_chip_absent_elsewhere(f);
	for (int i = 0; i < 1000; i++)
		file_write("change", OTHER_DEVICE);
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
	assert_false(was_opened(f));
	expect_no_wake_up(f, WEEK_MS);
	file_write("change", "/sys/bus/gpio/devices/%s/uevent", f->room->chip.device);
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
	assert_true(was_opened(f));
	expect_no_wake_up(f, WEEK_MS);
}

/* How many messages the kernel could not deliver to this process so far (netlink(7)). */
static unsigned long count_lost(const struct process *roomd)
{
	static char text[16384];
	char *line, *rest = text;
	unsigned long lost = 0;

	file_read(text, sizeof text, "/proc/%d/net/netlink", (int)roomd->pid);
	while ((line = strsep(&rest, "\n"))) {
		unsigned protocol, port, drops;

		if (sscanf(line, "%*x %u %u %*x %*d %*d %*d %*d %u", &protocol, &port, &drops) == 3 &&
		    protocol == 15 && port != 0)
			lost += drops;
	}
	return lost;
}

/* The message of the chip is lost, as roomd is too slow to read those before. */
static void test_lost_messages(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t plugged_ns;

	start_without_chip(f);
	kill(room->roomd.pid, SIGSTOP);
	for (int i = 0; i < 3000; i++)
		file_write("change", OTHER_DEVICE);
	assert_true(count_lost(&room->roomd) > 0);
	plugged_ns = now_ns();
	sim_chip_plug(&room->chip);
	kill(room->roomd.pid, SIGCONT);
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), plugged_ns, 1000);
}

/* Root without what makes it root for files. */
static const char *const without_override[] = {
	"setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps",
	"-dac_override,-dac_read_search", NULL,
};

static void allow(const struct room_fixture *room, bool allowed)
{
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", room->chip.device);
	assert_return_code(chmod(path, allowed ? 0600 : 0), errno);
}

/* Plugged in, and its node is not to be opened yet. */
static void plug_without_permission(struct arrivals_fixture *f)
{
	kill(f->room->roomd.pid, SIGSTOP);
	sim_chip_plug(&f->room->chip);
	allow(f->room, false);
	kill(f->room->roomd.pid, SIGCONT);
}

static void start_without_override(struct arrivals_fixture *f)
{
	const struct process_options options = { .wrapper = without_override };

	sim_chip_unplug(&f->room->chip);
	process_start_with(&f->room->roomd, hall, &options);
	process_wait(&f->room->roomd, "output_unavailable", "hall");
	process_let_pass_ms(&f->room->roomd, SETTLED_MS);
}

/* udevd gives a chip its group a moment after the kernel has said that it is there. Sooner than with back-off,
 * which tries a second after that. */
static void test_permission_that_comes_later(void **state)
{
	static const unsigned long later_ms[] = { 20, 300, 700 };
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;

	start_without_override(f);
	for (size_t i = 0; i < ELEMENTS(later_ms); i++) {
		uint64_t allowed_ns;

		plug_without_permission(f);
		process_let_pass_ms(&room->roomd, later_ms[i]);
		assert_int_equal(process_count(&room->roomd, "output_available", NULL), i);
		allowed_ns = now_ns();
		allow(room, true);
		expect_within(process_wait(&room->roomd, "output_available", "hall"), allowed_ns, 150);
		sim_chip_unplug(&room->chip);
		process_wait(&room->roomd, "output_unavailable", "hall");
	}
}

/* Of what somebody changes by hand the kernel says nothing: it is looked for with back-off; or at once, when
 * somebody has "udevadm trigger" say it. */
static void test_permission_that_nobody_speaks_of(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t allowed_ns;

	start_without_override(f);
	plug_without_permission(f);
	process_let_pass_ms(&room->roomd, 600000);
	allowed_ns = now_ns();
	allow(room, true);
	expect_within(process_wait(&room->roomd, "output_available", "hall"), allowed_ns, 60000);
	sim_chip_unplug(&room->chip);
	process_wait(&room->roomd, "output_unavailable", "hall");
	plug_without_permission(f);
	process_let_pass_ms(&room->roomd, 600000);
	allow(room, true);
	allowed_ns = now_ns();
	file_write("change", "/sys/bus/gpio/devices/%s/uevent", room->chip.device);
	expect_within(process_wait(&room->roomd, "output_available", "hall"), allowed_ns, 10);
}

/* --- where the kernel says nothing ------------------------------------------------------------ */

/* Whose sandbox does not have the kernel's messages tries again after 1 s, then 2, then 4; no longer than a
 * minute from one try to the next, and one second again after it was there. */
static void test_back_off_without_messages(void **state)
{
	/* roomd binds no other socket. */
	static const char *const wrapper[] = {
		"strace", "-D", "-f", "-qq", "-o/dev/null", "-etrace=bind", "-einject=bind:error=EPERM", NULL,
	};
	static const struct process_options options = { .wrapper = wrapper };
	static const struct {
		unsigned long plugged_ms, found_ms;
	} lives[] = { { 3500, 7000 }, { 200000, 243000 }, { 500, 1000 } };
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;

	process_start_with(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n", &options);
	process_wait(&room->roomd, "motion_cleared", "hall");
	for (size_t i = 0; i < ELEMENTS(lives); i++) {
		uint64_t lost_ns, found_ns;

		sim_chip_unplug(&room->chip);
		lost_ns = process_wait(&room->roomd, "sensor_unavailable", "hall")->monotonic_ns;
		process_let_pass_ms(&room->roomd, lives[i].plugged_ms);
		sim_chip_plug(&room->chip);
		found_ns = process_wait(&room->roomd, "sensor_available", "hall")->monotonic_ns;
		assert_in_range((found_ns - lost_ns) / MS, lives[i].found_ms - 1, lives[i].found_ms + 1);
	}
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", "hall"), ELEMENTS(lives));
}

/* --- lines that others hold ------------------------------------------------------------------- */

static void hold(struct arrivals_fixture *f, const char *line)
{
	const struct gpio_settings settings = { .line = line, .consumer = "tester" };
	struct problem problem;

	if (gpio_open_output(&settings, false, &f->held, &problem) < 0)
		fail_msg("%s", problem.text);
}

static void let_go(struct arrivals_fixture *f)
{
	f->held = gpio_close(f->held);
}

static void test_line_that_is_let_go(void **state)
{
	const struct gpio_settings other = { .line = "LIGHT_RELAY", .consumer = "tester", .active_low = true };
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t let_go_ns;

	hold(f, "LIGHT_RELAY");
	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "output_unavailable", "hall");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	process_let_pass_ms(&room->roomd, SETTLED_MS);
	/* Nothing that the holder does is taken for letting go. */
	assert_return_code(gpio_reconfigure(f->held, &other, false), errno);
	process_let_pass_ms(&room->roomd, SETTLED_MS);
	expect_no_wake_up(f, WEEK_MS);
	let_go_ns = now_ns();
	let_go(f);
	expect_within(process_wait(&room->roomd, "output_available", "hall"), let_go_ns, 10);
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	assert_int_equal(process_count(&room->roomd, "output_unavailable", "hall"), 1);
}

/* Another one is quicker: it is let go twice. */
static void test_line_that_is_taken_by_another(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t let_go_ns;

	hold(f, "PIR_HALL");
	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "sensor_unavailable", "hall");
	process_let_pass_ms(&room->roomd, SETTLED_MS);
	kill(room->roomd.pid, SIGSTOP);
	let_go(f);
	hold(f, "PIR_HALL");
	kill(room->roomd.pid, SIGCONT);
	process_let_pass_ms(&room->roomd, SETTLED_MS);
	assert_int_equal(process_count(&room->roomd, "sensor_available", NULL), 0);
	expect_no_wake_up(f, WEEK_MS);
	let_go_ns = now_ns();
	let_go(f);
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), let_go_ns, 10);
}

/* A chip that goes while its line is held, and is back with a line that is free. */
static void test_chip_that_goes_while_its_line_is_held(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	unsigned fds;
	uint64_t plugged_ns;

	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_settle(&room->roomd);
	fds = process_count_fds(&room->roomd);
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);

	hold(f, "PIR_HALL");
	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "sensor_unavailable", "hall");
	sim_chip_unplug(&room->chip);
	let_go(f);
	process_let_pass_ms(&room->roomd, 60000);
	plugged_ns = now_ns();
	sim_chip_plug(&room->chip);
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), plugged_ns, 1000);
	process_settle(&room->roomd);
	assert_int_equal(process_count_fds(&room->roomd), fds);
}

/* --- sensors --------------------------------------------------------------------------------- */

static const char thermometer[] = "[TemperatureSensor hall]\nDevice=tmp117\n";

static void test_thermometer_after_a_week(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t plugged_ns;

	thermometer_unplug();
	process_start(&room->roomd, thermometer);
	process_wait(&room->roomd, "sensor_unavailable", "hall");
	process_let_pass_ms(&room->roomd, 60000);
	expect_no_wake_up(f, WEEK_MS);
	plugged_ns = now_ns();
	thermometer_plug();
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), plugged_ns, 1000);
	expect_within(process_wait(&room->roomd, "temperature_update", "hall"), plugged_ns, 1000);
}

static void test_thermometer_that_goes_and_comes(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t plugged_ns;

	process_start(&room->roomd, thermometer);
	process_wait(&room->roomd, "temperature_update", "hall");
	thermometer_unplug();
	process_wait(&room->roomd, "sensor_unavailable", "hall");
	process_let_pass_ms(&room->roomd, 60000);
	expect_no_wake_up(f, WEEK_MS);
	plugged_ns = now_ns();
	thermometer_plug();
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), plugged_ns, 1000);
}

/* It is there and does not measure, which only trying again can tell. */
static void test_thermometer_that_does_not_measure(void **state)
{
	struct arrivals_fixture *f = *state;
	struct room_fixture *room = f->room;
	uint64_t measures_ns;

	thermometer_set(-256);
	process_start(&room->roomd, thermometer);
	process_wait(&room->roomd, "sensor_unavailable", "hall");
	process_let_pass_ms(&room->roomd, 600000);
	measures_ns = now_ns();
	thermometer_set(20);
	expect_within(process_wait(&room->roomd, "sensor_available", "hall"), measures_ns, 60000);
}

static int make_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

#define ARRIVALS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	ARRIVALS_TEST(test_chip_after_a_week),
	ARRIVALS_TEST(test_nothing_is_listened_to_in_health),
	ARRIVALS_TEST(test_unplugged_and_plugged),
	ARRIVALS_TEST(test_messages_of_other_devices),
	ARRIVALS_TEST(test_lost_messages),
	ARRIVALS_TEST(test_permission_that_comes_later),
	ARRIVALS_TEST(test_permission_that_nobody_speaks_of),
	ARRIVALS_TEST(test_back_off_without_messages),
	ARRIVALS_TEST(test_line_that_is_let_go),
	ARRIVALS_TEST(test_line_that_is_taken_by_another),
	ARRIVALS_TEST(test_chip_that_goes_while_its_line_is_held),
	ARRIVALS_TEST(test_thermometer_after_a_week),
	ARRIVALS_TEST(test_thermometer_that_goes_and_comes),
	ARRIVALS_TEST(test_thermometer_that_does_not_measure),
};

RUN_TESTS_WITH_SETUP(tests, make_thermometer)
