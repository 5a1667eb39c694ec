/* Switches on real lines, on virtual time: what a condition makes of sensors' states, readings and times, to the
 * microsecond; and the times that a switch has of its own, over a reload, which goes the way of a restart. */
#include <stdio.h>
#include <string.h>

#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define DOOR "[ContactSensor door]\nLine=PIR_DOOR\n"
#define SWITCH "[Switch fan]\nLine=PORCH_RELAY\n"

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

static uint64_t set(struct room_fixture *room, enum room_line line, bool active, const char *event)
{
	sim_chip_pull(&room->chip, line, active);
	return process_wait(&room->roomd, event, NULL)->monotonic_ns;
}

static uint64_t motion(struct room_fixture *room, bool active)
{
	return set(room, PIR_HALL, active, active ? "motion_detected" : "motion_cleared");
}

static uint64_t door(struct room_fixture *room, bool open)
{
	return set(room, PIR_DOOR, open, open ? "contact_opened" : "contact_closed");
}

static uint64_t switched(struct room_fixture *room, bool on)
{
	return process_wait(&room->roomd, on ? "switch_on" : "switch_off", "fan")->monotonic_ns;
}

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_settle(&room->roomd);
}

static void test_states(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, HALL DOOR SWITCH "OnWhen=hall motion and not door open\n");
	at_ns = motion(room, true);
	assert_int_equal(switched(room, true), at_ns);
	room_expect_level(room, PORCH_RELAY, true);
	at_ns = door(room, true);
	assert_int_equal(switched(room, false), at_ns);
	room_expect_level(room, PORCH_RELAY, false);
	at_ns = door(room, false);
	assert_int_equal(switched(room, true), at_ns);
	at_ns = motion(room, false);
	assert_int_equal(switched(room, false), at_ns);
}

/* A time runs from the kernel's time of the edge. */
static void test_for(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, HALL SWITCH "OnWhen=hall motion for 2min\nOffDelaySec=30s\n");
	motion(room, true);
	process_let_pass_ms(&room->roomd, 119000);
	motion(room, false);
	at_ns = motion(room, true);
	assert_in_range(switched(room, true) - at_ns, 120 * NSEC_PER_SEC, 120 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
	assert_int_equal(process_count(&room->roomd, "switch_on", NULL), 1);
	at_ns = motion(room, false);
	assert_in_range(switched(room, false) - at_ns, 30 * NSEC_PER_SEC, 30 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
}

/* A reading that is told to nobody is one all the same. */
static void test_readings(void **state)
{
	struct room_fixture *room = *state;
	size_t told;

	thermometer_set(25);
	process_start(&room->roomd, "[TemperatureSensor attic]\nDevice=tmp117\nReportDelta=50\nHysteresis=2\n" SWITCH
	                            "OnWhen=attic above 28\n");
	process_wait(&room->roomd, "temperature_update", "attic");
	told = process_count(&room->roomd, "temperature_update", NULL);
	thermometer_set(28.5);
	switched(room, true);
	thermometer_set(26.5);
	process_let_pass_ms(&room->roomd, 60000);
	room_expect_level(room, PORCH_RELAY, true);
	thermometer_set(25.5);
	switched(room, false);
	assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), told);
}

/* Nobody knows whether a sensor that is not there would see something. */
static void test_unknown(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL SWITCH "OnWhen=hall motion\n[Switch kept]\nLine=LIGHT_RELAY\nOnWhen=hall motion\nWhenUnknown=keep\n"
	                 "[Switch alarm]\nLine=LOCK_LED\nOnWhen=hall unavailable\n");
	motion(room, true);
	switched(room, true);
	process_reload(&room->roomd,
	               "[MotionSensor hall]\nLine=NOWHERE\n" SWITCH "OnWhen=hall motion\n"
	               "[Switch kept]\nLine=LIGHT_RELAY\nOnWhen=hall motion\nWhenUnknown=keep\n"
	               "[Switch alarm]\nLine=LOCK_LED\nOnWhen=hall unavailable\n");
	switched(room, false);
	room_expect_level(room, PORCH_RELAY, false);
	room_expect_level(room, LIGHT_RELAY, true);
	room_expect_level(room, LOCK_LED, true);
}

/* A switch that is added asks for what was said before it was there. */
static void test_added_by_a_reload(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL);
	motion(room, true);
	process_reload(&room->roomd, HALL SWITCH "OnWhen=hall motion\n");
	switched(room, true);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, "switch_off", NULL), 0);
	room_expect_level(room, PORCH_RELAY, true);
}

/* A compressor: never off for less than it needs, also when the switch is made anew meanwhile; and with another time as
 * if it had been so from the beginning. */
static void test_min_off_over_a_reload(void **state)
{
	struct room_fixture *room = *state;
	uint64_t off_ns;

	start(room, HALL SWITCH "OnWhen=hall motion\nMinOffSec=3min\n");
	motion(room, true);
	switched(room, true);
	motion(room, false);
	off_ns = switched(room, false);
	motion(room, true);
	process_reload(&room->roomd, HALL SWITCH "OnWhen=hall motion\nMinOffSec=3min\nLocation=Cellar\n");
	assert_in_range(switched(room, true) - off_ns, 180 * NSEC_PER_SEC, 180 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
	motion(room, false);
	off_ns = switched(room, false);
	motion(room, true);
	process_reload(&room->roomd, HALL SWITCH "OnWhen=hall motion\nMinOffSec=4min\n");
	assert_in_range(switched(room, true) - off_ns, 240 * NSEC_PER_SEC, 240 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
}

static void test_max_on_over_a_reload(void **state)
{
	struct room_fixture *room = *state;
	uint64_t on_ns;

	start(room, HALL SWITCH "OnWhen=hall motion\nMaxOnSec=10min\n");
	motion(room, true);
	on_ns = switched(room, true);
	process_let_pass_ms(&room->roomd, 60000);
	process_reload(&room->roomd, HALL SWITCH "OnWhen=hall motion\nMaxOnSec=2min\n");
	assert_in_range(switched(room, false) - on_ns, 120 * NSEC_PER_SEC, 120 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
	/* And stays off until motion begins anew, whoever is made anew. */
	process_reload(&room->roomd, HALL SWITCH "OnWhen=hall motion\nMaxOnSec=2min\nLocation=Gate\n");
	process_let_pass_ms(&room->roomd, 60000);
	room_expect_level(room, PORCH_RELAY, false);
	motion(room, false);
	motion(room, true);
	switched(room, true);
}

/* A button, and a pulse for each press. */
static void test_pulse_by_hand(void **state)
{
	struct room_fixture *room = *state;
	uint64_t on_ns;

	start(room, HALL "[Button gate]\nLine=LOCK_BUTTON\nDoubleSec=0\n" SWITCH "Buttons=gate\nPulseSec=500ms\n");
	for (unsigned i = 0; i < 3; i++) {
		sim_chip_pull(&room->chip, LOCK_BUTTON, true);
		process_let_pass_ms(&room->roomd, 100);
		sim_chip_pull(&room->chip, LOCK_BUTTON, false);
		on_ns = switched(room, true);
		assert_in_range(switched(room, false) - on_ns, 500 * NSEC_PER_SEC / 1000,
		                500 * NSEC_PER_SEC / 1000 + NSEC_PER_USEC * 100);
	}
}

/* A gate does not open because the power is back. */
static void test_no_pulse_at_the_start(void **state)
{
	struct room_fixture *room = *state;

	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_start(&room->roomd, HALL DOOR SWITCH "OnWhen=hall motion and not door open\nPulseSec=500ms\n");
	process_wait(&room->roomd, "motion_detected", "hall");
	process_let_pass_ms(&room->roomd, 5000);
	assert_int_equal(process_count(&room->roomd, "switch_on", NULL), 0);
	motion(room, false);
	motion(room, true);
	switched(room, true);
	switched(room, false);
}

/* Dark, motion: on; its own lamp makes it bright: it stays on until the delay is over; then again only when it is dark. */
static void test_light_only_when_dark(void **state)
{
	static const char config[] = HALL DOOR "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10s\n"
	                                       "OnlyWhen=door closed\n";
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, config);
	motion(room, true);
	process_wait(&room->roomd, "light_on", "hall");
	door(room, true); /* bright */
	motion(room, false);
	motion(room, true);
	room_expect_level(room, LIGHT_RELAY, true);
	at_ns = motion(room, false);
	assert_in_range(process_wait(&room->roomd, "light_off", "hall")->monotonic_ns - at_ns, 10 * NSEC_PER_SEC,
	                10 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
	motion(room, true);
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, LIGHT_RELAY, false);
	/* It gets dark while somebody is there. */
	at_ns = door(room, false);
	assert_int_equal(process_wait(&room->roomd, "light_on", "hall")->monotonic_ns, at_ns);
	/* Nobody knows: yes. */
	motion(room, false);
	process_wait(&room->roomd, "light_off", "hall");
	process_reload(&room->roomd, HALL "[ContactSensor door]\nLine=NOWHERE\n[LightController hall]\nLine=LIGHT_RELAY\n"
	                             "OffDelaySec=10s\nOnlyWhen=door closed\n");
	motion(room, true);
	process_wait(&room->roomd, "light_on", "hall");
}

/* A light that a person has switched off stays off, whatever gets dark. */
static void test_light_by_hand(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL DOOR "[Button wall]\nLine=LOCK_BUTTON\nDoubleSec=0\n[LightController hall]\nLine=LIGHT_RELAY\n"
	                      "Buttons=wall\nOnlyWhen=door closed\n");
	motion(room, true);
	process_wait(&room->roomd, "light_on", "hall");
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_wait(&room->roomd, "light_off", "hall");
	door(room, true);
	door(room, false);
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, LIGHT_RELAY, false);
}

/* A sensor that is made anew, beside a switch that is not, may know again what it did not know. */
static void test_sensor_made_anew(void **state)
{
	static const char good[] = "[TemperatureSensor attic]\nDevice=tmp117\nErrorsUntilUnavailable=1\n" SWITCH
	                           "OnWhen=attic above 28\n[Fan rack]\nLine=LIGHT_RELAY\nTemperature=attic\nOffBelow=28\n"
	                           "FullAbove=40\nWhenUnknown=off\n";
	static const char bad[] = "[TemperatureSensor attic]\nDevice=tmp117\nErrorsUntilUnavailable=1\nReject=29\n" SWITCH
	                          "OnWhen=attic above 28\n[Fan rack]\nLine=LIGHT_RELAY\nTemperature=attic\nOffBelow=28\n"
	                          "FullAbove=40\nWhenUnknown=off\n";
	struct room_fixture *room = *state;

	thermometer_set(29);
	process_start(&room->roomd, good);
	switched(room, true);
	process_reload(&room->roomd, bad);
	switched(room, false);
	process_wait(&room->roomd, "fan_off", "rack");
	process_reload(&room->roomd, good);
	switched(room, true);
	process_wait(&room->roomd, "fan_on", "rack");
	room_expect_level(room, PORCH_RELAY, true);
	room_expect_level(room, LIGHT_RELAY, true);
}

/* What a condition has seen so far is kept: its time goes on. */
static void test_for_when_made_anew(void **state)
{
	static const char config[] = "[TemperatureSensor attic]\nDevice=tmp117\n" SWITCH "OnWhen=attic above 28 for 2min\n";
	struct room_fixture *room = *state;
	uint64_t first_ns;

	thermometer_set(29);
	process_start(&room->roomd, config);
	first_ns = process_wait(&room->roomd, "temperature_update", "attic")->monotonic_ns;
	process_let_pass_ms(&room->roomd, 60000);
	process_reload(&room->roomd,
	               "[TemperatureSensor attic]\nDevice=tmp117\n" SWITCH "OnWhen=attic above 28 for 2min\nLocation=Attic\n");
	assert_in_range(switched(room, true) - first_ns, 120 * NSEC_PER_SEC, 120 * NSEC_PER_SEC + NSEC_PER_USEC * 100);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_states),
	ROOM_TEST(test_for),
	ROOM_TEST(test_readings),
	ROOM_TEST(test_unknown),
	ROOM_TEST(test_added_by_a_reload),
	ROOM_TEST(test_min_off_over_a_reload),
	ROOM_TEST(test_max_on_over_a_reload),
	ROOM_TEST(test_pulse_by_hand),
	ROOM_TEST(test_no_pulse_at_the_start),
	ROOM_TEST(test_light_only_when_dark),
	ROOM_TEST(test_light_by_hand),
	ROOM_TEST(test_sensor_made_anew),
	ROOM_TEST(test_for_when_made_anew),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
