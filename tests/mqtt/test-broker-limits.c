/* What is more than one: addresses of which the first keeps silent, a message that is larger than the service may be, and a
 * thousand connections, after which nothing is left. */
#define _GNU_SOURCE
#include <dirent.h>
#include <malloc.h>
#include <mosquitto.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker-peer.h"
#include "helpers.h"
#include "hostile-server.h"
#include "mosquitto-fixture.h"
#include "mqtt/broker-internal.h"

#define CONNECTIONS 1000
#define BIG_SIZE (24 * 1024 * 1024)

static struct mosquitto_fixture *it;
static struct peer peer;

/* --- the name service ------------------------------------------------------------------------ */

static atomic_bool localhost_is_two;

/* In place of the C library's, for libmosquitto, too: localhost may be 127.0.0.2, and then 127.0.0.1. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	int r;

	if (!atomic_load(&localhost_is_two) || !node || strcmp(node, "localhost") != 0)
		return real_getaddrinfo(node, service, hints, ret);
	r = real_getaddrinfo("127.0.0.2", service, hints, ret);
	if (r == 0)
		r = real_getaddrinfo("127.0.0.1", service, hints, &(*ret)->ai_next);
	return r;
}

/* --- setup ----------------------------------------------------------------------------------- */

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
	atomic_store(&localhost_is_two, false);
	broker_limits = broker_limits_usual;
	return 0;
}

/* --- addresses ------------------------------------------------------------------------------- */

static void greet(struct hostile_connection *connection)
{
	SSL *ssl = hostile_tls(connection);

	if (!ssl || hostile_tls_read_packet(ssl) != 0x10)
		return;
	SSL_write(ssl, CONNACK_5, 5);
	if (connection->nth > 0) /* the first hangs up at once */
		while (hostile_tls_read_packet(ssl) >= 0)
			;
}

static void expect_connection(unsigned nth)
{
	unsigned disconnected = peer.disconnected;

	broker_hurry(peer.broker);
	WAIT_FOR_MS(3000, peer.connected == nth || peer.disconnected > disconnected);
	if (peer.connected < nth)
		fail_msg("not connected: %s", peer.reason);
}

/* A machine whose IPv6 leads nowhere, say: the next attempt is for the second address, whose certificate is still asked for
 * and checked by the name; and it stays with what has worked. */
static void test_silent_address(void **state)
{
	struct broker_settings settings;
	struct hostile_server server;
	int fds[HOSTILE_FULL_FDS];

	(void)state;
	broker_limits.tcp_sec = 1;
	atomic_store(&localhost_is_two, true);
	hostile_start(&server, greet, mosquitto_fixture_path(it, "server"));
	hostile_make_full_port("127.0.0.2", server.port, fds);
	settings = peer_settings(server.port, "one");
	settings.host = "localhost";
	settings.tls = true;
	settings.ca_file = mosquitto_fixture_path(it, "ca.pem");
	peer_open(&peer, &settings);
	WAIT_FOR(peer.disconnected == 1);
	EXPECT_WORDS(peer.reason, "localhost, port ", "did not answer within 1 s");
	expect_connection(1);
	assert_string_equal(server.seen->name, "localhost");
	WAIT_FOR(peer.disconnected == 2);
	assert_true(peer.was_connected);
	expect_connection(2);
	hostile_stop(&server);
	for (unsigned i = 0; i < ELEMENTS(fds); i++)
		close(fds[i]);
	/* Where nobody is, all addresses are asked again. */
	WAIT_FOR(peer.disconnected == 3);
	broker_hurry(peer.broker);
	WAIT_FOR(peer.disconnected == 4);
	EXPECT_WORDS(peer.reason, "localhost, port ", "Connection refused");
	assert_int_equal(peer.broker->address, 0);
}

/* --- large messages -------------------------------------------------------------------------- */

static void on_big_connected(struct mosquitto *handle, void *userdata, int rc)
{
	(void)rc;
	mosquitto_publish(handle, NULL, "room/big", BIG_SIZE, userdata, 1, true);
}

static void on_big_published(struct mosquitto *handle, void *userdata, int id)
{
	(void)userdata, (void)id;
	mosquitto_disconnect(handle);
}

/* In a process of its own, whose memory is not ours. */
static void publish_big(void)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct mosquitto *handle = mosquitto_new("big", true, calloc(1, BIG_SIZE));

		mosquitto_connect_callback_set(handle, on_big_connected);
		mosquitto_publish_callback_set(handle, on_big_published);
		_exit(mosquitto_connect(handle, "127.0.0.1", it->port, 60) || mosquitto_loop_forever(handle, -1, 1));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* Anybody who may write a topic that is listened to may retain what does not fit into the service's memory: each start of it
 * would be its end. The broker is asked to keep it. */
static void test_big_message(void **state)
{
	struct broker_settings settings;
	long before_kib, grown_kib;

	(void)state;
	mosquitto_fixture_start(it, "");
	settings = peer_settings(it->port, "one");
	publish_big();
	peer_connect(&peer, &settings);
	before_kib = peak_kib();
	assert_true(broker_subscribe(peer.broker, "room/#", 1) > 0);
	assert_true(peer_say(&peer, "room/small", "x", 1, false) > 0);
	WAIT_FOR(peer.messages_n == 1);
	grown_kib = peak_kib() - before_kib;
	print_message("# %ld KiB more for a message of %d KiB\n", grown_kib, BIG_SIZE / 1024);
	assert_string_equal(peer.messages[0].topic, "room/small");
	assert_in_range(grown_kib, 0, BIG_SIZE / 1024 / 4);
}

/* --- many connections ------------------------------------------------------------------------ */

static void greet_and_leave(struct hostile_connection *connection)
{
	static const char hello[] = CONNACK_5 "\x30\x05\x00\x01"
					      "a\x00"
					      "1";

	hostile_read_packet(connection);
	hostile_send(connection, hello, sizeof hello - 1);
	shutdown(connection->fd, SHUT_WR);
	hostile_listen(connection);
}

static unsigned count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(folder);
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

static void come_back(unsigned times)
{
	for (unsigned end = peer.disconnected + times; peer.disconnected < end;) {
		unsigned disconnected = peer.disconnected;

		broker_hurry(peer.broker);
		WAIT_FOR(peer.disconnected > disconnected);
	}
}

/* Descriptors and memory; what AddressSanitizer finds it says at the end. A thread may be a moment behind with what is its own;
 * the one that a silent address holds would be counted, so this is the first test. */
static void test_many_connections(void **state)
{
	struct broker_settings settings;
	struct hostile_server server;
	unsigned descriptors;
	ssize_t more;
	size_t used;

	(void)state;
	hostile_start(&server, greet_and_leave, NULL);
	settings = peer_settings(server.port, "one");
	peer_open(&peer, &settings);
	come_back(20);
	descriptors = count_descriptors();
	used = mallinfo2().uordblks;
	come_back(CONNECTIONS);
	more = (ssize_t)(mallinfo2().uordblks - used);
	print_message("# %d connections: %u descriptors before, %u after; %zd bytes more\n", CONNECTIONS, descriptors,
	              count_descriptors(), more);
	assert_int_equal(peer.connected, peer.disconnected);
	WAIT_FOR(count_descriptors() <= descriptors);
	assert_true(more < 8 * CONNECTIONS);
	hostile_stop(&server);
}

#define LIMITS_TEST(test) cmocka_unit_test_teardown(test, close_peer)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIMITS_TEST(test_many_connections),
		LIMITS_TEST(test_silent_address),
		LIMITS_TEST(test_big_message),
	};

	return cmocka_run_group_tests(tests, setup, peer_teardown);
}
