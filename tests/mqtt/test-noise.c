/* The bridge held against what the manual says of commands: of whatever comes from the broker, it asks roomd only for what
 * the oracle allows. All of the bridge runs but for the broker's connection and roomd. MESSAGES sets how many come. */
#define _GNU_SOURCE
#include "noise.h"

#include <errno.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "client/mirror-internal.h"
#include "command-oracle.h"
#include "helpers.h"
#include "mqtt/bridge.h"
#include "mqtt/connect.h"
#include "mqtt/internal.h"
#include "util/log.h"

#define MESSAGES 100000

#define ACTIONS                                                                                                \
	"\"actions\":[{\"name\":\"SetOn\",\"arguments\":[[\"on\",\"b\"]]},"                                  \
	"{\"name\":\"SetOnFor\",\"arguments\":[[\"on\",\"b\"],[\"usec\",\"t\"]]},{\"name\":\"SetAutomatic\",\"arguments\":[]}]"

/* --- the oracle ------------------------------------------------------------------------------ */

static void test_oracle(void **state)
{
	static const struct {
		const char *payload;
		bool allowed;
	} rows[] = {
		{ "ON", true },
		{ "oFf", true },
		{ "auto", true },
		{ "{\"action\":\"SetOn\",\"on\":true}", true },
		{ " { \"on\" : false , \"action\" : \"\\u0053etOn\" } ", true },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":60000000}", true },
		{ "{\"action\":\"SetAutomatic\"}", true },
		{ "{\"action\":1,\"action\":\"SetOn\",\"on\":true}", true }, /* nobody knows */
		{ "", false },
		{ "O", false },
		{ "ONN", false },
		{ "on ", false },
		{ "UNLOCK", false },
		{ "55", false },
		{ "\"ON\"", false },
		{ "{\"action\":\"SetOn\",\"on\":1}", false },
		{ "{\"action\":\"SetOn\",\"on\":\"true\"}", false },
		{ "{\"action\":\"SetOn\",\"on\":True}", false },
		{ "{\"action\":\"SetOn\",\"on\":true,}", false },
		{ "{\"action\":\"SetOn\",\"on\":true}x", false },
		{ "{\"action\":\"SetOn\",\"on\":true", false },
		{ "{\"action\":\"SetOn\\u0000\",\"on\":true}", false },
		{ "{\"action\":\"SetOn\",\"on\\u0000\":true}", false },
		{ "{'action':'SetOn','on':true}", false },
		{ "{\"action\":\"SetOn\",\"on\":true,\"x\":1}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":-1}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":1.5}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":007}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":100000000000000000000000}", false },
		{ "{\"action\":\"SetAutomatic\",\"on\":true}", false },
		{ "{\"action\":{\"action\":\"SetAutomatic\"}}", false },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (command_oracle_allows(rows[i].payload, strlen(rows[i].payload)) != rows[i].allowed)
			wrong += row_fails("%s: expected %sallowed", rows[i].payload, rows[i].allowed ? "" : "not ");
	assert_int_equal(wrong, 0);
}

/* --- the bridge ------------------------------------------------------------------------------ */

static const char config_text[] = "[Broker]\nUri=mqtt://127.0.0.1:1\n[Hub]\nName=pi\n[HomeAssistant]\nDiscovery=no\n";
static const char kinds[] =
	"{\"LightController\":{\"class\":\"light\"," ACTIONS "},\"Switch\":{\"class\":\"switch\"," ACTIONS "},"
	"\"MotionSensor\":{\"class\":\"motion\",\"actions\":[]},"
	"\"DoorLock\":{\"class\":\"lock\",\"actions\":[{\"name\":\"Unlock\",\"arguments\":[]}]}}";
#define OBJECT(folder, kind, name)                                                                             \
	"\"/org/roomd1/" folder "/" name "\":{\"org.roomd1." kind "\":{\"Kind\":\"" kind "\",\"Name\":\"" name "\"}}"
static const char objects[] = "{" OBJECT("light_controller", "LightController", "light") "," OBJECT("switch", "Switch", "fan") ","
			      OBJECT("door_lock", "DoorLock", "front") "," OBJECT("motion_sensor", "MotionSensor", "hall") "}";

struct world {
	struct sd_event *event;
	struct sd_bus *bus;
	struct mqtt_config *config;
	struct bridge *bridge;
	int other_end;
	/* What the broker has been given to call. */
	const struct broker_callbacks *callbacks;
	void *userdata;
	/* Of the present message: calls of roomd, and the last one's object. */
	unsigned calls;
	char path[128];
};
static struct world world;

int __real_connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                             const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                             struct problem *problem);
int __wrap_connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                             const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                             struct problem *problem);
int __wrap_sd_bus_call_async(sd_bus *bus, sd_bus_slot **slot, sd_bus_message *message, sd_bus_message_handler_t callback,
                             void *userdata, uint64_t usec);

/* It never connects, as the loop does not run. */
int __wrap_connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                             const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                             struct problem *problem)
{
	world.callbacks = callbacks;
	world.userdata = userdata;
	return __real_connect_to_broker(event, config, purpose, session, callbacks, userdata, ret, problem);
}

int __wrap_sd_bus_call_async(sd_bus *bus, sd_bus_slot **slot, sd_bus_message *message, sd_bus_message_handler_t callback,
                             void *userdata, uint64_t usec)
{
	(void)bus, (void)slot, (void)callback, (void)userdata, (void)usec;
	world.calls++;
	snprintf(world.path, sizeof world.path, "%s", sd_bus_message_get_path(message));
	return 0;
}

static struct mqtt_config *load_config(void)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	char path[] = "/tmp/mqtt-noise-XXXXXX";
	struct mqtt_config *config = NULL;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, config_text, strlen(config_text)), strlen(config_text));
	close(fd);
	assert_return_code(mqtt_config_load(path, &config, &errors), 0);
	unlink(path);
	return config;
}

/* The room as it would be after roomd's answers. */
static void fill_mirror(struct mirror *mirror)
{
	_cleanup_(json_freep) struct json_object *all = json_tokener_parse(objects);

	mirror->kinds = json_tokener_parse(kinds);
	assert_non_null(mirror->kinds);
	assert_non_null(all);
	mirror_take_objects(mirror, all);
	mirror->ready = true;
}

/* A bridge with a room and a bus on which nobody answers. */
static int set_up(void **state)
{
	struct problem problem;
	int ends[2];

	(void)state;
	log_open(LOG_ERR);
	world.config = load_config();
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), errno);
	world.other_end = ends[1];
	assert_return_code(sd_event_new(&world.event), 0);
	assert_return_code(sd_bus_new(&world.bus), 0);
	assert_return_code(sd_bus_set_fd(world.bus, ends[0], ends[0]), 0);
	assert_return_code(sd_bus_set_bus_client(world.bus, true), 0);
	assert_return_code(sd_bus_start(world.bus), 0);
	assert_return_code(sd_bus_attach_event(world.bus, world.event, 0), 0);
	if (bridge_new(world.event, world.bus, world.config, NULL, &world.bridge, &problem) < 0)
		fail_msg("%s", problem.text);
	fill_mirror(world.bridge->mirror);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bridge_free(world.bridge);
	sd_bus_detach_event(world.bus);
	sd_bus_close(world.bus);
	sd_bus_unref(world.bus);
	sd_event_unref(world.event);
	close(world.other_end);
	mqtt_config_free(world.config);
	return 0;
}

static void give(const struct noise *noise)
{
	const struct broker_message message = {
		.topic = noise->topic, .payload = noise->payload, .length = noise->length, .retained = noise->retained
	};

	world.calls = 0;
	world.callbacks->message(&message, world.userdata);
	calls_deinit(world.bridge); /* nobody answers, and only so many are asked at once */
}

/* As the topic has it. */
static bool is_of_topic(const char *path, const char *topic)
{
	return strcmp(path, "/org/roomd1/light_controller/light") == 0 ? strcmp(topic, "roomd/pi/light_controller/light/set") == 0
								      : strcmp(path, "/org/roomd1/switch/fan") == 0 &&
										strcmp(topic, "roomd/pi/switch/fan/set") == 0;
}

/* Whatever comes: roomd is asked for something only if the oracle allows that message, and of its own object. */
static void test_against_bridge(void **state)
{
	const char *messages = getenv("MESSAGES");
	unsigned long n = messages ? strtoul(messages, NULL, 10) : MESSAGES;
	static struct noise noise;
	unsigned done = 0, allowed = 0, wrong = 0;
	uint64_t seed = 1;

	(void)state;
	for (unsigned long i = 0; i < n && wrong < 10; i++) {
		bool may;

		noise_make_any(&noise, &seed);
		may = noise_may_switch(&noise);
		allowed += may;
		give(&noise);
		done += world.calls;
		if (world.calls > may || (world.calls && !is_of_topic(world.path, noise.topic)))
			wrong += row_fails("%s asked, by %s%s: %.*s", world.path, noise.topic, noise.retained ? ", retained" : "",
			                   (int)noise.length, noise.payload);
	}
	printf("# of %lu, %u done, %u allowed\n", n, done, allowed);
	assert_int_equal(wrong, 0);
	assert_true(done > n / 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oracle),
		cmocka_unit_test_setup_teardown(test_against_bridge, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
