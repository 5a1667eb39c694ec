/* Events and messages that go to files on a disk that becomes full, and has room again: on virtual time, on a
 * tmpfs of two pages. */
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "room-fixture.h"
#include "tap-main.h"

#define FOLDER "/tmp/full-disk"
#define EVENTS FOLDER "/events"
#define MESSAGES FOLDER "/messages"
#define FILLER FOLDER "/filler"

#define PAGE 4096
#define BACK_OFF_MS (61 * 1000)
#define RING 1024 /* events that the hub keeps */

/* Tmpfs takes a line up to the end of its page, which is half a line. The pipe of the fixture stays open: its
 * end is roomd's. */
#define PRINT "exec \"$@\" --print-events 9>&1 "
static const char *const appended[] = { "sh", "-c", PRINT ">>" EVENTS, "sh", NULL };
static const char *const written[] = { "sh", "-c", PRINT ">" EVENTS, "sh", NULL };
static const char *const messages[] = { "sh", "-c", "exec \"$@\" 2>>" MESSAGES, "sh", NULL };

static const char hall[] = "[MotionSensor hall]\nLine=PIR_HALL\n";

static int setup(void **state)
{
	mkdir(FOLDER, 0755);
	if (mount("none", FOLDER, "tmpfs", 0, "size=8192") < 0)
		return -1;
	return room_setup(state);
}

static int teardown(void **state)
{
	int r = room_teardown(state);

	umount2(FOLDER, MNT_DETACH);
	return r;
}

static void fill(void)
{
	static const char page[PAGE];
	FILE *file = fopen(FILLER, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(page, 1, sizeof page, file), sizeof page);
	assert_int_equal(fclose(file), 0);
}

static void start(struct room_fixture *room, const char *const *wrapper)
{
	const struct process_options options = { .wrapper = wrapper, .silent = true, .log_level = "debug" };

	process_start_with(&room->roomd, hall, &options);
	process_let_pass_ms(&room->roomd, 1000);
}

static void move(struct room_fixture *room, unsigned edges)
{
	for (unsigned i = 0; i < edges; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, !sim_chip_level(&room->chip, PIR_HALL));
		process_let_pass_ms(&room->roomd, 20);
	}
}

static size_t size_of(const char *path)
{
	struct stat st;

	assert_return_code(stat(path, &st), errno);
	return (size_t)st.st_size;
}

static size_t read_text(const char *path, char **ret)
{
	size_t length = size_of(path);
	char *text = calloc(1, length + 1);
	FILE *file = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(file);
	assert_int_equal(fread(text, 1, length, file), length);
	fclose(file);
	*ret = text;
	return length;
}

struct found {
	unsigned long told, lost;
	uint64_t first, last; /* serial numbers */
};

/* Whole lines, each JSON, whose serial numbers go on, but for what is said to be lost. */
static struct found read_events(void)
{
	struct found found = { 0 };
	char *text;
	size_t length = read_text(EVENTS, &text), lines = 0;

	assert_int_equal(strlen(text), length); /* no hole */
	assert_int_equal(text[length - 1], '\n');
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		struct json_object *object = json_tokener_parse(line), *member;
		uint64_t serial;

		if (!object)
			fail_msg("not an object: %s", line);
		if (json_object_object_get_ex(object, "serial", &member)) {
			serial = json_object_get_uint64(member);
			if (found.told++ == 0)
				found.first = found.last = serial - 1;
			if (serial != found.last + 1)
				fail_msg("after %ju: %s", (uintmax_t)found.last, line);
			found.last = serial;
		} else {
			assert_true(json_object_object_get_ex(object, "count", &member));
			found.lost += json_object_get_uint64(member);
			found.last += json_object_get_uint64(member);
		}
		json_object_put(object);
	}
	free(text);
	return found;
}

static void expect_said(struct room_fixture *room, const char *part, unsigned times)
{
	const char *said = process_messages(&room->roomd);
	unsigned n = 0;

	for (const char *s = said; (s = strstr(s, part)); s++)
		n++;
	if (n != times)
		fail_msg("%u times, not %u: '%s' in:\n%s", n, times, part, said);
}

/* Until the disk is full, and some more, which the hub keeps. */
static void fill_with_events(struct room_fixture *room)
{
	fill();
	for (int i = 0; i < 60 && !strstr(process_messages(&room->roomd), "events cannot be written"); i++)
		move(room, 1);
	move(room, 10);
	assert_in_range(size_of(EVENTS), PAGE / 2, PAGE);
	expect_said(room, "warning: events cannot be written", 1);
}

static void test_events_go_on_when_there_is_room(void **state)
{
	struct room_fixture *room = *state;
	struct found before, after;

	start(room, appended);
	fill_with_events(room);
	before = read_events(); /* no half line, while it is full */
	unlink(FILLER);
	process_let_pass_ms(&room->roomd, BACK_OFF_MS);
	expect_said(room, "events are written again", 1);
	after = read_events();
	assert_int_equal(after.lost, 0);
	assert_true(after.told > before.told + 10);
	move(room, 2);
	assert_int_equal(read_events().told, after.told + 2);
	expect_said(room, "events cannot be written", 1);
}

/* What the hub has no room for is counted. */
static void test_missing_events_are_counted(void **state)
{
	struct room_fixture *room = *state;
	struct found before, after;

	start(room, appended);
	fill_with_events(room);
	before = read_events();
	move(room, RING + 50);
	assert_int_equal(read_events().told, before.told);
	/* All that is kept has to have room. */
	assert_return_code(mount("none", FOLDER, "tmpfs", MS_REMOUNT, "size=1m"), errno);
	process_let_pass_ms(&room->roomd, BACK_OFF_MS);
	after = read_events();
	assert_true(after.lost >= 50);
	assert_in_range(after.told, before.told + RING, before.told + RING + 1);
	assert_int_equal(after.last - after.first, after.told + after.lost);
}

/* With the beginning of the file, as a shell's ">" has it, an emptied file would get a hole. */
static void expect_whole_lines_after_emptying(struct room_fixture *room, const char *const *wrapper)
{
	struct found after;

	start(room, wrapper);
	fill_with_events(room);
	assert_return_code(truncate(EVENTS, 0), errno);
	process_let_pass_ms(&room->roomd, BACK_OFF_MS);
	after = read_events();
	assert_in_range(after.told, 10, 14);
	assert_int_equal(after.lost, 0);
}

static void test_file_that_is_emptied(void **state)
{
	expect_whole_lines_after_emptying(*state, appended);
}

static void test_written_file_that_is_emptied(void **state)
{
	expect_whole_lines_after_emptying(*state, written);
}

/* One that ends while the disk is full leaves whole lines to whoever appends after it. */
static void test_end_on_a_full_disk(void **state)
{
	struct room_fixture *room = *state;

	start(room, appended);
	fill_with_events(room);
	process_stop(&room->roomd);
	read_events();
}

/* A limit of the file's size, which is a signal as well as an error. */
static void test_file_that_may_not_grow(void **state)
{
	const struct rlimit page = { PAGE, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	struct room_fixture *room = *state;
	struct found before;

	start(room, appended);
	assert_return_code(prlimit(room->roomd.pid, RLIMIT_FSIZE, &page, NULL), errno);
	fill_with_events(room);
	expect_said(room, "events cannot be written: File too large", 1);
	before = read_events();
	assert_return_code(prlimit(room->roomd.pid, RLIMIT_FSIZE, &none, NULL), errno);
	unlink(FILLER);
	process_let_pass_ms(&room->roomd, BACK_OFF_MS);
	assert_true(read_events().told > before.told + 10);
}

/* What a sanitizer does meanwhile is counted, too. */
#define SWITCHES_EACH (PROCESS_IS_INSTRUMENTED ? 2 : 1)

/* An hour without room, in which nobody moves: no more than a try a minute. */
static void test_wake_ups_while_there_is_no_room(void **state)
{
	struct room_fixture *room = *state;
	unsigned long before;

	start(room, appended);
	fill_with_events(room);
	process_let_pass_ms(&room->roomd, 2 * BACK_OFF_MS);
	before = process_count_switches(&room->roomd);
	process_let_pass_ms(&room->roomd, 3600 * 1000);
	assert_in_range(process_count_switches(&room->roomd) - before, 59, 62 * SWITCHES_EACH);
	unlink(FILLER);
	process_let_pass_ms(&room->roomd, BACK_OFF_MS);
	before = process_count_switches(&room->roomd);
	process_let_pass_ms(&room->roomd, 3600 * 1000);
	assert_in_range(process_count_switches(&room->roomd) - before, 0, 1);
}

/* Messages wait for nobody: they are dropped, and counted where they are missing. */
static void test_messages_go_on_when_there_is_room(void **state)
{
	struct room_fixture *room = *state;
	unsigned long dropped = 0, edges = 0;
	char *text, *count;

	start(room, messages);
	fill();
	for (; size_of(MESSAGES) < PAGE; edges++)
		move(room, 1);
	move(room, 10);
	unlink(FILLER);
	move(room, 1);
	read_text(MESSAGES, &text);
	count = strstr(text, " messages were dropped here");
	assert_non_null(count);
	while (count > text && count[-1] != ' ')
		count--;
	dropped = strtoul(count, NULL, 10);
	assert_in_range(dropped, 10, 12);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		for (const char *s = line + 1; (s = strstr(s, "roomd: ")); s++)
			fail_msg("glued: %s", line);
	free(text);
}

#define DISK_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	DISK_TEST(test_events_go_on_when_there_is_room),
	DISK_TEST(test_missing_events_are_counted),
	DISK_TEST(test_file_that_is_emptied),
	DISK_TEST(test_written_file_that_is_emptied),
	DISK_TEST(test_end_on_a_full_disk),
	DISK_TEST(test_file_that_may_not_grow),
	DISK_TEST(test_wake_ups_while_there_is_no_room),
	DISK_TEST(test_messages_go_on_when_there_is_room),
};

RUN_TESTS(tests)
