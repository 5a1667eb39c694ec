/* The connection to Debian's mosquitto, without TLS: messages, last will, who may what, and brokers that go and come. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "broker-peer.h"
#include "helpers.h"
#include "mosquitto-fixture.h"
#include "mqtt/broker-internal.h"

static struct peer peers[3];

static int setup(void **state)
{
	mosquitto_fixture_start(peer_setup(state), "");
	return 0;
}

static int close_peers(void **state)
{
	mosquitto_fixture_signal(*state, SIGCONT);
	for (size_t i = 0; i < ELEMENTS(peers); i++)
		peer_close(&peers[i]);
	return 0;
}

static void connect_peer(struct mosquitto_fixture *it, struct peer *peer, const char *client_id)
{
	struct broker_settings settings = peer_settings(it->port, client_id);

	peer_connect(peer, &settings);
}

/* What was asked for before is in force. */
static void subscribe(struct peer *peer, const char *filter)
{
	unsigned published = peer->published_n;

	assert_true(broker_subscribe(peer->broker, filter, 1) > 0);
	assert_true(peer_say(peer, "test/fence", "", 1, false) > 0);
	WAIT_FOR(peer->published_n > published);
}

/* --- messages -------------------------------------------------------------------------------- */

static void test_messages(void **state)
{
	const struct peer_message *message;
	int id;

	connect_peer(*state, &peers[0], "one");
	connect_peer(*state, &peers[1], "two");
	EXPECT_WORDS(broker_words(peers[0].broker), "connected to 127.0.0.1, port ", "without TLS", "MQTT 5");
	assert_int_equal(broker_version(peers[0].broker), 5);
	assert_string_equal(broker_last_failure(peers[0].broker), "");
	subscribe(&peers[1], "room/#");
	id = peer_say(&peers[0], "room/light", "on", 1, true);
	assert_true(id > 0);
	assert_int_equal(broker_in_flight(peers[0].broker), 1);
	assert_int_equal(peers[0].published_n, 0);
	WAIT_FOR(peers[0].published_n == 1 && peers[1].messages_n == 1);
	assert_int_equal(peers[0].published[0], id);
	assert_int_equal(broker_in_flight(peers[0].broker), 0);
	message = peer_find(&peers[1], "room/light");
	assert_string_equal(message->payload, "on");
	assert_false(message->retained);
	/* Who comes later. */
	connect_peer(*state, &peers[2], "three");
	subscribe(&peers[2], "room/#");
	WAIT_FOR(peers[2].messages_n == 1);
	assert_true(peers[2].messages[0].retained);
	assert_true(broker_unsubscribe(peers[1].broker, "room/#") > 0);
	assert_true(peer_say(&peers[1], "room/light", "off", 1, true) > 0);
	WAIT_FOR(peers[2].messages_n == 2);
	assert_int_equal(peers[1].messages_n, 1);
	assert_true(peer_say(&peers[1], "room/light", "", 1, true) > 0);
	WAIT_FOR(peers[2].messages_n == 3);
}

static void test_properties(void **state)
{
	const struct broker_property properties[] = { { "serial", "17" }, { "series", "a b" } };
	const struct peer_message *message;

	connect_peer(*state, &peers[0], "one");
	connect_peer(*state, &peers[1], "two");
	subscribe(&peers[1], "room/set");
	assert_true(broker_publish(peers[0].broker,
	                           &(struct broker_message){ .topic = "room/set",
	                                                     .payload = "ON",
	                                                     .length = 2,
	                                                     .expiry_sec = 90,
	                                                     .correlation = "\0\1\2",
	                                                     .correlation_length = 3,
	                                                     .response_topic = "room/result",
	                                                     .properties = properties,
	                                                     .properties_n = 2 },
	                           1) > 0);
	WAIT_FOR(peers[1].messages_n == 1);
	message = &peers[1].messages[0];
	assert_in_range(message->expiry_sec, 85, 90);
	assert_int_equal(message->correlation_length, 3);
	assert_memory_equal(message->correlation, "\0\1\2", 3);
	assert_string_equal(message->response_topic, "room/result");
	assert_int_equal(message->properties_n, 2);
	assert_string_equal(message->properties[1].name, "series");
	assert_string_equal(message->properties[1].value, "a b");
}

/* Twenty without an answer, and no more; what has QoS 0 does not count. */
static void test_in_flight(void **state)
{
	struct mosquitto_fixture *it = *state;

	connect_peer(it, &peers[0], "one");
	mosquitto_fixture_signal(it, SIGSTOP);
	for (int i = 0; i < BROKER_IN_FLIGHT_MAX; i++)
		assert_true(peer_say(&peers[0], "room/event", "x", 1, false) > 0);
	assert_int_equal(peer_say(&peers[0], "room/event", "x", 1, false), -EAGAIN);
	assert_true(peer_say(&peers[0], "room/event", "x", 0, false) > 0);
	loop_run_ms(50);
	assert_int_equal(broker_in_flight(peers[0].broker), BROKER_IN_FLIGHT_MAX);
	assert_int_equal(peers[0].published_n, 0);
	assert_int_equal(peer_say(&peers[0], "room/event", "x", 1, false), -EAGAIN);
	mosquitto_fixture_signal(it, SIGCONT);
	WAIT_FOR(peers[0].published_n == BROKER_IN_FLIGHT_MAX);
	assert_int_equal(broker_in_flight(peers[0].broker), 0);
	assert_true(peer_say(&peers[0], "room/event", "x", 1, false) > 0);
}

static void test_not_taken(void **state)
{
	static char big[BROKER_PAYLOAD_MAX + 1];
	struct broker_message message = { .topic = "room/big", .payload = big, .length = sizeof big };

	connect_peer(*state, &peers[0], "one");
	assert_int_equal(broker_publish(peers[0].broker, &message, 1), -EMSGSIZE);
	assert_int_equal(peer_say(&peers[0], "room/+", "x", 1, false), -EINVAL);
	assert_int_equal(peer_say(&peers[0], "", "x", 1, false), -EINVAL);
	assert_int_equal(broker_subscribe(peers[0].broker, "room/#/x", 1), -EINVAL);
	assert_int_equal(broker_in_flight(peers[0].broker), 0);
	message.length--;
	subscribe(&peers[0], "room/big");
	assert_true(broker_publish(peers[0].broker, &message, 1) > 0);
	WAIT_FOR(peers[0].messages_n == 1);
	assert_int_equal(peers[0].messages[0].length, BROKER_PAYLOAD_MAX);
}

static void test_settings(void **state)
{
	static const struct broker_callbacks none;
	struct broker_settings good = peer_settings(1, "one"), bad[] = { good, good, good, good, good };
	struct broker *broker;
	unsigned wrong = 0;

	(void)state;
	bad[0].host = "";
	bad[1].port = 0;
	bad[2].client_id = NULL;
	bad[2].clean = false;
	bad[3].keep_alive_sec = 4;
	bad[4].certificate_file = "/dev/null";
	for (size_t i = 0; i < ELEMENTS(bad); i++) {
		struct problem problem = { 0 };
		int r = broker_new(loop, &bad[i], &none, NULL, &broker, &problem);

		if (r != -EINVAL || !*problem.text)
			wrong += row_fails("row %zu: %d, \"%s\"", i, r, problem.text);
		if (r >= 0)
			broker_free(broker);
	}
	assert_int_equal(wrong, 0);
}

/* --- last words ------------------------------------------------------------------------------ */

static void open_with_will(struct mosquitto_fixture *it, struct peer *peer, const char *session)
{
	struct broker_settings settings = peer_settings(it->port, "hub");

	settings.will_topic = "hub/availability";
	settings.will_payload = "offline";
	settings.session = session;
	peer_connect(peer, &settings);
}

static void test_last_will(void **state)
{
	const struct peer_message *message;

	connect_peer(*state, &peers[1], "watcher");
	subscribe(&peers[1], "hub/availability");
	open_with_will(*state, &peers[0], "s-1");
	/* An end that was announced has none; any other has. */
	broker_say_farewell(peers[0].broker);
	peer_close(&peers[0]);
	assert_true(peer_say(&peers[1], "test/fence", "", 1, false) > 0);
	loop_run_ms(200);
	assert_int_equal(peers[1].messages_n, 0);
	/* Another client with the same id takes its place. */
	open_with_will(*state, &peers[0], "s-2");
	connect_peer(*state, &peers[2], "hub");
	WAIT_FOR(peers[0].disconnected == 1);
	assert_true(peers[0].was_connected);
	EXPECT_WORDS(peers[0].reason, "127.0.0.1", "another client has the same id", "Name=");
	WAIT_FOR(peers[1].messages_n == 1);
	message = &peers[1].messages[0];
	assert_string_equal(message->payload, "offline");
	assert_int_equal(message->properties_n, 1);
	assert_string_equal(message->properties[0].name, "session");
	assert_string_equal(message->properties[0].value, "s-2");
	/* The next connection's is another one, and it is retained. */
	assert_int_equal(broker_set_session(peers[0].broker, "s-3"), 0);
	broker_hurry(peers[0].broker);
	WAIT_FOR(peers[0].connected == 2);
	peer_close(&peers[2]);
	connect_peer(*state, &peers[2], "hub");
	WAIT_FOR(peers[1].messages_n == 2);
	assert_string_equal(peers[1].messages[1].properties[0].value, "s-3");
	subscribe(&peers[2], "hub/availability");
	WAIT_FOR(peers[2].messages_n == 1);
	assert_true(peers[2].messages[0].retained);
}

/* --- brokers that go and come ---------------------------------------------------------------- */

static void test_broker_restarts(void **state)
{
	struct mosquitto_fixture *it = *state;

	connect_peer(it, &peers[0], "one");
	mosquitto_fixture_signal(it, SIGKILL);
	WAIT_FOR(peers[0].disconnected == 1);
	assert_true(peers[0].was_connected);
	EXPECT_WORDS(peers[0].reason, "127.0.0.1", "closed the connection");
	assert_int_equal(peer_say(&peers[0], "room/event", "x", 1, false), -ENOTCONN);
	assert_int_equal(broker_subscribe(peers[0].broker, "room/#", 1), -ENOTCONN);
	EXPECT_WORDS(broker_words(peers[0].broker), "waiting for ", " s: ", "closed the connection");
	broker_hurry(peers[0].broker);
	WAIT_FOR(peers[0].disconnected == 2);
	assert_false(peers[0].was_connected);
	EXPECT_WORDS(peers[0].reason, "Connection refused", "does the broker run");
	mosquitto_fixture_start(it, "");
	broker_hurry(peers[0].broker);
	WAIT_FOR(peers[0].connected == 2);
}

/* --- who may what ---------------------------------------------------------------------------- */

static void test_password(void **state)
{
	struct mosquitto_fixture *it = *state;
	struct broker_settings settings = peer_settings(it->port, "one");

	mosquitto_fixture_add_user(it, "hub", "secret-1");
	mosquitto_fixture_start(it, "allow_anonymous false\npassword_file %s/passwords\n");
	EXPECT_WORDS(peer_failure(&peers[0], &settings), "refuses", "User=", "mqtt.password");
	settings.user = "hub";
	settings.password = "secret-2";
	EXPECT_WORDS(peer_failure(&peers[0], &settings), "refuses", "password", "mqtt.password");
	assert_null(strstr(peers[0].reason, "secret"));
	settings.password = "secret-1";
	peer_connect(&peers[0], &settings);
}

static void test_acl(void **state)
{
	struct mosquitto_fixture *it = *state;
	struct broker_settings settings = peer_settings(it->port, "one");
	int id;

	mosquitto_fixture_write(it, "acl", "topic readwrite room/pi/#\ntopic read room/other/#\n");
	mosquitto_fixture_start(it, "acl_file %s/acl\n");
	peer_connect(&peers[0], &settings);
	id = peer_say(&peers[0], "room/other/light/set", "ON", 1, false);
	WAIT_FOR(peers[0].refused_n == 1);
	assert_int_equal(peers[0].refused_id, id);
	EXPECT_WORDS(peers[0].refused, "room/other/light/set", "Not authorized", "ACL");
	assert_int_equal(peers[0].published_n, 0);
	assert_int_equal(broker_in_flight(peers[0].broker), 0);
	mosquitto_fixture_start(it, "");
}

/* --- keep-alive ------------------------------------------------------------------------------ */

/* All at once, because it takes long: a message of QoS 1 in the middle, which is acknowledged, so that there is nothing to
 * ask then; and two that just listen. None is taken for dead, none takes us for. (Not with max_keepalive: mosquitto 2.0.21
 * then ends now and then a connection that has just come, because it has "exceeded timeout".) */
static void test_keep_alive(void **state)
{
	struct broker_settings settings[ELEMENTS(peers)];
	static const char *const names[] = { "one", "two", "three" };
	struct loop_figures figures;

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		settings[i] = peer_settings(((struct mosquitto_fixture *)*state)->port, names[i]);
		settings[i].keep_alive_sec = 8;
		peer_connect(&peers[i], &settings[i]);
	}
	subscribe(&peers[1], "room/set");
	loop_run_ms(3000);
	assert_true(peer_say(&peers[2], "room/set", "x", 1, false) > 0);
	WAIT_FOR(peers[1].messages_n == 1);
	loop_measure();
	loop_run_ms(12000);
	figures = loop_measured();
	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (peers[i].disconnected > 0)
			fail_msg("connection %zu: %s", i, peers[i].reason);
	print_message("# 3 idle connections, 12 s, keep-alive of 8 s: %u turns of the loop\n", figures.turns);
	assert_in_range(figures.turns, 2, 3 * 2 * 12 / 8);
}

/* It stops; with TLS or without, that is the same. */
static void test_broker_hangs(void **state)
{
	struct broker_settings settings = peer_settings(((struct mosquitto_fixture *)*state)->port, "one");
	uint64_t begin_ms;

	settings.keep_alive_sec = 5;
	peer_connect(&peers[0], &settings);
	mosquitto_fixture_signal(*state, SIGSTOP);
	begin_ms = loop_now_ms();
	WAIT_FOR_MS(11500, peers[0].disconnected == 1);
	print_message("# found after %d ms\n", (int)(loop_now_ms() - begin_ms));
	assert_in_range(loop_now_ms() - begin_ms, 5000, 11100);
	EXPECT_WORDS(peers[0].reason, "127.0.0.1, port ", "did not answer", "the broker hangs");
}

#define BROKER_TEST(test) cmocka_unit_test_teardown(test, close_peers)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BROKER_TEST(test_messages),
		BROKER_TEST(test_properties),
		BROKER_TEST(test_in_flight),
		BROKER_TEST(test_not_taken),
		BROKER_TEST(test_settings),
		BROKER_TEST(test_last_will),
		BROKER_TEST(test_broker_restarts),
		BROKER_TEST(test_password),
		BROKER_TEST(test_acl),
		BROKER_TEST(test_keep_alive),
		BROKER_TEST(test_broker_hangs),
	};

	return cmocka_run_group_tests(tests, setup, peer_teardown);
}
