/* How often roomd wakes up while nothing happens: in an hour of virtual time, after a while to settle. */
#include "files.h"
#include "perf-room.h"
#include "sample.h"

#define SETTLE_MS (5 * 60000)
#define THERMOMETER_SEC 10
#define READINGS_AN_HOUR (3600.0 / THERMOMETER_SEC)

struct hour {
	double switches; /* of context */
	double pings;    /* of the watchdog */
};

/* Exactly an hour of a room that has settled. */
static struct hour live_an_hour(struct perf_room *room)
{
	struct hour hour;

	perf_room_settle(room);
	process_let_pass_ms(&room->roomd, SETTLE_MS);
	hour.switches = (double)perf_context_switches(room->roomd.pid);
	hour.pings = service_manager_watchdogs(&room->manager);
	process_let_pass_ms(&room->roomd, HOUR_MS);
	hour.switches = (double)perf_context_switches(room->roomd.pid) - hour.switches;
	hour.pings = service_manager_watchdogs(&room->manager) - hour.pings;
	return hour;
}

static void print_wake_ups(const char *variant, unsigned round, double n)
{
	sample_print_one("idle-wake-ups", variant, round, "per hour", n);
}

static void measure_floor(struct perf_room *room, unsigned round)
{
	pid_t pid = perf_floor_start(room, NULL, NULL, NULL, NULL);
	uint64_t before;

	let_pass_ms(SETTLE_MS);
	before = perf_context_switches(pid);
	let_pass_ms(HOUR_MS);
	print_wake_ups("floor", round, (double)(perf_context_switches(pid) - before));
	perf_end(pid);
}

static struct hour measure(struct perf_room *room, const char *variant, unsigned round, unsigned interval_sec,
                           uint64_t watchdog_usec)
{
	struct hour hour;

	perf_room_start(room, interval_sec, &(struct process_options){ .watchdog_usec = watchdog_usec });
	hour = live_an_hour(room);
	print_wake_ups(variant, round, hour.switches);
	perf_room_stop(room);
	return hour;
}

static void measure_round(struct perf_room *room, unsigned round)
{
	struct message_bus bus;
	struct hour hour;

	measure_floor(room, round);
	/* A bus that is not there is waited for. */
	measure(room, "roomd-without-bus", round, 0, 0);
	message_bus_start(&bus);
	measure(room, "roomd", round, 0, 0);
	hour = measure(room, "roomd-watchdog", round, 0, PERF_WATCHDOG_USEC);
	sample_print_one("idle-watchdog-pings", "roomd-watchdog", round, "per hour", hour.pings);
	sample_print_one("idle-wake-ups-beyond-watchdog", "roomd-watchdog", round, "per hour",
	                 hour.switches - hour.pings);
	hour = measure(room, "roomd-thermometer", round, THERMOMETER_SEC, 0);
	sample_print_one("wake-ups-per-reading", "roomd-thermometer", round, "per reading",
	                 hour.switches / READINGS_AN_HOUR);
	message_bus_stop(&bus);
}

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
