/* libiio, and the libraries that it needs, are in the process only if there is something to be read with it;
 * and what is said if it cannot be loaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"

#define MOTION "[MotionSensor hall]\nLine=PIR_HALL\n"
#define THERMOMETERS                                \
	"[TemperatureSensor hall]\nDevice=tmp117\n" \
	"[TemperatureSensor attic]\nDevice=tmp117\n"
/* What is read by hand. */
#define OTHERS                                                \
	"[TemperatureSensor own]\nDevice=hwmon:cpu_thermal\n" \
	"[TemperatureSensor pipe]\nDevice=w1:28-0123456789ab\n"
#define EX_CONFIG_STATUS 78

/* Libraries are looked for here first. */
#define LIBRARIES "/tmp/libraries"
#define LIBRARY LIBRARIES "/libiio.so.0"

static void print_memory(const struct room_fixture *room, const char *with)
{
	print_message("# %s: %ld kB written to\n", with, process_private_dirty_kb(&room->roomd));
}

static void test_not_loaded_without_a_thermometer(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, MOTION);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_let_pass_ms(&room->roomd, 1000);
	print_memory(room, "without a thermometer");
	assert_false(process_has_mapped(&room->roomd, "libiio"));
}

/* Also when they are not there, and it is said what is. */
static void test_not_loaded_for_other_thermometers(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, MOTION OTHERS);
	for (int i = 0; i < 2; i++) {
		const struct process_event *event;

		room->roomd.next = 0;
		event = process_wait(&room->roomd, "sensor_unavailable", i == 0 ? "own" : "pipe");
		assert_non_null(strstr(event->text, "found: iio:device0 (tmp117)"));
	}
	assert_false(process_has_mapped(&room->roomd, "libiio"));
}

static void test_loaded_with_one(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, MOTION THERMOMETERS);
	process_wait(&room->roomd, "temperature_update", "hall");
	process_let_pass_ms(&room->roomd, 1000);
	print_memory(room, "with two");
	assert_true(process_has_mapped(&room->roomd, "libiio"));
}

static void test_loaded_when_one_is_added(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, MOTION);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_reload(&room->roomd, MOTION THERMOMETERS);
	process_wait(&room->roomd, "temperature_update", "attic");
	assert_true(process_has_mapped(&room->roomd, "libiio"));
}

/* --- if it cannot be loaded ------------------------------------------------------------------ */

static int setup_libraries(void **state)
{
	assert_return_code(mkdir(LIBRARIES, 0755), errno);
	setenv("LD_LIBRARY_PATH", LIBRARIES, 1);
	return room_setup(state);
}

static int teardown_libraries(void **state)
{
	unsetenv("LD_LIBRARY_PATH");
	unlink(LIBRARY);
	rmdir(LIBRARIES);
	return room_teardown(state);
}

/* A file that is no library. */
static void break_library(void)
{
	close(open(LIBRARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
}

/* The exit status, and what was said. */
static int run(const char *program, const char *const *arguments, char *messages, size_t size)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/tmp/said", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execv(program, (char *const *)arguments);
		_exit(127);
	}
	assert_return_code(waitpid(pid, &status, 0), errno);
	assert_true(WIFEXITED(status));
	file_read(messages, size, "/tmp/said");
	return WEXITSTATUS(status);
}

static void write_config(const char *text)
{
	FILE *file = fopen("/tmp/libiio.conf", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Said once, of the first thermometer that needs it, beside what else is wrong. */
static void test_cannot_be_loaded(void **state)
{
	static const char *const check[] = { "roomd", "--check-config", "/tmp/libiio.conf", NULL };
	static const char *const start[] = { "roomd", "--config", "/tmp/libiio.conf", NULL };
	static const char *const client[] = { "roomctl", "check-config", "/tmp/libiio.conf", NULL };
	static const char expected[] =
		"libiio.conf:7: [TemperatureSensor hall]: libiio cannot be loaded: " LIBRARY;
	char said[4096];

	(void)state;
	break_library();
	write_config(MOTION OTHERS "[TemperatureSensor hall]\nDevice=tmp117\n"
	                           "[TemperatureSensor attic]\nDevice=tmp117\nHigh=hot\n");
	for (int i = 0; i < 3; i++) {
		const char *first;
		int status = i == 0   ? run(getenv("ROOMD"), check, said, sizeof said)
		             : i == 1 ? run(getenv("ROOMD"), start, said, sizeof said)
		                      : run(getenv("ROOMCTL"), client, said, sizeof said);

		assert_int_equal(status, EX_CONFIG_STATUS);
		first = strstr(said, expected);
		if (!first || !strstr(first, "install") ||
		    strstr(first + strlen(expected), "cannot be loaded") ||
		    !strstr(said, "High=hot: expected a temperature") || !strstr(said, "2 errors"))
			fail_msg("%s", said);
	}
}

/* Of what nobody needs nothing is said. */
static void test_cannot_be_loaded_and_need_not(void **state)
{
	struct room_fixture *room = *state;

	break_library();
	process_start(&room->roomd, MOTION OTHERS);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_stop(&room->roomd);
	assert_null(strstr(process_messages(&room->roomd), "libiio"));
}

/* A library that is another one than it is called. */
static void test_lacks_a_function(void **state)
{
	static const char *const check[] = { "roomd", "--check-config", "/tmp/libiio.conf", NULL };
	char said[4096];
	Dl_info libc;

	(void)state;
	assert_int_not_equal(dladdr((void *)getenv, &libc), 0);
	assert_return_code(symlink(libc.dli_fname, LIBRARY), errno);
	write_config(THERMOMETERS);
	assert_int_equal(run(getenv("ROOMD"), check, said, sizeof said), EX_CONFIG_STATUS);
	if (!strstr(said, "libiio cannot be loaded: ") || !strstr(said, "undefined symbol: iio_"))
		fail_msg("%s", said);
}

/* The room goes on; once it is installed the next reload finds it. */
static void test_cannot_be_loaded_at_a_reload(void **state)
{
	struct room_fixture *room = *state;

	break_library();
	process_start(&room->roomd, MOTION "[LightController hall]\nLine=LIGHT_RELAY\n");
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_reload(&room->roomd, MOTION "[LightController hall]\nLine=PORCH_RELAY\n" THERMOMETERS);
	assert_non_null(strstr(process_messages(&room->roomd), "libiio cannot be loaded"));
	assert_non_null(strstr(process_messages(&room->roomd), "1 error; the one before stays in force"));
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	room_expect_level(room, LIGHT_RELAY, true);
	unlink(LIBRARY);
	process_reload(&room->roomd, MOTION "[LightController hall]\nLine=LIGHT_RELAY\n" THERMOMETERS);
	process_wait(&room->roomd, "temperature_update", "hall");
}

static int setup(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

#define LIBRARY_TEST(test) cmocka_unit_test_setup_teardown(test, setup_libraries, teardown_libraries)

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_not_loaded_without_a_thermometer),
	ROOM_TEST(test_not_loaded_for_other_thermometers),
	ROOM_TEST(test_loaded_with_one),
	ROOM_TEST(test_loaded_when_one_is_added),
	LIBRARY_TEST(test_cannot_be_loaded),
	LIBRARY_TEST(test_cannot_be_loaded_and_need_not),
	LIBRARY_TEST(test_lacks_a_function),
	LIBRARY_TEST(test_cannot_be_loaded_at_a_reload),
};

RUN_TESTS_WITH_SETUP(tests, setup)
