/* Killed anywhere on the way from edges to relays and to the journal: at each system call, before and after
 * it, at instructions in between, and while it starts. The successor does what was left, and nothing twice.
 */
#include <poll.h>
#include <stdlib.h>

#include "files.h"
#include "lives.h"
#include "steps.h"
#include "tap-main.h"

#define RECORDS 512
#define BURST 3       /* edges at once, an odd number */
#define LONG_BURST 67 /* more than are read at once; odd, too */

/* One light that follows, and one that stays on. */
#define CONFIG(off_delay)                                                       \
	"[MotionSensor hall]\nLine=PIR_HALL\n"                                  \
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=" off_delay "\n" \
	"[LightController porch]\nLine=PORCH_RELAY\nOffDelaySec=1h\n"           \
	"[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n"

static int teardown(void **state)
{
	steps_end(((struct lives *)*state)->roomd);
	return lives_teardown(state);
}

/* --- what must have come of it --------------------------------------------------------------- */

/* No line was let go, no relay did what no rule asked for, and all is as it should be now. */
static void expect_lines_in_order(struct lives *f, bool before, size_t most)
{
	static struct trace_record sets[RECORDS];
	size_t n = room_sets(f->room, LIGHT_RELAY, sets, RECORDS);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(sets[i].value, i % 2 ? before : !before);
	assert_int_equal(sim_chip_level(&f->room->chip, LIGHT_RELAY), f->motion);
	assert_true(n <= most);
	assert_int_equal(room_sets(f->room, LOCK_LED, sets, RECORDS), 0);
	lives_expect_no_line_let_go(f);
}

/* The relay that is on does not move. */
static void expect_porch_on(struct lives *f)
{
	struct trace_record sets[RECORDS];

	assert_int_equal(room_sets(f->room, PORCH_RELAY, sets, RECORDS), 0);
	assert_true(sim_chip_level(&f->room->chip, PORCH_RELAY));
}

/* The relay was so before, and has moved so often at most. */
static void expect_round(struct lives *f, bool before, size_t most)
{
	process_let_pass_ms(f->roomd, 2 * STEP_IDLE_MS); /* also for what is said later */
	lives_take_edges(f);
	expect_lines_in_order(f, before, most);
	expect_porch_on(f);
}

/* --- tests ----------------------------------------------------------------------------------- */

/* So many edges come, and it is killed at the n-th stop. False: it was done before that. */
static bool killed_at(struct lives *f, unsigned edges, unsigned n)
{
	bool before = f->motion, stopped = true;

	lives_begin(f);
	steps_begin(f->roomd->pid);
	for (unsigned i = 0; i < edges; i++)
		lives_move(f);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	steps_kill(f->roomd);
	process_start_successor(f->roomd, NULL);
	lives_wait_ready(f);
	expect_round(f, before, edges);
	return stopped;
}

static void test_at_each_system_call(void **state)
{
	struct lives *f = *state;
	unsigned n = 0;

	lives_start(f, CONFIG("0"));
	while (killed_at(f, BURST, n))
		n++;
	assert_true(n > 20);
	lives_expect_journal(f);
}

/* What was read first is not in the inbox any more when the rest is read. */
static void test_between_two_reads(void **state)
{
	struct lives *f = *state;
	unsigned n = 1;

	lives_start(f, CONFIG("0"));
	while (killed_at(f, LONG_BURST, n))
		n += 41;
	assert_true(n > 200);
	lives_expect_journal(f);
}

/* Nobody is there any more, and it is killed at the n-th stop after the off-delay is over. */
static bool killed_at_timer(struct lives *f, unsigned n)
{
	bool stopped = true;

	lives_begin(f);
	lives_move(f);
	process_let_pass_ms(f->roomd, 900);
	steps_begin(f->roomd->pid);
	let_pass_ms(1000);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	steps_kill(f->roomd);
	process_start_successor(f->roomd, NULL);
	lives_wait_ready(f);
	expect_round(f, true, 1);
	lives_begin(f);
	lives_move(f);
	expect_round(f, false, 1);
	return stopped;
}

static void test_at_each_system_call_of_a_timer(void **state)
{
	struct lives *f = *state;
	unsigned n = 0;

	lives_start(f, CONFIG("1"));
	while (killed_at_timer(f, n))
		n++;
	assert_true(n > 10);
	lives_expect_journal(f);
}

/* The kernel has edges that nobody has read: the manager's descriptor is of the same request. */
static bool edges_wait(struct lives *f)
{
	struct pollfd poll_fd = { .fd = service_manager_find(&f->manager, "motion_sensor/hall/Line"),
		                  .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Edges come, and it is killed so many instructions after the read(2) that got them. */
static bool killed_after(struct lives *f, unsigned long instructions)
{
	bool before = f->motion, stopped = true;
	pid_t pid = f->roomd->pid;

	lives_begin(f);
	steps_begin(pid);
	for (int i = 0; i < BURST; i++)
		lives_move(f);
	while (edges_wait(f))
		assert_true(step(pid));
	for (unsigned long i = 0; i < instructions && stopped; i++)
		stopped = step_instruction(pid);
	steps_kill(f->roomd);
	process_start_successor(f->roomd, NULL);
	lives_wait_ready(f);
	expect_round(f, before, BURST);
	return stopped;
}

/* All edges are handled long before the last of these. $KILL_ROUNDS is for a thorough search. */
#define INSTRUCTIONS 16000

static void test_at_instructions(void **state)
{
	struct lives *f = *state;
	const char *wanted = getenv("KILL_ROUNDS");
	unsigned long rounds = wanted ? strtoul(wanted, NULL, 10) : 12, n = 0;

	lives_start(f, CONFIG("0"));
	for (unsigned long i = 0; i < rounds; i++) {
		assert_true(killed_after(f, n));
		n = (n + 9901) % INSTRUCTIONS;
	}
	lives_expect_journal(f);
}

/* Edges have come while nobody ran, and who starts is killed at the n-th stop. False: it had started before
 * that. */
static bool killed_at_start(struct lives *f, unsigned n)
{
	bool before = f->motion, stopped;

	lives_begin(f);
	process_kill(f->roomd);
	for (int i = 0; i < BURST; i++)
		lives_move(f);
	f->roomd->options.traced = true;
	process_start_successor(f->roomd, NULL);
	f->roomd->options.traced = false;
	stopped = steps_wait(f->roomd->pid);
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(f->roomd->pid);
	steps_kill(f->roomd);
	if (!stopped)
		f->starts++;
	process_start_successor(f->roomd, NULL);
	lives_wait_ready(f);
	expect_round(f, before, BURST);
	return stopped;
}

/* $KILL_EVERY is for a thorough search; a prime, so that calls and returns are both met. */
static void test_at_start(void **state)
{
	struct lives *f = *state;
	const char *every = getenv("KILL_EVERY");
	unsigned stride = every ? (unsigned)atoi(every) : 13, n = 1;

	lives_start(f, CONFIG("0"));
	while (killed_at_start(f, n))
		n += stride;
	assert_true(n > 100);
	lives_expect_journal(f);
}

#define test(name) cmocka_unit_test_setup_teardown(name, lives_setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_at_each_system_call),
	test(test_between_two_reads),
	test(test_at_each_system_call_of_a_timer),
	test(test_at_instructions),
	test(test_at_start),
};

RUN_TESTS(tests)
