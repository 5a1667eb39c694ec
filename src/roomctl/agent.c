#define _GNU_SOURCE
#include "roomctl/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 10000

/* In the child. `fd` is closed by the agent when it is ready, or when there is none. Its errors are nobody's
 * business: what is not authorized is said. */
static void run_agent(int fd)
{
	char number[16];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(number, sizeof number, "%d", fd);
	fcntl(fd, F_SETFD, 0);
	dup2(null, STDOUT_FILENO); /* it opens /dev/tty itself */
	dup2(null, STDERR_FILENO);
	execlp("pkttyagent", "pkttyagent", "--notify-fd", number, "--fallback", (char *)NULL);
	_exit(127);
}

pid_t agent_start(void)
{
	struct pollfd ready;
	int fds[2];
	pid_t pid;

	if (geteuid() == 0 || !isatty(STDIN_FILENO) || pipe2(fds, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (pid == 0)
		run_agent(fds[1]);
	close(fds[1]);
	ready = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	if (pid > 0)
		poll(&ready, 1, READY_TIMEOUT_MS);
	close(fds[0]);
	return pid > 0 ? pid : 0;
}

void agent_stop(pid_t agent)
{
	if (agent <= 0)
		return;
	kill(agent, SIGTERM);
	kill(agent, SIGCONT);
	while (waitpid(agent, NULL, 0) < 0 && errno == EINTR)
		;
}
