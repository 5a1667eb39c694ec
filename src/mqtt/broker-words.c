#define _GNU_SOURCE
#include "mqtt/broker-words.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>

const char *broker_step_words(enum link_step step)
{
	static const char *const words[] = { "looking up the name, and TCP", "TLS", "waiting for its answer (CONNACK)", "connected" };

	return words[step];
}

/* --- the name, and TCP ----------------------------------------------------------------------- */

static bool is_multicast(const char *host)
{
	size_t length = strlen(host);

	return length > 6 && strcasecmp(host + length - 6, ".local") == 0;
}

static void lookup_words(const struct link *link, int eai, struct problem *ret)
{
	const char *advice = eai == EAI_AGAIN         ? "no name server answers: is the network there?"
	                     : is_multicast(link->host) ? "names in .local need the package libnss-mdns here, or an address in Uri="
	                                              : "is it spelled right in Uri=, and does the name server know it?";

	problem_set(ret, 0, "the name %s cannot be looked up (%s): %s", link->host, gai_strerror(eai), advice);
}

static const char *errno_advice(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "nothing listens there; does the broker run, and is this its port?";
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "is it switched on, and is the network there?";
	case EACCES:
	case EPERM:
		return "a firewall, or the service's sandbox, forbids it";
	default:
		return "it is tried again";
	}
}

static void errno_words(const struct link *link, int error, struct problem *ret)
{
	problem_set(ret, 0, "no connection to %s, port %u: %s: %s", link->host, link->port, problem_errno(error),
	            errno_advice(error));
}

static void tls_words(const struct link *link, struct problem *ret)
{
	problem_set(ret, 0,
	            "TLS with %s, port %u, has failed: is this its port for TLS (mostly 8883)? Without TLS, Uri= begins with mqtt://",
	            link->host, link->port);
}

/* It has closed the connection, and did not say why. */
static const char *closed_advice(const struct link *link, enum link_step step)
{
	if (step == STEP_CONNACK && link->tls.context)
		return ": does it want a client certificate (ClientCertificate=), or another version of MQTT? See its log";
	if (step == STEP_CONNACK)
		return ": does it want TLS (Uri=mqtts://...), or another version of MQTT? See its log";
	return ": was it stopped? It is tried again";
}

static void closed_words(const struct link *link, enum link_step step, struct problem *ret)
{
	problem_set(ret, 0, "%s, port %u, has closed the connection (%s)%s", link->host, link->port, broker_step_words(step),
	            closed_advice(link, step));
}

static bool is_closed(int rc, int error)
{
	return rc == MOSQ_ERR_CONN_LOST || (rc == MOSQ_ERR_ERRNO && (error == EPIPE || error == ECONNRESET));
}

void broker_connect_words(const struct link *link, struct problem *ret)
{
	if (link->rc == MOSQ_ERR_EAI)
		lookup_words(link, link->error, ret);
	else if (*link->tls.words)
		problem_set(ret, 0, "%s", link->tls.words);
	else if (link->rc == MOSQ_ERR_TLS || (link->rc == MOSQ_ERR_ERRNO && link->error == EPROTO))
		tls_words(link, ret);
	else if (is_closed(link->rc, link->error))
		closed_words(link, STEP_CONNACK, ret);
	else if (link->rc == MOSQ_ERR_ERRNO)
		errno_words(link, link->error, ret);
	else
		problem_set(ret, 0, "no connection to %s, port %u: %s", link->host, link->port, mosquitto_strerror(link->rc));
}

void broker_late_words(const struct link *link, enum link_step step, unsigned sec, struct problem *ret)
{
	static const char *const advice[] = {
		[STEP_TCP] = "is the name server there, is the broker's machine switched on, does a firewall drop what is sent to it?",
		[STEP_TLS] = "is this its port for TLS (mostly 8883)? Without TLS, Uri= begins with mqtt://",
		[STEP_CONNACK] = "is this a broker's port, and if it wants TLS, does Uri= begin with mqtts://? Else the broker hangs",
		[STEP_CONNECTED] = "the broker hangs, its machine is off, or the network is gone",
	};

	problem_set(ret, 0, "%s, port %u, did not answer within %u s (%s): %s", link->host, link->port, sec,
	            broker_step_words(step), advice[step]);
}

/* --- the broker's answer --------------------------------------------------------------------- */

static const char *refusal_advice(int code, bool has_user)
{
	switch (code) {
	case CONNACK_REFUSED_BAD_USERNAME_PASSWORD:
	case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
		return has_user ? "the user (User=) or the password (the credential mqtt.password) is wrong"
		                : "it wants a user (User=) and a password (the credential mqtt.password)";
	case CONNACK_REFUSED_NOT_AUTHORIZED:
	case MQTT_RC_NOT_AUTHORIZED:
		return has_user ? "this user (User=) may not connect, or the password (the credential mqtt.password) is wrong; see the broker's ACL"
		                : "it wants a user (User=) and a password (the credential mqtt.password), or a client certificate";
	case CONNACK_REFUSED_IDENTIFIER_REJECTED:
	case MQTT_RC_CLIENTID_NOT_VALID:
		return "it does not take the client id roomd-HUB; another Name= for the hub may do";
	case CONNACK_REFUSED_SERVER_UNAVAILABLE:
	case MQTT_RC_SERVER_UNAVAILABLE:
	case MQTT_RC_SERVER_BUSY:
		return "it is not ready; it is tried again";
	case MQTT_RC_BANNED:
		return "it has banned this client";
	case CONNACK_REFUSED_PROTOCOL_VERSION:
	case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
		return "it does not speak this version of MQTT; the other one is tried";
	default:
		return "see the broker's log";
	}
}

void broker_refusal_words(const struct link *link, int code, bool has_user, struct problem *ret)
{
	const char *reason = link->version == 5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code);

	problem_set(ret, 0, "the broker %s refuses us (%s): %s", link->host, reason, refusal_advice(code, has_user));
}

static const char *end_advice(int code)
{
	switch (code) {
	case MQTT_RC_SESSION_TAKEN_OVER:
		return "another client has the same id: two hubs have the same name (Name= in mqtt.conf), or roomd-mqtt runs twice";
	case MQTT_RC_KEEP_ALIVE_TIMEOUT:
		return "it has heard nothing of us for too long";
	case MQTT_RC_SERVER_SHUTTING_DOWN:
		return "it is shut down";
	case MQTT_RC_NOT_AUTHORIZED:
		return "we may not do what we did; see the broker's ACL";
	default:
		return "it is tried again";
	}
}

void broker_refused_words(const char *what, const char *name, int code, struct problem *ret)
{
	problem_set(ret, 0, "%s %s is refused (%s)%s", what, name ? name : "a topic", mosquitto_reason_string(code),
	            code == MQTT_RC_NOT_AUTHORIZED ? ": the broker's ACL has to allow it to this user" : "; see the broker's log");
}

bool broker_is_malformed(int rc)
{
	return rc == MOSQ_ERR_PROTOCOL || rc == MOSQ_ERR_MALFORMED_PACKET || rc == MOSQ_ERR_MALFORMED_UTF8 ||
	       rc == MOSQ_ERR_DUPLICATE_PROPERTY;
}

static const char *malformed_advice(const struct link *link, enum link_step step)
{
	if (step == STEP_CONNECTED)
		return "this is the broker's fault; is there an update of it?";
	return link->version == 5 ? "if it is an old broker, 3.1.1 will do; that is tried" : "is this a broker's port?";
}

void broker_end_words(const struct link *link, enum link_step step, int rc, int error, int code, struct problem *ret)
{
	if (*link->tls.words)
		problem_set(ret, 0, "%s", link->tls.words);
	else if (code > 0)
		problem_set(ret, 0, "%s has ended the connection (%s): %s", link->host, mosquitto_reason_string(code),
		            end_advice(code));
	else if (rc == MOSQ_ERR_KEEPALIVE)
		broker_late_words(link, STEP_CONNECTED, link->keep_alive_sec, ret);
	else if (step == STEP_TLS)
		tls_words(link, ret);
	else if (broker_is_malformed(rc))
		problem_set(ret, 0, "%s, port %u, does not speak MQTT %s as it should (%s): %s", link->host, link->port,
		            link->version == 5 ? "5" : "3.1.1", broker_step_words(step), malformed_advice(link, step));
	else if (rc == MOSQ_ERR_ERRNO && error != 0 && error != EPROTO && !is_closed(rc, error))
		problem_set(ret, 0, "the connection to %s, port %u, has broken (%s): %s", link->host, link->port,
		            broker_step_words(step), problem_errno(error));
	else
		closed_words(link, step, ret);
}
