/* The connection to a broker with TLS: whom we believe, who we are, and what a person is told when that is wrong. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker-peer.h"
#include "helpers.h"
#include "hostile-server.h"
#include "mosquitto-fixture.h"

#define LISTENER(name) "cafile %s/ca.pem\ncertfile %s/" name ".pem\nkeyfile %s/" name ".key\n"

static struct peer peer;
static struct mosquitto_fixture *it;

static int setup(void **state)
{
	it = peer_setup(state);
	mosquitto_fixture_make_certificates(it);
	return 0;
}

static int close_peer(void **state)
{
	(void)state;
	peer_close(&peer);
	return 0;
}

static struct broker_settings tls_settings(const char *host)
{
	struct broker_settings settings = peer_settings(it->port, "one");

	settings.host = host;
	settings.tls = true;
	settings.ca_file = mosquitto_fixture_path(it, "ca.pem");
	return settings;
}

static void expect_round(void)
{
	static char big[100000];

	assert_true(broker_subscribe(peer.broker, "room/#", 1) > 0);
	memset(big, 'x', sizeof big);
	assert_true(broker_publish(peer.broker,
	                           &(struct broker_message){ .topic = "room/big", .payload = big, .length = sizeof big }, 1) > 0);
	assert_true(peer_say(&peer, "room/small", "on", 1, false) > 0);
	WAIT_FOR(peer.messages_n == 2 && peer.published_n == 2);
	assert_int_equal(peer_find(&peer, "room/big")->length, sizeof big);
	assert_string_equal(peer_find(&peer, "room/small")->payload, "on");
}

static void test_name_and_address(void **state)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1" };

	(void)state;
	mosquitto_fixture_start(it, LISTENER("server"));
	for (size_t i = 0; i < ELEMENTS(hosts); i++) {
		struct broker_settings settings = tls_settings(hosts[i]);

		peer_connect(&peer, &settings);
		EXPECT_WORDS(broker_words(peer.broker), hosts[i], "with TLS", "MQTT 5");
		expect_round();
		peer_close(&peer);
	}
}

/* Who the broker is. */
static void test_broker_not_believed(void **state)
{
	struct broker_settings settings = tls_settings("localhost");

	(void)state;
	mosquitto_fixture_start(it, LISTENER("stranger"));
	EXPECT_WORDS(peer_failure(&peer, &settings), "certificate of localhost", "not trusted", "CaFile=");
	mosquitto_fixture_start(it, LISTENER("expired"));
	EXPECT_WORDS(peer_failure(&peer, &settings), "certificate of localhost", "expired on 20", "renew it", "clock");
	mosquitto_fixture_start(it, LISTENER("other"));
	EXPECT_WORDS(peer_failure(&peer, &settings), "not for localhost", "but for other.example.org", "Uri=");
	settings = tls_settings("127.0.0.1");
	EXPECT_WORDS(peer_failure(&peer, &settings), "not for 127.0.0.1", "but for other.example.org");
	/* The system's CAs do not know it. */
	mosquitto_fixture_start(it, LISTENER("server"));
	settings.ca_file = NULL;
	EXPECT_WORDS(peer_failure(&peer, &settings), "not trusted", "CaFile=");
}

/* Who we are. */
static void test_client_certificate(void **state)
{
	struct broker_settings settings = tls_settings("localhost");

	(void)state;
	mosquitto_fixture_start(it, LISTENER("server") "require_certificate true\n");
	EXPECT_WORDS(peer_failure(&peer, &settings), "wants a client certificate", "ClientCertificate=");
	settings.certificate_file = mosquitto_fixture_path(it, "stranger.pem");
	settings.key_file = mosquitto_fixture_path(it, "stranger.key");
	EXPECT_WORDS(peer_failure(&peer, &settings), "does not trust our ClientCertificate=", "signed by a CA");
	settings.certificate_file = mosquitto_fixture_path(it, "expired.pem");
	settings.key_file = mosquitto_fixture_path(it, "expired.key");
	EXPECT_WORDS(peer_failure(&peer, &settings), "our ClientCertificate= has expired");
	settings.certificate_file = mosquitto_fixture_path(it, "client.pem");
	settings.key_file = mosquitto_fixture_path(it, "client.key");
	peer_connect(&peer, &settings);
	expect_round();
	peer_close(&peer);
	/* The same where TLS 1.2 is what there is: it says so earlier, and less. */
	settings.certificate_file = settings.key_file = NULL;
	mosquitto_fixture_start(it, LISTENER("server") "require_certificate true\ntls_version tlsv1.2\n");
	EXPECT_WORDS(peer_failure(&peer, &settings), "ClientCertificate=");
}

static void test_files(void **state)
{
	struct broker_settings good = tls_settings("localhost"), settings = good;

	(void)state;
	mosquitto_fixture_start(it, LISTENER("server"));
	settings.ca_file = mosquitto_fixture_path(it, "missing.pem");
	EXPECT_WORDS(peer_failure(&peer, &settings), "CaFile= ", "missing.pem", "No such file or directory");
	settings.ca_file = mosquitto_fixture_path(it, "server.key");
	EXPECT_WORDS(peer_failure(&peer, &settings), "CaFile= ", "server.key", "cannot be used");
	settings = good;
	settings.certificate_file = mosquitto_fixture_path(it, "ca.key");
	settings.key_file = mosquitto_fixture_path(it, "client.key");
	EXPECT_WORDS(peer_failure(&peer, &settings), "ClientCertificate= ", "ca.key", "PEM");
	settings.certificate_file = mosquitto_fixture_path(it, "client.pem");
	settings.key_file = mosquitto_fixture_path(it, "server.key");
	EXPECT_WORDS(peer_failure(&peer, &settings), "the key ", "server.key", "ClientCertificate=");
	settings.key_file = "/";
	EXPECT_WORDS(peer_failure(&peer, &settings), "the key /", "cannot be used");
	/* It is there later: nothing is to be restarted. */
	settings = good;
	settings.ca_file = mosquitto_fixture_path(it, "later.pem");
	peer_open(&peer, &settings);
	WAIT_FOR(peer.disconnected == 1);
	assert_int_equal(symlink("ca.pem", settings.ca_file), 0);
	broker_hurry(peer.broker);
	WAIT_FOR(peer.connected == 1);
}

static void test_wrong_port(void **state)
{
	struct broker_settings settings = tls_settings("localhost");

	(void)state;
	mosquitto_fixture_start(it, "");
	EXPECT_WORDS(peer_failure(&peer, &settings), "TLS with localhost", "port for TLS", "mqtt://");
	settings.tls = false;
	mosquitto_fixture_start(it, LISTENER("server"));
	EXPECT_WORDS(peer_failure(&peer, &settings), "mqtts://");
}

/* Several packets in one record, after which nothing comes: all are read. */
static void talk_in_one_record(struct hostile_connection *connection)
{
	static const char packets[] = CONNACK_5 "\x30\x05\x00\x01"
						"a\x00"
						"1"
						"\x30\x05\x00\x01"
						"b\x00"
						"2"
						"\x30\x05\x00\x01"
						"c\x00"
						"3";
	SSL *ssl = hostile_tls(connection);

	if (!ssl || hostile_tls_read_packet(ssl) != 0x10)
		return;
	SSL_write(ssl, packets, sizeof packets - 1);
	while (hostile_tls_read_packet(ssl) >= 0)
		;
}

static void test_one_record(void **state)
{
	struct broker_settings settings = tls_settings("localhost");
	struct hostile_server server;

	(void)state;
	hostile_start(&server, talk_in_one_record, mosquitto_fixture_path(it, "server"));
	settings.port = server.port;
	peer_connect(&peer, &settings);
	WAIT_FOR_MS(2000, peer.messages_n == 3);
	assert_string_equal(server.seen->name, "localhost");
	hostile_stop(&server);
}

#define TLS_TEST(test) cmocka_unit_test_teardown(test, close_peer)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TLS_TEST(test_name_and_address), TLS_TEST(test_broker_not_believed), TLS_TEST(test_client_certificate),
		TLS_TEST(test_files),            TLS_TEST(test_wrong_port),          TLS_TEST(test_one_record),
	};

	return cmocka_run_group_tests(tests, setup, peer_teardown);
}
