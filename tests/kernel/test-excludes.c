/* Two switches that exclude each other, as the directions of a motor: never on together, off before on, with the dead time
 * between; what begins last has its way. On real lines, on virtual time. */
#include <stdio.h>
#include <string.h>

#include "bus-room.h"
#include "tap-main.h"
#include "util/clock.h"

#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define DOOR "[ContactSensor door]\nLine=PIR_DOOR\n"
#define UP "[Switch up]\nLine=LIGHT_RELAY\nExcludes=down\nDeadTimeSec=500ms\n"
#define DOWN "[Switch down]\nLine=PORCH_RELAY\nExcludes=up\nDeadTimeSec=500ms\n"
#define ROOM HALL DOOR UP "OnWhen=hall motion\n" DOWN "OnWhen=door open\n"
#define DEAD_NS (NSEC_PER_SEC / 2)
#define SOON_NS (NSEC_PER_SEC / 1000)
#define RECORDS 64

static struct bus_room *it;

static int setup(void **state)
{
	bus_room_setup(state);
	it = *state;
	return 0;
}

static void start(const char *config)
{
	bus_room_start(it, config);
	process_let_pass_ms(it->roomd, 1000); /* the dead time after a start that knows nothing of before */
	trace_clear();
}

static uint64_t switched(const char *name, bool on)
{
	return process_wait(it->roomd, on ? "switch_on" : "switch_off", name)->monotonic_ns;
}

static uint64_t set(enum room_line line, bool active)
{
	static const char *const events[][2] = {
		[PIR_HALL] = { "motion_cleared", "motion_detected" },
		[PIR_DOOR] = { "contact_closed", "contact_opened" },
	};

	sim_chip_pull(&it->room->chip, line, active);
	return process_wait(it->roomd, events[line][active], NULL)->monotonic_ns;
}

static void set_on(const char *name)
{
	char path[64];

	snprintf(path, sizeof path, ROOMD_PATH "/switch/%s", name);
	assert_int_equal(client_call(&it->client, path, "Switch", "SetOn", NULL, "b", true), 0);
}

static size_t count(const struct trace_record *sets, size_t n, int value, uint64_t until_us)
{
	size_t sum = 0;

	for (size_t i = 0; i < n && sets[i].monotonic_us <= until_us; i++)
		sum += sets[i].value == value;
	return sum;
}

/* By the kernel's trace: whenever one goes on the other one is off. Both were off at first. */
static void expect_never_together(void)
{
	struct trace_record up[RECORDS], down[RECORDS];
	size_t up_n = room_sets(it->room, LIGHT_RELAY, up, RECORDS), down_n = room_sets(it->room, PORCH_RELAY, down, RECORDS);

	for (size_t i = 0; i < up_n; i++)
		if (up[i].value)
			assert_int_equal(count(down, down_n, 1, up[i].monotonic_us), count(down, down_n, 0, up[i].monotonic_us));
	for (size_t i = 0; i < down_n; i++)
		if (down[i].value)
			assert_int_equal(count(up, up_n, 1, down[i].monotonic_us), count(up, up_n, 0, down[i].monotonic_us));
}

static void test_last_has_its_way(void **state)
{
	uint64_t at_ns;

	(void)state;
	start(ROOM);
	at_ns = set(PIR_HALL, true);
	assert_int_equal(switched("up", true), at_ns);
	at_ns = set(PIR_DOOR, true);
	assert_int_equal(switched("up", false), at_ns);
	assert_string_equal(it->roomd->events[it->roomd->next - 1].text, "Excludes=: another one is to be on");
	assert_string_equal(it->roomd->events[it->roomd->next - 1].by, "down");
	assert_in_range(switched("down", true) - at_ns, DEAD_NS, DEAD_NS + SOON_NS);
	/* The first one is still wanted: nothing, also when the other is off. It begins anew: on. */
	process_let_pass_ms(it->roomd, 10000);
	set(PIR_DOOR, false);
	switched("down", false);
	process_let_pass_ms(it->roomd, 10000);
	room_expect_level(it->room, LIGHT_RELAY, false);
	set(PIR_HALL, false);
	at_ns = set(PIR_HALL, true);
	assert_int_equal(switched("up", true), at_ns);
	expect_never_together();
}

/* Off and at once the other way: the dead time is between. */
static void test_dead_time(void **state)
{
	uint64_t off_ns;

	(void)state;
	start(ROOM);
	set(PIR_HALL, true);
	switched("up", true);
	set(PIR_HALL, false);
	off_ns = switched("up", false);
	set(PIR_DOOR, true);
	assert_in_range(switched("down", true) - off_ns, DEAD_NS, DEAD_NS + SOON_NS + 20 * SOON_NS);
	expect_never_together();
}

static void test_by_hand(void **state)
{
	(void)state;
	start(UP DOWN);
	set_on("up");
	switched("up", true);
	for (int i = 0; i < 3; i++) {
		set_on("down");
		switched("up", false);
		switched("down", true);
		set_on("up");
		switched("down", false);
		switched("up", true);
	}
	/* Asked for while the other is waited for: whoever asks last. */
	set_on("down");
	set_on("up");
	process_let_pass_ms(it->roomd, 5000);
	room_expect_level(it->room, LIGHT_RELAY, true);
	room_expect_level(it->room, PORCH_RELAY, false);
	expect_never_together();
}

/* Both are wanted when it starts: one is on, whichever, and nobody yields. After a kill: the same. */
static void test_starts(void **state)
{
	bool up;

	(void)state;
	sim_chip_pull(&it->room->chip, PIR_HALL, true);
	sim_chip_pull(&it->room->chip, PIR_DOOR, true);
	start(ROOM);
	process_let_pass_ms(it->roomd, 5000);
	assert_int_equal(process_count(it->roomd, "switch_on", NULL), 1);
	assert_int_equal(process_count(it->roomd, "switch_off", NULL), 0);
	up = process_count(it->roomd, "switch_on", "up") == 1;
	process_kill(it->roomd);
	process_start_successor(it->roomd, NULL);
	process_let_pass_ms(it->roomd, 5000);
	assert_int_equal(process_count(it->roomd, "switch_on", NULL) + process_count(it->roomd, "switch_off", NULL), 0);
	room_expect_level(it->room, LIGHT_RELAY, up);
	room_expect_level(it->room, PORCH_RELAY, !up);
}

/* Nobody knows what a relay does whose line is not there. */
static void test_unavailable(void **state)
{
	static const char lost[] = HALL DOOR "[Switch up]\nLine=NOWHERE\nExcludes=down\nDeadTimeSec=500ms\nOnWhen=hall motion\n" DOWN
					     "OnWhen=door open\n";

	(void)state;
	start(lost);
	set(PIR_DOOR, true);
	process_let_pass_ms(it->roomd, 5000);
	room_expect_level(it->room, PORCH_RELAY, false);
	process_reload(it->roomd, ROOM);
	switched("down", true);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, bus_room_teardown)

static const struct CMUnitTest tests[] = {
	test(test_last_has_its_way), test(test_dead_time), test(test_by_hand), test(test_starts), test(test_unavailable),
};

RUN_TESTS(tests)
