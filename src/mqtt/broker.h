/* The connection to one MQTT broker, by libmosquitto in our loop: it is tried for ever, with back-off, and
 * nothing of it blocks the loop. Names are looked up and TCP connects in a thread; each step has a deadline.
 *
 * MQTT 5, and 3.1.1 with a broker that does not know it. Nothing is kept here: what is published while there
 * is no connection is refused, what was not yet acknowledged when it broke is the caller's to send again.
 *
 * No call of it calls back before it returns. In a callback everything may be called but broker_free(). Words
 * for people never have the password in them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"
#include "util/problem.h"

/* So many of QoS 1 may be without their PUBACK; more is -EAGAIN. */
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
	const char *client_id;                   /* NULL: the broker's to choose, needs `clean` */
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
	size_t properties_n;                      /* of those that came at most 16 */
};

/* Each may be NULL. */
struct broker_callbacks {
	/* The broker has said yes: subscribe and publish now. `session_present`: it still had a session of
	 * this client id, with its subscriptions. */
	void (*connected)(bool session_present, void *userdata);
	/* A connection has ended, or an attempt has failed; in words, with what to do about it. What was
	 * without acknowledgement is lost for libmosquitto. `was_connected`: after connected(). */
	void (*disconnected)(bool was_connected, const char *reason, void *userdata);
	void (*message)(const struct broker_message *message, void *userdata);
	/* The broker has taken what broker_publish() returned this id for; called for QoS 1 only. */
	void (*published)(int id, void *userdata);
	/* The broker does not want what has this id, and will not want it later: in words, with the topic or
	 * filter (an ACL mostly). Comes instead of published(); `id` is what broker_publish() or
	 * broker_subscribe() returned. */
	void (*refused)(int id, const char *reason, void *userdata);
};

/* What it is at, for programs; broker_words() says it to people. */
enum broker_state {
	BROKER_WAITING,    /* for the next attempt */
	BROKER_CONNECTING, /* looking up the name, TCP, TLS, CONNACK */
	BROKER_CONNECTED,
};

/* The first attempt is begun when the loop runs. SIGPIPE is ignored from now on in the whole process, if
 * nobody handles it. -EINVAL with words if the settings cannot be used; -ENOMEM.
 * Files that cannot be read are the attempt's to say (they may come later). */
int broker_new(sd_event *event, const struct broker_settings *settings,
               const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
               struct problem *problem);

/* From now on broker_free() says DISCONNECT, so that the last will is not sent: what it would say was said. */
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
/* The same, but `retained` of what comes is as it was said (MQTT 5; with 3.1.1 as above). */
int broker_subscribe_as_said(struct broker *broker, const char *filter, int qos);
int broker_unsubscribe(struct broker *broker, const char *filter);

/* The last will's `session` from the next connection on. -ENOMEM. */
int broker_set_session(struct broker *broker, const char *session);

/* The next attempt is made now if it is waited for: somebody has said that the network is back. */
void broker_hurry(struct broker *broker);

enum broker_state broker_state(const struct broker *broker);
bool broker_is_connected(const struct broker *broker);

/* 5, or 4 for MQTT 3.1.1: what is spoken or will be tried next. */
int broker_version(const struct broker *broker);

/* How many of QoS 1 have no PUBACK yet. */
unsigned broker_in_flight(const struct broker *broker);

/* What it is at: "connected to broker.example.org, port 8883, with TLS (MQTT 5)", "connecting: looking up
 * broker.example.org", "connecting: TLS", "waiting for 4 s: ...". Valid until the next call. */
const char *broker_words(struct broker *broker);

/* Why there was no connection the last time, "" if there was no failure yet. Valid until the loop goes on. */
const char *broker_last_failure(const struct broker *broker);
