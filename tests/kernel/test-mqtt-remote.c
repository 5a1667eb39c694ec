/* Sensors of other hubs, over a real broker, on virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt-room.h"
#include "tap-main.h"
#include "util/cleanup.h"

/* A room that is its own neighbour: what its sensor sees goes to the broker and comes back as another one's. */
#define PORCH                                                                                                  \
	"[MotionSensor gate]\nRemote=pi/motion_sensor/hall\n"                                                  \
	"[LightController porch]\nLine=PORCH_RELAY\nMotion=gate\nOffDelaySec=10\n"
#define NEIGHBOURS HALL PORCH

static void expect_porch(struct mqtt_room *it, bool on)
{
	room_expect_level(it->room->room, PORCH_RELAY, on);
}

static void test_remote(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, NEIGHBOURS);
	mqtt_room_expect(it, STATE("motion_sensor", "gate"), "\"available\":true");
	mqtt_room_move(it, true);
	process_wait(it->room->roomd, "light_on", "porch");
	expect_porch(it, true);
	mqtt_room_move(it, false);
	process_wait(it->room->roomd, "light_off", "porch");
	/* Of a sensor that is itself another hub's nobody takes anything. */
	mqtt_room_find(it, STATE("motion_sensor", "gate"), "\"remote\":\"pi/motion_sensor/hall\"");
}

/* It goes: with the sensor, with the broker, with the bridge. It has its state again at once. */
static void test_remote_away(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, NEIGHBOURS);
	mqtt_room_expect(it, STATE("motion_sensor", "gate"), "\"available\":true");
	mqtt_room_move(it, true);
	process_wait(it->room->roomd, "light_on", "porch");
	sim_chip_unplug(&it->room->room->chip);
	process_wait(it->room->roomd, "sensor_unavailable", "gate");
	sim_chip_plug(&it->room->room->chip);
	process_wait(it->room->roomd, "sensor_available", "gate");
	mqtt_room_kill_broker(it);
	process_wait(it->room->roomd, "sensor_unavailable", "gate");
	mqtt_room_start_broker(it);
	process_wait(it->room->roomd, "sensor_available", "gate");
	mqtt_room_kill_bridge(it);
	process_wait(it->room->roomd, "sensor_unavailable", "gate");
	mqtt_room_start_bridge(it, NULL);
	process_wait(it->room->roomd, "sensor_available", "gate");
}

/* Another hub, of which there is nothing but its words: it goes without good-bye, it comes late, it says nonsense. */
static void test_remote_words(void **state)
{
	struct mqtt_room *it = *state;
	static const char room[] = "[MotionSensor gate]\nRemote=far/motion_sensor/gate\n"
				   "[LightController porch]\nLine=PORCH_RELAY\nMotion=gate\nOffDelaySec=10\n";
	const struct process_event *event;

	mqtt_room_begin(it, room);
	event = process_wait(it->room->roomd, "sensor_unavailable", "gate");
	mqtt_room_publish(it, "roomd/far/availability", "online", true);
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state",
	                  "{\"available\":true,\"motion\":true,\"time\":\"2020-01-01T00:00:00Z\"}", false);
	event = process_wait(it->room->roomd, "sensor_available", "gate");
	process_let_pass_ms(it->room->roomd, 2000);
	assert_int_equal(process_count(it->room->roomd, "motion_detected", "gate"), 0); /* it was late */
	assert_non_null(strstr(process_messages(it->room->roomd), "late, more than RemoteMaxAgeSec="));
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state", "{\"available\":true,\"motion\":false}", false);
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state",
	                  "{\"available\":true,\"motion\":true,\"time\":\"2200-01-01T00:00:00Z\"}", false);
	process_wait(it->room->roomd, "light_on", "porch");
	mqtt_room_publish(it, "roomd/far/availability", "offline", true);
	event = process_wait(it->room->roomd, "sensor_unavailable", "gate");
	assert_non_null(strstr(event->text, "hub"));
	process_wait(it->room->roomd, "light_off", "porch");
	mqtt_room_publish(it, "roomd/far/availability", "online", true);
	process_wait(it->room->roomd, "sensor_available", "gate");
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state", "[[[[[[[[[[[[", false);
	process_wait(it->room->roomd, "sensor_unavailable", "gate");
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state", "{\"available\":true,\"motion\":false,\"remote\":\"a/b/c\"}", false);
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state", "{\"available\":true,\"motion\":false,\"remote\":\"\"}", false);
	process_wait(it->room->roomd, "sensor_available", "gate");
}

/* A broker that is restarted keeps "online" of a hub that has gone meanwhile. */
static void test_silent_hub(void **state)
{
	struct mqtt_room *it = *state;
	const struct process_event *event;

	mqtt_room_begin(it, NEIGHBOURS "[MotionSensor far]\nRemote=far/motion_sensor/gate\n");
	process_wait(it->room->roomd, "sensor_available", "gate");
	mqtt_room_publish(it, "roomd/far/availability", "online", true);
	mqtt_room_publish(it, "roomd/far/motion_sensor/gate/state", "{\"available\":true,\"motion\":false}", true);
	process_wait(it->room->roomd, "sensor_available", "far");
	process_let_pass_ms(it->room->roomd, 11 * 60000);
	mqtt_room_publish(it, "roomd/far/availability", "online", true);
	process_let_pass_ms(it->room->roomd, 11 * 60000);
	assert_int_equal(process_count(it->room->roomd, "sensor_unavailable", "far"), 1); /* at the start */
	process_let_pass_ms(it->room->roomd, 2 * 60000);
	event = process_wait(it->room->roomd, "sensor_unavailable", "far");
	assert_non_null(strstr(event->text, "12 minutes"));
	/* Ours says it again and again. */
	process_let_pass_ms(it->room->roomd, 60 * 60000);
	assert_int_equal(process_count(it->room->roomd, "sensor_unavailable", "gate"), 1);
	mqtt_room_publish(it, "roomd/far/availability", "online", true);
	process_wait(it->room->roomd, "sensor_available", "far");
}

/* Its settings are others: roomd makes it anew, and it is told at once. */
static void test_remote_reloaded(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_begin(it, NEIGHBOURS);
	mqtt_room_expect(it, STATE("motion_sensor", "gate"), "\"available\":true");
	process_reload(it->room->roomd, HALL PORCH "[MotionSensor twin]\nRemote=pi/motion_sensor/hall\n");
	process_wait(it->room->roomd, "sensor_available", "twin");
	process_reload(it->room->roomd, HALL "[MotionSensor gate]\nRemote=pi/motion_sensor/hall\nOnDelaySec=1\n"
	                                     "[LightController porch]\nLine=PORCH_RELAY\nMotion=gate\nOffDelaySec=10\n");
	process_let_pass_ms(it->room->roomd, 30000);
	assert_int_equal(process_count(it->room->roomd, "sensor_unavailable", "gate"), 1); /* at the first start */
}

/* More subscriptions than are under way at once: states and events still go out. */
static void test_many_remotes(void **state)
{
	struct mqtt_room *it = *state;
	char room[4096];
	size_t length = (size_t)snprintf(room, sizeof room, HALL);

	for (unsigned i = 0; i < 30; i++)
		length += (size_t)snprintf(room + length, sizeof room - length, "[MotionSensor far%u]\nRemote=far/motion_sensor/s%u\n", i, i);
	mqtt_room_begin(it, room);
	for (unsigned i = 0; i < 30; i++) {
		mqtt_room_move(it, true);
		mqtt_room_expect(it, "roomd/pi/motion_sensor/hall/event", "motion_detected");
		mqtt_room_move(it, false);
		mqtt_room_expect(it, "roomd/pi/motion_sensor/hall/event", "motion_cleared");
	}
}

/* roomd is killed while the light is on by what another hub's sensor sees: nothing clicks. */
static void test_remote_killed(void **state)
{
	struct mqtt_room *it = *state;
	struct trace_record sets[16];

	mqtt_room_begin(it, NEIGHBOURS);
	mqtt_room_expect(it, STATE("motion_sensor", "gate"), "\"available\":true");
	mqtt_room_move(it, true);
	process_wait(it->room->roomd, "light_on", "porch");
	trace_clear();
	for (unsigned i = 0; i < 5; i++) {
		bus_room_end(it->room, BUS_ROOM_KILLED);
		bus_room_start_successor(it->room, NULL);
		process_let_pass_ms(it->room->roomd, 20000);
	}
	assert_int_equal(room_sets(it->room->room, PORCH_RELAY, sets, ELEMENTS(sets)), 0);
	expect_porch(it, true);
}

static const struct CMUnitTest tests[] = {
	MQTT_TEST(test_remote),
	MQTT_TEST(test_remote_away),
	MQTT_TEST(test_remote_words),
	MQTT_TEST(test_silent_hub),
	MQTT_TEST(test_remote_reloaded),
	MQTT_TEST(test_many_remotes),
	MQTT_TEST(test_remote_killed),
};

RUN_TESTS(tests)
