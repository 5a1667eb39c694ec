#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/internal.h"
#include "try/service-internal.h"
#include "util/clock.h"
#include "util/snake.h"

#define NAME_NS (60 * NSEC_PER_SEC)
#define OUTPUT_SIZE 65536

/* --- the connection -------------------------------------------------------------------------- */

static int on_owner(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	const char *name, *before, *now;
	struct service *service = userdata;

	(void)error;
	if (sd_bus_message_read(signal, "sss", &name, &before, &now) >= 0)
		service->name_is_there = *now;
	return 0;
}

int service_connect(struct service *service)
{
	int r = sd_bus_open_system(&service->bus);

	if (r < 0)
		return r;
	return sd_bus_add_match(service->bus, NULL,
	                        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" BUS_NAME "'",
	                        on_owner, service);
}

static int process(struct service *service)
{
	int r;

	while ((r = sd_bus_process(service->bus, NULL)) > 0)
		;
	return r;
}

/* The one before has lost it, of which the bus has told before it said that the next one has it. */
int service_wait_name(struct service *service, struct problem *problem)
{
	uint64_t until_ns = clock_now_ns(CLOCK_MONOTONIC) + NAME_NS;
	int r;

	for (;;) {
		r = process(service);
		if (r < 0)
			return problem_set(problem, r, "the bus: %s", problem_errno(r));
		if (service->name_is_there)
			return 0;
		r = service_poll(service, sd_bus_get_fd(service->bus), until_ns);
		if (r < 0 || (r & SERVICE_HAS_ENDED) || clock_now_ns(CLOCK_MONOTONIC) >= until_ns)
			return problem_set(problem, -ETIMEDOUT, "roomd does not come to the bus");
	}
}

/* --- calls ----------------------------------------------------------------------------------- */

static int path_of(const char *kind, const char *name, char **ret)
{
	_cleanup_(cleanup_free) char *folder = NULL;
	char snake[64];

	if (asprintf(&folder, BUS_ROOT "/%s", snake_case(kind, snake, sizeof snake)) < 0)
		return -ENOMEM;
	return sd_bus_path_encode(folder, name, ret);
}

static int refuse(struct problem *problem, int r, const sd_bus_error *error, const char *what)
{
	return problem_set(problem, r, "%s: %s", what, error->message ? error->message : problem_errno(r));
}

/* A component's path, and its kind's interface. */
struct object {
	char *path;
	char interface[96];
};

static int object_of(const char *kind, const char *name, struct object *ret)
{
	snprintf(ret->interface, sizeof ret->interface, BUS_NAME ".%.64s", kind);
	return path_of(kind, name, &ret->path);
}

int service_call(struct service *service, const char *kind, const char *name, const char *method, sd_bus_message **ret,
                 struct problem *problem)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct object object = { 0 };
	int r = object_of(kind, name, &object);

	if (r >= 0)
		r = sd_bus_call_method(service->bus, BUS_NAME, object.path, object.interface, method, &error, ret, NULL);
	free(object.path);
	return r < 0 ? refuse(problem, r, &error, method) : 0;
}

int service_number(struct service *service, const char *kind, const char *name, const char *property, double *ret,
                   struct problem *problem)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct object object = { 0 };
	int r = object_of(kind, name, &object);

	if (r >= 0)
		r = sd_bus_get_property_trivial(service->bus, BUS_NAME, object.path, object.interface, property, &error, 'd',
		                                ret);
	free(object.path);
	return r < 0 ? refuse(problem, r, &error, property) : 0;
}

int service_feed(struct service *service, const char *remote, const char *reason, const double *number, bool level,
                 bool fresh, struct problem *problem)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(service->bus, &call, BUS_NAME, BUS_ROOT, BUS_NAME ".Remote", "Feed");

	if (r >= 0)
		r = sd_bus_message_append(call, "sbs", remote, (int)!reason, reason ? reason : "");
	if (r >= 0)
		r = number ? sd_bus_message_append(call, "v", "d", *number) : sd_bus_message_append(call, "v", "b", level);
	if (r >= 0)
		r = sd_bus_message_append(call, "tb", clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC, fresh);
	if (r >= 0)
		r = sd_bus_call(service->bus, call, 0, &error, NULL);
	return r < 0 ? refuse(problem, r, &error, remote) : 0;
}

/* --- roomctl --------------------------------------------------------------------------------- */

static pid_t spawn(const char *const *arguments, int *ret_fd)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		service_unblock_signals();
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		execv(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	close(fds[1]);
	if (pid < 0)
		close(fds[0]);
	*ret_fd = fds[0];
	return pid < 0 ? -errno : pid;
}

/* Until it has closed it. What does not fit is read and left out. */
static void read_output(struct service *service, int fd, char *text)
{
	char rest[4096];
	size_t length = 0;
	ssize_t n;

	for (;;) {
		int found = service_poll(service, fd, NEVER_NS);

		if (found < 0)
			return;
		if (!(found & SERVICE_HAS_MORE)) {
			if (found & SERVICE_HAS_ENDED) /* which is said at the next wait */
				found = SERVICE_HAS_MORE;
			else
				continue;
		}
		n = length < OUTPUT_SIZE - 1 ? read(fd, text + length, OUTPUT_SIZE - 1 - length) : read(fd, rest, sizeof rest);
		if (n <= 0)
			return;
		length += length < OUTPUT_SIZE - 1 ? (size_t)n : 0;
		text[length] = '\0';
	}
}

int service_run(struct service *service, const char *const *arguments, char **ret, struct problem *problem)
{
	char *text = calloc(1, OUTPUT_SIZE);
	int fd = -1, status = 0;
	pid_t pid = text ? spawn(arguments, &fd) : -ENOMEM;

	if (pid < 0) {
		free(text);
		return problem_set(problem, pid, "starting %s: %s", arguments[0], problem_errno(pid));
	}
	read_output(service, fd, text);
	close(fd);
	waitpid(pid, &status, 0);
	*ret = text;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
