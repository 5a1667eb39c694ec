/* Killed anywhere on the way from edges to relays and to the journal: at each system call, before and after
 * it, at instructions in between, and while it starts. The successor does what was left, and nothing twice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "files.h"
#include "journal.h"
#include "line-watch.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"

#define LINES 6
#define RECORDS 512
#define TICK_MS 20    /* for gpio-sim to show a change */
#define IDLE_MS 50    /* after it has nothing to do any more */
#define BURST 3       /* edges at once, an odd number */
#define LONG_BURST 67 /* more than are read at once; odd, too */
#define EDGES_MAX 16384

/* One light that follows, and one that stays on. */
#define CONFIG(off_delay)                                                       \
	"[MotionSensor hall]\nLine=PIR_HALL\n"                                  \
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=" off_delay "\n" \
	"[LightController porch]\nLine=PORCH_RELAY\nOffDelaySec=1h\n"           \
	"[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n"

struct killed_fixture {
	struct room_fixture *room;
	struct process *roomd;
	struct service_manager manager;
	struct journal journal;
	struct line_watch watch;
	unsigned starts;
	bool motion;
	uint64_t irqs_us[EDGES_MAX]; /* of all edges so far */
	size_t irqs_n;
};

static struct killed_fixture fixture;

/* --- lives ----------------------------------------------------------------------------------- */

static void wait_ready(struct killed_fixture *f)
{
	service_manager_wait_ready(&f->manager, ++f->starts);
	process_let_pass_ms(f->roomd, 1);
}

static void move(struct killed_fixture *f)
{
	f->motion = !f->motion;
	sim_chip_pull(&f->room->chip, PIR_HALL, f->motion);
	let_pass_ms(TICK_MS);
}

static void take_irqs(struct killed_fixture *f)
{
	static struct trace_record records[RECORDS];
	size_t n = trace_read(TRACE_IRQ, records, RECORDS);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(records[i].consumer, "roomd:hall") != 0)
			continue;
		assert_true(f->irqs_n < EDGES_MAX);
		f->irqs_us[f->irqs_n++] = records[i].monotonic_us;
	}
}

static int setup(void **state)
{
	struct killed_fixture *f = &fixture;

	memset(f, 0, sizeof *f);
	room_setup(state);
	f->room = *state;
	f->roomd = &f->room->roomd;
	*state = f;
	service_manager_start(&f->manager);
	journal_start(&f->journal);
	return 0;
}

static void start(struct killed_fixture *f, const char *config)
{
	process_start_with(
		f->roomd, config,
		&(struct process_options){ .manager = &f->manager, .journal = true, .log_level = "debug" });
	wait_ready(f);
	line_watch_start(&f->watch, &f->room->chip, LINES);
	trace_clear();
	move(f); /* lights are on */
	process_let_pass_ms(f->roomd, 2 * IDLE_MS);
	take_irqs(f);
}

static int teardown(void **state)
{
	struct killed_fixture *f = *state;

	line_watch_end(&f->watch);
	if (f->roomd->pid > 0) {
		ptrace(PTRACE_DETACH, f->roomd->pid, NULL,
		       NULL); /* if the test has failed, it may be stopped */
		process_stop(f->roomd);
	}
	service_manager_stop(&f->manager);
	journal_stop(&f->journal);
	*state = f->room;
	return room_teardown(state);
}

/* --- stopping and killing -------------------------------------------------------------------- */

/* It stops again within the time, or waits for something that does not come. Most stops are at hand, and take
 * no time of the room's. */
static bool wait_stop(pid_t pid)
{
	for (int i = 0; i < 3 + IDLE_MS; i++) {
		int status;

		if (waitpid(pid, &status, WNOHANG) == pid) {
			assert_true(WIFSTOPPED(status));
			return true;
		}
		if (i < 3)
			sched_yield();
		else
			let_pass_ms(1);
	}
	return false;
}

static void stop(pid_t pid)
{
	assert_return_code(ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_O_TRACESYSGOOD), errno);
	assert_return_code(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL), errno);
	assert_true(wait_stop(pid));
}

/* To the entry or exit of a system call. */
static bool step(pid_t pid)
{
	assert_return_code(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), errno);
	return wait_stop(pid);
}

/* A process that is stopped does not do anything any more: not the call that it is about to make, and nothing
 * with what the one that it made has returned. */
static void kill_it(struct killed_fixture *f)
{
	int status = 0;

	kill(f->roomd->pid, SIGKILL);
	while (!WIFSIGNALED(status))
		assert_int_equal(waitpid(f->roomd->pid, &status, 0), f->roomd->pid);
	process_has_ended(f->roomd);
}

/* --- what must have come of it --------------------------------------------------------------- */

static void begin(struct killed_fixture *f)
{
	trace_clear();
	line_watch_take(&f->watch);
}

/* No line was let go, no relay did what no rule asked for, and all is as it should be now. */
static void expect_lines_in_order(struct killed_fixture *f, bool before, size_t most)
{
	static struct trace_record sets[RECORDS];
	size_t n = room_sets(f->room, LIGHT_RELAY, sets, RECORDS);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(sets[i].value, i % 2 ? before : !before);
	assert_int_equal(sim_chip_level(&f->room->chip, LIGHT_RELAY), f->motion);
	assert_true(n <= most);
	assert_int_equal(room_sets(f->room, LOCK_LED, sets, RECORDS), 0);
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.requested + f->watch.released + f->watch.reconfigured, 0);
}

/* The relay that is on does not move. */
static void expect_porch_on(struct killed_fixture *f)
{
	struct trace_record sets[RECORDS];

	assert_int_equal(room_sets(f->room, PORCH_RELAY, sets, RECORDS), 0);
	assert_true(sim_chip_level(&f->room->chip, PORCH_RELAY));
}

/* The relay was so before, and has moved so often at most. */
static void expect_round(struct killed_fixture *f, bool before, size_t most)
{
	process_let_pass_ms(f->roomd, 2 * IDLE_MS); /* also for what is said later */
	take_irqs(f);
	expect_lines_in_order(f, before, most);
	expect_porch_on(f);
}

/* Every edge is in the journal once, in order, with the time of its interrupt; or twice, if the second entry
 * says so.
 */
static void expect_journal(struct killed_fixture *f)
{
	const struct journal_entry *entries;
	size_t n, motions = 0, lights = 0, twice = 0;
	uint64_t serial = 0;

	entries = journal_read(&f->journal, &n);
	for (size_t i = 0; i < n; i++) {
		const struct journal_entry *entry = &entries[i];

		if (strstr(entry->message, "lost"))
			fail_msg("%s", entry->message);
		if (entry->serial == 0)
			continue;
		if (entry->repeated && entry->serial == serial) {
			twice++;
			continue;
		}
		if (entry->serial != serial + 1)
			fail_msg("%s after %llu: %s", entry->event, (unsigned long long)serial,
			         entry->message);
		serial++;
		if (strncmp(entry->event, "light_", 6) == 0 && strcmp(entry->component, "hall") == 0)
			assert_string_equal(entry->event, lights++ % 2 ? "light_off" : "light_on");
		if (strncmp(entry->event, "motion_", 7) != 0)
			continue;
		assert_string_equal(entry->event, motions % 2 ? "motion_detected" : "motion_cleared");
		if (motions > 0) /* the first level is no edge */
			assert_in_range(entry->monotonic_ns / 1000, f->irqs_us[motions - 1] - 1,
			                f->irqs_us[motions - 1] + 1);
		motions++;
	}
	assert_int_equal(motions, 1 + f->irqs_n);
	print_message("# %u lives, %zu edges, %zu entries of the journal, %zu of them twice and marked\n",
	              f->starts, f->irqs_n, n, twice);
}

/* --- tests ----------------------------------------------------------------------------------- */

/* So many edges come, and it is killed at the n-th stop. False: it was done before that. */
static bool killed_at(struct killed_fixture *f, unsigned edges, unsigned n)
{
	bool before = f->motion, stopped = true;

	begin(f);
	stop(f->roomd->pid);
	for (unsigned i = 0; i < edges; i++)
		move(f);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	kill_it(f);
	process_start_successor(f->roomd, NULL);
	wait_ready(f);
	expect_round(f, before, edges);
	return stopped;
}

static void test_at_each_system_call(void **state)
{
	struct killed_fixture *f = *state;
	unsigned n = 0;

	start(f, CONFIG("0"));
	while (killed_at(f, BURST, n))
		n++;
	assert_true(n > 20);
	expect_journal(f);
}

/* What was read first is not in the inbox any more when the rest is read. */
static void test_between_two_reads(void **state)
{
	struct killed_fixture *f = *state;
	unsigned n = 1;

	start(f, CONFIG("0"));
	while (killed_at(f, LONG_BURST, n))
		n += 41;
	assert_true(n > 200);
	expect_journal(f);
}

/* Nobody is there any more, and it is killed at the n-th stop after the off-delay is over. */
static bool killed_at_timer(struct killed_fixture *f, unsigned n)
{
	bool stopped = true;

	begin(f);
	move(f);
	process_let_pass_ms(f->roomd, 900);
	stop(f->roomd->pid);
	let_pass_ms(1000);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	kill_it(f);
	process_start_successor(f->roomd, NULL);
	wait_ready(f);
	expect_round(f, true, 1);
	begin(f);
	move(f);
	expect_round(f, false, 1);
	return stopped;
}

static void test_at_each_system_call_of_a_timer(void **state)
{
	struct killed_fixture *f = *state;
	unsigned n = 0;

	start(f, CONFIG("1"));
	while (killed_at_timer(f, n))
		n++;
	assert_true(n > 10);
	expect_journal(f);
}

/* The kernel has edges that nobody has read: the manager's descriptor is of the same request. */
static bool edges_wait(struct killed_fixture *f)
{
	struct pollfd poll_fd = { .fd = service_manager_find(&f->manager, "motion_sensor/hall/Line"),
		                  .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Edges come, and it is killed so many instructions after the read(2) that got them. */
static bool killed_after(struct killed_fixture *f, unsigned long instructions)
{
	bool before = f->motion, stopped = true;
	pid_t pid = f->roomd->pid;

	begin(f);
	stop(pid);
	for (int i = 0; i < BURST; i++)
		move(f);
	while (edges_wait(f))
		assert_true(step(pid));
	for (unsigned long i = 0; i < instructions && stopped; i++) {
		assert_return_code(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), errno);
		stopped = wait_stop(pid);
	}
	kill_it(f);
	process_start_successor(f->roomd, NULL);
	wait_ready(f);
	expect_round(f, before, BURST);
	return stopped;
}

/* All edges are handled long before the last of these. $KILL_ROUNDS is for a thorough search. */
#define INSTRUCTIONS 16000

static void test_at_instructions(void **state)
{
	struct killed_fixture *f = *state;
	const char *wanted = getenv("KILL_ROUNDS");
	unsigned long rounds = wanted ? strtoul(wanted, NULL, 10) : 24, n = 0;

	start(f, CONFIG("0"));
	for (unsigned long i = 0; i < rounds; i++) {
		assert_true(killed_after(f, n));
		n = (n + 9901) % INSTRUCTIONS;
	}
	expect_journal(f);
}

/* Edges have come while nobody ran, and who starts is killed at the n-th stop. False: it had started before
 * that. */
static bool killed_at_start(struct killed_fixture *f, unsigned n)
{
	bool before = f->motion, stopped;

	begin(f);
	process_kill(f->roomd);
	for (int i = 0; i < BURST; i++)
		move(f);
	f->roomd->options.traced = true;
	process_start_successor(f->roomd, NULL);
	f->roomd->options.traced = false;
	stopped = wait_stop(f->roomd->pid);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	kill_it(f);
	if (!stopped)
		f->starts++;
	process_start_successor(f->roomd, NULL);
	wait_ready(f);
	expect_round(f, before, BURST);
	return stopped;
}

/* $KILL_EVERY is for a thorough search; a prime, so that calls and returns are both met. */
static void test_at_start(void **state)
{
	struct killed_fixture *f = *state;
	const char *every = getenv("KILL_EVERY");
	unsigned stride = every ? (unsigned)atoi(every) : 13, n = 1;

	start(f, CONFIG("0"));
	while (killed_at_start(f, n))
		n += stride;
	assert_true(n > 100);
	expect_journal(f);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_at_each_system_call),
	test(test_between_two_reads),
	test(test_at_each_system_call_of_a_timer),
	test(test_at_instructions),
	test(test_at_start),
};

RUN_TESTS(tests)
