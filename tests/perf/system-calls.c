/* System calls from the wake-up to the relay's ioctl, those two included, as strace sees them: one sample of
 * so many edges for each contestant. system-calls EDGES CONTESTANT... */
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

/* For each wake-up that gets edges and sets a line, which blinking does not: how many there are up to that.
 */
static size_t count_to_set(double *counts, size_t most)
{
	static char calls[CALLS_MAX][STRACE_NAME_SIZE];
	size_t n = strace_read(OUTPUT, calls, CALLS_MAX), found = 0, since = 0;
	bool edges = false;

	for (size_t i = 0; i < n && found < most; i++) {
		if (waits(calls[i])) {
			since = i;
			edges = false;
		} else if (strcmp(calls[i], "read-edges") == 0) {
			edges = true;
		} else if (edges && strcmp(calls[i], "set") == 0) {
			counts[found++] = (double)(i - since + 1);
			edges = false;
		}
	}
	return found;
}

static void measure(struct stage *stage, const struct contestant *contestant, unsigned edges)
{
	static double counts[EDGES_MAX];
	pid_t pid = contestant_start(stage, contestant), strace;
	size_t n;

	strace = strace_start(pid, OUTPUT, NULL);
	for (unsigned i = 0; i < edges; i++)
		if (!contestant_switches(stage, i / 2 % contestant->lanes, i % 2 == 0, SWITCH_MS))
			fail_msg("%s has not switched the light at edge %u", contestant->name, i);
	strace_stop(strace);
	contestant_stop(stage, pid);
	n = count_to_set(counts, EDGES_MAX);
	if (n < edges)
		fail_msg("%zu of %u edges were seen in the system calls of %s", n, edges, contestant->name);
	sample_print("system-calls", contestant->name, 0, "calls", counts, n);
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
