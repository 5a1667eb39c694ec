/* An output with a duty cycle as the loop sees it: on a folder of files, with the kernel's messages made up here. */
#include "io/pwm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "io/uevent.h"
#include "pwm-folder.h"
#include "util/clock.h"

#define CHANNEL "class/pwm/pwmchip0/pwm1/"
#define FAN "class/hwmon/hwmon2/"

static struct world {
	sd_event *event;
	struct arrivals arrivals;
	struct pwm *pwm;
	struct pwm_kept kept;
	unsigned unavailable, available;
	char text[sizeof(struct problem)]; /* of the last of them */
	int messages;                      /* the loop's; readable: there is one */
	int open_error;                    /* they cannot be had */
} world;

int uevent_open(void)
{
	if (world.open_error)
		return world.open_error;
	world.messages = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(world.messages >= 0);
	return world.messages;
}

int uevent_read(int fd)
{
	uint64_t count;

	assert_int_equal(read(fd, &count, sizeof count), sizeof count);
	return 1;
}

static void say_that_something_has_come(void)
{
	assert_int_equal(write(world.messages, &(uint64_t){ 1 }, sizeof(uint64_t)), sizeof(uint64_t));
}

static void on_unavailable(const char *reason, void *userdata)
{
	assert_ptr_equal(userdata, &world);
	world.unavailable++;
	snprintf(world.text, sizeof world.text, "%s", reason);
}

static void on_available(const char *reason, void *userdata)
{
	assert_ptr_equal(userdata, &world);
	world.available++;
	snprintf(world.text, sizeof world.text, "%s", reason);
}

static const struct line_availability availability = { on_unavailable, on_available };

static int setup(void **state)
{
	world = (struct world){ .messages = -1 };
	assert_true(sd_event_new(&world.event) >= 0);
	arrivals_init(&world.arrivals, world.event);
	return pwm_folder_make(state);
}

static int teardown(void **state)
{
	world.pwm = pwm_free(world.pwm);
	sd_event_unref(world.event);
	return pwm_folder_remove(state);
}

static void make(const char *channel)
{
	const struct pwm_settings settings = { .channel = channel, .root = pwm_folder };

	assert_int_equal(pwm_new(world.event, &world.arrivals, &settings, &world.kept, &availability, &world,
	                         &world.pwm),
	                 0);
}

static void plug(void)
{
	pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
}

static void run_until(bool condition(void))
{
	while (!condition())
		assert_true(sd_event_run(world.event, UINT64_MAX) >= 0);
}

static bool is_available(void)
{
	return pwm_is_available(world.pwm);
}

static bool was_unavailable(void)
{
	return world.unavailable > 0;
}

static bool was_unavailable_twice(void)
{
	return world.unavailable == 2;
}

static bool is_available_again(void)
{
	return world.available > 0;
}

/* What the thread has done is with the loop. */
static void finish(void)
{
	int r;

	assert_true(pwm_wait(world.pwm, NEVER_NS / 4));
	while ((r = sd_event_run(world.event, 0)) > 0)
		;
	assert_int_equal(r, 0);
}

static void test_shows(void **state)
{
	(void)state;
	plug();
	make("pwmchip0:1");
	assert_int_equal(pwm_set(world.pwm, 30), 0);
	assert_false(pwm_is_available(world.pwm));
	run_until(is_available);
	pwm_folder_expect(CHANNEL "duty_cycle", "12000");
	assert_int_equal(pwm_set(world.pwm, 40), 0);
	finish();
	pwm_folder_expect(CHANNEL "duty_cycle", "16000");
	assert_int_equal(world.unavailable, 0);
	assert_int_equal(world.available, 0);
	assert_false(world.kept.taken);
}

static void test_what_is_none(void **state)
{
	const struct pwm_settings settings = { .channel = "pwm" };

	(void)state;
	assert_int_equal(pwm_new(world.event, NULL, &settings, &world.kept, &availability, &world, &world.pwm),
	                 -EINVAL);
	assert_null(pwm_free(NULL));
}

/* Whatever comes while it writes: the loop does not wait, and the last one is shown. */
static void test_slow_chip(void **state)
{
	(void)state;
	plug();
	make("pwmchip0:1");
	assert_int_equal(pwm_set(world.pwm, 30), 0);
	run_until(is_available);
	pwm_folder_written();
	pwm_folder_hang();
	pwm_set(world.pwm, 10);
	pwm_folder_wait_hanging();
	pwm_set(world.pwm, 20);
	pwm_set(world.pwm, 50);
	assert_false(pwm_wait(world.pwm, clock_now_ns(CLOCK_MONOTONIC)));
	pwm_folder_go_on();
	finish();
	assert_string_equal(pwm_folder_written(), "pwm1/duty_cycle=4000 pwm1/duty_cycle=20000");
}

/* A chip that hangs holds up nobody's end. */
static void test_freed_while_it_hangs(void **state)
{
	(void)state;
	plug();
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	pwm_folder_written();
	pwm_folder_hang();
	pwm_set(world.pwm, 10);
	pwm_folder_wait_hanging();
	world.pwm = pwm_free(world.pwm);
	pwm_folder_go_on();
	pwm_folder_wait_written();
}

static void test_comes(void **state)
{
	(void)state;
	make("fe20c000.pwm:1");
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	assert_string_equal(world.text,
	                    "output fe20c000.pwm:1: no PWM chip has this name or path; found: none");
	plug();
	say_that_something_has_come();
	run_until(is_available_again);
	assert_string_equal(world.text, "output fe20c000.pwm:1 is pwmchip0 (fe20c000.pwm), channel 1");
	pwm_folder_expect(CHANNEL "duty_cycle", "12000");
	assert_true(pwm_is_available(world.pwm));
	assert_int_equal(world.unavailable, 1);
	pwm_folder_unplug("class");
	say_that_something_has_come();
	run_until(was_unavailable_twice);
	assert_int_equal(world.available, 1);
}

/* It stands still then, and nobody has set it anew. */
static void test_plugged_in_again(void **state)
{
	(void)state;
	plug();
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	pwm_folder_unplug("class");
	plug();
	say_that_something_has_come();
	pwm_folder_written();
	while (!*pwm_folder_written())
		assert_true(sd_event_run(world.event, UINT64_MAX) >= 0);
	finish();
	pwm_folder_expect(CHANNEL "duty_cycle", "12000");
	assert_int_equal(world.unavailable, 0);
	assert_true(pwm_is_available(world.pwm));
}

static void test_goes(void **state)
{
	(void)state;
	plug();
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	pwm_folder_hang();
	pwm_set(world.pwm, 40);
	pwm_folder_wait_hanging();
	pwm_folder_fail("duty_cycle", -EIO, 1);
	pwm_folder_unplug("class/pwm/pwmchip0");
	pwm_folder_go_on();
	run_until(was_unavailable);
	assert_string_equal(world.text, "output pwmchip0:1 (pwmchip0): it has gone");
	assert_false(pwm_is_available(world.pwm));
}

/* udev has not given it its group yet; that is nothing to speak of. */
static void test_waits_for_udev(void **state)
{
	(void)state;
	plug();
	pwm_folder_fail("period", -EACCES, 2);
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	assert_int_equal(world.unavailable, 0);
	pwm_folder_expect(CHANNEL "duty_cycle", "12000");
}

/* With back-off, then: after a second. */
static void test_without_messages(void **state)
{
	(void)state;
	world.open_error = -EOPNOTSUPP;
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	plug();
	run_until(is_available_again);
	pwm_folder_expect(CHANNEL "duty_cycle", "12000");
	assert_int_equal(world.unavailable, 1);
}

static void test_broken_chip(void **state)
{
	(void)state;
	plug();
	pwm_folder_fail("enable", -EIO, -1);
	make("pwmchip0:1");
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	assert_string_equal(world.text, "output pwmchip0:1 (pwmchip0), pwm1/enable: writing failed: Input/output error");
	say_that_something_has_come();
	finish();
	pwm_folder_fail(NULL, 0, 0);
	say_that_something_has_come();
	run_until(is_available_again);
	assert_int_equal(world.unavailable, 1);
}

/* --- fans with a control of their own ------------------------------------------------------------ */

static void test_given_back(void **state)
{
	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "2");
	make("hwmon:pwmfan:pwm1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	assert_true(world.kept.taken);
	assert_int_equal(world.kept.mode, 2);
	pwm_folder_expect(FAN "pwm1_enable", "1");
	pwm_give_back(world.pwm);
	finish();
	pwm_folder_expect(FAN "pwm1_enable", "2");
	assert_false(world.kept.taken);
}

/* It was an instance before this one that took it. */
static void test_given_back_after_a_restart(void **state)
{
	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "1");
	world.kept = (struct pwm_kept){ true, 3 };
	make("hwmon:pwmfan:pwm1");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	assert_int_equal(world.kept.mode, 3);
	pwm_give_back(world.pwm);
	finish();
	pwm_folder_expect(FAN "pwm1_enable", "3");
}

/* Right behind the first value, of which the loop has not heard yet. */
static void test_given_back_at_once(void **state)
{
	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "2");
	make("hwmon:pwmfan:pwm1");
	pwm_set(world.pwm, 30);
	assert_true(pwm_wait(world.pwm, NEVER_NS / 4));
	pwm_folder_expect(FAN "pwm1_enable", "1");
	pwm_give_back(world.pwm);
	finish();
	pwm_folder_expect(FAN "pwm1_enable", "2");
}

static void test_nothing_to_give_back(void **state)
{
	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "1");
	make("hwmon:pwmfan:pwm1");
	pwm_give_back(world.pwm);
	assert_false(pwm_is_available(world.pwm));
	pwm_set(world.pwm, 30);
	run_until(is_available);
	pwm_folder_written();
	pwm_give_back(world.pwm);
	finish();
	assert_string_equal(pwm_folder_written(), "");
	assert_int_equal(world.unavailable, 0);
}

/* One that is not there. */
static void test_absent_fan_is_given_back(void **state)
{
	(void)state;
	make("hwmon:pwmfan:pwm1");
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	pwm_give_back(world.pwm);
	finish();
	assert_int_equal(world.unavailable, 1);
	assert_int_equal(world.available, 0);
	assert_false(pwm_is_available(world.pwm));
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(test_shows),
		WORLD_TEST(test_what_is_none),
		WORLD_TEST(test_slow_chip),
		WORLD_TEST(test_freed_while_it_hangs),
		WORLD_TEST(test_comes),
		WORLD_TEST(test_plugged_in_again),
		WORLD_TEST(test_goes),
		WORLD_TEST(test_waits_for_udev),
		WORLD_TEST(test_without_messages),
		WORLD_TEST(test_broken_chip),
		WORLD_TEST(test_given_back),
		WORLD_TEST(test_given_back_after_a_restart),
		WORLD_TEST(test_given_back_at_once),
		WORLD_TEST(test_nothing_to_give_back),
		WORLD_TEST(test_absent_fan_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
