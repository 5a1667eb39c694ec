/* A contact at a door, and what delays make of it: on virtual time, counted from the kernel's edges. */
#include <string.h>

#include "room-fixture.h"
#include "tap-main.h"

#define EDGES 64
#define NS_PER_MS UINT64_C(1000000)

#define DOOR "[ContactSensor door]\nLine=PIR_DOOR\n"
#define DELAYED DOOR "OnDelaySec=100ms\nOffDelaySec=300ms\n"

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	assert_string_equal(process_wait(&room->roomd, NULL, NULL)->event, "contact_closed");
}

static void set(struct room_fixture *room, bool open)
{
	sim_chip_pull(&room->chip, PIR_DOOR, open);
}

/* The event was so long after the last edge of the line. */
static void expect_after_edge(struct room_fixture *room, const struct process_event *event, uint64_t delay_ns)
{
	struct trace_record edges[EDGES];
	size_t n = room_edges(room, PIR_DOOR, edges, EDGES);

	assert_true(n > 0 && n < EDGES);
	trace_expect_time(&edges[n - 1], event->monotonic_ns - delay_ns);
}

static void test_open_and_closed(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	start(room, DOOR "Location=Front door\n");
	trace_clear();
	set(room, true);
	event = process_wait(&room->roomd, "contact_opened", "door");
	expect_after_edge(room, event, 0);
	assert_string_equal(event->kind, "ContactSensor");
	assert_string_equal(event->location, "Front door");
	set(room, false);
	process_wait(&room->roomd, "contact_closed", "door");
}

/* It bounces for 30 ms, and is open for 5 ms: nobody has opened anything. */
static void test_what_is_too_short(void **state)
{
	struct room_fixture *room = *state;

	start(room, DELAYED);
	for (int i = 0; i < 6; i++) {
		set(room, i % 2 == 0);
		process_let_pass_ms(&room->roomd, 5);
	}
	set(room, true);
	process_let_pass_ms(&room->roomd, 5);
	set(room, false);
	process_let_pass_ms(&room->roomd, 10000);
	assert_int_equal(process_count(&room->roomd, "contact_opened", NULL), 0);
	assert_int_equal(process_count(&room->roomd, "contact_closed", NULL), 1);
}

/* Open for 2 s, with bounces at both ends: opened and closed once, each its delay after the last of them. */
static void test_bounces_at_both_ends(void **state)
{
	struct room_fixture *room = *state;

	start(room, DELAYED);
	for (int level = 1; level >= 0; level--) {
		for (int i = 0; i < 4; i++) {
			set(room, i % 2 ? !level : level);
			process_let_pass_ms(&room->roomd, 20);
		}
		trace_clear();
		set(room, level);
		process_let_pass_ms(&room->roomd, 2000);
		assert_int_equal(process_count(&room->roomd, "contact_opened", NULL), 1);
		expect_after_edge(room, &room->roomd.events[room->roomd.events_n - 1],
		                  (level ? 100 : 300) * NS_PER_MS);
	}
	assert_int_equal(process_count(&room->roomd, "contact_closed", NULL), 2);
}

/* A delay that runs gets the length that is set now. */
static void test_reload_with_another_delay(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	start(room, DOOR "OnDelaySec=1s\n");
	trace_clear();
	set(room, true);
	process_let_pass_ms(&room->roomd, 100);
	process_reload(&room->roomd, DOOR "OnDelaySec=2s\n");
	process_let_pass_ms(&room->roomd, 1500);
	assert_int_equal(process_count(&room->roomd, "contact_opened", NULL), 0);
	event = process_wait(&room->roomd, "contact_opened", "door");
	expect_after_edge(room, event, 2000 * NS_PER_MS);
}

/* Without a delay from now on, what was held back is said. */
static void test_reload_without_delay(void **state)
{
	struct room_fixture *room = *state;

	start(room, DOOR "OnDelaySec=1h\n");
	set(room, true);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, "contact_opened", NULL), 0);
	process_reload(&room->roomd, DOOR);
	process_wait(&room->roomd, "contact_opened", "door");
	/* And back again: nothing is said twice. */
	process_reload(&room->roomd, DOOR "OffDelaySec=1s\n");
	process_let_pass_ms(&room->roomd, 5000);
	assert_int_equal(process_count(&room->roomd, "contact_opened", NULL), 1);
	set(room, false);
	process_wait(&room->roomd, "contact_closed", "door");
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_open_and_closed),
	ROOM_TEST(test_what_is_too_short),
	ROOM_TEST(test_bounces_at_both_ends),
	ROOM_TEST(test_reload_with_another_delay),
	ROOM_TEST(test_reload_without_delay),
};

RUN_TESTS(tests)
