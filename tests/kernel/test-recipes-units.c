/* The recipes of docs/recipes.md that start a unit of systemd's, and the door, as rooms, on virtual time: the configuration is
 * the page's own text. systemd is the test itself, on a bus of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "message-bus.h"
#include "recipes.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

static uint64_t set(struct room_fixture *room, enum room_line line, bool active, const char *event)
{
	sim_chip_pull(&room->chip, line, active);
	return process_wait(&room->roomd, event, NULL)->monotonic_ns;
}

static uint64_t motion(struct room_fixture *room, bool active)
{
	return set(room, PIR_HALL, active, active ? "motion_detected" : "motion_cleared");
}

static uint64_t next(struct room_fixture *room, const char *event)
{
	return process_wait(&room->roomd, event, NULL)->monotonic_ns;
}

/* --- a message when the alarm goes ----------------------------------------------------------- */

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"
#define JOB SYSTEMD_PATH "/job/1"
#define UNIT_FOLDER "`/etc/systemd/system/"
#define CREDENTIAL "LoadCredential=event:"

#define LOCK                                   \
	"[MotionSensor hall]\nLine=PIR_HALL\n" \
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nInitialState=unlocked\n"

/* systemd, as far as the room knows it. */
static struct systemd {
	struct message_bus daemon;
	sd_bus *bus;
	sd_bus_message *start; /* what it is asked to start, and has not answered */
	unsigned starts;
} systemd;

static int on_subscribe(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	return sd_bus_reply_method_return(message, NULL);
}

static int on_start_unit(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	sd_bus_message_unref(systemd.start);
	systemd.start = sd_bus_message_ref(message);
	systemd.starts++;
	return 1;
}

static const sd_bus_vtable systemd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Subscribe", NULL, NULL, on_subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StartUnit", "ss", "o", on_start_unit, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("JobRemoved", "uoss", 0),
	SD_BUS_VTABLE_END,
};

static int setup_systemd(void **state)
{
	systemd = (struct systemd){ 0 };
	message_bus_start(&systemd.daemon);
	assert_return_code(sd_bus_open_system(&systemd.bus), 0);
	assert_return_code(sd_bus_add_object_vtable(systemd.bus, NULL, SYSTEMD_PATH, SYSTEMD_MANAGER,
	                                            systemd_vtable, NULL),
	                   0);
	assert_return_code(sd_bus_request_name(systemd.bus, SYSTEMD, 0), 0);
	if (mkdir("/run/roomd", 0755) < 0)
		assert_int_equal(errno, EEXIST);
	return room_setup(state);
}

static int teardown_systemd(void **state)
{
	int r = room_teardown(state);

	sd_bus_message_unref(systemd.start);
	sd_bus_flush_close_unref(systemd.bus);
	message_bus_stop(&systemd.daemon);
	return r;
}

static void systemd_process(void)
{
	while (sd_bus_process(systemd.bus, NULL) > 0)
		;
}

static void systemd_wait_start(void)
{
	while (!systemd.start)
		if (sd_bus_process(systemd.bus, NULL) == 0)
			assert_true(sd_bus_wait(systemd.bus, 60 * USEC_PER_SEC) > 0);
}

static void systemd_has_done(const char *unit)
{
	assert_return_code(sd_bus_reply_method_return(systemd.start, "o", JOB), 0);
	assert_return_code(sd_bus_emit_signal(systemd.bus, SYSTEMD_PATH, SYSTEMD_MANAGER, "JobRemoved",
	                                      "uoss", 1, JOB, unit, "done"),
	                   0);
	sd_bus_flush(systemd.bus);
}

/* What the page has behind these words, up to one of `ends`. */
static void read_behind(const char *heading, const char *words, const char *ends, char *buffer, size_t size)
{
	_cleanup_(cleanup_free) char *section = recipe_section(heading);
	const char *found = strstr(section, words);

	assert_non_null(found);
	found += strlen(words);
	snprintf(buffer, size, "%.*s", (int)strcspn(found, ends), found);
}

/* The unit of the page, with the event where the page's unit takes it from. */
static void expect_start(void)
{
	char unit[128], path[128], event[1024];
	const char *started;

	read_behind(ALARM, UNIT_FOLDER, "`", unit, sizeof unit);
	read_behind(ALARM, CREDENTIAL, "\n", path, sizeof path);
	assert_return_code(sd_bus_message_read(systemd.start, "s", &started), 0);
	assert_string_equal(started, unit);
	file_read(event, sizeof event, "%s", path);
	assert_non_null(strstr(event, "\"event\":\"lock_alert\",\"source\":\"front\""));
	systemd_has_done(unit);
}

static void press(struct room_fixture *room)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
}

static void test_alarm(void **state)
{
	struct room_fixture *room = *state;

	recipe_start(room, ALARM, LOCK, NULL);
	next(room, "motion_cleared");
	/* Somebody is at home. */
	motion(room, true);
	motion(room, false);
	process_let_pass_ms(&room->roomd, 60000);
	systemd_process();
	assert_int_equal(systemd.starts, 0);
	press(room);
	next(room, "locked");
	motion(room, true);
	next(room, "action_started");
	systemd_wait_start();
	expect_start();
	next(room, "action_ended");
	process_let_pass_ms(&room->roomd, 60000);
	systemd_process();
	assert_int_equal(systemd.starts, 1);
}

/* --- a message when a window is forgotten ---------------------------------------------------- */

#define W1 "/sys/bus/w1/devices"
#define W1_ID "28-0123456789ab"
#define W1_BYTES "72 01 4b 46 7f ff 0e 10 57 "

static void outside(const char *milli)
{
	char text[160];

	snprintf(text, sizeof text, W1_BYTES ": crc=57 YES\n" W1_BYTES "t=%s\n", milli);
	sysfs_folder_set(W1, W1_ID, "w1_slave", text);
}

static int setup_outside(void **state)
{
	sysfs_folder_make(W1);
	outside("15000");
	return setup_systemd(state);
}

static int teardown_outside(void **state)
{
	int r = teardown_systemd(state);

	sysfs_folder_remove(W1);
	return r;
}

static void test_forgotten_window(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	recipe_start(room, FORGOTTEN_WINDOW, "", NULL);
	next(room, "temperature_update");
	set(room, WINDOW_CONTACT, true, "contact_opened");
	process_let_pass_ms(&room->roomd, 30 * 60 * 1000);
	systemd_process();
	assert_int_equal(systemd.starts, 0); /* it is warm */
	set(room, WINDOW_CONTACT, false, "contact_closed");
	outside("5000");
	process_let_pass_ms(&room->roomd, 60 * 1000);
	at_ns = set(room, WINDOW_CONTACT, true, "contact_opened");
	process_let_pass_ms(&room->roomd, 14 * 60 * 1000);
	systemd_process();
	assert_int_equal(systemd.starts, 0);
	assert_in_range(next(room, "condition_met") - at_ns, 15 * 60 * NSEC_PER_SEC, 15 * 60 * NSEC_PER_SEC + NSEC_PER_SEC);
	next(room, "action_started");
	systemd_wait_start();
	assert_int_equal(systemd.starts, 1);
	process_let_pass_ms(&room->roomd, 2UL * 60 * 60 * 1000);
	systemd_process();
	assert_int_equal(systemd.starts, 1);
}

/* --- a door ---------------------------------------------------------------------------------- */

static void open_front(void)
{
	struct client person = { 0 };

	client_start(&person);
	assert_int_equal(client_call(&person, ROOMD_PATH "/door_lock/front", "DoorLock", "Open", NULL, NULL), 0);
	client_stop(&person);
}

static void test_door(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	recipe_start(room, DOOR, "", NULL);
	next(room, "contact_closed");
	open_front();
	next(room, "unlocked");
	room_expect_level(room, STRIKE_RELAY, true);
	process_let_pass_ms(&room->roomd, 2900);
	room_expect_level(room, STRIKE_RELAY, true);
	process_let_pass_ms(&room->roomd, 200);
	room_expect_level(room, STRIKE_RELAY, false);
	set(room, DOOR_CONTACT, true, "contact_opened");
	process_let_pass_ms(&room->roomd, 4 * 60 * 1000);
	next(room, "door_open_too_long");
	next(room, "action_started");
	systemd_wait_start();
	at_ns = set(room, DOOR_CONTACT, false, "contact_closed");
	assert_in_range(next(room, "locked") - at_ns, 10 * NSEC_PER_SEC, 10 * NSEC_PER_SEC + NSEC_PER_SEC / 1000);
	/* From the inside, without the button. */
	set(room, DOOR_CONTACT, true, "contact_opened");
	next(room, "lock_alert");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_alarm, setup_systemd, teardown_systemd),
	cmocka_unit_test_setup_teardown(test_forgotten_window, setup_outside, teardown_outside),
	cmocka_unit_test_setup_teardown(test_door, setup_systemd, teardown_systemd),
};

static int setup_modules(void **state)
{
	(void)state;
	run_program("modprobe", "wire", NULL);
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, setup_modules)
