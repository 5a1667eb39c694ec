/* What the files of the connection share. */
#pragma once

#include "mqtt/backoff.h"
#include "mqtt/broker-link.h"
#include "mqtt/broker-words.h"

/* So long (s) a step may take, and so long after a question (PINGREQ) a broker that says nothing is taken for gone.
 * Variables for the tests, which do not wait so long. */
struct broker_limits {
	unsigned tcp_sec, tls_sec, connack_sec, ping_sec;
};
extern struct broker_limits broker_limits;
extern const struct broker_limits broker_limits_usual;

/* What the broker has not answered yet, and what it was about. */
#define PENDING_MAX (BROKER_IN_FLIGHT_MAX + 20)
struct pending {
	int id; /* 0: none */
	bool publishes;
	char *name; /* topic, or filter; NULL: no memory */
};

struct broker {
	sd_event *event;
	struct broker_settings settings; /* its texts are ours */
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
	unsigned closed;      /* so often in a row it was closed without an answer */
	bool guessed;         /* 3.1.1 is spoken because of that */

	unsigned keep_alive_sec;    /* ours, or what the broker wants instead; 0: none */
	uint64_t heard_ns, said_ns; /* CLOCK_BOOTTIME */
	bool pinged;                /* libmosquitto has asked; an answer is waited for */
	unsigned in_flight, in_flight_max;
	struct pending pending[PENDING_MAX];

	bool says_farewell;
	bool ending;          /* and why: */
	int end_rc, end_error;
	int refusal, farewell; /* of CONNACK, of DISCONNECT; 0: none */

	char failure[640]; /* the last one, in words */
	char words[768];
};

/* broker.c: it ends from the loop, of the first reason that was given (`rc` of libmosquitto's, `error` an errno). */
void broker_note_end(struct broker *broker, int rc, int error);

/* When the broker is asked next, if nothing is said until then. */
void broker_plan_ping(struct broker *broker);

/* broker-handlers.c: what is done about what libmosquitto says. */
extern const struct link_handlers broker_handlers;

/* broker-pending.c: `name` is copied. Of subscriptions those that have no place are not kept. */
void broker_pend(struct broker *broker, int id, bool publishes, const char *name);

/* It is answered: true if it was there, and its name (NULL if unknown) is the caller's. */
bool broker_unpend(struct broker *broker, int id, bool publishes, char **ret_name);
void broker_unpend_all(struct broker *broker);

/* -EINVAL, and `problem` says why, if nobody can connect with them. */
int broker_check_settings(const struct broker_settings *settings, struct problem *problem);

/* broker-message.c: messages either way, and the settings. */
void broker_tell_message(struct broker *broker, const struct mosquitto_message *message,
                         const mosquitto_property *properties);
int broker_copy_settings(struct broker *broker, const struct broker_settings *settings);
void broker_free_settings(struct broker *broker);
