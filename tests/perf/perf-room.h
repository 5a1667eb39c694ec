/* What the programs here measure: a room of four motion sensors, four lights and two locks on a simulated
 * chip, with or without a thermometer, and roomd in it as its unit runs it: under a service manager, its
 * messages in a journal, its state kept, nobody told of events. What fails, ends the program. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "count-allocations.h"
#include "daemon-process.h"
#include "journal.h"
#include "message-bus.h"
#include "service-manager.h"
#include "sim-chip.h"

#define DAY_MS 86400000u
#define HOUR_MS 3600000u
#define PERF_SENSORS 4
#define MOTIONS_A_DAY 40
#define PERF_FLOOR_INPUT 12 /* the floor's lines: offsets, they have no names */
#define PERF_FLOOR_OUTPUT 13

/* WatchdogSec= of systemd/roomd.service.in. */
#define PERF_WATCHDOG_USEC (10 * UINT64_C(1000000))

struct perf_room {
	struct sim_chip chip;
	struct service_manager manager;
	struct journal journal;
	struct process roomd;
};

/* --quick and --rounds N. Anything else ends the program, with status 2. */
struct perf_arguments {
	bool quick;
	unsigned rounds;
};

/* `rounds` is how many there are without --rounds. */
struct perf_arguments perf_parse(int argc, char **argv, unsigned rounds);

/* The chip and the thermometer. Once a program. */
void perf_room_make(struct perf_room *room);
void perf_room_remove(struct perf_room *room);

/* Starts roomd and does not wait for anything. `interval_sec`: how often the thermometer is read; 0: none is
 * configured. `options`: what is special (NULL: nothing); the manager, the journal, and being silent are
 * added. */
void perf_room_start(struct perf_room *room, unsigned interval_sec, const struct process_options *options);

/* Waits until it is ready, by looking every 20 ms, and a while more until it has nothing left to do. */
void perf_room_settle(struct perf_room *room);

/* SIGTERM, or SIGKILL; the manager and the journal end, too. */
void perf_room_stop(struct perf_room *room);
void perf_room_kill(struct perf_room *room);

/* Somebody moves before this sensor for so long; takes this time. */
void perf_room_move(struct perf_room *room, unsigned sensor, unsigned long ms);

/* A part of a day, of which a day has MOTIONS_A_DAY: with a motion of up to a minute at an odd time of it.
 * The parts of a program are always the same ones. */
void perf_room_live_a_part(struct perf_room *room);

/* The thermometer shows another value. */
void perf_room_change_temperature(void);

#define PERF_WORDS_MAX 32

/* One list of words, ended by NULL, of two: what runs a program (NULL: nothing), and the program. */
void perf_words(const char *words[static PERF_WORDS_MAX], const char *const *wrapper,
                const char *const *program);

/* Runs a program with this standard output, which is closed here, and more in its environment ("NAME=value",
 * ended by NULL; NULL: nothing). `exec_ns`, in memory shared with children, gets the time of execve(2) on
 * CLOCK_MONOTONIC; or NULL. */
pid_t perf_run(const char *const *words, const char *const *environment, int output, uint64_t *exec_ns);

/* $FLOOR on two lines of the chip, its "ready" read, at `*ret_ready_ns`; for the rest see above. The caller
 * ends it by perf_end(). All but the room may be NULL. */
pid_t perf_floor_start(const struct perf_room *room, const char *const *wrapper,
                       const char *const *environment, uint64_t *exec_ns, uint64_t *ret_ready_ns);

/* SIGKILL, and waits for the end. */
void perf_end(pid_t pid);

/* Memory that is shared with children, zeroed; never freed. */
void *perf_shared(size_t size);

/* How often all threads of a process were switched away from, by their own will or not: each time it had been
 * woken up. */
uint64_t perf_context_switches(pid_t pid);

/* Time of the processor that it has used so far, in ns. Exact but on --time-travel, where it is in ticks. */
uint64_t perf_cpu_ns(pid_t pid);

/* A number of smaps_rollup or (VmHWM) of status, in kB. */
double perf_memory_kb(pid_t pid, const char *key);

/* How many files of code it has mapped, but for itself. */
unsigned perf_count_libraries(pid_t pid);

/* What the preloaded library counts (count-allocations.h), for one process: all zero until it runs with this
 * in its environment, which is valid for good. */
struct allocation_counts *perf_counts_map(void);
void perf_counts_unmap(struct allocation_counts *counts);
const char *const *perf_counts_environment(void);
