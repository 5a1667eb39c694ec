/* Shared by the files of the connection. */
#pragma once

#include "mqtt/backoff.h"
#include "mqtt/broker-link.h"
#include "mqtt/broker-words.h"

/* How long (s) a step may take, and how long after a PINGREQ a silent broker counts as gone. Variables,
 * because tests use shorter times. */
struct broker_limits {
	unsigned tcp_sec, tls_sec, connack_sec, ping_sec;
};
extern struct broker_limits broker_limits;
extern const struct broker_limits broker_limits_usual;

/* A message or subscription that the broker has not answered yet. */
#define PENDING_MAX (BROKER_IN_FLIGHT_MAX + 20)
struct pending {
	int id; /* 0: none */
	bool publishes;
	char *name; /* topic, or filter; NULL: no memory */
};

struct broker {
	sd_event *event;
	struct broker_settings settings; /* owns its texts */
	const struct broker_callbacks *callbacks;
	void *userdata;

	enum broker_state state;
	enum link_step step;  /* of `link` */
	unsigned step_sec;    /* how long it may take */
	struct link *link;    /* NULL: none */
	int fd;               /* a duplicate of its socket; -1: none */
	sd_event_source *thread_done, *io, *deadline, *retry, *defer;
	struct backoff backoff;
	uint32_t wait_ms;
	int version;
	unsigned address;     /* as link_new() has it */
	unsigned closed;      /* how often in a row it was closed without an answer */
	bool guessed;         /* uses 3.1.1 because of that */

	unsigned keep_alive_sec;    /* our value, or the one that the broker wants instead; 0: none */
	uint64_t heard_ns, said_ns; /* CLOCK_BOOTTIME */
	bool pinged;                /* libmosquitto has sent a PINGREQ and waits for the answer */
	unsigned in_flight, in_flight_max;
	struct pending pending[PENDING_MAX];

	bool says_farewell;
	bool ending;          /* and why: */
	int end_rc, end_error;
	int refusal, farewell; /* of CONNACK, of DISCONNECT; 0: none */

	char failure[640]; /* the last one, in words */
	char words[768];
};

/* broker.c: the connection will end from the loop, for the first reason that was given (`rc` of libmosquitto,
 * `error` an errno). */
void broker_note_end(struct broker *broker, int rc, int error);

/* Plans the next PINGREQ, if nothing is sent until then. */
void broker_plan_ping(struct broker *broker);

/* broker-handlers.c: the callbacks of libmosquitto. */
extern const struct link_handlers broker_handlers;

/* broker-pending.c: `name` is copied. A subscription for which there is no room is not kept. */
void broker_pend(struct broker *broker, int id, bool publishes, const char *name);

/* The broker has answered: true if it was pending; the caller frees its name (NULL if unknown). */
bool broker_unpend(struct broker *broker, int id, bool publishes, char **ret_name);
void broker_unpend_all(struct broker *broker);

/* 0; or -EINVAL, and `problem` says why, if these settings cannot work. */
int broker_check_settings(const struct broker_settings *settings, struct problem *problem);

/* broker-message.c: messages either way, and the settings. */
void broker_tell_message(struct broker *broker, const struct mosquitto_message *message,
                         const mosquitto_property *properties);
int broker_copy_settings(struct broker *broker, const struct broker_settings *settings);
void broker_free_settings(struct broker *broker);
