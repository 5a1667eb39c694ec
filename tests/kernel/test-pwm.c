/* Outputs with a duty cycle, on the kernel's own drivers: a PCA9685 of the pwm class and an AMC6821 of hwmon's, on
 * registers of the kernel's i2c-stub; what the kernel made of it is in its tracepoints. On virtual time. */
#define _GNU_SOURCE
#include "io/pwm.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "i2c-stub.h"
#include "tap-main.h"
#include "trace.h"
#include "util/clock.h"

#define PCA9685 0x40
#define AMC6821 0x18
#define CHIP "0-0040"
#define CLASS "/sys/class/pwm/pwmchip0/"
#define FAN "/sys/class/hwmon/hwmon0/"
#define PERIOD_NS 1000000
#define TRACING "/sys/kernel/tracing/"
#define NOBODY 65534
#define MS NSEC_PER_SEC / 1000

static struct world {
	sd_event *event;
	struct arrivals arrivals;
	struct pwm *pwm;
	struct pwm_kept kept;
	unsigned unavailable, available;
	struct problem said; /* by the last of them */
	uint64_t said_ns;
} world;

static void say(const char *reason)
{
	snprintf(world.said.text, sizeof world.said.text, "%s", reason);
	world.said_ns = clock_now_ns(CLOCK_MONOTONIC);
}

static void on_unavailable(const char *reason, void *userdata)
{
	(void)userdata;
	world.unavailable++;
	say(reason);
}

static void on_available(const char *reason, void *userdata)
{
	(void)userdata;
	world.available++;
	say(reason);
}

static const struct line_availability availability = { on_unavailable, on_available };

static void make(const char *channel, uint64_t period_ns)
{
	const struct pwm_settings settings = { .channel = channel, .period_ns = period_ns };

	assert_int_equal(pwm_new(world.event, &world.arrivals, &settings, &world.kept, &availability, NULL, &world.pwm),
	                 0);
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

static bool is_available_again(void)
{
	return world.available > 0;
}

static void finish(void)
{
	assert_true(pwm_wait(world.pwm, clock_now_ns(CLOCK_MONOTONIC) + 10 * NSEC_PER_SEC));
}

/* The next instance: this one has been killed, say. */
static void begin_anew(const char *channel, uint64_t period_ns)
{
	world.pwm = pwm_free(world.pwm);
	make(channel, period_ns);
}

static int setup(void **state)
{
	(void)state;
	world = (struct world){ 0 };
	assert_true(sd_event_new(&world.event) >= 0);
	arrivals_init(&world.arrivals, world.event);
	i2c_stub_plug(PCA9685, "pca9685");
	trace_clear();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world.pwm = pwm_free(world.pwm);
	sd_event_unref(world.event);
	i2c_stub_unplug(PCA9685);
	return 0;
}

static int setup_fan(void **state)
{
	i2c_stub_plug(AMC6821, "amc6821");
	file_write("2", FAN "pwm1_enable");
	file_write("77", FAN "pwm1");
	return setup(state);
}

static int teardown_fan(void **state)
{
	int r = teardown(state);

	i2c_stub_unplug(AMC6821);
	return r;
}

/* --- a channel of the pwm class ------------------------------------------------------------------ */

/* What the driver was told since the last call: "1: 1000000/300000 on", one after the other. */
static const char *applied(void)
{
	static char text[1024];
	char line[512];
	FILE *file = fopen(TRACING "trace", "r");

	assert_non_null(file);
	*text = '\0';
	while (fgets(line, sizeof line, file)) {
		const char *event = strstr(line, "pwm_apply: pwmchip0.");
		unsigned channel, enabled;
		unsigned long long period, duty;
		size_t length = strlen(text);

		if (!event)
			continue;
		assert_int_equal(sscanf(event, "pwm_apply: pwmchip0.%u: period=%llu duty_cycle=%llu polarity=0 enabled=%u",
		                        &channel, &period, &duty, &enabled),
		                 4);
		snprintf(text + length, sizeof text - length, "%s%u: %llu/%llu %s", length ? ", " : "", channel, duty,
		         period, enabled ? "on" : "off");
	}
	fclose(file);
	trace_clear();
	return text;
}

static void test_duty_cycle(void **state)
{
	(void)state;
	make(CHIP ":1", PERIOD_NS);
	pwm_set(world.pwm, 30);
	run_until(is_available);
	assert_string_equal(applied(), "1: 0/1000000 on, 1: 300000/1000000 on");
	pwm_set(world.pwm, 31);
	finish();
	assert_string_equal(applied(), "1: 310000/1000000 on");
	pwm_set(world.pwm, 0);
	finish();
	assert_string_equal(applied(), "1: 0/1000000 on");
	pwm_set(world.pwm, 100);
	finish();
	assert_string_equal(applied(), "1: 1000000/1000000 on");
	assert_int_equal(world.unavailable, 0);
}

/* The output goes on, and whoever wants it as it is does not touch it. */
static void test_next_instance(void **state)
{
	char text[32];

	(void)state;
	make(CHIP ":1", PERIOD_NS);
	pwm_set(world.pwm, 30);
	run_until(is_available);
	applied();
	begin_anew("pwmchip0:1", PERIOD_NS);
	file_read(text, sizeof text, CLASS "pwm1/duty_cycle");
	assert_string_equal(text, "300000");
	pwm_set(world.pwm, 30);
	run_until(is_available);
	assert_string_equal(applied(), "");
	pwm_set(world.pwm, 50);
	finish();
	assert_string_equal(applied(), "1: 500000/1000000 on");
	/* With another period: the duty cycle is never longer than it. */
	begin_anew("pwmchip0:1", PERIOD_NS / 4 * 3);
	pwm_set(world.pwm, 50);
	run_until(is_available);
	assert_string_equal(applied(), "1: 500000/750000 on, 1: 375000/750000 on");
	begin_anew("pwmchip0:1", PERIOD_NS);
	pwm_set(world.pwm, 100);
	run_until(is_available);
	assert_string_equal(applied(), "1: 375000/1000000 on, 1: 1000000/1000000 on");
	begin_anew("pwmchip0:1", PERIOD_NS / 4 * 3);
	pwm_set(world.pwm, 100);
	run_until(is_available);
	assert_string_equal(applied(), "1: 750000/1000000 on, 1: 750000/750000 on");
	assert_int_equal(world.unavailable, 0);
}

static void test_plugged_in_again(void **state)
{
	(void)state;
	make(CHIP ":1", PERIOD_NS);
	pwm_set(world.pwm, 30);
	run_until(is_available);
	i2c_stub_unplug(PCA9685);
	run_until(was_unavailable);
	assert_string_equal(world.said.text, "output " CHIP ":1: no PWM chip has this name or path; found: none");
	applied();
	i2c_stub_plug(PCA9685, "pca9685");
	run_until(is_available_again);
	assert_string_equal(world.said.text, "output " CHIP ":1 is pwmchip0 (" CHIP "), channel 1");
	assert_string_equal(applied(), "1: 0/1000000 on, 1: 300000/1000000 on");
	assert_int_equal(world.unavailable, 1);
}

/* A PCA9685 has 1.5 kHz at most. */
static void test_period_that_it_cannot_have(void **state)
{
	(void)state;
	make(CHIP ":1", 0);
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	assert_string_equal(world.said.text, "output " CHIP ":1 (pwmchip0): the chip does not take a period of 40000 ns: "
	                                     "Invalid argument");
}

/* All of its channels in one. */
static void test_channel_that_somebody_has(void **state)
{
	(void)state;
	file_write("16", CLASS "export");
	make(CHIP ":1", PERIOD_NS);
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	assert_string_equal(world.said.text, "output " CHIP ":1 (pwmchip0): a driver of the kernel's has this channel; "
	                                     "expected one that none has, or, if it is pwm-fan's, hwmon:pwmfan:pwm1");
	file_write("16", CLASS "unexport");
	run_until(is_available_again);
}

/* --- permissions that come later ----------------------------------------------------------------- */

static void be(uid_t user)
{
	assert_int_equal(seteuid(user), 0);
}

static void test_permission_never_comes(void **state)
{
	uint64_t start_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)state;
	make(CHIP ":1", PERIOD_NS);
	be(NOBODY);
	pwm_set(world.pwm, 30);
	run_until(was_unavailable);
	be(0);
	assert_non_null(strstr(world.said.text, "export: Permission denied (the service's user has to be in its group"));
	assert_in_range(world.said_ns - start_ns, 1550 * MS, 1600 * MS);
	run_until(is_available_again);
	assert_int_equal(world.unavailable, 1);
}

static void open_to_all(const char *path, mode_t mode)
{
	be(0);
	assert_int_equal(chmod(path, mode), 0);
	be(NOBODY);
}

/* As udev does it, but slower. */
static int on_udev(sd_event_source *source, uint64_t usec, void *userdata)
{
	static const char *const attributes[] = { "period", "duty_cycle", "enable" };
	char path[64];

	(void)source, (void)usec, (void)userdata;
	for (size_t i = 0; i < ELEMENTS(attributes); i++) {
		snprintf(path, sizeof path, CLASS "pwm1/%s", attributes[i]);
		open_to_all(path, 0666);
	}
	return 0;
}

static void test_permission_comes(void **state)
{
	(void)state;
	make(CHIP ":1", PERIOD_NS);
	be(NOBODY);
	open_to_all(CLASS "export", 0222);
	assert_true(sd_event_add_time_relative(world.event, NULL, CLOCK_MONOTONIC, 500000, 1, on_udev, NULL) >= 0);
	pwm_set(world.pwm, 30);
	run_until(is_available);
	be(0);
	assert_string_equal(applied(), "1: 0/1000000 on, 1: 300000/1000000 on");
	assert_int_equal(world.unavailable, 0);
}

/* --- a fan of hwmon's ---------------------------------------------------------------------------- */

static void expect_fan(const char *enable, const char *pwm)
{
	char text[32];

	file_read(text, sizeof text, FAN "pwm1_enable");
	assert_string_equal(text, enable);
	file_read(text, sizeof text, FAN "pwm1");
	assert_string_equal(text, pwm);
}

static void test_fan(void **state)
{
	(void)state;
	make("hwmon:amc6821:pwm1", 0);
	pwm_set(world.pwm, 50);
	run_until(is_available);
	expect_fan("1", "128");
	assert_true(world.kept.taken);
	assert_int_equal(world.kept.mode, 2);
	begin_anew("hwmon:amc6821:pwm1", 0);
	pwm_set(world.pwm, 20);
	run_until(is_available);
	expect_fan("1", "51");
	pwm_give_back(world.pwm);
	finish();
	expect_fan("2", "51");
}

static void test_fan_plugged_in_again(void **state)
{
	(void)state;
	make("hwmon:amc6821:pwm1", 0);
	pwm_set(world.pwm, 50);
	run_until(is_available);
	i2c_stub_unplug(AMC6821);
	run_until(was_unavailable);
	assert_string_equal(world.said.text, "output hwmon:amc6821:pwm1: no hwmon device has this name or path; found: "
	                                     "pwmchip0 (" CHIP ", 17 channels)");
	i2c_stub_plug(AMC6821, "amc6821");
	run_until(is_available_again);
	expect_fan("1", "128");
}

static int setup_chips(void **state)
{
	(void)state;
	i2c_stub_make("0x40,0x18");
	run_program("modprobe", "pwm-pca9685", NULL);
	run_program("modprobe", "amc6821", NULL);
	file_write("1", TRACING "events/pwm/pwm_apply/enable");
	return 0;
}

#define CHIP_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define FAN_TEST(test) cmocka_unit_test_setup_teardown(test, setup_fan, teardown_fan)

static const struct CMUnitTest tests[] = {
	CHIP_TEST(test_duty_cycle),
	CHIP_TEST(test_next_instance),
	CHIP_TEST(test_plugged_in_again),
	CHIP_TEST(test_period_that_it_cannot_have),
	CHIP_TEST(test_channel_that_somebody_has),
	CHIP_TEST(test_permission_never_comes),
	CHIP_TEST(test_permission_comes),
	FAN_TEST(test_fan),
	FAN_TEST(test_fan_plugged_in_again),
};

RUN_TESTS_WITH_SETUP(tests, setup_chips)
