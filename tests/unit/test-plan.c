/* What a configuration needs of a machine, for roomd-try. */
#include "try/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"

static struct config *read_config(const char *text)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	char path[] = "/tmp/roomd-plan-XXXXXX";
	struct config *config = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (config_load(path, &config, &errors) < 0)
		print_error("%s\n", errors.n > 0 ? errors.texts[0] : "?");
	unlink(path);
	assert_non_null(config);
	return config;
}

static const struct plan_line *line_called(const struct plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->lines_n; i++)
		if (strcmp(plan->lines[i].text, text) == 0)
			return &plan->lines[i];
	fail_msg("no line %s", text);
	return NULL;
}

static void expect_line(const struct plan *plan, const char *text, bool input, bool active_low, const char *chip,
                        unsigned offset)
{
	const struct plan_line *line = line_called(plan, text);

	assert_int_equal(line->input, input);
	assert_int_equal(line->active_low, active_low);
	assert_string_equal(plan->chips[line->chip].word, chip);
	assert_int_equal(line->offset, offset);
}

static void test_lines(void **state)
{
	_cleanup_(config_freep) struct config *config =
		read_config("[MotionSensor hall]\nLine=/dev/gpiochip0:17\nActiveLow=yes\n[ContactSensor front]\nLine=rp1:5\n"
	                    "DebounceSec=50ms\n[LightController hall]\nLine=LIGHT\nActiveLow=yes\n"
	                    "[DoorLock front]\nLedLine=LED\nButtonLine=BUTTON\nButtonActiveLow=yes\n");
	struct plan plan = { 0 };
	struct problem problem;

	(void)state;
	assert_int_equal(plan_add(&plan, config, NULL, NULL, &problem), 0);
	expect_line(&plan, "/dev/gpiochip0:17", true, true, "gpiochip0", 17);
	expect_line(&plan, "rp1:5", true, false, "rp1", 5);
	expect_line(&plan, "LIGHT", false, true, "", 0);
	expect_line(&plan, "LED", false, false, "", 1);
	expect_line(&plan, "BUTTON", true, true, "", 2);
	assert_int_equal(line_called(&plan, "rp1:5")->debounce_ns, 50000000);
	assert_int_equal(line_called(&plan, "BUTTON")->debounce_ns, 20000000); /* its default */
	assert_int_equal(plan.chips_n, 3);
	assert_int_equal(plan.chips[line_called(&plan, "/dev/gpiochip0:17")->chip].lines, 18);
	plan_free(&plan);
}

static bool is_light(const struct config_component *component, void *userdata)
{
	(void)userdata;
	return strcmp(component->class->kind, "LightController") == 0;
}

/* What is unplugged alone has a chip alone; a second configuration's lines are those of the first one. */
static void test_alone_and_again(void **state)
{
	_cleanup_(config_freep) struct config *config =
		read_config("[MotionSensor hall]\nLine=PIR\n[LightController hall]\nLine=LIGHT\n");
	struct plan plan = { 0 };
	struct problem problem;

	(void)state;
	assert_int_equal(plan_add(&plan, config, is_light, NULL, &problem), 0);
	assert_int_equal(plan_add(&plan, config, is_light, NULL, &problem), 0);
	assert_int_equal(plan.chips_n, 2);
	assert_int_equal(plan.lines_n, 4);
	expect_line(&plan, "LIGHT", false, false, "hall", 0);
	assert_int_equal(plan.chips[0].lines, 1);
	plan_free(&plan);
}

static void test_devices(void **state)
{
	_cleanup_(config_freep) struct config *config = read_config(
		"[TemperatureSensor a]\nDevice=hwmon:lm75\n[TemperatureSensor b]\nDevice=w1:28-0123456789ab\nIntervalSec=5s\n"
		"[TemperatureSensor c]\nRemote=far/temperature_sensor/c\n"
		"[Fan rack]\nPwm=pwmchip0:1\nTemperature=a\nOffBelow=35\nFullAbove=55\n");
	struct plan plan = { 0 };
	struct problem problem;

	(void)state;
	assert_int_equal(plan_add(&plan, config, NULL, NULL, &problem), 0);
	assert_int_equal(plan.devices_n, 2);
	assert_int_equal(plan.devices[0].kind, PLAN_HWMON);
	assert_string_equal(plan.devices[0].word, "lm75");
	assert_int_equal(plan.devices[1].kind, PLAN_W1);
	assert_int_equal(plan.channels[1].interval_ns, 5000000000);
	assert_int_equal(plan.remotes_n, 1);
	assert_string_equal(plan.remotes[0].quantity->name, "temperature");
	assert_int_equal(plan.pwms_n, 1);
	plan_free(&plan);
}

static void test_what_cannot_be(void **state)
{
	_cleanup_(config_freep) struct config *config =
		read_config("[TemperatureSensor a]\nDevice=hwmon:/sys/devices/platform/x\n");
	struct plan plan = { 0 };
	struct problem problem;

	(void)state;
	assert_int_equal(plan_add(&plan, config, NULL, NULL, &problem), -EOPNOTSUPP);
	assert_string_equal(problem.text, "[TemperatureSensor a] Device=hwmon:/sys/devices/platform/x: "
	                                  "expected a name or a label, because a path below /sys cannot be "
	                                  "simulated");
	plan_free(&plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_alone_and_again),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_what_cannot_be),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
