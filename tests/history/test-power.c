/* The recorder is killed, or loses power, at each call that changes a file, from the making of the file on: what was written
 * is there, in order, and it goes on. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"
#include "history/reader.h"
#include "shim-vfs.h"
#include "util/problem.h"

#ifndef STEP
#define STEP 1
#endif

#define T0 ((UINT64_C(1795867200) / 7200) * WINDOW_USEC)
#define MINUTE (60 * USEC_PER_SEC)

/* Of a life: it goes through the ends of two windows. */
#define MINUTES 300
#define EACH 20

static const struct store_bounds bounds = { .raw_usec = 7200 * USEC_PER_SEC, .keep_usec = 4 * 7200 * USEC_PER_SEC,
	                                    .bytes = 20000000 };

/* What the process that ends has come to know; the test sees it, too. */
static struct knowledge {
	unsigned written; /* minutes that a write has answered for */
	bool lived;       /* to its end */
} *knowledge;

static char folder[] = "/tmp/roomd-test-XXXXXX";

static struct series *series_of(struct recorder *recorder, const char *property, char type)
{
	return recorder_series(recorder, &(struct series_about){ .component = "temperature_sensor/hall", .property = property,
	                                                         .class = "", .unit = "", .type = type });
}

/* What is recorded in a minute follows from its number. */
static void record(struct recorder *recorder, unsigned minute)
{
	uint64_t time = T0 + minute * MINUTE;

	recorder_clock(recorder, &(struct moment){ time, time });
	recorder_set(recorder, series_of(recorder, "Value", 'd'), time, SERIES_KNOWN, minute);
	recorder_set(recorder, series_of(recorder, "Suspect", 'b'), time, SERIES_KNOWN, minute % 2);
	if (minute % 10 == 0)
		recorder_event(recorder, recorder_component(recorder, "temperature_sensor/hall"), time,
		               recorder_word(recorder, "temperature_high"), NULL);
}

static struct recorder *open_it(void)
{
	struct recorder *recorder = NULL;

	if (recorder_new(folder, &bounds, &recorder) < 0)
		abort();
	return recorder;
}

static void live(unsigned from, unsigned to)
{
	struct recorder *recorder = open_it();

	for (unsigned minute = from; minute < to; minute += EACH) {
		uint64_t time = T0 + (minute + EACH) * MINUTE - USEC_PER_SEC;

		for (unsigned i = 0; i < EACH; i++)
			record(recorder, minute + i);
		if (recorder_write(recorder, &(struct moment){ time, time }) >= 0)
			knowledge->written = minute + EACH;
	}
	recorder_free(recorder);
}

/* --- what is there then ----------------------------------------------------------------------- */

struct check {
	unsigned next;
	bool wrong;
};

static int on_value(const struct recorded *value, void *userdata)
{
	struct check *check = userdata;

	if (value->length > 0 || value->state != SERIES_KNOWN)
		return 0;
	check->wrong = check->wrong || value->time != T0 + (unsigned)value->value * MINUTE ||
	               (check->next > 0 && (unsigned)value->value != check->next);
	check->next = (unsigned)value->value + 1;
	return 0;
}

static unsigned check(const char *where)
{
	struct recorder *recorder = open_it();
	struct series *series = series_of(recorder, "Value", 'd');
	struct question question = { series, T0 - MINUTE, T0 + 1000 * MINUTE, 10000 };
	struct problem problem = { "" };
	struct check check = { 0 };
	uint64_t position = 0;
	const char *words;
	unsigned wrong = 0;

	if (recorder_take_words(recorder, &words))
		wrong += row_fails("%s: %s", where, words);
	if (reader_values(recorder, &question, &position, on_value, &check, &problem) < 0 || check.wrong)
		wrong += row_fails("%s: the values are wrong: %s", where, problem.text);
	if (check.next < knowledge->written)
		wrong += row_fails("%s: %u minutes were written, %u are there", where, knowledge->written, check.next);
	record(recorder, 900);
	if (recorder_write(recorder, &(struct moment){ T0 + 900 * MINUTE, T0 + 900 * MINUTE }) < 0)
		wrong += row_fails("%s: it does not go on", where);
	recorder_free(recorder);
	return wrong;
}

/* --- all points ------------------------------------------------------------------------------- */

/* Another process lives until its end. True: which came at that call. */
static bool run(enum shim_end how, unsigned at)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		shim_begin(how, at, at);
		live(0, MINUTES);
		live(MINUTES, MINUTES + 2 * EACH);
		knowledge->lived = true;
		kill(getpid(), SIGKILL); /* not exit: nobody looks for leaks then */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return !knowledge->lived;
}

static void empty(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -f %s/*", folder);
	assert_int_equal(system(command), 0);
}

static unsigned step(void)
{
	const char *preload = getenv("LD_PRELOAD"), *wanted = getenv("HISTORY_POWER_STEP");

	if (wanted && atoi(wanted) > 0)
		return (unsigned)atoi(wanted);
	return preload && strstr(preload, "vgpreload") ? 41 : STEP;
}

static void end_everywhere(enum shim_end how, const char *name)
{
	unsigned wrong = 0, at = 1;

	for (bool ended = true; ended && wrong == 0; at += step()) {
		char where[64];

		memset(knowledge, 0, sizeof *knowledge);
		ended = run(how, at);
		shim_begin(SHIM_GOES_ON, 0, 0);
		snprintf(where, sizeof where, "%s at call %u", name, at);
		wrong += check(where);
		empty();
	}
	print_message("# %s: %u points\n", name, (at - 1) / step() - 1);
	assert_int_equal(wrong, 0);
	assert_true((at - 1) / step() > 5);
}

static void test_kill(void **state)
{
	(void)state;
	end_everywhere(SHIM_KILL, "killed");
}

static void test_kill_within(void **state)
{
	(void)state;
	end_everywhere(SHIM_KILL_WITHIN, "killed within");
}

static void test_power_loss(void **state)
{
	(void)state;
	end_everywhere(SHIM_POWER_NONE, "power loss, nothing unflushed is there");
}

static void test_power_loss_some(void **state)
{
	(void)state;
	end_everywhere(SHIM_POWER_SOME, "power loss, some of it is there");
}

static int share(void **state)
{
	(void)state;
	shim_set_up();
	knowledge = mmap(NULL, sizeof *knowledge, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return knowledge == MAP_FAILED || !mkdtemp(folder);
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_kill_within),
		cmocka_unit_test(test_power_loss),
		cmocka_unit_test(test_power_loss_some),
	};

	return cmocka_run_group_tests(tests, share, remove_folder);
}
