/* Servers that are no brokers, or bad ones; names that nobody knows. Whatever they do: the loop goes on, little is used, and
 * somebody is told. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker-peer.h"
#include "helpers.h"
#include "hostile-server.h"
#include "mosquitto-fixture.h"
#include "mqtt/broker-internal.h"

static struct mosquitto_fixture *it;
static struct peer peers[8];

/* --- the name service ------------------------------------------------------------------------ */

static pthread_mutex_t hanging = PTHREAD_MUTEX_INITIALIZER; /* while it is locked */
static bool hangs;
static atomic_int lookups_hanging;

static void hang(bool hang)
{
	if (hang != hangs)
		(hang ? pthread_mutex_lock : pthread_mutex_unlock)(&hanging);
	hangs = hang;
}

/* In place of the C library's, for libmosquitto, too. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	if (node && strcmp(node, "hangs.example.org") == 0) {
		atomic_fetch_add(&lookups_hanging, 1);
		pthread_mutex_lock(&hanging);
		pthread_mutex_unlock(&hanging);
		atomic_fetch_sub(&lookups_hanging, 1);
		return EAI_AGAIN;
	}
	if (node && strstr(node, "nobody"))
		return EAI_NONAME;
	if (node && strcmp(node, "again.example.org") == 0)
		return EAI_AGAIN;
	return real_getaddrinfo(node, service, hints, ret);
}

/* --- setup ----------------------------------------------------------------------------------- */

static int setup(void **state)
{
	it = peer_setup(state);
	mosquitto_fixture_make_certificates(it);
	return 0;
}

static int close_peers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(peers); i++)
		peer_close(&peers[i]);
	hang(false);
	broker_limits = broker_limits_usual;
	return 0;
}

static struct broker_settings settings_for(uint16_t port, bool tls)
{
	struct broker_settings settings = peer_settings(port, "one");

	settings.tls = tls;
	settings.ca_file = mosquitto_fixture_path(it, "ca.pem");
	return settings;
}

/* --- silence --------------------------------------------------------------------------------- */

static void expect_little_used(unsigned sec)
{
	struct loop_figures figures;

	loop_measure();
	loop_run_ms(sec * 1000);
	figures = loop_measured();
	print_message("# %u s: latest timer %u ms, %u turns besides, %.1f ms of the processor\n", sec, figures.late_ms,
	              figures.turns, figures.cpu_ms);
	assert_in_range(figures.late_ms, 0, 200);
	assert_in_range(figures.turns, 0, 50);
	assert_in_range((unsigned)figures.cpu_ms, 0, 100);
}

/* All kinds of it at once, for three seconds; then their deadlines come. */
static void test_silence(void **state)
{
	struct hostile_server silent[5];
	struct broker_settings settings;
	int fds[HOSTILE_FULL_FDS];

	(void)state;
	broker_limits = (struct broker_limits){ .tcp_sec = 5, .tls_sec = 5, .connack_sec = 5, .ping_sec = 5 };
	hostile_start(&silent[0], hostile_listen, NULL);
	hostile_start(&silent[1], hostile_listen, NULL);
	hostile_start(&silent[2], hostile_answer_half, mosquitto_fixture_path(it, "server"));
	hostile_start(&silent[3], hostile_keep_silent_in_tls, mosquitto_fixture_path(it, "server"));
	for (unsigned i = 0; i < 4; i++) {
		settings = settings_for(silent[i].port, i > 0);
		peer_open(&peers[i], &settings);
	}
	settings = settings_for(hostile_make_full_port("127.0.0.1", 0, fds), false);
	peer_open(&peers[4], &settings);
	hang(true);
	settings.host = "hangs.example.org";
	peer_open(&peers[5], &settings);
	loop_run_ms(500); /* three handshakes take what they take */
	expect_little_used(3);
	EXPECT_WORDS(broker_words(peers[0].broker), "connecting to 127.0.0.1, port ", "CONNACK");
	EXPECT_WORDS(broker_words(peers[1].broker), "connecting to 127.0.0.1, port ", "TLS");
	EXPECT_WORDS(broker_words(peers[5].broker), "connecting to hangs.example.org, port ", "looking up");
	for (unsigned i = 0; i < 6; i++)
		WAIT_FOR_MS(4000, peers[i].disconnected == 1);
	EXPECT_WORDS(peers[0].reason, "127.0.0.1, port ", "did not answer within 5 s", "CONNACK", "mqtts://");
	EXPECT_WORDS(peers[1].reason, "did not answer within 5 s", "TLS", "mqtt://");
	EXPECT_WORDS(peers[2].reason, "did not answer within 5 s", "TLS");
	EXPECT_WORDS(peers[3].reason, "did not answer within 5 s", "CONNACK");
	EXPECT_WORDS(peers[4].reason, "127.0.0.1, port ", "did not answer within 5 s", "TCP", "firewall");
	EXPECT_WORDS(peers[5].reason, "hangs.example.org", "did not answer within 5 s", "looking up", "name server");
	for (unsigned i = 0; i < 4; i++)
		hostile_stop(&silent[i]);
	for (unsigned i = 0; i < ELEMENTS(fds); i++)
		close(fds[i]);
}

/* --- names ----------------------------------------------------------------------------------- */

static void test_names(void **state)
{
	struct broker_settings settings = settings_for(1, false);

	(void)state;
	settings.host = "nobody.example.org";
	EXPECT_WORDS(peer_failure(&peers[0], &settings), "nobody.example.org", "cannot be looked up", "spelled right");
	settings.host = "nobody.local";
	EXPECT_WORDS(peer_failure(&peers[0], &settings), "nobody.local", "libnss-mdns");
	settings.host = "again.example.org";
	EXPECT_WORDS(peer_failure(&peers[0], &settings), "again.example.org", "no name server answers");
}

/* Whoever gives it up does not wait; the threads that hang are counted, and free what is theirs when they come back. */
static void test_lookup_hangs(void **state)
{
	struct broker_settings settings = settings_for(1, false);
	uint64_t begin_ms;

	(void)state;
	settings.host = "hangs.example.org";
	hang(true);
	for (int i = 0; i < LINK_THREADS_MAX; i++) {
		peer_open(&peers[i], &settings);
		WAIT_FOR(atomic_load(&lookups_hanging) == i + 1);
	}
	EXPECT_WORDS(peer_failure(&peers[LINK_THREADS_MAX], &settings), "hangs.example.org", "hang already", "name server");
	begin_ms = loop_now_ms();
	for (int i = 0; i < LINK_THREADS_MAX; i++)
		peer_close(&peers[i]);
	assert_in_range(loop_now_ms() - begin_ms, 0, 50);
	assert_int_equal(atomic_load(&lookups_hanging), LINK_THREADS_MAX);
	hang(false);
	WAIT_FOR(atomic_load(&lookups_hanging) == 0);
	/* Now there is room again. */
	peer_open(&peers[0], &settings);
	WAIT_FOR(peers[0].disconnected >= 1);
	EXPECT_WORDS(peers[0].reason, "no name server answers");
}

/* --- versions -------------------------------------------------------------------------------- */

static void know_3_only(struct hostile_connection *connection)
{
	hostile_read_packet(connection);
	if (connection->seen->protocol[connection->nth] == 5) {
		hostile_send(connection, "\x20\x02\x00\x01", 4);
		return;
	}
	hostile_send(connection, CONNACK_4, 4);
	/* A subscription that is refused, as 3.1.1 does it, and the end. */
	if (hostile_read_packet(connection) == 0x82)
		hostile_send(connection, "\x90\x03\x00\x01\x80", 5);
	hostile_read_packet(connection);
}

/* A broker that says that it does not know MQTT 5 is asked again at once; and with 5 again when it comes back. */
static void test_version_refused(void **state)
{
	struct hostile_server server;
	struct broker_settings settings;

	(void)state;
	hostile_start(&server, know_3_only, NULL);
	settings = settings_for(server.port, false);
	peer_open(&peers[0], &settings);
	WAIT_FOR_MS(900, peers[0].connected == 1);
	EXPECT_WORDS(peers[0].reason, "127.0.0.1", "3.1.1");
	EXPECT_WORDS(broker_words(peers[0].broker), "connected to", "MQTT 3.1.1");
	assert_int_equal(broker_version(peers[0].broker), 4);
	assert_int_equal(broker_subscribe(peers[0].broker, "secret/#", 1), 1);
	WAIT_FOR(peers[0].refused_n == 1);
	EXPECT_WORDS(peers[0].refused, "secret/#", "refused");
	assert_int_equal(peer_say(&peers[0], "a", "b", 0, false) > 0, 1);
	WAIT_FOR(peers[0].disconnected == 2);
	assert_int_equal(broker_version(peers[0].broker), 5);
	broker_hurry(peers[0].broker);
	WAIT_FOR_MS(900, peers[0].connected == 2);
	assert_int_equal(server.seen->protocol[0], 5);
	assert_int_equal(server.seen->protocol[1], 4);
	assert_int_equal(server.seen->protocol[2], 5);
	assert_int_equal(server.seen->protocol[3], 4);
	hostile_stop(&server);
}

static void hang_up_at_5(struct hostile_connection *connection)
{
	hostile_read_packet(connection);
	if (connection->seen->protocol[connection->nth] == 5)
		return;
	if (connection->userdata) /* not the first time either */
		return;
	hostile_send(connection, CONNACK_4, 4);
	hostile_read_packet(connection);
}

static void try_so_often(struct peer *peer, unsigned times)
{
	for (unsigned i = 1; i <= times; i++) {
		WAIT_FOR(peer->disconnected == i);
		broker_hurry(peer->broker);
	}
}

/* One that hangs up instead: after three attempts 3.1.1, once; after a connection that held the first is enough. */
static void test_version_guessed(void **state)
{
	static const unsigned for_ever[] = { 5, 5, 5, 4, 5, 5, 5, 4 };
	struct hostile_server server;
	struct broker_settings settings;

	(void)state;
	hostile_start(&server, hang_up_at_5, NULL);
	settings = settings_for(server.port, false);
	peer_open(&peers[0], &settings);
	try_so_often(&peers[0], 3);
	WAIT_FOR(peers[0].connected == 1);
	assert_int_equal(broker_version(peers[0].broker), 4);
	assert_true(peer_say(&peers[0], "a", "b", 0, false) > 0);
	WAIT_FOR(peers[0].disconnected == 4);
	broker_hurry(peers[0].broker);
	WAIT_FOR(peers[0].disconnected == 5);
	broker_hurry(peers[0].broker);
	WAIT_FOR(peers[0].connected == 2);
	assert_int_equal(server.seen->protocol[4], 5);
	assert_int_equal(server.seen->protocol[5], 4);
	hostile_stop(&server);
	peer_close(&peers[0]);
	hostile_start(&server, hang_up_at_5, "always");
	settings = settings_for(server.port, false);
	peer_open(&peers[0], &settings);
	try_so_often(&peers[0], 8);
	for (size_t i = 0; i < ELEMENTS(for_ever); i++)
		assert_int_equal(server.seen->protocol[i], for_ever[i]);
	EXPECT_WORDS(peers[0].reason, "closed the connection", "another version of MQTT");
	hostile_stop(&server);
}

/* --- what is wrong --------------------------------------------------------------------------- */

struct script {
	const char *name;
	const char *bytes; /* after CONNECT */
	size_t length;
	bool connects;     /* first, that is */
	const char *words; /* of the end */
};

#define BYTES(text) (text), sizeof(text) - 1
static const struct script scripts[] = {
	{ "closes", BYTES(""), false, "closed the connection" },
	{ "half a CONNACK", BYTES("\x20\x03\x00"), false, "closed the connection" },
	{ "HTTP", BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), false, "closed the connection" },
	{ "zeros", BYTES("\0\0\0\0\0\0\0\0"), false, "as it should" },
	{ "ones", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), false, "as it should" },
	{ "an endless length", BYTES("\x20\xff\xff\xff\xff\xff\x01"), false, "as it should" },
	{ "CONNACK, property unknown", BYTES("\x20\x05\x00\x00\x02\x7f\x00"), false, "as it should" },
	{ "busy", BYTES("\x20\x03\x00\x89\x00"), false, "not ready" },
	{ "banned", BYTES("\x20\x03\x00\x8a\x00"), false, "banned" },
	{ "client id", BYTES("\x20\x03\x00\x85\x00"), false, "client id" },
	{ "a PUBLISH before", BYTES("\x30\x05\x00\x01"
	                            "a\x00"
	                            "1"),
	  false, "" },
	{ "connected, closes", BYTES(CONNACK_5), true, "closed the connection" },
	{ "connected, is shut down", BYTES(CONNACK_5 "\xe0\x02\x8b\x00"), true, "is shut down" },
	{ "connected twice", BYTES(CONNACK_5 CONNACK_5), true, "as it should" },
	{ "answers to nothing", BYTES(CONNACK_5 "\x40\x02\x12\x34\x90\x04\x12\x35\x00\x87"), true, "" },
	{ "a topic that is not UTF-8", BYTES(CONNACK_5 "\x30\x05\x00\x01\xff\x00"
	                                               "1"),
	  true, "as it should" },
	{ "a CONNECT of its own", BYTES(CONNACK_5 "\x10\x00"), true, "as it should" },
};

static void follow_script(struct hostile_connection *connection)
{
	const struct script *script = connection->userdata;

	hostile_read_packet(connection);
	hostile_send(connection, script->bytes, script->length);
	shutdown(connection->fd, SHUT_WR);
	hostile_listen(connection);
}

static void test_wrong_answers(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(scripts); i++) {
		struct hostile_server server;
		struct broker_settings settings;

		hostile_start(&server, follow_script, &scripts[i]);
		settings = settings_for(server.port, false);
		peer_open(&peers[0], &settings);
		WAIT_FOR(peers[0].disconnected >= 1);
		print_message("# %s: %s\n", scripts[i].name, peers[0].reason);
		if (peers[0].connected != scripts[i].connects || !strstr(peers[0].reason, scripts[i].words))
			wrong += row_fails("%s: connected %u, \"%s\"", scripts[i].name, peers[0].connected, peers[0].reason);
		assert_int_equal(broker_in_flight(peers[0].broker), 0);
		peer_close(&peers[0]);
		hostile_stop(&server);
	}
	assert_int_equal(wrong, 0);
}

/* It closes at once, in the middle of TLS, and after it. */
static void close_after_hello(struct hostile_connection *connection)
{
	char byte;

	(void)!read(connection->fd, &byte, 1);
}

static void close_after_tls(struct hostile_connection *connection)
{
	(void)hostile_tls(connection);
}

static void close_at_once(struct hostile_connection *connection)
{
	(void)connection;
}

static void test_tls_closes(void **state)
{
	static const struct {
		hostile_function *function;
	} rows[] = { { close_at_once }, { close_after_hello }, { close_after_tls } };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct hostile_server server;
		struct broker_settings settings;

		hostile_start(&server, rows[i].function, mosquitto_fixture_path(it, "server"));
		settings = settings_for(server.port, true);
		/* Whether the handshake had ended for us, too, is chance. */
		EXPECT_WORDS(peer_failure(&peers[0], &settings), "127.0.0.1, port ");
		hostile_stop(&server);
	}
}

#define HOSTILE_TEST(test) cmocka_unit_test_teardown(test, close_peers)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE_TEST(test_silence),         HOSTILE_TEST(test_names),           HOSTILE_TEST(test_lookup_hangs),
		HOSTILE_TEST(test_version_refused), HOSTILE_TEST(test_version_guessed), HOSTILE_TEST(test_wrong_answers),
		HOSTILE_TEST(test_tls_closes),
	};

	return cmocka_run_group_tests(tests, setup, peer_teardown);
}
