/* A month of roomd in the testbed's --skip-idle: what it used of the processor, and whether it grew. There is
 * motion forty times a day, a thermometer, the watchdog, and the bus, on which nobody listens. */
#include <stdio.h>

#include "files.h"
#include "perf-room.h"
#include "sample.h"

#define DAYS 30
#define DAYS_QUICK 2
#define THERMOMETER_SEC 60
#define PARTS_HOURS 12
#define PARTS_MOTIONS 200

struct state {
	double cpu_s, private_dirty_kb, rss_kb;
	unsigned pings;
};

static struct state look(struct perf_room *room)
{
	pid_t pid = room->roomd.pid;

	return (struct state){
		.cpu_s = (double)perf_cpu_ns(pid) / 1e9,
		.private_dirty_kb = perf_memory_kb(pid, "Private_Dirty"),
		.rss_kb = perf_memory_kb(pid, "Rss"),
		.pings = service_manager_watchdogs(&room->manager),
	};
}

static void print(const char *measure, unsigned round, const char *unit, double value)
{
	sample_print_one(measure, "roomd", round, unit, value);
}

/* The first hour, in which each sensor sees somebody, is not in it. */
static void live_an_hour(struct perf_room *room)
{
	perf_room_settle(room);
	for (unsigned i = 0; i < PERF_SENSORS; i++) {
		perf_room_move(room, i, 1000);
		process_let_pass_ms(&room->roomd, HOUR_MS / PERF_SENSORS - 1000);
	}
}

static void live_a_day(struct perf_room *room)
{
	for (unsigned i = 0; i < MOTIONS_A_DAY; i++) {
		perf_room_live_a_part(room);
		perf_room_change_temperature();
	}
}

/* A line a day, so that it can be seen which day was another one: growth, or a host that was busy. */
static void measure(struct perf_room *room, unsigned round, unsigned days)
{
	static double cpu_s[DAYS], private_dirty_kb[DAYS];
	struct message_bus bus;
	struct state first, before, now;

	message_bus_start(&bus);
	perf_room_start(room, THERMOMETER_SEC,
	                &(struct process_options){ .watchdog_usec = PERF_WATCHDOG_USEC });
	live_an_hour(room);
	first = now = look(room);
	for (unsigned day = 0; day < days; day++) {
		before = now;
		live_a_day(room);
		now = look(room);
		cpu_s[day] = now.cpu_s - before.cpu_s;
		private_dirty_kb[day] = now.private_dirty_kb;
		fprintf(stderr, "month: day %u: %.3f s of the processor, %.0f kB private dirty\n", day + 1,
		        cpu_s[day], now.private_dirty_kb);
	}
	perf_room_stop(room);
	message_bus_stop(&bus);

	print("month-days", round, "days", days);
	print("month-cpu", round, "s", now.cpu_s - first.cpu_s);
	sample_print("month-cpu-per-day", "roomd", round, "s", cpu_s, days);
	print("month-watchdog-pings", round, "pings", now.pings - first.pings);
	print("month-private-dirty-first-hour", round, "kB", first.private_dirty_kb);
	print("month-private-dirty-end", round, "kB", now.private_dirty_kb);
	sample_print("month-private-dirty-per-day", "roomd", round, "kB", private_dirty_kb, days);
	print("month-private-dirty-growth", round, "kB", now.private_dirty_kb - first.private_dirty_kb);
	print("month-rss-first-hour", round, "kB", first.rss_kb);
	print("month-rss-end", round, "kB", now.rss_kb);
	print("month-rss-growth", round, "kB", now.rss_kb - first.rss_kb);
}

/* --- what each of it costs --------------------------------------------------------------------- */

/* Starts a room in which nothing else happens, and lets it settle. Returns what was used so far, in ns. */
static uint64_t start_for(struct perf_room *room, unsigned interval_sec, uint64_t watchdog_usec)
{
	perf_room_start(room, interval_sec, &(struct process_options){ .watchdog_usec = watchdog_usec });
	live_an_hour(room);
	return perf_cpu_ns(room->roomd.pid);
}

static void end_for(struct perf_room *room, uint64_t before_ns, const char *measure, unsigned round, double n)
{
	print(measure, round, "us", (double)(perf_cpu_ns(room->roomd.pid) - before_ns) / 1000 / n);
	perf_room_stop(room);
}

static void measure_parts(struct perf_room *room, unsigned round)
{
	struct message_bus bus;
	uint64_t before_ns;
	unsigned pings;

	message_bus_start(&bus);
	before_ns = start_for(room, 0, PERF_WATCHDOG_USEC);
	pings = service_manager_watchdogs(&room->manager);
	process_let_pass_ms(&room->roomd, PARTS_HOURS * HOUR_MS);
	pings = service_manager_watchdogs(&room->manager) - pings;
	end_for(room, before_ns, "cpu-per-watchdog-ping", round, pings);

	before_ns = start_for(room, THERMOMETER_SEC, 0);
	process_let_pass_ms(&room->roomd, PARTS_HOURS * HOUR_MS);
	end_for(room, before_ns, "cpu-per-reading", round, PARTS_HOURS * 3600.0 / THERMOMETER_SEC);

	/* Until the light is off again. */
	before_ns = start_for(room, 0, 0);
	for (unsigned i = 0; i < PARTS_MOTIONS; i++) {
		perf_room_move(room, 0, 1000);
		process_let_pass_ms(&room->roomd, 5 * 60000);
	}
	end_for(room, before_ns, "cpu-per-motion", round, PARTS_MOTIONS);
	message_bus_stop(&bus);
}

int main(int argc, char **argv)
{
	struct perf_arguments arguments = perf_parse(argc, argv, 1);
	struct perf_room room;

	perf_room_make(&room);
	for (unsigned round = 0; round < arguments.rounds; round++) {
		measure_parts(&room, round);
		measure(&room, round, arguments.quick ? DAYS_QUICK : DAYS);
	}
	perf_room_remove(&room);
	return 0;
}
