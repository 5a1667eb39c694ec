/* A week in a minute: motion forty times a day at odd times, on virtual time; every switching of the relay at
 * its exact time, and no more memory at the end than after the first hour. */
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"

#define DAYS 7
#define MOTIONS_A_DAY 40
#define DAY_MS 86400000u
#define OFF_DELAY_NS (UINT64_C(120) * 1000000000)
#define SETS_MAX 1024

static const char week[] =
	"[MotionSensor hall]\nLine=PIR_HALL\n"
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=2min\n"
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nInitialState=unlocked\n"
	"[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=5min\nHigh=24\n";

/* Always the same sequence (a linear congruence, Numerical Recipes). */
static unsigned odd_number(unsigned most)
{
	static uint32_t state = 20260101;

	state = state * 1664525 + 1013904223;
	return (unsigned)((uint64_t)state * most >> 32);
}

/* When the relay should switch: at motion if it is off, and the delay after the last of it. */
struct expectation {
	uint64_t ns[SETS_MAX];
	size_t n;
	bool on;
	uint64_t off_ns;
};

static void expect_motion(struct expectation *expectation, uint64_t detected_ns, uint64_t cleared_ns)
{
	if (expectation->on && detected_ns > expectation->off_ns) {
		expectation->ns[expectation->n++] = expectation->off_ns;
		expectation->on = false;
	}
	if (!expectation->on)
		expectation->ns[expectation->n++] = detected_ns;
	expectation->on = true;
	expectation->off_ns = cleared_ns + OFF_DELAY_NS;
}

static void test_week(void **state)
{
	struct room_fixture *room = *state;
	static struct trace_record sets[SETS_MAX];
	struct expectation expectation = { 0 };
	long first_kb = 0, last_kb;
	uint64_t start_ns, hour_ns;
	size_t n;

	process_start(&room->roomd, week);
	start_ns = process_wait(&room->roomd, "motion_cleared", "hall")->monotonic_ns;
	hour_ns = start_ns + UINT64_C(3600) * 1000000000;
	trace_clear();
	for (int i = 0; i < DAYS * MOTIONS_A_DAY; i++) {
		uint64_t detected_ns, cleared_ns;

		process_let_pass_ms(&room->roomd, odd_number(2 * DAY_MS / MOTIONS_A_DAY));
		sim_chip_pull(&room->chip, PIR_HALL, true);
		detected_ns = process_wait(&room->roomd, "motion_detected", "hall")->monotonic_ns;
		process_let_pass_ms(&room->roomd, odd_number(60000));
		sim_chip_pull(&room->chip, PIR_HALL, false);
		cleared_ns = process_wait(&room->roomd, "motion_cleared", "hall")->monotonic_ns;
		expect_motion(&expectation, detected_ns, cleared_ns);
		thermometer_set(20 + (double)odd_number(8));
		if (!first_kb && cleared_ns > hour_ns)
			first_kb = process_private_dirty_kb(&room->roomd);
	}
	process_wait(&room->roomd, "light_off", "hall");
	expectation.ns[expectation.n++] = expectation.off_ns;
	last_kb = process_private_dirty_kb(&room->roomd);

	n = room_sets(room, LIGHT_RELAY, sets, SETS_MAX);
	assert_int_equal(n, expectation.n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sets[i].value, i % 2 == 0);
		trace_expect_time(&sets[i], expectation.ns[i]);
	}
	print_message("# %zu switchings in %.1f days, %zu temperatures; memory %ld kB, after the first hour "
	              "%ld kB\n",
	              n, (double)(expectation.off_ns - start_ns) / 1e9 / 86400,
	              process_count(&room->roomd, "temperature_update", NULL), last_kb, first_kb);
	if (!PROCESS_IS_INSTRUMENTED)
		assert_int_equal(last_kb, first_kb);
}

static int setup(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_week),
};

RUN_TESTS_WITH_SETUP(tests, setup)
