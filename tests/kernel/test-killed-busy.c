/* Killed while another processor is in the middle of something: edges come from another process all the time,
 * and nobody waits for anything before the next kill. For a kernel like a board's. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lives.h"
#include "tap-main.h"

#define KILLS 200
#define LIFE_US_MAX 250000 /* a start takes about half of it: some are killed before they are ready */
#define MOVE_US_MIN 3000
#define MOVE_US_MAX 25000
#define CATCH_UP_MS 30000

static const char config[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			     "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n"
			     "[LightController porch]\nLine=PORCH_RELAY\nOffDelaySec=1h\n"
			     "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n";

static volatile sig_atomic_t told_to_stop;

static void on_stop(int number)
{
	(void)number;
	told_to_stop = 1;
}

/* The same sequence in each run. */
static void let_pass_some_us(unsigned *seed, long least, long most)
{
	struct timespec time = { .tv_nsec = (least + rand_r(seed) % (most - least)) * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

/* Somebody who moves, in a process of its own, until SIGTERM; the exit status is the level in the end. */
static pid_t start_moving(struct lives *lives)
{
	unsigned seed = 1;
	pid_t pid;

	signal(SIGTERM, on_stop);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (!told_to_stop) {
			lives_move(lives);
			let_pass_some_us(&seed, MOVE_US_MIN, MOVE_US_MAX);
		}
		_exit(lives->motion);
	}
	signal(SIGTERM, SIG_DFL);
	assert_true(pid > 0);
	return pid;
}

static void stop_moving(struct lives *lives, pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	lives->motion = WEXITSTATUS(status);
}

static size_t count_reported_edges(struct lives *lives)
{
	const struct journal_entry *entries;
	uint64_t last = 0;
	size_t n, edges = 0;

	entries = journal_read(&lives->journal, &n);
	for (size_t i = 0; i < n; i++)
		if (strncmp(entries[i].event, "motion_", 7) == 0 && entries[i].serial > last) {
			edges++;
			last = entries[i].serial;
		}
	return edges - 1; /* the first level is no edge */
}

static void wait_until_all_edges_are_reported(struct lives *lives)
{
	for (int ms = 0; ms < CATCH_UP_MS; ms += 10) {
		if (count_reported_edges(lives) >= lives->edges_n)
			return;
		process_let_pass_ms(lives->roomd, 10);
	}
}

/* Each set of the relay is another value than the one before, and in the end it is what the sensor shows. */
static void expect_relay_in_order(struct lives *lives, bool before)
{
	static struct trace_record sets[LIVES_EDGES_MAX];
	size_t n = room_sets(lives->room, LIGHT_RELAY, sets, LIVES_EDGES_MAX);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(sets[i].value, i % 2 ? before : !before);
	assert_true(n > 0 && n <= lives->edges_n);
	assert_int_equal(sim_chip_level(&lives->room->chip, LIGHT_RELAY), lives->motion);
}

/* Those that nobody asked for anything. */
static void expect_others_still(struct lives *lives)
{
	struct trace_record sets[1];

	assert_int_equal(room_sets(lives->room, PORCH_RELAY, sets, 1), 0);
	assert_int_equal(room_sets(lives->room, LOCK_LED, sets, 1), 0);
	assert_true(sim_chip_level(&lives->room->chip, PORCH_RELAY));
}

static void test_200_kills_while_edges_come(void **state)
{
	struct lives *lives = *state;
	unsigned seed = 2;
	bool before;
	pid_t mover;

	lives_start(lives, config);
	before = lives->motion;
	lives_begin(lives);
	mover = start_moving(lives);
	for (unsigned i = 0; i < KILLS; i++) {
		let_pass_some_us(&seed, 0, LIFE_US_MAX);
		process_kill(lives->roomd);
		process_start_successor(lives->roomd, NULL);
	}
	stop_moving(lives, mover);
	lives_take_edges(lives);
	wait_until_all_edges_are_reported(lives);
	lives_expect_journal(lives);
	expect_relay_in_order(lives, before);
	expect_others_still(lives);
	lives_expect_no_line_let_go(lives);
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST_WITH(test_200_kills_while_edges_come, lives_setup, lives_teardown),
};

RUN_TESTS(tests)
