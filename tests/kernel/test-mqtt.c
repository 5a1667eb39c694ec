/* The room at a broker, Debian's mosquitto, on virtual time: states, events, commands, what waits while the broker is away,
 * and what Home Assistant is told. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt-room.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define LIGHT "[LightController light]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=10\n"
#define LOCK "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nMotion=hall\n"
#define ROOM HALL LIGHT

static void test_states(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *message;

	mqtt_room_begin(it, ROOM);
	mqtt_room_find(it, STATE("motion_sensor", "hall"), "\"motion\":false");
	mqtt_room_find(it, STATE("light_controller", "light"), "\"on\":false");
	mqtt_room_move(it, true);
	mqtt_room_expect(it, EVENT("motion_sensor", "hall"), "\"event\":\"motion_detected\"");
	message = mqtt_room_expect(it, EVENT("light_controller", "light"), "\"event\":\"light_on\"");
	assert_non_null(strstr(message->payload, "\"by\":\"hall\""));
	assert_non_null(strstr(message->payload, "\"hub\":\"pi\""));
	assert_false(message->retained);
	assert_true(*message->serial);
	mqtt_room_find(it, STATE("motion_sensor", "hall"), "\"motion\":true");
	mqtt_room_find(it, STATE("light_controller", "light"), "\"on\":true");
	/* Whoever comes later has the states, and no events. */
	mqtt_room_start_watcher(it);
	message = mqtt_room_find(it, STATE("light_controller", "light"), "\"on\":true");
	assert_true(message->retained);
	assert_int_equal(mqtt_room_count(it, EVENT("light_controller", "light"), NULL), 0);
	assert_int_equal(mqtt_room_count(it, "roomd/pi/light_controller/light/availability", "online"), 1);
}

static void test_commands(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *message;

	mqtt_room_begin(it, ROOM LOCK);
	mqtt_room_expect(it, STATE("light_controller", "light"), "\"on\":false");
	mqtt_room_publish(it, SET("light_controller", "light"), "ON", false);
	mqtt_room_expect(it, RESULT("light_controller", "light"), "\"ok\":true");
	room_expect_level(it->room->room, LIGHT_RELAY, true);
	mqtt_room_publish(it, SET("light_controller", "light"), "{\"action\":\"SetOn\",\"on\":false}", false);
	mqtt_room_expect(it, RESULT("light_controller", "light"), "\"ok\":true");
	room_expect_level(it->room->room, LIGHT_RELAY, false);
	/* What is none, what is nobody's, what is not allowed, what is retained. */
	mqtt_room_publish(it, SET("light_controller", "light"), "TOGGLE", false);
	message = mqtt_room_expect(it, RESULT("light_controller", "light"), "org.roomd1.Mqtt.Error.InvalidCommand");
	assert_non_null(strstr(message->payload, "\"ok\":false"));
	mqtt_room_publish(it, SET("light_controller", "lihgt"), "ON", false);
	mqtt_room_expect(it, RESULT("light_controller", "lihgt"), "org.roomd1.Mqtt.Error.NoComponent");
	mqtt_room_publish(it, SET("door_lock", "front"), "UNLOCK", false);
	mqtt_room_expect(it, RESULT("door_lock", "front"), "AllowCommands=");
	mqtt_room_publish(it, SET("light_controller", "light"), "ON", true);
	mqtt_room_expect(it, RESULT("light_controller", "light"), "org.roomd1.Mqtt.Error.Retained");
	mqtt_room_kill_bridge(it);
	mqtt_room_start_bridge(it, NULL);
	mqtt_room_expect(it, RESULT("light_controller", "light"), "org.roomd1.Mqtt.Error.Retained");
	room_expect_level(it->room->room, LIGHT_RELAY, false);
	mqtt_room_expect_words(it, "not retained");
}

/* A lock that is allowed: roomd's own answer comes back. */
static void test_allowed_lock(void **state)
{
	struct mqtt_room *it = *state;

	bus_room_start(it->room, HALL LOCK);
	mqtt_room_start_bridge(it, MQTT_ROOM_CONFIG "AllowCommands=door_lock/front\n");
	mqtt_room_expect(it, STATE("door_lock", "front"), "\"locked\":true");
	mqtt_room_publish(it, SET("door_lock", "front"), "UNLOCK", false);
	mqtt_room_expect(it, STATE("door_lock", "front"), "\"locked\":false");
	mqtt_room_publish(it, SET("door_lock", "front"), "ACKNOWLEDGE", false);
	mqtt_room_expect(it, RESULT("door_lock", "front"), "org.roomd1.Error.NothingToDo");
}

/* roomd is restarted: nobody hears of it. It is stopped: its hub is offline, and is online when it is back. */
static void test_room_away(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, ROOM);
	mqtt_room_expect(it, STATE("light_controller", "light"), "\"on\":false");
	mqtt_room_forget(it);
	bus_room_end(it->room, BUS_ROOM_KILLED);
	bus_room_start_successor(it->room, NULL);
	mqtt_room_move(it, true);
	mqtt_room_expect(it, EVENT("light_controller", "light"), "light_on");
	assert_int_equal(mqtt_room_count(it, "roomd/pi/availability", "offline"), 0);
	bus_room_end(it->room, BUS_ROOM_STOPPED);
	mqtt_room_expect(it, "roomd/pi/availability", "offline");
	bus_room_start_successor(it->room, NULL);
	mqtt_room_expect(it, "roomd/pi/availability", "online");
}

/* The end of the bridge: said by itself, or by its last will, whose session tells it from the next one's. */
static void test_last_words(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *message;
	char session[64];

	mqtt_room_begin(it, ROOM);
	mqtt_room_stop_bridge(it);
	mqtt_room_expect(it, "roomd/pi/availability", "offline");
	mqtt_room_start_bridge(it, NULL);
	message = mqtt_room_expect(it, "roomd/pi/availability", "online");
	snprintf(session, sizeof session, "%s", message->session);
	assert_true(*session);
	mqtt_room_kill_bridge(it);
	message = mqtt_room_expect(it, "roomd/pi/availability", "offline");
	assert_string_equal(message->session, session);
	mqtt_room_start_bridge(it, NULL);
	message = mqtt_room_expect(it, "roomd/pi/availability", "online");
	assert_string_not_equal(message->session, session);
}

/* To the bridge alone, which no match keeps from anybody; by somebody who is not roomd. */
static void forge_motion(struct mqtt_room *it)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *signal = NULL;
	sd_bus *bus = it->room->client.bus;

	assert_return_code(sd_bus_message_new_signal(bus, &signal, ROOMD_PATH "/motion_sensor/hall",
	                                             "org.freedesktop.DBus.Properties", "PropertiesChanged"), 0);
	assert_return_code(sd_bus_message_append(signal, "sa{sv}as", ROOMD_NAME ".MotionSensor", 1, "Motion", "b", 1, 0), 0);
	assert_return_code(sd_bus_send_to(bus, signal, "org.roomd1.Mqtt", NULL), 0);
	assert_return_code(sd_bus_flush(bus), 0);
}

/* Here, too: that roomd has gone. */
static void forge_end(struct mqtt_room *it)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *signal = NULL;
	sd_bus *bus = it->room->client.bus;

	assert_return_code(sd_bus_message_new_signal(bus, &signal, "/org/freedesktop/DBus", "org.freedesktop.DBus",
	                                             "NameOwnerChanged"), 0);
	assert_return_code(sd_bus_message_append(signal, "sss", ROOMD_NAME, ":1.1", ""), 0);
	assert_return_code(sd_bus_send_to(bus, signal, "org.roomd1.Mqtt", NULL), 0);
	assert_return_code(sd_bus_flush(bus), 0);
}

static void test_forged(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, ROOM);
	mqtt_room_expect(it, STATE("motion_sensor", "hall"), "\"motion\":false");
	client_wait_for_name(&it->room->client, "org.roomd1.Mqtt");
	forge_motion(it);
	forge_end(it);
	/* What is said after that has come after that. */
	mqtt_room_publish(it, SET("light_controller", "light"), "ON", false);
	mqtt_room_expect(it, RESULT("light_controller", "light"), "\"ok\":true");
	mqtt_room_expect(it, STATE("light_controller", "light"), "\"on\":true");
	assert_int_equal(mqtt_room_count(it, STATE("motion_sensor", "hall"), "\"motion\":true"), 0);
	assert_int_equal(mqtt_room_count(it, "roomd/pi/availability", "offline"), 0);
}

static uint64_t number_of(const struct mqtt_message *message, const char *key)
{
	const char *at = strstr(message->payload, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* The events of this sensor that were heard, in order; each one's serial is greater than that before. Returns how many. */
static size_t count_in_order(struct mqtt_room *it, const char *topic)
{
	uint64_t before = 0;
	size_t n = 0;

	mqtt_room_count(it, topic, NULL);
	for (size_t i = 0; i < it->messages_n; i++) {
		uint64_t serial;

		if (strcmp(it->messages[i].topic, topic) != 0)
			continue;
		serial = number_of(&it->messages[i], "\"serial\":");
		if (serial <= before)
			fail_msg("%" PRIu64 " after %" PRIu64, serial, before);
		before = serial;
		n++;
	}
	return n;
}

/* A day without a broker, 500 events meanwhile: each comes, once, in order, with its own time; states with their newest
 * value only. */
static void test_broker_away(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *last;
	uint64_t first_ns, last_ns;
	size_t states;

	mqtt_room_begin(it, HALL);
	mqtt_room_expect(it, STATE("motion_sensor", "hall"), "\"motion\":false");
	mqtt_room_kill_broker(it);
	for (unsigned i = 0; i < 250; i++) {
		mqtt_room_move(it, true);
		process_let_pass_ms(it->room->roomd, 1000);
		mqtt_room_move(it, false);
		process_let_pass_ms(it->room->roomd, 344600);
	}
	mqtt_room_start_broker(it);
	mqtt_room_start_watcher(it);
	while (mqtt_room_count(it, EVENT("motion_sensor", "hall"), NULL) < 501)
		let_pass_ms(1000);
	let_pass_ms(10000);
	assert_int_equal(count_in_order(it, EVENT("motion_sensor", "hall")), 501); /* and the level at the start */
	states = mqtt_room_count(it, STATE("motion_sensor", "hall"), NULL);
	if (states > 3) /* what was retained, and one or two of the last motion */
		fail_msg("%zu states", states);
	first_ns = number_of(mqtt_room_find(it, EVENT("motion_sensor", "hall"), NULL), "\"monotonic_ns\":");
	last = NULL;
	for (size_t i = 0; i < it->messages_n; i++)
		if (strcmp(it->messages[i].topic, EVENT("motion_sensor", "hall")) == 0)
			last = &it->messages[i];
	last_ns = number_of(last, "\"monotonic_ns\":");
	assert_true(last_ns - first_ns > UINT64_C(86000) * 1000000000);
}

/* Events that happened while the bridge did not run. */
static void test_bridge_away(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, HALL);
	mqtt_room_move(it, true);
	mqtt_room_expect(it, EVENT("motion_sensor", "hall"), "motion_detected");
	mqtt_room_stop_bridge(it);
	for (unsigned i = 0; i < 5; i++) {
		mqtt_room_move(it, false);
		process_let_pass_ms(it->room->roomd, 1000);
		mqtt_room_move(it, true);
		process_let_pass_ms(it->room->roomd, 1000);
	}
	mqtt_room_forget(it);
	mqtt_room_start_bridge(it, NULL);
	for (unsigned i = 0; i < 5; i++) {
		mqtt_room_expect(it, EVENT("motion_sensor", "hall"), "motion_cleared");
		mqtt_room_expect(it, EVENT("motion_sensor", "hall"), "motion_detected");
	}
	assert_int_equal(count_in_order(it, EVENT("motion_sensor", "hall")), 12);
}

/* After a power failure serial numbers begin anew. What roomd no longer has when the bridge comes is missing, and said. */
static void test_bridge_away_over_a_power_failure(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, HALL);
	mqtt_room_move(it, true);
	mqtt_room_expect(it, EVENT("motion_sensor", "hall"), "motion_detected");
	mqtt_room_stop_bridge(it);
	bus_room_end(it->room, BUS_ROOM_POWER_LOST);
	bus_room_start_successor(it->room, HALL);
	for (unsigned i = 0; i < 600; i++) {
		mqtt_room_move(it, false);
		process_let_pass_ms(it->room->roomd, 10);
		mqtt_room_move(it, true);
		process_let_pass_ms(it->room->roomd, 10);
	}
	mqtt_room_forget(it);
	mqtt_room_start_bridge(it, NULL);
	mqtt_room_expect_words(it, "events of the room are missing");
}

/* While nothing happens it wakes up to ask the broker whether it is there, and for the answer. */
static void test_idle(void **state)
{
	struct mqtt_room *it = *state;
	struct process bridge = { 0 };
	unsigned long before, after;

	mqtt_room_begin(it, ROOM);
	mqtt_room_expect(it, DISCOVERY, "light");
	bridge.pid = it->bridge;
	let_pass_ms(120000);
	before = process_count_switches(&bridge);
	let_pass_ms(600000);
	after = process_count_switches(&bridge);
	if (after - before > 2 * 600 / 10 + 10)
		fail_msg("%lu wake-ups in ten minutes", after - before);
	if (!PROCESS_IS_INSTRUMENTED && process_private_dirty_kb(&bridge) > 3072)
		fail_msg("%ld kB", process_private_dirty_kb(&bridge));
	printf("# %lu wake-ups in ten minutes, %ld kB\n", after - before, process_private_dirty_kb(&bridge));
}

/* --- Home Assistant -------------------------------------------------------------------------- */

static void test_discovery(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *message;
	size_t said;

	mqtt_room_begin(it, ROOM);
	message = mqtt_room_expect(it, DISCOVERY, "light");
	assert_non_null(strstr(message->payload, "\"motion\""));
	assert_non_null(strstr(message->payload, SET("light_controller", "light")));
	/* Its birth: all of it again, states too. */
	mqtt_room_forget(it);
	mqtt_room_publish(it, "homeassistant/status", "online", false);
	mqtt_room_expect(it, DISCOVERY, "light");
	mqtt_room_expect(it, STATE("light_controller", "light"), "\"on\":false");
	/* Somebody removes it, over and over: that is not answered each time. */
	mqtt_room_forget(it);
	said = mqtt_room_count(it, DISCOVERY, "light");
	for (unsigned i = 0; i < 20; i++)
		mqtt_room_publish(it, DISCOVERY, "", true);
	for (unsigned i = 0; i < 20; i++)
		mqtt_room_expect(it, DISCOVERY, "");
	mqtt_room_find(it, DISCOVERY, "light");
	let_pass_ms(10000);
	assert_in_range(mqtt_room_count(it, DISCOVERY, "light") - said, 1, 3);
}

/* What the configuration has lost is removed there: while it is heard, and while nobody was. */
static void test_removed(void **state)
{
	struct mqtt_room *it = *state;
	const struct mqtt_message *message;

	mqtt_room_begin(it, ROOM LOCK);
	mqtt_room_expect(it, DISCOVERY, "front");
	mqtt_room_forget(it);
	process_reload(it->room->roomd, ROOM);
	mqtt_room_find(it, STATE("door_lock", "front"), "");
	mqtt_room_forget(it);
	mqtt_room_kill_bridge(it);
	process_reload(it->room->roomd, HALL);
	mqtt_room_start_bridge(it, NULL);
	mqtt_room_find(it, STATE("light_controller", "light"), "");
	mqtt_room_find(it, DISCOVERY, "hall");
	mqtt_room_start_watcher(it);
	message = mqtt_room_find(it, DISCOVERY, "hall");
	assert_null(strstr(message->payload, "light_controller"));
	assert_null(strstr(message->payload, "door_lock"));
	assert_int_equal(mqtt_room_count(it, STATE("light_controller", "light"), NULL), 0);
	assert_int_equal(mqtt_room_count(it, STATE("door_lock", "front"), NULL), 0);
}

/* The same while the broker is away: what it still has then is what was said before. */
static void test_removed_without_broker(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, ROOM);
	mqtt_room_expect(it, DISCOVERY, "light_controller");
	mqtt_room_kill_broker(it);
	process_reload(it->room->roomd, HALL);
	let_pass_ms(1000);
	mqtt_room_start_broker(it);
	mqtt_room_start_watcher(it);
	mqtt_room_find(it, STATE("light_controller", "light"), "");
	mqtt_room_expect(it, DISCOVERY, "{\"platform\":\"light\"}");
	while (strstr(mqtt_room_expect(it, DISCOVERY, "hall")->payload, "light_controller"))
		;
	/* Home Assistant, which knows the light, has come after us: it is removed at its birth, once. */
	mqtt_room_forget(it);
	mqtt_room_publish(it, "homeassistant/status", "online", false);
	mqtt_room_expect(it, DISCOVERY, "{\"platform\":\"light\"}");
	assert_null(strstr(mqtt_room_expect(it, DISCOVERY, "hall")->payload, "light_controller"));
	mqtt_room_publish(it, "homeassistant/status", "online", false);
	assert_null(strstr(mqtt_room_expect(it, DISCOVERY, "hall")->payload, "light_controller"));
}

static void test_forget(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, ROOM);
	mqtt_room_expect(it, DISCOVERY, "light");
	mqtt_room_stop_bridge(it);
	assert_int_equal(mqtt_room_run_bridge(it, "--forget"), 0);
	mqtt_room_start_watcher(it);
	for (size_t i = 0; i < it->messages_n; i++)
		assert_string_equal(it->messages[i].topic, "watcher");
}

static const struct CMUnitTest tests[] = {
	MQTT_TEST(test_states),
	MQTT_TEST(test_commands),
	MQTT_TEST(test_allowed_lock),
	MQTT_TEST(test_room_away),
	MQTT_TEST(test_last_words),
	MQTT_TEST(test_forged),
	MQTT_TEST(test_broker_away),
	MQTT_TEST(test_bridge_away),
	MQTT_TEST(test_bridge_away_over_a_power_failure),
	MQTT_TEST(test_idle),
	MQTT_TEST(test_discovery),
	MQTT_TEST(test_removed),
	MQTT_TEST(test_removed_without_broker),
	MQTT_TEST(test_forget),
};

RUN_TESTS(tests)
