/* A connection has steps, each with a deadline: a thread looks the name up and connects (broker-link.c); then TLS and the
 * broker's answer, in the loop. Whatever ends it is noted, and dealt with when the loop has come back to us: libmosquitto
 * calls from within whatever it was asked for. */
#define _GNU_SOURCE
#include "mqtt/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <mqtt_protocol.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "mqtt/backoff.h"
#include "mqtt/broker-internal.h"
#include "mqtt/broker-words.h"
#include "util/chance.h"
#include "util/clock.h"

#define LIMITS_USUAL { .tcp_sec = 20, .tls_sec = 10, .connack_sec = 10, .ping_sec = 5 }
const struct broker_limits broker_limits_usual = LIMITS_USUAL;
struct broker_limits broker_limits = LIMITS_USUAL;

/* A broker that just closes the connection when it hears MQTT 5 is tried with 3.1.1 after so many times, once. There may as
 * well be a proxy before a broker that is away, and which is there again sooner or later. */
#define CLOSED_MAX 3

#define MS UINT64_C(1000)

static int begin(struct broker *broker, struct problem *problem);

/* --- timers ---------------------------------------------------------------------------------- */

static void arm(sd_event_source *timer, uint64_t in_usec)
{
	sd_event_source_set_time_relative(timer, in_usec);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static uint64_t now_ns(void)
{
	return clock_now_ns(CLOCK_BOOTTIME);
}

/* --- the end of a connection ----------------------------------------------------------------- */

/* It is dealt with from the loop; the first reason counts. */
void broker_note_end(struct broker *broker, int rc, int error)
{
	if (broker->ending)
		return;
	broker->ending = true;
	broker->end_rc = rc;
	broker->end_error = error;
	sd_event_source_set_enabled(broker->defer, SD_EVENT_ONESHOT);
}

static void drop_link(struct broker *broker)
{
	broker->io = sd_event_source_disable_unref(broker->io);
	if (broker->fd >= 0)
		close(broker->fd);
	broker->fd = -1;
	broker->thread_done = sd_event_source_disable_unref(broker->thread_done);
	sd_event_source_set_enabled(broker->deadline, SD_EVENT_OFF);
	sd_event_source_set_enabled(broker->defer, SD_EVENT_OFF);
	broker->link = link_free(broker->link);
	broker->ending = false;
	broker_unpend_all(broker);
}

static void wait_for_next(struct broker *broker, bool held)
{
	broker->wait_ms = held ? backoff_lost(&broker->backoff) : backoff_failed(&broker->backoff);
	broker->state = BROKER_WAITING;
	arm(broker->retry, broker->wait_ms * MS);
}

/* The broker may have been replaced by one that knows MQTT 5. */
static void hope_for_5(struct broker *broker)
{
	broker->version = 5;
	broker->closed = broker->guessed ? CLOSED_MAX - 1 : 0;
	broker->guessed = false;
}

/* There is no connection (any more), because of this; the next attempt is planned. */
static void end(struct broker *broker, const char *reason)
{
	bool was_connected = broker->state == BROKER_CONNECTED;

	snprintf(broker->failure, sizeof broker->failure, "%s", reason);
	drop_link(broker);
	if (was_connected)
		hope_for_5(broker);
	wait_for_next(broker, was_connected);
	if (broker->callbacks->disconnected)
		broker->callbacks->disconnected(was_connected, broker->failure, broker->userdata);
}

/* The CONNACK of 3.1.1 says it too short for libmosquitto, which only sees that it is not one of MQTT 5. */
static bool answers_as_3(const struct broker *broker)
{
	return broker->version == 5 && broker->step == STEP_CONNACK && broker_is_malformed(broker->end_rc);
}

/* A broker that does not know MQTT 5 says so, or hangs up when it hears it. True if it said so: it is asked again at once. */
static bool choose_version(struct broker *broker)
{
	if (broker->refusal == CONNACK_REFUSED_PROTOCOL_VERSION || broker->refusal == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION ||
	    answers_as_3(broker)) {
		broker->version = broker->version == 5 ? 4 : 5;
		return broker->version == 4;
	}
	if (broker->step == STEP_CONNACK && broker->refusal == 0 && !*broker->link->tls.words)
		broker->version = ++broker->closed % (CLOSED_MAX + 1) == CLOSED_MAX ? 4 : 5;
	return false;
}

static void end_by_broker(struct broker *broker)
{
	struct problem problem;
	bool again;

	if (broker->refusal > 0)
		broker_refusal_words(broker->link, broker->refusal, broker->settings.user, &problem);
	else
		broker_end_words(broker->link, broker->step, broker->end_rc, broker->end_error, broker->farewell, &problem);
	again = choose_version(broker);
	end(broker, problem.text);
	if (again)
		broker_hurry(broker);
}

static int on_deferred(sd_event_source *source, void *userdata)
{
	(void)source;
	end_by_broker(userdata);
	return 0;
}

/* --- steps ----------------------------------------------------------------------------------- */

static void take_step(struct broker *broker, enum link_step step, unsigned sec)
{
	broker->step = step;
	broker->step_sec = sec;
	arm(broker->deadline, sec * USEC_PER_SEC);
}

/* The next question of libmosquitto's is due a keep-alive after the last message either way, whichever is longer ago. It
 * counts whole seconds, so it may be one later. */
void broker_plan_ping(struct broker *broker)
{
	uint64_t last_ns = broker->heard_ns < broker->said_ns ? broker->heard_ns : broker->said_ns;
	uint64_t due_ns = last_ns + (broker->keep_alive_sec + UINT64_C(1)) * NSEC_PER_SEC;

	sd_event_source_set_time(broker->deadline, clock_usec_at_or_after(due_ns));
	sd_event_source_set_enabled(broker->deadline, broker->keep_alive_sec > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
	broker->pinged = false;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct broker *broker = userdata;
	struct problem problem;

	(void)source, (void)usec;
	if (broker->step == STEP_CONNECTED && !broker->pinged) {
		mosquitto_loop_misc(broker->link->handle);
		broker->said_ns = now_ns();
		broker->pinged = true;
		arm(broker->deadline, broker_limits.ping_sec * USEC_PER_SEC);
		return 0;
	}
	if (broker->step == STEP_TCP)
		broker->address++; /* this one keeps silent; another may not */
	broker_late_words(broker->link, broker->step, broker->step == STEP_CONNECTED ? broker_limits.ping_sec : broker->step_sec, &problem);
	end(broker, problem.text);
	return 0;
}

static bool is_handshaking(const struct broker *broker)
{
	SSL *ssl = mosquitto_ssl_get(broker->link->handle);

	return ssl && !SSL_is_init_finished(ssl);
}

/* What to wait for. While TLS is being agreed on, libmosquitto always wants to write, and a loop that believes it turns
 * without end: OpenSSL knows whose turn it is. */
static void set_interest(struct broker *broker)
{
	bool handshaking = is_handshaking(broker);
	bool writes = handshaking ? SSL_want_write(mosquitto_ssl_get(broker->link->handle))
	                          : mosquitto_want_write(broker->link->handle);

	if (broker->step == STEP_TLS && !handshaking)
		take_step(broker, STEP_CONNACK, broker_limits.connack_sec);
	sd_event_source_set_io_events(broker->io, EPOLLIN | (writes ? EPOLLOUT : 0));
}

/* All that is there. What TLS has taken from the socket already, several packets in one record, nothing would wake us for. */
static int read_packets(struct mosquitto *handle)
{
	SSL *ssl;
	int rc;

	do {
		errno = 0;
		rc = mosquitto_loop_read(handle, 1);
		ssl = mosquitto_socket(handle) >= 0 ? mosquitto_ssl_get(handle) : NULL;
	} while (rc == MOSQ_ERR_SUCCESS && ssl && SSL_pending(ssl) > 0);
	return rc;
}

static int write_packets(struct broker *broker)
{
	broker->said_ns = now_ns();
	return mosquitto_loop_write(broker->link->handle, 1);
}

static int exchange(struct broker *broker, uint32_t events)
{
	struct mosquitto *handle = broker->link->handle;
	bool handshaking = is_handshaking(broker);
	int rc = MOSQ_ERR_SUCCESS;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		broker->heard_ns = now_ns();
	if (events & ~(uint32_t)EPOLLOUT || handshaking)
		rc = read_packets(handle);
	/* After the handshake not before the next turn: the broker may not want us. */
	if (rc == MOSQ_ERR_SUCCESS && !handshaking && mosquitto_want_write(handle))
		rc = write_packets(broker);
	return rc == MOSQ_ERR_SUCCESS && mosquitto_socket(handle) < 0 ? MOSQ_ERR_CONN_LOST : rc;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct broker *broker = userdata;
	int rc;

	(void)source, (void)fd;
	if (broker->ending)
		return 0;
	rc = exchange(broker, events);
	if (rc != MOSQ_ERR_SUCCESS) {
		broker_note_end(broker, rc, errno);
		broker_tls_hear(&broker->link->tls);
	} else {
		set_interest(broker);
		if (broker->step == STEP_CONNECTED)
			broker_plan_ping(broker);
	}
	return 0;
}

/* libmosquitto closes its descriptor before it says so; ours stays what the loop has. */
static int watch_socket(struct broker *broker)
{
	broker->fd = fcntl(mosquitto_socket(broker->link->handle), F_DUPFD_CLOEXEC, 3);
	if (broker->fd < 0)
		return -errno;
	return sd_event_add_io(broker->event, &broker->io, broker->fd, EPOLLIN, on_io, broker);
}

/* The thread is done: there is a socket, or there is none. */
static int on_thread_done(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct broker *broker = userdata;
	struct problem problem;

	(void)events;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	(void)!read(fd, &(uint64_t){ 0 }, sizeof(uint64_t)); /* what the thread has written before is seen after this */
	if (broker->link->rc != MOSQ_ERR_SUCCESS) {
		broker_connect_words(broker->link, &problem);
		broker->address = 0;
		end(broker, problem.text);
		return 0;
	}
	if (watch_socket(broker) < 0) {
		end(broker, "no memory for the connection");
		return 0;
	}
	broker->heard_ns = broker->said_ns = now_ns();
	take_step(broker, broker->settings.tls ? STEP_TLS : STEP_CONNACK, broker->settings.tls ? broker_limits.tls_sec : broker_limits.connack_sec);
	set_interest(broker);
	return 0;
}

/* --- attempts -------------------------------------------------------------------------------- */

static int begin(struct broker *broker, struct problem *problem)
{
	int r;

	broker->refusal = broker->farewell = 0;
	broker->state = BROKER_CONNECTING;
	r = link_new(&broker->settings, broker->version, broker->address, &broker_handlers, broker, &broker->link, problem);
	if (r < 0)
		return r;
	take_step(broker, STEP_TCP, broker_limits.tcp_sec);
	r = sd_event_add_io(broker->event, &broker->thread_done, broker->link->done_fd, EPOLLIN, on_thread_done, broker);
	return r < 0 ? problem_set(problem, r, "no memory for the connection") : 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct broker *broker = userdata;
	struct problem problem;

	(void)source, (void)usec;
	if (begin(broker, &problem) < 0)
		end(broker, problem.text);
	return 0;
}

void broker_hurry(struct broker *broker)
{
	if (broker->state == BROKER_WAITING)
		arm(broker->retry, 0);
}

/* --- life ------------------------------------------------------------------------------------ */

static int add_timer(struct broker *broker, sd_event_source **ret, sd_event_time_handler_t handler)
{
	int r;

	r = sd_event_add_time(broker->event, ret, CLOCK_BOOTTIME, 0, 0, handler, broker);
	return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

static int add_sources(struct broker *broker)
{
	int r;

	r = add_timer(broker, &broker->retry, on_retry);
	if (r >= 0)
		r = add_timer(broker, &broker->deadline, on_deadline);
	if (r >= 0)
		r = sd_event_add_defer(broker->event, &broker->defer, on_deferred, broker);
	return r < 0 ? r : sd_event_source_set_enabled(broker->defer, SD_EVENT_OFF);
}

/* OpenSSL writes to sockets as to files, and nobody wants to die of a broker that has gone. */
static void ignore_broken_pipes(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

int broker_new(sd_event *event, const struct broker_settings *settings, const struct broker_callbacks *callbacks,
               void *userdata, struct broker **ret, struct problem *problem)
{
	_cleanup_(broker_freep) struct broker *broker = NULL;
	int r;

	r = broker_check_settings(settings, problem);
	if (r < 0)
		return r;
	broker = calloc(1, sizeof *broker);
	if (!broker)
		return problem_set(problem, -ENOMEM, "no memory");
	broker->fd = -1;
	broker->version = 5;
	broker->callbacks = callbacks;
	broker->userdata = userdata;
	broker->event = sd_event_ref(event);
	backoff_init(&broker->backoff, chance());
	mosquitto_lib_init(); /* counts how often */
	ignore_broken_pipes();
	if (broker_copy_settings(broker, settings) < 0 || add_sources(broker) < 0)
		return problem_set(problem, -ENOMEM, "no memory");
	arm(broker->retry, 0);
	*ret = TAKE_PTR(broker);
	return 0;
}

void broker_say_farewell(struct broker *broker)
{
	broker->says_farewell = true;
}

struct broker *broker_free(struct broker *broker)
{
	if (!broker)
		return NULL;
	if (broker->link && broker->step == STEP_CONNECTED && !broker->ending &&
	    (broker->says_farewell || !broker->settings.will_topic)) {
		broker->callbacks = &(const struct broker_callbacks){ 0 };
		mosquitto_disconnect_v5(broker->link->handle, 0, NULL);
		mosquitto_loop_write(broker->link->handle, 1);
	}
	if (broker->retry)
		drop_link(broker);
	sd_event_source_disable_unref(broker->retry);
	sd_event_source_disable_unref(broker->deadline);
	sd_event_source_disable_unref(broker->defer);
	sd_event_unref(broker->event);
	broker_free_settings(broker);
	free(broker);
	return NULL;
}
