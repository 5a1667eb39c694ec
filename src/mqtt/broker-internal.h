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
	unsigned closed;      /* so often in a row it was closed without an answer */

	uint64_t heard_ns, said_ns; /* CLOCK_BOOTTIME */
	bool pinged;                /* libmosquitto has asked; an answer is waited for */
	unsigned in_flight;

	bool ending;          /* and why: */
	int end_rc, end_error;
	int refusal, farewell; /* of CONNACK, of DISCONNECT; 0: none */

	char failure[640]; /* the last one, in words */
	char words[768];
};

/* broker-message.c: messages either way, and the settings. */
void broker_tell_message(struct broker *broker, const struct mosquitto_message *message,
                         const mosquitto_property *properties);
int broker_copy_settings(struct broker *broker, const struct broker_settings *settings);
void broker_free_settings(struct broker *broker);
