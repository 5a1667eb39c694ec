/* How many instructions roomd executes for an edge and for a temperature reading: the real program, in a room
 * of usual size with a journal and D-Bus, under valgrind's callgrind, in the testbed. And for an edge in the same
 * room with 50 switches more, which have nothing to do with it: without and with a condition each.
 *
 *   hot-path                  prints each as a sample
 *   hot-path --annotate WHAT  prints callgrind's profile of one
 *
 * Run by tests/perf/budget. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "daemon-process.h"
#include "files.h"
#include "journal.h"
#include "message-bus.h"
#include "sample.h"
#include "sim-chip.h"
#include "thermometer.h"
#include "trace.h"

#define COUNTS_FILE "/tmp/callgrind.out" /* the parts of it: .1 and so on */
#define EDGES 200
#define READINGS 200
#define RECORDS 1024
#define LINE_MAX_SIZE 4096
#define SWITCHES 50
#define NAME_SIZE 32
#define CONFIG_SIZE 16384

enum line {
	PIR_HALL,
	LIGHT_HALL,
};

static const char *const lines_of_all[] = { "PIR_HALL",    "LIGHT_HALL",    "PIR_KITCHEN", "LIGHT_KITCHEN",
	                                    "PIR_LANDING", "LIGHT_LANDING", "PIR_PORCH",   "LIGHT_PORCH",
	                                    "LED_FRONT",   "BUTTON_FRONT",  "LED_BACK" };

static const char config_of_all[] = "[MotionSensor hall]\nLine=PIR_HALL\nLocation=Hall\n"
			     "[MotionSensor kitchen]\nLine=PIR_KITCHEN\n"
			     "[MotionSensor landing]\nLine=PIR_LANDING\n"
			     "[MotionSensor porch]\nLine=PIR_PORCH\n"
			     "[LightController hall]\nLine=LIGHT_HALL\nMotion=hall\nOffDelaySec=0\n"
			     "[LightController kitchen]\nLine=LIGHT_KITCHEN\nMotion=kitchen\n"
			     "[LightController landing]\nLine=LIGHT_LANDING\nMotion=landing\n"
			     "[LightController porch]\nLine=LIGHT_PORCH\nMotion=porch\n"
			     "[DoorLock front]\nLedLine=LED_FRONT\nButtonLine=BUTTON_FRONT\nMotion=porch\n"
			     "[DoorLock back]\nLedLine=LED_BACK\nMotion=kitchen\n"
			     "[TemperatureSensor inside]\nDevice=tmp117\nHigh=28\nLow=5\n"
			     "[TemperatureSensor outside]\nDevice=tmp116\nHigh=60\nLow=-20\n";

/* What a switch has beside its line. The sensors are others than the hall's, whose edges are counted; and it is false,
 * so that nothing is switched by it. */
static const char no_condition[] = "";
static const char condition[] = "OnWhen=MotionSensor/kitchen motion and not MotionSensor/porch motion for 5min or "
				"TemperatureSensor/inside above 60 and MotionSensor/landing motion\n";

struct house {
	struct sim_chip chip;
	unsigned trace_base;
	struct message_bus bus;
	struct journal journal;
	struct process roomd;
};

struct measure {
	const char *what;
	const char *from;  /* a function that is counted with all that it calls */
	const char *until; /* if not NULL, only until it calls this one for the first time */
	unsigned (*exercise)(struct house *it); /* how often `from` has been called by the end */
	const char *switch_has; /* if not NULL, the room has the switches, too */
};

static unsigned exercise_edges(struct house *it)
{
	static struct trace_record sets[RECORDS];
	size_t n;

	trace_clear();
	for (unsigned i = 0; i < EDGES; i++) {
		bool on = i % 2 == 0;

		sim_chip_pull(&it->chip, PIR_HALL, on);
		process_wait(&it->roomd, on ? "light_on" : "light_off", "hall");
		if (sim_chip_level(&it->chip, LIGHT_HALL) != on)
			fail_msg("the relay was not set");
		process_let_pass_ms(&it->roomd, 100);
	}
	n = trace_read_line(TRACE_SET, it->trace_base + LIGHT_HALL, sets, RECORDS);
	if (n != EDGES)
		fail_msg("%zu switchings for %d edges", n, EDGES);
	process_stop(&it->roomd);
	return EDGES;
}

/* In the end no reading is under way. */
static unsigned exercise_readings(struct house *it)
{
	while (process_count(&it->roomd, "temperature_update", NULL) < READINGS)
		process_wait(&it->roomd, "temperature_update", "inside");
	process_let_pass_ms(&it->roomd, 1000);
	process_stop(&it->roomd);
	if (process_count(&it->roomd, "sensor_unavailable", NULL) > 0)
		fail_msg("a thermometer could not be read");
	return (unsigned)process_count(&it->roomd, "temperature_update", NULL);
}

static const struct measure measures[] = {
	/* The time that a person waits. */
	{ "edge-to-relay", "on_io", "gpio_set", exercise_edges, NULL },
	{ "edge-to-relay-50-switches", "on_io", "gpio_set", exercise_edges, no_condition },
	{ "edge-to-relay-50-conditions", "on_io", "gpio_set", exercise_edges, condition },
	/* With all that is done after that, before the next edge can be looked at. */
	{ "edge", "on_io", NULL, exercise_edges, NULL },
	{ "edge-50-switches", "on_io", NULL, exercise_edges, no_condition },
	{ "edge-50-conditions", "on_io", NULL, exercise_edges, condition },
	{ "reading", "on_reading", NULL, exercise_readings, NULL },
};

static uint64_t read_total(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_SIZE];
	uint64_t total = 0;

	assert_non_null(file);
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "totals: %" SCNu64, &total) == 1)
			break;
	fclose(file);
	return total;
}

/* What was counted in all, or in the parts that end where the measure does; there is one for each call. */
static uint64_t read_counts(const struct measure *measure, unsigned calls)
{
	char path[64];
	uint64_t total = 0;

	if (!measure->until)
		return read_total(COUNTS_FILE);
	for (unsigned i = 1; i <= calls; i++) {
		snprintf(path, sizeof path, COUNTS_FILE ".%u", i);
		total += read_total(path);
	}
	snprintf(path, sizeof path, COUNTS_FILE ".%u", calls + 1);
	if (access(path, F_OK) == 0)
		fail_msg("%s was called more than once for an edge", measure->until);
	return total;
}

/* The switches first: what hears of an edge does so in this order, and so before the light if it does. Valid until the
 * next call. */
static const char *make_config(const char *switch_has)
{
	static char text[CONFIG_SIZE];
	size_t length = 0;

	for (unsigned i = 0; switch_has && i < SWITCHES; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "[Switch s%u]\nLine=SWITCH_%u\n%s", i, i,
		                           switch_has);
	length += (size_t)snprintf(text + length, sizeof text - length, "%s", config_of_all);
	assert_in_range(length, 1, sizeof text - 1);
	return text;
}

/* Instructions for each call. Leaves callgrind's files. */
static double run(struct house *it, const struct measure *measure)
{
	char toggle[64], zero[64], dump[64];
	const char *const valgrind[] = { "valgrind",
		                         "--quiet",
		                         "--tool=callgrind",
		                         "--collect-atstart=no",
		                         "--callgrind-out-file=" COUNTS_FILE,
		                         toggle,
		                         measure->until ? zero : NULL,
		                         dump,
		                         NULL };
	const struct process_options options = { .journal = true, .wrapper = valgrind };
	struct client client;
	unsigned calls;

	snprintf(toggle, sizeof toggle, "--toggle-collect=%s", measure->from);
	snprintf(zero, sizeof zero, "--zero-before=%s", measure->from);
	snprintf(dump, sizeof dump, "--dump-before=%s", measure->until ? measure->until : "");
	journal_start(&it->journal);
	process_start_with(&it->roomd, make_config(measure->switch_has), &options);
	process_wait(&it->roomd, "temperature_update", "outside");
	client_start(&client); /* it is on the bus, and watches what changes */
	client_stop(&client);
	calls = measure->exercise(it);
	process_clean_up(&it->roomd);
	journal_stop(&it->journal);
	return (double)read_counts(measure, calls) / calls;
}

/* The same chip for all rooms: those of all, then those of the switches. */
static void make_chip(struct sim_chip *chip)
{
	static char names[SWITCHES][NAME_SIZE];
	const char *lines[ELEMENTS(lines_of_all) + SWITCHES + 1] = { NULL };

	memcpy(lines, lines_of_all, sizeof lines_of_all);
	for (unsigned i = 0; i < SWITCHES; i++) {
		snprintf(names[i], sizeof names[i], "SWITCH_%u", i);
		lines[ELEMENTS(lines_of_all) + i] = names[i];
	}
	sim_chip_make(chip, "room", lines);
}

static void make_house(struct house *it)
{
	/* As in a package that is hardened: no symbol is looked up on the way. */
	setenv("LD_BIND_NOW", "1", 1);
	trace_start();
	make_chip(&it->chip);
	it->trace_base = sim_chip_trace_number(&it->chip, 0);
	thermometer_make();
	thermometer_swap_with_another();
	message_bus_start(&it->bus);
}

/* First each function alone, then with all that it calls; of all calls, or of one. callgrind_annotate takes
 * what is called by a function that has not returned yet for its own. */
static void annotate(struct house *it, const struct measure *measure)
{
	static const char *const inclusive[] = { "no", "yes" };
	char command[256];

	printf("%.0f instructions for each\n", run(it, measure));
	fflush(stdout);
	for (size_t i = 0; i < ELEMENTS(inclusive); i++) {
		snprintf(command, sizeof command,
		         "callgrind_annotate --auto=no --threshold=100 --inclusive=%s " COUNTS_FILE "%s",
		         inclusive[i], measure->until ? ".1" : "");
		if (system(command) != 0)
			fail_msg("%s failed", command);
	}
}

int main(int argc, char **argv)
{
	static struct house it;
	const char *wanted = argc == 3 && strcmp(argv[1], "--annotate") == 0 ? argv[2] : NULL;

	if (argc != 1 && !wanted) {
		fprintf(stderr, "usage: hot-path [--annotate WHAT]\n");
		return 2;
	}
	make_house(&it);
	for (size_t i = 0; i < ELEMENTS(measures); i++) {
		const struct measure *measure = &measures[i];

		if (!wanted)
			sample_print_one("instructions", measure->what, 0, "Ir", run(&it, measure));
		else if (strcmp(wanted, measure->what) == 0)
			annotate(&it, measure);
	}
	message_bus_stop(&it.bus);
	return 0;
}
