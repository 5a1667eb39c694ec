/* Which output with a duty cycle is meant, and what is written to it: on a folder of files. */
#include "io/pwm-channel.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "pwm-folder.h"

#define CHANNEL "class/pwm/pwmchip0/pwm1/"
#define FAN "class/hwmon/hwmon2/"

/* --- what is written in the configuration -------------------------------------------------------- */

static void test_names(void **state)
{
	static const struct {
		const char *text, *device; /* NULL: it is none */
		bool hwmon;
		unsigned channel;
	} rows[] = {
		{ "pwmchip0:1", "pwmchip0", false, 1 },
		{ "fe20c000.pwm:0", "fe20c000.pwm", false, 0 },
		{ "0000:00:1f.0:15", "0000:00:1f.0", false, 15 },
		{ "/sys/devices/platform/x:2", "/sys/devices/platform/x", false, 2 },
		{ "hwmon:pwmfan:pwm1", "pwmfan", true, 1 },
		{ "hwmon:a:b:pwm10", "a:b", true, 10 },
		{ "hwmon:/sys/devices/x:pwm2", "/sys/devices/x", true, 2 },
		{ "", NULL },
		{ "pwmchip0", NULL },
		{ "pwmchip0:", NULL },
		{ ":1", NULL },
		{ "pwmchip0:one", NULL },
		{ "pwmchip0:-1", NULL },
		{ "pwmchip0:+1", NULL },
		{ "pwmchip0:1 ", NULL },
		{ "pwmchip0:12345", NULL },
		{ "pwmchip0:pwm1", NULL },
		{ "hwmon:pwmfan", NULL },
		{ "hwmon:pwmfan:1", NULL },
		{ "hwmon:pwmfan:fan1", NULL },
		{ "hwmon:pwmfan:pwm", NULL },
		{ "hwmon:pwmfan:pwm1_enable", NULL },
		{ "hwmon::pwm1", NULL },
		{ "hwmon:pwm1", NULL },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct pwm_name name = { 0 };
		struct problem problem = { "" };
		int r = pwm_parse(rows[i].text, &name, &problem);

		if (!rows[i].device) {
			if (r != -EINVAL || !strstr(problem.text, "such as hwmon:pwmfan:pwm1"))
				failures += row_fails("'%s': %d, %s", rows[i].text, r, problem.text);
		} else if (r != 0 || strcmp(name.device, rows[i].device) != 0 || name.hwmon != rows[i].hwmon ||
		           name.channel != rows[i].channel) {
			failures += row_fails("'%s': %d, %s, %u", rows[i].text, r, name.device, name.channel);
		}
	}
	assert_int_equal(failures, 0);
}

static void test_a_long_name(void **state)
{
	char text[SYSFS_TEXT_SIZE + 8];
	struct pwm_name name;

	(void)state;
	memset(text, 'x', sizeof text);
	strcpy(text + SYSFS_TEXT_SIZE - 1, ":1");
	assert_int_equal(pwm_parse(text, &name, NULL), 0);
	assert_int_equal(strlen(name.device), SYSFS_TEXT_SIZE - 1);
	text[SYSFS_TEXT_SIZE - 1] = 'x';
	strcpy(text + SYSFS_TEXT_SIZE, ":1");
	assert_int_equal(pwm_parse(text, &name, NULL), -EINVAL);
}

/* --- which one it is ----------------------------------------------------------------------------- */

static struct problem problem;

static int show_as(struct pwm_channel *channel, const char *text, int percent)
{
	const struct pwm_settings settings = { .channel = text, .root = pwm_folder };

	problem = (struct problem){ "" };
	return pwm_channel_show(channel, &settings, percent, &problem);
}

static int show(const char *text, int percent)
{
	struct pwm_channel channel = { 0 };
	int r = show_as(&channel, text, percent);

	pwm_channel_close(&channel);
	return r;
}

static void plug_room(void)
{
	pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
	pwm_folder_plug_chip("pwmchip2", "1-0040", "1");
	pwm_folder_plug_fan("hwmon2", "pwmfan", "0", "1");
	pwm_folder_put(FAN "label", "attic");
	pwm_folder_put("class/hwmon/hwmon0/name", "cpu_thermal");
}

#define FOUND \
	"found: pwmchip0 (fe20c000.pwm, 2 channels), pwmchip2 (1-0040, 1 channel), hwmon:pwmfan:pwm1 (hwmon2)"

static void test_finding(void **state)
{
	static const struct {
		const char *text;
		int error;
		const char *says; /* what was written, or the sentence's end */
	} rows[] = {
		{ "pwmchip0:1", 0, "export=1 pwm1/period=40000 pwm1/duty_cycle=20000 pwm1/enable=1" },
		{ "fe20c000.pwm:1", 0, "" },
		{ "1-0040:0", 0, "export=0 pwm0/period=40000 pwm0/duty_cycle=20000 pwm0/enable=1" },
		{ "hwmon:pwmfan:pwm1", 0, "pwm1=128" },
		{ "hwmon:attic:pwm1", 0, "" },
		{ "pwmchip1:0", -ENODEV, "output pwmchip1:0: no PWM chip has this name or path; " FOUND },
		{ "pwmfan:1", -ENODEV, "output pwmfan:1: no PWM chip has this name or path; " FOUND },
		{ "hwmon:hwmon2:pwm1", -ENODEV,
		  "output hwmon:hwmon2:pwm1: no hwmon device has this name or path; " FOUND },
		{ "hwmon:pwmchip0:pwm1", -ENODEV,
		  "output hwmon:pwmchip0:pwm1: no hwmon device has this name or path; " FOUND },
		{ "pwmchip0:2", -ENODEV, "output pwmchip0:2: pwmchip0 has no channel 2; it has 2, from 0 on" },
		{ "hwmon:pwmfan:pwm2", -ENODEV, "output hwmon:pwmfan:pwm2: hwmon2 has no pwm2" },
		{ "hwmon:cpu_thermal:pwm1", -ENODEV, "output hwmon:cpu_thermal:pwm1: hwmon0 has no pwm1" },
		{ "/nowhere:1", -ENODEV, "output /nowhere:1: no PWM chip has this name or path; " FOUND },
	};
	unsigned failures = 0;

	(void)state;
	plug_room();
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		int r = show(rows[i].text, 50);
		const char *written = pwm_folder_written();

		if (r != rows[i].error || strcmp(r ? problem.text : written, rows[i].says) != 0)
			failures += row_fails("%s: %d, %s; %s", rows[i].text, r, problem.text, written);
	}
	assert_int_equal(failures, 0);
}

static void test_paths(void **state)
{
	static const char *const paths[] = { "class/pwm/pwmchip0", "devices/fe20c000.pwm" };
	char text[PATH_MAX];

	(void)state;
	plug_room();
	for (size_t i = 0; i < ELEMENTS(paths); i++) {
		snprintf(text, sizeof text, "%s/%s:1", pwm_folder, paths[i]);
		assert_int_equal(show(text, 50), 0);
	}
	snprintf(text, sizeof text, "hwmon:%s/class/hwmon/hwmon2:pwm1", pwm_folder);
	assert_int_equal(show(text, 50), 0);
}

static void test_nothing_there(void **state)
{
	(void)state;
	assert_int_equal(show("pwmchip0:1", 50), -ENODEV);
	assert_string_equal(problem.text, "output pwmchip0:1: no PWM chip has this name or path; found: none");
}

static void test_two_of_one_name(void **state)
{
	char expected[2 * PATH_MAX];

	(void)state;
	plug_room();
	pwm_folder_plug_fan("hwmon10", "pwmfan", "0", NULL);
	assert_int_equal(show("hwmon:pwmfan:pwm1", 50), -ENOTUNIQ);
	snprintf(expected, sizeof expected,
	         "output hwmon:pwmfan:pwm1: both %s/class/hwmon/hwmon2 (hwmon2) and %s/class/hwmon/hwmon10 (hwmon10) "
	         "are called so; give one of these paths in the place of the name",
	         pwm_folder, pwm_folder);
	assert_string_equal(problem.text, expected);
	assert_string_equal(pwm_folder_written(), "");
}

/* --- the duty cycle ------------------------------------------------------------------------------ */

static void test_duty(void **state)
{
	static const struct {
		const char *name;
		const char *period, *duty, *enable; /* as it is; NULL: it is not exported */
		uint64_t period_ns;
		bool inverted;
		int percent;
		const char *written;
	} rows[] = {
		{ "new", NULL, NULL, NULL, 0, false, 30,
		  "export=1 pwm1/period=40000 pwm1/duty_cycle=12000 pwm1/enable=1" },
		{ "new, off", NULL, NULL, NULL, 0, false, 0, "export=1 pwm1/period=40000 pwm1/enable=1" },
		{ "as it is to be", "40000", "12000", "1", 0, false, 30, "" },
		{ "off, as it is to be", "40000", "0", "1", 0, false, 0, "" },
		{ "another speed", "40000", "12000", "1", 0, false, 31, "pwm1/duty_cycle=12400" },
		{ "full", "40000", "12000", "1", 0, false, 100, "pwm1/duty_cycle=40000" },
		{ "not enabled", "40000", "12000", "0", 0, false, 30, "pwm1/enable=1" },
		{ "a longer period", "1000", "300", "1", 0, false, 30,
		  "pwm1/period=40000 pwm1/duty_cycle=12000" },
		{ "a shorter period", "100000", "30000", "1", 0, false, 30,
		  "pwm1/period=40000 pwm1/duty_cycle=12000" },
		{ "a period that is shorter than the duty cycle", "100000", "50000", "1", 0, false, 30,
		  "pwm1/duty_cycle=12000 pwm1/period=40000" },
		{ "the same, full", "100000", "100000", "1", 0, false, 100,
		  "pwm1/duty_cycle=40000 pwm1/period=40000" },
		{ "a frequency of its own", "0", "0", "0", 20000000, false, 7,
		  "pwm1/period=20000000 pwm1/duty_cycle=1400000 pwm1/enable=1" },
		{ "inverted", "40000", "0", "1", 0, true, 30, "pwm1/duty_cycle=28000" },
		{ "inverted, off", "40000", "0", "1", 0, true, 0, "pwm1/duty_cycle=40000" },
		{ "a period as long as 100 times of it must not overflow", "0", "0", "1", UINT64_C(1) << 57, false,
		  100, "pwm1/period=144115188075855872 pwm1/duty_cycle=144115188075855872" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct pwm_settings settings = { "pwmchip0:1", rows[i].period_ns, rows[i].inverted, pwm_folder };
		struct pwm_channel channel = { 0 };
		const char *written;
		int r;

		pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
		if (rows[i].period) {
			pwm_folder_put(CHANNEL "period", rows[i].period);
			pwm_folder_put(CHANNEL "duty_cycle", rows[i].duty);
			pwm_folder_put(CHANNEL "enable", rows[i].enable);
		}
		r = pwm_channel_show(&channel, &settings, rows[i].percent, &problem);
		written = pwm_folder_written();
		if (r < 0 || strcmp(written, rows[i].written) != 0)
			failures += row_fails("%s: %d, %s", rows[i].name, r, r < 0 ? problem.text : written);
		pwm_channel_close(&channel);
		pwm_folder_unplug("class");
	}
	assert_int_equal(failures, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *file;
		int error;
		const char *says; /* %s: the folder */
	} rows[] = {
		{ "export", -EBUSY,
		  "output pwmchip0:1 (pwmchip0): a driver of the kernel's has this channel; expected one that none "
		  "has, or, if it is pwm-fan's, hwmon:pwmfan:pwm1" },
		{ "export", -EROFS,
		  "output pwmchip0:1, export: the service's sandbox has /sys read-only; expected "
		  "ReadWritePaths=%s/devices/fe20c000.pwm in a drop-in" },
		{ "export", -EACCES,
		  "output pwmchip0:1 (pwmchip0), export: Permission denied (the service's user has to be in its "
		  "group, and the group may have to be given to it by a rule of udev's)" },
		{ "pwm1/period", -EACCES,
		  "output pwmchip0:1 (pwmchip0), pwm1/period: Permission denied (the service's user has to be in its "
		  "group, and the group may have to be given to it by a rule of udev's)" },
		{ "pwm1/period", -EINVAL,
		  "output pwmchip0:1 (pwmchip0): the chip does not take a period of 40000 ns: Invalid argument" },
		{ "pwm1/period", -EBUSY,
		  "output pwmchip0:1 (pwmchip0): the chip does not take a period of 40000 ns: its channels have one "
		  "in common, and another channel is on" },
		{ "pwm1/duty_cycle", -EIO,
		  "output pwmchip0:1 (pwmchip0), pwm1/duty_cycle: writing failed: Input/output error" },
		{ "pwm1/enable", -EIO,
		  "output pwmchip0:1 (pwmchip0), pwm1/enable: writing failed: Input/output error" },
	};
	unsigned failures = 0;
	char expected[1024];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct pwm_channel channel = { 0 };
		int r;

		pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
		pwm_folder_fail(rows[i].file, rows[i].error, 1);
		r = show_as(&channel, "pwmchip0:1", 50);
		snprintf(expected, sizeof expected, "%.*s%s%s", (int)strcspn(rows[i].says, "%"), rows[i].says,
		         strchr(rows[i].says, '%') ? pwm_folder : "",
		         strchr(rows[i].says, '%') ? strchr(rows[i].says, '%') + 2 : "");
		if (r != rows[i].error || strcmp(problem.text, expected) != 0 || channel.open)
			failures += row_fails("%s: %d, %s\nnot %s", rows[i].file, r, problem.text, expected);
		/* What was not ready yet is taken up where it stopped. */
		if (show_as(&channel, "pwmchip0:1", 50) < 0)
			failures += row_fails("%s, then: %s", rows[i].file, problem.text);
		pwm_folder_expect(CHANNEL "duty_cycle", "20000");
		pwm_folder_expect(CHANNEL "enable", "1");
		pwm_channel_close(&channel);
		pwm_folder_unplug("class");
	}
	assert_int_equal(failures, 0);
}

/* A chip that cannot have the period goes on as it did. */
static void test_refused_period_changes_nothing(void **state)
{
	(void)state;
	pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
	pwm_folder_put(CHANNEL "period", "100000");
	pwm_folder_put(CHANNEL "duty_cycle", "50000");
	pwm_folder_put(CHANNEL "enable", "1");
	pwm_folder_fail("period", -EINVAL, -1);
	assert_int_equal(show("pwmchip0:1", 30), -EINVAL);
	pwm_folder_expect(CHANNEL "period", "100000");
	pwm_folder_expect(CHANNEL "duty_cycle", "50000");
}

static void test_what_is_no_number(void **state)
{
	(void)state;
	pwm_folder_plug_chip("pwmchip0", "fe20c000.pwm", "2");
	pwm_folder_put(CHANNEL "period", "long");
	pwm_folder_put(CHANNEL "duty_cycle", "0");
	pwm_folder_put(CHANNEL "enable", "0");
	assert_int_equal(show("pwmchip0:1", 30), -EBADMSG);
	assert_string_equal(problem.text,
	                    "output pwmchip0:1 (pwmchip0), pwm1/period: it is 'long'; expected a number");
	pwm_folder_put("class/pwm/pwmchip0/npwm", "");
	assert_int_equal(show("pwmchip0:1", 30), -EBADMSG);
	assert_string_equal(problem.text, "output pwmchip0:1 (pwmchip0), npwm: it is ''; expected a number");
}

/* Another chip has its number, and it has another one; then its channel was taken away. */
static void test_gone_and_back(void **state)
{
	struct pwm_channel channel = { 0 };
	char where[PWM_WHERE_SIZE];

	(void)state;
	plug_room();
	assert_int_equal(show_as(&channel, "1-0040:0", 50), 0);
	assert_string_equal(pwm_channel_where(&channel, where), "pwmchip2 (1-0040), channel 0");
	pwm_folder_unplug("class/pwm/pwmchip2");
	assert_int_equal(show_as(&channel, "1-0040:0", 50), -ENODEV);
	pwm_folder_plug_chip("pwmchip2", "other", "1");
	assert_int_equal(show_as(&channel, "1-0040:0", 50), -ENODEV);
	pwm_folder_plug_chip("pwmchip3", "1-0040", "1");
	pwm_folder_written();
	assert_int_equal(show_as(&channel, "1-0040:0", 50), 0);
	assert_string_equal(pwm_channel_where(&channel, where), "pwmchip3 (1-0040), channel 0");
	pwm_folder_unplug("class/pwm/pwmchip3/pwm0");
	pwm_folder_written();
	assert_int_equal(show_as(&channel, "1-0040:0", 50), 0);
	assert_string_equal(pwm_folder_written(), "export=0 pwm0/period=40000 pwm0/duty_cycle=20000 pwm0/enable=1");
	pwm_channel_close(&channel);
}

/* --- fans of hwmon's ----------------------------------------------------------------------------- */

static void test_fan(void **state)
{
	static const struct {
		const char *name;
		const char *pwm, *enable; /* enable may be NULL: there is no such file */
		bool inverted;
		int percent;
		const char *written;
		bool taken;
		int mode;
	} rows[] = {
		{ "the chip's own", "90", "2", false, 50, "pwm1_enable=1 pwm1=128", true, 2 },
		{ "full speed, without control", "255", "0", false, 100, "pwm1_enable=1", true, 0 },
		{ "another of its modes", "90", "5", false, 0, "pwm1_enable=1 pwm1=0", true, 5 },
		{ "by hand already", "90", "1", false, 100, "pwm1=255", false, 0 },
		{ "as it is to be", "128", "1", false, 50, "", false, 0 },
		{ "it has no control of its own", "90", NULL, false, 1, "pwm1=3", false, 0 },
		{ "inverted", "90", "1", true, 100, "pwm1=0", false, 0 },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct pwm_settings settings = { "hwmon:pwmfan:pwm1", 0, rows[i].inverted, pwm_folder };
		struct pwm_channel channel = { 0 };
		const char *written;
		int r;

		pwm_folder_plug_fan("hwmon2", "pwmfan", rows[i].pwm, rows[i].enable);
		r = pwm_channel_show(&channel, &settings, rows[i].percent, &problem);
		written = pwm_folder_written();
		if (r < 0 || strcmp(written, rows[i].written) != 0 || channel.taken != rows[i].taken ||
		    channel.mode != rows[i].mode)
			failures += row_fails("%s: %d, %s, taken %d from %d", rows[i].name, r,
			                      r < 0 ? problem.text : written, channel.taken, channel.mode);
		pwm_channel_close(&channel);
		pwm_folder_unplug("class");
	}
	assert_int_equal(failures, 0);
}

/* That it was taken stays known while it cannot be written. */
static void test_fan_is_given_back(void **state)
{
	const struct pwm_settings settings = { .channel = "hwmon:pwmfan:pwm1", .root = pwm_folder };
	struct pwm_channel channel = { 0 };
	char where[PWM_WHERE_SIZE];

	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "2");
	pwm_folder_fail("pwm1", -EIO, 1);
	assert_int_equal(show_as(&channel, "hwmon:pwmfan:pwm1", 50), -EIO);
	assert_true(channel.taken);
	assert_int_equal(show_as(&channel, "hwmon:pwmfan:pwm1", 50), 0);
	assert_string_equal(pwm_channel_where(&channel, where), "hwmon2 (pwmfan), pwm1");
	assert_true(channel.taken);
	assert_int_equal(pwm_channel_give_back(&channel, &settings, channel.mode, &problem), 0);
	pwm_folder_expect(FAN "pwm1_enable", "2");
	assert_false(channel.taken);
	pwm_channel_close(&channel);
}

static void test_fan_gone_and_back(void **state)
{
	struct pwm_channel channel = { 0 };
	char where[PWM_WHERE_SIZE];

	(void)state;
	pwm_folder_plug_fan("hwmon2", "pwmfan", "90", "1");
	assert_int_equal(show_as(&channel, "hwmon:pwmfan:pwm1", 50), 0);
	pwm_folder_unplug("class/hwmon/hwmon2");
	pwm_folder_plug_fan("hwmon2", "other", "90", "1");
	pwm_folder_plug_fan("hwmon3", "pwmfan", "90", "1");
	assert_int_equal(show_as(&channel, "hwmon:pwmfan:pwm1", 50), 0);
	assert_string_equal(pwm_channel_where(&channel, where), "hwmon3 (pwmfan), pwm1");
	pwm_folder_expect("class/hwmon/hwmon3/pwm1", "128");
	pwm_folder_expect("class/hwmon/hwmon2/pwm1", "90");
	pwm_channel_close(&channel);
}

static void test_thermal_zones(void **state)
{
	static const struct {
		const char *name, *fan, *type, *mode;
		const char *link; /* of the zone's to the cooling device */
		bool refused;
	} rows[] = {
		{ "a zone's", "pwmfan", "pwm-fan", "enabled", "cdev0", true },
		{ "without a mode", "pwmfan", "pwm-fan", NULL, "cdev0", true },
		{ "a zone's second", "pwmfan", "pwm-fan", "enabled", "cdev12", true },
		{ "written otherwise", "dell_smm", "dell-smm-fan1", "enabled", "cdev0", true },
		{ "more behind it", "emc2305", "emc2305_fan", "enabled", "cdev0", true },
		{ "capitals", "PWMFAN", "pwm-fan", "enabled", "cdev0", true },
		{ "a zone that is disabled", "pwmfan", "pwm-fan", "disabled", "cdev0", false },
		{ "the processor's frequency", "pwmfan", "cpufreq-cpu0", "enabled", "cdev0", false },
		{ "less than its name", "pwmfan", "pwm", "enabled", "cdev0", false },
		{ "of no zone", "pwmfan", "pwm-fan", "enabled", "cooling", false },
		{ "no name", "", "pwm-fan", "enabled", "cdev0", false },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const char *expected =
			"output hwmon:attic:pwm1: the kernel sets this fan's speed itself, for thermal_zone3 "
			"(cpu-thermal), as its cooling device ";
		char path[PATH_MAX];
		int r;

		pwm_folder_plug_fan("hwmon2", rows[i].fan, "90", "1");
		pwm_folder_put(FAN "label", "attic");
		pwm_folder_put("class/thermal/thermal_zone3/type", "cpu-thermal");
		if (rows[i].mode)
			pwm_folder_put("class/thermal/thermal_zone3/mode", rows[i].mode);
		snprintf(path, sizeof path, "class/thermal/thermal_zone3/%s/type", rows[i].link);
		pwm_folder_put(path, rows[i].type);
		r = show("hwmon:attic:pwm1", 50);
		if (r != (rows[i].refused ? -EBUSY : 0) ||
		    (rows[i].refused && strncmp(problem.text, expected, strlen(expected)) != 0))
			failures += row_fails("%s: %d, %s", rows[i].name, r, problem.text);
		pwm_folder_unplug("class");
	}
	assert_int_equal(failures, 0);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, pwm_folder_make, pwm_folder_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_a_long_name),
		FOLDER_TEST(test_finding),
		FOLDER_TEST(test_paths),
		FOLDER_TEST(test_nothing_there),
		FOLDER_TEST(test_two_of_one_name),
		FOLDER_TEST(test_duty),
		FOLDER_TEST(test_refused),
		FOLDER_TEST(test_refused_period_changes_nothing),
		FOLDER_TEST(test_what_is_no_number),
		FOLDER_TEST(test_gone_and_back),
		FOLDER_TEST(test_fan),
		FOLDER_TEST(test_fan_is_given_back),
		FOLDER_TEST(test_fan_gone_and_back),
		FOLDER_TEST(test_thermal_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
