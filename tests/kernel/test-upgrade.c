/* One version after another on the same lines: what an older roomd ($ROOMD_OLD; without it, this one) left is taken
 * over by this one, and the other way round. Nothing clicks, no edge is lost, delays end when they would have, an
 * alert stays open; and after a power failure the state that the other one wrote is read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "lives.h"
#include "tap-main.h"

#define TURNS 6
#define MOVES 5 /* while nobody runs */
#define DELAY_S 600
#define US_PER_S UINT64_C(1000000)
#define LATE_US 20000 /* a tick of the simulator, and one more */

#define STATE "/tmp/state-of-versions"

#define ROOM                                                                                                  \
	"[MotionSensor hall]\nLine=PIR_HALL\n"                                                                \
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10min\n"                                       \
	"[LightController porch]\nLine=PORCH_RELAY\nOffDelaySec=1h\n"                                         \
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nInitialState=last\n"

static char present[4096], old[4096];

static int setup(void **state)
{
	const char *other = getenv("ROOMD_OLD");

	snprintf(present, sizeof present, "%s", getenv("ROOMD"));
	snprintf(old, sizeof old, "%s", other ? other : present);
	run_program("rm", "-rf", STATE, NULL);
	assert_return_code(mkdir(STATE, 0755), errno);
	setenv("STATE_DIRECTORY", STATE, 1);
	return lives_setup(state);
}

static int teardown(void **state)
{
	setenv("ROOMD", present, 1);
	return lives_teardown(state);
}

static void end(struct lives *lives, bool killed)
{
	if (killed)
		process_kill(lives->roomd);
	else
		process_stop(lives->roomd);
}

static void start_version(struct lives *lives, const char *binary)
{
	setenv("ROOMD", binary, 1);
	process_start_successor(lives->roomd, NULL);
	lives_wait_ready(lives);
}

/* The LED of an open alert blinks, whoever runs. */
static void expect_alert(struct lives *lives)
{
	struct trace_record sets[64];

	trace_clear();
	process_let_pass_ms(lives->roomd, 3000);
	assert_in_range(room_sets(lives->room, LOCK_LED, sets, 64), 4, 16);
}

/* In turn the one and the other, stopped and killed in turn. */
static void take_turns(struct lives *lives, const char *first, const char *second)
{
	for (int turn = 0; turn < TURNS; turn++) {
		lives_begin(lives);
		end(lives, turn / 2 % 2);
		for (int i = 0; i < MOVES; i++)
			lives_move(lives);
		start_version(lives, turn % 2 ? first : second);
		lives_take_edges(lives);
		lives_expect_still(lives, LIGHT_RELAY, true);
		lives_expect_still(lives, PORCH_RELAY, true);
		lives_expect_no_line_let_go(lives);
		expect_alert(lives);
	}
}

/* The delay that began under one version ends under the other, to the moment. */
static void expect_delay_goes_on(struct lives *lives, const char *binary)
{
	struct trace_record sets[1];
	uint64_t deadline_us;

	trace_clear();
	if (!lives->motion)
		lives_move(lives);
	lives_move(lives);
	process_let_pass_ms(lives->roomd, 1000);
	lives_take_edges(lives);
	deadline_us = lives->edges_us[lives->edges_n - 1] + DELAY_S * US_PER_S;
	end(lives, true);
	start_version(lives, binary);
	trace_clear();
	process_let_pass_ms(lives->roomd, DELAY_S * 1000);
	assert_int_equal(room_sets(lives->room, LIGHT_RELAY, sets, 1), 1);
	assert_int_equal(sets[0].value, 0);
	assert_in_range(sets[0].monotonic_us, deadline_us, deadline_us + LATE_US);
}

static void test_upgraded(void **state)
{
	struct lives *lives = *state;

	setenv("ROOMD", old, 1);
	lives_start(lives, ROOM);
	take_turns(lives, old, present);
	expect_delay_goes_on(lives, present);
	lives_expect_journal(lives);
}

static void test_downgraded(void **state)
{
	struct lives *lives = *state;

	lives_start(lives, ROOM);
	take_turns(lives, present, old);
	expect_delay_goes_on(lives, old);
	lives_expect_journal(lives);
}

/* Nothing is left but the folder. */
static void lose_power(struct lives *lives)
{
	process_kill(lives->roomd);
	service_manager_stop(&lives->manager);
	service_manager_start(&lives->manager);
	lives->starts = 0;
}

static void press(struct lives *lives)
{
	sim_chip_pull(&lives->room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(lives->roomd, 200);
	sim_chip_pull(&lives->room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(lives->roomd, 10000); /* until it is written */
}

/* An unlocked door stays dark, whatever moves; a locked one alerts. */
static void expect_locked(struct lives *lives, bool locked)
{
	struct trace_record sets[64];

	trace_clear();
	lives_move(lives);
	lives_move(lives);
	process_let_pass_ms(lives->roomd, 3000);
	if (locked)
		assert_in_range(room_sets(lives->room, LOCK_LED, sets, 64), 4, 16);
	else
		assert_int_equal(room_sets(lives->room, LOCK_LED, sets, 64), 0);
}

static void state_is_read(struct lives *lives, const char *first, const char *second)
{
	setenv("ROOMD", first, 1);
	lives_start(lives, ROOM);
	press(lives); /* acknowledges the alert */
	press(lives); /* unlocks */
	lose_power(lives);
	start_version(lives, second);
	assert_null(strstr(process_messages(lives->roomd), "damaged"));
	expect_locked(lives, false);
	press(lives);
	lose_power(lives);
	start_version(lives, first);
	assert_null(strstr(process_messages(lives->roomd), "damaged"));
	expect_locked(lives, true);
}

static void test_state_upgraded(void **state)
{
	state_is_read(*state, old, present);
}

static void test_state_downgraded(void **state)
{
	state_is_read(*state, present, old);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_upgraded),
	test(test_downgraded),
	test(test_state_upgraded),
	test(test_state_downgraded),
};

RUN_TESTS(tests)
