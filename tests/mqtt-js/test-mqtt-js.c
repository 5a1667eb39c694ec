/* The room at a broker as MQTT.js sees it, a client in another language that nobody of roomd's has written, on virtual time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/json.h"
#include "files.h"
#include "mqtt-room.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define ROOM HALL "[LightController light]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=10\n"
#define HUB "roomd/pi/availability"
#define HALL_TOPIC "roomd/pi/motion_sensor/hall/"
#define LIGHT_TOPIC "roomd/pi/light_controller/light/"

#define WAIT_NS (240 * NSEC_PER_SEC)
#define MESSAGES_MAX 256
/* No text, so that nobody can have taken it for one. */
#define CORRELATION "00ff41c0af"

/* client.js, and what it has said. */
static struct client_js {
	pid_t pid;
	FILE *commands;
	int fd;
	char pending[65536];
	size_t pending_n;
	struct json_object *said[MESSAGES_MAX];
	size_t n, next; /* the first one that expect() has not passed */
} js;

/* --- the client ------------------------------------------------------------------------------ */

static void run_node(int input, int output)
{
	char script[512], port[16];

	snprintf(script, sizeof script, "%s/tests/mqtt-js/client.js", getenv("SOURCE_ROOT"));
	snprintf(port, sizeof port, "%d", MQTT_ROOM_PORT);
	setenv("NODE_PATH", getenv("MQTT_JS"), 1);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execlp("node", "node", script, port, "roomd/pi/#", (char *)NULL);
	_exit(127);
}

static void take_lines(void)
{
	char *line = js.pending, *end;

	js.pending[js.pending_n] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		assert_true(js.n < MESSAGES_MAX);
		js.said[js.n] = json_tokener_parse(line);
		assert_non_null(js.said[js.n++]);
	}
	js.pending_n -= (size_t)(line - js.pending);
	memmove(js.pending, line, js.pending_n);
}

/* What comes within a second. */
static void hear(void)
{
	struct pollfd fd = { .fd = js.fd, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, 1000) <= 0)
		return;
	n = read(js.fd, js.pending + js.pending_n, sizeof js.pending - 1 - js.pending_n);
	if (n <= 0)
		fail_msg("client.js has ended");
	js.pending_n += (size_t)n;
	take_lines();
}

/* The next line that has this text under this key; of those that are passed none is seen again. */
static struct json_object *expect(const char *key, const char *text)
{
	uint64_t until = clock_now_ns(CLOCK_MONOTONIC) + WAIT_NS;

	do {
		while (js.next < js.n) {
			struct json_object *line = js.said[js.next++];

			if (strcmp(member_text(line, key), text) == 0)
				return line;
		}
		hear();
	} while (clock_now_ns(CLOCK_MONOTONIC) < until);
	for (size_t i = 0; i < js.n; i++)
		print_error("%s\n", json_object_to_json_string(js.said[i]));
	fail_msg("no line with %s: %s", key, text);
	return NULL;
}

static void js_start(void)
{
	int input[2], output[2];

	assert_non_null(getenv("MQTT_JS"));
	assert_return_code(pipe2(input, O_CLOEXEC), errno);
	assert_return_code(pipe2(output, O_CLOEXEC), errno);
	js.pid = fork();
	if (js.pid == 0)
		run_node(input[0], output[1]);
	close(input[0]);
	close(output[1]);
	js.commands = fdopen(input[1], "w");
	js.fd = output[0];
	assert_non_null(js.commands);
	expect("subscribed", "roomd/pi/#");
}

static void js_stop(void)
{
	if (js.pid <= 0)
		return;
	kill(js.pid, SIGKILL);
	waitpid(js.pid, NULL, 0);
	js.pid = 0;
	fclose(js.commands);
	close(js.fd);
	js.pending_n = 0;
}

static void publish(const char *topic, const char *text, bool retain)
{
	_cleanup_(json_freep) struct json_object *command = json_object_new_object();

	json_add_text(command, "topic", topic);
	json_add_text(command, "text", text);
	json_add(command, "retain", json_object_new_boolean(retain));
	json_add_text(command, "responseTopic", LIGHT_TOPIC "result");
	json_add_text(command, "correlation", CORRELATION);
	fprintf(js.commands, "%s\n", json_object_to_json_string_ext(command, JSON_C_TO_STRING_PLAIN));
	fflush(js.commands);
}

/* --- the room -------------------------------------------------------------------------------- */

static int setup(void **state)
{
	struct mqtt_room *it;

	mqtt_room_setup(state);
	it = *state;
	mqtt_room_make_quiet(it);
	bus_room_start(it->room, ROOM);
	mqtt_room_start_bridge(it, MQTT_ROOM_CONFIG);
	js_start();
	return 0;
}

static int teardown(void **state)
{
	js_stop();
	for (size_t i = 0; i < js.n; i++)
		json_object_put(js.said[i]);
	js = (struct client_js){ 0 };
	return mqtt_room_teardown(state);
}

static struct json_object *json_of(struct json_object *line)
{
	struct json_object *json = member_of(line, "json");

	if (!json_object_is_type(json, json_type_object))
		fail_msg("%s is no object of JSON", member_text(line, "text"));
	return json;
}

/* The text "12" is the number 12. */
static void expect_same(struct json_object *user, struct json_object *json, const char *key)
{
	assert_true(*member_text(user, key));
	assert_string_equal(member_text(user, key), json_object_get_string(member_of(json, key)));
}

/* --- tests ----------------------------------------------------------------------------------- */

/* Who comes later has the states. */
static void test_retained(void **state)
{
	struct json_object *line, *json;
	size_t before;

	(void)state;
	expect("topic", LIGHT_TOPIC "state");
	js_stop();
	before = js.n;
	js_start();
	js.next = before; /* what came together with "subscribed" */
	line = expect("topic", LIGHT_TOPIC "state");
	assert_true(member_bool(line, "retained"));
	json = json_of(line);
	assert_true(json_object_is_type(member_of(json, "on"), json_type_boolean));
	assert_false(member_bool(json, "on"));
	assert_true(member_bool(json, "available"));
	assert_true(json_object_is_type(member_of(json, "serial"), json_type_int));
	assert_true(*member_text(json, "time"));
}

static void test_event(void **state)
{
	struct mqtt_room *it = *state;
	struct json_object *line, *json, *user;

	expect("topic", LIGHT_TOPIC "state");
	sim_chip_pull(&it->room->room->chip, PIR_HALL, true);
	do {
		line = expect("topic", LIGHT_TOPIC "event");
	} while (strcmp(member_text(json_of(line), "event"), "light_on") != 0);
	json = json_of(line);
	user = member_of(line, "user");
	assert_false(member_bool(line, "retained"));
	assert_string_equal(member_text(json, "by"), "hall");
	assert_string_equal(member_text(json, "hub"), "pi");
	expect_same(user, json, "serial");
	expect_same(user, json, "series");
	assert_int_equal(strlen(member_text(user, "series")), 32);
	assert_true(strtoull(member_text(user, "realtime_usec"), NULL, 10) > 0);
}

/* The answer has the command's correlation data, byte by byte. */
static void test_command(void **state)
{
	struct mqtt_room *it = *state;
	struct json_object *line;

	expect("topic", LIGHT_TOPIC "state");
	publish(LIGHT_TOPIC "set", "{\"action\":\"SetOn\",\"on\":true}", false);
	line = expect("topic", LIGHT_TOPIC "result");
	assert_string_equal(member_text(line, "correlation"), CORRELATION);
	assert_true(member_bool(json_of(line), "ok"));
	assert_string_equal(member_text(json_of(line), "action"), "SetOn");
	room_expect_level(it->room->room, LIGHT_RELAY, true);
}

static void test_retained_command(void **state)
{
	struct mqtt_room *it = *state;
	struct json_object *line;

	expect("topic", LIGHT_TOPIC "state");
	publish(LIGHT_TOPIC "set", "ON", true);
	line = expect("topic", LIGHT_TOPIC "result");
	assert_string_equal(member_text(line, "correlation"), CORRELATION);
	assert_false(member_bool(json_of(line), "ok"));
	assert_string_equal(member_text(json_of(line), "error"), "org.roomd1.Mqtt.Error.Retained");
	mqtt_room_expect_words(it, "not retained");
	room_expect_level(it->room->room, LIGHT_RELAY, false);
}

static void test_last_will(void **state)
{
	struct mqtt_room *it = *state;
	struct json_object *line;
	char session[64];

	do {
		line = expect("topic", HUB);
	} while (strcmp(member_text(line, "text"), "online") != 0);
	snprintf(session, sizeof session, "%s", member_text(member_of(line, "user"), "session"));
	assert_true(*session);
	mqtt_room_kill_bridge(it);
	line = expect("topic", HUB);
	assert_string_equal(member_text(line, "text"), "offline");
	assert_string_equal(member_text(member_of(line, "user"), "session"), session);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_retained, setup, teardown),
	cmocka_unit_test_setup_teardown(test_event, setup, teardown),
	cmocka_unit_test_setup_teardown(test_command, setup, teardown),
	cmocka_unit_test_setup_teardown(test_retained_command, setup, teardown),
	cmocka_unit_test_setup_teardown(test_last_will, setup, teardown),
};

RUN_TESTS(tests)
