/* Answers HTTP on sockets that were handed over: GET /metrics. Whatever clients do, connections, their time
 * and the memory are limited. Never waits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "metrics/exposition.h"
#include "util/problem.h"

/* The most sockets. */
#define SERVER_SOCKETS_MAX 8

/* The most connections of a socket at once. Near this limit, the oldest ones are closed, first those without
 * a request. */
#define SERVER_CONNECTIONS_MAX 64

/* A connection is closed after this time, whatever it does: it has one request, and scrapers have long given
 * up by then. */
#define SERVER_CONNECTION_USEC UINT64_C(20000000)

/* Room for the line and the headers of a request. */
#define SERVER_REQUEST_BYTES 16384

struct server;

struct server_callbacks {
	/* A client wants the metrics, and waits for server_answer(), which may not be called from here. */
	void (*asked)(void *userdata);
	/* The text, which the server frees. A negative errno: the answer is an error of the server. */
	int (*render)(enum exposition_format format, char **ret, size_t *ret_n, void *userdata);
};

/* Listens on these sockets, which it owns from now on, even if it fails. The callbacks outlive it. 0; or a
 * negative errno, and `problem` says why. */
int server_new(sd_event *event, const int *fds, size_t n, const struct server_callbacks *callbacks, void *userdata,
               struct server **ret, struct problem *problem);

/* Takes NULL; returns NULL. Closes everything. */
struct server *server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free);

/* Answers all clients that wait. */
void server_answer(struct server *server);

/* True while there is a connection. */
bool server_is_busy(const struct server *server);
