#define _GNU_SOURCE
#include "mqtt/broker-link.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* What getaddrinfo(3), the modules of the name service switch and TLS need, with room; only what is touched is memory. */
#define STACK_SIZE (512 * 1024)

/* What a broker may send us: the payload, its topic, and the properties. Without a bound libmosquitto takes what comes, up to
 * 256 MB, twice. */
#define PACKET_MAX (BROKER_PAYLOAD_MAX + 128 * 1024)

static atomic_int threads;

/* --- ending ---------------------------------------------------------------------------------- */

static void destroy(struct link *link)
{
	if (link->handle)
		mosquitto_destroy(link->handle);
	broker_tls_deinit(&link->tls);
	if (link->done_fd >= 0)
		close(link->done_fd);
	free(link->host);
	free(link->connects_to);
	free(link);
}

static void release(struct link *link)
{
	if (atomic_fetch_sub(&link->owners, 1) == 1)
		destroy(link);
}

struct link *link_free(struct link *link)
{
	if (link)
		release(link);
	return NULL;
}

/* --- the thread ------------------------------------------------------------------------------ */

static int add_properties(const struct link *link, mosquitto_property **properties)
{
	int rc;

	if (link->version < 5)
		return MOSQ_ERR_SUCCESS;
	rc = mosquitto_property_add_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_MAX);
	if (rc != MOSQ_ERR_SUCCESS || link->session_expiry_sec == 0)
		return rc;
	return mosquitto_property_add_int32(properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, link->session_expiry_sec);
}

static const struct addrinfo *nth_address(const struct addrinfo *list, unsigned nth)
{
	unsigned n = 0;

	for (const struct addrinfo *info = list; info; info = info->ai_next)
		n++;
	for (nth %= n; nth > 0; nth--)
		list = list->ai_next;
	return list;
}

/* The one of the name's addresses, as text, instead of the name; broker-tls.c goes on asking for the name. EAI_... */
static int choose_address(struct link *link)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	const struct addrinfo *address;
	char text[NI_MAXHOST];
	char *copy;
	int r;

	r = getaddrinfo(link->host, NULL, &hints, &list);
	if (r != 0)
		return r;
	address = nth_address(list, link->address);
	r = getnameinfo(address->ai_addr, address->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
	freeaddrinfo(list);
	copy = r == 0 ? strdup(text) : NULL;
	if (copy)
		link->connects_to = copy;
	return r == 0 && !copy ? EAI_MEMORY : r;
}

/* MOSQ_ERR_...; errno says more. */
static int connect_handle(struct link *link, const mosquitto_property *properties)
{
	int eai = link->address > 0 ? choose_address(link) : 0;

	if (eai != 0) {
		errno = eai;
		return MOSQ_ERR_EAI;
	}
	errno = 0;
	return mosquitto_connect_bind_v5(link->handle, link->connects_to ? link->connects_to : link->host, link->port,
	                                 (int)link->keep_alive_sec, NULL, properties);
}

static void *thread_main(void *userdata)
{
	mosquitto_property *properties = NULL;
	struct link *link = userdata;

	link->rc = add_properties(link, &properties);
	errno = 0;
	if (link->rc == MOSQ_ERR_SUCCESS)
		link->rc = connect_handle(link, properties);
	link->error = errno;
	if (link->rc != MOSQ_ERR_SUCCESS)
		broker_tls_hear(&link->tls);
	mosquitto_property_free_all(&properties);
	atomic_fetch_sub(&threads, 1);
	/* Fails at no value but the greatest. */
	(void)!write(link->done_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	release(link);
	return NULL;
}

/* In a thread that gets no signal: those are the loop's. */
static int start_thread(struct link *link)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;
	int r;

	r = pthread_attr_init(&attributes);
	if (r)
		return -r;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread, &attributes, thread_main, link);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -r;
}

static int begin(struct link *link, struct problem *problem)
{
	int r;

	if (atomic_fetch_add(&threads, 1) >= LINK_THREADS_MAX) {
		atomic_fetch_sub(&threads, 1);
		return problem_set(problem, -EBUSY,
		                   "%d attempts to look up %s or to connect to it hang already: is the name server there?",
		                   LINK_THREADS_MAX, link->host);
	}
	atomic_fetch_add(&link->owners, 1);
	r = start_thread(link);
	if (r < 0) {
		atomic_fetch_sub(&link->owners, 1);
		atomic_fetch_sub(&threads, 1);
		problem_set(problem, r, "no thread can be started: %s", problem_errno(r));
	}
	return r;
}

/* --- the handle ------------------------------------------------------------------------------ */

static int set_will(struct link *link, const struct broker_settings *settings)
{
	mosquitto_property *properties = NULL;
	int rc = MOSQ_ERR_SUCCESS;

	if (!settings->will_topic)
		return rc;
	if (link->version == 5 && settings->session)
		rc = mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "session", settings->session);
	if (rc == MOSQ_ERR_SUCCESS) /* it owns the properties then */
		rc = mosquitto_will_set_v5(link->handle, settings->will_topic, (int)strlen(settings->will_payload),
		                           settings->will_payload, 1, true, properties);
	if (rc != MOSQ_ERR_SUCCESS)
		mosquitto_property_free_all(&properties);
	return rc;
}

static void set_handlers(struct mosquitto *handle, const struct link_handlers *handlers)
{
	mosquitto_connect_v5_callback_set(handle, handlers->connect);
	mosquitto_disconnect_v5_callback_set(handle, handlers->disconnect);
	mosquitto_publish_v5_callback_set(handle, handlers->publish);
	mosquitto_message_v5_callback_set(handle, handlers->message);
	mosquitto_subscribe_v5_callback_set(handle, handlers->subscribe);
}

/* MOSQ_ERR_... */
static int set_up(struct link *link, const struct broker_settings *settings, const struct link_handlers *handlers)
{
	int rc;

	set_handlers(link->handle, handlers);
	rc = mosquitto_int_option(link->handle, MOSQ_OPT_PROTOCOL_VERSION,
	                          link->version == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_int_option(link->handle, MOSQ_OPT_TCP_NODELAY, 1);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = set_will(link, settings);
	if (rc == MOSQ_ERR_SUCCESS && settings->user)
		rc = mosquitto_username_pw_set(link->handle, settings->user, settings->password);
	if (rc == MOSQ_ERR_SUCCESS && link->tls.context) /* ours as it is: with its own settings it wants a file of CAs */
		rc = mosquitto_int_option(link->handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
	if (rc == MOSQ_ERR_SUCCESS && link->tls.context)
		rc = mosquitto_void_option(link->handle, MOSQ_OPT_SSL_CTX, link->tls.context);
	if (rc == MOSQ_ERR_SUCCESS && link->tls.context) /* it is complete; else libmosquitto wants to be told where a CA is */
		rc = mosquitto_int_option(link->handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
	return rc;
}

int link_new(const struct broker_settings *settings, int version, unsigned address, const struct link_handlers *handlers,
             void *userdata, struct link **ret, struct problem *problem)
{
	_cleanup_(link_freep) struct link *link = calloc(1, sizeof *link);
	int r, rc;

	if (!link)
		return problem_set(problem, -ENOMEM, "no memory");
	link->owners = 1;
	link->version = version;
	link->address = address;
	link->port = settings->port;
	link->keep_alive_sec = settings->keep_alive_sec;
	link->session_expiry_sec = settings->session_expiry_sec;
	link->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	link->host = strdup(settings->host);
	link->handle = mosquitto_new(settings->client_id, settings->clean, userdata);
	if (link->done_fd < 0 || !link->host || !link->handle)
		return problem_set(problem, -ENOMEM, "no memory");
	r = settings->tls ? broker_tls_init(&link->tls, settings, problem) : 0;
	if (r < 0)
		return r;
	rc = set_up(link, settings, handlers);
	if (rc != MOSQ_ERR_SUCCESS)
		return problem_set(problem, -EINVAL, "libmosquitto does not accept the settings: %s", mosquitto_strerror(rc));
	r = begin(link, problem);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(link);
	return 0;
}
