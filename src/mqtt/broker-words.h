/* Errors with a broker in words, with what to do about them. */
#pragma once

#include "mqtt/broker-link.h"

/* How far a connection has come. */
enum link_step {
	STEP_TCP, /* looking up the name, too */
	STEP_TLS,
	STEP_CONNACK,
	STEP_CONNECTED,
};

/* "connecting to HOST, port 8883: TLS", say. */
const char *broker_step_words(enum link_step step);

/* Why the thread has failed: link->rc, link->error. */
void broker_connect_words(const struct link *link, struct problem *ret);

/* It took too long at this step. */
void broker_late_words(const struct link *link, enum link_step step, unsigned sec, struct problem *ret);

/* The broker has refused the connection: the code of a CONNACK. */
void broker_refusal_words(const struct link *link, int code, bool has_user, struct problem *ret);

/* MOSQ_ERR_...: what came is not MQTT, or not the version that is spoken. */
bool broker_is_malformed(int rc);

/* The broker refuses `what` of `name` (NULL: unknown), with a reason of MQTT 5, or 0x80. */
void broker_refused_words(const char *what, const char *name, int code, struct problem *ret);

/* The connection has ended at this step: MOSQ_ERR_..., errno, and the broker's DISCONNECT (0: none). */
void broker_end_words(const struct link *link, enum link_step step, int rc, int error, int code, struct problem *ret);
