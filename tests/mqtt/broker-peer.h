/* One who uses src/mqtt/broker.h, and writes down what is said to it; and a loop that is turned until something is so. */
#pragma once

#include <netdb.h>
#include <systemd/sd-event.h>

#include "mosquitto-fixture.h"
#include "mqtt/broker.h"

#define PEER_MESSAGES_MAX 64
#define PEER_IDS_MAX 256

struct peer_message {
	char topic[64], payload[64], response_topic[64], correlation[32];
	size_t length, correlation_length;
	bool retained;
	uint32_t expiry_sec;
	struct {
		char name[32], value[64];
	} properties[4];
	size_t properties_n;
};

struct peer {
	struct broker *broker;
	unsigned connected, disconnected, messages_n, published_n, refused_n;
	bool was_connected;
	char reason[640], refused[640];
	int refused_id;
	int published[PEER_IDS_MAX];
	struct peer_message messages[PEER_MESSAGES_MAX]; /* the first ones */
};

/* Shared by all tests of a program. */
extern sd_event *loop;

/* For a broker on 127.0.0.1: clean, keep-alive of 60 s, a client id that is the first's of this name. */
struct broker_settings peer_settings(uint16_t port, const char *client_id);

/* Connecting begins with the next turn of the loop. */
void peer_open(struct peer *peer, const struct broker_settings *settings);

/* The same, and it is connected. */
void peer_connect(struct peer *peer, const struct broker_settings *settings);
void peer_close(struct peer *peer);

/* What ends the first attempt, whose words go to stdout, too. */
const char *peer_failure(struct peer *peer, const struct broker_settings *settings);

/* The text and, below it, whether all these parts (up to NULL) are in it. */
void expect_words(const char *words, const char *const *parts);
#define EXPECT_WORDS(words, ...) expect_words(words, (const char *const[]){ __VA_ARGS__, NULL })

/* Publishes a text; the result of broker_publish(). */
int peer_say(struct peer *peer, const char *topic, const char *payload, int qos, bool retained);

const struct peer_message *peer_find(const struct peer *peer, const char *topic);

/* Turns the loop until `condition`, for at most so long. */
#define WAIT_FOR(condition) WAIT_FOR_MS(10000, condition)
#define WAIT_FOR_MS(ms, condition)                                                          \
	do {                                                                                \
		uint64_t _end = loop_now_ms() + (ms);                                       \
		while (!(condition)) {                                                      \
			if (loop_now_ms() >= _end)                                          \
				fail_msg("%s:%d: not within %d ms: %s", __FILE__, __LINE__, (int)(ms), #condition); \
			loop_turn();                                                        \
		}                                                                           \
	} while (0)

/* One turn, of at most 10 ms. */
void loop_turn(void);
void loop_run_ms(unsigned ms);
uint64_t loop_now_ms(void);

/* What the loop has done since loop_measure(): the latest that a timer of 20 ms was, turns for others than that timer, and
 * the processor's time of this process. */
struct loop_figures {
	unsigned late_ms, turns;
	double cpu_ms;
};
void loop_measure(void);
struct loop_figures loop_measured(void);

/* The setup and teardown of a program's tests: the loop, and a broker that does not run yet, which is returned and is the
 * tests' state. */
struct mosquitto_fixture *peer_setup(void **state);
int peer_teardown(void **state);

/* The C library's, for a test that has one in its place. */
int real_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret);
