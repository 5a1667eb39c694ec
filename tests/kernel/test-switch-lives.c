/* The times of a switch over the lives of roomd: killed, restarted, the power lost, the configuration read again, each
 * in the middle of a time. On virtual time, to the microsecond; what the relay does is from the kernel's trace. */
#include "bus-room.h"
#include "files.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define FAN ROOMD_PATH "/switch/fan"
#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define SWITCH "[Switch fan]\nLine=PORCH_RELAY\nOnWhen=hall motion\n"
#define COMPRESSOR HALL SWITCH "MinOffSec=3min\n"
#define MIN_OFF_NS (180 * NSEC_PER_SEC)

#define MS_NS UINT64_C(1000000)
/* A timer's accuracy. */
#define SOON_NS (100 * NSEC_PER_USEC)
/* Until a successor has started, or a configuration has been read. */
#define START_NS (50 * MS_NS)

static struct bus_room *it;

static int setup(void **state)
{
	bus_room_setup(state);
	it = *state;
	return 0;
}

/* --- the room -------------------------------------------------------------------------------- */

static uint64_t move(bool active)
{
	sim_chip_pull(&it->room->chip, PIR_HALL, active);
	return process_wait(it->roomd, active ? "motion_detected" : "motion_cleared", "hall")->monotonic_ns;
}

static void set_on(bool on)
{
	assert_int_equal(client_call(&it->client, FAN, "Switch", "SetOn", NULL, "b", on), 0);
}

static void set_automatic(void)
{
	assert_int_equal(client_call(&it->client, FAN, "Switch", "SetAutomatic", NULL, NULL), 0);
}

static const struct process_event *switched(bool on)
{
	return process_wait(it->roomd, on ? "switch_on" : "switch_off", "fan");
}

static void pass_until(uint64_t ns)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (ns > now_ns)
		process_let_pass_ms(it->roomd, (ns - now_ns) / MS_NS);
}

/* The relay, since trace_clear(), has gone so once, at the time that was told, and was the other before. */
static void expect_relay(bool on, uint64_t at_ns)
{
	struct trace_record sets[8];
	size_t n = room_sets(it->room, PORCH_RELAY, sets, ELEMENTS(sets));

	assert_true(n > 0);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(sets[i].value, !on);
	assert_int_equal(sets[n - 1].value, on);
	assert_in_range(sets[n - 1].monotonic_us, at_ns / 1000, (at_ns + SOON_NS) / 1000);
	trace_clear();
}

/* At this time and not before; since trace_clear() the relay has done nothing else. */
static const struct process_event *expect_switched(bool on, uint64_t at_ns)
{
	const struct process_event *event;

	pass_until(at_ns - NSEC_PER_SEC);
	event = switched(on);
	assert_in_range(event->monotonic_ns, at_ns, at_ns + SOON_NS);
	expect_relay(on, event->monotonic_ns);
	return event;
}

static void live_on(enum bus_room_end how, const char *config)
{
	bus_room_end(it, how);
	bus_room_start_successor(it, config);
}

/* --- what wants it on ------------------------------------------------------------------------ */

enum wish {
	BY_CONDITION,
	BY_HAND,
	WISHES,
	BY_BUTTON = WISHES,
};

static void press(void)
{
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(it->roomd, 100);
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, false);
}

static void want(enum wish wish)
{
	if (wish == BY_HAND)
		set_on(true);
	else if (wish == BY_BUTTON)
		press();
	else
		move(true);
}

static void want_no_more(enum wish wish)
{
	if (wish == BY_HAND)
		set_automatic();
	else
		move(false);
}

static uint64_t go_on(enum wish wish)
{
	uint64_t on_ns;

	want(wish);
	on_ns = switched(true)->monotonic_ns;
	trace_clear();
	return on_ns;
}

static uint64_t go_off(enum wish wish)
{
	uint64_t off_ns;

	want_no_more(wish);
	off_ns = switched(false)->monotonic_ns;
	trace_clear();
	return off_ns;
}

/* --- off for long enough --------------------------------------------------------------------- */

/* After it has gone off: right away, in the middle, near the end. */
static const unsigned long moments_ms[] = { 0, 90000, 179000 };

static void expect_off_long_enough(enum bus_room_end how, enum wish wish, unsigned long after_ms, bool wanted_before)
{
	uint64_t off_ns = go_off(wish);

	if (wanted_before)
		want(wish);
	pass_until(off_ns + after_ms * MS_NS);
	live_on(how, NULL);
	if (!wanted_before)
		want(wish);
	expect_switched(true, off_ns + MIN_OFF_NS);
}

static void expect_off_long_enough_each_time(enum bus_room_end how)
{
	bus_room_start(it, COMPRESSOR);
	for (enum wish wish = 0; wish < WISHES; wish++) {
		go_on(wish);
		for (size_t i = 0; i < 2 * ELEMENTS(moments_ms); i++)
			expect_off_long_enough(how, wish, moments_ms[i / 2], i % 2 == 0);
		go_off(wish);
	}
}

static void test_min_off_killed(void **state)
{
	(void)state;
	expect_off_long_enough_each_time(BUS_ROOM_KILLED);
}

static void test_min_off_restarted(void **state)
{
	(void)state;
	expect_off_long_enough_each_time(BUS_ROOM_STOPPED);
}

/* All lives count together; and what is due while nobody runs is done by the first who does. */
static void test_min_off_over_several_lives(void **state)
{
	uint64_t at_ns;

	(void)state;
	bus_room_start(it, COMPRESSOR);
	go_on(BY_CONDITION);
	at_ns = go_off(BY_CONDITION);
	for (unsigned i = 0; i < 5; i++) {
		process_let_pass_ms(it->roomd, 30000);
		live_on(i % 2 ? BUS_ROOM_STOPPED : BUS_ROOM_KILLED, NULL);
	}
	move(true);
	expect_switched(true, at_ns + MIN_OFF_NS);
	go_off(BY_CONDITION);
	move(true);
	bus_room_end(it, BUS_ROOM_KILLED);
	let_pass_ms(200000);
	at_ns = clock_now_ns(CLOCK_MONOTONIC);
	bus_room_start_successor(it, NULL);
	assert_in_range(switched(true)->monotonic_ns - at_ns, 0, START_NS);
}

/* The end of the service switches it off, and it is wanted all the time. */
static void test_min_off_since_the_end(void **state)
{
	uint64_t off_ns;

	(void)state;
	bus_room_start(it, COMPRESSOR "StopValue=off\n");
	go_on(BY_CONDITION);
	bus_room_end(it, BUS_ROOM_STOPPED);
	off_ns = switched(false)->monotonic_ns;
	expect_relay(false, off_ns);
	bus_room_start_successor(it, NULL);
	expect_switched(true, off_ns + MIN_OFF_NS);
}

/* Nobody runs for so long; then one who knows nothing. Returns when it took the relay, off. */
static uint64_t lose_power_for_ms(unsigned long ms)
{
	struct trace_record sets[8];

	bus_room_end(it, BUS_ROOM_POWER_LOST);
	let_pass_ms(ms);
	trace_clear();
	bus_room_start_successor(it, NULL);
	assert_int_equal(room_sets(it->room, PORCH_RELAY, sets, ELEMENTS(sets)), 1);
	assert_int_equal(sets[0].value, 0);
	return sets[0].monotonic_us * NSEC_PER_USEC - SOON_NS / 2; /* it began a little before */
}

/* For how long it was off nobody knows. */
static void expect_off_since_start(enum wish wish, unsigned long after_ms, unsigned long nobody_ms)
{
	uint64_t off_ns = go_off(wish), start_ns;

	pass_until(off_ns + after_ms * MS_NS);
	start_ns = lose_power_for_ms(nobody_ms);
	want(wish);
	expect_switched(true, start_ns + MIN_OFF_NS);
}

static void test_min_off_power_lost(void **state)
{
	(void)state;
	bus_room_start(it, COMPRESSOR);
	for (enum wish wish = 0; wish < WISHES; wish++) {
		go_on(wish);
		for (size_t i = 0; i < ELEMENTS(moments_ms); i++)
			expect_off_since_start(wish, moments_ms[i], 0);
		expect_off_since_start(wish, 1000, 3600000);
		go_off(wish);
	}
}

/* Wanted all the time, also by a person, which is kept; and while it was on. The next one knows the start. */
static void test_min_off_power_lost_while_wanted(void **state)
{
	uint64_t start_ns;

	(void)state;
	bus_room_start(it, COMPRESSOR);
	for (enum wish wish = 0; wish < WISHES; wish++) {
		go_on(wish);
		process_let_pass_ms(it->roomd, BUS_ROOM_WRITTEN_MS);
		lose_power_for_ms(0);
		process_let_pass_ms(it->roomd, 100000);
		start_ns = lose_power_for_ms(0);
		process_let_pass_ms(it->roomd, 100000);
		live_on(BUS_ROOM_KILLED, NULL);
		expect_switched(true, start_ns + MIN_OFF_NS);
		go_off(wish);
	}
}

/* --- on for long enough ---------------------------------------------------------------------- */

#define PUMP(max_on) HALL SWITCH "MaxOnSec=" max_on "\n"
#define MAX_ON_OVER "MaxOnSec= is over"

enum way {
	KILLED = BUS_ROOM_KILLED,
	STOPPED = BUS_ROOM_STOPPED,
	RELOADED,
};

/* While it is on, 4 minutes after it went on. */
static const struct change {
	enum way way;
	const char *config;
	unsigned max_on_s;
} changes[] = {
	{ KILLED, PUMP("10min"), 600 },
	{ STOPPED, PUMP("10min"), 600 },
	{ RELOADED, PUMP("10min"), 600 },
	{ RELOADED, PUMP("10min") "Location=Garden\n", 600 },
	{ RELOADED, PUMP("15min"), 900 },
	{ RELOADED, PUMP("5min"), 300 },
	{ KILLED, PUMP("15min"), 900 },
	{ STOPPED, PUMP("5min"), 300 },
};

static void make(const struct change *change)
{
	if (change->way == RELOADED)
		process_reload(it->roomd, change->config);
	else
		live_on((enum bus_room_end)change->way, change->config);
}

static void expect_stays_off(void)
{
	struct trace_record sets[8];

	process_let_pass_ms(it->roomd, 1200000);
	assert_int_equal(room_sets(it->room, PORCH_RELAY, sets, ELEMENTS(sets)), 0);
}

static void expect_mode(const char *mode)
{
	_cleanup_(cleanup_free) char *is = client_get_text(&it->client, FAN, "Switch", "Mode");

	assert_string_equal(is, mode);
}

static void expect_cut_off(const struct change *change, uint64_t on_ns)
{
	const struct process_event *event;

	pass_until(on_ns + 240 * NSEC_PER_SEC);
	make(change);
	event = expect_switched(false, on_ns + change->max_on_s * NSEC_PER_SEC);
	assert_string_equal(event->text, MAX_ON_OVER);
	assert_string_equal(event->by, "");
	expect_mode("automatic");
	expect_stays_off();
	make(change);
	expect_stays_off();
}

static void start_pump(void)
{
	bus_room_start(it, PUMP("10min"));
	trace_clear();
}

static void test_max_on_by_condition(void **state)
{
	(void)state;
	start_pump();
	for (size_t i = 0; i < ELEMENTS(changes); i++) {
		expect_cut_off(&changes[i], go_on(BY_CONDITION));
		move(false);
		process_reload(it->roomd, PUMP("10min"));
	}
}

/* After it the condition decides. */
static void test_max_on_by_hand(void **state)
{
	(void)state;
	start_pump();
	for (size_t i = 0; i < ELEMENTS(changes); i++) {
		expect_cut_off(&changes[i], go_on(BY_HAND));
		go_on(BY_CONDITION);
		go_off(BY_CONDITION);
		process_reload(it->roomd, PUMP("10min"));
	}
}

/* Who asks for what is on already does not make it longer; a condition that holds all the time begins only once. */
static void test_max_on_by_both(void **state)
{
	(void)state;
	start_pump();
	for (size_t i = 0; i < ELEMENTS(changes); i++) {
		uint64_t on_ns = go_on(BY_CONDITION);

		process_let_pass_ms(it->roomd, 60000);
		set_on(true);
		expect_mode("manual");
		expect_cut_off(&changes[i], on_ns);
		move(false);
		process_reload(it->roomd, PUMP("10min"));
	}
}

/* Somebody asks again: from then on anew. */
static void test_max_on_asked_again(void **state)
{
	uint64_t on_ns;

	(void)state;
	start_pump();
	expect_cut_off(&changes[0], go_on(BY_CONDITION));
	on_ns = go_on(BY_HAND);
	expect_cut_off(&changes[1], on_ns);
}

/* What is over already, as nobody ran, or is so with another time, is done at once. */
static void expect_off_at_once(uint64_t since_ns, const char *cause)
{
	const struct process_event *event = switched(false);

	assert_in_range(event->monotonic_ns, since_ns, since_ns + START_NS);
	assert_string_equal(event->text, cause);
	expect_relay(false, event->monotonic_ns);
	expect_stays_off();
}

static uint64_t let_nobody_run_for_ms(unsigned long ms)
{
	uint64_t start_ns;

	bus_room_end(it, BUS_ROOM_KILLED);
	let_pass_ms(ms);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	bus_room_start_successor(it, NULL);
	return start_ns;
}

static void test_max_on_is_over_already(void **state)
{
	uint64_t now_ns;

	(void)state;
	start_pump();
	for (enum wish wish = 0; wish < WISHES; wish++) {
		go_on(wish);
		expect_off_at_once(let_nobody_run_for_ms(700000), MAX_ON_OVER);
		expect_mode("automatic");
		if (wish == BY_CONDITION)
			move(false);
		pass_until(go_on(wish) + 240 * NSEC_PER_SEC);
		now_ns = clock_now_ns(CLOCK_MONOTONIC);
		process_reload(it->roomd, PUMP("3min"));
		expect_off_at_once(now_ns, MAX_ON_OVER);
		if (wish == BY_CONDITION)
			move(false);
		process_reload(it->roomd, PUMP("10min"));
	}
}

/* The lines are kept, and with them what happened while nobody ran. */
static void test_condition_ends_and_begins_while_nobody_runs(void **state)
{
	(void)state;
	start_pump();
	expect_cut_off(&changes[0], go_on(BY_CONDITION));
	bus_room_end(it, BUS_ROOM_KILLED);
	sim_chip_pull(&it->room->chip, PIR_HALL, false);
	sim_chip_settle();
	sim_chip_pull(&it->room->chip, PIR_HALL, true);
	sim_chip_settle();
	bus_room_start_successor(it, NULL);
	switched(true);
}

/* --- a pulse --------------------------------------------------------------------------------- */

#define GATE HALL "[Button gate]\nLine=LOCK_BUTTON\nDoubleSec=0\n" SWITCH "PulseSec=20s\nButtons=gate\n"
#define PULSE_NS (20 * NSEC_PER_SEC)
#define PULSE_OVER "PulseSec= is over"

static const unsigned long in_pulse_ms[] = { 0, 10000, 19900 };

static void start_gate(void)
{
	bus_room_start(it, GATE);
	trace_clear();
}

/* Killed so long after it began. */
static void expect_one_pulse(enum bus_room_end how, uint64_t on_ns, unsigned long after_ms)
{
	const struct process_event *event;

	pass_until(on_ns + after_ms * MS_NS);
	live_on(how, NULL);
	event = expect_switched(false, on_ns + PULSE_NS);
	assert_string_equal(event->text, PULSE_OVER);
	expect_mode("automatic");
	expect_stays_off();
	live_on(how, NULL);
	expect_stays_off();
}

static void expect_one_pulse_each_time(enum wish wish)
{
	for (size_t i = 0; i < 2 * ELEMENTS(in_pulse_ms); i++) {
		expect_one_pulse(i % 2 ? BUS_ROOM_STOPPED : BUS_ROOM_KILLED, go_on(wish), in_pulse_ms[i / 2]);
		if (wish == BY_CONDITION)
			move(false);
	}
}

static void test_pulse_by_condition(void **state)
{
	(void)state;
	start_gate();
	expect_one_pulse_each_time(BY_CONDITION);
}

static void test_pulse_by_hand(void **state)
{
	(void)state;
	start_gate();
	expect_one_pulse_each_time(BY_HAND);
}

static void test_pulse_by_button(void **state)
{
	(void)state;
	start_gate();
	for (size_t i = 0; i < ELEMENTS(in_pulse_ms); i++)
		expect_one_pulse(BUS_ROOM_KILLED, go_on(BY_BUTTON), in_pulse_ms[i]);
}

static void test_pulse_ends_while_nobody_runs(void **state)
{
	(void)state;
	start_gate();
	for (enum wish wish = 0; wish < WISHES; wish++) {
		pass_until(go_on(wish) + PULSE_NS / 2);
		expect_off_at_once(let_nobody_run_for_ms(60000), PULSE_OVER);
		if (wish == BY_CONDITION)
			move(false);
	}
}

#define LIVES_TEST(test) cmocka_unit_test_setup_teardown(test, setup, bus_room_teardown)

static const struct CMUnitTest tests[] = {
	LIVES_TEST(test_min_off_killed),
	LIVES_TEST(test_min_off_restarted),
	LIVES_TEST(test_min_off_over_several_lives),
	LIVES_TEST(test_min_off_since_the_end),
	LIVES_TEST(test_min_off_power_lost),
	LIVES_TEST(test_min_off_power_lost_while_wanted),
	LIVES_TEST(test_max_on_by_condition),
	LIVES_TEST(test_max_on_by_hand),
	LIVES_TEST(test_max_on_by_both),
	LIVES_TEST(test_max_on_asked_again),
	LIVES_TEST(test_max_on_is_over_already),
	LIVES_TEST(test_condition_ends_and_begins_while_nobody_runs),
	LIVES_TEST(test_pulse_by_condition),
	LIVES_TEST(test_pulse_by_hand),
	LIVES_TEST(test_pulse_by_button),
	LIVES_TEST(test_pulse_ends_while_nobody_runs),
};

RUN_TESTS(tests)
