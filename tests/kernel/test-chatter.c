/* A line that changes without end, as fast as a processor of its own can make it: everything else has its
 * turn. For a kernel like a board's. */
#include <stdio.h>
#include <sys/types.h>

#include "files.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"

#define MOVES 20
#define WATCHDOG_USEC 400000
#define WATCHDOGS 5 /* a service feeds it twice in that time */
#define PATIENCE_MS 20000

static const char config[] = "[MotionSensor door]\nLine=PIR_DOOR\n"
			     "[MotionSensor hall]\nLine=PIR_HALL\n"
			     "[LightController hall]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=0\n"
			     "[LightController porch]\nLine=PORCH_RELAY\nMotion=hall\nOffDelaySec=500ms\n"
			     "[LightController door]\nLine=LOCK_BUTTON\nMotion=door\nOffDelaySec=1h\n"
			     "[DoorLock front]\nLedLine=LOCK_LED\nMotion=door\nAlertIntervalSec=0\n";

/* cmocka's state. */
static struct chatter {
	struct room_fixture *room;
	struct service_manager manager;
	pid_t chatterer;
} fixture;

static int setup(void **state)
{
	struct chatter *chatter = &fixture;
	char light[32];

	*chatter = (struct chatter){ 0 };
	room_setup(state);
	chatter->room = *state;
	*state = chatter;
	service_manager_start(&chatter->manager);
	process_start_with(&chatter->room->roomd, config,
	                   &(struct process_options){ .manager = &chatter->manager,
	                                              .silent = true,
	                                              .log_level = "warning",
	                                              .watchdog_usec = WATCHDOG_USEC });
	service_manager_wait_ready(&chatter->manager, 1);
	snprintf(light, sizeof light, "gpio == %u", chatter->room->trace_base + LIGHT_RELAY);
	trace_filter(light, "irq < 0");
	trace_clear();
	chatter->chatterer = sim_chip_chatter(&chatter->room->chip, PIR_DOOR);
	return 0;
}

static int teardown(void **state)
{
	struct chatter *chatter = *state;

	sim_chip_be_quiet(&chatter->room->chip, PIR_DOOR, chatter->chatterer);
	service_manager_stop(&chatter->manager);
	*state = chatter->room;
	return room_teardown(state);
}

static void test_other_lines_have_their_turn(void **state)
{
	const struct chatter *chatter = *state;
	struct trace_record sets[MOVES + 1];

	for (int i = 0; i < MOVES; i++) {
		sim_chip_pull(&chatter->room->chip, PIR_HALL, i % 2 == 0);
		room_expect_level(chatter->room, LIGHT_RELAY, i % 2 == 0);
	}
	assert_int_equal(room_sets(chatter->room, LIGHT_RELAY, sets, ELEMENTS(sets)), MOVES);
}

static void test_timers_have_their_turn(void **state)
{
	const struct chatter *chatter = *state;

	sim_chip_pull(&chatter->room->chip, PIR_HALL, true);
	room_expect_level(chatter->room, PORCH_RELAY, true);
	sim_chip_pull(&chatter->room->chip, PIR_HALL, false);
	room_expect_level(chatter->room, PORCH_RELAY, false);
}

static void test_the_watchdog_is_fed(void **state)
{
	struct chatter *chatter = *state;

	for (int ms = 0; service_manager_watchdogs(&chatter->manager) < WATCHDOGS; ms += 10) {
		assert_true(ms < PATIENCE_MS);
		process_let_pass_ms(&chatter->room->roomd, 10);
	}
}

static void test_sigterm_ends_it(void **state)
{
	struct chatter *chatter = *state;

	process_let_pass_ms(&chatter->room->roomd, 100); /* so that there is always something to read */
	process_stop(&chatter->room->roomd);
}

#define test(name) BOARD_TEST_WITH(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_other_lines_have_their_turn),
	test(test_timers_have_their_turn),
	test(test_the_watchdog_is_fed),
	test(test_sigterm_ends_it),
};

RUN_TESTS(tests)
