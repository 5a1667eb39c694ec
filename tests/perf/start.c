/* What a start costs, on the real clock: from execve(2) to being ready. In each round the variants in turn,
 * so that a machine that is busy for a while is so for all of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "files.h"
#include "perf-room.h"
#include "sample.h"
#include "util/clock.h"

#define ROUNDS 9
#define ROUNDS_QUICK 5
#define THERMOMETER_SEC 10

#define STRACE_OUTPUT "/tmp/strace"
#define CHECKED "/tmp/checked.conf"

struct start {
	uint64_t wall_ns, cpu_ns;
	pid_t pid;
};

/* Where children put the time of their execve(2). */
static uint64_t *exec_ns;

struct variant {
	const char *name;
	/* What runs it, and what it has in its environment; NULL: nothing special. */
	struct start (*start)(struct perf_room *room, const char *const *wrapper,
	                      const char *const *environment);
	void (*end)(struct perf_room *room, struct start *start);
	const char *ready; /* what a line of strace has when it is ready; NULL: it ends by itself */
};

/* --- the variants ------------------------------------------------------------------------------ */

static struct start start_floor(struct perf_room *room, const char *const *wrapper,
                                const char *const *environment)
{
	struct start start;
	uint64_t ready_ns;

	start.pid = perf_floor_start(room, wrapper, environment, exec_ns, &ready_ns);
	start.wall_ns = ready_ns - *exec_ns;
	let_pass_ms(100);
	start.cpu_ns = perf_cpu_ns(start.pid);
	return start;
}

static void end_floor(struct perf_room *room, struct start *start)
{
	(void)room;
	perf_end(start->pid);
}

/* What it does after it has said that it is ready counts for the processor's time. */
static struct start start_room(struct perf_room *room, unsigned interval_sec, const char *const *wrapper,
                               const char *const *environment)
{
	struct start start;

	perf_room_start(room, interval_sec,
	                &(struct process_options){
				.exec_ns = exec_ns, .wrapper = wrapper, .environment = environment });
	perf_room_settle(room);
	start.pid = room->roomd.pid;
	start.wall_ns = service_manager_ready_ns(&room->manager) - *exec_ns;
	start.cpu_ns = perf_cpu_ns(start.pid);
	return start;
}

static struct start start_roomd(struct perf_room *room, const char *const *wrapper,
                                const char *const *environment)
{
	return start_room(room, 0, wrapper, environment);
}

static struct start start_with_thermometer(struct perf_room *room, const char *const *wrapper,
                                           const char *const *environment)
{
	return start_room(room, THERMOMETER_SEC, wrapper, environment);
}

static void end_room(struct perf_room *room, struct start *start)
{
	(void)start;
	perf_room_kill(room);
}

/* Ends by itself. */
static struct start run_to_end(const char *const *words, const char *const *wrapper,
                               const char *const *environment)
{
	const char *argv[PERF_WORDS_MAX];
	struct start start;
	struct rusage usage;
	int status;

	perf_words(argv, wrapper, words);
	start.pid = perf_run(argv, environment, open("/dev/null", O_WRONLY | O_CLOEXEC), exec_ns);
	assert_int_equal(wait4(start.pid, &status, 0, &usage), start.pid);
	start.wall_ns = clock_now_ns(CLOCK_MONOTONIC) - *exec_ns;
	assert_int_equal(status, 0);
	start.cpu_ns = ((uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec) * NSEC_PER_SEC +
	               ((uint64_t)usage.ru_utime.tv_usec + (uint64_t)usage.ru_stime.tv_usec) * NSEC_PER_USEC;
	return start;
}

/* What it costs to load the program and its libraries, and to end. */
static struct start start_version(struct perf_room *room, const char *const *wrapper,
                                  const char *const *environment)
{
	(void)room;
	return run_to_end((const char *const[]){ getenv("ROOMD"), "--version", NULL }, wrapper, environment);
}

static struct start check_config(const char *config, const char *const *wrapper,
                                 const char *const *environment)
{
	FILE *file = fopen(CHECKED, "w");

	assert_non_null(file);
	fputs(config, file);
	assert_int_equal(fclose(file), 0);
	return run_to_end((const char *const[]){ getenv("ROOMD"), "--check-config", CHECKED, NULL }, wrapper,
	                  environment);
}

/* Two that differ in what a thermometer needs: libiio. */
static struct start start_check(struct perf_room *room, const char *const *wrapper,
                                const char *const *environment)
{
	(void)room;
	return check_config("[MotionSensor hall]\nLine=PIR_HALL\n", wrapper, environment);
}

static struct start start_check_thermometer(struct perf_room *room, const char *const *wrapper,
                                            const char *const *environment)
{
	(void)room;
	return check_config("[TemperatureSensor hall]\nDevice=tmp117\n", wrapper, environment);
}

static void end_nothing(struct perf_room *room, struct start *start)
{
	(void)room, (void)start;
}

static const struct variant variants[] = {
	{ "floor", start_floor, end_floor, "\"ready" },
	{ "roomd", start_roomd, end_room, "READY=1" },
	{ "roomd-thermometer", start_with_thermometer, end_room, "READY=1" },
	{ "roomd-version", start_version, end_nothing, NULL },
	{ "check", start_check, end_nothing, NULL },
	{ "check-thermometer", start_check_thermometer, end_nothing, NULL },
};

/* --- loading ----------------------------------------------------------------------------------- */

/* To the moment before main(), as the preloaded library sees it; not by LD_DEBUG=statistics, of whose numbers
 * glibc 2.36 leaves out the last digit. In a start of its own. What is loaded later, by dlopen(3), is not in
 * it. */
static void measure_load(struct perf_room *room, const struct variant *variant, unsigned round)
{
	struct allocation_counts *counts = perf_counts_map();
	struct start start = variant->start(room, NULL, perf_counts_environment());
	double load_ms = (double)(counts->loaded_ns - *exec_ns) / 1e6;

	sample_print_one("start-load", variant->name, round, "ms", load_ms);
	sample_print_one("start-but-load", variant->name, round, "ms", (double)start.wall_ns / 1e6 - load_ms);
	if (variant->ready && round == 0)
		sample_print_one("start-libraries", variant->name, round, "files",
		                 perf_count_libraries(start.pid) - 1); /* the preloaded one */
	variant->end(room, &start);
	perf_counts_unmap(counts);
}

/* --- system calls ------------------------------------------------------------------------------ */

struct calls {
	unsigned all;
	/* Of them, those that read a clock: none where the kernel's vDSO answers them, as on every board;
	 * that of User Mode Linux does not. */
	unsigned clock;
};

/* A call that was interrupted in the output has a second line, which says that it is resumed; signals and
 * ends are no calls. */
static struct calls read_calls(const char *ready)
{
	FILE *file = fopen(STRACE_OUTPUT, "r");
	struct calls calls = { 0 };
	char line[4096];

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		const char *call = line + strspn(line, "0123456789 ");

		if (strncmp(call, "<...", 4) == 0 || strncmp(call, "+++", 3) == 0 ||
		    strncmp(call, "---", 3) == 0)
			continue;
		calls.all++;
		if (getenv("DETAILS"))
			fprintf(stderr, "%s", call);
		calls.clock += strncmp(call, "clock_gettime(", 14) == 0;
		if (ready && strstr(call, ready))
			break;
	}
	fclose(file);
	return calls;
}

/* To the one that says that it is ready, of all threads. strace is nobody's parent (-D), so that the process
 * is the one that was started. */
static void measure_calls(struct perf_room *room, const struct variant *variant)
{
	static const char *const strace[] = { "strace", "-D", "-f", "-q", "-o", STRACE_OUTPUT, NULL };
	struct start start = variant->start(room, strace, NULL);
	struct calls calls = read_calls(variant->ready);

	variant->end(room, &start);
	sample_print_one("start-system-calls", variant->name, 0, "calls", calls.all - calls.clock);
	sample_print_one("start-clock-reads", variant->name, 0, "calls", calls.clock);
}

/* --- all of it --------------------------------------------------------------------------------- */

static void measure(struct perf_room *room, const struct variant *variant, unsigned round)
{
	struct start start = variant->start(room, NULL, NULL);

	sample_print_one("start-wall", variant->name, round, "ms", (double)start.wall_ns / 1e6);
	sample_print_one("start-cpu", variant->name, round, "ms", (double)start.cpu_ns / 1e6);
	variant->end(room, &start);
}

/* $DETAILS (anything): the system calls are listed on standard error. */
int main(int argc, char **argv)
{
	struct perf_arguments arguments = perf_parse(argc, argv, 0);
	struct message_bus bus;
	struct perf_room room;

	if (arguments.rounds == 0)
		arguments.rounds = arguments.quick ? ROUNDS_QUICK : ROUNDS;
	perf_room_make(&room);
	message_bus_start(&bus);
	exec_ns = perf_shared(sizeof *exec_ns);
	/* Each once, so that all files have been read. */
	for (size_t i = 0; i < ELEMENTS(variants); i++) {
		struct start start = variants[i].start(&room, NULL, NULL);

		variants[i].end(&room, &start);
	}
	for (unsigned round = 0; round < arguments.rounds; round++)
		for (size_t i = 0; i < ELEMENTS(variants); i++)
			measure(&room, &variants[i], round);
	for (unsigned round = 0; round < arguments.rounds; round++)
		for (size_t i = 0; i < ELEMENTS(variants); i++)
			measure_load(&room, &variants[i], round);
	for (size_t i = 0; i < ELEMENTS(variants); i++)
		measure_calls(&room, &variants[i]);
	message_bus_stop(&bus);
	perf_room_remove(&room);
	return 0;
}
