/* Nothing is lost: bridge, roomd and broker are killed at random while somebody moves; every serial number has come to who
 * listens at the broker, and no relay has moved but with an event. LIVES sets how often; 300 take some minutes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt-room.h"
#include "random.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define LIVES 60
#define SERIALS_MAX 100000
#define RECORDS_MAX 4096

#define ROOM                                                         \
	"[MotionSensor hall]\nLine=PIR_HALL\n"                       \
	"[MotionSensor door]\nLine=PIR_DOOR\n"                       \
	"[LightController light]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=1\n"

static uint64_t seed = 7;
static bool seen[SERIALS_MAX];
static struct trace_record records[RECORDS_MAX];

static unsigned lives(void)
{
	const char *text = getenv("LIVES");

	return text ? (unsigned)strtoul(text, NULL, 10) : LIVES;
}

static void move_a_little(struct mqtt_room *it)
{
	for (uint64_t n = random_between(&seed, 1, 6); n > 0; n--) {
		sim_chip_pull(&it->room->room->chip, random_between(&seed, 0, 1) ? PIR_HALL : PIR_DOOR,
		              random_between(&seed, 0, 1));
		let_pass_ms(random_between(&seed, 1, 1500));
	}
}

static void kill_one(struct mqtt_room *it)
{
	switch (random_between(&seed, 0, 2)) {
	case 0:
		mqtt_room_kill_bridge(it);
		move_a_little(it);
		mqtt_room_start_bridge(it, NULL);
		break;
	case 1:
		bus_room_end(it->room, BUS_ROOM_KILLED);
		move_a_little(it);
		bus_room_start_successor(it->room, NULL);
		break;
	default:
		mqtt_room_kill_broker(it);
		move_a_little(it);
		mqtt_room_start_broker(it);
	}
}

static uint64_t newest_serial(struct mqtt_room *it)
{
	uint64_t serial;

	client_get(&it->room->client, ROOMD_PATH, "Manager", "Serial", 't', &serial);
	return serial;
}

/* Marks those that were heard since it was looked at last. */
static void look(struct mqtt_room *it)
{
	mqtt_room_count(it, "", NULL);
	for (; it->next < it->messages_n; it->next++) {
		const struct mqtt_message *message = &it->messages[it->next];
		size_t length = strlen(message->topic);
		uint64_t serial = strtoull(message->serial, NULL, 10);

		if (length > 6 && strcmp(message->topic + length - 6, "/event") == 0 && serial < SERIALS_MAX)
			seen[serial] = true;
	}
}

static uint64_t count_missing(uint64_t newest)
{
	uint64_t missing = 0;

	for (uint64_t serial = 1; serial <= newest; serial++)
		missing += !seen[serial];
	return missing;
}

static void test_kills(void **state)
{
	struct mqtt_room *it = *state;
	uint64_t newest, missing;

	bus_room_start(it->room, ROOM);
	mqtt_room_start_bridge(it, MQTT_ROOM_CONFIG);
	mqtt_room_expect(it, "roomd/pi/availability", "online");
	it->next = 0;
	trace_clear();
	for (unsigned i = lives(); i > 0; i--) {
		move_a_little(it);
		kill_one(it);
		look(it);
	}
	move_a_little(it);
	let_pass_ms(5000);
	newest = newest_serial(it);
	for (unsigned i = 0; i < 300; i++) {
		look(it);
		missing = count_missing(newest);
		if (missing == 0)
			break;
		let_pass_ms(1000);
	}
	for (uint64_t serial = 1; missing > 0 && serial <= newest; serial++)
		if (!seen[serial])
			print_error("%" PRIu64 " is missing\n", serial);
	printf("# %u kills, %" PRIu64 " events, %zu messages, %" PRIu64 " missing\n", lives(), newest, it->messages_n, missing);
	assert_int_equal(missing, 0);
	/* What was set is never what it was already: nothing has clicked without a reason. */
	for (size_t i = 0, n = room_sets(it->room->room, LIGHT_RELAY, records, RECORDS_MAX); i < n; i++)
		assert_int_equal(records[i].value, i % 2 == 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_kills, mqtt_room_setup, mqtt_room_teardown),
};

RUN_TESTS(tests)
