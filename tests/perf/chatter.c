/* One line that changes as fast as a processor can make it, beside two that change once a second: from the
 * edge to the relay of the two, alone and beside it; how often the watchdog was fed; how many edges there
 * were, and how many of them nobody was told of; and how long the end takes. For a kernel like a board's, of
 * which it has a processor for itself. chatter SECONDS
 *
 * Prints samples: chatter-edge-to-relay of "alone" and "beside", in µs; chatter-watchdogs, with what is to be
 * expected in the same time; chatter-edges, -lost and -silent (edge-count.h), and chatter-seconds, in which
 * they came; chatter-end of "alone" and "beside", in ms. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "cmocka-all.h"
#include "contestant.h"
#include "edge-count.h"
#include "files.h"
#include "sample.h"
#include "trace.h"
#include "util/clock.h"

#define CONTESTANT "roomd-8"
#define LOUD 0 /* the lane that chatters */
#define QUIET_FIRST 1
#define QUIET_LAST 2
#define EDGES_MAX 4096
#define PERIOD_MS 1000
#define SWITCH_MS 5000
#define WATCHDOG_USEC "1000000" /* the service feeds it twice in that time */
#define WATCHDOGS_A_SECOND 2

/* The edges of the quiet lanes, and their lights; nothing else fits into the buffer beside what chatters. */
static void trace_quiet_lanes(const struct stage *stage)
{
	static const char irqs[] = "name == \"roomd:s1\" || name == \"roomd:s2\"";
	char sets[64];

	snprintf(sets, sizeof sets, "gpio == %u || gpio == %u", stage->trace_base + STAGE_LIGHT(QUIET_FIRST),
	         stage->trace_base + STAGE_LIGHT(QUIET_LAST));
	trace_filter(sets, irqs);
}

/* The edges of all three, where the kernel puts them into the line's buffer, for which it reads the level.
 * roomd reads it, too, after a loss. One that came before the one before it was looked at is not an edge to
 * the kernel, and is not counted. */
static void count_edges(const struct stage *stage, pid_t roomd)
{
	char gets[128];

	snprintf(gets, sizeof gets,
	         "(gpio == %u || gpio == %u || gpio == %u) && get == 1 && common_pid != %d",
	         stage->trace_base + STAGE_SENSOR(LOUD), stage->trace_base + STAGE_SENSOR(QUIET_FIRST),
	         stage->trace_base + STAGE_SENSOR(QUIET_LAST), (int)roomd);
	trace_count_start(gets);
}

/* Both lanes, one after another, each once a period. */
static void move_quiet_lanes(const struct stage *stage, unsigned seconds)
{
	trace_clear();
	for (unsigned i = 0; i < 2 * seconds * 1000 / PERIOD_MS; i++)
		for (unsigned lane = QUIET_FIRST; lane <= QUIET_LAST; lane++) {
			if (!contestant_switches(stage, lane, i % 2 == 0, SWITCH_MS))
				fail_msg("the light of sensor %u does not follow", lane);
			let_pass_ms(PERIOD_MS / 4);
		}
}

/* One edge after another, each followed by its light. */
static void print_quiet_lanes(const char *variant)
{
	static struct trace_record irqs[EDGES_MAX], sets[EDGES_MAX];
	static double us[EDGES_MAX];
	size_t irqs_n = trace_read(TRACE_IRQ, irqs, EDGES_MAX),
	       sets_n = trace_read(TRACE_SET, sets, EDGES_MAX);

	if (irqs_n != sets_n)
		fail_msg("%zu edges, and lights switched %zu times", irqs_n, sets_n);
	for (size_t i = 0; i < irqs_n; i++)
		us[i] = (double)(sets[i].monotonic_us - irqs[i].monotonic_us);
	sample_print("chatter-edge-to-relay", variant, 0, "us", us, irqs_n);
}

static double seconds_since(uint64_t begin_ns)
{
	return (double)(clock_now_ns(CLOCK_MONOTONIC) - begin_ns) / 1e9;
}

/* While it chatters: the others, and the watchdog. */
static void measure_beside(struct stage *stage, unsigned seconds)
{
	struct edge_count before = edge_count_settled();
	uint64_t edges = trace_count(), begin_ns = clock_now_ns(CLOCK_MONOTONIC);
	unsigned watchdogs = service_manager_watchdogs(&stage->manager);
	pid_t chatterer = sim_chip_chatter(&stage->chip, STAGE_SENSOR(LOUD));
	double took;

	move_quiet_lanes(stage, seconds);
	watchdogs = service_manager_watchdogs(&stage->manager) - watchdogs;
	took = seconds_since(begin_ns);
	sim_chip_be_quiet(&stage->chip, STAGE_SENSOR(LOUD), chatterer);
	print_quiet_lanes("beside");
	sample_print_one("chatter-watchdogs", "fed", 0, "times", watchdogs);
	sample_print_one("chatter-watchdogs", "expected", 0, "times", took * WATCHDOGS_A_SECOND);
	sample_print_one("chatter-seconds", "roomd", 0, "s", took);
	edge_count_print("chatter-edges", "roomd", trace_count() - edges, before, edge_count_settled());
}

/* SIGTERM, until it has ended. */
static void print_end(struct stage *stage, pid_t pid, const char *variant)
{
	uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	sample_print_one("chatter-end", variant, 0, "ms", seconds_since(begin_ns) * 1e3);
	contestant_stop(stage, pid);
}

static void measure_end_alone(struct stage *stage)
{
	pid_t pid = contestant_start(stage, contestant_find(CONTESTANT));

	let_pass_ms(PERIOD_MS);
	print_end(stage, pid, "alone");
}

static void measure_end_beside(struct stage *stage, pid_t pid)
{
	pid_t chatterer = sim_chip_chatter(&stage->chip, STAGE_SENSOR(LOUD));

	let_pass_ms(PERIOD_MS);
	print_end(stage, pid, "beside");
	sim_chip_be_quiet(&stage->chip, STAGE_SENSOR(LOUD), chatterer);
}

static void measure(struct stage *stage, unsigned seconds)
{
	pid_t pid;

	setenv("WATCHDOG_USEC", WATCHDOG_USEC, 1);
	measure_end_alone(stage);
	pid = contestant_start(stage, contestant_find(CONTESTANT));
	trace_quiet_lanes(stage);
	count_edges(stage, pid);
	move_quiet_lanes(stage, seconds);
	print_quiet_lanes("alone");
	measure_beside(stage, seconds);
	measure_end_beside(stage, pid);
}

int main(int argc, char **argv)
{
	unsigned seconds = argc == 2 ? (unsigned)atoi(argv[1]) : 0;
	struct stage stage;

	if (seconds < 1) {
		fprintf(stderr, "usage: chatter SECONDS\n");
		return 2;
	}
	stage_make(&stage);
	measure(&stage, seconds);
	stage_remove(&stage);
	return 0;
}
