/* roomd as a service: its end, its messages in a journal, a reader of events that is slow or goes away. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "journal.h"
#include "room-fixture.h"
#include "roomd/message-ids.h"
#include "tap-main.h"

static const char room_config[] =
	"[MotionSensor hall]\nLine=PIR_HALL\nLocation=Hall\n"
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n"
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nAlertIntervalSec=0\n"
	"[TemperatureSensor hall]\nDevice=tmp117\n";

/* Asking for a line is how it shows that nobody has it. */
static void expect_lines_are_free(struct room_fixture *room)
{
	run_program("gpioget", "--numeric", "--chip", room->chip.device, "0", "1", "2", "3", NULL);
}

static void test_sigterm_ends_it_at_once(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, room_config);
	process_wait(&room->roomd, "sensor_unavailable", "hall"); /* no thermometer: the worker is idle */
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	process_stop_at_once(&room->roomd);
	expect_lines_are_free(room);
}

static void test_sigint_ends_it_too(void **state)
{
	struct room_fixture *room = *state;
	int status;

	process_start(&room->roomd, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	kill(room->roomd.pid, SIGINT);
	assert_int_equal(waitpid(room->roomd.pid, &status, 0), room->roomd.pid);
	room->roomd.pid = 0;
	assert_int_equal(status, 0);
	expect_lines_are_free(room);
}

/* The pipe is full, nobody reads: the room goes on, and afterwards the reader is told how much it missed. */
static void test_slow_reader_of_events(void **state)
{
	static struct trace_record sets[2048];
	struct room_fixture *room = *state;
	uint64_t missing = 0;

	trace_clear();
	process_start(&room->roomd, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	for (int i = 0; i < 1000; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		let_pass_ms(20);
	}
	/* The request, and each time. */
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, ELEMENTS(sets)), 1001);

	sim_chip_pull(&room->chip, LOCK_BUTTON, true); /* something to say last */
	process_wait(&room->roomd, "lock_acknowledged", "front");
	for (size_t i = 0; i < room->roomd.events_n; i++)
		if (strcmp(room->roomd.events[i].event, "events_lost") == 0)
			missing += room->roomd.events[i].count;
	assert_true(missing > 0);
	assert_int_equal(room->roomd.events[room->roomd.next - 1].serial,
	                 missing + room->roomd.next - process_count(&room->roomd, "events_lost", NULL));
}

static void test_reader_of_events_goes_away(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	close(room->roomd.events_fd);
	room->roomd.events_fd = -1;
	sim_chip_pull(&room->chip, PIR_HALL, true);
	room_expect_level(room, LIGHT_RELAY, true);
	sim_chip_pull(&room->chip, PIR_HALL, false);
	room_expect_level(room, LIGHT_RELAY, false);
	while (!strstr(process_messages(&room->roomd), "events cannot be written any more: Broken pipe"))
		let_pass_ms(10);
}

/* --- the journal ----------------------------------------------------------------------------- */

static void start_under_journal(struct room_fixture *room, const char *config)
{
	process_start_with(&room->roomd, config, &(struct process_options){ .journal = true });
}

/* The next entry that has this field; fails after ten without. */
static void expect_entry(int journal, const char *field, char *entry, size_t size)
{
	for (int i = 0; i < 10; i++) {
		ssize_t n = recv(journal, entry, size - 1, 0);

		assert_true(n > 0);
		entry[n] = '\0';
		if (strstr(entry, field))
			return;
	}
	fail_msg("no entry with %s", field);
}

static void expect_field(const char *entry, const char *field)
{
	if (!strstr(entry, field))
		fail_msg("no %s in: %s", field, entry);
}

static void test_structured_fields_in_the_journal(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open();
	char entry[8192];

	start_under_journal(room, room_config);
	expect_entry(journal, "ROOMD_EVENT=sensor_unavailable\n", entry, sizeof entry);
	expect_field(entry, "ROOMD_COMPONENT=hall\n");
	expect_field(entry, "MESSAGE_ID=" ROOMD_MESSAGE_UNAVAILABLE "\n");
	expect_field(entry, "PRIORITY=4\n");
	expect_field(entry, "SYSLOG_IDENTIFIER=roomd\n");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	expect_entry(journal, "ROOMD_EVENT=lock_alert\n", entry, sizeof entry);
	expect_field(entry, "ROOMD_COMPONENT=front\n");
	expect_field(entry, "ROOMD_LOCATION=Hall\n");
	expect_field(entry, "MESSAGE_ID=" ROOMD_MESSAGE_ALERT "\n");
	expect_field(entry, "MESSAGE=DoorLock front: ALERT while locked: motion (MotionSensor hall, Hall)\n");
	close(journal);
}

/* As long as a line of a configuration has room for: no field is left out. */
static void test_long_location_in_the_journal(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open();
	char text[8192], entry[8192];

	snprintf(text, sizeof text, "[MotionSensor hall]\nLine=NOWHERE\nLocation=\\\n%04086d\n", 0);
	start_under_journal(room, text);
	expect_entry(journal, "ROOMD_EVENT=sensor_unavailable\n", entry, sizeof entry);
	snprintf(text, sizeof text, "ROOMD_LOCATION=%04086d\n", 0);
	expect_field(entry, text);
	expect_field(entry, "ROOMD_SERIAL=");
	expect_field(entry, "MESSAGE_ID=" ROOMD_MESSAGE_UNAVAILABLE "\n");
	close(journal);
}

/* Each is two events or three. */
static void move_often(struct room_fixture *room, int times)
{
	for (int i = 0; i < times; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_wait(&room->roomd, i % 2 == 0 ? "light_on" : "light_off", "hall");
	}
}

static int count_entries(int journal, const char *field)
{
	char entry[8192];
	int n = 0;
	ssize_t length;

	for (int i = 0; i < 20; i++) {
		while ((length = recv(journal, entry, sizeof entry - 1, MSG_DONTWAIT)) >= 0) {
			entry[length] = '\0';
			n += strstr(entry, field) != NULL;
			i = 0;
		}
		let_pass_ms(10);
	}
	return n;
}

/* A journald that has stopped reading does not hold up the room, and gets everything afterwards; if that is
 * more than is kept, it is told how much is missing. */
static void test_journal_that_does_not_read(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open();

	start_under_journal(room, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	move_often(room, 100);
	assert_int_equal(count_entries(journal, "ROOMD_EVENT=light_off\n"), 50);
	move_often(room, 600);
	assert_int_equal(count_entries(journal, "events were lost before they could be reported here"), 1);
	close(journal);
}

/* Nor does it hold up the end. */
static void test_journal_that_does_not_read_at_the_end(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open();

	start_under_journal(room, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	move_often(room, 100);
	process_stop_at_once(&room->roomd);
	close(journal);
}

static void test_configuration_errors_in_the_journal(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open(), status;
	char entry[8192];

	start_under_journal(room, "[MotionSensor hall]\n");
	expect_entry(journal, "MESSAGE_ID=" ROOMD_MESSAGE_CONFIG_INVALID "\n", entry, sizeof entry);
	expect_field(entry, "roomd.conf:1: [MotionSensor hall]: Line= is missing");
	close(journal);
	assert_int_equal(waitpid(room->roomd.pid, &status, 0), room->roomd.pid);
	room->roomd.pid = 0;
	assert_int_equal(WEXITSTATUS(status), 78);
}

/* A manager that cannot be told what to keep: said once, of all lines, and the room works. */
static void test_manager_that_is_not_there(void **state)
{
	static const char said[] = "cannot be told to keep";
	struct room_fixture *room = *state;
	const char *messages;

	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	process_start(&room->roomd, room_config);
	unsetenv("NOTIFY_SOCKET");
	process_wait(&room->roomd, "motion_cleared", "hall");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	process_reload(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                             "[LightController hall]\nLine=PORCH_RELAY\n");
	messages = strstr(process_messages(&room->roomd), said);
	assert_non_null(messages);
	assert_non_null(strstr(messages, "a restart will release its lines"));
	assert_null(strstr(messages + 1, said));
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST(test_sigterm_ends_it_at_once),
	BOARD_TEST(test_sigint_ends_it_too),
	ROOM_TEST(test_slow_reader_of_events),
	BOARD_TEST(test_reader_of_events_goes_away),
	BOARD_TEST(test_structured_fields_in_the_journal),
	ROOM_TEST(test_long_location_in_the_journal),
	ROOM_TEST(test_journal_that_does_not_read),
	BOARD_TEST(test_journal_that_does_not_read_at_the_end),
	ROOM_TEST(test_configuration_errors_in_the_journal),
	BOARD_TEST(test_manager_that_is_not_there),
};

RUN_TESTS(tests)
