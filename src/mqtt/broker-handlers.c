/* What libmosquitto says of a connection. */
#define _GNU_SOURCE
#include <errno.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/broker-internal.h"
#include "util/clock.h"

/* What the broker wants otherwise than we do. */
static void take_limits(struct broker *broker, const mosquitto_property *properties)
{
	uint16_t keep_alive_sec = (uint16_t)broker->settings.keep_alive_sec, in_flight_max = BROKER_IN_FLIGHT_MAX;

	mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keep_alive_sec, false);
	mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &in_flight_max, false);
	broker->keep_alive_sec = keep_alive_sec;
	broker->in_flight_max = in_flight_max < BROKER_IN_FLIGHT_MAX ? in_flight_max : BROKER_IN_FLIGHT_MAX;
}

static void on_connect(struct mosquitto *handle, void *userdata, int rc, int flags, const mosquitto_property *properties)
{
	struct broker *broker = userdata;

	(void)handle;
	if (broker->state == BROKER_CONNECTED) {
		broker_note_end(broker, MOSQ_ERR_PROTOCOL, 0);
		return;
	}
	if (rc != 0) {
		broker->refusal = rc;
		broker_note_end(broker, MOSQ_ERR_CONN_REFUSED, 0);
		return;
	}
	broker->state = BROKER_CONNECTED;
	broker->step = STEP_CONNECTED;
	broker->guessed = broker->version == 4 && broker->closed > 0;
	broker->closed = 0;
	take_limits(broker, properties);
	broker_tls_settle(&broker->link->tls);
	broker_plan_ping(broker);
	if (broker->callbacks->connected)
		broker->callbacks->connected(flags & 1, broker->userdata);
}

static void on_disconnect(struct mosquitto *handle, void *userdata, int rc, const mosquitto_property *properties)
{
	struct broker *broker = userdata;

	(void)handle, (void)properties;
	if (rc >= 0x80) /* a reason of MQTT 5; the others are errors of libmosquitto's */
		broker->farewell = rc;
	broker_note_end(broker, rc, errno);
}

static void refuse(struct broker *broker, int id, int code, const char *what, const char *name)
{
	struct problem problem;

	broker_refused_words(what, name, code, &problem);
	if (broker->callbacks->refused)
		broker->callbacks->refused(id, problem.text, broker->userdata);
}

static void on_publish(struct mosquitto *handle, void *userdata, int id, int rc, const mosquitto_property *properties)
{
	struct broker *broker = userdata;
	_cleanup_(cleanup_free) char *topic = NULL;

	(void)handle, (void)properties;
	if (!broker_unpend(broker, id, true, &topic))
		return; /* of QoS 0, or an answer to nothing */
	if (rc >= 0x80)
		refuse(broker, id, rc, "a message to", topic);
	else if (broker->callbacks->published)
		broker->callbacks->published(id, broker->userdata);
}

static void on_subscribe(struct mosquitto *handle, void *userdata, int id, int n, const int *granted,
                         const mosquitto_property *properties)
{
	_cleanup_(cleanup_free) char *filter = NULL;

	(void)handle, (void)properties;
	broker_unpend(userdata, id, false, &filter);
	for (int i = 0; i < n; i++)
		if (granted[i] >= 0x80)
			refuse(userdata, id, granted[i], "the subscription of", filter);
}

static void on_message(struct mosquitto *handle, void *userdata, const struct mosquitto_message *message,
                       const mosquitto_property *properties)
{
	struct broker *broker = userdata;

	(void)handle;
	if (message->qos > 0)
		broker->said_ns = clock_now_ns(CLOCK_BOOTTIME); /* libmosquitto acknowledges it */
	if (broker->callbacks->message && message->payloadlen <= BROKER_PAYLOAD_MAX)
		broker_tell_message(broker, message, properties);
}

const struct link_handlers broker_handlers = {
	.connect = on_connect,
	.disconnect = on_disconnect,
	.publish = on_publish,
	.message = on_message,
	.subscribe = on_subscribe,
};
