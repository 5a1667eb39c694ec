/* Messages to and from a broker, and what can be asked of the connection. */
#define _GNU_SOURCE
#include <errno.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "mqtt/broker-internal.h"
#include "util/clock.h"

/* Of those that come. */
#define PROPERTIES_MAX 16

/* --- messages that come ---------------------------------------------------------------------- */

struct incoming {
	char *names[PROPERTIES_MAX], *values[PROPERTIES_MAX];
	struct broker_property properties[PROPERTIES_MAX];
	size_t n;
	void *correlation;
	uint16_t correlation_length;
	char *response_topic;
	uint32_t expiry_sec;
};

static void free_incoming(struct incoming *incoming)
{
	for (size_t i = 0; i < incoming->n; i++) {
		free(incoming->names[i]);
		free(incoming->values[i]);
	}
	free(incoming->correlation);
	free(incoming->response_topic);
}

static void take_pair(struct incoming *incoming, const mosquitto_property *property)
{
	size_t n = incoming->n;

	if (n == PROPERTIES_MAX || !mosquitto_property_read_string_pair(property, MQTT_PROP_USER_PROPERTY, &incoming->names[n],
	                                                                &incoming->values[n], false))
		return;
	incoming->properties[n] = (struct broker_property){ incoming->names[n], incoming->values[n] };
	incoming->n++;
}

static void take_properties(struct incoming *incoming, const mosquitto_property *properties)
{
	for (const mosquitto_property *p = properties; p; p = mosquitto_property_next(p))
		if (mosquitto_property_identifier(p) == MQTT_PROP_USER_PROPERTY)
			take_pair(incoming, p);
	mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &incoming->correlation,
	                               &incoming->correlation_length, false);
	mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &incoming->response_topic, false);
	mosquitto_property_read_int32(properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, &incoming->expiry_sec, false);
}

void broker_tell_message(struct broker *broker, const struct mosquitto_message *message,
                         const mosquitto_property *properties)
{
	_cleanup_(free_incoming) struct incoming incoming = { 0 };

	take_properties(&incoming, properties);
	broker->callbacks->message(&(struct broker_message){
					   .topic = message->topic,
					   .payload = message->payload ? message->payload : "",
					   .length = (size_t)message->payloadlen,
					   .retained = message->retain,
					   .expiry_sec = incoming.expiry_sec,
					   .correlation = incoming.correlation,
					   .correlation_length = incoming.correlation_length,
					   .response_topic = incoming.response_topic,
					   .properties = incoming.properties,
					   .properties_n = incoming.n,
				   },
	                           broker->userdata);
}

/* --- messages that go ------------------------------------------------------------------------ */

/* MOSQ_ERR_... */
static int make_properties(const struct broker *broker, const struct broker_message *message, mosquitto_property **ret)
{
	int rc = MOSQ_ERR_SUCCESS;

	if (broker->version < 5)
		return rc;
	if (message->expiry_sec > 0)
		rc = mosquitto_property_add_int32(ret, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, message->expiry_sec);
	if (rc == MOSQ_ERR_SUCCESS && message->correlation && message->correlation_length <= UINT16_MAX)
		rc = mosquitto_property_add_binary(ret, MQTT_PROP_CORRELATION_DATA, message->correlation,
		                                   (uint16_t)message->correlation_length);
	if (rc == MOSQ_ERR_SUCCESS && message->response_topic)
		rc = mosquitto_property_add_string(ret, MQTT_PROP_RESPONSE_TOPIC, message->response_topic);
	for (size_t i = 0; rc == MOSQ_ERR_SUCCESS && i < message->properties_n; i++)
		rc = mosquitto_property_add_string_pair(ret, MQTT_PROP_USER_PROPERTY, message->properties[i].name,
		                                        message->properties[i].value);
	return rc;
}

static int to_errno(int rc)
{
	switch (rc) {
	case MOSQ_ERR_SUCCESS:
		return 0;
	case MOSQ_ERR_NOMEM:
		return -ENOMEM;
	case MOSQ_ERR_INVAL:
	case MOSQ_ERR_MALFORMED_UTF8:
		return -EINVAL;
	case MOSQ_ERR_PAYLOAD_SIZE:
	case MOSQ_ERR_OVERSIZE_PACKET:
		return -EMSGSIZE;
	case MOSQ_ERR_QOS_NOT_SUPPORTED:
	case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
	case MOSQ_ERR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -ENOTCONN;
	}
}

/* After anything was said: libmosquitto writes what it can at once, and may have found that there is nobody. */
static void after_saying(struct broker *broker)
{
	broker->said_ns = clock_now_ns(CLOCK_BOOTTIME);
	if (!broker->ending && broker->io && mosquitto_want_write(broker->link->handle))
		sd_event_source_set_io_events(broker->io, EPOLLIN | EPOLLOUT);
}

int broker_publish(struct broker *broker, const struct broker_message *message, int qos)
{
	mosquitto_property *properties = NULL;
	int id = 0, rc;

	if (!broker_is_connected(broker))
		return -ENOTCONN;
	if (message->length > BROKER_PAYLOAD_MAX)
		return -EMSGSIZE;
	if (qos > 0 && broker->in_flight >= broker->in_flight_max)
		return -EAGAIN;
	rc = make_properties(broker, message, &properties);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_publish_v5(broker->link->handle, &id, message->topic, (int)message->length, message->payload, qos,
		                          message->retained, properties);
	mosquitto_property_free_all(&properties);
	if (rc != MOSQ_ERR_SUCCESS)
		return to_errno(rc);
	if (qos > 0)
		broker_pend(broker, id, true, message->topic);
	after_saying(broker);
	return id;
}

static int subscribe(struct broker *broker, const char *filter, int qos, int options)
{
	int id = 0, rc;

	if (!broker_is_connected(broker))
		return -ENOTCONN;
	rc = mosquitto_subscribe_v5(broker->link->handle, &id, filter, qos, options, NULL);
	if (rc != MOSQ_ERR_SUCCESS)
		return to_errno(rc);
	broker_pend(broker, id, false, filter);
	after_saying(broker);
	return id;
}

int broker_subscribe(struct broker *broker, const char *filter, int qos)
{
	return subscribe(broker, filter, qos, 0);
}

int broker_subscribe_as_said(struct broker *broker, const char *filter, int qos)
{
	return subscribe(broker, filter, qos, broker->version == 5 ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED : 0);
}

int broker_unsubscribe(struct broker *broker, const char *filter)
{
	int id = 0, rc;

	if (!broker_is_connected(broker))
		return -ENOTCONN;
	rc = mosquitto_unsubscribe(broker->link->handle, &id, filter);
	if (rc != MOSQ_ERR_SUCCESS)
		return to_errno(rc);
	after_saying(broker);
	return id;
}

/* --- what can be asked ----------------------------------------------------------------------- */

enum broker_state broker_state(const struct broker *broker)
{
	return broker->state;
}

bool broker_is_connected(const struct broker *broker)
{
	return broker->state == BROKER_CONNECTED && !broker->ending;
}

int broker_version(const struct broker *broker)
{
	return broker->version;
}

unsigned broker_in_flight(const struct broker *broker)
{
	return broker->in_flight;
}

const char *broker_last_failure(const struct broker *broker)
{
	return broker->failure;
}

/* Until the next attempt; what has begun counts. */
static double remaining_sec(const struct broker *broker)
{
	uint64_t due_usec = 0, now_usec = clock_now_ns(CLOCK_BOOTTIME) / NSEC_PER_USEC;

	sd_event_source_get_time(broker->retry, &due_usec);
	return due_usec > now_usec ? (double)((due_usec - now_usec + USEC_PER_SEC - 1) / USEC_PER_SEC) : 0;
}

const char *broker_words(struct broker *broker)
{
	switch (broker->state) {
	case BROKER_CONNECTED:
		snprintf(broker->words, sizeof broker->words, "connected to %s, port %u, %s (MQTT %s)", broker->settings.host,
		         broker->settings.port, broker->settings.tls ? "with TLS" : "without TLS",
		         broker->version == 5 ? "5" : "3.1.1");
		break;
	case BROKER_CONNECTING:
		snprintf(broker->words, sizeof broker->words, "connecting to %s, port %u: %s", broker->settings.host,
		         broker->settings.port, broker_step_words(broker->step));
		break;
	default:
		snprintf(broker->words, sizeof broker->words, "waiting for %.0f s%s%s", remaining_sec(broker),
		         *broker->failure ? ": " : "", broker->failure);
	}
	return broker->words;
}

/* --- settings -------------------------------------------------------------------------------- */

static const size_t texts[] = {
	offsetof(struct broker_settings, host),        offsetof(struct broker_settings, ca_file),
	offsetof(struct broker_settings, certificate_file), offsetof(struct broker_settings, key_file),
	offsetof(struct broker_settings, user),        offsetof(struct broker_settings, password),
	offsetof(struct broker_settings, client_id),   offsetof(struct broker_settings, will_topic),
	offsetof(struct broker_settings, will_payload), offsetof(struct broker_settings, session),
};

static char **text_at(struct broker_settings *settings, size_t i)
{
	return (char **)(void *)((char *)settings + texts[i]);
}

int broker_check_settings(const struct broker_settings *settings, struct problem *problem)
{
	if (!settings->host || !*settings->host || settings->port == 0)
		return problem_set(problem, -EINVAL, "the broker has no name, or no port");
	if (settings->keep_alive_sec < 5 || settings->keep_alive_sec > UINT16_MAX)
		return problem_set(problem, -EINVAL, "a keep-alive of %u s: it is from 5 to 65535 s", settings->keep_alive_sec);
	if (!settings->client_id && !settings->clean)
		return problem_set(problem, -EINVAL, "without a client id the broker cannot keep anything for it");
	if (settings->certificate_file && !settings->key_file)
		return problem_set(problem, -EINVAL, "the client's certificate %s has no key", settings->certificate_file);
	if (settings->will_topic && !settings->will_payload)
		return problem_set(problem, -EINVAL, "the last will has no text");
	return 0;
}

int broker_copy_settings(struct broker *broker, const struct broker_settings *settings)
{
	bool complete = true;

	broker->settings = *settings;
	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		char **text = text_at(&broker->settings, i);

		*text = *text ? strdup(*text) : NULL;
		complete = complete && (*text || !*text_at((struct broker_settings *)settings, i));
	}
	return complete ? 0 : -ENOMEM;
}

void broker_free_settings(struct broker *broker)
{
	if (broker->settings.password)
		explicit_bzero((char *)broker->settings.password, strlen(broker->settings.password));
	for (size_t i = 0; i < ELEMENTS(texts); i++)
		free(*text_at(&broker->settings, i));
}

int broker_set_session(struct broker *broker, const char *session)
{
	char *copy = strdup(session);

	if (!copy)
		return -ENOMEM;
	free((char *)broker->settings.session);
	broker->settings.session = copy;
	return 0;
}
