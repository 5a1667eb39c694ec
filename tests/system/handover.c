/* "Nothing clicks", on real systemd: the service is killed, restarted and upgraded again and again while
 * edges fall, and what the kernel saw of its lines is compared with what was sent and what the journal has.
 *
 * Runs in the booted system after test-handover has prepared it: the package is installed, a chip "room" is
 * there, and the unit logs debug messages. $UPGRADE names a program that installs another version of the
 * package. */
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "line-watch.h"
#include "sim-chip.h"
#include "tap-main.h"
#include "trace.h"

#define ROUNDS 10 /* or $HANDOVER_ROUNDS, for a thorough search */
/* Of these, so many are no kill but a restart, or an upgrade. */
#define RESTART_EVERY 4
#define UPGRADE_EVERY 9

#define PIR 0
#define RELAY 1
#define LED 2
#define LINES 3

#define PROCS "/sys/fs/cgroup/system.slice/roomd.service/cgroup.procs"
#define CONFIG "/etc/roomd/roomd.conf.d/room.conf"
#define NS_PER_S UINT64_C(1000000000)
#define RECORDS 4096

static struct sim_chip chip;
static unsigned trace_base;

/* --- the service ----------------------------------------------------------------------------- */

static pid_t main_pid(void)
{
	char text[32] = "";
	int fd = open(PROCS, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t n = read(fd, text, sizeof text - 1);

		text[n > 0 ? n : 0] = '\0';
		close(fd);
	}
	return (pid_t)atoi(text);
}

static pid_t wait_for_pid_other_than(pid_t before)
{
	for (int ms = 0; ms < 60000; ms++) {
		pid_t pid = main_pid();

		if (pid > 0 && pid != before)
			return pid;
		let_pass_ms(1);
	}
	fail_msg("systemd does not start it again");
	return 0;
}

static bool is_ready(void)
{
	return system("systemctl is-active --quiet roomd") == 0;
}

static void wait_until_ready(void)
{
	for (int i = 0; !is_ready(); i++) {
		if (i == 300)
			fail_msg("it does not become active");
		let_pass_ms(100);
	}
}

static void kill_it(void)
{
	pid_t pid = main_pid();

	if (pid > 0)
		kill(pid, SIGKILL);
}

/* Each limit of systemd's on restarts is there for a service that does not work, which is not what is tested.
 */
static void forget_failures(void)
{
	run_program("systemctl", "reset-failed", "roomd", NULL);
}

static void configure(const char *text)
{
	FILE *file = fopen(CONFIG, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	forget_failures();
	run_program("systemctl", "restart", "roomd", NULL);
	wait_until_ready();
}

/* --- the journal ----------------------------------------------------------------------------- */

struct entry {
	char event[32];
	uint64_t serial, monotonic_ns;
	bool repeated;
};

static const char *member(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : "";
}

/* The events of this component and after this cursor, in the order of the journal. */
static size_t read_journal(const char *component, const char *since, struct entry *entries, size_t most)
{
	char command[1024], *line = NULL;
	size_t n = 0, size = 0;
	FILE *output;

	snprintf(command, sizeof command,
	         "journalctl --quiet --output=json --unit=roomd --after-cursor='%s' ROOMD_COMPONENT=%s",
	         since, component);
	output = popen(command, "r");
	assert_non_null(output);
	while (getline(&line, &size, output) > 0) {
		struct json_object *object = json_tokener_parse(line);

		assert_non_null(object);
		assert_true(n < most);
		if (!*member(object, "ROOMD_EVENT")) { /* what was found at a start */
			json_object_put(object);
			continue;
		}
		snprintf(entries[n].event, sizeof entries[n].event, "%s", member(object, "ROOMD_EVENT"));
		entries[n].serial = strtoull(member(object, "ROOMD_SERIAL"), NULL, 10);
		entries[n].monotonic_ns = strtoull(member(object, "ROOMD_MONOTONIC_NS"), NULL, 10);
		entries[n++].repeated = strcmp(member(object, "ROOMD_REPEATED"), "yes") == 0;
		json_object_put(object);
	}
	free(line);
	assert_int_equal(pclose(output), 0);
	return n;
}

static void journal_cursor(char *buffer, size_t size)
{
	FILE *output = popen("journalctl --sync; journalctl --quiet --lines=0 --show-cursor", "r");
	char line[512] = "";

	assert_non_null(output);
	assert_non_null(fgets(line, sizeof line, output));
	pclose(output);
	line[strcspn(line, "\n")] = '\0';
	assert_non_null(strstr(line, "-- cursor: "));
	snprintf(buffer, size, "%s", line + strlen("-- cursor: "));
}

/* --- the sender ------------------------------------------------------------------------------ */

static _Atomic bool sending;
static unsigned sent;

/* Far enough apart for the simulator, which shows a change at the kernel's next tick. */
static void *send_edges(void *unused)
{
	unsigned random = 12345;

	while (sending || sent % 2) {
		sim_chip_pull(&chip, PIR, sent % 2 == 0);
		sent++;
		random = random * 1103515245 + 12345;
		usleep(30000 + random / 65536 % 30000);
	}
	return unused;
}

static size_t relay_sets(unsigned line, struct trace_record *records)
{
	return trace_read_line(TRACE_SET, trace_base + line, records, RECORDS);
}

static unsigned count_rounds(void)
{
	const char *wanted = getenv("HANDOVER_ROUNDS");

	return wanted ? (unsigned)strtoul(wanted, NULL, 10) : ROUNDS;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void disturb(unsigned round)
{
	pid_t pid = wait_for_pid_other_than(0);

	usleep(round * 7919 % 200000); /* at any moment, also of its start */
	forget_failures();
	if (round % UPGRADE_EVERY == 0)
		run_program(getenv("UPGRADE"), round % (2 * UPGRADE_EVERY) ? "1" : "2", NULL);
	else if (round % RESTART_EVERY == 0)
		run_program("systemctl", "restart", "roomd", NULL);
	else
		kill_it();
	wait_for_pid_other_than(pid);
}

static size_t count(const struct entry *entries, size_t n, bool repeated)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += entries[i].repeated == repeated;
	return found;
}

/* The relay is on all the time. An entry that is marked as perhaps said before counts if it was not. */
static void test_storm(void **state)
{
	static struct entry entries[100000];
	static struct trace_record records[RECORDS];
	struct line_watch watch;
	char cursor[512];
	pthread_t sender;
	size_t n = 0, distinct = 0;
	uint64_t serial = 0, ns = 0;
	unsigned rounds = count_rounds();

	(void)state;
	configure(
		"[MotionSensor hall]\nLine=PIR_HALL\n[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1h\n");
	sim_chip_pull(&chip, PIR, true);
	while (!sim_chip_level(&chip, RELAY))
		let_pass_ms(10);
	sim_chip_pull(&chip, PIR, false);
	let_pass_ms(500);
	journal_cursor(cursor, sizeof cursor);
	line_watch_start(&watch, &chip, LINES);
	trace_clear();

	sending = true;
	assert_int_equal(pthread_create(&sender, NULL, send_edges, NULL), 0);
	for (unsigned round = 1; round <= rounds; round++)
		disturb(round);
	sending = false;
	pthread_join(sender, NULL);
	wait_until_ready();

	for (int i = 0; i < 300; i++) {
		run_program("journalctl", "--sync", NULL);
		n = read_journal("hall", cursor, entries, sizeof entries / sizeof *entries);
		if (count(entries, n, false) >= sent)
			break;
		let_pass_ms(100);
	}
	for (size_t i = 0; i < n; i++) {
		if (strncmp(entries[i].event, "motion_", 7) != 0)
			fail_msg("%s after %zu edges", entries[i].event, distinct);
		if (entries[i].repeated && entries[i].serial == serial)
			continue;
		assert_string_equal(entries[i].event, distinct % 2 ? "motion_cleared" : "motion_detected");
		assert_true(entries[i].serial > serial);
		assert_true(entries[i].monotonic_ns > ns);
		serial = entries[i].serial;
		ns = entries[i].monotonic_ns;
		distinct++;
	}
	line_watch_take(&watch);
	print_message("# %u rounds: %u edges sent, %zu in the journal (%zu entries said twice and marked), "
	              "%zu relay transitions, %u lines released, %u requested\n",
	              rounds, sent, distinct, n - distinct, relay_sets(RELAY, records), watch.released,
	              watch.requested);
	assert_int_equal(distinct, sent);
	assert_int_equal(relay_sets(RELAY, records), 0);
	assert_int_equal(watch.released + watch.requested + watch.reconfigured, 0);
	assert_true(sim_chip_level(&chip, RELAY));
	line_watch_end(&watch);
}

static uint64_t last_cleared_ns(const char *cursor)
{
	static struct entry entries[1000];

	for (int i = 0; i < 300; i++) {
		size_t n;

		run_program("journalctl", "--sync", NULL);
		n = read_journal("hall", cursor, entries, 1000);
		while (n-- > 0)
			if (strcmp(entries[n].event, "motion_cleared") == 0)
				return entries[n].monotonic_ns;
		let_pass_ms(100);
	}
	fail_msg("no motion_cleared in the journal");
	return 0;
}

/* How late it is on the real clock is a figure, not a verdict: that it is exact is tested on virtual time. */
static void test_deadline(void **state)
{
	static struct trace_record records[RECORDS];
	uint64_t cleared_ns, off_us;
	char cursor[512];

	(void)state;
	configure(
		"[MotionSensor hall]\nLine=PIR_HALL\n[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=6\n");
	while (sim_chip_level(&chip, RELAY)) /* what the test before left */
		let_pass_ms(10);
	journal_cursor(cursor, sizeof cursor);
	sim_chip_pull(&chip, PIR, true);
	while (!sim_chip_level(&chip, RELAY))
		let_pass_ms(10);
	trace_clear();
	sim_chip_pull(&chip, PIR, false);
	cleared_ns = last_cleared_ns(cursor);
	for (unsigned round = 1; round <= 3; round++)
		disturb(round);
	for (int ms = 0; sim_chip_level(&chip, RELAY) && ms < 20000; ms += 10)
		let_pass_ms(10);
	assert_int_equal(relay_sets(RELAY, records), 1);
	assert_int_equal(records[0].value, 0);
	off_us = records[0].monotonic_us;
	print_message("# off %lld us after the deadline\n",
	              (long long)off_us - (long long)(cleared_ns + 6 * NS_PER_S) / 1000);
	assert_true(off_us >= (cleared_ns + 6 * NS_PER_S) / 1000);
}

/* A loop that is stuck is ended, and followed by one that leaves the relay alone. */
static void test_watchdog(void **state)
{
	static struct trace_record records[RECORDS];
	struct line_watch watch;
	pid_t pid;

	(void)state;
	configure(
		"[MotionSensor hall]\nLine=PIR_HALL\n[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1h\n");
	sim_chip_pull(&chip, PIR, true);
	while (!sim_chip_level(&chip, RELAY))
		let_pass_ms(10);
	line_watch_start(&watch, &chip, LINES);
	trace_clear();
	pid = main_pid();
	kill(pid, SIGSTOP);
	wait_for_pid_other_than(pid);
	wait_until_ready();
	assert_int_equal(relay_sets(RELAY, records), 0);
	line_watch_take(&watch);
	assert_int_equal(watch.released + watch.requested + watch.reconfigured, 0);
	line_watch_end(&watch);
	sim_chip_pull(&chip, PIR, false);
	assert_true(sim_chip_level(&chip, RELAY));
}

/* An alert that nobody acknowledged stays open, and its LED goes on blinking (in which rhythm: on virtual
 * time). */
static void test_alert(void **state)
{
	static struct trace_record records[RECORDS];
	char cursor[512];
	size_t n;

	(void)state;
	configure("[MotionSensor hall]\nLine=PIR_HALL\n[DoorLock hall]\nLedLine=LOCK_LED\n");
	journal_cursor(cursor, sizeof cursor);
	sim_chip_pull(&chip, PIR, true);
	let_pass_ms(1000);
	kill_it();
	wait_for_pid_other_than(0);
	wait_until_ready();
	trace_clear();
	let_pass_ms(3000);
	n = relay_sets(LED, records);
	assert_true(n >= 4);
	sim_chip_pull(&chip, PIR, false);
}

/* StopValue= is for a stop, and for nothing else. */
static void test_stop_value(void **state)
{
	static struct trace_record records[RECORDS];

	(void)state;
	configure(
		"[MotionSensor hall]\nLine=PIR_HALL\n[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1h\n"
		"StopValue=off\n");
	sim_chip_pull(&chip, PIR, true);
	while (!sim_chip_level(&chip, RELAY))
		let_pass_ms(10);
	trace_clear();
	run_program("systemctl", "restart", "roomd", NULL);
	run_program("systemctl", "try-restart", "roomd", NULL);
	kill_it();
	let_pass_ms(1000);
	wait_until_ready();
	assert_int_equal(relay_sets(RELAY, records), 0);
	run_program("systemctl", "stop", "roomd", NULL);
	assert_int_equal(relay_sets(RELAY, records), 1);
	assert_int_equal(records[0].value, 0);
}

static int set_up(void **state)
{
	(void)state;
	sim_chip_find(&chip, "room");
	trace_start();
	trace_base = sim_chip_trace_number(&chip, 0);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_storm), cmocka_unit_test(test_deadline),   cmocka_unit_test(test_watchdog),
	cmocka_unit_test(test_alert), cmocka_unit_test(test_stop_value),
};

RUN_TESTS_WITH_SETUP(tests, set_up)
