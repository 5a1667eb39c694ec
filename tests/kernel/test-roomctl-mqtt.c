/* roomctl mqtt against a stand-in for the bridge, on a bus of their own: what it shows of it, what it says
 * where there is none, and how it tries a configuration. $ROOMCTL names the binary. */
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <libgen.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "message-bus.h"
#include "mqtt/view.h"
#include "roomctl/say.h"
#include "client/text.h"
#include "tap-main.h"

#define CONFIG_FOLDER "/run/roomd"
/* The clock of the testbed begins here. */
#define NEW_YEAR UINT64_C(1767225600000000)          /* 2026-01-01 00:00 UTC, in µs */
#define STDIO_BRIDGE "/usr/bin/systemd-stdio-bridge" /* in the package systemd */
#define DAY_USEC UINT64_C(86400000000)

/* --- running it ------------------------------------------------------------------------------ */

static char said[32768]; /* both outputs */

/* The words are the shell's. */
static void expect_run(int status, const char *words)
{
	char command[1024];
	size_t length;
	FILE *pipe;
	int r;

	snprintf(command, sizeof command, "\"$ROOMCTL\" %s 2>&1", words);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	length = fread(said, 1, sizeof said - 1, pipe);
	said[length] = '\0';
	r = pclose(pipe);
	if (!WIFEXITED(r) || WEXITSTATUS(r) != status)
		fail_msg("roomctl %s: %#x, not exit status %d:\n%s", words, (unsigned)r, status, said);
}

static void expect(const char *words)
{
	if (!strstr(said, words))
		fail_msg("there is no '%s' in:\n%s", words, said);
}

static void expect_not(const char *words)
{
	if (strstr(said, words))
		fail_msg("there is '%s' in:\n%s", words, said);
}

/* On a terminal of 80 columns. */
static void run_on_terminal(const char *words)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	size_t length = 0;
	ssize_t n;
	int terminal;
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);

	if (pid == 0) {
		execl(getenv("ROOMCTL"), "roomctl", words, (char *)NULL);
		_exit(127);
	}
	while (length < sizeof said - 1 && (n = read(terminal, said + length, sizeof said - 1 - length)) > 0)
		length += (size_t)n;
	said[length] = '\0';
	close(terminal);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* --- in place of the bridge ------------------------------------------------------------------ */

struct remote {
	const char *sensor;
	bool available;
	const char *reason;
};

struct message {
	uint64_t usec;
	bool sent;
	const char *topic, *payload;
};

struct bridge {
	const char *version, *hub, *broker, *state, *reason;
	int connected, room;
	uint64_t since, queue, bytes, dropped, missed, sent, received;
	struct remote remotes[4]; /* up to one without a name */
	struct message last[4];
	bool hangs;
};

static const struct bridge good = {
	.version = "0.1.0",
	.hub = "cellar",
	.broker = "mqtts://broker.example.org",
	.state = "connected to broker.example.org, port 8883, with TLS (MQTT 5)",
	.reason = "",
	.connected = true,
	.room = true,
	.since = NEW_YEAR - DAY_USEC,
	.sent = 345,
	.received = 12,
};

static int get_remotes(sd_bus *bus, const char *path, const char *interface, const char *name,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	sd_bus_message_open_container(reply, 'a', "(sbs)");
	for (const struct remote *remote = userdata; remote->sensor; remote++)
		sd_bus_message_append(reply, "(sbs)", remote->sensor, (int)remote->available, remote->reason);
	return sd_bus_message_close_container(reply);
}

static int get_last(sd_bus *bus, const char *path, const char *interface, const char *name,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	sd_bus_message_open_container(reply, 'a', "(tbss)");
	for (const struct message *message = userdata; message->topic; message++)
		sd_bus_message_append(reply, "(tbss)", message->usec, (int)message->sent, message->topic,
		                      message->payload);
	return sd_bus_message_close_container(reply);
}

#define PROPERTY(name, type, member) SD_BUS_PROPERTY(name, type, NULL, offsetof(struct bridge, member), 0)

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	PROPERTY("Version", "s", version),
	PROPERTY("Hub", "s", hub),
	PROPERTY("Broker", "s", broker),
	PROPERTY("Connected", "b", connected),
	PROPERTY("State", "s", state),
	PROPERTY("Reason", "s", reason),
	PROPERTY("Room", "b", room),
	PROPERTY("Since", "t", since),
	PROPERTY("Queue", "t", queue),
	PROPERTY("QueueBytes", "t", bytes),
	PROPERTY("Dropped", "t", dropped),
	PROPERTY("Missed", "t", missed),
	PROPERTY("Sent", "t", sent),
	PROPERTY("Received", "t", received),
	SD_BUS_PROPERTY("Remotes", "a(sbs)", get_remotes, offsetof(struct bridge, remotes), 0),
	SD_BUS_PROPERTY("Last", "a(tbss)", get_last, offsetof(struct bridge, last), 0),
	SD_BUS_VTABLE_END,
};

static void serve(const struct bridge *bridge)
{
	sd_bus *bus;

	if (sd_bus_open_system(&bus) < 0 ||
	    sd_bus_add_object_vtable(bus, NULL, VIEW_PATH, VIEW_INTERFACE, vtable, (void *)bridge) < 0 ||
	    sd_bus_request_name(bus, VIEW_NAME, 0) < 0)
		_exit(1);
	while (bridge->hangs)
		pause();
	while (sd_bus_wait(bus, UINT64_MAX) >= 0)
		while (sd_bus_process(bus, NULL) > 0)
			;
	_exit(0);
}

static struct house {
	struct message_bus bus;
	struct client client;
	pid_t bridge; /* 0: none */
} house;

static void pretend(const struct bridge *bridge)
{
	house.bridge = fork();
	if (house.bridge == 0)
		serve(bridge);
	client_wait_for_name(&house.client, VIEW_NAME);
}

static void pretend_and_run(const struct bridge *bridge)
{
	pretend(bridge);
	expect_run(STATUS_DONE, "mqtt");
}

/* --- the house ------------------------------------------------------------------------------- */

/* Where the program would be is a folder of the test's own. */
static const char *program_folder(void)
{
	static char path[] = ROOMD_MQTT_PROGRAM;
	static const char *folder;

	folder = folder ? folder : dirname(path);
	return folder;
}

static int house_setup(void **state)
{
	(void)state;
	assert_return_code(mount("programs", program_folder(), "tmpfs", 0, "mode=755"), errno);
	setenv("TERM", "xterm", 1);
	/* It may never have its turn on virtual time. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	message_bus_start(&house.bus);
	assert_return_code(sd_bus_open_system(&house.client.bus), 0);
	return 0;
}

static int house_teardown(void **state)
{
	(void)state;
	if (house.bridge > 0) {
		kill(house.bridge, SIGKILL);
		waitpid(house.bridge, NULL, 0);
	}
	client_stop(&house.client);
	message_bus_stop(&house.bus);
	unlink(CONFIG_FOLDER "/mqtt.conf");
	rmdir(CONFIG_FOLDER);
	house = (struct house){ 0 };
	return umount2(program_folder(), MNT_DETACH);
}

static void write_text(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_return_code(chmod(path, mode), errno);
}

#define HOUSE_TEST(test) cmocka_unit_test_setup_teardown(test, house_setup, house_teardown)

/* --- looking --------------------------------------------------------------------------------- */

/* The stand-in has the bridge's own properties. */
static void test_the_stand_in_is_like_the_bridge(void **state)
{
	static char view[32768];

	(void)state;
	file_read(view, sizeof view, "%s/src/mqtt/view.c", getenv("SOURCE_ROOT"));
	for (const sd_bus_vtable *v = vtable + 1; v->type != _SD_BUS_VTABLE_END; v++) {
		char words[128];

		snprintf(words, sizeof words, "SD_BUS_PROPERTY(\"%s\", \"%s\", ", v->x.property.member,
		         v->x.property.signature);
		if (!strstr(view, words))
			fail_msg("the bridge has no %s", words);
	}
}

static void test_connected(void **state)
{
	(void)state;
	pretend_and_run(&good);
	expect("● roomd-mqtt 0.1.0: connected to broker.example.org, port 8883, with TLS (MQTT 5)\n"
	       "       Broker: mqtts://broker.example.org\n"
	       "        Since: 2025-12-31 00:00:00 (1d ");
	expect(" ago)\n"
	       "          Hub: cellar\n"
	       "         Room: there\n"
	       "        Queue: empty\n"
	       "         Lost: nothing\n"
	       "     Messages: 345 sent, 12 received\n");
	expect_not("REMOTE");
	expect_not("TOPIC");
}

/* Why is said once, whether the bridge's sentence has it or not. */
static void test_not_connected(void **state)
{
	struct bridge bridge = good;

	(void)state;
	bridge.connected = bridge.room = false;
	bridge.since = 0;
	bridge.state = "waiting for 4 s: port 8883 is closed";
	bridge.reason = "port 8883 is closed";
	bridge.queue = 1;
	bridge.bytes = 320;
	bridge.dropped = 2;
	bridge.missed = 1;
	pretend_and_run(&bridge);
	expect("● roomd-mqtt 0.1.0: waiting for 4 s: port 8883 is closed\n");
	expect("\n    Connected: no\n          Hub: ");
	expect("\n         Room: not there: roomd does not run, or is starting; see: systemctl status roomd\n");
	expect("\n        Queue: 1 event, 320 bytes\n");
	expect("\n"
	       "         Lost: 2 events dropped because the queue was full\n"
	       "               1 event missed that roomd no longer had\n");
}

static void test_reason(void **state)
{
	struct bridge bridge = good;

	(void)state;
	bridge.connected = false;
	bridge.since = 0;
	bridge.state = "connecting: TLS";
	bridge.reason = "the password is wrong; put the right one into /etc/credstore/mqtt.password";
	pretend_and_run(&bridge);
	expect("\n       Reason: the password is wrong; put the right one into /etc/credstore/mqtt.password\n");
}

/* A reason is an old one when there is a connection. */
static void test_reason_before(void **state)
{
	struct bridge bridge = good;

	(void)state;
	bridge.reason = "the broker has closed the connection";
	pretend_and_run(&bridge);
	expect("\n       Before: the broker has closed the connection\n");
}

static const struct bridge busy = {
	.version = "0.1.0",
	.hub = "cellar",
	.broker = "mqtt://localhost",
	.state = "connected to localhost, port 1883, without TLS (MQTT 3.1.1)",
	.reason = "",
	.connected = true,
	.room = true,
	.since = NEW_YEAR,
	.queue = 3,
	.bytes = 960,
	.missed = 7,
	.remotes = { { "gate/motion_sensor/drive", true, "" },
	             { "gate/contact_sensor/door", false, "its hub is offline" } },
	.last = { { NEW_YEAR + 1500000, true, "roomd/cellar/motion_sensor/hall/state",
	            "{\"motion\":true,\"available\":true}" },
	          { NEW_YEAR + 61002000, false, "roomd/cellar/light_controller/hall/set", "O\x1b[2JN" } },
};

static void test_remotes_and_messages(void **state)
{
	(void)state;
	pretend_and_run(&busy);
	expect("\n\nREMOTE SENSOR             STATE\n"
	       "gate/motion_sensor/drive  available\n"
	       "gate/contact_sensor/door  unavailable: its hub is offline\n"
	       "\n"
	       "TIME                 WAY       TOPIC                                   PAYLOAD\n"
	       "Jan 01 00:00:01.500  sent      roomd/cellar/motion_sensor/hall/state   {\"motion\":true,\"available\":true}\n"
	       "Jan 01 00:01:01.002  received  roomd/cellar/light_controller/hall/set  O\\x1b[2JN\n");
	expect("\n         Lost: 7 events missed that roomd no longer had\n");
	expect_run(STATUS_DONE, "mqtt --no-legend");
	expect_not("TOPIC");
	expect("\n\ngate/motion_sensor/drive  available\n");
}

/* Takes the colours and carriage returns out. */
static void strip(void)
{
	char *to = said;

	for (const char *from = said; *from; from++) {
		if (*from == '\x1b')
			from += strcspn(from, "m");
		else if (*from != '\r')
			*to++ = *from;
	}
	*to = '\0';
}

static void test_on_a_terminal(void **state)
{
	(void)state;
	pretend(&busy);
	run_on_terminal("mqtt");
	expect("\x1b[1;32m●\x1b[0m roomd-mqtt");
	expect("\x1b[1;31munavailable: its hub is offline\x1b[0m");
	strip();
	expect("…");
	for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n"))
		assert_in_range(text_width(line), 0, 80);
}

static struct json_object *member(const struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("no member %s in:\n%s", key, said);
	return value;
}

static void test_json(void **state)
{
	struct json_object *json, *row;

	(void)state;
	pretend(&busy);
	expect_run(STATUS_DONE, "mqtt --json");
	json = json_tokener_parse(said);
	assert_non_null(json);
	assert_string_equal(json_object_get_string(member(json, "hub")), "cellar");
	assert_true(json_object_get_boolean(member(json, "connected")));
	assert_int_equal(json_object_get_uint64(member(json, "since")), NEW_YEAR);
	assert_int_equal(json_object_get_uint64(member(json, "queue_bytes")), 960);
	assert_int_equal(json_object_get_uint64(member(json, "missed")), 7);
	assert_int_equal(json_object_object_length(json), 16);
	assert_int_equal(json_object_array_length(member(json, "remotes")), 2);
	row = json_object_array_get_idx(member(json, "remotes"), 1);
	assert_string_equal(json_object_get_string(member(row, "sensor")), "gate/contact_sensor/door");
	assert_false(json_object_get_boolean(member(row, "available")));
	assert_string_equal(json_object_get_string(member(row, "reason")), "its hub is offline");
	row = json_object_array_get_idx(member(json, "last"), 0);
	assert_int_equal(json_object_get_uint64(member(row, "time")), NEW_YEAR + 1500000);
	assert_true(json_object_get_boolean(member(row, "sent")));
	assert_string_equal(json_object_get_string(member(row, "topic")),
	                    "roomd/cellar/motion_sensor/hall/state");
	assert_string_equal(json_object_get_string(member(row, "payload")),
	                    "{\"motion\":true,\"available\":true}");
	json_object_put(json);
}

/* --- no bridge ------------------------------------------------------------------------------- */

static void expect_sentence(int status, const char *words, const char *sentence)
{
	expect_run(status, words);
	assert_string_equal(said, sentence);
}

static void test_no_bridge(void **state)
{
	(void)state;
	expect_sentence(STATUS_NOT_RUNNING, "mqtt",
	                "roomctl: roomd-mqtt is not installed (no " ROOMD_MQTT_PROGRAM
	                "); the package roomd-mqtt has it\n");
	write_text(ROOMD_MQTT_PROGRAM, "#!/bin/sh\n", 0755);
	expect_sentence(
		STATUS_NOT_RUNNING, "mqtt --json",
		"roomctl: roomd-mqtt does not run: there is no /etc/roomd/mqtt.conf; write one, which "
		"roomd-mqtt.conf(5) describes, try it with: roomctl mqtt --check, and start it with: systemctl "
		"start roomd-mqtt\n");
	assert_return_code(mkdir(CONFIG_FOLDER, 0755), errno);
	write_text(CONFIG_FOLDER "/mqtt.conf", "", 0600);
	expect_sentence(
		STATUS_NOT_RUNNING, "mqtt",
		"roomctl: roomd-mqtt does not run (no org.roomd1.Mqtt on the bus); start it with: systemctl start "
		"roomd-mqtt; why it has ended: journalctl -u roomd-mqtt\n");
}

/* Over ssh, in whose place is a script: what is installed here does not matter. */
static void test_no_bridge_elsewhere(void **state)
{
	char *before = strdup(getenv("PATH")), path[4096];

	(void)state;
	if (access(STDIO_BRIDGE, X_OK) < 0)
		skip();
	assert_return_code(mkdir("/tmp/ssh", 0755), errno);
	write_text("/tmp/ssh/ssh", "#!/bin/sh\nexec " STDIO_BRIDGE " --bus-path=" MESSAGE_BUS_ADDRESS "\n",
	           0755);
	snprintf(path, sizeof path, "/tmp/ssh:%s", before);
	setenv("PATH", path, 1);
	expect_sentence(
		STATUS_NOT_RUNNING, "--host=cellar mqtt",
		"roomctl: roomd-mqtt does not run on cellar (no org.roomd1.Mqtt on the bus); start it there with: "
		"systemctl start roomd-mqtt; why it has ended: journalctl -u roomd-mqtt\n");
	pretend(&good);
	expect_run(STATUS_DONE, "--host=cellar mqtt");
	expect("● roomd-mqtt 0.1.0: connected to ");
	setenv("PATH", before, 1);
	free(before);
}

static void test_a_bridge_that_hangs(void **state)
{
	static const struct bridge hanging = { .hangs = true };

	(void)state;
	pretend(&hanging);
	expect_sentence(STATUS_FAILED, "mqtt",
	                "roomctl: roomd-mqtt does not answer; its last messages: journalctl -u roomd-mqtt\n");
}

/* --- trying a configuration ------------------------------------------------------------------ */

static void test_check(void **state)
{
	(void)state;
	expect_sentence(STATUS_FAILED, "mqtt --check",
	                "roomctl: roomd-mqtt is not installed (no " ROOMD_MQTT_PROGRAM
	                "); the package roomd-mqtt has it\n");
	write_text(ROOMD_MQTT_PROGRAM, "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit $((70 + $#))\n", 0644);
	expect_sentence(STATUS_FAILED, "mqtt --check",
	                "roomctl: " ROOMD_MQTT_PROGRAM " cannot be run: Permission denied\n");
	assert_return_code(chmod(ROOMD_MQTT_PROGRAM, 0755), errno);
	expect_sentence(71, "mqtt --check", "<--check>");
	expect_sentence(73, "mqtt --check --config '/tmp/my $(id);file'",
	                "<--check><--config></tmp/my $(id);file>");
}

static void test_check_is_for_here(void **state)
{
	(void)state;
	write_text(ROOMD_MQTT_PROGRAM, "#!/bin/sh\necho ran\n", 0755);
	expect_sentence(STATUS_USAGE, "mqtt --check --host=cellar",
	                "roomctl: --check connects from here; --host and --machine are not for it\n");
	expect_sentence(STATUS_USAGE, "mqtt --check --json",
	                "roomctl: --check has no JSON; its exit status is the result\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_the_stand_in_is_like_the_bridge),
	HOUSE_TEST(test_connected),
	HOUSE_TEST(test_not_connected),
	HOUSE_TEST(test_reason),
	HOUSE_TEST(test_reason_before),
	HOUSE_TEST(test_remotes_and_messages),
	HOUSE_TEST(test_on_a_terminal),
	HOUSE_TEST(test_json),
	HOUSE_TEST(test_no_bridge),
	HOUSE_TEST(test_no_bridge_elsewhere),
	HOUSE_TEST(test_a_bridge_that_hangs),
	HOUSE_TEST(test_check),
	HOUSE_TEST(test_check_is_for_here),
};

static int set_up(void **state)
{
	(void)state;
	text_set_up();
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, set_up)
