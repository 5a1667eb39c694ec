#define _GNU_SOURCE
#include "try/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/clock.h"

#define FIRST_FD 3 /* sd_listen_fds(3) */

void manager_hold(struct service_manager *manager)
{
	pthread_mutex_lock(&manager->lock);
}

void manager_release(struct service_manager *manager)
{
	pthread_mutex_unlock(&manager->lock);
}

static bool is_same(int a, int b)
{
	return syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b) == 0;
}

void manager_forget(struct service_manager *manager, size_t i)
{
	close(manager->fds[i].fd);
	manager->fds[i] = manager->fds[--manager->fds_n];
}

void manager_forget_named(struct service_manager *manager, const char *name)
{
	for (size_t i = manager->fds_n; i-- > 0;)
		if (strcmp(manager->fds[i].name, name) == 0)
			manager_forget(manager, i);
}

/* `fd` is the manager's from now on. */
static void keep(struct service_manager *manager, const char *name, int fd)
{
	for (size_t i = 0; i < manager->fds_n; i++)
		if (is_same(manager->fds[i].fd, fd)) {
			close(fd);
			return;
		}
	if (manager->fds_n == MANAGER_FDS_MAX) {
		close(fd);
		return;
	}
	manager->fds[manager->fds_n].fd = fd;
	snprintf(manager->fds[manager->fds_n++].name, sizeof manager->fds->name, "%s", name);
}

/* The value of "NAME=" in what was said; NULL: it was not. */
static const char *find_value(char *const *lines, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(lines[i], name, strlen(name)) == 0)
			return lines[i] + strlen(name);
	return NULL;
}

/* Closing what comes with a barrier is the answer to it. */
static void follow(struct service_manager *manager, char *text, const int *fds, size_t fds_n)
{
	char *lines[16], *state = NULL;
	const char *name, *status;
	size_t n = 0;

	for (char *line = strtok_r(text, "\n", &state); line && n < 16; line = strtok_r(NULL, "\n", &state))
		lines[n++] = line;
	name = find_value(lines, n, "FDNAME=");
	if (find_value(lines, n, "FDSTOREREMOVE=1") && name)
		manager_forget_named(manager, name);
	for (size_t i = 0; i < fds_n; i++)
		if (find_value(lines, n, "FDSTORE=1"))
			keep(manager, name ? name : "stored", fds[i]);
		else
			close(fds[i]);
	manager->barriers += find_value(lines, n, "BARRIER=1") != NULL;
	manager->stopping += find_value(lines, n, "STOPPING=1") != NULL;
	manager->watchdogs += find_value(lines, n, "WATCHDOG=1") != NULL;
	if (find_value(lines, n, "READY=1")) {
		manager->ready++;
		manager->ready_ns = clock_now_ns(CLOCK_MONOTONIC);
		eventfd_write(manager->said_ready, 1);
	}
	status = find_value(lines, n, "STATUS=");
	if (status)
		snprintf(manager->status, sizeof manager->status, "%s", status);
}

static bool serve_one(struct service_manager *manager)
{
	char text[4096];
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(MANAGER_FDS_MAX * sizeof(int))];
	} control;
	struct iovec part = { .iov_base = text, .iov_len = sizeof text - 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	int fds[MANAGER_FDS_MAX];
	size_t n = 0;
	ssize_t length = recvmsg(manager->socket, &message, MSG_CMSG_CLOEXEC);

	if (length <= 0)
		return false;
	text[length] = '\0';
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(c), n * sizeof(int));
		}
	manager_hold(manager);
	follow(manager, text, fds, n);
	manager_release(manager);
	return true;
}

static void *serve(void *userdata)
{
	while (serve_one(userdata))
		;
	return NULL;
}

static int listen_at(struct service_manager *manager, const char *path, struct problem *problem)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r;

	snprintf(manager->path, sizeof manager->path, "%s", path);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	manager->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	manager->said_ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (manager->socket < 0 || manager->said_ready < 0 ||
	    bind(manager->socket, (struct sockaddr *)&address, sizeof address) < 0) {
		r = -errno;
		return problem_set(problem, r, "making the socket %s: %s", path, problem_errno(r));
	}
	return 0;
}

static void close_all(struct service_manager *manager)
{
	while (manager->fds_n > 0)
		manager_forget(manager, 0);
	close(manager->socket);
	close(manager->said_ready);
	unlink(manager->path);
	manager->path[0] = '\0';
}

int manager_start(struct service_manager *manager, const char *path, struct problem *problem)
{
	int r;

	*manager = (struct service_manager){ .lock = PTHREAD_MUTEX_INITIALIZER };
	r = listen_at(manager, path, problem);
	if (r >= 0) {
		r = -pthread_create(&manager->thread, NULL, serve, manager);
		if (r < 0)
			problem_set(problem, r, "making a thread: %s", problem_errno(r));
	}
	if (r < 0)
		close_all(manager);
	return r;
}

/* An empty datagram is what ends the thread. */
void manager_stop(struct service_manager *manager)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (!manager->path[0])
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", manager->path);
	if (sendto(fd, "", 0, 0, (struct sockaddr *)&address, sizeof address) < 0)
		shutdown(manager->socket, SHUT_RD); /* which ends it, too */
	close(fd);
	pthread_join(manager->thread, NULL);
	close_all(manager);
}

int manager_wait_ready(struct service_manager *manager, uint64_t deadline_ns, int ended_fd)
{
	struct pollfd fds[] = { { .fd = manager->said_ready, .events = POLLIN }, { .fd = ended_fd, .events = POLLIN } };
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC), times;
	uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
	const struct timespec timeout = { .tv_sec = (time_t)(left_ns / NSEC_PER_SEC),
		                          .tv_nsec = (long)(left_ns % NSEC_PER_SEC) };
	int r = ppoll(fds, ELEMENTS(fds), &timeout, NULL);

	if (r < 0)
		return -errno;
	if (read(manager->said_ready, &times, sizeof times) == sizeof times)
		return 0;
	return r == 0 ? -ETIMEDOUT : -ECANCELED;
}

static void forget_hung_up(struct service_manager *manager)
{
	for (size_t i = manager->fds_n; i-- > 0;) {
		struct pollfd poll_fd = { .fd = manager->fds[i].fd };

		if (poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR)))
			manager_forget(manager, i);
	}
}

void manager_before_fork(struct service_manager *manager)
{
	manager_hold(manager);
	if (!manager->keeps_hung_up)
		forget_hung_up(manager);
}

void manager_after_fork(struct service_manager *manager)
{
	manager_release(manager);
}

/* First to numbers that are in nobody's way. */
void manager_hand_over(struct service_manager *manager)
{
	char names[MANAGER_FDS_MAX * 64] = "", number[16];
	size_t length = 0;

	for (size_t i = 0; i < manager->fds_n; i++) {
		manager->fds[i].fd = fcntl(manager->fds[i].fd, F_DUPFD_CLOEXEC, 2 * MANAGER_FDS_MAX);
		length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i > 0 ? ":" : "",
		                           manager->fds[i].name);
	}
	for (size_t i = 0; i < manager->fds_n; i++)
		dup2(manager->fds[i].fd, FIRST_FD + (int)i);
	setenv("NOTIFY_SOCKET", manager->path, 1);
	if (manager->fds_n == 0)
		return;
	snprintf(number, sizeof number, "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof number, "%zu", manager->fds_n);
	setenv("LISTEN_FDS", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
}
