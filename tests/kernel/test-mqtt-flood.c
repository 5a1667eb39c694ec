/* Whoever may write to the broker tries everything at the bridge: nothing is switched but by a command, which is none of all
 * these messages; bridge and roomd live, and do what they are told afterwards. FLOOD sets how many messages.
 * tests/mqtt/test-noise.c gives a million to the bridge without a broker. */
#include <inttypes.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "fixture/random.h"
#include "mqtt-room.h"
#include "mqtt/noise.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define FLOOD 1500
/* After so many the bridge is asked whether it is there. */
#define BATCH 100
#define UNDER_WAY_MAX 20
/* After so many it says how far it is. */
#define FIGURES 5000
#define RECORDS_MAX 64
#define AGAIN_NS (NSEC_PER_SEC / 2)
#define WAIT_NS (240 * NSEC_PER_SEC)
/* It has what it takes after a while; this is for what the allocator does with few, large messages. */
#define GROWTH_KB 512

/* The lock is one that commands are not allowed for, so it can be told whatever there is. */
#define ROOM                                                                              \
	"[MotionSensor hall]\nLine=PIR_HALL\nWarmupSec=0\n"                               \
	"[MotionSensor path]\nRemote=gate/motion_sensor/path\n"                           \
	"[LightController light]\nLine=LIGHT_RELAY\nMotion=hall\n"                        \
	"[Switch fan]\nLine=PORCH_RELAY\n"                                                \
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nMotion=hall\n"
#define LIGHT "roomd/pi/light_controller/light/"
#define FAN "roomd/pi/switch/fan/"

/* Somebody at the broker, who hears all that the bridge says of its hub. */
struct stranger {
	struct mosquitto *handle;
	unsigned under_way; /* what the broker has not acknowledged */
	bool online;        /* what the bridge has said of itself last */
	char asked[32];     /* the correlation of a command whose answer is waited for */
	bool done_expected; /* ... which is to be "ok" */
	bool answered;
	char wrong[512]; /* the first thing that nobody should have said */
	unsigned commands; /* that are some: so often was one said */
	uint64_t sent, not_sent, kept_back, answers;
};

static struct stranger stranger;
static struct noise noise;
static struct trace_record records[RECORDS_MAX];
static uint64_t seed = 5;

static uint64_t flood_size(void)
{
	const char *text = getenv("FLOOD");

	return text ? strtoull(text, NULL, 10) : FLOOD;
}

/* --- what the bridge says -------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_answer(const mosquitto_property *properties)
{
	uint16_t length = 0;
	void *data = NULL;
	bool is = mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &data, &length, false) &&
	          *stranger.asked && length == strlen(stranger.asked) && memcmp(data, stranger.asked, length) == 0;

	free(data);
	return is;
}

static void note_wrong(const char *topic, const char *payload)
{
	if (!*stranger.wrong)
		snprintf(stranger.wrong, sizeof stranger.wrong, "%.300s: %.150s", topic, payload);
}

static void take_result(const char *topic, const char *payload, const mosquitto_property *properties)
{
	bool answer = is_answer(properties), done = strstr(payload, "\"ok\":true");

	stranger.answers++;
	if (done ? !(answer && stranger.done_expected) : !strstr(payload, "\"ok\":false"))
		note_wrong(topic, payload);
	if (answer && done == stranger.done_expected)
		stranger.answered = true;
}

static void on_message(struct mosquitto *handle, void *userdata, const struct mosquitto_message *message,
                       const mosquitto_property *properties)
{
	static const char *const leaves[] = { "/state", "/event", "/availability" };
	const char *payload = message->payload ? message->payload : ""; /* it has a zero at its end */

	(void)handle, (void)userdata;
	if (ends_in(message->topic, "/result")) {
		take_result(message->topic, payload, properties);
		return;
	}
	if (strcmp(message->topic, "roomd/pi/availability") == 0)
		stranger.online = strcmp(payload, "online") == 0;
	for (size_t i = 0; i < ELEMENTS(leaves); i++)
		if (ends_in(message->topic, leaves[i]))
			return;
	note_wrong(message->topic, payload);
}

static void on_publish(struct mosquitto *handle, void *userdata, int id, int code, const mosquitto_property *properties)
{
	(void)handle, (void)userdata, (void)id, (void)code, (void)properties;
	stranger.under_way--;
}

static void on_connect(struct mosquitto *handle, void *userdata, int code)
{
	(void)userdata;
	assert_int_equal(code, 0);
	mosquitto_subscribe_v5(handle, NULL, "roomd/pi/#", 0, MQTT_SUB_OPT_NO_LOCAL, NULL);
}

static void come(void)
{
	mosquitto_lib_init();
	stranger.handle = mosquitto_new("stranger", true, NULL);
	assert_non_null(stranger.handle);
	mosquitto_int_option(stranger.handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_connect_callback_set(stranger.handle, on_connect);
	mosquitto_message_v5_callback_set(stranger.handle, on_message);
	mosquitto_publish_v5_callback_set(stranger.handle, on_publish);
	assert_int_equal(mosquitto_connect(stranger.handle, "127.0.0.1", MQTT_ROOM_PORT, 3600), MOSQ_ERR_SUCCESS);
}

static void leave(void)
{
	mosquitto_destroy(stranger.handle);
	mosquitto_lib_cleanup();
}

/* Others run while it waits: on virtual time nobody is interrupted. */
static void hear(struct mqtt_room *it)
{
	int rc = mosquitto_loop(stranger.handle, 1000, 1);

	if (rc != MOSQ_ERR_SUCCESS)
		fail_msg("the broker: %s", mosquitto_strerror(rc));
	if (*stranger.wrong) {
		mqtt_room_expect_bridge_lives(it);
		fail_msg("the bridge says: %s", stranger.wrong);
	}
}

static void hear_online(struct mqtt_room *it, bool online)
{
	uint64_t until = clock_now_ns(CLOCK_MONOTONIC) + WAIT_NS;

	while (stranger.online != online && clock_now_ns(CLOCK_MONOTONIC) < until)
		hear(it);
	assert_int_equal(stranger.online, online);
}

/* --- what is said to it ---------------------------------------------------------------------- */

/* The broker lets nobody publish to some topics: false. */
static bool say(const char *topic, const void *payload, size_t length, int qos, bool retained, mosquitto_property *properties)
{
	int rc;

	stranger.under_way++; /* it may be less before the call ends */
	rc = mosquitto_publish_v5(stranger.handle, NULL, topic, (int)length, payload, qos, retained, properties);
	mosquitto_property_free_all(&properties);
	if (rc == MOSQ_ERR_SUCCESS)
		return true;
	stranger.under_way--;
	if (rc != MOSQ_ERR_INVAL && rc != MOSQ_ERR_MALFORMED_UTF8)
		fail_msg("%s: %s", topic, mosquitto_strerror(rc));
	return false;
}

/* What a client of MQTT 5 may add to a message. */
static mosquitto_property *make_properties(void)
{
	mosquitto_property *properties = NULL;
	uint8_t bytes[64];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)random_between(&seed, 0, 255);
	if (random_between(&seed, 0, 1))
		mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, bytes,
		                              (uint16_t)random_between(&seed, 0, sizeof bytes));
	if (random_between(&seed, 0, 3) == 0)
		mosquitto_property_add_string(&properties, MQTT_PROP_RESPONSE_TOPIC, "roomd/pi/switch/fan/set");
	if (random_between(&seed, 0, 3) == 0)
		mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
		                             (uint32_t)random_between(&seed, 1, UINT32_MAX));
	for (uint64_t n = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 30); n > 0; n--)
		mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "session", "\xc3\xa9");
	return properties;
}

static void say_noise(struct mqtt_room *it)
{
	noise_make(&noise, &seed, &stranger.kept_back);
	if (say(noise.topic, noise.payload, noise.length, random_between(&seed, 0, 7) == 0, noise.retained, make_properties()))
		stranger.sent++;
	else
		stranger.not_sent++;
	while (stranger.under_way >= UNDER_WAY_MAX)
		hear(it);
}

/* Says a command until it is answered: of very many some are not, and some come while others are being done. */
static void ask(struct mqtt_room *it, const char *topic, const char *payload, bool done)
{
	static unsigned n;

	snprintf(stranger.asked, sizeof stranger.asked, "stranger-%u", ++n);
	stranger.done_expected = done;
	stranger.answered = false;
	for (unsigned times = 0; !stranger.answered; times++) {
		uint64_t until = clock_now_ns(CLOCK_MONOTONIC) + AGAIN_NS;
		mosquitto_property *properties = NULL;

		if (times == WAIT_NS / AGAIN_NS)
			fail_msg("%s: %s: no answer", topic, payload);
		mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, stranger.asked,
		                              (uint16_t)strlen(stranger.asked));
		say(topic, payload, strlen(payload), 1, false, properties);
		stranger.commands += done;
		while (!stranger.answered && clock_now_ns(CLOCK_MONOTONIC) < until)
			hear(it);
	}
	*stranger.asked = '\0';
}

/* --- what comes of it ------------------------------------------------------------------------ */

/* No relay was touched since trace_clear(), and roomd was asked for nothing but the commands. */
static void expect_nothing_done(struct mqtt_room *it)
{
	static const enum room_line lines[] = { LIGHT_RELAY, PORCH_RELAY, LOCK_LED };
	char messages[128];

	mqtt_room_expect_bridge_lives(it);
	process_let_pass_ms(it->room->roomd, 1);
	for (size_t i = 0; i < ELEMENTS(lines); i++)
		assert_int_equal(room_sets(it->room->room, lines[i], records, RECORDS_MAX), 0);
	snprintf(messages, sizeof messages, "%s/messages", it->room->roomd->folder);
	assert_int_equal(file_count_lines(messages, "): done, for "), stranger.commands);
	assert_int_equal(file_count_lines(messages, "done, for ") + file_count_lines(messages, "refused, for "),
	                 stranger.commands);
}

static long memory_kb(struct mqtt_room *it)
{
	return process_private_dirty_kb(&(struct process){ .pid = it->bridge });
}

static void say_figures(long kb)
{
	printf("# %" PRIu64 " messages, %" PRIu64 " kept back, %" PRIu64 " topics that cannot be; %" PRIu64 " answers; %ld kB\n",
	       stranger.sent, stranger.kept_back, stranger.not_sent, stranger.answers, kb);
	fflush(stdout);
}

/* So many messages at one bridge, which has what it takes after some of them. */
static void flood(struct mqtt_room *it, uint64_t n)
{
	uint64_t first = n / 4;
	long before_kb = 0, kb;

	for (uint64_t i = 0; i < n; i++) {
		say_noise(it);
		if (i % BATCH == 0)
			ask(it, LIGHT "set", "TOGGLE", false);
		if (i == first)
			before_kb = memory_kb(it);
		if ((i + 1) % FIGURES == 0)
			say_figures(memory_kb(it));
	}
	ask(it, FAN "set", "TOGGLE", false);
	kb = memory_kb(it);
	say_figures(kb);
	if (!PROCESS_IS_INSTRUMENTED && (kb > 3072 || kb > before_kb + GROWTH_KB))
		fail_msg("%ld kB, and %ld kB before", kb, before_kb);
}

/* Off at first, then on: commands that change nothing would not be seen. */
static void test_flood(void **state)
{
	struct mqtt_room *it = *state;

	mqtt_room_make_quiet(it);
	come();
	bus_room_start(it->room, ROOM);
	trace_clear();
	mqtt_room_start_bridge(it, MQTT_ROOM_CONFIG);
	hear_online(it, true);
	flood(it, flood_size() / 2);
	expect_nothing_done(it);
	ask(it, LIGHT "set", "ON", true);
	ask(it, FAN "set", "{\"action\":\"SetOn\",\"on\":true}", true);
	room_expect_level(it->room->room, LIGHT_RELAY, true);
	room_expect_level(it->room->room, PORCH_RELAY, true);
	/* The next one finds at the broker what was retained. */
	mqtt_room_kill_bridge(it);
	hear_online(it, false);
	trace_clear();
	mqtt_room_start_bridge(it, NULL);
	hear_online(it, true);
	flood(it, flood_size() / 2);
	expect_nothing_done(it);
	ask(it, LIGHT "set", "OFF", true);
	room_expect_level(it->room->room, LIGHT_RELAY, false);
	leave();
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST_WITH(test_flood, mqtt_room_setup, mqtt_room_teardown),
};

RUN_TESTS(tests)
