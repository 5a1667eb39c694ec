/* Edge to relay with and without a DHT11 that blocks for a second at every reading: the kernel's own times,
 * in one boot, the two in turn. Prints a table; judges nothing. Run by tests/perf/slow-sensor. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka-all.h"
#include "files.h"
#include "room-fixture.h"

#define ROUNDS 5
#define EDGES 60 /* a round */
#define EDGE_EVERY_MS 40
#define RECORDS 1024

static const char without[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			      "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n";
static const char with[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			   "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n"
			   "[TemperatureSensor attic]\nDevice=dht11\nIntervalSec=10ms\n"
			   "ErrorsUntilUnavailable=1000000\n";

struct sample {
	unsigned us[ROUNDS * EDGES];
	size_t n;
};

static int compare(const void *a, const void *b)
{
	return *(const unsigned *)a < *(const unsigned *)b ? -1 : *(const unsigned *)a > *(const unsigned *)b;
}

/* One round: edges, then from the trace how long each took from the interrupt's handler to the relay. */
static void measure(struct room_fixture *room, const char *config, struct sample *sample)
{
	static struct trace_record irqs[RECORDS], sets[RECORDS];
	size_t irqs_n, sets_n;

	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	room_expect_level(room, LIGHT_RELAY, false);
	process_let_pass_ms(&room->roomd, 200);
	trace_clear();
	for (unsigned i = 0; i < EDGES; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_let_pass_ms(&room->roomd, EDGE_EVERY_MS);
	}
	irqs_n = trace_read(TRACE_IRQ, irqs, RECORDS);
	sets_n = room_sets(room, LIGHT_RELAY, sets, RECORDS);
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
	if (irqs_n != EDGES || sets_n != EDGES) {
		fprintf(stderr, "slow-sensor: %zu interrupts, %zu switchings for %d edges\n", irqs_n, sets_n,
		        EDGES);
		exit(1);
	}
	for (size_t i = 0; i < EDGES; i++)
		sample->us[sample->n++] = (unsigned)(sets[i].monotonic_us - irqs[i].monotonic_us);
}

static void print_row(const char *name, struct sample *sample)
{
	qsort(sample->us, sample->n, sizeof *sample->us, compare);
	printf("%-22s %5zu %8u %8u %8u %8u\n", name, sample->n, sample->us[0], sample->us[sample->n / 2],
	       sample->us[sample->n * 99 / 100], sample->us[sample->n - 1]);
}

int main(void)
{
	static struct sample a, b;
	struct room_fixture room = { 0 };

	trace_start();
	sim_chip_find(&room.chip, "room");
	room.trace_base = sim_chip_trace_number(&room.chip, 0);
	run_program("modprobe", "dht11", NULL);
	for (int round = 0; round < ROUNDS; round++) {
		measure(&room, without, &a);
		measure(&room, with, &b);
	}
	printf("edge to relay, us      edges      min   median      p99      max\n");
	print_row("no thermometer", &a);
	print_row("DHT11, no answer", &b);
	return 0;
}
