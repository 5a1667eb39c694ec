/* What roomd takes of memory: once it has settled, at its peak, and from the heap in a day of virtual time
 * after the first hour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka-all.h"
#include "files.h"
#include "perf-room.h"
#include "sample.h"

#define THERMOMETER_SEC 10
#define MOTIONS 12

/* --- how much ---------------------------------------------------------------------------------- */

/* Whose the pages are that were written to: files, [heap], [stack], (none). */
static void say_dirty(const char *variant, pid_t pid)
{
	char path[64], line[512], file[256] = "";
	FILE *smaps;
	unsigned kb;

	snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
	smaps = fopen(path, "r");
	assert_non_null(smaps);
	fprintf(stderr, "memory: private dirty of %s, kB:\n", variant);
	while (fgets(line, sizeof line, smaps)) {
		if (sscanf(line, "%*x-%*x %*s %*x %*s %*u %255[^\n]", file) == 1 || strchr(line, '-'))
			continue;
		if (sscanf(line, "Private_Dirty: %u", &kb) == 1 && kb > 0)
			fprintf(stderr, "memory: %6u %s\n", kb, file[0] ? file : "(none)");
		if (strncmp(line, "VmFlags", 7) == 0)
			file[0] = '\0';
	}
	fclose(smaps);
}

static void print_memory(const char *variant, unsigned round, pid_t pid)
{
	static const char *const keys[][2] = { { "Pss", "memory-pss" },
		                               { "Private_Dirty", "memory-private-dirty" },
		                               { "Rss", "memory-rss" },
		                               { "VmHWM", "memory-peak-rss" } };

	for (size_t i = 0; i < ELEMENTS(keys); i++)
		sample_print_one(keys[i][1], variant, round, "kB", perf_memory_kb(pid, keys[i][0]));
	sample_print_one("libraries", variant, round, "files", perf_count_libraries(pid));
	if (getenv("DETAILS"))
		say_dirty(variant, pid);
}

static void measure_floor(struct perf_room *room, unsigned round)
{
	pid_t pid = perf_floor_start(room, NULL, NULL, NULL, NULL);

	for (unsigned i = 0; i < 2 * MOTIONS; i++) {
		sim_chip_pull(&room->chip, PERF_FLOOR_INPUT, i % 2 == 0);
		let_pass_ms(1000);
	}
	print_memory("floor", round, pid);
	perf_end(pid);
}

/* After some motions, so that what they need is there. */
static void measure(struct perf_room *room, const char *variant, unsigned round, unsigned interval_sec)
{
	perf_room_start(room, interval_sec, NULL);
	perf_room_settle(room);
	for (unsigned i = 0; i < MOTIONS; i++) {
		perf_room_move(room, i % PERF_SENSORS, 1000);
		process_let_pass_ms(&room->roomd, 60000);
	}
	process_let_pass_ms(&room->roomd, HOUR_MS);
	print_memory(variant, round, room->roomd.pid);
	perf_room_stop(room);
}

/* --- what from the heap ------------------------------------------------------------------------ */

/* Where the caller is: its file and the place in it, as addr2line(1) wants it. */
static void say_caller(const struct perf_room *room, const struct allocation_caller *caller)
{
	static char maps[65536];

	file_read(maps, sizeof maps, "/proc/%d/maps", (int)room->roomd.pid);
	for (const char *line = maps; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		unsigned long long begin, end, offset;
		char file[256] = "";

		sscanf(line, "%llx-%llx %*s %llx %*s %*s %255[^\n]", &begin, &end, &offset, file);
		if (caller->address >= begin && caller->address < end)
			fprintf(stderr, "memory: %8llu blocks from %s+0x%llx\n",
			        (unsigned long long)caller->n, file,
			        (unsigned long long)caller->address - begin + offset);
	}
}

static void say_callers(const struct perf_room *room, const char *variant,
                        const struct allocation_counts *counts)
{
	fprintf(stderr, "memory: who allocated in the day of %s:\n", variant);
	for (size_t i = 0; i < ALLOCATION_CALLERS_MAX && counts->callers[i].address; i++)
		say_caller(room, &counts->callers[i]);
}

struct day {
	unsigned interval_sec; /* of the thermometer; 0: none */
	bool quiet;            /* nobody moves */
	bool listener;         /* somebody on the bus, which there is */
};

/* Takes in roomd's signals, and forgets them. */
static void listen(struct client *client)
{
	client_process(client);
	for (size_t i = 0; i < client->signals_n; i++)
		sd_bus_message_unref(client->signals[i]);
	client->signals_n = client->next = 0;
}

/* In parts, so that a listener reads in time. */
static void live_a_day(struct perf_room *room, const struct day *day, struct client *client)
{
	for (unsigned i = 0; i < MOTIONS_A_DAY; i++) {
		if (day->quiet)
			process_let_pass_ms(&room->roomd, DAY_MS / MOTIONS_A_DAY);
		else
			perf_room_live_a_part(room);
		if (day->listener)
			listen(client);
	}
}

/* Returns how many blocks there were. */
static double count_a_day(struct perf_room *room, const char *variant, unsigned round, const struct day *day)
{
	struct allocation_counts *counts = perf_counts_map();
	struct client client = { 0 };
	uint64_t allocated;
	int64_t blocks, bytes;

	perf_room_start(room, day->interval_sec,
	                &(struct process_options){ .environment = perf_counts_environment() });
	perf_room_settle(room);
	assert_true(counts->allocated > 0);
	if (day->listener)
		client_start(&client);
	/* Each sensor once, so that nothing is there for the first time later. */
	for (unsigned i = 0; i < PERF_SENSORS; i++) {
		perf_room_move(room, i, 1000);
		process_let_pass_ms(&room->roomd, HOUR_MS / PERF_SENSORS);
	}
	counts->remember_callers = true;
	allocated = counts->allocated;
	blocks = counts->live_blocks;
	bytes = counts->live_bytes;
	live_a_day(room, day, &client);
	allocated = counts->allocated - allocated;
	sample_print_one("heap-blocks", variant, round, "per day", (double)allocated);
	sample_print_one("heap-live-growth", variant, round, "blocks",
	                 (double)(counts->live_blocks - blocks));
	sample_print_one("heap-live-growth-bytes", variant, round, "bytes",
	                 (double)(counts->live_bytes - bytes));
	if (allocated > 0 && getenv("DETAILS"))
		say_callers(room, variant, counts);
	if (day->listener)
		client_stop(&client);
	perf_room_stop(room);
	perf_counts_unmap(counts);
	return (double)allocated;
}

static void measure_round(struct perf_room *room, unsigned round)
{
	struct message_bus bus;
	double quiet;

	measure_floor(room, round);
	measure(room, "roomd-without-bus", round, 0);
	/* Motion is what is beyond a quiet day; what D-Bus allocates comes after the relay, and is counted
	 * apart. */
	quiet = count_a_day(room, "roomd-quiet", round, &(struct day){ .quiet = true });
	sample_print_one("heap-blocks-of-motion", "roomd", round, "per day",
	                 count_a_day(room, "roomd", round, &(struct day){ 0 }) - quiet);
	count_a_day(room, "roomd-thermometer", round, &(struct day){ .interval_sec = THERMOMETER_SEC });
	message_bus_start(&bus);
	measure(room, "roomd", round, 0);
	measure(room, "roomd-thermometer", round, THERMOMETER_SEC);
	count_a_day(room, "roomd-dbus-listener", round, &(struct day){ .listener = true });
	message_bus_stop(&bus);
}

/* $DETAILS (anything): whose the memory is, and who allocates, is said on standard error. */
int main(int argc, char **argv)
{
	struct perf_arguments arguments = perf_parse(argc, argv, 1);
	struct perf_room room;

	perf_room_make(&room);
	for (unsigned round = 0; round < arguments.rounds; round++)
		measure_round(&room, round);
	perf_room_remove(&room);
	return 0;
}
