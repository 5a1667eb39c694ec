/* One connection to a broker, from the first attempt to its end: a handle of libmosquitto, which looks the
 * name up and connects in a thread, because both can take minutes (getaddrinfo(3) cannot be ended). Until the
 * thread is done, only the thread touches the handle; if the link is given up meanwhile, the thread frees it. */
#pragma once

#include <mosquitto.h>
#include <stdatomic.h>
#include <systemd/sd-event.h>

#include "mqtt/broker-tls.h"
#include "mqtt/broker.h"

/* How many threads may hang at once, in the whole process. */
#define LINK_THREADS_MAX 4

struct link {
	atomic_int owners;
	int done_fd; /* an eventfd, written when the thread is done */
	struct mosquitto *handle;
	struct broker_tls tls;
	char *host;
	char *connects_to; /* the thread's: an address of the host; NULL: the host itself */
	uint16_t port;
	unsigned keep_alive_sec;
	uint32_t session_expiry_sec;
	int version;     /* 5 or 4 */
	unsigned address; /* 0: all that the name has, one after the other; else only this one, counted round and round from 0 */
	int rc, error;   /* of the thread: MOSQ_ERR_..., and errno, which is EAI_... with MOSQ_ERR_EAI */
};

/* The callbacks of libmosquitto, with `userdata`; all are called from mosquitto_loop_read() and similar
 * functions. */
struct link_handlers {
	void (*connect)(struct mosquitto *handle, void *userdata, int rc, int flags, const mosquitto_property *properties);
	void (*disconnect)(struct mosquitto *handle, void *userdata, int rc, const mosquitto_property *properties);
	void (*publish)(struct mosquitto *handle, void *userdata, int id, int rc, const mosquitto_property *properties);
	void (*message)(struct mosquitto *handle, void *userdata, const struct mosquitto_message *message,
	                const mosquitto_property *properties);
	void (*subscribe)(struct mosquitto *handle, void *userdata, int id, int n, const int *granted,
	                  const mosquitto_property *properties);
};

/* Begins to connect. done_fd can be read when `rc` is there. `address`: as in struct link; an address that keeps silent holds
 * the thread for minutes, and those behind it are never asked. A negative errno, and `problem` says why; -EBUSY: too many
 * threads hang. */
int link_new(const struct broker_settings *settings, int version, unsigned address, const struct link_handlers *handlers,
             void *userdata, struct link **ret, struct problem *problem);

/* Gives the link up: no handler is called any more. Never waits. Takes NULL; returns NULL. */
struct link *link_free(struct link *link);
DEFINE_CLEANUP(struct link *, link_free);
