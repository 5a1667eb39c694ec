/* A motion sensor that lies: one that is stuck, and one that runs by itself; days of virtual time. */
#include <stdio.h>
#include <string.h>

#include "room-fixture.h"
#include "tap-main.h"

#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define LIGHT "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1s\n"

#define HOUR_MS (3600 * 1000UL)
/* Half the period of one that was reported. */
#define HALF_MS 3200

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
}

static void run_by_itself(struct room_fixture *room, unsigned hours)
{
	for (unsigned long i = 0; i < hours * HOUR_MS / HALF_MS; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_let_pass_ms(&room->roomd, HALF_MS);
	}
}

static void expect_words(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("'%s' does not say '%s'", text, words);
}

/* Once in a week, and again when it is over. */
static void test_stuck_for_a_week(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_let_pass_ms(&room->roomd, 7 * 24 * HOUR_MS);
	assert_int_equal(process_count(&room->roomd, "sensor_suspect", NULL), 1);
	expect_words(process_wait(&room->roomd, "sensor_suspect", "hall")->text, "1d");
	expect_words(process_messages(&room->roomd), "MotionSensor hall: cannot be believed: ");
	sim_chip_pull(&room->chip, PIR_HALL, false);
	process_wait(&room->roomd, "sensor_trusted", "hall");
}

/* After three hours here, to be done sooner; a rest ends it. */
static void test_runs_by_itself(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL "ChangesHours=3\n");
	run_by_itself(room, 2);
	assert_int_equal(process_count(&room->roomd, "sensor_suspect", NULL), 0);
	run_by_itself(room, 4);
	assert_int_equal(process_count(&room->roomd, "sensor_suspect", NULL), 1);
	expect_words(process_wait(&room->roomd, "sensor_suspect", "hall")->text, "120");
	process_let_pass_ms(&room->roomd, 2 * HOUR_MS);
	assert_int_equal(process_count(&room->roomd, "sensor_trusted", NULL), 1);
}

/* Its hours are counted on when it is made anew, by a reload here, as over a restart: they would else never be over in a
 * room that is restarted each night. */
static void test_runs_by_itself_when_made_anew(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL "ChangesHours=3\n");
	run_by_itself(room, 2);
	process_reload(&room->roomd, HALL "ChangesHours=3\nLocation=Hall\n");
	run_by_itself(room, 2);
	assert_int_equal(process_count(&room->roomd, "sensor_suspect", NULL), 1);
}

/* A light that was told to leaves it out, and goes off; over a reload, too. */
static void test_light_ignores_it(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL LIGHT "IgnoreSuspect=yes\n");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	process_let_pass_ms(&room->roomd, 25 * HOUR_MS);
	assert_int_equal(process_count(&room->roomd, "light_off", NULL), 1);
	room_expect_level(room, LIGHT_RELAY, false);
	process_reload(&room->roomd, HALL LIGHT "IgnoreSuspect=yes\nLocation=Hall\n");
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, LIGHT_RELAY, false);
	sim_chip_pull(&room->chip, PIR_HALL, false);
	process_wait(&room->roomd, "sensor_trusted", "hall");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, LIGHT_RELAY, true);
}

/* Without that it is only said. */
static void test_light_believes_it(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL LIGHT);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_let_pass_ms(&room->roomd, 25 * HOUR_MS);
	process_wait(&room->roomd, "sensor_suspect", "hall");
	room_expect_level(room, LIGHT_RELAY, true);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_stuck_for_a_week),
	ROOM_TEST(test_runs_by_itself),
	ROOM_TEST(test_runs_by_itself_when_made_anew),
	ROOM_TEST(test_light_ignores_it),
	ROOM_TEST(test_light_believes_it),
};

RUN_TESTS(tests)
