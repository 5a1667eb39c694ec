/* roomd as a service: its end, its messages in a journal, a reader of events that is slow or goes away. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
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

/* A stand-in for journald: its socket. One end of the datagrams that sd_journal_sendv(3) sends. */
static int journal_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	unlink(address.sun_path);
	assert_return_code(bind(fd, (struct sockaddr *)&address, sizeof address), errno);
	return fd;
}

/* Starts roomd as systemd would: standard error is the stream that $JOURNAL_STREAM names. */
static void start_under_journal(struct room_fixture *room, const char *config)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char stream[64];
	struct stat st;

	assert_return_code(fstat(null, &st), errno);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
	         (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	process_start_with_stderr(&room->roomd, config, null);
	unsetenv("JOURNAL_STREAM");
	close(null);
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

/* A journald that has stopped reading holds up neither the room nor its end, and misses nothing when it reads
 * again. */
static void test_journal_that_does_not_read(void **state)
{
	struct room_fixture *room = *state;
	int journal = journal_open();
	unsigned on = 0, off = 0;
	char entry[8192];

	start_under_journal(room, room_config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	for (int i = 0; i < 100; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_wait(&room->roomd, i % 2 == 0 ? "light_on" : "light_off", "hall");
	}
	while (off < 50) {
		ssize_t n = recv(journal, entry, sizeof entry - 1, 0);

		assert_true(n > 0);
		entry[n] = '\0';
		on += strstr(entry, "ROOMD_EVENT=light_on\n") != NULL;
		off += strstr(entry, "ROOMD_EVENT=light_off\n") != NULL;
	}
	assert_int_equal(on, 50);
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

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_sigterm_ends_it_at_once),
	ROOM_TEST(test_sigint_ends_it_too),
	ROOM_TEST(test_slow_reader_of_events),
	ROOM_TEST(test_reader_of_events_goes_away),
	ROOM_TEST(test_structured_fields_in_the_journal),
	ROOM_TEST(test_journal_that_does_not_read),
	ROOM_TEST(test_configuration_errors_in_the_journal),
};

RUN_TESTS(tests)
