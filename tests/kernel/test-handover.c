/* One roomd after another, with what systemd keeps in between: no line is released, no relay moves, no edge
 * is lost and none counts twice. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "journal.h"
#include "line-watch.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define RECORDS 2048
#define LINES 6
#define EDGES_KEPT 512 /* by the kernel */
#define MORE_EDGES 89
#define NS_PER_S UINT64_C(1000000000)
#define HALF_NS UINT64_C(250000000) /* of a blinking */

#define SENSOR "[MotionSensor hall]\nLine=PIR_HALL\n"
#define LIGHT "[LightController hall]\nLine=LIGHT_RELAY\n"
#define LOCK "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\n"

#define SENSOR_STORED_AS "motion_sensor/hall/Line"
#define LIGHT_STORED_AS "light_controller/hall/Line"

struct handover_fixture {
	struct room_fixture *room;
	struct process *roomd;
	struct service_manager manager;
	struct journal journal;
	struct line_watch watch;
	unsigned starts;
};

static struct handover_fixture fixture;

enum end {
	KILLED,  /* SIGKILL */
	STOPPED, /* SIGTERM, as systemd does it for a restart, too */
};

/* --- lives ----------------------------------------------------------------------------------- */

static int setup(void **state)
{
	fixture = (struct handover_fixture){ 0 };
	room_setup(state);
	fixture.room = *state;
	fixture.roomd = &fixture.room->roomd;
	service_manager_start(&fixture.manager);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct handover_fixture *f = *state;

	line_watch_end(&f->watch);
	if (f->roomd->pid > 0)
		process_stop(f->roomd);
	service_manager_stop(&f->manager);
	journal_stop(&f->journal);
	*state = f->room;
	return room_teardown(state);
}

static void wait_ready(struct handover_fixture *f)
{
	service_manager_wait_ready(&f->manager, ++f->starts);
	process_settle(f->roomd); /* what it has said until then */
}

static void start(struct handover_fixture *f, const char *config)
{
	process_start_with(f->roomd, config,
	                   &(struct process_options){ .manager = &f->manager,
	                                              .journal = f->journal.socket > 0,
	                                              .log_level = "debug" });
	wait_ready(f);
	line_watch_start(&f->watch, &f->room->chip, LINES);
	trace_clear();
}

static void end(struct handover_fixture *f, enum end how)
{
	if (how == KILLED)
		process_kill(f->roomd);
	else
		process_stop_at_once(f->roomd);
}

/* With this configuration; NULL: the same. */
static void start_successor(struct handover_fixture *f, const char *config)
{
	process_start_successor(f->roomd, config);
	wait_ready(f);
}

/* --- what happened --------------------------------------------------------------------------- */

static uint64_t move(struct handover_fixture *f, bool active)
{
	sim_chip_pull(&f->room->chip, PIR_HALL, active);
	return process_wait(f->roomd, active ? "motion_detected" : "motion_cleared", "hall")->monotonic_ns;
}

/* While nobody runs. */
static void move_unseen(struct handover_fixture *f, bool active)
{
	sim_chip_pull(&f->room->chip, PIR_HALL, active);
	sim_chip_settle();
}

static void expect_lines(struct handover_fixture *f, unsigned requested, unsigned released,
                         unsigned reconfigured)
{
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.requested, requested);
	assert_int_equal(f->watch.released, released);
	assert_int_equal(f->watch.reconfigured, reconfigured);
}

/* Nothing was requested, released, reconfigured, set. */
static void expect_untouched(struct handover_fixture *f)
{
	struct trace_record sets[RECORDS];

	expect_lines(f, 0, 0, 0);
	assert_int_equal(trace_read(TRACE_SET, sets, RECORDS), 0);
}

static void expect_message(struct handover_fixture *f, const char *words)
{
	if (!strstr(process_messages(f->roomd), words))
		fail_msg("\"%s\" is not in:\n%s", words, process_messages(f->roomd));
}

/* --- the light ------------------------------------------------------------------------------- */

static void off_delay_goes_on(struct handover_fixture *f, enum end how)
{
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	cleared_ns = move(f, false);
	process_let_pass_ms(f->roomd, 30000);
	trace_clear();
	end(f, how);
	let_pass_ms(10000);
	start_successor(f, NULL);
	expect_untouched(f);
	assert_true(sim_chip_level(&f->room->chip, LIGHT_RELAY));
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 0);
	trace_expect_time(&sets[0], cleared_ns + 120 * NS_PER_S);
	process_let_pass_ms(f->roomd, 600000);
	assert_int_equal(process_count(f->roomd, NULL, "hall"), 1);
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	expect_lines(f, 0, 0, 0);
}

static void test_killed_while_the_delay_runs(void **state)
{
	off_delay_goes_on(*state, KILLED);
}

static void test_restarted_while_the_delay_runs(void **state)
{
	off_delay_goes_on(*state, STOPPED);
}

/* With motion all the time, no delay runs; ten lives, ended either way. */
static void test_on_over_many_lives(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(f, SENSOR LIGHT "OffDelaySec=5\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	trace_clear();
	for (int i = 0; i < 10; i++) {
		end(f, i % 2 ? STOPPED : KILLED);
		let_pass_ms(60000);
		start_successor(f, NULL);
		expect_untouched(f);
		assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
	}
	cleared_ns = move(f, false);
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + 5 * NS_PER_S);
}

/* What was ignored stays so, and what was seen while nobody ran is measured by the switch before it. */
static void test_ignored_motion_over_a_restart(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT "OffDelaySec=5\nIgnoreMotionAfterSwitchSec=5s\n");
	move(f, true);
	move(f, false);
	process_wait(f->roomd, "light_off", "hall");
	end(f, KILLED);
	move_unseen(f, true);
	for (int i = 0; i < 3; i++) {
		start_successor(f, NULL);
		process_let_pass_ms(f->roomd, 1000);
		assert_int_equal(process_count(f->roomd, "light_on", NULL), 0);
		assert_false(sim_chip_level(&f->room->chip, LIGHT_RELAY));
		end(f, i ? STOPPED : KILLED);
	}
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 5000);
	move(f, false);
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
}

static void deadline_passes(struct handover_fixture *f, enum end how)
{
	struct trace_record sets[RECORDS];
	uint64_t start_ns;

	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	move(f, false);
	trace_clear();
	end(f, how);
	let_pass_ms(600000);
	assert_true(sim_chip_level(&f->room->chip, LIGHT_RELAY));
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 600000);
	assert_string_equal(process_wait(f->roomd, "light_off", "hall")->text, "off-delay");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 0);
	assert_in_range(sets[0].monotonic_us, start_ns / 1000, start_ns / 1000 + 10000);
	assert_int_equal(process_count(f->roomd, NULL, "hall"), 1);
	expect_lines(f, 0, 0, 0);
	end(f, how);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, NULL, "hall"), 0);
}

static void test_deadline_passes_after_a_kill(void **state)
{
	deadline_passes(*state, KILLED);
}

static void test_deadline_passes_after_a_stop(void **state)
{
	deadline_passes(*state, STOPPED);
}

/* Somebody came back before the deadline, and again after it: the relay was on, and stays so. */
static void test_motion_while_nobody_runs(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(f, SENSOR LIGHT "OffDelaySec=5\n");
	move(f, true);
	move(f, false);
	trace_clear();
	end(f, KILLED);
	let_pass_ms(60000);
	move_unseen(f, true);
	let_pass_ms(60000);
	start_successor(f, NULL);
	expect_untouched(f);
	cleared_ns = move(f, false);
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + 5 * NS_PER_S);
}

/* --- edges ----------------------------------------------------------------------------------- */

/* The changes of a line's level that the kernel has seen, from low on; its edges, not those that changed
 * nothing. */
static size_t changes_of(struct handover_fixture *f, enum room_line line, struct trace_record *records)
{
	return edges_that_change(records, room_edges(f->room, line, records, RECORDS), false);
}

/* The events of a sensor are these changes, each with the time of its interrupt, which the kernel's look at
 * the level follows. */
static void expect_edges(struct handover_fixture *f, const char *sensor, const struct trace_record *changes,
                         size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < f->roomd->events_n; i++) {
		const struct process_event *event = &f->roomd->events[i];

		if (strcmp(event->source, sensor) != 0 || strncmp(event->event, "motion_", 7) != 0)
			continue;
		assert_true(found < n);
		assert_string_equal(event->event, found % 2 ? "motion_cleared" : "motion_detected");
		assert_in_range(event->monotonic_ns / 1000, found ? changes[found - 1].monotonic_us : 0,
		                changes[found].monotonic_us);
		found++;
	}
	assert_int_equal(found, n);
}

static void edges_wait(struct handover_fixture *f, enum end how)
{
	static struct trace_record changes[RECORDS];
	struct trace_record sets[8];
	size_t n;

	start(f, SENSOR LIGHT "OffDelaySec=1h\n");
	move(f, true);
	move(f, false);
	trace_clear();
	end(f, how);
	for (int i = 0; i < 101; i++) {
		move_unseen(f, i % 2 == 0);
		let_pass_ms(kernel_is_uml() ? (unsigned long)i * 7 : 1);
	}
	n = changes_of(f, PIR_HALL, changes);
	assert_in_range(n, kernel_is_uml() ? 101 : 1, 101);
	start_successor(f, NULL);
	expect_edges(f, "hall", changes, n);
	assert_int_equal(process_count(f->roomd, NULL, NULL), n);
	assert_int_equal(trace_read(TRACE_SET, sets, ELEMENTS(sets)), 0);
	expect_lines(f, 0, 0, 0);
	/* And no more of them. */
	end(f, how);
	start_successor(f, NULL);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
}

static void test_edges_after_a_kill(void **state)
{
	edges_wait(*state, KILLED);
}

static void test_edges_after_a_stop(void **state)
{
	edges_wait(*state, STOPPED);
}

/* Two sensors at once, as many edges as the kernel has room for: none is left out of the journal. */
static void test_edges_of_two_sensors(void **state)
{
	static struct trace_record changes[RECORDS];
	struct handover_fixture *f = *state;
	const struct journal_entry *entries;
	size_t n, edges, motions = 0;
	uint64_t serial = 0;

	journal_start(&f->journal);
	start(f, SENSOR "[MotionSensor door]\nLine=PIR_DOOR\n" LIGHT "OffDelaySec=1h\n" LOCK
	                "AlertIntervalSec=0\n");
	end(f, KILLED);
	for (int i = 0; i < EDGES_KEPT; i++) {
		sim_chip_pull(&f->room->chip, PIR_DOOR, i % 2 == 0);
		move_unseen(f, i % 2 == 0);
	}
	edges = changes_of(f, PIR_HALL, changes) + changes_of(f, PIR_DOOR, changes);
	assert_in_range(edges, kernel_is_uml() ? 2 * EDGES_KEPT : 2, 2 * EDGES_KEPT);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 2000);
	entries = journal_read(&f->journal, &n);
	for (size_t i = 0; i < n; i++) {
		if (strstr(entries[i].message, "lost"))
			fail_msg("%s", entries[i].message);
		if (entries[i].serial == 0)
			continue;
		assert_int_equal(entries[i].serial, serial + 1);
		serial++;
		motions += strncmp(entries[i].event, "motion_", 7) == 0;
	}
	assert_int_equal(motions, 2 + edges); /* and the first levels */
}

/* The oldest go first, which is counted; the level is right. */
static void test_more_edges_than_are_kept(void **state)
{
	static struct trace_record edges[RECORDS];
	struct handover_fixture *f = *state;
	uint64_t lost = 0;
	size_t n;

	start(f, SENSOR LIGHT "OffDelaySec=1h\n");
	end(f, KILLED);
	room_move_often(f->room, PIR_HALL, EDGES_KEPT + MORE_EDGES, true);
	n = room_edges(f->room, PIR_HALL, edges, RECORDS);
	start_successor(f, NULL);
	for (size_t i = 0; i < f->roomd->events_n; i++)
		if (strcmp(f->roomd->events[i].event, "edges_lost") == 0)
			lost += f->roomd->events[i].count;
	assert_int_equal(lost, n - EDGES_KEPT);
	/* The first that is left may repeat what was known. */
	assert_int_equal(process_count(f->roomd, "motion_detected", NULL) +
	                         process_count(f->roomd, "motion_cleared", NULL),
	                 edges_that_change(edges + n - EDGES_KEPT, EDGES_KEPT, false));
	assert_int_equal(process_count(f->roomd, "motion_detected", NULL),
	                 process_count(f->roomd, "motion_cleared", NULL) + 1);
	assert_true(sim_chip_level(&f->room->chip, LIGHT_RELAY));
	move(f, false);
}

/* Each event stands in the journal once, whoever came to say it. */
static void test_journal_over_many_lives(void **state)
{
	struct handover_fixture *f = *state;
	const struct journal_entry *entries;
	uint64_t serial = 0, ns = 0;
	size_t n, motions = 0;

	journal_start(&f->journal);
	start(f, SENSOR LIGHT "OffDelaySec=0\n");
	for (int i = 0; i < 20; i++) {
		sim_chip_pull(&f->room->chip, PIR_HALL, i % 2 == 0);
		let_pass_ms((unsigned long)i); /* at the tick, after it, or not yet */
		end(f, i % 3 ? KILLED : STOPPED);
		sim_chip_settle();
		start_successor(f, NULL);
	}
	entries = journal_read(&f->journal, &n);
	for (size_t i = 0; i < n; i++) {
		if (entries[i].serial == 0 || (entries[i].repeated && entries[i].serial == serial))
			continue;
		assert_int_equal(entries[i].serial, serial + 1);
		serial++;
		if (strncmp(entries[i].event, "motion_", 7) != 0)
			continue;
		assert_string_equal(entries[i].event, motions % 2 ? "motion_detected" : "motion_cleared");
		assert_true(entries[i].monotonic_ns > ns);
		ns = entries[i].monotonic_ns;
		motions++;
	}
	assert_int_equal(motions, 1 + 20); /* and the first level */
}

/* --- the lock -------------------------------------------------------------------------------- */

static void press(struct handover_fixture *f)
{
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(f->roomd, 100);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(f->roomd, 100);
}

static void expect_rhythm(struct handover_fixture *f, uint64_t alert_ns, size_t least)
{
	struct trace_record sets[RECORDS];
	size_t n = room_sets(f->room, LOCK_LED, sets, RECORDS);

	assert_true(n >= least);
	for (size_t i = 1; i < n; i++) { /* the first may be the one that catches up */
		uint64_t k = (sets[i].monotonic_us * 1000 + HALF_NS / 2 - alert_ns) / HALF_NS;

		trace_expect_time(&sets[i], alert_ns + k * HALF_NS);
		assert_int_equal(sets[i].value, k % 2);
	}
}

static void test_alert(void **state)
{
	struct handover_fixture *f = *state;
	uint64_t alert_ns, second_ns;

	start(f, SENSOR LOCK "AlertIntervalSec=1min\n");
	sim_chip_pull(&f->room->chip, PIR_HALL, true);
	alert_ns = process_wait(f->roomd, "lock_alert", "front")->monotonic_ns;
	process_let_pass_ms(f->roomd, 3333);
	move(f, false);
	trace_clear();
	end(f, KILLED);
	let_pass_ms(1111);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 5000);
	expect_rhythm(f, alert_ns, 20);
	expect_lines(f, 0, 0, 0);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);

	move(f, true); /* within the interval */
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, "lock_alert", NULL), 0);
	press(f);
	assert_int_equal(process_count(f->roomd, "lock_acknowledged", "front"), 1);
	trace_clear();
	end(f, STOPPED);
	start_successor(f, NULL);
	expect_untouched(f);
	assert_true(sim_chip_level(&f->room->chip, LOCK_LED));

	move(f, false);
	process_let_pass_ms(f->roomd, 60000);
	second_ns = move(f, true);
	process_wait(f->roomd, "lock_alert", "front");
	assert_true(second_ns - alert_ns >= 60 * NS_PER_S);
}

/* Raised again while it is open: the rhythm is that of the first. */
static void test_alert_that_was_raised_twice(void **state)
{
	struct handover_fixture *f = *state;
	uint64_t alert_ns;

	start(f, SENSOR LOCK "AlertIntervalSec=0\n");
	alert_ns = move(f, true);
	process_let_pass_ms(f->roomd, 3333);
	move(f, false);
	process_let_pass_ms(f->roomd, 111);
	move(f, true);
	process_wait(f->roomd, "lock_alert", "front");
	end(f, KILLED);
	start_successor(f, NULL);
	trace_clear();
	process_let_pass_ms(f->roomd, 5000);
	expect_rhythm(f, alert_ns, 20);
}

static void test_lock_state(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LOCK "InitialState=locked\n");
	press(f);
	assert_int_equal(process_count(f->roomd, "unlocked", "front"), 1);
	trace_clear();
	end(f, KILLED);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	expect_untouched(f);
	move(f, true);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, "lock_alert", NULL), 0);
	press(f);
	assert_int_equal(process_count(f->roomd, "locked", "front"), 1);
	end(f, STOPPED);
	trace_clear();
	start_successor(f, SENSOR LOCK "InitialState=unlocked\n");
	process_let_pass_ms(f->roomd, 1000);
	expect_untouched(f);
	assert_true(sim_chip_level(&f->room->chip, LOCK_LED));
}

/* Held over the restart: no press. Pressed and let go while nobody ran: one press. */
static void test_button(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LOCK);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, true);
	process_wait(f->roomd, "unlocked", "front");
	end(f, KILLED);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, NULL, "front"), 0);
	end(f, KILLED);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, true);
	let_pass_ms(100);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, false);
	let_pass_ms(100);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, "locked", "front"), 1);
	assert_int_equal(process_count(f->roomd, NULL, "front"), 1);
}

/* --- temperature ----------------------------------------------------------------------------- */

static void test_limit(void **state)
{
	struct handover_fixture *f = *state;

	thermometer_set(30);
	start(f, "[TemperatureSensor hall]\nDevice=tmp117\nHigh=28\nHysteresis=0.5\n");
	process_wait(f->roomd, "temperature_high", "hall");
	end(f, KILLED);
	start_successor(f, NULL);
	process_wait(f->roomd, "temperature_update", "hall");
	process_let_pass_ms(f->roomd, 30000);
	assert_int_equal(process_count(f->roomd, "temperature_high", NULL), 0);
	end(f, STOPPED);
	thermometer_set(20);
	start_successor(f, NULL);
	process_wait(f->roomd, "temperature_normal", "hall");
	thermometer_set(25);
}

/* --- other settings -------------------------------------------------------------------------- */

/* Changed in place, and the level read. */
static void sensor_setting(struct handover_fixture *f, const char *setting, bool inverted)
{
	char config[512];

	start(f, SENSOR LIGHT "OffDelaySec=5\n");
	end(f, KILLED);
	move_unseen(f, true); /* the level has it */
	snprintf(config, sizeof config, SENSOR "%s\n" LIGHT "OffDelaySec=5\n", setting);
	start_successor(f, config);
	expect_lines(f, 0, 0, 1);
	if (inverted)
		move_unseen(f, false);
	process_wait(f->roomd, "motion_detected", "hall");
	process_wait(f->roomd, "light_on", "hall");
	process_let_pass_ms(f->roomd, 1000);
	sim_chip_pull(&f->room->chip, PIR_HALL, inverted);
	process_wait(f->roomd, "motion_cleared", "hall");
	assert_int_equal(process_count(f->roomd, "motion_detected", "hall"), 1);
	assert_int_equal(process_count(f->roomd, "edges_lost", NULL), 0);
	/* And is kept so. */
	end(f, KILLED);
	start_successor(f, NULL);
	expect_lines(f, 0, 0, 0);
}

static void test_active_low_of_sensor(void **state)
{
	sensor_setting(*state, "ActiveLow=yes", true);
}

static void test_bias_of_sensor(void **state)
{
	sensor_setting(*state, "Bias=pull-up", false);
}

static void test_debounce_of_sensor(void **state)
{
	sensor_setting(*state, "DebounceSec=50ms", false);
}

static void test_active_low_of_light(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];

	start(f, SENSOR LIGHT "OffDelaySec=5\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	trace_clear();
	end(f, KILLED);
	start_successor(f, SENSOR LIGHT "OffDelaySec=5\nActiveLow=yes\n");
	expect_lines(f, 0, 0, 1);
	assert_false(sim_chip_level(&f->room->chip, LIGHT_RELAY));
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
	move(f, false);
	process_wait(f->roomd, "light_off", "hall");
	assert_true(sim_chip_level(&f->room->chip, LIGHT_RELAY));
}

static void test_off_delay(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(f, SENSOR LIGHT "OffDelaySec=10min\n");
	move(f, true);
	cleared_ns = move(f, false);
	end(f, KILLED);
	trace_clear();
	start_successor(f, SENSOR LIGHT "OffDelaySec=1min\n");
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + 60 * NS_PER_S);
	expect_lines(f, 0, 0, 0);
}

/* The old one is let go, which is said; the new one shows what the light is. */
static void test_line_of_light(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];

	start(f, SENSOR LIGHT);
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, STOPPED);
	trace_clear();
	start_successor(f, SENSOR "[LightController hall]\nLine=PORCH_RELAY\n");
	expect_lines(f, 1, 1, 0);
	expect_message(f, "the stored descriptor '" LIGHT_STORED_AS "' is line gpiochip");
	expect_message(f, "not line PORCH_RELAY (");
	expect_message(f, "it was closed and the line requested anew");
	assert_int_equal(room_sets(f->room, PORCH_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(service_manager_count_named(&f->manager, LIGHT_STORED_AS), 1);
	end(f, KILLED);
	start_successor(f, NULL);
	expect_lines(f, 0, 0, 0);
}

/* Its line has another sensor now: the level is read, and no edge of the old line counts. */
static void test_line_of_sensor(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT "OffDelaySec=5\n");
	move(f, true);
	end(f, KILLED);
	move_unseen(f, false);
	start_successor(f, "[MotionSensor hall]\nLine=PIR_DOOR\n" LIGHT "OffDelaySec=5\n");
	expect_lines(f, 1, 1, 0);
	process_wait(f->roomd, "light_off", "hall");
	sim_chip_pull(&f->room->chip, PIR_DOOR, true);
	process_wait(f->roomd, "light_on", "hall");
	assert_int_equal(process_count(f->roomd, "edges_lost", NULL), 0);
}

/* Two lines change owners: each is free when its new one asks for it. */
static void test_lines_swapped(void **state)
{
	struct handover_fixture *f = *state;
	const char *before = "[MotionSensor a]\nLine=PIR_HALL\n[MotionSensor b]\nLine=PIR_DOOR\n",
		   *after = "[MotionSensor a]\nLine=PIR_DOOR\n[MotionSensor b]\nLine=PIR_HALL\n";

	start(f, before);
	end(f, KILLED);
	start_successor(f, after);
	expect_lines(f, 2, 2, 0);
	assert_int_equal(process_count(f->roomd, "sensor_unavailable", NULL), 0);
	sim_chip_pull(&f->room->chip, PIR_HALL, true);
	process_wait(f->roomd, "motion_detected", "b");
	sim_chip_pull(&f->room->chip, PIR_DOOR, true);
	process_wait(f->roomd, "motion_detected", "a");
}

/* The same by a reload, and a component that gets another name: systemd lets go in time. */
static void test_lines_change_owners_by_a_reload(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR "[LightController a]\nLine=LIGHT_RELAY\n[LightController b]\nLine=PORCH_RELAY\n");
	process_reload(f->roomd, SENSOR
	               "[LightController a]\nLine=PORCH_RELAY\n[LightController b]\nLine=LIGHT_RELAY\n");
	expect_lines(f, 2, 2, 0);
	process_reload(f->roomd, SENSOR
	               "[LightController c]\nLine=PORCH_RELAY\n[LightController b]\nLine=LIGHT_RELAY\n");
	expect_lines(f, 1, 1, 0);
	expect_message(f, "no component uses it any more (it was stored as 'light_controller/a/Line')");
	assert_int_equal(process_count(f->roomd, "output_unavailable", NULL), 0);
	move(f, true);
	process_wait(f->roomd, "light_on", "c");
}

/* A component that is no more lets its line go, and when it comes back knows nothing of what it was. */
static void test_component_removed(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT "OffDelaySec=10min\n");
	move(f, true);
	move(f, false);
	end(f, KILLED);
	start_successor(f, SENSOR);
	expect_lines(f, 0, 1, 0);
	expect_message(f, "released line gpiochip");
	expect_message(f, "no component uses it any more (it was stored as '" LIGHT_STORED_AS "')");
	assert_int_equal(service_manager_count_named(&f->manager, LIGHT_STORED_AS), 0);
	end(f, KILLED);
	start_successor(f, SENSOR LIGHT "OffDelaySec=10min\n");
	expect_lines(f, 1, 0, 0);
	assert_int_equal(process_count(f->roomd, "light_off", NULL), 0);
	assert_false(sim_chip_level(&f->room->chip, LIGHT_RELAY));
}

/* Another name for the same lamp: its line goes from one to the other. */
static void test_component_renamed(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT);
	end(f, KILLED);
	start_successor(f, SENSOR "[LightController lamp]\nLine=LIGHT_RELAY\n");
	expect_lines(f, 1, 1, 0);
	move(f, true);
	process_wait(f->roomd, "light_on", "lamp");
}

/* --- descriptors that are something else ----------------------------------------------------- */

/* The room works, with a line of its own. */
static void expect_room_works(struct handover_fixture *f)
{
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	move(f, false);
	process_wait(f->roomd, "light_off", "hall");
	end(f, KILLED);
	start_successor(f, NULL);
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	assert_null(strstr(process_messages(f->roomd), "stored descriptor"));
}

static void wrong_descriptor(struct handover_fixture *f, const char *name, int fd, const char *what)
{
	char words[256];

	service_manager_drop(&f->manager, name);
	service_manager_put(&f->manager, name, fd);
	start_successor(f, NULL);
	snprintf(words, sizeof words, "the stored descriptor '%s' is %s", name, what);
	expect_message(f, words);
	assert_int_equal(process_count(f->roomd, "sensor_unavailable", NULL) +
	                         process_count(f->roomd, "output_unavailable", NULL),
	                 0);
	assert_int_equal(service_manager_count_named(&f->manager, name), 1);
	expect_room_works(f);
}

static void start_and_end(struct handover_fixture *f)
{
	start(f, SENSOR LIGHT "OffDelaySec=1\n");
	end(f, KILLED);
}

static int make_pipe(void)
{
	int fds[2];

	assert_return_code(pipe2(fds, O_CLOEXEC), errno);
	return fds[0]; /* the other end stays open, so that it does not hang up */
}

static void test_pipe_for_a_line(void **state)
{
	start_and_end(*state);
	wrong_descriptor(*state, SENSOR_STORED_AS, make_pipe(), "a pipe, not line PIR_HALL (gpiochip");
}

static void test_memfd_for_a_line(void **state)
{
	start_and_end(*state);
	wrong_descriptor(*state, LIGHT_STORED_AS, memfd_create("other", MFD_CLOEXEC), "/memfd:other");
}

static void test_chip_for_a_line(void **state)
{
	struct handover_fixture *f = *state;
	char path[64];

	start_and_end(f);
	snprintf(path, sizeof path, "/dev/%s", f->room->chip.device);
	wrong_descriptor(f, LIGHT_STORED_AS, open(path, O_RDWR | O_CLOEXEC), "the chip gpiochip");
}

static void test_other_line_for_a_line(void **state)
{
	struct handover_fixture *f = *state;
	int fd;

	start_and_end(f);
	fd = fcntl(service_manager_find(&f->manager, LIGHT_STORED_AS), F_DUPFD_CLOEXEC, 3);
	service_manager_drop(&f->manager, LIGHT_STORED_AS);
	service_manager_put(&f->manager, SENSOR_STORED_AS, fd);
	close(fd);
	/* The last of a name is taken. */
	start_successor(f, NULL);
	expect_message(f, "the stored descriptor '" SENSOR_STORED_AS "' is line gpiochip");
	expect_message(f, "not line PIR_HALL (gpiochip");
	expect_room_works(f);
}

/* Of a line that somebody else has requested. */
static void test_foreign_request_for_a_line(void **state)
{
	struct handover_fixture *f = *state;
	struct gpiod_chip *chip;
	struct gpiod_request_config *request_config = gpiod_request_config_new();
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	struct gpiod_line_request *request;
	const unsigned offset = LIGHT_RELAY;
	char path[64];

	start_and_end(f);
	service_manager_drop(&f->manager, LIGHT_STORED_AS);
	snprintf(path, sizeof path, "/dev/%s", f->room->chip.device);
	chip = gpiod_chip_open(path);
	gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
	gpiod_line_config_add_line_settings(config, &offset, 1, settings);
	gpiod_request_config_set_consumer(request_config, "somebody");
	request = gpiod_chip_request_lines(chip, request_config, config);
	assert_non_null(request);
	service_manager_put(&f->manager, LIGHT_STORED_AS, gpiod_line_request_get_fd(request));
	gpiod_line_request_release(request);
	gpiod_request_config_free(request_config);
	gpiod_line_settings_free(settings);
	gpiod_line_config_free(config);
	gpiod_chip_close(chip);
	start_successor(f, NULL);
	expect_message(f, "held as 'somebody' and not as 'roomd:hall'");
	expect_room_works(f);
}

static void wrong_memory(struct handover_fixture *f, int fd, const char *what)
{
	char words[256];

	service_manager_drop(&f->manager, "memory");
	service_manager_put(&f->manager, "memory", fd);
	close(fd);
	start_successor(f, NULL);
	snprintf(words, sizeof words, "what was kept over the restart cannot be used: %s", what);
	expect_message(f, words);
	assert_int_equal(service_manager_count_named(&f->manager, "memory"), 1);
	expect_lines(f, 0, 0, 0); /* lines are adopted all the same */
	expect_room_works(f);
}

static void test_pipe_for_the_memory(void **state)
{
	start_and_end(*state);
	wrong_memory(*state, make_pipe(), "'memory' is a pipe: not a sealed memfd");
}

static int make_memfd(off_t size, unsigned seals)
{
	int fd = memfd_create("zeros", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_return_code(ftruncate(fd, size), errno);
	assert_return_code(fcntl(fd, F_ADD_SEALS, seals), errno);
	return fd;
}

static void test_zeros_for_the_memory(void **state)
{
	struct handover_fixture *f = *state;
	off_t size;

	start_and_end(f);
	size = lseek(service_manager_find(&f->manager, "memory"), 0, SEEK_END);
	wrong_memory(f, make_memfd(size, F_SEAL_SHRINK | F_SEAL_GROW),
	             "'memory' is /memfd:zeros (deleted): it was not written by roomd");
	end(f, KILLED);
	move_unseen(f, false);
	wrong_memory(f, make_memfd(size, 0), "'memory' is /memfd:zeros");
	end(f, KILLED);
	move_unseen(f, false);
	wrong_memory(f, make_memfd(4096, F_SEAL_SHRINK | F_SEAL_GROW), "'memory' is /memfd:zeros");
}

#define TABLE_SIZE (640 << 10) /* what it checks at the start; behind are the things themselves */

/* Bytes here and there, of which it cannot notice all: it does not crash, and the room works. */
static void test_damaged_memory(void **state)
{
	struct handover_fixture *f = *state;
	unsigned random = 4711;

	start(f, SENSOR LIGHT "OffDelaySec=1\n" LOCK);
	for (int i = 0; i < 20; i++) {
		uint64_t *words;
		int fd;

		end(f, KILLED);
		fd = service_manager_find(&f->manager, "memory");
		words = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		assert_ptr_not_equal(words, MAP_FAILED);
		for (size_t k = i % 2 ? TABLE_SIZE / sizeof *words : 5; k < (4 << 20) / sizeof *words;
		     k += 1 + (random >> 16) % (i % 2 ? 4 : 64)) {
			random = random * 1103515245 + 12345;
			if (words[k] != 0)
				words[k] = (uint64_t)random * random;
		}
		munmap(words, 4 << 20);
		start_successor(f, NULL);
		move(f, true);
		room_expect_level(f->room, LIGHT_RELAY, true);
		move(f, false);
		room_expect_level(f->room, LIGHT_RELAY, false);
	}
}

/* --- and besides ----------------------------------------------------------------------------- */

static void test_without_service_manager(void **state)
{
	struct handover_fixture *f = *state;
	struct trace_record sets[RECORDS];

	process_start(f->roomd, SENSOR LIGHT "OffDelaySec=2min\n");
	process_wait(f->roomd, "motion_cleared", "hall");
	line_watch_start(&f->watch, &f->room->chip, LINES);
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, STOPPED);
	expect_lines(f, 0, 2, 0);
	trace_clear();
	process_start_successor(f->roomd, NULL);
	process_wait(f->roomd, "light_on", "hall");
	expect_lines(f, 2, 0, 0);
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 2);
}

/* systemd notices that a line hangs up, and forgets it; or has not noticed yet. */
static void chip_unplugged(struct handover_fixture *f, bool noticed, bool plugged_again)
{
	f->manager.keeps_hung_up = !noticed;
	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, KILLED);
	line_watch_end(&f->watch);
	sim_chip_unplug(&f->room->chip);
	if (plugged_again)
		sim_chip_plug(&f->room->chip);
	start_successor(f, NULL);
	if (!plugged_again) {
		assert_int_equal(process_count(f->roomd, "sensor_unavailable", "hall"), 1);
		assert_int_equal(process_count(f->roomd, "output_unavailable", "hall"), 1);
		sim_chip_plug(&f->room->chip);
		process_wait(f->roomd, "output_available", "hall");
	}
	if (!noticed)
		expect_message(f, "the stored descriptor '" LIGHT_STORED_AS "' is ");
	room_expect_level(f->room, LIGHT_RELAY, true);
	sim_chip_pull(&f->room->chip, PIR_HALL, false);
	process_wait(f->roomd, "light_off", "hall");
}

static void test_chip_unplugged(void **state)
{
	chip_unplugged(*state, true, false);
}

static void test_chip_unplugged_and_not_noticed(void **state)
{
	chip_unplugged(*state, false, false);
}

static void test_chip_plugged_again(void **state)
{
	chip_unplugged(*state, true, true);
}

static void test_chip_plugged_again_and_not_noticed(void **state)
{
	chip_unplugged(*state, false, true);
}

/* The last one counts; the other is closed, and the store is put in order. */
static void test_same_name_twice(void **state)
{
	struct handover_fixture *f = *state;
	int line;

	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, KILLED);
	trace_clear();
	line = fcntl(service_manager_find(&f->manager, LIGHT_STORED_AS), F_DUPFD_CLOEXEC, 3);
	service_manager_drop(&f->manager, LIGHT_STORED_AS);
	service_manager_put(&f->manager, LIGHT_STORED_AS, make_pipe());
	service_manager_put(&f->manager, LIGHT_STORED_AS, line);
	close(line);
	start_successor(f, NULL);
	expect_untouched(f);
	assert_int_equal(service_manager_count_named(&f->manager, LIGHT_STORED_AS), 1);
	end(f, KILLED);
	start_successor(f, NULL);
	expect_untouched(f);
}

static double uptime_s(void)
{
	char uptime[64];

	file_read(uptime, sizeof uptime, "/proc/uptime");
	return strtod(uptime, NULL);
}

static double start_with_warmup(struct handover_fixture *f)
{
	double end_s = floor(uptime_s()) + 60;
	char config[512];

	snprintf(config, sizeof config, SENSOR "WarmupSec=%.0f\n" LIGHT "OffDelaySec=5\n", end_s);
	start(f, config);
	move_unseen(f, true);
	end(f, KILLED);
	return end_s;
}

static void test_warmup_goes_on(void **state)
{
	struct handover_fixture *f = *state;
	double end_s = start_with_warmup(f);

	move_unseen(f, false);
	move_unseen(f, true);
	start_successor(f, NULL);
	move_unseen(f, false);
	move_unseen(f, true);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
	assert_int_equal(process_wait(f->roomd, "motion_detected", "hall")->monotonic_ns / 1000000,
	                 (uint64_t)end_s * 1000);
	process_wait(f->roomd, "light_on", "hall");
}

/* Edges from before its end count for nothing, and then the level is looked at. */
static void test_warmup_ends_while_nobody_runs(void **state)
{
	struct handover_fixture *f = *state;

	start_with_warmup(f);
	move_unseen(f, false);
	move_unseen(f, true);
	let_pass_ms(100000);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, "motion_detected", "hall"), 1);
	assert_int_equal(process_count(f->roomd, "motion_cleared", "hall"), 0);
	room_expect_level(f->room, LIGHT_RELAY, true);
}

/* Nor does nothing at all to be read. */
static void test_warmup_ends_without_edges(void **state)
{
	struct handover_fixture *f = *state;

	start_with_warmup(f);
	let_pass_ms(100000);
	start_successor(f, NULL);
	process_let_pass_ms(f->roomd, 1000);
	assert_int_equal(process_count(f->roomd, "motion_detected", "hall"), 1);
	room_expect_level(f->room, LIGHT_RELAY, true);
}

/* A configuration with an error starts nothing and loses nothing. */
static void test_error_in_between(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, STOPPED);
	trace_clear();
	for (int i = 0; i < 3; i++) {
		process_start_successor(f->roomd, SENSOR LIGHT "OffDelaySec=soon\n");
		while (!strstr(process_messages(f->roomd), "nothing was started"))
			let_pass_ms(10);
		process_kill(f->roomd);
	}
	start_successor(f, SENSOR LIGHT "OffDelaySec=2min\n");
	expect_untouched(f);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
}

/* Its exit status, once it ends by itself. */
static int wait_for_end(struct process *roomd)
{
	int status;

	for (int ms = 0; waitpid(roomd->pid, &status, WNOHANG) == 0; ms++) {
		if (ms == 10000)
			fail_msg("roomd does not end; it says:\n%s", process_messages(roomd));
		let_pass_ms(1);
	}
	roomd->pid = 0;
	process_has_ended(roomd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Gone for a moment: lines wait for it with systemd, which starts the service again. */
static void test_no_configuration_in_between(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT "OffDelaySec=2min\n");
	move(f, true);
	process_wait(f->roomd, "light_on", "hall");
	end(f, STOPPED);
	trace_clear();
	for (int i = 0; i < 3; i++) {
		process_start_successor(f->roomd, "");
		assert_int_equal(wait_for_end(f->roomd), 1); /* 78 is not tried again */
		assert_non_null(strstr(process_messages(f->roomd), "no component is configured any more"));
		assert_non_null(strstr(process_messages(f->roomd), "are kept for the next start"));
	}
	start_successor(f, SENSOR LIGHT "OffDelaySec=2min\n");
	expect_untouched(f);
	assert_int_equal(process_count(f->roomd, NULL, NULL), 0);
}

static void test_empty_room_that_is_meant(void **state)
{
	struct handover_fixture *f = *state;

	start(f, SENSOR LIGHT);
	end(f, STOPPED);
	start_successor(f, "[Empty room]\n");
	expect_lines(f, 0, 2, 0);
	assert_non_null(strstr(process_messages(f->roomd), "the room is empty, as its configuration says"));
}

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define board_test(name) BOARD_TEST_WITH(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_killed_while_the_delay_runs),
	test(test_restarted_while_the_delay_runs),
	test(test_on_over_many_lives),
	test(test_ignored_motion_over_a_restart),
	test(test_deadline_passes_after_a_kill),
	test(test_deadline_passes_after_a_stop),
	test(test_motion_while_nobody_runs),
	board_test(test_edges_after_a_kill),
	test(test_edges_after_a_stop),
	board_test(test_edges_of_two_sensors),
	board_test(test_more_edges_than_are_kept),
	test(test_journal_over_many_lives),
	test(test_alert),
	test(test_alert_that_was_raised_twice),
	test(test_lock_state),
	test(test_button),
	test(test_limit),
	test(test_active_low_of_sensor),
	test(test_bias_of_sensor),
	board_test(test_debounce_of_sensor),
	test(test_active_low_of_light),
	test(test_off_delay),
	test(test_line_of_light),
	test(test_line_of_sensor),
	test(test_lines_swapped),
	board_test(test_lines_change_owners_by_a_reload),
	test(test_component_removed),
	test(test_component_renamed),
	test(test_pipe_for_a_line),
	test(test_memfd_for_a_line),
	test(test_chip_for_a_line),
	test(test_other_line_for_a_line),
	board_test(test_foreign_request_for_a_line),
	test(test_pipe_for_the_memory),
	test(test_zeros_for_the_memory),
	board_test(test_damaged_memory),
	test(test_without_service_manager),
	test(test_chip_unplugged),
	test(test_chip_unplugged_and_not_noticed),
	test(test_chip_plugged_again),
	test(test_chip_plugged_again_and_not_noticed),
	test(test_same_name_twice),
	test(test_warmup_goes_on),
	test(test_warmup_ends_while_nobody_runs),
	test(test_warmup_ends_without_edges),
	test(test_error_in_between),
	test(test_no_configuration_in_between),
	test(test_empty_room_that_is_meant),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
