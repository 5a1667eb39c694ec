#define _GNU_SOURCE
#include "try/bus-daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS_FD 3 /* 0 is none to it */

/* The limits are out of the way of clients that misbehave: roomd has to get along with them by itself. */
static const char config[] = "<busconfig><type>system</type>"
			     "<listen>unix:path=%s</listen><auth>EXTERNAL</auth>"
			     "<policy context='default'><allow user='*'/><allow own='*'/>"
			     "<allow send_destination='*'/><allow receive_sender='*'/></policy>"
			     "<limit name='max_replies_per_connection'>100000</limit></busconfig>";

static int write_config(const struct bus_daemon *daemon, const char *path, struct problem *problem)
{
	FILE *file = fopen(path, "we");
	int r = 0;

	if (!file || fprintf(file, config, daemon->socket) < 0)
		r = -errno;
	if (file && fclose(file) != 0)
		r = -errno;
	return r < 0 ? problem_set(problem, r, "writing %s: %s", path, problem_errno(r)) : 0;
}

/* It does not get its turn at once whenever somebody sends it something, but when all has been sent: one turn is cheaper than
 * ten, and the order of messages is the same. */
static void become_patient(void)
{
	const struct sched_param none = { 0 };

	sched_setscheduler(0, SCHED_BATCH, &none);
}

/* It writes its address there when it listens. */
static void become(const char *config_path, int address_fd)
{
	char file[256], address[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	become_patient();
	if (address_fd == ADDRESS_FD) /* which it would close */
		address_fd = dup(address_fd);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	dup2(address_fd, ADDRESS_FD);
	snprintf(file, sizeof file, "--config-file=%s", config_path);
	snprintf(address, sizeof address, "--print-address=%d", ADDRESS_FD);
	execlp("dbus-daemon", "dbus-daemon", file, address, "--nofork", "--nopidfile", (char *)NULL);
	_exit(127);
}

static int spawn(struct bus_daemon *daemon, const char *path, struct problem *problem)
{
	char address[256];
	int fds[2];
	ssize_t n;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return problem_set(problem, -errno, "making a pipe: %s", problem_errno(errno));
	daemon->pid = fork();
	if (daemon->pid == 0)
		become(path, fds[1]);
	close(fds[1]);
	n = daemon->pid > 0 ? read(fds[0], address, sizeof address) : -1;
	close(fds[0]);
	if (n > 0)
		return 0;
	bus_daemon_stop(daemon);
	return problem_set(problem, -ENOEXEC, "dbus-daemon does not start; is it installed?");
}

int bus_daemon_start(struct bus_daemon *daemon, const char *folder, const char *socket, struct problem *problem)
{
	char path[BUS_DAEMON_PATH_SIZE + 32];
	int r;

	*daemon = (struct bus_daemon){ 0 };
	snprintf(daemon->socket, sizeof daemon->socket, "%s", socket);
	snprintf(path, sizeof path, "%s/bus.conf", folder);
	unlink(socket);
	r = write_config(daemon, path, problem);
	return r < 0 ? r : spawn(daemon, path, problem);
}

void bus_daemon_stop(struct bus_daemon *daemon)
{
	if (daemon->pid > 0) {
		kill(daemon->pid, SIGKILL);
		waitpid(daemon->pid, NULL, 0);
	}
	if (daemon->socket[0])
		unlink(daemon->socket);
	daemon->pid = 0;
}
