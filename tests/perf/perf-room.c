#define _GNU_SOURCE
#include "perf-room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "files.h"
#include "thermometer.h"
#include "util/clock.h"

#define STATE_FOLDER "/tmp/perf-state"
#define SETTLE_MS 500
#define COUNTS_FILE "/tmp/allocations"
#define READY_STEP_MS 20
#define READY_MS_MAX 60000

/* The lines' offsets are these. */
static const char *const lines[] = {
	"PIR_1",   "PIR_2", "PIR_3", "PIR_4",    "RELAY_1",  "RELAY_2", "RELAY_3",
	"RELAY_4", "LED_1", "LED_2", "BUTTON_1", "BUTTON_2", NULL,
};

static const char config[] =
	"[MotionSensor hall]\nLine=PIR_1\n[MotionSensor kitchen]\nLine=PIR_2\n"
	"[MotionSensor stairs]\nLine=PIR_3\n[MotionSensor porch]\nLine=PIR_4\n"
	"[LightController hall]\nLine=RELAY_1\nMotion=hall\n"
	"[LightController kitchen]\nLine=RELAY_2\nMotion=kitchen\n"
	"[LightController stairs]\nLine=RELAY_3\nMotion=stairs hall\n"
	"[LightController porch]\nLine=RELAY_4\nMotion=porch\n"
	"[DoorLock front]\nLedLine=LED_1\nButtonLine=BUTTON_1\nMotion=porch\nInitialState=unlocked\n"
	"[DoorLock back]\nLedLine=LED_2\nButtonLine=BUTTON_2\nMotion=kitchen\nInitialState=unlocked\n";

struct perf_arguments perf_parse(int argc, char **argv, unsigned rounds)
{
	struct perf_arguments arguments = { .rounds = rounds };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			arguments.quick = true;
		} else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc && atoi(argv[i + 1]) > 0) {
			arguments.rounds = (unsigned)atoi(argv[++i]);
		} else {
			fprintf(stderr, "usage: %s [--quick] [--rounds N]\n", program_invocation_short_name);
			exit(2);
		}
	}
	return arguments;
}

void perf_room_make(struct perf_room *room)
{
	*room = (struct perf_room){ 0 };
	setenv("TZ", "UTC", 1);
	mkdir(STATE_FOLDER, 0755);
	setenv("STATE_DIRECTORY", STATE_FOLDER, 1);
	sim_chip_make(&room->chip, "room", lines);
	thermometer_make();
}

void perf_room_remove(struct perf_room *room)
{
	thermometer_unplug();
	sim_chip_remove(&room->chip);
}

void perf_room_start(struct perf_room *room, unsigned interval_sec, const struct process_options *options)
{
	struct process_options all = options ? *options : (struct process_options){ 0 };
	char text[sizeof config + 128], thermometer[128] = "";

	unlink(STATE_FOLDER "/state");
	service_manager_start(&room->manager);
	journal_start(&room->journal);
	all.manager = &room->manager;
	all.journal = all.silent = true;
	if (interval_sec > 0)
		snprintf(thermometer, sizeof thermometer,
		         "[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=%u\nHigh=28\n", interval_sec);
	snprintf(text, sizeof text, "%s%s", config, thermometer);
	process_start_with(&room->roomd, text, &all);
}

void perf_room_settle(struct perf_room *room)
{
	while (service_manager_ready_ns(&room->manager) == 0)
		process_let_pass_ms(&room->roomd, READY_STEP_MS);
	process_let_pass_ms(&room->roomd, SETTLE_MS);
}

static void clean_up(struct perf_room *room)
{
	process_clean_up(&room->roomd);
	service_manager_stop(&room->manager);
	journal_stop(&room->journal);
}

void perf_room_stop(struct perf_room *room)
{
	process_stop(&room->roomd);
	clean_up(room);
}

void perf_room_kill(struct perf_room *room)
{
	process_kill(&room->roomd);
	clean_up(room);
}

void perf_room_move(struct perf_room *room, unsigned sensor, unsigned long ms)
{
	sim_chip_pull(&room->chip, sensor, true);
	process_let_pass_ms(&room->roomd, ms);
	sim_chip_pull(&room->chip, sensor, false);
}

/* Always the same sequence (a linear congruence, Numerical Recipes). */
static unsigned odd_number(unsigned most)
{
	static uint32_t state = 20260101;

	state = state * 1664525 + 1013904223;
	return (unsigned)((uint64_t)state * most >> 32);
}

void perf_room_live_a_part(struct perf_room *room)
{
	const unsigned part_ms = DAY_MS / MOTIONS_A_DAY, motion_ms_max = 60000;
	unsigned before_ms = odd_number(part_ms - motion_ms_max);
	unsigned motion_ms = 100 + odd_number(motion_ms_max - 100);

	process_let_pass_ms(&room->roomd, before_ms);
	perf_room_move(room, odd_number(PERF_SENSORS), motion_ms);
	process_let_pass_ms(&room->roomd, part_ms - before_ms - motion_ms);
}

void perf_room_change_temperature(void)
{
	thermometer_set(18 + (double)odd_number(800) / 100);
}

/* --- programs -------------------------------------------------------------------------------- */

void perf_words(const char *words[static PERF_WORDS_MAX], const char *const *wrapper,
                const char *const *program)
{
	size_t n = 0;

	for (; wrapper && *wrapper && n < PERF_WORDS_MAX - 1; wrapper++)
		words[n++] = *wrapper;
	for (; *program && n < PERF_WORDS_MAX - 1; program++)
		words[n++] = *program;
	words[n] = NULL;
}

pid_t perf_run(const char *const *words, const char *const *environment, int output, uint64_t *exec_ns)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0) {
		close(output);
		return pid;
	}
	dup2(output, STDOUT_FILENO);
	for (; environment && *environment; environment++)
		putenv((char *)*environment);
	if (exec_ns)
		*exec_ns = clock_now_ns(CLOCK_MONOTONIC);
	execvp(words[0], (char **)words);
	_exit(127);
}

pid_t perf_floor_start(const struct perf_room *room, const char *const *wrapper,
                       const char *const *environment, uint64_t *exec_ns, uint64_t *ret_ready_ns)
{
	const char *words[PERF_WORDS_MAX];
	char device[64], input[16], output[16], said[8] = "";
	int fds[2];
	pid_t pid;

	if (!getenv("FLOOR"))
		fail_msg("$FLOOR does not name the floor");
	snprintf(device, sizeof device, "/dev/%s", room->chip.device);
	snprintf(input, sizeof input, "%d", PERF_FLOOR_INPUT);
	snprintf(output, sizeof output, "%d", PERF_FLOOR_OUTPUT);
	perf_words(words, wrapper, (const char *const[]){ getenv("FLOOR"), device, input, output, NULL });
	assert_return_code(pipe2(fds, O_CLOEXEC), errno);
	pid = perf_run(words, environment, fds[1], exec_ns);
	if (poll(&(struct pollfd){ .fd = fds[0], .events = POLLIN }, 1, READY_MS_MAX) <= 0)
		fail_msg("the floor does not say that it is ready");
	assert_int_equal(read(fds[0], said, sizeof said - 1), strlen("ready\n"));
	if (ret_ready_ns)
		*ret_ready_ns = clock_now_ns(CLOCK_MONOTONIC);
	close(fds[0]);
	return pid;
}

void perf_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

void *perf_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

/* --- what /proc says ------------------------------------------------------------------------- */

/* The number after a label at the begin of a line. */
static uint64_t read_number(const char *text, const char *label)
{
	const char *line = strstr(text, label);

	if (!line)
		fail_msg("no '%s' in:\n%s", label, text);
	return strtoull(line + strlen(label), NULL, 10);
}

uint64_t perf_context_switches(pid_t pid)
{
	char path[64], status[4096];
	uint64_t n = 0;
	DIR *tasks;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	for (const struct dirent *task; (task = readdir(tasks));) {
		if (task->d_name[0] == '.')
			continue;
		file_read(status, sizeof status, "%s/%s/status", path, task->d_name);
		n += read_number(status, "\nvoluntary_ctxt_switches:");
		n += read_number(status, "\nnonvoluntary_ctxt_switches:");
	}
	closedir(tasks);
	return n;
}

uint64_t perf_cpu_ns(pid_t pid)
{
	clockid_t clock;

	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	return clock_now_ns(clock);
}

double perf_memory_kb(pid_t pid, const char *key)
{
	bool is_peak = strcmp(key, "VmHWM") == 0;
	char text[4096], label[64];

	file_read(text, sizeof text, "/proc/%d/%s", (int)pid, is_peak ? "status" : "smaps_rollup");
	snprintf(label, sizeof label, "\n%s:", key);
	return (double)read_number(text, label);
}

/* Each has one part that is executable. */
unsigned perf_count_libraries(pid_t pid)
{
	static char maps[65536];
	unsigned n = 0;

	file_read(maps, sizeof maps, "/proc/%d/maps", (int)pid);
	for (const char *line = maps; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		size_t length = strcspn(line, "\n");
		const char *so = memmem(line, length, ".so", 3);

		n += so && memmem(line, length, " r-xp ", 6);
	}
	return n;
}

/* --- the preloaded library ------------------------------------------------------------------- */

struct allocation_counts *perf_counts_map(void)
{
	int fd = open(COUNTS_FILE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct allocation_counts *counts;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sizeof *counts), 0);
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(counts != MAP_FAILED);
	close(fd);
	return counts;
}

void perf_counts_unmap(struct allocation_counts *counts)
{
	munmap(counts, sizeof *counts);
}

/* The library is in this program's folder. */
const char *const *perf_counts_environment(void)
{
	static char preload[PATH_MAX + 64];
	static const char *const environment[] = { preload, COUNT_ALLOCATIONS_VARIABLE "=" COUNTS_FILE,
		                                   NULL };
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

	assert_true(n > 0);
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s/" COUNT_ALLOCATIONS_LIBRARY, program);
	return environment;
}
