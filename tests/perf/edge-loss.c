/* How many edges are lost, and whether roomd says so. edge-loss burst|steady SECONDS CONTESTANT...
 *
 * burst: edges while the process is stopped (SIGSTOP), 8, 16, ... 1024 of them, on one line. On virtual time.
 * steady: 1, 8 or 64 lines, as many as the contestant has, each with an edge at every tick of the kernel's
 * timer, for so many seconds of real time. Edges are counted where the kernel's interrupt handler was called.
 *
 * Prints samples of one value: MEASURE with the edges there were, MEASURE-lost with those that were not
 * handled, MEASURE-silent with those of them that were not reported; a contestant that is not roomd reports
 * nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "contestant.h"
#include "edge-count.h"
#include "files.h"
#include "sample.h"
#include "trace.h"

#define BURST_MIN 8
#define BURST_MAX 1024
#define TICK_MS 10 /* of the test kernel: a line that changes twice in one has no edge */
#define RECORDS_MAX 200000

/* Of all lines that are watched, since the kernel started. */
static uint64_t read_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[512];
	uint64_t sum = 0;

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		unsigned number;
		unsigned long long n;

		if (strstr(line, "irq_sim") && sscanf(line, " %u: %llu", &number, &n) == 2)
			sum += n;
	}
	fclose(file);
	return sum;
}

/* A bare loop sets its light once for each edge that it gets. */
static struct edge_count settled_sets(void)
{
	static struct trace_record sets[RECORDS_MAX];
	size_t before, now = trace_read(TRACE_SET, sets, RECORDS_MAX);

	do {
		before = now;
		let_pass_ms(500);
		now = trace_read(TRACE_SET, sets, RECORDS_MAX);
	} while (now != before);
	return (struct edge_count){ .handled = now };
}

static struct edge_count settled(const struct contestant *contestant)
{
	return contestant->argv ? settled_sets() : edge_count_settled();
}

static void burst(const struct stage *stage, pid_t pid, unsigned edges)
{
	siginfo_t info;

	kill(pid, SIGSTOP);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
	for (unsigned i = 0; i < edges; i++) {
		sim_chip_pull(&stage->chip, STAGE_SENSOR(0), i % 2 == 0);
		let_pass_ms(2 * TICK_MS);
	}
	kill(pid, SIGCONT);
}

static void open_pulls(const struct stage *stage, unsigned lanes, int *fds)
{
	char path[96];

	for (unsigned lane = 0; lane < lanes; lane++) {
		snprintf(path, sizeof path, "/sys/bus/gpio/devices/%s/sim_gpio%u/pull", stage->chip.device,
		         STAGE_SENSOR(lane));
		fds[lane] = open(path, O_WRONLY | O_CLOEXEC);
		assert_true(fds[lane] >= 0);
	}
}

/* Before all others: what is offered does not depend on who takes it. */
static void steady(const struct stage *stage, unsigned lanes, unsigned seconds)
{
	struct sched_param first = { .sched_priority = 1 }, others = { 0 };
	struct timespec next;
	int fds[STAGE_LANES];

	open_pulls(stage, lanes, fds);
	sched_setscheduler(0, SCHED_FIFO, &first);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (unsigned tick = 0; tick < 2 * (seconds * 1000 / TICK_MS / 2); tick++) {
		const char *pull = tick % 2 == 0 ? "pull-up" : "pull-down";

		for (unsigned lane = 0; lane < lanes; lane++)
			assert_true(pwrite(fds[lane], pull, strlen(pull), 0) > 0);
		next.tv_nsec += TICK_MS * 1000000L;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	sched_setscheduler(0, SCHED_OTHER, &others);
	for (unsigned lane = 0; lane < lanes; lane++)
		close(fds[lane]);
}

static void measure(struct stage *stage, const struct contestant *contestant, const char *kind,
                    unsigned amount)
{
	struct edge_count before = { 0 }, after;
	uint64_t edges;
	char variant[64], name[32];
	pid_t pid = contestant_start(stage, contestant);

	if (!contestant->argv)
		before = edge_count_settled();
	trace_clear();
	edges = read_interrupts();
	if (strcmp(kind, "burst") == 0)
		burst(stage, pid, amount);
	else
		steady(stage, contestant->lanes, amount);
	after = settled(contestant);
	edges = read_interrupts() - edges;
	contestant_stop(stage, pid);

	snprintf(name, sizeof name, "edge-%s", kind);
	snprintf(variant, sizeof variant, strcmp(kind, "burst") == 0 ? "%s %u" : "%s", contestant->name,
	         amount);
	edge_count_print(name, variant, edges, before, after);
}

int main(int argc, char **argv)
{
	bool bursts = argc > 3 && strcmp(argv[1], "burst") == 0;
	unsigned seconds = argc > 3 ? (unsigned)atoi(argv[2]) : 0;
	struct stage stage;

	if (seconds < 1 || (!bursts && strcmp(argv[1], "steady") != 0)) {
		fprintf(stderr, "usage: edge-loss burst|steady SECONDS CONTESTANT...\n");
		return 2;
	}
	stage_make(&stage);
	for (int i = 3; i < argc; i++) {
		const struct contestant *contestant = contestant_find(argv[i]);

		if (!contestant)
			fail_msg("there is no contestant '%s'", argv[i]);
		for (unsigned edges = BURST_MIN; bursts && edges <= BURST_MAX; edges *= 2)
			measure(&stage, contestant, "burst", edges);
		if (!bursts)
			measure(&stage, contestant, "steady", seconds);
	}
	stage_remove(&stage);
	return 0;
}
