/* The report of events to a pipe: in whole lines, at the reader's speed, and without one. */
#define _GNU_SOURCE
#include "report/report.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture/event-types.h"
#include "helpers.h"
#include "util/clock.h"

#define CAPACITY 64

struct pipeline {
	sd_event *event;
	struct hub *hub;
	const struct hub_source *source;
	struct json_report *report;
	int read_fd, write_fd;
};

static int set_up(void **state)
{
	struct pipeline *pipeline = calloc(1, sizeof *pipeline);
	int fds[2];

	if (!pipeline || pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	*state = pipeline;
	pipeline->read_fd = fds[0];
	pipeline->write_fd = fds[1];
	/* So that it is full soon; one of a single page is not writable any more once there is a byte in it.
	 */
	fcntl(pipeline->write_fd, F_SETPIPE_SZ, 4 * sysconf(_SC_PAGESIZE));
	fcntl(pipeline->read_fd, F_SETFL, O_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
	if (sd_event_new(&pipeline->event) < 0 || hub_new(CAPACITY, &pipeline->hub) < 0 ||
	    hub_add_source(pipeline->hub, "MotionSensor", event_types_of("MotionSensor"), "hall", "Hall", &pipeline->source) < 0 ||
	    json_report_new(pipeline->event, pipeline->hub, pipeline->write_fd, &pipeline->report) < 0)
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	struct pipeline *pipeline = *state;

	json_report_free(pipeline->report);
	hub_free(pipeline->hub);
	sd_event_unref(pipeline->event);
	close(pipeline->read_fd);
	close(pipeline->write_fd);
	free(pipeline);
	return 0;
}

static void emit(struct pipeline *pipeline, unsigned n)
{
	while (n-- > 0) {
		struct event event = { .type = event_type_named("motion_detected"),
			               .source = pipeline->source,
			               .monotonic_ns = clock_now_ns(CLOCK_MONOTONIC) };

		assert_int_equal(hub_emit(pipeline->hub, &event), 0);
	}
}

/* What the event loop of the room does when it has nothing better to do. */
static void report_all(struct pipeline *pipeline)
{
	while (sd_event_run(pipeline->event, 0) > 0)
		;
	while (hub_dispatch_late(pipeline->hub, 10))
		;
}

/* Adds what is in the pipe to `text`, which has room for it. */
static void read_pipe(struct pipeline *pipeline, char *text, size_t size)
{
	size_t length = strlen(text);
	ssize_t n;

	while ((n = read(pipeline->read_fd, text + length, size - length - 1)) > 0)
		length += (size_t)n;
	text[length] = '\0';
}

/* How many events the lines tell of, one by one or as lost; `text` is taken apart. All serial numbers must be
 * there in order. */
static uint64_t count_events(char *text, uint64_t *ret_lost)
{
	uint64_t told = 0, lost = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct json_object *object = json_tokener_parse(line), *member;

		assert_non_null(object);
		if (json_object_object_get_ex(object, "serial", &member)) {
			told++;
			assert_true(json_object_get_uint64(member) == told + lost);
		} else {
			assert_true(json_object_object_get_ex(object, "count", &member));
			lost += json_object_get_uint64(member);
		}
		json_object_put(object);
	}
	*ret_lost = lost;
	return told;
}

static void test_lines(void **state)
{
	struct pipeline *pipeline = *state;
	char text[4096] = "";
	uint64_t lost;

	emit(pipeline, 3);
	read_pipe(pipeline, text, sizeof text);
	assert_string_equal(text, "");
	report_all(pipeline);
	read_pipe(pipeline, text, sizeof text);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_true(count_events(text, &lost) == 3);
	assert_true(lost == 0);
}

/* A slow reader holds nobody up, gets whole lines, and is told how many it missed. */
static void test_slow_reader(void **state)
{
	struct pipeline *pipeline = *state;
	char *text = calloc(1, 1 << 20);
	uint64_t told, lost;

	assert_non_null(text);
	for (unsigned i = 0; i < 20; i++) {
		emit(pipeline, CAPACITY);
		report_all(pipeline);
	}
	for (unsigned i = 0; i < 40; i++) {
		read_pipe(pipeline, text, 1 << 20);
		report_all(pipeline);
	}
	emit(pipeline, 1);
	report_all(pipeline);
	read_pipe(pipeline, text, 1 << 20);
	told = count_events(text, &lost);
	free(text);
	assert_true(lost > 0);
	assert_true(told > CAPACITY);
	assert_true(told + lost == 20 * CAPACITY + 1);
}

/* Leaves a line that cannot be written yet, and events that are lost behind it. */
static void fall_behind(struct pipeline *pipeline)
{
	struct pollfd writable = { .fd = pipeline->write_fd, .events = POLLOUT };

	while (poll(&writable, 1, 0) > 0) {
		emit(pipeline, 1);
		report_all(pipeline);
	}
	emit(pipeline, 1);
	report_all(pipeline);
	emit(pipeline, CAPACITY + 5);
	report_all(pipeline);
}

/* Ends the reader, emits, and counts the warnings about it. */
static unsigned warnings_without_reader(struct pipeline *pipeline, unsigned events)
{
	int log = memfd_create("log", MFD_CLOEXEC), saved = dup(STDERR_FILENO);
	char text[1024] = "";
	unsigned n = 0;

	close(pipeline->read_fd);
	pipeline->read_fd = -1;
	dup2(log, STDERR_FILENO);
	emit(pipeline, events);
	report_all(pipeline);
	emit(pipeline, 3);
	report_all(pipeline);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(log, text, sizeof text - 1, 0) >= 0);
	close(log);
	for (const char *s = text; (s = strstr(s, "cannot be written any more")); s++)
		n++;
	return n;
}

/* That a reader has gone is said once, and the room goes on. */
static void test_reader_gone(void **state)
{
	assert_int_equal(warnings_without_reader(*state, 3), 1);
}

static void test_slow_reader_gone(void **state)
{
	struct pipeline *pipeline = *state;

	fall_behind(pipeline);
	assert_int_equal(warnings_without_reader(pipeline, 3), 1);
}

/* Gone while it was ready for more, but had already missed some: the gap is what cannot be written. */
static void test_reader_gone_at_a_gap(void **state)
{
	assert_int_equal(warnings_without_reader(*state, CAPACITY + 5), 1);
}

/* A regular file cannot be waited for, and need not be. */
static void test_file(void **state)
{
	struct pipeline *pipeline = *state;
	_cleanup_(json_report_freep) struct json_report *report = NULL;
	char *text = calloc(1, 1 << 16);
	FILE *file = tmpfile();
	uint64_t lost;

	assert_non_null(text);
	assert_non_null(file);
	pipeline->report = json_report_free(pipeline->report);
	assert_int_equal(json_report_new(pipeline->event, pipeline->hub, fileno(file), &report), 0);
	emit(pipeline, CAPACITY + 5);
	report_all(pipeline);
	assert_true(pread(fileno(file), text, (1 << 16) - 1, 0) > 0);
	assert_true(count_events(text, &lost) == CAPACITY);
	assert_true(lost == 5);
	free(text);
	fclose(file);
}

#define in_pipeline(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_pipeline(test_lines),
		in_pipeline(test_slow_reader),
		in_pipeline(test_reader_gone),
		in_pipeline(test_slow_reader_gone),
		in_pipeline(test_reader_gone_at_a_gap),
		in_pipeline(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
