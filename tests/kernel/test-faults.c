/* Every allocation fails once, and every system call with each of its errors: in the start, also of one that takes over from
 * another, in the room, in a reload, in the end. It ends as the manual says, and its successor goes on; or it goes on itself
 * and does what it is for, or says what it does not do.
 *
 * $FAULTS is "all", or N for every N-th point; $FAULTS_IN is a scenario, $FAULTS_OF "allocation" or "call", and
 * $FAULTS_ONLY="SCENARIO call|allocation POINT ERROR" one run. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty-room.h"
#include "files.h"
#include "tap-main.h"

#define SETTLE_MS 50
#define POINTS_MAX 100000

/* --- runs ------------------------------------------------------------------------------------ */

/* One run: true if the point was met. */
typedef bool (*run_handler)(struct faulty_room *it);

static unsigned stride_of(unsigned usual)
{
	const char *wanted = getenv("FAULTS");

	if (!wanted)
		return usual;
	return strcmp(wanted, "all") == 0 ? 1 : (unsigned)atoi(wanted);
}

static bool is_wanted(const struct faulty_room *it)
{
	const char *only = getenv("FAULTS_ONLY");
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%s %s %u %u", it->scenario, it->kind == FAULTS_CALL ? "call" : "allocation", it->at,
	         it->choice);
	return !only || strcmp(only, wanted) == 0;
}

/* With each of its errors; or, between points that are passed by, with one. */
static bool run_point(struct faulty_room *it, run_handler run, bool all)
{
	unsigned first = it->choice;
	bool met = true;

	for (it->choice = all ? 0 : first; met; it->choice++) {
		if (is_wanted(it)) {
			met = run(it);
			it->runs += met;
		}
		if (!all || it->choice + 1 >= it->faults.shared->errors_n)
			break;
	}
	it->choice = first + 1;
	return met;
}

static void run_points(struct faulty_room *it, enum faults_kind kind, run_handler run, unsigned stride)
{
	it->kind = kind;
	it->choice = 0;
	for (it->at = 0; it->at < POINTS_MAX && run_point(it, run, stride == 1); it->at += stride)
		;
	it->points = it->at;
}

/* $FAULTS_OF is "allocation" or "call". */
static bool is_wanted_kind(enum faults_kind kind)
{
	const char *wanted = getenv("FAULTS_OF");

	return !wanted || (strcmp(wanted, "call") == 0) == (kind == FAULTS_CALL);
}

static void run_scenario(struct faulty_room *it, const char *scenario, run_handler run, unsigned stride)
{
	const char *wanted = getenv("FAULTS_IN");

	it->scenario = scenario;
	if (wanted && strcmp(wanted, scenario) != 0)
		return;
	for (enum faults_kind kind = FAULTS_ALLOCATION; kind <= FAULTS_CALL; kind++) {
		if (!is_wanted_kind(kind))
			continue;
		it->runs = it->ended = it->aborted = it->recovered = 0;
		run_points(it, kind, run, stride_of(stride));
		print_message("# %s: %u %s, %u runs: %u ended, %u by a library, %u recovered\n", scenario, it->points,
		              kind == FAULTS_CALL ? "system calls" : "allocations", it->runs, it->ended, it->aborted, it->recovered);
	}
	assert_int_equal(it->violations, 0);
}

/* One in which nothing fails: what it has when all is in order. Both lights have been on. */
static void run_in_order(struct faulty_room *it)
{
	const struct sim_chip *chip = &it->room->room->chip;

	it->scenario = "in order";
	faulty_room_spawn(it);
	assert_true(faulty_room_wait_ready(it));
	sim_chip_pull(chip, PIR_HALL, true);
	process_let_pass_ms(it->roomd, SETTLE_MS);
	sim_chip_pull(chip, PIR_HALL, false);
	process_let_pass_ms(it->roomd, 5000);
	it->stored = service_manager_count(&it->room->manager);
	faulty_room_watch(it);
	assert_true(faulty_room_works(it));
	faulty_room_check_relays(it);
	it->fds = process_count_fds(it->roomd);
	faulty_room_stop(it);
	it->blocks_at_end = atomic_load(&it->faults.shared->blocks);
	assert_int_equal(it->violations, 0);
}

static bool start_in_order(struct faulty_room *it)
{
	faulty_room_spawn(it);
	if (faulty_room_wait_ready(it))
		return true;
	faulty_room_violation(it, "its successor does not start");
	faulty_room_check_end(it, false);
	return false;
}

/* Whoever runs, works; another one, if it has ended. */
static void check_survivor(struct faulty_room *it, bool runs)
{
	if (!runs || !faulty_room_works(it)) {
		faulty_room_check_end(it, false);
		if (!start_in_order(it) || faulty_room_works(it))
			return;
		faulty_room_violation(it, "its successor ends");
		faulty_room_check_end(it, false);
	} else if (process_count_fds(it->roomd) > it->fds) {
		faulty_room_violation(it, "it has %u descriptors and not %u", process_count_fds(it->roomd), it->fds);
	}
}

/* It frees what it has allocated; but json-c leaves lying what it has no name for. */
static void check_stop(struct faulty_room *it)
{
	long blocks;

	if (it->roomd->pid == 0)
		return;
	faulty_room_stop(it);
	blocks = atomic_load(&it->faults.shared->blocks);
	if (blocks > it->blocks_at_end && !strstr(it->faults.shared->where, "json_tokener_parse_ex"))
		faulty_room_violation(it, "it has not freed %ld blocks", blocks - it->blocks_at_end);
}

/* --- tests ----------------------------------------------------------------------------------- */

static bool run_start(struct faulty_room *it)
{
	bool ready, failed;

	if (it->cold)
		faulty_room_forget(it);
	faulty_room_watch(it);
	faults_arm(&it->faults, it->kind, it->at, it->choice);
	faulty_room_spawn(it);
	ready = faulty_room_wait_ready(it);
	failed = faults_disarm(&it->faults);
	check_survivor(it, ready);
	faulty_room_check_relays(it);
	check_stop(it);
	return failed;
}

/* The first one. */
static void test_start(void **state)
{
	struct faulty_room *it = *state;

	it->cold = true;
	run_in_order(it);
	run_scenario(it, "start", run_start, 37);
}

/* It takes over lines, and what was known. */
static void test_restart(void **state)
{
	struct faulty_room *it = *state;

	run_in_order(it);
	run_scenario(it, "restart", run_start, 29);
}

/* Motion, a reading, and somebody on the bus. */
static bool run_room(struct faulty_room *it)
{
	const struct sim_chip *chip = &it->room->room->chip;
	bool failed, runs;

	if (it->roomd->pid == 0 && !start_in_order(it))
		return true;
	faulty_room_watch(it);
	faults_arm(&it->faults, it->kind, it->at, it->choice);
	sim_chip_pull(chip, PIR_HALL, true);
	runs = process_goes_on_ms(it->roomd, SETTLE_MS);
	sim_chip_pull(chip, PIR_HALL, false);
	runs = runs && process_goes_on_ms(it->roomd, SETTLE_MS);
	if (runs) {
		faulty_room_lock(it, true);
		faulty_room_lock(it, false);
		runs = process_goes_on_ms(it->roomd, 4000);
	}
	failed = faults_disarm(&it->faults);
	check_survivor(it, runs);
	faulty_room_check_relays(it);
	return failed;
}

static void test_room(void **state)
{
	struct faulty_room *it = *state;

	run_in_order(it);
	run_scenario(it, "room", run_room, 17);
	check_stop(it);
	assert_int_equal(it->violations, 0);
}

static bool has_answered(struct faulty_room *it)
{
	const char *said = process_messages(it->roomd);

	return strstr(said, "was read again") || strstr(said, "stays in force");
}

/* Another configuration, and the one before again, in which nothing fails. */
static bool run_reload(struct faulty_room *it)
{
	bool failed, runs = true;

	if (it->roomd->pid == 0 && !start_in_order(it))
		return true;
	faulty_room_watch(it);
	process_configure(it->roomd, faulty_room_other_config);
	faults_arm(&it->faults, it->kind, it->at, it->choice);
	kill(it->roomd->pid, SIGHUP);
	for (int ms = 0; runs && !has_answered(it) && ms < 5000; ms++)
		runs = process_goes_on_ms(it->roomd, 1);
	runs = runs && process_goes_on_ms(it->roomd, SETTLE_MS);
	failed = faults_disarm(&it->faults);
	if (runs && !has_answered(it))
		faulty_room_violation(it, "it does not say what came of it");
	it->fds += 2; /* the window's line, and its holder's chip if it is busy */
	check_survivor(it, runs);
	it->fds -= 2;
	faulty_room_check_relays(it);
	if (it->roomd->pid > 0) {
		faulty_room_watch(it);
		process_reload(it->roomd, faulty_room_config);
	} else {
		process_configure(it->roomd, faulty_room_config);
	}
	return failed;
}

static void test_reload(void **state)
{
	struct faulty_room *it = *state;

	run_in_order(it);
	run_scenario(it, "reload", run_reload, 11);
	check_stop(it);
	assert_int_equal(it->violations, 0);
}

/* With something to write. */
static bool run_stop(struct faulty_room *it)
{
	static char before[8192], after[8192];
	static bool locked;
	bool failed;

	if (!start_in_order(it))
		return true;
	process_goes_on_ms(it->roomd, 5000);
	file_read(before, sizeof before, "/tmp/bus-room-state/state");
	faulty_room_lock(it, locked = !locked);
	faulty_room_watch(it);
	faults_arm(&it->faults, it->kind, it->at, it->choice);
	faulty_room_stop(it);
	failed = faults_disarm(&it->faults);
	faulty_room_check_relays(it);
	file_read(after, sizeof after, "/tmp/bus-room-state/state");
	if (strcmp(before, after) == 0 && !faulty_room_has_said(it))
		faulty_room_violation(it, "its state is not written, and it says nothing");
	return failed;
}

static void test_stop(void **state)
{
	struct faulty_room *it = *state;

	run_in_order(it);
	run_scenario(it, "stop", run_stop, 7);
}

#define test(name) cmocka_unit_test_setup_teardown(name, faulty_room_setup, faulty_room_teardown)

static const struct CMUnitTest tests[] = {
	test(test_start),
	test(test_restart),
	test(test_room),
	test(test_reload),
	test(test_stop),
};

RUN_TESTS(tests)
