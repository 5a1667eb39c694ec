/* The connection to one MQTT broker, by libmosquitto in our loop: it is tried for ever, with back-off, and
 * nothing of it blocks the loop. Names are looked up and TCP connects in a thread; each step has a deadline.
 *
 * MQTT 5, and 3.1.1 with a broker that does not know 5. Nothing is kept here: publishing without a connection
 * fails, and the caller sends again what was not acknowledged when the connection broke.
 *
 * No function calls back before it returns. A callback may call everything but broker_free(). Texts for
 * people never contain the password. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"
#include "util/problem.h"

/* How many messages with QoS 1 may wait for their PUBACK; more is -EAGAIN. */
#define BROKER_IN_FLIGHT_MAX 20

/* A message that comes in, and one that goes out, has no more payload than this. With MQTT 5 the broker keeps larger ones;
 * with 3.1.1 they come, have to have a place in memory, and are then left out. */
#define BROKER_PAYLOAD_MAX (256 * 1024)

struct broker;

/* Texts are copied by broker_new(), but the files are read at each attempt to connect, so that a new
 * certificate needs no restart. */
struct broker_settings {
	const char *host; /* a name or an address, without brackets */
	uint16_t port;
	bool tls;
	const char *ca_file;                     /* NULL: the system's CAs */
	const char *certificate_file, *key_file; /* the client's certificate; NULL: none */
	const char *user, *password;             /* NULL: none */
	const char *client_id;                   /* NULL: the broker chooses one; needs `clean` */
	unsigned keep_alive_sec;                 /* 5 to 65535 */
	const char *will_topic, *will_payload;   /* the last will: retained, QoS 1; NULL: none */
	const char *session;         /* user property "session" of the last will (MQTT 5); NULL: none */
	bool clean;                  /* the broker forgets what it had for this client id */
	uint32_t session_expiry_sec; /* MQTT 5: how long it keeps it after a connection */
};

struct broker_property {
	const char *name, *value;
};

/* A message either way. One that came lives until the callback returns. */
struct broker_message {
	const char *topic;
	const void *payload;
	size_t length; /* bytes */
	bool retained;
	/* MQTT 5 only; with 3.1.1 it is not sent, and none comes. */
	uint32_t expiry_sec;     /* 0: none */
	const void *correlation; /* NULL: none */
	size_t correlation_length;
	const char *response_topic;               /* NULL: none */
	const struct broker_property *properties; /* user properties */
	size_t properties_n;                      /* at most 16 in a message that came */
};

/* Each may be NULL. */
struct broker_callbacks {
	/* The broker has accepted us: subscribe and publish now. `session_present`: it still had a session of
	 * this client id, with its subscriptions. */
	void (*connected)(bool session_present, void *userdata);
	/* A connection has ended, or an attempt has failed; in words, with what to do about it. What was
	 * without acknowledgement is lost for libmosquitto. `was_connected`: after connected(). */
	void (*disconnected)(bool was_connected, const char *reason, void *userdata);
	void (*message)(const struct broker_message *message, void *userdata);
	/* The broker has taken what broker_publish() returned this id for; called for QoS 1 only. */
	void (*published)(int id, void *userdata);
	/* The broker refuses the message or subscription with this id, for good: in words, with the topic or
	 * filter (mostly because of an ACL). Comes instead of published(); `id` is what broker_publish() or
	 * broker_subscribe() returned. */
	void (*refused)(int id, const char *reason, void *userdata);
};

/* Its present state, for programs; broker_words() describes it for people. */
enum broker_state {
	BROKER_WAITING,    /* for the next attempt */
	BROKER_CONNECTING, /* looking up the name, TCP, TLS, CONNACK */
	BROKER_CONNECTED,
};

/* The first attempt is begun when the loop runs. SIGPIPE is ignored from now on in the whole process, if
 * nobody handles it. -EINVAL with words if the settings cannot be used; -ENOMEM. If files cannot be read, the
 * attempt to connect reports it (they may come later). */
int broker_new(sd_event *event, const struct broker_settings *settings,
               const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
               struct problem *problem);

/* From now on broker_free() sends DISCONNECT, so that the broker does not send the last will: its message has
 * been sent already. */
void broker_say_farewell(struct broker *broker);

/* Ends the connection, without waiting for anything. Takes NULL, returns NULL. */
struct broker *broker_free(struct broker *broker);
DEFINE_CLEANUP(struct broker *, broker_free);

/* Publishes with `qos` 0 or 1. The id (> 0) that published() or refused() names; or -ENOTCONN, -EAGAIN
 * (BROKER_IN_FLIGHT_MAX are under way, or what the broker takes if that is less), -EMSGSIZE (more than BROKER_PAYLOAD_MAX, or than the broker takes),
 * -EINVAL (not a topic), -ENOMEM. */
int broker_publish(struct broker *broker, const struct broker_message *message, int qos);

/* Asks for what matches `filter`, with `qos` 0 or 1, for this connection (and session). The id (> 0) that refused() names; or
 * -ENOTCONN, -EINVAL (not a filter), -ENOMEM. */
int broker_subscribe(struct broker *broker, const char *filter, int qos);
/* The same, but messages that come keep the `retained` of their sender (MQTT 5; with 3.1.1 as above). */
int broker_subscribe_as_said(struct broker *broker, const char *filter, int qos);
int broker_unsubscribe(struct broker *broker, const char *filter);

/* The last will's `session` from the next connection on. -ENOMEM. */
int broker_set_session(struct broker *broker, const char *session);

/* The network is back: makes the next attempt now instead of waiting. */
void broker_hurry(struct broker *broker);

enum broker_state broker_state(const struct broker *broker);
bool broker_is_connected(const struct broker *broker);

/* 5, or 4 for MQTT 3.1.1: the present version, or the one that will be tried next. */
int broker_version(const struct broker *broker);

/* How many messages with QoS 1 wait for their PUBACK. */
unsigned broker_in_flight(const struct broker *broker);

/* Describes the present state: "connected to broker.example.org, port 8883, with TLS (MQTT 5)", "connecting:
 * looking up broker.example.org", "connecting: TLS", "waiting for 4 s: ...". Valid until the next call. */
const char *broker_words(struct broker *broker);

/* Why there was no connection the last time, "" if there was no failure yet. Valid until the loop goes on. */
const char *broker_last_failure(const struct broker *broker);
