#define _GNU_SOURCE
#include "contestant.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "files.h"
#include "thermometer.h"
#include "trace.h"

#define FOLDER "/tmp/stage"
#define LINE_NAME_SIZE 16
#define POLL_MS 10
/* Until the edge has been handled nobody else may need the processor: of these User Mode Linux has one, where
 * the edge comes with the next tick, of 10 ms. */
#define QUIET_MS_UML 25
#define QUIET_MS_BOARD 4
/* An interpreter takes seconds to start on the test kernel. */
#define START_MS 60000
/* Nice= of systemd/roomd.service.in and of systemd/roomd-mqtt.service.in, or systemd/roomd-metrics.service.in. */
#define UNIT_NICE .nice = -10, .bridge_nice = 5
#define METRICS_NICE .nice = -10, .bridge_nice = 10

/* Debian's interpreter, which has the modules of Debian's packages, whatever else comes first in PATH. */
#define PYTHON "/usr/bin/python3"

static const char whole_room[] = "[DoorLock front]\nLedLine=LED_0\nMotion=s0\n"
				 "[DoorLock back]\nLedLine=LED_1\nMotion=s1\n"
				 "[TemperatureSensor hall]\nDevice=tmp117\n"
				 "[TemperatureSensor attic]\nDevice=tmp116\n";
/* Nobody is behind the line: a reading takes a second, and then the next one is due. */
static const char slow_thermometer[] = "[TemperatureSensor attic]\nDevice=dht11\nIntervalSec=10ms\n"
				       "ErrorsUntilUnavailable=1000000\n";

static const char *const floor_argv[] = { "$FLOOR", NULL };
static const char *const plain_argv[] = { "$PLAIN", NULL };
static const char *const eventhub_argv[] = { PYTHON, "$RIVALS/eventhub.py", NULL };
static const char *const gpiomon_argv[] = { "sh", "$RIVALS/gpiomon-gpioset", NULL };

static const struct contestant contestants[] = {
	{ .name = "floor", .lanes = 1, .argv = floor_argv },
	{ .name = "floor-8", .lanes = 8, .argv = floor_argv },
	{ .name = "floor-64", .lanes = 64, .argv = floor_argv },
	{ .name = "plain", .lanes = 1, .argv = plain_argv },
	{ .name = "plain-4", .lanes = 4, .argv = plain_argv },
	{ .name = "plain-8", .lanes = 8, .argv = plain_argv },
	{ .name = "plain-64", .lanes = 64, .argv = plain_argv },
	{ .name = "roomd", .lanes = 4, .config = whole_room },
	{ .name = "before", .lanes = 4, .config = whole_room, .binary = "BEFORE" },
	{ .name = "roomd-1", .lanes = 1 },
	{ .name = "roomd-slow", .lanes = 1, .config = slow_thermometer },
	{ .name = "roomd-8", .lanes = 8 },
	{ .name = "roomd-64", .lanes = 64 },
	{ .name = "beside-nobody", .lanes = 1, .config = COMPANY_LAMP, UNIT_NICE },
	{ .name = "beside-bridge", .lanes = 1, .config = COMPANY_LAMP, UNIT_NICE, .company = COMPANY_BRIDGE },
	{ .name = "beside-nonsense", .lanes = 1, .config = COMPANY_LAMP, UNIT_NICE, .company = COMPANY_NONSENSE },
	{ .name = "beside-commands", .lanes = 1, .config = COMPANY_LAMP, UNIT_NICE, .company = COMPANY_COMMANDS },
	{ .name = "beside-scraped", .lanes = 1, .config = COMPANY_LAMP, METRICS_NICE, .company = COMPANY_SCRAPED },
	{ .name = "beside-storm", .lanes = 1, .config = COMPANY_LAMP, METRICS_NICE, .company = COMPANY_STORM },
	{ .name = "equal-nobody", .lanes = 1, .config = COMPANY_LAMP },
	{ .name = "equal-nonsense", .lanes = 1, .config = COMPANY_LAMP, .company = COMPANY_NONSENSE },
	{ .name = "equal-commands", .lanes = 1, .config = COMPANY_LAMP, .company = COMPANY_COMMANDS },
	{ .name = "eventhub",
	  .lanes = 1,
	  .argv = eventhub_argv,
	  .needs = "/usr/lib/python3/dist-packages/gpiod/__init__.py",
	  .why = "python3-libgpiod is not installed" },
	{ .name = "gpiomon",
	  .lanes = 1,
	  .argv = gpiomon_argv,
	  .lets_go = true,
	  .needs = "/usr/bin/gpiomon",
	  .why = "gpiod is not installed" },
};

const struct contestant *contestant_find(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(contestants); i++)
		if (strcmp(contestants[i].name, name) == 0)
			return &contestants[i];
	return NULL;
}

const char *contestant_missing(const struct contestant *contestant)
{
	return contestant->needs && access(contestant->needs, F_OK) < 0 ? contestant->why : NULL;
}

/* --- the stage ------------------------------------------------------------------------------- */

void stage_make(struct stage *stage)
{
	static char names[STAGE_LINES][LINE_NAME_SIZE];
	const char *list[ELEMENTS(names) + 1] = { NULL };

	*stage = (struct stage){ 0 };
	for (unsigned i = 0; i < STAGE_LANES; i++) {
		snprintf(names[STAGE_SENSOR(i)], LINE_NAME_SIZE, "PIR_%u", i);
		snprintf(names[STAGE_LIGHT(i)], LINE_NAME_SIZE, "LIGHT_%u", i);
	}
	for (unsigned i = 0; i < STAGE_LEDS; i++)
		snprintf(names[STAGE_LED(i)], LINE_NAME_SIZE, "LED_%u", i);
	for (size_t i = 0; i < ELEMENTS(names); i++)
		list[i] = names[i];
	mkdir(FOLDER, 0755);
	trace_start();
	sim_chip_make(&stage->chip, "stage", list);
	stage->trace_base = sim_chip_trace_number(&stage->chip, 0);
	thermometer_make();
	thermometer_swap_with_another(); /* which leaves both */
	run_program("modprobe", "dht11", NULL);
	journal_start(&stage->journal);
	message_bus_start(&stage->bus);
	service_manager_start(&stage->manager);
}

void stage_remove(struct stage *stage)
{
	service_manager_stop(&stage->manager);
	message_bus_stop(&stage->bus);
	journal_stop(&stage->journal);
	sim_chip_remove(&stage->chip);
}

/* --- roomd ----------------------------------------------------------------------------------- */

static void write_config(const struct contestant *contestant)
{
	FILE *file = fopen(FOLDER "/roomd.conf", "w");

	assert_non_null(file);
	for (unsigned i = 0; i < contestant->lanes; i++)
		fprintf(file,
		        "[MotionSensor s%u]\nLine=PIR_%u\n"
		        "[LightController l%u]\nLine=LIGHT_%u\nMotion=s%u\nOffDelaySec=0\n",
		        i, i, i, i, i);
	if (contestant->config)
		fputs(contestant->config, file);
	assert_int_equal(fclose(file), 0);
}

/* As the unit runs it: its messages a stream of the journal. */
static void run_roomd(struct stage *stage, const struct contestant *contestant)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char stream[64];
	struct stat st;

	fstat(null, &st);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
	         (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	manager_hand_over(&stage->manager);
	if (setpriority(PRIO_PROCESS, 0, contestant->nice) < 0)
		_exit(126);
	execl(getenv(contestant->binary ? contestant->binary : "ROOMD"), "roomd", "--config",
	      FOLDER "/roomd.conf", (char *)NULL);
	_exit(127);
}

/* --- rivals ---------------------------------------------------------------------------------- */

/* "$NAME/rest" with the value of the variable of the environment. */
static const char *expand(const char *word, char *buffer, size_t size)
{
	char name[16];
	size_t length;

	if (word[0] != '$')
		return word;
	length = strcspn(word + 1, "/");
	snprintf(name, sizeof name, "%.*s", (int)length, word + 1);
	if (!getenv(name))
		fail_msg("the environment has no %s", name);
	snprintf(buffer, size, "%s%s", getenv(name), word + 1 + length);
	return buffer;
}

/* What it says is kept out of the measurements. */
static void run_rival(const struct stage *stage, const struct contestant *contestant)
{
	static char words[4][256], chip[64], offsets[STAGE_LANES][2][8];
	const char *argv[ELEMENTS(words) + 2 * STAGE_LANES + 2];
	size_t n = 0;

	dup2(STDERR_FILENO, STDOUT_FILENO);
	for (; contestant->argv[n]; n++)
		argv[n] = expand(contestant->argv[n], words[n], sizeof words[n]);
	snprintf(chip, sizeof chip, "/dev/%s", stage->chip.device);
	argv[n++] = chip;
	for (unsigned lane = 0; lane < contestant->lanes; lane++) {
		snprintf(offsets[lane][0], sizeof offsets[lane][0], "%u", STAGE_SENSOR(lane));
		snprintf(offsets[lane][1], sizeof offsets[lane][1], "%u", STAGE_LIGHT(lane));
		argv[n++] = offsets[lane][0];
		argv[n++] = offsets[lane][1];
	}
	argv[n] = NULL;
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* --- both ------------------------------------------------------------------------------------ */

static unsigned quiet_ms(void)
{
	static unsigned ms;

	if (ms == 0)
		ms = kernel_is_uml() ? QUIET_MS_UML : QUIET_MS_BOARD;
	return ms;
}

bool contestant_switches(const struct stage *stage, unsigned lane, bool high, unsigned ms)
{
	sim_chip_pull(&stage->chip, STAGE_SENSOR(lane), high);
	let_pass_ms(quiet_ms());
	for (unsigned waited = quiet_ms(); waited < ms; waited += POLL_MS) {
		if (sim_chip_level(&stage->chip, STAGE_LIGHT(lane)) == high)
			return true;
		let_pass_ms(POLL_MS);
	}
	return false;
}

static bool is_held(const struct stage *stage, unsigned offset)
{
	char path[64];
	struct gpiod_chip *chip;
	struct gpiod_line_info *info;
	bool held;

	snprintf(path, sizeof path, "/dev/%s", stage->chip.device);
	chip = gpiod_chip_open(path);
	assert_non_null(chip);
	info = gpiod_chip_get_line_info(chip, offset);
	assert_non_null(info);
	held = gpiod_line_info_is_used(info);
	gpiod_line_info_free(info);
	gpiod_chip_close(chip);
	return held;
}

/* A line that is let go is low, before the program that holds it low has started. */
void contestant_settle(const struct stage *stage, const struct contestant *contestant, unsigned lane,
                       unsigned ms)
{
	if (!contestant->lets_go)
		return;
	for (unsigned waited = 0; !is_held(stage, STAGE_LIGHT(lane)); waited += POLL_MS) {
		if (waited >= ms)
			fail_msg("nobody holds the light's line any more");
		let_pass_ms(POLL_MS);
	}
}

/* All lanes at once. False if a light does not follow in time. */
static bool all_switch(const struct stage *stage, const struct contestant *contestant, bool high, unsigned ms)
{
	unsigned waited = 0;

	for (unsigned lane = 1; lane < contestant->lanes; lane++)
		sim_chip_pull(&stage->chip, STAGE_SENSOR(lane), high);
	if (!contestant_switches(stage, 0, high, ms))
		return false;
	for (unsigned lane = 1; lane < contestant->lanes; lane++)
		for (; sim_chip_level(&stage->chip, STAGE_LIGHT(lane)) != high; waited += POLL_MS) {
			if (waited >= ms)
				return false;
			let_pass_ms(POLL_MS);
		}
	return true;
}

/* A rival that is not there yet has not seen an edge, so it is shown another one. */
static void wait_until_it_works(const struct stage *stage, const struct contestant *contestant, pid_t pid)
{
	for (unsigned waited = 0;
	     !all_switch(stage, contestant, true, 500) || !all_switch(stage, contestant, false, 2000);
	     waited += 500) {
		all_switch(stage, contestant, false, 1);
		if (waited > START_MS || waitpid(pid, NULL, WNOHANG) == pid)
			fail_msg("%s does not switch the light", contestant->name);
	}
}

pid_t contestant_start(struct stage *stage, const struct contestant *contestant)
{
	pid_t pid;

	if (!contestant->argv)
		write_config(contestant);
	manager_before_fork(&stage->manager);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (contestant->argv)
			run_rival(stage, contestant);
		else
			run_roomd(stage, contestant);
	}
	manager_after_fork(&stage->manager);
	assert_true(pid > 0);
	wait_until_it_works(stage, contestant, pid);
	return pid;
}

/* A service that is stopped, not restarted: its descriptors are not kept. */
void contestant_stop(struct stage *stage, pid_t pid)
{
	kill(-pid, SIGTERM);
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	service_manager_stop(&stage->manager);
	service_manager_start(&stage->manager);
}
