/* System calls from the wake-up to the relay's ioctl, those two included, as strace sees them: samples of so
 * many edges for each contestant, system-calls, and system-calls-but-clocks, without readings of a clock.
 * sd-event reads three at each wake-up; where the kernel has a vDSO, as on every board, they are no system
 * calls. system-calls EDGES CONTESTANT... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka-all.h"
#include "contestant.h"
#include "files.h"
#include "sample.h"
#include "strace.h"

#define OUTPUT "/tmp/strace"
#define CALLS_MAX 65536
#define EDGES_MAX 1000
#define SWITCH_MS 5000

static bool waits(const char *call)
{
	return strcmp(call, "epoll_wait") == 0 || strcmp(call, "poll") == 0 || strcmp(call, "ppoll") == 0;
}

/* One wake-up, up to the relay's ioctl. */
struct wake_up {
	size_t calls, clocks;
	bool edges, others; /* a line was read; something else, such as a timer, was ready, too */
};

static void take(struct wake_up *wake_up, const char *call)
{
	if (waits(call))
		*wake_up = (struct wake_up){ 0 };
	wake_up->calls++;
	wake_up->clocks += strcmp(call, "clock_gettime") == 0;
	wake_up->edges = wake_up->edges || strcmp(call, "read-edges") == 0;
	wake_up->others = wake_up->others || strcmp(call, "read") == 0;
}

/* For each wake-up that gets edges and sets a line, which blinking does not: how many there are up to that. A
 * wake-up for a timer, too, of which sd-event takes note first, is left out; how many those were. */
static size_t count_to_set(double *counts, double *but_clocks, size_t most, size_t *ret_left_out)
{
	static char calls[CALLS_MAX][STRACE_NAME_SIZE];
	size_t n = strace_read(OUTPUT, calls, CALLS_MAX), found = 0, left_out = 0;
	struct wake_up wake_up = { 0 };

	for (size_t i = 0; i < n && found < most; i++) {
		take(&wake_up, calls[i]);
		if (!wake_up.edges || strcmp(calls[i], "set") != 0)
			continue;
		if (wake_up.others) {
			left_out++;
		} else {
			counts[found] = (double)wake_up.calls;
			but_clocks[found++] = (double)(wake_up.calls - wake_up.clocks);
		}
		wake_up = (struct wake_up){ 0 };
	}
	*ret_left_out = left_out;
	return found;
}

static void measure(struct stage *stage, const struct contestant *contestant, unsigned edges)
{
	static double counts[EDGES_MAX], but_clocks[EDGES_MAX];
	pid_t pid = contestant_start(stage, contestant), strace;
	size_t n, left_out;

	strace = strace_start(pid, OUTPUT, NULL);
	for (unsigned i = 0; i < edges; i++)
		if (!contestant_switches(stage, i / 2 % contestant->lanes, i % 2 == 0, SWITCH_MS))
			fail_msg("%s has not switched the light at edge %u", contestant->name, i);
	strace_stop(strace);
	contestant_stop(stage, pid);
	n = count_to_set(counts, but_clocks, EDGES_MAX, &left_out);
	if (n + left_out < edges || n == 0)
		fail_msg("%zu of %u edges were seen in the system calls of %s", n + left_out, edges,
		         contestant->name);
	sample_print("system-calls", contestant->name, 0, "calls", counts, n);
	sample_print("system-calls-but-clocks", contestant->name, 0, "calls", but_clocks, n);
}

int main(int argc, char **argv)
{
	unsigned edges = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
	struct stage stage;

	if (edges < 1 || edges > EDGES_MAX) {
		fprintf(stderr, "usage: system-calls EDGES CONTESTANT...\n");
		return 2;
	}
	stage_make(&stage);
	for (int i = 2; i < argc; i++) {
		const struct contestant *contestant = contestant_find(argv[i]);

		if (!contestant)
			fail_msg("there is no contestant '%s'", argv[i]);
		measure(&stage, contestant, edges);
	}
	stage_remove(&stage);
	return 0;
}
