#define _GNU_SOURCE
#include "broker-peer.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "helpers.h"
#include "util/clock.h"

#define TICK_USEC 20000

sd_event *loop;

static struct {
	sd_event_source *tick;
	uint64_t due_usec, late_usec, ticks, first_iteration;
	double first_cpu_ms;
	bool measures; /* the tick wakes the loop often enough; whoever asks it to wake up turns it for nothing */
} figures;

/* --- the loop -------------------------------------------------------------------------------- */

uint64_t loop_now_ms(void)
{
	return clock_now_ns(CLOCK_MONOTONIC) / 1000000;
}

void loop_turn(void)
{
	assert_true(sd_event_run(loop, 10000) >= 0);
}

void loop_run_ms(unsigned ms)
{
	uint64_t end = loop_now_ms() + ms;

	while (loop_now_ms() < end)
		assert_true(sd_event_run(loop, figures.measures ? UINT64_MAX : 10000) >= 0);
}

static double cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static void plan_tick(void)
{
	figures.due_usec = clock_now_ns(CLOCK_MONOTONIC) / 1000 + TICK_USEC;
	sd_event_source_set_time(figures.tick, figures.due_usec);
	sd_event_source_set_enabled(figures.tick, SD_EVENT_ONESHOT);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	uint64_t late = clock_now_ns(CLOCK_MONOTONIC) / 1000 - figures.due_usec;

	(void)source, (void)usec, (void)userdata;
	if (late > figures.late_usec)
		figures.late_usec = late;
	figures.ticks++;
	plan_tick();
	return 0;
}

void loop_measure(void)
{
	figures.late_usec = figures.ticks = 0;
	assert_int_equal(sd_event_get_iteration(loop, &figures.first_iteration), 0);
	figures.first_cpu_ms = cpu_ms();
	figures.measures = true;
	plan_tick();
}

struct loop_figures loop_measured(void)
{
	uint64_t iteration;

	assert_int_equal(sd_event_get_iteration(loop, &iteration), 0);
	sd_event_source_set_enabled(figures.tick, SD_EVENT_OFF);
	figures.measures = false;
	return (struct loop_figures){
		.late_ms = (unsigned)(figures.late_usec / 1000),
		.turns = (unsigned)(iteration - figures.first_iteration - figures.ticks),
		.cpu_ms = cpu_ms() - figures.first_cpu_ms,
	};
}

struct mosquitto_fixture *peer_setup(void **state)
{
	assert_true(sd_event_default(&loop) >= 0);
	assert_true(sd_event_add_time(loop, &figures.tick, CLOCK_MONOTONIC, 0, 1, on_tick, NULL) >= 0);
	sd_event_source_set_enabled(figures.tick, SD_EVENT_OFF);
	mosquitto_fixture_setup(state);
	return *state;
}

int peer_teardown(void **state)
{
	figures.tick = sd_event_source_disable_unref(figures.tick);
	loop = sd_event_unref(loop);
	return mosquitto_fixture_teardown(state);
}

int real_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, ret);
}

/* --- what is said to it ---------------------------------------------------------------------- */

static void on_connected(bool session_present, void *userdata)
{
	struct peer *peer = userdata;

	(void)session_present;
	peer->connected++;
}

static void on_disconnected(bool was_connected, const char *reason, void *userdata)
{
	struct peer *peer = userdata;

	peer->disconnected++;
	peer->was_connected = was_connected;
	snprintf(peer->reason, sizeof peer->reason, "%s", reason);
}

static void copy(char *to, size_t size, const void *from, size_t length)
{
	length = length < size ? length : size - 1;
	memcpy(to, from, length);
	to[length] = 0;
}

static void on_message(const struct broker_message *message, void *userdata)
{
	struct peer *peer = userdata;
	struct peer_message *copied = &peer->messages[peer->messages_n];

	if (peer->messages_n++ >= PEER_MESSAGES_MAX)
		return;
	snprintf(copied->topic, sizeof copied->topic, "%s", message->topic);
	copy(copied->payload, sizeof copied->payload, message->payload, message->length);
	copied->length = message->length;
	copied->retained = message->retained;
	copied->expiry_sec = message->expiry_sec;
	snprintf(copied->response_topic, sizeof copied->response_topic, "%s", message->response_topic ? message->response_topic : "");
	copied->correlation_length = message->correlation_length;
	if (message->correlation)
		copy(copied->correlation, sizeof copied->correlation, message->correlation, message->correlation_length);
	for (size_t i = 0; i < message->properties_n && i < ELEMENTS(copied->properties); i++) {
		snprintf(copied->properties[i].name, sizeof copied->properties[i].name, "%s", message->properties[i].name);
		snprintf(copied->properties[i].value, sizeof copied->properties[i].value, "%s", message->properties[i].value);
		copied->properties_n++;
	}
}

static void on_published(int id, void *userdata)
{
	struct peer *peer = userdata;

	if (peer->published_n < PEER_IDS_MAX)
		peer->published[peer->published_n] = id;
	peer->published_n++;
}

static void on_refused(int id, const char *reason, void *userdata)
{
	struct peer *peer = userdata;

	peer->refused_n++;
	peer->refused_id = id;
	snprintf(peer->refused, sizeof peer->refused, "%s", reason);
}

static const struct broker_callbacks callbacks = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.message = on_message,
	.published = on_published,
	.refused = on_refused,
};

/* --- life ------------------------------------------------------------------------------------ */

struct broker_settings peer_settings(uint16_t port, const char *client_id)
{
	return (struct broker_settings){
		.host = "127.0.0.1", .port = port, .client_id = client_id, .keep_alive_sec = 60, .clean = true
	};
}

void peer_open(struct peer *peer, const struct broker_settings *settings)
{
	struct problem problem = { 0 };
	int r;

	memset(peer, 0, sizeof *peer);
	r = broker_new(loop, settings, &callbacks, peer, &peer->broker, &problem);
	if (r < 0)
		fail_msg("broker_new(): %d, %s", r, problem.text);
}

void peer_connect(struct peer *peer, const struct broker_settings *settings)
{
	peer_open(peer, settings);
	WAIT_FOR(peer->connected > 0 || peer->disconnected > 0);
	if (peer->connected == 0)
		fail_msg("not connected: %s", peer->reason);
}

void peer_close(struct peer *peer)
{
	peer->broker = broker_free(peer->broker);
}

const char *peer_failure(struct peer *peer, const struct broker_settings *settings)
{
	peer_open(peer, settings);
	WAIT_FOR(peer->disconnected > 0);
	assert_int_equal(peer->connected, 0);
	assert_false(peer->was_connected);
	assert_string_equal(peer->reason, broker_last_failure(peer->broker));
	assert_int_equal(broker_state(peer->broker), BROKER_WAITING);
	peer_close(peer);
	return peer->reason;
}

void expect_words(const char *words, const char *const *parts)
{
	print_message("# %s\n", words);
	for (; *parts; parts++)
		if (!strstr(words, *parts))
			fail_msg("\"%s\" does not say \"%s\"", words, *parts);
}

int peer_say(struct peer *peer, const char *topic, const char *payload, int qos, bool retained)
{
	return broker_publish(
		peer->broker,
		&(struct broker_message){ .topic = topic, .payload = payload, .length = strlen(payload), .retained = retained },
		qos);
}

const struct peer_message *peer_find(const struct peer *peer, const char *topic)
{
	for (unsigned i = 0; i < peer->messages_n && i < PEER_MESSAGES_MAX; i++)
		if (strcmp(peer->messages[i].topic, topic) == 0)
			return &peer->messages[i];
	return NULL;
}
