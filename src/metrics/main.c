/* roomd-metrics: arguments and sockets in, exit status out. */
#define _GNU_SOURCE
#include <errno.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

#include "client/program.h"
#include "metrics/metrics.h"
#include "metrics/server.h"
#include "util/clock.h"

/* Nobody has asked for so long: scrapers ask every minute or so. */
#define IDLE_USEC (10 * 60 * USEC_PER_SEC)

static const struct program program = {
	.name = "roomd-metrics",
	.help = "Usage: roomd-metrics [OPTIONS]\n"
		"\n"
		"Gives Prometheus the metrics of the room: GET /metrics, on the sockets that it was started\n"
		"with. systemd starts it, see roomd-metrics.socket.\n"
		"\n"
		"      --log-level LEVEL   Log up to err, warning, notice, info (default) or debug\n"
		"  -h, --help              Show this help\n"
		"      --version           Show the version\n",
};

struct service {
	struct metrics *metrics;
};

static int check_number(int n, struct problem *problem)
{
	if (n < 0)
		return problem_set(problem, n, "the sockets that were handed over cannot be used: %s", problem_errno(n));
	if (n == 0)
		return problem_set(problem, -ENOTCONN,
		                   "no socket was handed over: start roomd-metrics.socket, or run "
		                   "systemd-socket-activate --listen=127.0.0.1:9463 roomd-metrics");
	if (n > SERVER_SOCKETS_MAX)
		return problem_set(problem, -E2BIG, "%d sockets were handed over: expected %d at most", n, SERVER_SOCKETS_MAX);
	return 0;
}

static int start(sd_event *event, sd_bus *bus, void *userdata, struct problem *problem)
{
	struct service *service = userdata;
	int fds[SERVER_SOCKETS_MAX], n = sd_listen_fds(true), r = check_number(n, problem);

	if (r < 0)
		return r;
	for (int i = 0; i < n; i++)
		fds[i] = SD_LISTEN_FDS_START + i;
	return metrics_new(event, bus, fds, (size_t)n, IDLE_USEC, &service->metrics, problem);
}

static void end(void *userdata)
{
	struct service *service = userdata;

	service->metrics = metrics_free(service->metrics);
}

int main(int argc, char **argv)
{
	static const struct program_callbacks callbacks = { .start = start, .end = end };
	struct service service = { 0 };
	struct program_arguments arguments;

	if (program_begin(&program, argc, argv, &arguments) < 0)
		return EX_USAGE;
	return program_end(arguments.mode == PROGRAM_EXIT ? 0 : program_run(&program, &callbacks, &service));
}
