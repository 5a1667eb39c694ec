/* Which event is which, over the lives of roomd: Series, and EventsSince() beside what the signals said. On virtual time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus-room.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define ONLY_MOTION "[MotionSensor hall]\nLine=PIR_HALL\n"
#define CONFIG                                                                       \
	ONLY_MOTION                                                                  \
	"[LightController hall]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=1\n"     \
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nMotion=hall\n"
/* The hub's, and what one answer has at most. */
#define RING 1024
#define ANSWER_MAX 256

static struct bus_room *it;

static int setup(void **state)
{
	bus_room_setup(state);
	it = *state;
	return 0;
}

static void move(bool active)
{
	sim_chip_pull(&it->room->chip, PIR_HALL, active);
	process_wait(it->roomd, active ? "motion_detected" : "motion_cleared", "hall");
}

/* --- the count of serials -------------------------------------------------------------------- */

/* To be freed. */
static char *series(void)
{
	char *text = client_get_text(&it->client, ROOMD_PATH, "Manager", "Series");

	assert_int_equal(strlen(text), 32);
	assert_int_equal(strspn(text, "0123456789abcdef"), 32);
	return text;
}

static void expect_series_after(enum bus_room_end how, bool same)
{
	_cleanup_(cleanup_free) char *before = series(), *after = NULL;

	bus_room_end(it, how);
	bus_room_start_successor(it, CONFIG);
	after = series();
	assert_int_equal(strcmp(before, after) == 0, same);
}

static void test_series(void **state)
{
	(void)state;
	bus_room_start(it, CONFIG);
	expect_series_after(BUS_ROOM_KILLED, true);
	expect_series_after(BUS_ROOM_STOPPED, true);
	expect_series_after(BUS_ROOM_POWER_LOST, false);
	expect_series_after(BUS_ROOM_KILLED, true);
}

/* --- events ---------------------------------------------------------------------------------- */

/* One, as EventsSince() gives it. */
struct row {
	char path[96], name[32], data[512];
	uint64_t serial, monotonic_ns;
};

struct answer {
	struct row rows[ANSWER_MAX];
	size_t n;
};

static void add_value(sd_bus_message *message, char *text, size_t size)
{
	size_t length = strlen(text);
	const char *type, *s;
	uint64_t t;
	double d;

	assert_true(sd_bus_message_peek_type(message, NULL, &type) > 0);
	if (strcmp(type, "s") == 0) {
		assert_true(sd_bus_message_read(message, "v", "s", &s) > 0);
		snprintf(text + length, size - length, "\"%s\" ", s);
	} else if (strcmp(type, "d") == 0) {
		assert_true(sd_bus_message_read(message, "v", "d", &d) > 0);
		snprintf(text + length, size - length, "%a ", d);
	} else {
		assert_true(sd_bus_message_read(message, "v", "t", &t) > 0);
		snprintf(text + length, size - length, "%" PRIu64 " ", t);
	}
}

/* All of an a{sv}, as a text, but for the wall clock's time: that is worked out when it is told. */
static void read_data(sd_bus_message *message, char *text, size_t size)
{
	text[0] = '\0';
	assert_return_code(sd_bus_message_enter_container(message, 'a', "{sv}"), 0);
	while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
		size_t length = strlen(text);
		const char *key;

		assert_return_code(sd_bus_message_read(message, "s", &key), 0);
		snprintf(text + length, size - length, "%s=", key);
		if (strcmp(key, "realtime_usec") == 0)
			assert_return_code(sd_bus_message_skip(message, "v"), 0);
		else
			add_value(message, text, size);
		assert_return_code(sd_bus_message_exit_container(message), 0);
	}
	assert_return_code(sd_bus_message_exit_container(message), 0);
}

static void read_row(sd_bus_message *reply, struct row *ret)
{
	const char *path, *name;

	assert_return_code(sd_bus_message_read(reply, "ostt", &path, &name, &ret->serial, &ret->monotonic_ns), 0);
	snprintf(ret->path, sizeof ret->path, "%s", path);
	snprintf(ret->name, sizeof ret->name, "%s", name);
	read_data(reply, ret->data, sizeof ret->data);
}

/* Valid until the next call. */
static const struct answer *ask(uint64_t serial)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	static struct answer answer;

	answer.n = 0;
	assert_return_code(sd_bus_call_method(it->client.bus, ROOMD_NAME, ROOMD_PATH, ROOMD_NAME ".Manager",
	                                      "EventsSince", NULL, &reply, "t", serial),
	                   0);
	assert_return_code(sd_bus_message_enter_container(reply, 'a', "(ostta{sv})"), 0);
	while (sd_bus_message_enter_container(reply, 'r', "ostta{sv}") > 0) {
		assert_true(answer.n < ANSWER_MAX);
		read_row(reply, &answer.rows[answer.n++]);
		assert_return_code(sd_bus_message_exit_container(reply), 0);
	}
	return &answer;
}

/* As roomd's own output has it. */
static void expect_event(const struct process_event *event, const struct row *row)
{
	char path[96];

	assert_int_equal(row->serial, event->serial);
	assert_string_equal(row->name, event->event);
	assert_int_equal(row->monotonic_ns, event->monotonic_ns);
	snprintf(path, sizeof path, "%s/%s/%s", ROOMD_PATH,
	         strcmp(event->kind, "MotionSensor") == 0      ? "motion_sensor"
	         : strcmp(event->kind, "LightController") == 0 ? "light_controller"
	                                                       : "door_lock",
	         event->source);
	assert_string_equal(row->path, path);
}

static void expect_same_row(const struct row *row, const struct row *other)
{
	assert_int_equal(row->serial, other->serial);
	assert_int_equal(row->monotonic_ns, other->monotonic_ns);
	assert_string_equal(row->path, other->path);
	assert_string_equal(row->name, other->name);
	assert_string_equal(row->data, other->data);
}

/* All of the one before, and more. */
static void expect_goes_on(const struct answer *after, const struct answer *before)
{
	assert_true(after->n > before->n);
	for (size_t i = 0; i < before->n; i++)
		expect_same_row(&after->rows[i], &before->rows[i]);
}

/* All that roomd's output has after this serial, in order, from one answer. */
static const struct answer *expect_all_since(uint64_t serial)
{
	const struct process *roomd = it->roomd;
	const struct answer *answer = ask(serial);
	size_t n = 0;

	for (size_t i = 0; i < roomd->events_n; i++) {
		if (roomd->events[i].serial <= serial)
			continue;
		assert_true(n < answer->n);
		expect_event(&roomd->events[i], &answer->rows[n++]);
	}
	assert_int_equal(n, answer->n);
	return answer;
}

/* False: there was none of this serial. */
static bool compare_with_signal(const struct row *row)
{
	for (size_t i = 0; i < it->client.signals_n; i++) {
		sd_bus_message *signal = it->client.signals[i];
		uint64_t serial, monotonic_ns;
		char data[sizeof row->data];

		if (strcmp(sd_bus_message_get_signature(signal, true), "tta{sv}") != 0)
			continue;
		sd_bus_message_rewind(signal, true);
		assert_return_code(sd_bus_message_read(signal, "tt", &serial, &monotonic_ns), 0);
		if (serial != row->serial)
			continue;
		read_data(signal, data, sizeof data);
		assert_string_equal(sd_bus_message_get_path(signal), row->path);
		assert_string_equal(sd_bus_message_get_member(signal), row->name);
		assert_int_equal(monotonic_ns, row->monotonic_ns);
		assert_string_equal(data, row->data);
		return true;
	}
	return false;
}

static size_t count_signals(const struct answer *answer)
{
	size_t n = 0;

	client_process(&it->client);
	for (size_t i = 0; i < answer->n; i++)
		n += compare_with_signal(&answer->rows[i]);
	return n;
}

/* Those before the client came, too; from any serial on. */
static void test_events_are_those_of_the_signals(void **state)
{
	size_t before;
	uint64_t last;

	(void)state;
	bus_room_start(it, CONFIG);
	before = it->roomd->events_n;
	assert_true(before > 0);
	move(true);
	process_wait(it->roomd, "light_on", "hall");
	process_wait(it->roomd, "lock_alert", "front");
	move(false);
	process_wait(it->roomd, "light_off", "hall");
	process_settle(it->roomd);
	assert_int_equal(count_signals(expect_all_since(0)), it->roomd->events_n - before);
	last = it->roomd->events[it->roomd->events_n - 1].serial;
	for (uint64_t serial = 1; serial <= last; serial++)
		expect_all_since(serial);
	assert_int_equal(ask(last)->n, 0);
	assert_int_equal(ask(UINT64_MAX)->n, 0);
}

/* A successor has what the one before it said, whole, and goes on. */
static void test_events_of_a_predecessor(void **state)
{
	static struct answer before;

	(void)state;
	bus_room_start(it, CONFIG);
	move(true);
	process_settle(it->roomd);
	before = *expect_all_since(0);
	bus_room_end(it, BUS_ROOM_KILLED);
	bus_room_start_successor(it, CONFIG);
	move(false);
	process_settle(it->roomd);
	expect_all_since(before.n);
	expect_goes_on(ask(0), &before);
	bus_room_end(it, BUS_ROOM_POWER_LOST);
	bus_room_start_successor(it, CONFIG);
	assert_int_equal(ask(0)->rows[0].serial, 1);
}

/* What the lock and the light have said is told after a reload has removed them, and by a successor that has never had them. */
static void test_events_of_components_that_are_no_more(void **state)
{
	static struct answer before;

	(void)state;
	bus_room_start(it, CONFIG);
	move(true);
	process_wait(it->roomd, "lock_alert", "front");
	process_settle(it->roomd);
	before = *expect_all_since(0);
	process_reload(it->roomd, ONLY_MOTION);
	move(false);
	process_settle(it->roomd);
	expect_goes_on(expect_all_since(0), &before);
	bus_room_end(it, BUS_ROOM_KILLED);
	bus_room_start_successor(it, ONLY_MOTION);
	expect_goes_on(ask(0), &before);
}

/* More than an answer has, and more than there is room for: in order, without a gap but at the beginning. */
static void test_many_events(void **state)
{
	const struct process *roomd = it->roomd;
	const struct answer *answer;
	uint64_t last;
	size_t n = 0;

	(void)state;
	bus_room_start(it, CONFIG);
	for (unsigned i = 0; i < RING + ANSWER_MAX; i++)
		move(i % 2 == 0);
	process_settle(it->roomd);
	last = roomd->events[roomd->events_n - 1].serial;
	assert_int_equal(roomd->events_n, last);
	assert_true(last > RING + 1);
	for (uint64_t serial = 1; (answer = ask(serial))->n > 0; serial = answer->rows[answer->n - 1].serial)
		for (size_t i = 0; i < answer->n; i++)
			expect_event(&roomd->events[last - RING + n++], &answer->rows[i]);
	assert_int_equal(n, RING);
	assert_int_equal(ask(last - RING)->n, ANSWER_MAX);
	assert_int_equal(ask(last - 10)->n, 10);
}

#define LIVES_TEST(test) cmocka_unit_test_setup_teardown(test, setup, bus_room_teardown)

static const struct CMUnitTest tests[] = {
	LIVES_TEST(test_series),
	LIVES_TEST(test_events_are_those_of_the_signals),
	LIVES_TEST(test_events_of_a_predecessor),
	LIVES_TEST(test_events_of_components_that_are_no_more),
	LIVES_TEST(test_many_events),
};

RUN_TESTS(tests)
