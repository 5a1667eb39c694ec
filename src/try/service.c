#define _GNU_SOURCE
#include "try/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "try/files.h"
#include "try/service-internal.h"
#include "try/world.h"
#include "util/clock.h"

#define CONFIG WORLD_FOLDER "/roomd.conf"
#define STATE WORLD_FOLDER "/state"
#define RUNTIME WORLD_FOLDER "/runtime"
#define MESSAGES WORLD_FOLDER "/messages"
#define READY_NS (60 * NSEC_PER_SEC)
#define END_NS (30 * NSEC_PER_SEC)
#define MESSAGES_SIZE 4096

static int fail(struct problem *problem, const char *what)
{
	int error = -errno;

	return problem_set(problem, error, "%s: %s", what, problem_errno(error));
}

/* With the last of what it has said. */
static int fail_of_service(struct problem *problem, int error, const char *what)
{
	static char messages[1 << 16];

	if (file_get(MESSAGES, messages, sizeof messages, NULL) < 0)
		messages[0] = '\0';
	return problem_set(problem, error, "%s%s%.400s", what, *messages ? "; it says: " : "", messages);
}

/* --- the process ----------------------------------------------------------------------------- */

int service_configure(const struct config *config, struct problem *problem)
{
	FILE *file = fopen(CONFIG, "we");

	if (!file)
		return fail(problem, "writing " CONFIG);
	config_print(config, file);
	return fclose(file) != 0 ? fail(problem, "writing " CONFIG) : 0;
}

static void become(struct service *service, int events_fd)
{
	int messages = open(MESSAGES, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	service_unblock_signals();
	dup2(events_fd, STDOUT_FILENO);
	dup2(messages, STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
	setenv("STATE_DIRECTORY", STATE, 1);
	setenv("RUNTIME_DIRECTORY", RUNTIME, 1);
	manager_hand_over(&service->manager);
	execl(service->program, "roomd", "--config", CONFIG, "--print-events", "--log-level", "notice", (char *)NULL);
	_exit(127);
}

static int spawn(struct service *service, struct problem *problem)
{
	int fds[2];

	unlink(MESSAGES);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return fail(problem, "making a pipe");
	manager_before_fork(&service->manager);
	service->pid = fork();
	if (service->pid == 0)
		become(service, fds[1]);
	manager_after_fork(&service->manager);
	close(fds[1]);
	service->events_fd = fds[0];
	service->pid_fd = service->pid > 0 ? (int)syscall(SYS_pidfd_open, service->pid, 0) : -1;
	return service->pid_fd < 0 ? fail(problem, "starting roomd") : 0;
}

/* Takes in the rest of what it has said. */
static void has_ended(struct service *service)
{
	waitpid(service->pid, NULL, 0);
	service->name_is_there = false;
	service->pid = 0;
	close(service->pid_fd);
	service->pid_fd = -1;
	while (service_take_events(service) > 0)
		;
	close(service->events_fd);
	service->events_fd = -1;
	service->pending_n = 0;
}

static int start_manager(struct service *service, struct problem *problem)
{
	int r = manager_start(&service->manager, WORLD_FOLDER "/notify", problem);

	service->managed = r >= 0;
	return r;
}

static void stop_manager(struct service *service)
{
	if (service->managed)
		manager_stop(&service->manager);
	service->managed = false;
}

int service_start(struct service *service, struct problem *problem)
{
	int r;

	r = service->managed ? 0 : start_manager(service, problem);
	if (r >= 0)
		r = spawn(service, problem);
	if (r < 0)
		return r;
	r = manager_wait_ready(&service->manager, clock_now_ns(CLOCK_MONOTONIC) + READY_NS, service->pid_fd);
	if (r < 0)
		return fail_of_service(problem, r, "roomd does not start");
	return service_wait_name(service, problem);
}

static int wait_end(struct service *service, struct problem *problem)
{
	uint64_t until_ns = clock_now_ns(CLOCK_MONOTONIC) + END_NS;
	int r;

	do
		r = service_wait(service, until_ns, true, NULL);
	while (r >= 0 && clock_now_ns(CLOCK_MONOTONIC) < until_ns);
	return r == -ECHILD ? 0 : fail_of_service(problem, -ETIMEDOUT, "roomd does not end");
}

int service_end(struct service *service, enum service_end how, struct problem *problem)
{
	int r;

	if (service->pid <= 0)
		return 0;
	kill(service->pid, how == SERVICE_STOPPED ? SIGTERM : SIGKILL);
	r = how == SERVICE_STOPPED ? wait_end(service, problem) : 0;
	if (r < 0)
		kill(service->pid, SIGKILL);
	has_ended(service);
	if (how == SERVICE_POWER_LOST)
		stop_manager(service);
	return r;
}

int service_reload(struct service *service, struct problem *problem)
{
	if (kill(service->pid, SIGHUP) < 0)
		return fail(problem, "sending SIGHUP to roomd");
	return manager_wait_ready(&service->manager, clock_now_ns(CLOCK_MONOTONIC) + READY_NS, service->pid_fd) < 0
	               ? fail_of_service(problem, -ETIMEDOUT, "roomd does not reload")
	               : 0;
}

int service_forget(struct service *service, struct problem *problem)
{
	int r;

	stop_manager(service);
	folder_remove_all(STATE);
	folder_remove_all(RUNTIME);
	service_forget_events(service);
	r = folder_make(STATE, 0755, problem);
	return r < 0 ? r : folder_make(RUNTIME, 0755, problem);
}

/* --- time ------------------------------------------------------------------------------------ */

static struct timespec time_until(uint64_t until_ns)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC), left_ns = until_ns > now_ns ? until_ns - now_ns : 0;

	return (struct timespec){ .tv_sec = (time_t)(left_ns / NSEC_PER_SEC), .tv_nsec = (long)(left_ns % NSEC_PER_SEC) };
}

int service_poll(struct service *service, int more_fd, uint64_t until_ns)
{
	struct pollfd fds[] = { { .fd = service->events_fd, .events = POLLIN },
		                { .fd = service->pid_fd, .events = POLLIN },
		                { .fd = more_fd, .events = POLLIN },
		                { .fd = service->signal_fd, .events = POLLIN } };
	const struct timespec timeout = time_until(until_ns);
	int r = ppoll(fds, ELEMENTS(fds), &timeout, NULL), found = 0;

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[3].revents)
		return -ECANCELED;
	if (fds[0].revents & POLLIN)
		found |= service_take_events(service) > 0 ? SERVICE_HAS_EVENTS : 0;
	if (fds[1].revents)
		found |= SERVICE_HAS_ENDED;
	if (fds[2].revents)
		found |= SERVICE_HAS_MORE;
	return found;
}

bool service_is_asked_to_end(const struct service *service)
{
	struct pollfd fd = { .fd = service->signal_fd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static uint64_t turn_of(const struct service *service, uint64_t until_ns)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC), next_ns;

	if (!service->watch || until_ns <= now_ns)
		return until_ns;
	next_ns = now_ns + service->watch->turn(until_ns - now_ns, service->watch->userdata);
	return next_ns < until_ns ? next_ns : until_ns;
}

int service_wait(struct service *service, uint64_t until_ns, bool until_event, struct problem *problem)
{
	size_t before = service->events_n;
	int found;

	do {
		found = service_poll(service, -1, turn_of(service, until_ns));
		if (found >= 0 && service->watch) {
			int r = service->watch->tick(service->watch->userdata);

			found = r < 0 ? r : found;
		}
		if (found < 0)
			return problem_set(problem, found, "waiting for roomd: %s", problem_errno(found));
		if (found & SERVICE_HAS_ENDED)
			return fail_of_service(problem, -ECHILD, "roomd has ended");
		if (until_event && service->events_n > before)
			return 0;
	} while (clock_now_ns(CLOCK_MONOTONIC) < until_ns);
	return 0;
}

int service_settle(struct service *service, uint64_t quiet_ns, struct problem *problem)
{
	size_t before;
	int r;

	do {
		before = service->events_n;
		r = service_wait(service, clock_now_ns(CLOCK_MONOTONIC) + quiet_ns, true, problem);
	} while (r >= 0 && service->events_n > before);
	return r;
}

/* --- all of it ------------------------------------------------------------------------------- */

static void ending_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGHUP);
}

void service_unblock_signals(void)
{
	sigset_t signals;

	ending_signals(&signals);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

static int block_signals(struct service *service, struct problem *problem)
{
	sigset_t signals;

	ending_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	service->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return service->signal_fd < 0 ? fail(problem, "waiting for signals") : 0;
}

int service_open(struct service *service, const char *program, struct problem *problem)
{
	int r;

	*service = (struct service){ .program = program, .pid_fd = -1, .events_fd = -1, .signal_fd = -1 };
	r = block_signals(service, problem);
	if (r >= 0)
		r = bus_daemon_start(&service->bus_daemon, WORLD_FOLDER, WORLD_FOLDER "/bus", problem);
	if (r < 0)
		return r;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" WORLD_FOLDER "/bus", 1);
	r = service_connect(service);
	return r < 0 ? problem_set(problem, r, "connecting to the bus: %s", problem_errno(r)) : 0;
}

void service_close(struct service *service)
{
	service_end(service, SERVICE_KILLED, NULL);
	stop_manager(service);
	service->bus = sd_bus_close_unref(service->bus);
	if (service->bus_daemon.pid > 0)
		bus_daemon_stop(&service->bus_daemon);
	service_forget_events(service);
	free(service->events);
	free(service->pending);
	if (service->signal_fd >= 0)
		close(service->signal_fd);
	*service = (struct service){ .pid_fd = -1, .events_fd = -1, .signal_fd = -1 };
}
