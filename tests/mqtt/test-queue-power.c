/* The queue is killed, or loses power, at each call that changes a file, from the making of the file on: what
 * is there afterwards is what queue.c promises. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mqtt/queue.h"
#include "queue-folder.h"
#include "shim-vfs.h"
#include "util/problem.h"

#define SERIALS 400

#ifndef STEP
#define STEP 1
#endif
#define EVENTS_MAX 40

static const struct queue_settings settings = { .events = EVENTS_MAX };

/* What the process that ends has come to know; the test sees it, too. */
static struct knowledge {
	uint64_t added; /* serials up to here */
	uint64_t saved; /* those that a save has answered for */
	uint64_t dropped_saved;
	bool done[SERIALS + 1];
	bool lived; /* to its end */
} * knowledge;

static int share(void **state)
{
	(void)state;
	shim_set_up();
	knowledge = mmap(NULL, sizeof *knowledge, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return knowledge == MAP_FAILED;
}

/* --- what happens ----------------------------------------------------------------------------- */

static void add(struct queue *queue, unsigned n, size_t length)
{
	while (n-- > 0) {
		uint64_t serial = knowledge->added + 1;

		if (add_event(queue, serial, length + serial * 37 % 200, 0) == 1)
			knowledge->added = serial;
	}
}

/* Sends so many, and has them acknowledged, each second one later. */
static void send(struct queue *queue, unsigned n)
{
	for (unsigned round = 0; round < 2; round++) {
		const struct queue_event *event = queue_next(queue, 0);

		for (unsigned i = 0; event && i < n; i++) {
			uint64_t sequence = event->sequence;

			if (i % 2 == round || round == 1) {
				knowledge->done[event->serial] = true;
				queue_done(queue, sequence, 0);
			}
			event = queue_next(queue, sequence);
		}
	}
}

static void save(struct queue *queue)
{
	uint64_t dropped = queue_dropped(queue)->events;

	if (queue_save(queue, 0) < 0)
		return;
	knowledge->saved = knowledge->added;
	knowledge->dropped_saved = dropped;
}

/* A life: events come and go, some are pushed out, and a page of the log is written often enough that it is
 * copied into the file, several times. */
static void live(const struct queue_folder *folder, unsigned rounds)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(folder, &settings);

	for (unsigned i = 0; i < rounds; i++) {
		add(queue, 25, 300);
		save(queue);
		send(queue, 4);
		save(queue);
		add(queue, 1, 9000); /* on several pages */
		send(queue, 3);
		save(queue);
	}
	add(queue, 30, 100);
	save(queue);
	send(queue, 1000); /* all */
	add(queue, 2, 10);
	send(queue, 1000);
	save(queue); /* it gets small */
	add(queue, 5, 10);
	save(queue);
}

static void live_twice(const struct queue_folder *folder)
{
	live(folder, 4);
	live(folder, 1);
}

/* --- what is there then ----------------------------------------------------------------------- */

static unsigned check_rest(struct queue *queue, const char *where, uint64_t position)
{
	bool there[SERIALS + 1] = { false };
	uint64_t last = 0, missing = 0;
	unsigned wrong = 0;

	for (const struct queue_event *event = queue_next(queue, 0); event;
	     event = queue_next(queue, event->sequence)) {
		if (event->serial <= last || event->serial > position || !is_whole(event) ||
		    !event->repeated) {
			wrong += row_fails("%s: serial %d after %d is wrong", where, (int)event->serial,
			                   (int)last);
			break;
		}
		last = event->serial;
		there[last] = true;
	}
	for (uint64_t i = 1; i <= position; i++)
		missing += !there[i] && !knowledge->done[i];
	if (missing != queue_dropped(queue)->events)
		wrong += row_fails("%s: %d are missing, %d were dropped", where, (int)missing,
		                   (int)queue_dropped(queue)->events);
	return wrong;
}

static unsigned check(const struct queue_folder *folder, const char *where)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(folder, &settings);
	uint64_t position = queue_position(queue) ? queue_position(queue)->serial : 0;
	struct problem problem;
	unsigned wrong = 0;

	if (queue_take_problem(queue, &problem))
		wrong += row_fails("%s: %s", where, problem.text);
	if (position < knowledge->saved || position > knowledge->added)
		wrong += row_fails("%s: position %d, saved %d, added %d", where, (int)position,
		                   (int)knowledge->saved, (int)knowledge->added);
	if (queue_dropped(queue)->events < knowledge->dropped_saved)
		wrong += row_fails("%s: the dropped are not counted", where);
	wrong += check_rest(queue, where, position);
	if (add_event(queue, position + 1, 10, 0) != 1 || queue_save(queue, 0) != 0)
		wrong += row_fails("%s: it does not go on", where);
	return wrong;
}

/* --- all points ------------------------------------------------------------------------------- */

/* Another process lives until its end. True: which came at that call. */
static bool run(const struct queue_folder *folder, enum shim_end how, unsigned at, unsigned seed)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		shim_begin(how, at, seed);
		live_twice(folder);
		knowledge->lived = true;
		kill(getpid(), SIGKILL); /* not exit: nobody looks for leaks then */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return !knowledge->lived;
}

/* The next one begins with nothing. */
static void empty(const struct queue_folder *folder)
{
	static const char *const names[] = { QUEUE_FILE, QUEUE_FILE "-wal", QUEUE_FILE "-journal" };

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		char path[128];

		snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
		unlink(path);
	}
}

/* Where a process is slow not each call is tried; with a step that is prime, all kinds of them. */
static unsigned step(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload") ? 41 : STEP;
}

/* Ends it at each call, in a new folder. Returns how many points there were. */
static unsigned end_everywhere(enum shim_end how, const char *name, unsigned *wrong)
{
	struct queue_folder *folder;
	unsigned at = 1;

	queue_folder_set_up((void **)&folder);
	for (bool ended = true; ended && *wrong == 0; at += step()) {
		char where[64];

		memset(knowledge, 0, sizeof *knowledge);
		ended = run(folder, how, at, at);
		shim_begin(SHIM_GOES_ON, 0, 0);
		snprintf(where, sizeof where, "%s at call %u", name, at);
		*wrong += check(folder, where);
		if (!ended && knowledge->dropped_saved == 0)
			*wrong += row_fails("nothing was pushed out");
		empty(folder);
	}
	queue_folder_tear_down((void **)&folder);
	print_message("# %s: %u points\n", name, (at - 1) / step() - 1);
	return (at - 1) / step() - 1;
}

static void test_kill(void **state)
{
	unsigned wrong = 0;

	(void)state;
	assert_true(end_everywhere(SHIM_KILL, "killed", &wrong) > 5);
	assert_int_equal(wrong, 0);
}

static void test_kill_within(void **state)
{
	unsigned wrong = 0;

	(void)state;
	end_everywhere(SHIM_KILL_WITHIN, "killed within", &wrong);
	assert_int_equal(wrong, 0);
}

static void test_power_loss(void **state)
{
	unsigned wrong = 0;

	(void)state;
	end_everywhere(SHIM_POWER_NONE, "power loss, nothing unflushed is there", &wrong);
	assert_int_equal(wrong, 0);
}

static void test_power_loss_some(void **state)
{
	unsigned wrong = 0;

	(void)state;
	end_everywhere(SHIM_POWER_SOME, "power loss, some of it is there", &wrong);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_kill_within),
		cmocka_unit_test(test_power_loss),
		cmocka_unit_test(test_power_loss_some),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}
