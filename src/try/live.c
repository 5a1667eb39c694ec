#define _GNU_SOURCE
#include "try/live.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <unistd.h>

#include "client/json.h"
#include "client/text.h"
#include "roomd/event.h"
#include "roomd/quantity.h"
#include "try/live-keys.h"
#include "try/room-find.h"
#include "try/service-internal.h"
#include "try/wall.h"
#include "util/clock.h"

#define FRAME_NS (50 * NSEC_PER_SEC / 1000)
#define FRAMES_OF_A_WAIT 40 /* on virtual time, where it costs nothing to wait, and a picture does */
#define KEYS "letter, Space: sensor  + - = value  U unplug  R restart  K kill  J +1 h  Q quit"

/* --- what is told ---------------------------------------------------------------------------- */

static double seconds_of(const struct live *live)
{
	return (double)clock_since_ns(live->begun_ns, clock_now_ns(CLOCK_MONOTONIC)) / 1e9;
}

void live_tell(struct live *live, const char *format, ...)
{
	_cleanup_(cleanup_free) char *text = NULL, *line = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	text = length < 0 ? NULL : text;
	if (!text || asprintf(&line, "%6.1f s  %s", seconds_of(live), text) < 0) {
		line = NULL;
		return;
	}
	view_tell(&live->view, line);
	if (!live->screen.is_open && live->view.log_n > 0)
		printf("%s\n", live->view.log[live->view.log_n - 1]);
}

static const struct event_type *type_of(const struct live *live, const struct json_object *event)
{
	for (size_t i = 0; i < live->known->n; i++)
		if (strcmp(live->known->components[i].class->kind, member_text(event, "kind")) == 0)
			return room_event(live->known->components[i].class, member_text(event, "event"));
	return NULL;
}

/* What it is about: "by motion of hall", a value. */
static void print_details(const struct event_type *type, const struct json_object *event, FILE *stream)
{
	struct json_object *value = member_of(event, "value"), *count = member_of(event, "count");

	if (value && type->quantity)
		fprintf(stream, ": %.*f %s", (int)type->quantity->precision, json_object_get_double(value), type->quantity->unit);
	if (count)
		fprintf(stream, ": %llu", (unsigned long long)json_object_get_uint64(count));
	if (type->text_name && *member_text(event, type->text_name))
		fprintf(stream, ": %s", member_text(event, type->text_name));
	if (*member_text(event, "by"))
		fprintf(stream, ", by %s", member_text(event, "by"));
}

static char *describe(const struct event_type *type, const struct json_object *event)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fprintf(stream, "roomd: %s (%s %s", member_text(event, "event"), member_text(event, "kind"), member_text(event, "source"));
	print_details(type, event, stream);
	fputc(')', stream);
	fclose(stream);
	return text;
}

/* A reading that nobody need know is none of the last events, but the picture may be another one after it. */
static void heard(const struct json_object *event, void *userdata)
{
	struct live *live = userdata;
	const struct event_type *type = type_of(live, event);
	_cleanup_(cleanup_free) char *text = NULL;

	live_room_stir(&live->room);
	if (!type || (type->number == EVENT_NUMBER_VALUE && type->level == LOG_DEBUG))
		return;
	text = describe(type, event);
	if (text)
		live_tell(live, "%s", text);
}

/* --- the picture ----------------------------------------------------------------------------- */

static void look_at_clock(struct live *live)
{
	char now[TRIAL_TIME_SIZE];

	snprintf(live->view.clock, sizeof live->view.clock, "%.19s", trial_now(now));
}

static void show(struct live *live)
{
	char *text = NULL;
	size_t length;
	struct live_size size = screen_size(&live->screen);
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return;
	view_print(&live->view, size.rows, size.columns, &live->terminal, stream);
	if (fclose(stream) == 0)
		screen_show(&live->screen, text);
	else
		free(text);
}

/* Each row that has changed, where there is no picture. */
static void print_changes(struct live *live)
{
	for (size_t i = 0; i < live->room.n; i++) {
		const struct view_row *row = &live->view.rows[i];
		char **told = &live->room.things[i].told, *now = NULL;

		if (!row->state || asprintf(&now, "%s: %s%s%s", row->name, row->state, row->devices && *row->devices ? "  " : "",
		                            row->devices ? row->devices : "") < 0)
			continue;
		if (!*told || strcmp(*told, now) != 0)
			printf("          %s\n", now);
		free(*told);
		*told = now;
	}
	fflush(stdout);
}

void live_frame(struct live *live, bool now)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (!now && now_ns - live->looked_ns < FRAME_NS)
		return;
	live->looked_ns = now_ns;
	look_at_clock(live);
	live_room_look(&live->room, now_ns);
	if (!live->screen.is_open) {
		print_changes(live);
		return;
	}
	show(live);
	if (wall_is_ours())
		screen_ask_size(&live->screen, now_ns);
}

/* --- keys ------------------------------------------------------------------------------------ */

/* A key, or what the terminal says of its size. */
static size_t take_one(struct live *live, const char *bytes, size_t n, bool is_all)
{
	size_t rows, columns, length = live_size_next(bytes, n, &rows, &columns);
	int key;

	if (length > 0) {
		screen_take_report(&live->screen, rows, columns);
		return length;
	}
	length = live_key_next(bytes, n, is_all, &key);
	if (length > 0)
		live_obey(live, key);
	return length;
}

/* A sequence comes at once, so what is not complete when nothing more is there is none. */
void live_take_keys(struct live *live)
{
	int n = screen_read(live->typed + live->typed_n, sizeof live->typed - live->typed_n);
	size_t used = 0, length;

	if (n < 0)
		live->ends = true;
	live->typed_n += n > 0 ? (size_t)n : 0;
	while ((length = take_one(live, live->typed + used, live->typed_n - used, n <= 0)) > 0)
		used += length;
	live->typed_n -= used;
	memmove(live->typed, live->typed + used, live->typed_n);
	if (live->typed_n == sizeof live->typed)
		live->typed_n = 0;
}

/* --- while something waits ------------------------------------------------------------------- */

/* Keys that are pressed meanwhile wait, but for the end of what is played. */
static int tick(void *userdata)
{
	struct live *live = userdata;

	if (live->plays && live->screen.is_open)
		live_take_keys(live);
	live_frame(live, false);
	return live->ends ? -ECANCELED : 0;
}

static uint64_t turn_of(uint64_t wait_ns, void *userdata)
{
	(void)userdata;
	return wall_is_skipping() && wait_ns / FRAMES_OF_A_WAIT > FRAME_NS ? wait_ns / FRAMES_OF_A_WAIT : FRAME_NS;
}

/* --- beginning and end ----------------------------------------------------------------------- */

static void make_title(struct live *live)
{
	struct utsname kernel;

	if (uname(&kernel) == 0)
		snprintf(live->title, sizeof live->title, "roomd on Linux %.60s, simulated lines and sensors", kernel.release);
	live->view.title = live->title;
}

int live_begin(struct live *live, struct trial *trial, const struct roomtest_room *known)
{
	int r;

	*live = (struct live){ .trial = trial, .known = known, .terminal = terminal_look() };
	live->watch = (struct service_watch){ .tick = tick, .heard = heard, .turn = turn_of, .userdata = live };
	live->begun_ns = clock_now_ns(CLOCK_MONOTONIC);
	text_set_up();
	make_title(live);
	r = live_room_open(&live->room, trial, known->components, &live->view);
	if (r >= 0 && screen_is_there())
		r = screen_open(&live->screen);
	if (!live->screen.is_open)
		printf("%s\n", live->title);
	trial->service->watch = &live->watch;
	return r;
}

/* What is not seen on the picture is above the prompt afterwards: the reason, if there is one. */
int live_end(struct live *live, int r)
{
	if (live->view.rows)
		live_frame(live, true);
	live->trial->service->watch = NULL;
	screen_close(&live->screen);
	live_room_close(&live->room);
	view_free(&live->view);
	return r;
}

/* --- played with ----------------------------------------------------------------------------- */

/* Whoever played with it starts it again. */
void live_lost(struct live *live, const struct problem *problem)
{
	live_tell(live, "  %s: R starts it again", problem->text);
	service_end(live->trial->service, SERVICE_KILLED, NULL);
	live_room_stir(&live->room);
}

static void look_why(struct live *live)
{
	struct problem problem = { "" };

	if (service_wait(live->trial->service, 0, false, &problem) == -ECHILD)
		live_lost(live, &problem);
}

/* A signal asks to end, and is no error. */
static int turn(struct live *live, struct problem *problem)
{
	int found = service_poll(live->trial->service, STDIN_FILENO, clock_now_ns(CLOCK_MONOTONIC) + FRAME_NS);

	if (found == -ECANCELED) {
		live->ends = true;
		return 0;
	}
	if (found < 0)
		return problem_set(problem, found, "waiting for roomd: %s", problem_errno(found));
	if (found & SERVICE_HAS_ENDED)
		look_why(live);
	if ((found & SERVICE_HAS_MORE) || live->typed_n > 0)
		live_take_keys(live);
	live_frame(live, found & SERVICE_HAS_MORE);
	return 0;
}

int live_run(struct trial *trial, const struct roomtest_room *known, struct problem *problem)
{
	struct live live;
	int r = live_begin(&live, trial, known);

	live.view.keys = KEYS;
	r = r < 0 ? problem_set(problem, r, "showing the room: %s", problem_errno(r)) : trial_show(trial, problem);
	while (r >= 0 && !live.ends)
		r = turn(&live, problem);
	return live_end(&live, r);
}
