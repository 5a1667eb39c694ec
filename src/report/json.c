/* Events as JSON, a line each, for --print-events. */
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/retry.h"
#include "report/report.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/problem.h"

struct json_report {
	struct hub_late_subscription subscription;
	int fd;
	sd_event_source *writable; /* NULL: a file, which always is */
	char *line;                /* what has not been written yet; NULL: nothing */
	size_t written;
	uint64_t lost;      /* events that are missing behind it */
	bool failing;       /* a file took no more, which was said; `retry` has the next attempt */
	struct retry retry; /* of a file */
};

/* --- lines ----------------------------------------------------------------------------------- */

static struct json_object *free_json(struct json_object *object)
{
	json_object_put(object);
	return NULL;
}
DEFINE_CLEANUP(struct json_object *, free_json);

/* Drivers tell whole thousandths at best: more digits would only show how doubles are stored. */
static struct json_object *rounded(double value)
{
	char text[32];

	value = round(value * 1000) / 1000 + 0.0; /* no -0.0 */
	snprintf(text, sizeof text, value == round(value) ? "%.1f" : "%.7g", value);
	return json_object_new_double_s(value, text);
}

/* Adds a member. For one without memory errno is ENOMEM. */
static void add(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value) < 0)
		json_object_put(value);
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	add(object, key, json_object_new_string(text));
}

static struct json_object *json_of(const struct named_value *data)
{
	switch (data->type) {
	case 'b':
		return json_object_new_boolean(data->value.b);
	case 't':
		return json_object_new_uint64(data->value.t);
	case 'd':
		return rounded(data->value.d);
	default:
		return json_object_new_string(data->value.s);
	}
}

/* NULL without memory, also before, since errno was 0: json-c leaves out of a text, and out of an object, what it has no memory
 * for, and does not say so.
 * Not by asprintf(): that takes a larger block and gives the rest of it back, which breaks the heap into
 * pieces, some kB more of it each hour. */
static char *to_line(struct json_object *object)
{
	size_t length;
	const char *text = json_object_to_json_string_length(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
	char *line = text && errno != ENOMEM ? malloc(length + sizeof "\n") : NULL;

	if (!line)
		return NULL;
	memcpy(line, text, length);
	memcpy(line + length, "\n", sizeof "\n");
	return line;
}

char *json_event_line(const struct event *event, uint64_t realtime_ns)
{
	_cleanup_(free_jsonp) struct json_object *object = json_object_new_object();
	struct named_value data[EVENT_DATA_MAX];
	size_t n = event_data(event, data);
	char realtime[CLOCK_RFC3339_SIZE];

	if (!object)
		return NULL;
	errno = 0;
	add_text(object, "event", event->type->name);
	add_text(object, "source", hub_source_name(event->source));
	add_text(object, "kind", hub_source_kind(event->source));
	for (size_t i = 0; i < n; i++)
		add(object, data[i].name, json_of(&data[i]));
	add(object, "monotonic_ns", json_object_new_uint64(event->monotonic_ns));
	add_text(object, "realtime", clock_format_rfc3339(realtime_ns, realtime));
	add(object, "serial", json_object_new_uint64(event->serial));
	return to_line(object);
}

char *json_gap_line(uint64_t lost)
{
	_cleanup_(free_jsonp) struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	errno = 0;
	add_text(object, "event", "events_lost");
	add(object, "count", json_object_new_uint64(lost));
	return to_line(object);
}

/* --- the report ------------------------------------------------------------------------------ */

/* What a pipe takes for certain once it is said to be writable, pipe(7): so much can be written without
 * O_NONBLOCK, which would change the descriptor for everybody who shares it, such as a shell. */
static bool is_writable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	return poll(&poll_fd, 1, 0) > 0;
}

/* A disk that is full takes the beginning of a line. What follows in the file, once there is room again or
 * from another process, must not be glued to it; so it goes, unless somebody else has written behind it. */
static void take_back_half_line(struct json_report *report)
{
	off_t end = lseek(report->fd, 0, SEEK_CUR), before = end - (off_t)report->written;
	struct stat st;

	if (report->written == 0 || end < 0 || before < 0 || fstat(report->fd, &st) < 0 ||
	    !S_ISREG(st.st_mode) || st.st_size != end || ftruncate(report->fd, before) < 0)
		return;
	lseek(report->fd, before, SEEK_SET);
	report->written = 0;
}

/* Room may have been made by cutting the file down. Without O_APPEND there would be a hole then. */
static void follow_end(struct json_report *report)
{
	off_t position = lseek(report->fd, 0, SEEK_CUR);
	struct stat st;

	if (fstat(report->fd, &st) < 0 || !S_ISREG(st.st_mode) || position <= st.st_size)
		return;
	lseek(report->fd, 0, SEEK_END);
	report->written = 0;
}

/* Writes what is pending. 0: all of it; -EAGAIN: the reader is slow; else as write(2), -EPIPE if it has gone.
 */
static int write_pending(struct json_report *report)
{
	while (report->line) {
		const char *rest = report->line + report->written;
		size_t length = strlen(rest);
		ssize_t n;

		if (!is_writable(report->fd))
			return -EAGAIN;
		n = write(report->fd, rest, length < PIPE_BUF ? length : PIPE_BUF);
		if (n < 0 && errno != EINTR)
			return -errno;
		report->written += n > 0 ? (size_t)n : 0;
		if ((size_t)n == length)
			free(TAKE_PTR(report->line));
	}
	return 0;
}

static void set_line(struct json_report *report, char *line)
{
	report->line = line;
	report->written = 0;
}

/* What is pending, then how many events are missing, if any. As write_pending(). */
static int catch_up(struct json_report *report)
{
	int r;

	r = write_pending(report);
	if (r < 0 || report->lost == 0)
		return r;
	set_line(report, json_gap_line(report->lost));
	if (!report->line)
		return -EAGAIN; /* before what follows, once there is memory */
	report->lost = 0;
	return write_pending(report);
}

/* Whatever it is, it may pass: a disk that is full gets room again. */
static void try_again_later(struct json_report *report, int error)
{
	take_back_half_line(report);
	if (!report->failing)
		log_warning("events cannot be written: %s; the room goes on without, and it is tried again",
		            problem_errno(error));
	report->failing = true;
	retry_later(&report->retry);
}

static void end(struct json_report *report, int error)
{
	log_warning("events cannot be written any more: %s; the room goes on without", problem_errno(error));
	hub_unsubscribe_late(&report->subscription);
	report->writable = sd_event_source_disable_unref(report->writable);
	free(TAKE_PTR(report->line));
}

/* What follows from a result of catch_up() or write_pending(), which it returns, or -EAGAIN: a slow reader is
 * waited for, a file tried again, and a reader that has gone is the end of the report. */
static int settle(struct json_report *report, int r)
{
	if (r >= 0)
		return r;
	if (report->writable && r != -EAGAIN) {
		end(report, r);
		return r;
	}
	if (report->writable)
		sd_event_source_set_enabled(report->writable, SD_EVENT_ONESHOT);
	else
		try_again_later(report, r);
	return -EAGAIN;
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct json_report *report = userdata;

	(void)source, (void)fd, (void)events;
	if (settle(report, catch_up(report)) >= 0)
		hub_resume_late(&report->subscription);
	return 0;
}

static void on_retry(void *userdata)
{
	struct json_report *report = userdata;

	follow_end(report);
	if (settle(report, catch_up(report)) < 0)
		return;
	report->failing = false;
	retry_succeeded(&report->retry);
	log_notice("events are written again");
	hub_resume_late(&report->subscription);
}

static int on_event(const struct event *event, void *userdata)
{
	struct json_report *report = userdata;
	uint64_t age_ns;
	int r;

	/* A file that failed is left alone until it is tried again; the hub keeps what it has room for. */
	r = report->failing ? -EAGAIN : settle(report, catch_up(report));
	if (r < 0)
		return r;
	age_ns = clock_now_ns(CLOCK_MONOTONIC) - event->monotonic_ns;
	set_line(report, json_event_line(event, clock_now_ns(CLOCK_REALTIME) - age_ns));
	if (!report->line) /* no memory for it */
		report->lost++;
	/* Taken, even if not all of it could be written: the rest goes out before the next one. */
	settle(report, write_pending(report));
	return 0;
}

static void on_gap(uint64_t lost, void *userdata)
{
	struct json_report *report = userdata;

	report->lost += lost;
	if (!report->failing)
		settle(report, catch_up(report));
}

int json_report_new(sd_event *event, struct hub *hub, int fd, struct json_report **ret)
{
	_cleanup_(json_report_freep) struct json_report *report = calloc(1, sizeof *report);
	int r;

	if (!report)
		return -ENOMEM;
	report->fd = fd;
	r = sd_event_add_io(event, &report->writable, fd, EPOLLOUT, on_writable, report);
	if (r == -EPERM) /* a regular file: it cannot be waited for, and need not be */
		r = 0;
	else if (r >= 0)
		r = sd_event_source_set_enabled(report->writable, SD_EVENT_OFF);
	if (r >= 0)
		r = retry_init(&report->retry, event, on_retry, report);
	if (r < 0)
		return r;
	hub_subscribe_late(hub, &report->subscription, on_event, on_gap, report);
	*ret = TAKE_PTR(report);
	return 0;
}

struct json_report *json_report_free(struct json_report *report)
{
	if (!report)
		return NULL;
	hub_unsubscribe_late(&report->subscription);
	sd_event_source_disable_unref(report->writable);
	retry_deinit(&report->retry);
	free(report->line);
	free(report);
	return NULL;
}
