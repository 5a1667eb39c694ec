/* A door with a strike and a contact, on real lines, on virtual time: what opens it, what follows, and that the strike is
 * never on for longer than it should be, whoever is killed. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bus-room.h"
#include "files.h"
#include "steps.h"
#include "tap-main.h"
#include "util/clock.h"

#define FRONT "/org/roomd1/door_lock/front"
#define STRIKE PORCH_RELAY
#define CONTACT "[ContactSensor front]\nLine=PIR_DOOR\n"
#define LOCK "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\n"
#define DOOR CONTACT LOCK "Contact=front\nStrikeLine=PORCH_RELAY\n"

/* Of virtual time, which a timer and what comes of it take. */
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
	process_wait(it->roomd, "contact_closed", "front");
	trace_clear();
}

static const struct process_event *wait_for(const char *event)
{
	return process_wait(it->roomd, event, "front");
}

static void call(const char *method)
{
	assert_int_equal(client_call(&it->client, FRONT, "DoorLock", method, NULL, NULL), 0);
}

static uint64_t door(bool open)
{
	sim_chip_pull(&it->room->chip, PIR_DOOR, open);
	return wait_for(open ? "contact_opened" : "contact_closed")->monotonic_ns;
}

static void press(void)
{
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(it->roomd, 100);
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(it->roomd, 100);
}

static bool get(const char *property)
{
	bool is;

	client_get(&it->client, FRONT, "DoorLock", property, 'b', &is);
	return is;
}

/* Since the last trace_clear(): on, and off so long after it; and nothing else. */
static void expect_pulses(size_t n, uint64_t ns)
{
	struct trace_record sets[RECORDS];

	assert_int_equal(room_sets(it->room, STRIKE, sets, RECORDS), 2 * n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sets[2 * i].value, 1);
		assert_int_equal(sets[2 * i + 1].value, 0);
		assert_in_range((sets[2 * i + 1].monotonic_us - sets[2 * i].monotonic_us) * NSEC_PER_USEC, ns - SOON_NS, ns + SOON_NS);
	}
}

/* The service has done it: what a line shows that was let go is up to the kernel's driver. */
static void expect_switched_off(void)
{
	struct trace_record sets[RECORDS];
	size_t n = room_sets(it->room, STRIKE, sets, RECORDS);

	assert_int_equal(n, 2);
	assert_int_equal(sets[1].value, 0);
}

static void test_opens(void **state)
{
	(void)state;
	start(DOOR "StrikeSec=2s\n");
	call("Unlock");
	assert_string_equal(wait_for("unlocked")->text, "manual");
	assert_true(get("Strike"));
	process_let_pass_ms(it->roomd, 5000);
	expect_pulses(1, 2 * NSEC_PER_SEC);
	assert_false(get("Strike"));
	/* It is unlocked: nothing. Let in once more: again. */
	call("Unlock");
	process_let_pass_ms(it->roomd, 5000);
	expect_pulses(1, 2 * NSEC_PER_SEC);
	call("Open");
	process_let_pass_ms(it->roomd, 5000);
	expect_pulses(2, 2 * NSEC_PER_SEC);
	/* Locked: let in is unlocked. And the button. */
	call("Lock");
	wait_for("locked");
	call("Open");
	wait_for("unlocked");
	process_let_pass_ms(it->roomd, 5000);
	expect_pulses(3, 2 * NSEC_PER_SEC);
	press();
	wait_for("locked");
	press();
	assert_string_equal(wait_for("unlocked")->text, "button");
	process_let_pass_ms(it->roomd, 5000);
	expect_pulses(4, 2 * NSEC_PER_SEC);
	/* Locked while it is on: off at once. */
	call("Lock");
	call("Open");
	room_expect_level(it->room, STRIKE, true);
	call("Lock");
	room_expect_level(it->room, STRIKE, false);
}

static void test_without_a_strike(void **state)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	(void)state;
	start(CONTACT LOCK);
	assert_int_equal(client_call(&it->client, FRONT, "DoorLock", "Open", &error, NULL), -1);
	assert_non_null(strstr(error.message, "StrikeLine="));
	assert_int_equal(process_count(it->roomd, "unlocked", NULL), 0);
	/* A contact of the same name is nothing to the lock. */
	door(true);
	process_let_pass_ms(it->roomd, 10000);
	assert_int_equal(process_count(it->roomd, "lock_alert", NULL), 0);
	assert_false(get("DoorOpen"));
}

static void test_active_low(void **state)
{
	(void)state;
	start(DOOR "StrikeActiveLow=yes\nStrikeSec=1s\n");
	room_expect_level(it->room, STRIKE, true);
	call("Open");
	room_expect_level(it->room, STRIKE, false);
	process_let_pass_ms(it->roomd, 1100);
	room_expect_level(it->room, STRIKE, true);
}

static void test_relocks(void **state)
{
	uint64_t from_ns;

	(void)state;
	start(DOOR "RelockSec=10s\n");
	call("Open");
	from_ns = wait_for("unlocked")->monotonic_ns;
	assert_in_range(wait_for("locked")->monotonic_ns - from_ns, 10 * NSEC_PER_SEC, 10 * NSEC_PER_SEC + SOON_NS);
	assert_string_equal(it->roomd->events[it->roomd->events_n - 1].text, "not opened within RelockSec=");
	call("Open");
	door(true);
	process_let_pass_ms(it->roomd, 60000);
	assert_false(get("Locked"));
	from_ns = door(false);
	assert_in_range(wait_for("locked")->monotonic_ns - from_ns, 10 * NSEC_PER_SEC, 10 * NSEC_PER_SEC + SOON_NS);
	assert_string_equal(it->roomd->events[it->roomd->events_n - 1].text, "closed for RelockSec=");
	assert_int_equal(process_count(it->roomd, "lock_alert", NULL) + process_count(it->roomd, "lock_jammed", NULL), 0);
}

static void test_forced_and_jammed(void **state)
{
	const struct process_event *event;
	uint64_t at_ns;

	(void)state;
	start(DOOR "AlertIntervalSec=30s\n");
	at_ns = door(true);
	event = wait_for("lock_alert");
	assert_string_equal(event->text, "forced");
	assert_string_equal(event->by, "front");
	assert_int_equal(event->monotonic_ns, at_ns);
	assert_true(get("Alert") && get("Jammed") && get("DoorOpen"));
	/* It flaps: one alert in the interval. */
	door(false);
	assert_false(get("Jammed"));
	door(true);
	process_let_pass_ms(it->roomd, 1000);
	assert_int_equal(process_count(it->roomd, "lock_alert", NULL), 1);
	assert_int_equal(process_count(it->roomd, "lock_jammed", NULL), 0);
	/* Unlocked, it may be open; locked while it is, it is jammed. */
	call("Unlock");
	assert_false(get("Alert") || get("Jammed"));
	call("Lock");
	wait_for("lock_jammed");
	assert_true(get("Jammed"));
	door(false);
	assert_false(get("Jammed"));
	process_let_pass_ms(it->roomd, 60000);
	door(true);
	wait_for("lock_alert");
}

static void test_open_from_the_start(void **state)
{
	(void)state;
	sim_chip_pull(&it->room->chip, PIR_DOOR, true);
	bus_room_start(it, DOOR);
	wait_for("lock_jammed");
	process_let_pass_ms(it->roomd, 1000);
	assert_int_equal(process_count(it->roomd, "lock_alert", NULL), 0);
}

static void test_open_too_long(void **state)
{
	uint64_t at_ns;

	(void)state;
	start(DOOR "OpenTooLongSec=1min\nInitialState=unlocked\n");
	at_ns = door(true);
	assert_in_range(wait_for("door_open_too_long")->monotonic_ns - at_ns, 60 * NSEC_PER_SEC, 60 * NSEC_PER_SEC + SOON_NS);
	process_let_pass_ms(it->roomd, 120000);
	door(false);
	door(true);
	process_let_pass_ms(it->roomd, 30000);
	door(false);
	process_let_pass_ms(it->roomd, 60000);
	assert_int_equal(process_count(it->roomd, "door_open_too_long", NULL), 1);
}

/* Of a condition: a Switch that follows the door. */
static void test_jammed_is_a_state(void **state)
{
	(void)state;
	start(DOOR "[Switch siren]\nLine=LIGHT_RELAY\nOnWhen=DoorLock/front jammed for 10s\n");
	call("Unlock");
	door(true);
	call("Lock");
	process_wait(it->roomd, "switch_on", "siren");
	door(false);
	process_wait(it->roomd, "switch_off", "siren");
}

/* What was known of a contact is forgotten with it. */
static void test_another_contact(void **state)
{
	static const char back[] = "[ContactSensor back]\nLine=PIR_HALL\n";
	char config[512];

	(void)state;
	sim_chip_pull(&it->room->chip, PIR_HALL, true);
	start(DOOR);
	call("Unlock");
	door(true);
	process_reload(it->roomd, CONTACT LOCK "StrikeLine=PORCH_RELAY\n");
	call("Lock");
	wait_for("locked");
	assert_false(get("Jammed"));
	door(false);
	process_reload(it->roomd, DOOR);
	snprintf(config, sizeof config, "%s%s%s", back, CONTACT LOCK, "Contact=back\nStrikeLine=PORCH_RELAY\n");
	process_reload(it->roomd, config);
	wait_for("lock_jammed");
	assert_int_equal(process_count(it->roomd, "lock_alert", NULL), 0);
}

/* A line that nobody has any more is left off. */
static void test_reload_while_it_is_on(void **state)
{
	(void)state;
	start(DOOR "StrikeSec=1min\n");
	call("Open");
	room_expect_level(it->room, STRIKE, true);
	process_reload(it->roomd, CONTACT LOCK);
	expect_switched_off();
}

/* --- killed ---------------------------------------------------------------------------------- */

static const char killed_config[] = DOOR "StrikeSec=2s\nRelockSec=10s\n";

static void be_killed_for_ms(unsigned long ms)
{
	bus_room_end(it, BUS_ROOM_KILLED);
	let_pass_ms(ms);
	bus_room_start_successor(it, NULL);
}

static void test_killed_while_it_is_on(void **state)
{
	(void)state;
	start(killed_config);
	call("Open");
	process_let_pass_ms(it->roomd, 500);
	be_killed_for_ms(300);
	process_let_pass_ms(it->roomd, 3000);
	expect_pulses(1, 8 * NSEC_PER_SEC / 10);
	/* What is due while nobody runs is done by the first who does, and locking itself in time. */
	trace_clear();
	call("Open");
	be_killed_for_ms(5000);
	process_let_pass_ms(it->roomd, 1);
	room_expect_level(it->room, STRIKE, false);
	assert_string_equal(wait_for("locked")->text, "not opened within RelockSec=");
	/* And it is never on again. */
	trace_clear();
	be_killed_for_ms(100);
	process_let_pass_ms(it->roomd, 20000);
	expect_pulses(0, 0);
}

/* --- killed at each system call -------------------------------------------------------------- */

static const char stepped_config[] = "[MotionSensor hall]\nLine=PIR_HALL\n" CONTACT LOCK
	"Contact=front\nStrikeLine=PORCH_RELAY\nStrikeSec=2s\nRelockSec=10s\nButtonDebounceSec=0\n";

/* Nobody has seen it go on again, or for longer, whoever was killed where; and it is locked again as it should be. */
static void expect_one_pulse(uint64_t within_ns)
{
	struct trace_record sets[RECORDS], presses[RECORDS];
	size_t n;

	process_let_pass_ms(it->roomd, 5000);
	assert_true(room_edges(it->room, LOCK_BUTTON, presses, RECORDS) >= 1);
	n = room_sets(it->room, STRIKE, sets, RECORDS);
	assert_int_equal(n, 2);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(sets[1].value, 0);
	assert_in_range((sets[1].monotonic_us - presses[0].monotonic_us) * NSEC_PER_USEC, 0, 2 * NSEC_PER_SEC + within_ns);
	room_expect_level(it->room, STRIKE, false);
	process_let_pass_ms(it->roomd, 8000);
	room_expect_level(it->room, LOCK_LED, true);
}

/* So many ms after the button, what comes within the next so many, it is killed at the n-th stop. False: it was done. */
static bool killed_at(unsigned n, unsigned long after_ms, unsigned long within_ms)
{
	bool stopped = true;

	trace_clear();
	if (after_ms > 0) {
		sim_chip_pull(&it->room->chip, LOCK_BUTTON, true);
		process_let_pass_ms(it->roomd, after_ms);
		steps_begin(it->roomd->pid);
		let_pass_ms(within_ms);
	} else {
		steps_begin(it->roomd->pid);
		sim_chip_pull(&it->room->chip, LOCK_BUTTON, true);
		sim_chip_settle();
	}
	for (unsigned i = 0; i < n && stopped; i++)
		stopped = step(it->roomd->pid);
	steps_kill(it->roomd);
	process_start_successor(it->roomd, NULL);
	service_manager_wait_ready(&it->manager, ++it->starts);
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, false);
	expect_one_pulse(SOON_NS + within_ms * NSEC_PER_SEC / 1000);
	return stopped;
}

static void test_killed_at_each_system_call(void **state)
{
	unsigned n = 0;

	(void)state;
	if (PROCESS_IS_INSTRUMENTED) /* a process that is killed says nothing of its memory, and it takes minutes */
		return;
	start(stepped_config);
	client_stop(&it->client); /* nothing else wakes it up */
	while (killed_at(n, 0, 0))
		n++;
	assert_true(n > 10);
	/* The end of the pulse. */
	for (n = 0; killed_at(n, 1990, 20); n++)
		;
	assert_true(n > 5);
}

static int teardown_steps(void **state)
{
	steps_end(it->roomd);
	return bus_room_teardown(state);
}

/* Stopped, and nobody will run it next: off at once. */
static void test_stopped_while_it_is_on(void **state)
{
	(void)state;
	start(DOOR "StrikeSec=1min\n");
	call("Open");
	room_expect_level(it->room, STRIKE, true);
	client_stop(&it->client);
	process_stop(it->roomd);
	expect_switched_off();
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, bus_room_teardown)

static const struct CMUnitTest tests[] = {
	test(test_opens),
	test(test_without_a_strike),
	test(test_active_low),
	test(test_relocks),
	test(test_forced_and_jammed),
	test(test_open_from_the_start),
	test(test_open_too_long),
	test(test_jammed_is_a_state),
	test(test_another_contact),
	test(test_reload_while_it_is_on),
	test(test_killed_while_it_is_on),
	test(test_stopped_while_it_is_on),
	cmocka_unit_test_setup_teardown(test_killed_at_each_system_call, setup, teardown_steps),
};

RUN_TESTS(tests)
