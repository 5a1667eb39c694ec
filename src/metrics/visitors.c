/* Connections: how many, and how long. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>

#include "metrics/server-internal.h"
#include "util/clock.h"

/* From so many on there is room to be made. */
#define CROWD (SERVER_CONNECTIONS_MAX * 7 / 8)

static uint64_t now_usec(void)
{
	return clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC;
}

/* MHD sees it end, and tells us then. */
static void cut(struct visitor *visitor)
{
	visitor->cut = true;
	shutdown(visitor->fd, SHUT_RDWR);
}

/* The oldest of a socket's, of those only that have asked for nothing or of all; NULL: there is none. */
static struct visitor *find_oldest(struct listener *listener, bool silent)
{
	struct visitor *visitor = listener->server->visitors;

	while (visitor && (visitor->listener != listener || visitor->cut || (silent && visitor->has_asked)))
		visitor = visitor->next;
	return visitor;
}

static size_t count(const struct listener *listener)
{
	size_t n = 0;

	for (const struct visitor *visitor = listener->server->visitors; visitor; visitor = visitor->next)
		n += visitor->listener == listener && !visitor->cut;
	return n;
}

static void make_room(struct listener *listener)
{
	struct visitor *oldest;

	if (count(listener) < CROWD)
		return;
	oldest = find_oldest(listener, true);
	if (!oldest)
		oldest = find_oldest(listener, false);
	if (oldest)
		cut(oldest);
}

/* They all have the same time, so the oldest one is the first. */
static void plan_sweep(struct server *server)
{
	struct visitor *visitor = server->visitors;

	while (visitor && visitor->cut)
		visitor = visitor->next;
	if (visitor)
		sd_event_source_set_time(server->sweep, visitor->until_usec);
	sd_event_source_set_enabled(server->sweep, visitor ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_sweep(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = userdata;

	(void)source, (void)usec;
	for (struct visitor *visitor = server->visitors; visitor; visitor = visitor->next)
		if (!visitor->cut && visitor->until_usec <= now_usec())
			cut(visitor);
	plan_sweep(server);
	return 0;
}

static void come(struct listener *listener, struct MHD_Connection *connection, void **socket_context)
{
	struct server *server = listener->server;
	struct visitor *visitor = calloc(1, sizeof *visitor), **end = &server->visitors;

	*socket_context = visitor;
	if (!visitor) {
		shutdown(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, SHUT_RDWR);
		return;
	}
	make_room(listener);
	visitor->listener = listener;
	visitor->connection = connection;
	visitor->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	visitor->until_usec = now_usec() + SERVER_CONNECTION_USEC;
	while (*end)
		end = &(*end)->next;
	*end = visitor;
	server->visitors_n++;
	plan_sweep(server);
}

static void go(struct server *server, struct visitor *visitor)
{
	struct visitor **at = &server->visitors;

	while (*at && *at != visitor)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = visitor->next;
	server->visitors_n--;
	free(visitor);
	plan_sweep(server);
}

void visitors_notify(void *userdata, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode code)
{
	struct listener *listener = userdata;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		come(listener, connection, socket_context);
	else if (*socket_context)
		go(listener->server, *socket_context);
}

struct visitor *visitor_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

int visitors_init(struct server *server, sd_event *event)
{
	int r = sd_event_add_time(event, &server->sweep, CLOCK_MONOTONIC, 0, 0, on_sweep, server);

	return r < 0 ? r : sd_event_source_set_enabled(server->sweep, SD_EVENT_OFF);
}

void visitors_deinit(struct server *server)
{
	sd_event_source_disable_unref(server->sweep);
	while (server->visitors)
		go(server, server->visitors);
}
