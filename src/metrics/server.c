/* The HTTP is libmicrohttpd's, which gives us an epoll descriptor, so all of it runs in the program's one loop. */
#define _GNU_SOURCE
#include "metrics/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "metrics/server-internal.h"

#define PATH "/metrics"

#define PLAIN "text/plain; charset=utf-8"

/* --- answers --------------------------------------------------------------------------------- */

/* Each connection has one request, so nobody keeps one for nothing. Takes the response over. */
static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type, struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static struct MHD_Response *make_text(const char *text)
{
	return MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result refuse_method(struct MHD_Connection *connection)
{
	struct MHD_Response *response = make_text("Only GET and HEAD are answered.\n");

	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED, PLAIN, response);
}

static enum MHD_Result refuse_path(struct MHD_Connection *connection)
{
	return reply(connection, MHD_HTTP_NOT_FOUND, PLAIN, make_text("There is only " PATH " here.\n"));
}

static enum MHD_Result send_answer(struct visitor *visitor)
{
	struct MHD_Response *answer = visitor->listener->server->answers[visitor->format];

	if (answer)
		return MHD_queue_response(visitor->connection, MHD_HTTP_OK, answer);
	return reply(visitor->connection, MHD_HTTP_INTERNAL_SERVER_ERROR, PLAIN, make_text("The metrics are "
		"not available just now.\n"));
}

/* Of the last answer nobody may have the room any more. */
static void forget_answers(struct server *server)
{
	for (size_t i = 0; i < EXPOSITION_FORMATS; i++) {
		if (server->answers[i])
			MHD_destroy_response(server->answers[i]);
		server->answers[i] = NULL;
	}
}

static struct MHD_Response *make_answer(struct server *server, enum exposition_format format)
{
	struct MHD_Response *response;
	char *text;
	size_t n;

	if (server->callbacks->render(format, &text, &n, server->userdata) < 0)
		return NULL;
	response = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, exposition_content_type(format));
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	return response;
}

/* All who wait get the same text, which is there once. */
void server_answer(struct server *server)
{
	forget_answers(server);
	for (struct visitor *visitor = server->visitors; visitor; visitor = visitor->next) {
		if (!visitor->waits)
			continue;
		if (!server->answers[visitor->format])
			server->answers[visitor->format] = make_answer(server, visitor->format);
		visitor->waits = false;
		MHD_resume_connection(visitor->connection);
	}
	for (size_t i = 0; i < server->listeners_n; i++)
		listener_run(&server->listeners[i]);
}

/* --- requests -------------------------------------------------------------------------------- */

static enum MHD_Result wait_for_answer(struct visitor *visitor)
{
	struct server *server = visitor->listener->server;

	visitor->format = exposition_accepted(
		MHD_lookup_connection_value(visitor->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));
	visitor->has_asked = visitor->waits = true;
	MHD_suspend_connection(visitor->connection);
	server->callbacks->asked(server->userdata);
	return MHD_YES;
}

/* Called when the headers are there, and again when the body is, which a GET has not; then when it goes on after the wait. */
static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_n, void **context)
{
	struct visitor *visitor = visitor_of(connection);

	(void)userdata, (void)version, (void)upload;
	if (!visitor)
		return MHD_NO;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse_method(connection);
	if (strcmp(url, PATH) != 0)
		return refuse_path(connection);
	if (*context != visitor || *upload_n > 0) {
		*context = visitor;
		*upload_n = 0; /* nobody reads it */
		return MHD_YES;
	}
	return visitor->has_asked ? send_answer(visitor) : wait_for_answer(visitor);
}

/* --- the loop -------------------------------------------------------------------------------- */

void listener_run(struct listener *listener)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(listener->daemon);
	if (MHD_get_timeout(listener->daemon, &ms) != MHD_YES) {
		sd_event_source_set_enabled(listener->timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time_relative(listener->timer, ms * 1000);
	sd_event_source_set_enabled(listener->timer, SD_EVENT_ONESHOT);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source, (void)fd, (void)events;
	listener_run(userdata);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	listener_run(userdata);
	return 0;
}

static int watch(struct listener *listener, sd_event *event)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	int r;

	if (!info)
		return -EOPNOTSUPP;
	r = sd_event_add_io(event, &listener->io, info->epoll_fd, EPOLLIN, on_io, listener);
	if (r >= 0)
		r = sd_event_add_time(event, &listener->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, listener);
	return r < 0 ? r : sd_event_source_set_enabled(listener->timer, SD_EVENT_OFF);
}

/* --- life ------------------------------------------------------------------------------------ */

/* Accepting may not wait. */
static int check_socket(int fd, struct problem *problem)
{
	int flags = fcntl(fd, F_GETFL);

	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
		return problem_set(problem, -EINVAL, "descriptor %d is not a listening stream socket: "
			"expected ListenStream=", fd);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return problem_set(problem, -errno, "socket %d cannot be used: %s", fd, problem_errno(errno));
	return 0;
}

static struct MHD_Daemon *start_daemon(struct listener *listener, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, listener,
	                        MHD_OPTION_LISTEN_SOCKET, fd,
	                        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX,
	                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_REQUEST_BYTES,
	                        MHD_OPTION_NOTIFY_CONNECTION, visitors_notify, listener, MHD_OPTION_END);
}

/* The socket is the daemon's once that has begun. */
static int listen_on(struct server *server, sd_event *event, int fd, struct problem *problem)
{
	struct listener *listener = &server->listeners[server->listeners_n];
	int r = check_socket(fd, problem);

	if (r >= 0) {
		listener->server = server;
		listener->daemon = start_daemon(listener, fd);
	}
	if (!listener->daemon) {
		close(fd);
		return r < 0 ? r : problem_set(problem, -EIO, "the HTTP server cannot be started on socket %d", fd);
	}
	server->listeners_n++;
	r = watch(listener, event);
	return r < 0 ? problem_set(problem, r, "socket %d cannot be watched: %s", fd, problem_errno(r)) : 0;
}

int server_new(sd_event *event, const int *fds, size_t n, const struct server_callbacks *callbacks, void *userdata,
               struct server **ret, struct problem *problem)
{
	_cleanup_(server_freep) struct server *server = calloc(1, sizeof *server);
	int r = server ? visitors_init(server, event) : -ENOMEM;

	if (r < 0)
		return problem_set(problem, r, "the server cannot be set up: %s", problem_errno(r));
	server->callbacks = callbacks;
	server->userdata = userdata;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = listen_on(server, event, fds[i], problem);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(server);
	return 0;
}

/* MHD does not end while a connection is suspended. */
static void resume_all(struct server *server)
{
	for (struct visitor *visitor = server->visitors; visitor; visitor = visitor->next)
		if (visitor->waits) {
			visitor->waits = false;
			MHD_resume_connection(visitor->connection);
		}
}

static void stop_listener(struct listener *listener)
{
	MHD_run(listener->daemon);
	sd_event_source_disable_unref(listener->io);
	sd_event_source_disable_unref(listener->timer);
	MHD_stop_daemon(listener->daemon);
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	forget_answers(server);
	resume_all(server);
	for (size_t i = 0; i < server->listeners_n; i++)
		stop_listener(&server->listeners[i]);
	visitors_deinit(server);
	free(server);
	return NULL;
}

bool server_is_busy(const struct server *server)
{
	return server->visitors_n > 0;
}
