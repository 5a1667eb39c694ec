/* Shared by the parts of the server. */
#pragma once

#include <microhttpd.h>

#include "metrics/server.h"

struct listener;

/* A connection. */
struct visitor {
	struct visitor *next; /* a later one */
	struct listener *listener;
	struct MHD_Connection *connection;
	uint64_t until_usec; /* CLOCK_MONOTONIC */
	int fd;
	bool has_asked; /* all of the request is there */
	bool waits;     /* suspended, until server_answer() */
	bool cut;       /* it is being closed */
	enum exposition_format format;
};

/* One socket. */
struct listener {
	struct server *server;
	struct MHD_Daemon *daemon;
	sd_event_source *io, *timer;
};

struct server {
	const struct server_callbacks *callbacks;
	void *userdata;
	struct listener listeners[SERVER_SOCKETS_MAX];
	size_t listeners_n;
	struct visitor *visitors; /* the oldest first */
	size_t visitors_n;
	sd_event_source *sweep; /* closes visitors whose time is over */
	struct MHD_Response *answers[EXPOSITION_FORMATS]; /* the last ones; NULL: none, or it could not be made */
};

/* Lets MHD do its work. */
void listener_run(struct listener *listener);

/* Called by MHD: a connection has come or gone. */
void visitors_notify(void *userdata, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode code);

/* The visitor of a connection. */
struct visitor *visitor_of(struct MHD_Connection *connection);

int visitors_init(struct server *server, sd_event *event);
void visitors_deinit(struct server *server);
