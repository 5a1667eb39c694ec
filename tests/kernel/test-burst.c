/* More edges at once than anybody reads: all are seen, or the loss is counted and the final level is right.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "files.h"
#include "io/gpio.h"
#include "room-fixture.h"
#include "tap-main.h"

static const char hall[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			   "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1\n";

#define EDGES_MOST 4096

/* What the kernel saw of a burst: on a board some changes are one edge, which may change nothing. */
struct seen {
	size_t edges, changes;
};

static struct seen see(const struct room_fixture *room)
{
	static struct trace_record edges[EDGES_MOST];
	size_t n = room_edges(room, PIR_HALL, edges, EDGES_MOST);

	return (struct seen){ n, edges_that_change(edges, n, false) };
}

/* So many edges, or on a board a few more, while roomd is stopped, the last one leaving the line at `level`.
 */
static struct seen burst(struct room_fixture *room, unsigned edges, bool level)
{
	siginfo_t info;
	struct seen seen;

	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "motion_cleared", "hall");
	kill(room->roomd.pid, SIGSTOP);
	assert_int_equal(waitid(P_PID, (id_t)room->roomd.pid, &info, WSTOPPED), 0);
	trace_clear();
	room_move_often(room, PIR_HALL, edges, level);
	seen = see(room);
	kill(room->roomd.pid, SIGCONT);
	return seen;
}

static size_t count_motion(const struct room_fixture *room)
{
	return process_count(&room->roomd, "motion_detected", NULL) +
	       process_count(&room->roomd, "motion_cleared", NULL) - 1; /* the first level */
}

static void test_300_edges_are_all_seen(void **state)
{
	struct room_fixture *room = *state;
	struct seen seen = burst(room, 300, false);

	process_wait(&room->roomd, "light_off", "hall");
	assert_int_equal(count_motion(room), seen.changes);
	assert_int_equal(process_count(&room->roomd, "edges_lost", NULL), 0);
	assert_int_equal(process_count(&room->roomd, "events_lost", NULL), 0);
	assert_int_equal(process_count(&room->roomd, "light_on", NULL), 1);
}

static uint64_t lost_edges(const struct room_fixture *room)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < room->roomd.events_n; i++)
		if (strcmp(room->roomd.events[i].event, "edges_lost") == 0)
			lost += room->roomd.events[i].count;
	return lost;
}

static void lose(struct room_fixture *room, unsigned edges, bool level)
{
	struct seen seen = burst(room, edges, level);

	process_wait(&room->roomd, "edges_lost", "hall");
	process_let_pass_ms(&room->roomd, 3000);
	assert_int_equal(lost_edges(room), seen.edges - GPIO_EDGES_KEPT);
	assert_int_equal(sim_chip_level(&room->chip, LIGHT_RELAY), level);
	assert_non_null(strstr(process_messages(&room->roomd), "edges were lost"));
}

static void test_loss_is_counted_and_the_level_right_on(void **state)
{
	lose(*state, 1001, true);
}

static void test_loss_is_counted_and_the_level_right_off(void **state)
{
	lose(*state, 1000, false);
}

/* More events at once than the reporters' ring keeps: the room is right, and the reporter told of the gap. */
static void test_reporters_are_told_of_a_gap(void **state)
{
	struct room_fixture *room = *state;
	uint64_t missing = 0;

	burst(room, 1000, false);
	process_wait(&room->roomd, "light_off", "hall");
	for (size_t i = 0; i < room->roomd.events_n; i++)
		if (strcmp(room->roomd.events[i].event, "events_lost") == 0)
			missing += room->roomd.events[i].count;
	assert_int_equal(room->roomd.events[room->roomd.next - 1].serial,
	                 missing + room->roomd.events_n - process_count(&room->roomd, "events_lost", NULL));
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST(test_300_edges_are_all_seen),
	BOARD_TEST(test_loss_is_counted_and_the_level_right_on),
	BOARD_TEST(test_loss_is_counted_and_the_level_right_off),
	BOARD_TEST(test_reporters_are_told_of_a_gap),
};

RUN_TESTS(tests)
