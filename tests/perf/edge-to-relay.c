/* From the interrupt of an edge to the relay, in the kernel's own times: irq_handler_entry to gpio_value. The
 * contestants take turns, A B C A B C, in one boot. edge-to-relay [--undisturbed] ROUNDS EDGES CONTESTANT...
 *
 * Between two edges other processes run (neighbours.h), as in a room; --undisturbed: none does.
 *
 * Prints a sample of EDGES values in µs a round and contestant; fewer, for one that starts programs for each. Beside a flood,
 * also how many messages a second the bridge took meanwhile: edge-to-relay-flood.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka-all.h"
#include "contestant.h"
#include "files.h"
#include "neighbours.h"
#include "sample.h"
#include "trace.h"

#define MEASURE "edge-to-relay"
#define MEASURE_FLOOD "edge-to-relay-flood"
#define EDGES_MAX 4096
/* The slowest of them starts programs for each edge. */
#define SWITCH_MS 5000
/* For whatever follows the relay, such as reports. */
#define SETTLE_MS 10
/* That one is so slow that so many times fewer edges tell it apart. */
#define FEWER_IF_SLOW 5
/* Until those that have answered sleep. */
#define NEIGHBOURS_MS 1

/* The first time that the light was set to the sensor's level after the edge, and before the next one. */
static double next_set(const struct trace_record *sets, size_t n, size_t *next, uint64_t irq_us,
                       uint64_t next_irq_us, unsigned number, bool high)
{
	while (*next < n && sets[*next].monotonic_us < next_irq_us) {
		const struct trace_record *set = &sets[(*next)++];

		if (set->monotonic_us >= irq_us && set->number == number && set->value == high)
			return (double)(set->monotonic_us - irq_us);
	}
	fail_msg("an edge has not switched its light");
	return 0;
}

static void pull_edges(const struct stage *stage, const struct contestant *contestant, unsigned edges)
{
	for (unsigned i = 0; i < edges; i++) {
		unsigned lane = i / 2 % contestant->lanes;

		neighbours_run();
		let_pass_ms(NEIGHBOURS_MS);
		if (!contestant_switches(stage, lane, i % 2 == 0, SWITCH_MS))
			fail_msg("%s has not switched the light at edge %u", contestant->name, i);
		contestant_settle(stage, contestant, lane, SWITCH_MS);
		let_pass_ms(SETTLE_MS);
	}
}

static void measure(struct stage *stage, const struct contestant *contestant, unsigned round, unsigned edges)
{
	static struct trace_record irqs[EDGES_MAX + 1], sets[4 * EDGES_MAX];
	static double us[EDGES_MAX];
	pid_t pid = contestant_start(stage, contestant);
	size_t irqs_n, sets_n, next = 0;
	struct company company;
	double received;

	company_start(&company, contestant->company, contestant->bridge_nice);
	trace_clear();
	pull_edges(stage, contestant, edges);
	irqs_n = trace_read(TRACE_IRQ, irqs, ELEMENTS(irqs));
	sets_n = trace_read(TRACE_SET, sets, ELEMENTS(sets));
	received = company_stop(&company);
	contestant_stop(stage, pid);
	if (received > 0)
		sample_print_one(MEASURE_FLOOD, contestant->name, round, "a second", received);
	if (irqs_n != edges)
		fail_msg("%zu interrupts for %u edges", irqs_n, edges);
	for (unsigned i = 0; i < edges; i++)
		us[i] = next_set(sets, sets_n, &next, irqs[i].monotonic_us,
		                 i + 1 < edges ? irqs[i + 1].monotonic_us : UINT64_MAX,
		                 stage->trace_base + STAGE_LIGHT(i / 2 % contestant->lanes), i % 2 == 0);
	sample_print(MEASURE, contestant->name, round, "us", us, edges);
}

static unsigned edges_for(const struct contestant *contestant, unsigned edges)
{
	return contestant->lets_go ? (edges + FEWER_IF_SLOW - 1) / FEWER_IF_SLOW : edges;
}

static void take_turns(struct stage *stage, char **names, unsigned rounds, unsigned edges)
{
	for (unsigned round = 0; round < rounds; round++)
		for (char **name = names; *name; name++) {
			const struct contestant *contestant = contestant_find(*name);

			if (!contestant)
				fail_msg("there is no contestant '%s'", *name);
			if (!contestant_missing(contestant))
				measure(stage, contestant, round, edges_for(contestant, edges));
			else if (round == 0)
				sample_skip(MEASURE, contestant->name, contestant_missing(contestant));
		}
}

int main(int argc, char **argv)
{
	bool undisturbed = argc > 1 && strcmp(argv[1], "--undisturbed") == 0;
	char **arguments = argv + 1 + undisturbed;
	bool enough = argc > 3 + undisturbed;
	unsigned rounds = enough ? (unsigned)atoi(arguments[0]) : 0;
	unsigned edges = enough ? (unsigned)atoi(arguments[1]) : 0;
	struct stage stage;

	if (rounds < 1 || edges < 1 || edges > EDGES_MAX) {
		fprintf(stderr, "usage: edge-to-relay [--undisturbed] ROUNDS EDGES CONTESTANT...\n");
		return 2;
	}
	stage_make(&stage);
	if (!undisturbed)
		neighbours_start();
	take_turns(&stage, arguments + 2, rounds, edges);
	stage_remove(&stage);
	return 0;
}
