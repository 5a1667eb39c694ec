/* What survives power loss: written behind the room, whole at any moment, and read when the machine starts
 * again. A process that is killed stands for the power's end: nothing survives it but the folder. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/state-file.h"
#include "files.h"
#include "room-fixture.h"
#include "strace.h"
#include "tap-main.h"
#include "util/clock.h"

#define FOLDER "/tmp/state-folder"
#define FILE_PATH FOLDER "/" STATE_FILE
#define FILE_NEW_PATH FOLDER "/" STATE_FILE_NEW
#define DAMAGED_PATH FOLDER "/" STATE_FILE_DAMAGED
#define TEXT_SIZE 4096

/* What is in all that roomd says of it. */
#define ABOUT_STATE " power loss "

/* The first change is written after 3 s. */
#define WRITTEN_MS 3300

#define PATIENCE_MS 20000

#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define FRONT HALL "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nAlertIntervalSec=30\n"

static const char front[] = FRONT;
static const char front_last[] = FRONT "InitialState=last\n";

static int state_setup(void **state)
{
	setenv("STATE_DIRECTORY", FOLDER, 1);
	umount(FILE_PATH); /* after a test that failed */
	umount(FOLDER);
	run_program("rm", "-rf", FOLDER, NULL);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	return room_setup(state);
}

#define STATE_TEST(test) cmocka_unit_test_setup_teardown(test, state_setup, room_teardown)
#define STATE_BOARD_TEST(test) BOARD_TEST_WITH(test, state_setup, room_teardown)

/* --- the room -------------------------------------------------------------------------------- */

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
}

static void lose_power(struct room_fixture *room)
{
	process_clean_up(&room->roomd);
	sim_chip_pull(&room->chip, PIR_HALL, false);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
}

static void press(struct room_fixture *room)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 100);
}

static void expect_said(struct room_fixture *room, const char *words, unsigned times)
{
	const char *messages = process_messages(&room->roomd);
	unsigned n = 0;

	for (const char *m = messages; (m = strstr(m, words)); m++)
		n++;
	if (n != times)
		fail_msg("'%s' was said %u times and not %u: %s", words, n, times, messages);
}

static const char *state_text(void)
{
	static char text[TEXT_SIZE];

	file_read(text, sizeof text, FILE_PATH);
	return text;
}

/* Within its time, which is virtual; on a board, in the end. */
static void expect_state_has(const char *words)
{
	for (int ms = 0; !kernel_is_uml() && ms < PATIENCE_MS && !strstr(state_text(), words); ms += 10)
		let_pass_ms(10);
	if (!strstr(state_text(), words))
		fail_msg("no '%s' in: %s", words, state_text());
}

static void put(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* A whole state with this body. */
static void put_state(const char *body)
{
	uint32_t crc = UINT32_MAX;
	char text[TEXT_SIZE];

	for (const char *c = body; *c; c++) {
		crc ^= (unsigned char)*c;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc % 2 * 0xedb88320U);
	}
	snprintf(text, sizeof text, "roomd state 1 bytes=%zu crc32=%08" PRIx32 "\n%s", strlen(body), ~crc,
	         body);
	put(FILE_PATH, text, strlen(text));
}

/* --- what comes back ------------------------------------------------------------------------- */

static void test_last_state(void **state)
{
	struct room_fixture *room = *state;

	start(room, front_last);
	room_expect_level(room, LOCK_LED, true); /* there is no last one: locked */
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	lose_power(room);
	expect_state_has("\"locked\":false");
	trace_clear();
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));

	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	lose_power(room);
	start(room, front_last);
	room_expect_level(room, LOCK_LED, true);
}

/* The LED is requested with the state that was, and never shows another one. */
static void test_output_is_requested_with_it(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[8];

	put_state("{\"DoorLock front\":{\"locked\":false,\"alert\":false}}");
	trace_clear();
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(room_sets(room, LOCK_LED, sets, ELEMENTS(sets)), 1);
	assert_int_equal(sets[0].value, 0);
}

static void test_orderly_end_is_written_at_once(void **state)
{
	struct room_fixture *room = *state;

	start(room, front_last);
	press(room);
	assert_int_equal(access(FILE_PATH, F_OK), -1);
	process_stop_at_once(&room->roomd);
	expect_state_has("\"locked\":false");
	process_clean_up(&room->roomd);
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
}

static void test_initial_state_comes_first(void **state)
{
	struct room_fixture *room = *state;

	put_state("{\"DoorLock front\":{\"locked\":false,\"alert\":false}}");
	start(room, front);
	room_expect_level(room, LOCK_LED, true);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":true"); /* what holds now */
}

static void test_open_alert(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[64];

	start(room, front);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	lose_power(room);

	trace_clear();
	start(room, front);
	process_let_pass_ms(&room->roomd, 5000);
	assert_in_range(room_sets(room, LOCK_LED, sets, ELEMENTS(sets)), 19, 22); /* it blinks */
	press(room);
	assert_int_equal(process_count(&room->roomd, "lock_acknowledged", "front"), 1);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	lose_power(room);

	trace_clear();
	start(room, front);
	process_let_pass_ms(&room->roomd, 5000);
	assert_int_equal(room_sets(room, LOCK_LED, sets, ELEMENTS(sets)), 1);
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
}

#define LIGHT HALL "[LightController hall]\nLine=LIGHT_RELAY\n"

static void start_with_light(struct room_fixture *room, unsigned mode, int64_t seconds)
{
	uint64_t now_usec = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
	char body[256];

	snprintf(body, sizeof body,
	         "{\"LightController hall\":{\"manual_until_usec\":%" PRIu64 ",\"mode\":%u}}",
	         seconds ? now_usec + (uint64_t)(seconds * 1000000) : 0, mode);
	put_state(body);
	start(room, LIGHT);
}

static void test_light_by_hand(void **state)
{
	struct room_fixture *room = *state;

	start_with_light(room, 2, 0);
	process_let_pass_ms(&room->roomd, 3600 * 1000);
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	lose_power(room);

	start_with_light(room, 2, 60);
	process_let_pass_ms(&room->roomd, 55000);
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	process_let_pass_ms(&room->roomd, 10000);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"mode\":0");
	lose_power(room);

	start_with_light(room, 2, -1);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	lose_power(room);

	start_with_light(room, 77, 60);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
}

/* --- when it is written ---------------------------------------------------------------------- */

static int watch_folder(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	assert_true(inotify_add_watch(fd, FOLDER, IN_MOVED_TO | IN_CREATE) >= 0);
	return fd;
}

/* How often the file was replaced, and how often anything else happened in the folder. */
static unsigned count_replaced(int watch, unsigned *ret_created)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	unsigned replaced = 0;
	ssize_t n;

	*ret_created = 0;
	while ((n = read(watch, buffer, sizeof buffer)) > 0)
		for (ssize_t at = 0; at < n;) {
			const void *next = buffer + at;
			const struct inotify_event *event = next;

			if (event->mask & IN_MOVED_TO && strcmp(event->name, STATE_FILE) == 0)
				replaced++;
			else
				++*ret_created;
			at += (ssize_t)sizeof *event + (ssize_t)event->len;
		}
	return replaced;
}

static void test_once_for_a_burst(void **state)
{
	struct room_fixture *room = *state;
	unsigned created;
	int watch;

	start(room, front);
	process_let_pass_ms(&room->roomd, 10000);
	watch = watch_folder();
	for (int i = 0; i < 13; i++) /* 2.6 s */
		press(room);
	assert_int_equal(count_replaced(watch, &created), 0);
	assert_int_equal(created, 0);
	process_let_pass_ms(&room->roomd, 60000);
	assert_int_equal(count_replaced(watch, &created), 1);
	assert_int_equal(created, 1); /* the new file */
	expect_state_has("\"locked\":false");

	/* Changes that go on do not put it off; each time it is back again for 0.2 s only. */
	press(room);
	for (int i = 0; i < 4; i++) {
		press(room);
		press(room);
		process_let_pass_ms(&room->roomd, 700);
	}
	assert_int_equal(count_replaced(watch, &created), 1);
	close(watch);
}

static void test_nothing_changed_nothing_written(void **state)
{
	struct room_fixture *room = *state;
	unsigned created;
	int watch;

	start(room, LIGHT "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n");
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
	expect_state_has("\"LightController hall\"");
	watch = watch_folder();
	start(room, LIGHT "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\n");
	for (int i = 0; i < 100; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_let_pass_ms(&room->roomd, 10000);
	}
	assert_int_equal(process_count(&room->roomd, "light_on", "hall"), 1);
	process_stop(&room->roomd);
	assert_int_equal(count_replaced(watch, &created), 0);
	assert_int_equal(created, 0);
	close(watch);
}

/* Changed, and back again before it was written. */
static void test_changed_and_back(void **state)
{
	struct room_fixture *room = *state;
	unsigned created;
	int watch;

	start(room, front);
	process_let_pass_ms(&room->roomd, 10000);
	watch = watch_folder();
	press(room);
	press(room);
	process_let_pass_ms(&room->roomd, 10000);
	process_stop(&room->roomd);
	assert_int_equal(count_replaced(watch, &created), 0);
	assert_int_equal(created, 0);
	close(watch);
}

static void test_nothing_to_keep(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL);
	process_let_pass_ms(&room->roomd, 10000);
	process_stop(&room->roomd);
	assert_int_equal(access(FILE_PATH, F_OK), -1);
	expect_said(room, ABOUT_STATE, 0);
}

/* --- other components ------------------------------------------------------------------------ */

static void reload(struct room_fixture *room, const char *config)
{
	process_reload(&room->roomd, config);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
}

/* Ten times as much to keep as at the start, and a tenth again. */
static void test_components_come_and_go(void **state)
{
	struct room_fixture *room = *state;
	char config[2048] = LIGHT;

	start(room, LIGHT);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	for (int i = 1; i < 10; i++)
		snprintf(config + strlen(config), sizeof config - strlen(config),
		         "[LightController more-%d]\nLine=NOWHERE_%d\n", i, i);
	reload(room, config);
	expect_state_has("\"LightController hall\"");
	expect_state_has("\"LightController more-9\"");
	reload(room, LIGHT);
	expect_state_has("\"LightController hall\"");
	assert_null(strstr(state_text(), "more"));
}

/* A room that has nothing to keep when it starts, and nothing in the end. */
static void test_lock_that_comes_later(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	assert_int_equal(access(FILE_PATH, F_OK), -1);
	reload(room, front_last);
	expect_state_has("\"locked\":true");
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	lose_power(room);
	expect_state_has("\"locked\":false");
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
	reload(room, HALL);
	assert_null(strstr(state_text(), "DoorLock"));
	expect_said(room, ABOUT_STATE, 0);
}

/* One for another, with the same values. */
static void test_component_of_another_name(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL "[DoorLock front]\nLedLine=LOCK_LED\n");
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	reload(room, HALL "[DoorLock back]\nLedLine=LOCK_LED\n");
	expect_state_has("\"DoorLock back\"");
	assert_null(strstr(state_text(), "front"));
}

/* --- files that cannot be used --------------------------------------------------------------- */

static void make_cut(void)
{
	char text[TEXT_SIZE];

	put_state("{\"DoorLock front\":{\"locked\":false,\"alert\":false}}");
	file_read(text, sizeof text, FILE_PATH);
	put(FILE_PATH, text, strlen(text) - 1);
}

static void make_empty(void)
{
	put(FILE_PATH, "", 0);
}

static void make_random(void)
{
	char bytes[3000];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * i * 7919 >> 3);
	put(FILE_PATH, bytes, sizeof bytes);
}

static void make_folder(void)
{
	assert_return_code(mkdir(FILE_PATH, 0700), errno);
}

static void make_pipe(void)
{
	assert_return_code(mkfifo(FILE_PATH, 0600), errno);
}

static void make_link(void)
{
	assert_return_code(symlink("/etc/passwd", FILE_PATH), errno);
}

static void make_later_version(void)
{
	static const char text[] = "roomd state 2 sha256=0\nlocked=no\n";

	put(FILE_PATH, text, strlen(text));
}

static void make_huge(void)
{
	put(FILE_PATH, "", 0);
	assert_return_code(truncate(FILE_PATH, (off_t)1 << 30), errno);
}

static void test_files_that_cannot_be_used(void **state)
{
	static const struct {
		void (*make)(void);
		const char *why;
	} rows[] = {
		{ make_cut, "was cut short or changed: its checksum is wrong" },
		{ make_empty, "is empty" },
		{ make_random, "is not a state of roomd" },
		{ make_folder, "is not a file" },
		{ make_pipe, "is not a file" },
		{ make_link, "cannot be read: Too many levels of symbolic links" },
		{ make_later_version, "is of another version of roomd" },
		{ make_huge, "is not a state of roomd: it is too long" },
	};
	struct room_fixture *room = *state;
	char words[256], path[64];
	struct stat before, after;

	for (unsigned i = 0; i < ELEMENTS(rows); i++) {
		rows[i].make();
		assert_return_code(lstat(FILE_PATH, &before), errno);
		start(room, front_last);
		snprintf(
			words, sizeof words,
			"warning: the state from before the power loss cannot be used, the room starts with its defaults: "
			"%s %s; it was renamed to state.damaged-%u",
			FILE_PATH, rows[i].why, i + 1);
		expect_said(room, words, 1);
		expect_said(room, ABOUT_STATE, 1);
		snprintf(path, sizeof path, DAMAGED_PATH "%u", i + 1);
		assert_return_code(lstat(path, &after), errno);
		assert_int_equal(before.st_ino, after.st_ino);
		assert_int_equal(before.st_size, after.st_size);
		snprintf(path, sizeof path, DAMAGED_PATH "%d", (int)i + 1 - STATE_DAMAGED_MAX);
		assert_int_equal(access(path, F_OK), -1);

		room_expect_level(room, LOCK_LED, true);
		press(room);
		assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
		process_let_pass_ms(&room->roomd, WRITTEN_MS);
		lose_power(room);
		start(room, front_last);
		process_let_pass_ms(&room->roomd, 1000);
		assert_false(sim_chip_level(&room->chip, LOCK_LED));
		expect_said(room, ABOUT_STATE, 0);
		lose_power(room);
		unlink(FILE_PATH);
	}
}

/* Runs roomd by this script, which ends with the call of roomd; $ROOMD is put back by end_wrapper(). */
static void begin_wrapper(const char *script)
{
	static const char path[] = "/tmp/roomd-wrapper";

	setenv("REAL_ROOMD", getenv("ROOMD"), 1);
	setenv("ROOMD", path, 1);
	put(path, script, strlen(script));
	chmod(path, 0755);
}

static void end_wrapper(void)
{
	setenv("ROOMD", getenv("REAL_ROOMD"), 1);
}

/* Left by a roomd that root ran by hand, in the folder of the service. */
static void test_file_of_somebody_else(void **state)
{
	struct room_fixture *room = *state;
	struct stat st;
	char chip[64];

	put_state("{\"DoorLock front\":{\"locked\":false,\"alert\":false}}");
	assert_return_code(chown(FOLDER, 1000, 1000), errno);
	snprintf(chip, sizeof chip, "/dev/%s", room->chip.device);
	assert_return_code(chmod(chip, 0666), errno);
	begin_wrapper("#!/bin/sh\nchmod -R a+rX \"${2%/*}\"\n"
	              "exec setpriv --reuid=1000 --regid=1000 --clear-groups \"$REAL_ROOMD\" \"$@\"\n");
	start(room, front_last);
	end_wrapper();
	expect_said(room, FILE_PATH " cannot be read: Permission denied; it was renamed to state.damaged-1",
	            1);
	room_expect_level(room, LOCK_LED, true);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":true");
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);

	/* And root leaves one that the service can read. */
	start(room, front_last);
	press(room);
	process_stop(&room->roomd);
	assert_return_code(stat(FILE_PATH, &st), errno);
	assert_int_equal(st.st_uid, 1000);
	assert_int_equal(st.st_gid, 1000);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect_state_has("\"locked\":false");
}

/* A mount point cannot be renamed: it stays, until it can. */
static void test_cannot_be_set_aside(void **state)
{
	struct room_fixture *room = *state;

	make_folder();
	assert_return_code(mount("none", FILE_PATH, "tmpfs", 0, NULL), errno);
	start(room, front_last);
	expect_said(room,
	            FILE_PATH " is not a file; it cannot be set aside: Device or resource busy, and nothing "
	                      "is written over it",
	            1);
	press(room);
	process_let_pass_ms(&room->roomd, 600 * 1000);
	expect_said(room, ABOUT_STATE, 1);
	assert_return_code(umount(FILE_PATH), errno);
	process_let_pass_ms(&room->roomd, 60 * 1000);
	expect_said(room,
	            "roomd: the state that survives power loss is kept in " FOLDER
	            " again; the file that was there is now called state.damaged-1",
	            1);
	expect_said(room, ABOUT_STATE, 2);
	expect_state_has("\"locked\":false");
}

/* --- disks that fail ------------------------------------------------------------------------- */

static void expect_kept_again(struct room_fixture *room)
{
	process_let_pass_ms(&room->roomd, 60 * 1000);
	expect_said(room, "roomd: the state that survives power loss is kept in " FOLDER " again", 1);
	expect_state_has("\"locked\":false");
	/* As at first: the next change is written soon. */
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":true");
	process_stop(&room->roomd);
	expect_said(room, ABOUT_STATE, 2);
	assert_return_code(umount(FOLDER), errno);
}

/* Room for the state and for a new one. */
static void test_disk_full(void **state)
{
	struct room_fixture *room = *state;
	char filler[4096] = { 0 }, old[TEXT_SIZE];

	assert_return_code(mount("none", FOLDER, "tmpfs", 0, "size=8192"), errno);
	start(room, front_last);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	strcpy(old, state_text());
	put(FOLDER "/filler", filler, sizeof filler);
	press(room);
	process_let_pass_ms(&room->roomd, 600 * 1000);
	expect_said(room,
	            "warning: the state that survives power loss cannot be kept in " FOLDER
	            ": No space left on device",
	            1);
	expect_said(room, ABOUT_STATE, 1);
	assert_string_equal(state_text(), old);
	assert_int_equal(access(FILE_NEW_PATH, F_OK), -1);
	unlink(FOLDER "/filler");
	expect_kept_again(room);
}

static void test_read_only_disk(void **state)
{
	struct room_fixture *room = *state;
	char old[TEXT_SIZE];

	assert_return_code(mount("none", FOLDER, "tmpfs", 0, NULL), errno);
	start(room, front_last);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	strcpy(old, state_text());
	assert_return_code(mount("none", FOLDER, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), errno);
	press(room);
	process_let_pass_ms(&room->roomd, 600 * 1000);
	expect_said(room, "cannot be kept in " FOLDER ": Read-only file system", 1);
	assert_string_equal(state_text(), old);
	assert_return_code(mount("none", FOLDER, "tmpfs", MS_REMOUNT, NULL), errno);
	expect_kept_again(room);
}

/* --- where ----------------------------------------------------------------------------------- */

static void test_no_folder(void **state)
{
	struct room_fixture *room = *state;

	unsetenv("STATE_DIRECTORY");
	start(room, front_last);
	expect_said(room, "roomd: nothing is kept over power loss: /var/lib/roomd: ", 1);
	process_let_pass_ms(&room->roomd, 10000);
	press(room);
	process_stop(&room->roomd);
	expect_said(room, " power loss", 1);
}

static void test_no_folder_and_nothing_to_keep_yet(void **state)
{
	struct room_fixture *room = *state;

	unsetenv("STATE_DIRECTORY");
	start(room, HALL);
	expect_said(room, " power loss", 0);
	for (int i = 0; i < 2; i++)
		reload(room, front_last);
	press(room);
	process_stop(&room->roomd);
	expect_said(room, " power loss", 1);
}

static void test_folder_of_the_command_line(void **state)
{
	struct room_fixture *room = *state;

	setenv("STATE_DIRECTORY", "/tmp/roomd-none", 1);
	begin_wrapper("#!/bin/sh\nexec \"$REAL_ROOMD\" --state-directory " FOLDER " \"$@\"\n");
	start(room, front_last);
	end_wrapper();
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":true");
	expect_said(room, ABOUT_STATE, 0);
}

/* One that is asked for and not there is missed, and taken when it comes. */
static void test_folder_that_comes_late(void **state)
{
	struct room_fixture *room = *state;

	assert_return_code(rmdir(FOLDER), errno);
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 600 * 1000);
	expect_said(room,
	            "warning: the state that survives power loss cannot be kept in " FOLDER
	            ": No such file or directory",
	            1);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	process_let_pass_ms(&room->roomd, 60 * 1000);
	expect_said(room, "is kept in " FOLDER " again", 1);
	expect_state_has("\"locked\":true");
}

/* It may have been written by the room as it was, and was not to be read until now. */
static void test_folder_that_comes_late_with_a_state(void **state)
{
	static const char old[] = "{\"DoorLock front\":{\"locked\":false,\"alert\":false}}";
	struct room_fixture *room = *state;
	char text[TEXT_SIZE];

	put_state(old);
	assert_return_code(rename(FOLDER, FOLDER "-unplugged"), errno);
	assert_return_code(symlink(FOLDER "-unplugged/none", FOLDER), errno);
	start(room, front_last);
	expect_said(room, "cannot be kept in " FOLDER ": No such file or directory", 1);
	assert_return_code(unlink(FOLDER), errno);
	assert_return_code(rename(FOLDER "-unplugged", FOLDER), errno);
	process_let_pass_ms(&room->roomd, 60 * 1000);
	expect_said(room, "is kept in " FOLDER " again; the file that was there is now called state.damaged-1", 1);
	expect_state_has("\"locked\":true");
	file_read(text, sizeof text, DAMAGED_PATH "1");
	assert_non_null(strstr(text, old));
}

/* Its place is what counts, whatever was there at the start. */
static void test_folder_becomes_another(void **state)
{
	struct room_fixture *room = *state;

	start(room, front_last);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	assert_return_code(rename(FOLDER, FOLDER "-before"), errno);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":false");
	expect_said(room, ABOUT_STATE, 0);

	/* One that has a state: a backup was put back, a disk was mounted. */
	assert_return_code(rename(FOLDER, FOLDER "-between"), errno);
	assert_return_code(rename(FOLDER "-before", FOLDER), errno);
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_state_has("\"locked\":true");
	expect_said(room, "is kept in " FOLDER " again; the file that was there is now called state.damaged-1", 1);

	/* It is gone for some time. */
	run_program("rm", "-r", FOLDER, NULL);
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	expect_said(room, "cannot be kept in " FOLDER ": No such file or directory", 1);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	process_let_pass_ms(&room->roomd, 60 * 1000);
	expect_state_has("\"locked\":false");
	expect_said(room, "is kept in " FOLDER " again", 2);
}

/* The machine starts with a configuration that the power's end has emptied: what the room had is still there
 * when the configuration is back. */
static void test_empty_configuration(void **state)
{
	struct room_fixture *room = *state;

	put_state("{\"DoorLock front\":{\"locked\":false,\"alert\":false}}");
	process_start(&room->roomd, "");
	process_let_pass_ms(&room->roomd, 60 * 1000);
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
	expect_state_has("\"locked\":false");
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
}

/* --- system calls ---------------------------------------------------------------------------- */

#define STRACE_OUTPUT "/tmp/state-strace"

/* Only calls on the state's folder and files, which are the writer's. `inject` may be NULL. */
static pid_t strace_state(pid_t target, const char *inject)
{
	unlink(STRACE_OUTPUT);
	return strace_start(target, STRACE_OUTPUT, "-f", "-P", FOLDER, "-P", FILE_PATH, "-P", FILE_NEW_PATH,
	                    inject ? "-e" : NULL, inject, NULL);
}

/* All that the writer does, in its order: the new file is on the disk before it has the name, and the name
 * before anybody is told. What strace counts is calls of one name. */
static const struct {
	const char *name; /* or the end of it: newfstatat, fstat */
	unsigned number;
} writer_calls[] = {
	{ "fstat", 1 },    { "fstat", 2 }, /* is it still the folder? */
	{ "unlinkat", 1 }, { "openat", 1 }, { "fstat", 3 },    { "write", 1 },
	{ "fsync", 1 },    { "close", 1 },  { "renameat", 1 }, { "fsync", 2 },
};

#define RENAME_CALL 8

/* How many strace has seen so far: it writes a line for each when it has ended. */
static size_t count_calls(void)
{
	char trace[8192];
	size_t n = 0;

	file_read(trace, sizeof trace, STRACE_OUTPUT);
	for (const char *s = trace; (s = strstr(s, ") = ")); s++)
		n++;
	return n;
}

static void test_order_of_calls(void **state)
{
	struct room_fixture *room = *state;
	char trace[8192];
	size_t n = 0;
	pid_t strace;

	if (PROCESS_IS_INSTRUMENTED)
		return; /* what instruments it makes calls of its own */
	start(room, front_last);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	strace = strace_state(room->roomd.pid, NULL);
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	for (int i = 0; i < 600 && count_calls() < ELEMENTS(writer_calls); i++)
		process_let_pass_ms(&room->roomd, 100);
	strace_stop(strace);
	expect_state_has("\"locked\":false");

	file_read(trace, sizeof trace, STRACE_OUTPUT);
	for (char *line = trace, *end; (end = strchr(line, '\n')); line = end + 1) {
		char *arguments = memchr(line, '(', (size_t)(end - line));

		if (!arguments)
			continue;
		*arguments = '\0';
		if (n == ELEMENTS(writer_calls) || !strstr(line, writer_calls[n++].name))
			fail_msg("call %zu is %s", n, line);
	}
	assert_int_equal(n, ELEMENTS(writer_calls));
}

/* True if it ended within some seconds. */
static bool ends(struct room_fixture *room)
{
	for (int i = 0; i < 600; i++) {
		if (waitpid(room->roomd.pid, NULL, WNOHANG) == room->roomd.pid) {
			room->roomd.pid = 0;
			return true;
		}
		let_pass_ms(10);
	}
	return false;
}

/* The power goes when the writer makes this call, before the call is carried out. */
static void cut_at_call(struct room_fixture *room, size_t i, const char *old, const char *new)
{
	const char *expected = i <= RENAME_CALL ? old : new;
	char inject[64];
	pid_t strace;

	put(FILE_PATH, old, strlen(old));
	start(room, front_last);
	snprintf(inject, sizeof inject, "inject=/%s:signal=KILL:when=%u", writer_calls[i].name,
	         writer_calls[i].number);
	strace = strace_state(room->roomd.pid, inject);
	press(room);
	if (!ends(room))
		fail_msg("not cut at %s %u", writer_calls[i].name, writer_calls[i].number);
	strace_stop(strace);
	lose_power(room);
	if (strncmp(state_text(), expected, strlen(expected) - 1) != 0)
		fail_msg("cut at %s %u: %s", writer_calls[i].name, writer_calls[i].number, state_text());
}

/* What was left of the new file is no hindrance. */
static void expect_goes_on(struct room_fixture *room, bool locked)
{
	start(room, front_last);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(sim_chip_level(&room->chip, LOCK_LED), locked);
	press(room);
	process_stop_at_once(&room->roomd);
	expect_said(room, ABOUT_STATE, 0);
	expect_state_has(locked ? "\"locked\":false" : "\"locked\":true");
	assert_int_equal(access(FILE_NEW_PATH, F_OK), -1);
	lose_power(room);
}

static void test_power_loss_at_every_call(void **state)
{
	struct room_fixture *room = *state;
	char old[TEXT_SIZE + 2], new[TEXT_SIZE + 2];

	start(room, front_last);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	snprintf(old, sizeof old, "%s\n", state_text());
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	snprintf(new, sizeof new, "%s\n", state_text());
	lose_power(room);
	for (size_t i = 0; i < ELEMENTS(writer_calls); i++) {
		cut_at_call(room, i, old, new);
		expect_goes_on(room, i <= RENAME_CALL);
	}
}

/* The lines are free at once; the disk is waited for for 5 s. */
static void end_without_disk(struct room_fixture *room)
{
	uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

	kill(room->roomd.pid, SIGTERM);
	process_let_pass_ms(&room->roomd, 500);
	run_program("gpioget", "--numeric", "--chip", room->chip.device, "0", "1", "2", "3", NULL);
	while (!strstr(process_messages(&room->roomd), "the disk does not answer"))
		let_pass_ms(10);
	assert_in_range((clock_now_ns(CLOCK_MONOTONIC) - begin_ns) / 1000000, 4900, 5500);
}

/* A disk that takes a minute holds up neither the room nor, beyond 5 s, its end. */
static void test_slow_disk(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;
	struct trace_record sets[8];
	pid_t strace;

	start(room, LIGHT "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nMotion=hall\n");
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	strace = strace_state(room->roomd.pid, "inject=fsync:delay_enter=60000000");
	press(room);
	process_let_pass_ms(&room->roomd, WRITTEN_MS);
	assert_return_code(access(FILE_NEW_PATH, F_OK), errno); /* it is at it */
	trace_clear();
	sim_chip_pull(&room->chip, PIR_HALL, true);
	event = process_wait(&room->roomd, "light_on", "hall");
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, ELEMENTS(sets)), 1);
	assert_in_range(sets[0].monotonic_us - event->monotonic_ns / 1000, 0, 1000);

	if (!PROCESS_IS_INSTRUMENTED)
		end_without_disk(room);
	/* strace would hold the thread, and with it the process, for the rest of the minute. */
	kill(strace, SIGKILL);
	waitpid(strace, NULL, 0);
	process_stop(&room->roomd);
	expect_said(room, "cannot be kept in " FOLDER ": the disk does not answer", !PROCESS_IS_INSTRUMENTED);
	expect_said(room, ABOUT_STATE, !PROCESS_IS_INSTRUMENTED);
}

static const struct CMUnitTest tests[] = {
	STATE_BOARD_TEST(test_last_state),
	STATE_BOARD_TEST(test_output_is_requested_with_it),
	STATE_BOARD_TEST(test_orderly_end_is_written_at_once),
	STATE_TEST(test_initial_state_comes_first),
	STATE_TEST(test_open_alert),
	STATE_TEST(test_light_by_hand),
	STATE_TEST(test_once_for_a_burst),
	STATE_TEST(test_nothing_changed_nothing_written),
	STATE_TEST(test_changed_and_back),
	STATE_TEST(test_nothing_to_keep),
	STATE_TEST(test_components_come_and_go),
	STATE_TEST(test_lock_that_comes_later),
	STATE_TEST(test_component_of_another_name),
	STATE_TEST(test_files_that_cannot_be_used),
	STATE_TEST(test_file_of_somebody_else),
	STATE_TEST(test_cannot_be_set_aside),
	STATE_TEST(test_disk_full),
	STATE_TEST(test_read_only_disk),
	STATE_TEST(test_no_folder),
	STATE_TEST(test_no_folder_and_nothing_to_keep_yet),
	STATE_BOARD_TEST(test_folder_of_the_command_line),
	STATE_TEST(test_folder_that_comes_late),
	STATE_TEST(test_folder_that_comes_late_with_a_state),
	STATE_TEST(test_folder_becomes_another),
	STATE_TEST(test_empty_configuration),
	STATE_BOARD_TEST(test_order_of_calls),
	STATE_TEST(test_power_loss_at_every_call),
	STATE_TEST(test_slow_disk),
};

RUN_TESTS(tests)
