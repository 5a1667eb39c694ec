/* Programs of 32 and of 64 bits on one kernel: lines and memory are handed from one to the other and back,
 * and time goes on after 2038. $ROOMD_OTHER is roomd for the other word size; without it both are $ROOMD. For
 * a kernel like a board's, where arm64 runs both. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lives.h"
#include "tap-main.h"

#define TURNS 6
#define MOVES 5 /* while nobody runs */
/* 2040-02-01 00:00 UTC: a time_t of 32 bits ends on 2038-01-19. */
#define AFTER_2038_S 2211667200
#define AFTER_2038_DAY "2040-02-01T"

static const char config[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			     "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n"
			     "[LightController porch]\nLine=PORCH_RELAY\nOffDelaySec=1h\n"
			     "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n";

static const char *other_binary(void)
{
	const char *other = getenv("ROOMD_OTHER");

	return other ? other : getenv("ROOMD");
}

static void test_handed_over_and_back(void **state)
{
	char own[4096];
	struct lives *lives = *state;

	strcpy(own, getenv("ROOMD"));
	lives_start(lives, config);
	for (int turn = 0; turn < TURNS; turn++) {
		lives_begin(lives);
		process_kill(lives->roomd);
		for (int i = 0; i < MOVES; i++)
			lives_move(lives);
		setenv("ROOMD", turn % 2 ? own : other_binary(), 1);
		process_start_successor(lives->roomd, NULL);
		lives_wait_ready(lives);
		lives_take_edges(lives);
		room_expect_level(lives->room, LIGHT_RELAY, lives->motion);
		lives_expect_still(lives, PORCH_RELAY, true);
		lives_expect_still(lives, LOCK_LED, false);
		lives_expect_no_line_let_go(lives);
	}
	setenv("ROOMD", own, 1);
	lives_expect_journal(lives);
}

static void expect_day(struct lives *lives, const char *event, const char *day)
{
	const char *realtime = process_wait(lives->roomd, event, "hall")->realtime;

	if (strncmp(realtime, day, strlen(day)) != 0)
		fail_msg("%s at %s", event, realtime);
}

static void test_after_2038(void **state)
{
	const struct timespec then = { .tv_sec = (time_t)AFTER_2038_S };
	struct lives *lives = *state;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	assert_return_code(clock_settime(CLOCK_REALTIME, &then), errno);
	process_start(lives->roomd, config);
	expect_day(lives, "motion_cleared", AFTER_2038_DAY);
	sim_chip_pull(&lives->room->chip, PIR_HALL, true);
	expect_day(lives, "motion_detected", AFTER_2038_DAY);
	expect_day(lives, "light_on", AFTER_2038_DAY);
	process_stop(lives->roomd);
	clock_settime(CLOCK_REALTIME, &now);
}

#define test(name) BOARD_TEST_WITH(name, lives_setup, lives_teardown)

static const struct CMUnitTest tests[] = {
	test(test_handed_over_and_back),
	test(test_after_2038),
};

RUN_TESTS(tests)
