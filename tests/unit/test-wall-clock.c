/* Whether the clock came from a real-time clock: folders of attributes in the place of the kernel's. */
#include "io/wall-clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "helpers.h"

static char folder[] = "/tmp/test-wall-clock-XXXXXX";

static void write_attribute(const char *clock, const char *name, long long value)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, clock);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", folder, clock, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%lld\n", value);
	assert_int_equal(fclose(file), 0);
}

static void set(const char *clock, int hctosys, long long since_epoch)
{
	write_attribute(clock, "hctosys", hctosys);
	write_attribute(clock, "since_epoch", since_epoch);
}

static void test_from_rtc(void **state)
{
	long long now = time(NULL);

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_false(wall_clock_is_from_rtc("/nonexistent"));
	assert_false(wall_clock_is_from_rtc(folder));
	set("rtc0", 1, now);
	assert_true(wall_clock_is_from_rtc(folder));
	set("rtc0", 1, now - 3600); /* somebody has set the clock since */
	assert_false(wall_clock_is_from_rtc(folder));
	set("rtc0", 0, now); /* it is not where the time came from */
	assert_false(wall_clock_is_from_rtc(folder));
	set("rtc1", 1, now + 60); /* another one is */
	assert_true(wall_clock_is_from_rtc(folder));
	set("rtc1", 1, 86400); /* its battery is empty */
	assert_false(wall_clock_is_from_rtc(folder));
}

static int remove_folder(void **state)
{
	static const char *const files[] = { "rtc0/hctosys", "rtc0/since_epoch", "rtc1/hctosys", "rtc1/since_epoch", "rtc0", "rtc1", "" };
	char path[96];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(files); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_teardown(test_from_rtc, remove_folder) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
