/* Actions on real lines, on virtual time, and a stand-in for systemd on a bus of the test's own: which conditions start a unit,
 * when, with which event, over restarts and reloads. tests/system/test-action has the real systemd. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "message-bus.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define FOLDER "/tmp/test-action"
#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"

#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define GONE "[MotionSensor hall]\nLine=NOWHERE\n"
#define DOOR "[ContactSensor door]\nLine=PIR_DOOR\n"
#define ACTION "[Action push]\nUnit=roomd-action-push.service\n"
#define MOTION_STARTS_IT HALL ACTION "When=hall motion\n"

struct action_room {
	struct room_fixture *room;
	struct process *roomd;
	struct service_manager manager;
	struct message_bus bus;
	struct client client;
	sd_bus *systemd;
	unsigned asked; /* to start a unit */
	unsigned lives;
};

static struct action_room it;

/* --- a stand-in for systemd ------------------------------------------------------------------ */

static int on_subscribe(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	return sd_bus_reply_method_return(call, NULL);
}

/* It has done its work at once. */
static int on_start_unit(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const char *unit, *mode, job[] = SYSTEMD_PATH "/job/1";

	(void)userdata, (void)error;
	assert_return_code(sd_bus_message_read(call, "ss", &unit, &mode), 0);
	assert_string_equal(unit, "roomd-action-push.service");
	it.asked++;
	assert_return_code(sd_bus_reply_method_return(call, "o", job), 0);
	return sd_bus_emit_signal(it.systemd, SYSTEMD_PATH, SYSTEMD ".Manager", "JobRemoved", "uoss", 1, job, unit, "done");
}

static const sd_bus_vtable systemd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Subscribe", NULL, NULL, on_subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StartUnit", "ss", "o", on_start_unit, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("JobRemoved", "uoss", 0),
	SD_BUS_VTABLE_END,
};

static void systemd_start(void)
{
	assert_return_code(sd_bus_open_system(&it.systemd), 0);
	assert_return_code(
		sd_bus_add_object_vtable(it.systemd, NULL, SYSTEMD_PATH, SYSTEMD ".Manager", systemd_vtable, NULL), 0);
	assert_return_code(sd_bus_request_name(it.systemd, SYSTEMD, 0), 0);
}

/* Until it was asked once more. */
static void systemd_start_unit(void)
{
	unsigned before = it.asked;

	while (it.asked == before)
		if (sd_bus_process(it.systemd, NULL) == 0)
			assert_true(sd_bus_wait(it.systemd, 60 * USEC_PER_SEC) > 0);
	sd_bus_flush(it.systemd);
}

/* --- the room -------------------------------------------------------------------------------- */

static int setup(void **state)
{
	room_setup(state);
	it = (struct action_room){ .room = *state };
	it.roomd = &it.room->roomd;
	message_bus_start(&it.bus);
	service_manager_start(&it.manager);
	mkdir(FOLDER, 0755);
	remove(FOLDER "/action-push.json");
	systemd_start();
	return 0;
}

static int teardown(void **state)
{
	if (it.client.bus)
		client_stop(&it.client);
	sd_bus_flush_close_unref(it.systemd);
	room_teardown(state);
	service_manager_stop(&it.manager);
	message_bus_stop(&it.bus);
	return 0;
}

static void wait_ready(void)
{
	service_manager_wait_ready(&it.manager, ++it.lives);
	client_wait_for_name(&it.client, ROOMD_NAME);
	process_settle(it.roomd);
}

static void start(const char *config)
{
	static const char *const environment[] = { "RUNTIME_DIRECTORY=" FOLDER, NULL };

	process_start_with(it.roomd, config, &(struct process_options){ .manager = &it.manager, .environment = environment });
	client_start(&it.client);
	wait_ready();
}

/* With this configuration; NULL: the same. */
static void start_successor(const char *config)
{
	process_start_successor(it.roomd, config);
	wait_ready();
}

static void end(void)
{
	process_kill(it.roomd);
	let_pass_ms(100); /* until the bus knows */
}

static void be(enum room_line line, bool active)
{
	sim_chip_pull(&it.room->chip, line, active);
}

static uint64_t move(enum room_line line, bool active, const char *event)
{
	be(line, active);
	return process_wait(it.roomd, event, NULL)->monotonic_ns;
}

static uint64_t motion(bool active)
{
	return move(PIR_HALL, active, active ? "motion_detected" : "motion_cleared");
}

static uint64_t door(bool open)
{
	return move(PIR_DOOR, open, open ? "contact_opened" : "contact_closed");
}

/* --- what comes of it ------------------------------------------------------------------------ */

/* It is started, because of this component; returns when. */
static uint64_t expect_start(const char *by)
{
	const struct process_event *event = process_wait(it.roomd, "action_started", "push");
	uint64_t at_ns = event->monotonic_ns;

	assert_string_equal(event->by, by);
	systemd_start_unit();
	process_wait(it.roomd, "action_ended", "push");
	return at_ns;
}

/* This has been all so far, also after a while. */
static void expect_starts(unsigned n)
{
	process_let_pass_ms(it.roomd, 60000);
	assert_int_equal(process_count(it.roomd, "action_started", NULL), n);
	assert_int_equal(process_count(it.roomd, "condition_met", NULL), n);
}

static void expect_file(const char *words)
{
	char text[1024];

	file_read(text, sizeof text, FOLDER "/action-push.json");
	if (!strstr(text, words))
		fail_msg("%s is not in %s", words, text);
}

/* --- tests ----------------------------------------------------------------------------------- */

/* Once, with the event of the condition, whose time is that of what was lacking. */
static void test_begins(void **state)
{
	const struct process_event *event;
	uint64_t at_ns;

	(void)state;
	start(HALL DOOR ACTION "When=hall   motion or (door open)\n");
	at_ns = motion(true);
	event = process_wait(it.roomd, "condition_met", "push");
	assert_int_equal(event->monotonic_ns, at_ns);
	assert_string_equal(event->by, "hall");
	assert_string_equal(event->text, "hall motion or door open");
	expect_start("hall");
	expect_file("\"event\":\"condition_met\",\"source\":\"push\",\"kind\":\"Action\",\"location\":\"push\","
	            "\"condition\":\"hall motion or door open\",\"by\":\"hall\"");
	door(true);
	motion(false);
	expect_starts(1);
}

static void test_by_the_term_that_was_lacking(void **state)
{
	(void)state;
	start(HALL DOOR ACTION "When=hall motion and not door open\n");
	door(true);
	motion(true);
	expect_starts(0);
	door(false);
	expect_start("door");
	expect_file("\"by\":\"door\"");
}

/* A time of the condition's is nobody's event, and is owed to the term that has it. */
static void test_time(void **state)
{
	uint64_t at_ns;

	(void)state;
	start(HALL ACTION "When=hall motion for 2min\n");
	at_ns = motion(true);
	assert_in_range(expect_start("hall") - at_ns, 120 * NSEC_PER_SEC, 120 * NSEC_PER_SEC + NSEC_PER_USEC * 1000);
}

/* Of those that come too soon the last one starts it, when it is due. */
static void test_at_most_every(void **state)
{
	uint64_t first_ns, last_ns;
	char number[64];

	(void)state;
	start(MOTION_STARTS_IT "AtMostEverySec=2min\n");
	motion(true);
	first_ns = expect_start("hall");
	motion(false);
	motion(true);
	motion(false);
	last_ns = motion(true);
	expect_start("hall");
	assert_in_range(clock_now_ns(CLOCK_MONOTONIC) - first_ns, 120 * NSEC_PER_SEC, 121 * NSEC_PER_SEC);
	snprintf(number, sizeof number, "\"monotonic_ns\":%" PRIu64, last_ns);
	expect_file(number);
	process_let_pass_ms(it.roomd, 600000);
	assert_int_equal(process_count(it.roomd, "action_started", NULL), 2);
}

/* Nothing began. */
static void test_true_at_the_first_start(void **state)
{
	(void)state;
	be(PIR_HALL, true);
	start(MOTION_STARTS_IT);
	expect_starts(0);
	motion(false);
	motion(true);
	expect_start("hall");
}

static void temperature(double value)
{
	thermometer_set(value);
	while (fabs(process_wait(it.roomd, "temperature_update", "attic")->value - value) > 0.1)
		;
}

/* Neither with a first reading, which comes after the start. */
static void test_first_reading(void **state)
{
	static const char config[] = "[TemperatureSensor attic]\nDevice=tmp117\nIntervalSec=1s\n" ACTION
	                             "When=attic above 28\n";

	(void)state;
	thermometer_set(29);
	start(config);
	process_wait(it.roomd, "temperature_update", "attic");
	expect_starts(0);
	temperature(20);
	thermometer_set(29);
	expect_start("attic");
	end();
	start_successor(NULL);
	expect_starts(0);
}

static void test_true_over_a_restart(void **state)
{
	(void)state;
	start(MOTION_STARTS_IT);
	motion(true);
	expect_start("hall");
	end();
	start_successor(NULL);
	expect_starts(0);
	motion(false);
	motion(true);
	expect_start("hall");
	expect_starts(1);
}

/* What waits for AtMostEverySec= is not lost with the process: a condition's comes, an event's is said. */
static void test_waits_over_a_restart(void **state)
{
	uint64_t first_ns;

	(void)state;
	start(MOTION_STARTS_IT "AtMostEverySec=2min\n");
	motion(true);
	first_ns = expect_start("hall");
	motion(false);
	motion(true);
	process_let_pass_ms(it.roomd, 1000);
	end();
	start_successor(NULL);
	expect_start("hall");
	assert_in_range(clock_now_ns(CLOCK_MONOTONIC) - first_ns, 120 * NSEC_PER_SEC, 121 * NSEC_PER_SEC);
}

static void test_event_waits_over_a_restart(void **state)
{
	(void)state;
	start(HALL ACTION "On=motion_detected\nAtMostEverySec=2min\n");
	motion(true);
	expect_start("hall");
	motion(false);
	motion(true);
	process_let_pass_ms(it.roomd, 1000);
	end();
	start_successor(NULL);
	assert_non_null(strstr(process_wait(it.roomd, "action_failed", "push")->text, "waited for AtMostEverySec="));
}

/* So many edges wait that they are reported before the service is on the bus. */
static void test_busy_start(void **state)
{
	(void)state;
	start(HALL ACTION "On=motion_detected\n");
	end();
	for (int i = 0; i < 301; i++) {
		sim_chip_pull(&it.room->chip, PIR_HALL, i % 2 == 0);
		sim_chip_settle();
	}
	start_successor(NULL);
	expect_start("hall");
	assert_int_equal(process_count(it.roomd, "action_failed", NULL), 0);
}

static void test_begins_over_a_restart(void **state)
{
	(void)state;
	start(MOTION_STARTS_IT);
	end();
	be(PIR_HALL, true);
	start_successor(NULL);
	expect_start("hall");
	expect_file("\"event\":\"condition_met\"");
	expect_starts(1);
}

/* What is so at once when the successor looks was not so for its predecessor. */
static void test_time_over_a_restart(void **state)
{
	(void)state;
	start(HALL ACTION "When=hall motion for 2min\n");
	motion(true);
	expect_starts(0);
	end();
	let_pass_ms(120000);
	start_successor(NULL);
	expect_start("hall");
	expect_starts(1);
}

static void test_ends_over_a_restart(void **state)
{
	(void)state;
	start(MOTION_STARTS_IT);
	motion(true);
	expect_start("hall");
	end();
	be(PIR_HALL, false);
	start_successor(NULL);
	expect_starts(0);
	motion(true);
	expect_start("hall");
}

static void test_known_again(void **state)
{
	(void)state;
	start(MOTION_STARTS_IT);
	process_reload(it.roomd, GONE ACTION "When=hall motion\n");
	be(PIR_HALL, true);
	process_reload(it.roomd, MOTION_STARTS_IT);
	expect_start("hall");
	process_reload(it.roomd, GONE ACTION "When=hall motion\n");
	process_reload(it.roomd, MOTION_STARTS_IT);
	expect_start("hall");
	expect_starts(2);
}

/* That nobody knows since a restart has not ended what was before. */
static void test_unknown_since_a_restart(void **state)
{
	(void)state;
	start(MOTION_STARTS_IT);
	motion(true);
	expect_start("hall");
	end();
	start_successor(GONE ACTION "When=hall motion\n");
	process_reload(it.roomd, MOTION_STARTS_IT);
	expect_starts(0);
	motion(false);
	motion(true);
	expect_start("hall");
}

/* One that is not the same is one that nothing is known of; one that is goes on. */
static void test_reload(void **state)
{
	(void)state;
	start(HALL DOOR ACTION "When=door open\n");
	motion(true);
	process_reload(it.roomd, HALL DOOR ACTION "When=hall motion\n");
	expect_starts(0);
	process_reload(it.roomd, HALL DOOR ACTION "When=hall motion\nLocation=Gate\n");
	expect_starts(0);
	motion(false);
	process_reload(it.roomd, HALL DOOR ACTION "On=door contact_opened\n");
	motion(true);
	process_reload(it.roomd, HALL DOOR ACTION "When=hall motion\n");
	expect_starts(0);
	motion(false);
	motion(true);
	expect_start("hall");
}

/* A controller may stand behind the action that asks it. */
static void test_of_a_controller(void **state)
{
	(void)state;
	start(HALL ACTION "When=fan on\n[Switch fan]\nLine=PORCH_RELAY\nOnWhen=hall motion\n");
	motion(true);
	expect_start("fan");
	end();
	start_successor(NULL);
	expect_starts(0);
}

/* --- why ------------------------------------------------------------------------------------- */

static struct client_why why(void)
{
	return client_ask_why(&it.client, ROOMD_PATH "/action/push", "Action");
}

static void expect_why(const char *because, const char *by, uint64_t since_ns, const char *then)
{
	struct client_why answer = why();

	assert_string_equal(answer.state, "idle");
	assert_string_equal(answer.because, because);
	assert_string_equal(answer.by, by);
	assert_int_equal(answer.since_usec, since_ns / NSEC_PER_USEC);
	assert_string_equal(answer.then, then);
}

static void test_why(void **state)
{
	static const char at_its_begin[] = "roomd-action-push.service is started when When= holds; hall motion is not so";
	static const char when_anew[] = "roomd-action-push.service is started when When= has ended and holds anew; "
					"hall motion is so";
	uint64_t at_ns;

	(void)state;
	start(MOTION_STARTS_IT);
	expect_why("", "MotionSensor/hall", 0, at_its_begin);
	motion(true);
	at_ns = expect_start("hall");
	expect_why("hall motion", "MotionSensor/hall", at_ns, when_anew);
	end();
	start_successor(NULL);
	expect_why("", "MotionSensor/hall", at_ns, when_anew);
	motion(false);
	expect_why("", "MotionSensor/hall", at_ns, at_its_begin);
}

/* A successor knows when it was started, and not by what. */
static void test_why_of_an_event(void **state)
{
	static const char then[] = "roomd-action-push.service is started at the next 'hall motion_detected'";
	uint64_t at_ns;

	(void)state;
	start(HALL ACTION "On=hall motion_detected\n");
	motion(true);
	at_ns = expect_start("hall");
	expect_why("motion_detected", "MotionSensor/hall", at_ns, then);
	end();
	start_successor(NULL);
	expect_why("", "", at_ns, then);
}

#define ACTION_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	ACTION_TEST(test_begins),
	ACTION_TEST(test_by_the_term_that_was_lacking),
	ACTION_TEST(test_time),
	ACTION_TEST(test_at_most_every),
	ACTION_TEST(test_true_at_the_first_start),
	ACTION_TEST(test_first_reading),
	ACTION_TEST(test_true_over_a_restart),
	ACTION_TEST(test_waits_over_a_restart), ACTION_TEST(test_event_waits_over_a_restart), ACTION_TEST(test_busy_start), ACTION_TEST(test_begins_over_a_restart),
	ACTION_TEST(test_time_over_a_restart),
	ACTION_TEST(test_ends_over_a_restart),
	ACTION_TEST(test_known_again),
	ACTION_TEST(test_unknown_since_a_restart),
	ACTION_TEST(test_reload),
	ACTION_TEST(test_of_a_controller),
	ACTION_TEST(test_why),
	ACTION_TEST(test_why_of_an_event),
};

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
