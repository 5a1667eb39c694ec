/* Answers HTTP on sockets that were handed over: GET /metrics. Whatever is on the other side: bounded in connections, in their
 * time, and in memory; nothing here waits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "metrics/exposition.h"
#include "util/problem.h"

/* So many sockets may be listened on. */
#define SERVER_SOCKETS_MAX 8

/* So many connections of a socket at once. When this is near, the oldest ones make room, those first that have not asked for
 * anything yet. */
#define SERVER_CONNECTIONS_MAX 64

/* A connection is closed after so long, whatever it does: one has one request, and a scraper has long given up by then. */
#define SERVER_CONNECTION_USEC UINT64_C(20000000)

/* Of a request: its line and headers have to fit in there. */
#define SERVER_REQUEST_BYTES 16384

struct server;

struct server_callbacks {
	/* Somebody wants the metrics, and waits for server_answer(). It may not be called from here. */
	void (*asked)(void *userdata);
	/* The text, which the server frees. A negative errno: the answer is an error of the server. */
	int (*render)(enum exposition_format format, char **ret, size_t *ret_n, void *userdata);
};

/* Listens on these sockets, which are its own from then on, whatever the result. The callbacks outlive it. A negative errno, and
 * `problem` says why. */
int server_new(sd_event *event, const int *fds, size_t n, const struct server_callbacks *callbacks, void *userdata,
               struct server **ret, struct problem *problem);

/* Takes NULL; returns NULL. Closes everything. */
struct server *server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free);

/* Answers all who wait. */
void server_answer(struct server *server);

/* True while there is a connection. */
bool server_is_busy(const struct server *server);
