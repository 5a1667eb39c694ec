#define _GNU_SOURCE
#include "daemon/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state-file.h"
#include "daemon/state-text.h"
#include "daemon/state-writer.h"
#include "io/retry.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/problem.h"

#define DEFAULT_DIRECTORY "/var/lib/roomd"

/* After the first change; what else changes until then is written with it. */
#define DELAY_USEC (3 * USEC_PER_SEC)

/* For the last text. systemd waits longer by far. */
#define END_NS (5 * NSEC_PER_SEC)

struct state {
	char *directory;             /* NULL: nothing is kept */
	struct problem no_directory; /* why not */
	bool no_directory_said;
	struct state_writer *writer;
	struct state_text *read; /* NULL: there was none that could be used */
	char *read_text;         /* until it is known whether it is what holds */

	struct component_room *room; /* NULL: not yet, or not any more */
	struct room_watch watch;
	sd_event *event;
	sd_event_source *timer;
	struct retry retry;
	bool armed;   /* the timer */
	bool failing; /* the last text could not be written, which was said; `retry` has the next attempt */
	/* What the file has, what is being written, and what is now; values_n each, of one allocation. The
	 * first two are known if they are of the room as it is, and not as it was before a reload. */
	uint64_t *written, *writing, *now;
	size_t values_n;
	bool written_is_known, writing_is_known;
	char *last; /* to be written at the end, once the writer is idle */
};

/* --- the directory --------------------------------------------------------------------------- */

/* The service's directory is not for a roomd that somebody runs by hand: that room is another one. */
static int check_default_directory(struct problem *problem)
{
	struct stat st;

	if (stat(DEFAULT_DIRECTORY, &st) < 0 || access(DEFAULT_DIRECTORY, W_OK) < 0)
		return problem_set(problem, -errno, DEFAULT_DIRECTORY ": %s", problem_errno(errno));
	if (st.st_uid != geteuid())
		return problem_set(problem, -EPERM, DEFAULT_DIRECTORY " belongs to another user");
	return 0;
}

/* Sets state->directory. */
static int choose_directory(struct state *state, const char *directory)
{
	const char *systemds = getenv("STATE_DIRECTORY");

	if (directory)
		state->directory = strdup(directory);
	else if (systemds && *systemds) /* with colons between them, if a drop-in has more */
		state->directory = strndup(systemds, strcspn(systemds, ":"));
	else if (check_default_directory(&state->no_directory) < 0)
		return 0;
	else
		state->directory = strdup(DEFAULT_DIRECTORY);
	return state->directory ? 0 : -ENOMEM;
}

/* --- reading --------------------------------------------------------------------------------- */

static void say_damaged(const struct state *state, const char *why, const char *what_then)
{
	static const struct log_field fields[] = { { "MESSAGE_ID", ROOMD_MESSAGE_STATE_DAMAGED } };

	log_fields(LOG_WARNING, fields, ELEMENTS(fields),
	           "the state from before the power loss cannot be used, the room starts with its defaults: %s/" STATE_FILE
	           " %s; %s",
	           state->directory, why, what_then);
}

static void say_not_written(const struct state *state, const char *why)
{
	static const struct log_field fields[] = { { "MESSAGE_ID", ROOMD_MESSAGE_STATE_NOT_WRITTEN } };

	log_fields(LOG_WARNING, fields, ELEMENTS(fields),
	           "the state that survives power loss cannot be kept in %s: %s", state->directory, why);
}

/* Nothing is written over a file that somebody may want to look at: where it cannot be set aside, that is
 * tried again before each writing. */
static void set_aside(struct state *state, int directory_fd, const char *why)
{
	char name[STATE_DAMAGED_NAME_SIZE], what_then[sizeof(struct problem) + 64];
	struct problem problem;

	if (state_file_set_aside(directory_fd, name, &problem) >= 0) {
		snprintf(what_then, sizeof what_then, "it was renamed to %s", name);
	} else {
		snprintf(what_then, sizeof what_then, "%s, and nothing is written over it", problem.text);
		state_writer_set_aside_first(state->writer);
		state->failing = true;
	}
	say_damaged(state, why, what_then);
}

static int read_state(struct state *state, int directory_fd)
{
	struct problem problem;
	size_t length;
	int r;

	r = state_file_read(directory_fd, &state->read_text, &length, &problem);
	if (r >= 0) {
		r = state_text_parse(state->read_text, length, &state->read, &problem);
		if (r >= 0)
			state->read_text[length] = '\0';
	}
	/* What lacks memory or descriptors starts again; what cannot be read stays so. */
	if (problem_passes(r) && r != -EIO)
		return r;
	if (r < 0 && r != -ENOENT)
		set_aside(state, directory_fd, problem.text);
	return 0;
}

static void on_written(const struct state_written *written, void *userdata);

int state_open(sd_event *event, const char *directory, struct state **ret)
{
	_cleanup_(state_freep) struct state *state = calloc(1, sizeof *state);
	struct problem problem;
	int r, directory_fd = -1, opened;

	if (!state)
		return -ENOMEM;
	state->event = event;
	r = choose_directory(state, directory);
	if (r >= 0 && state->directory) {
		opened = state_directory_open(state->directory, &directory_fd, &problem);
		r = state_writer_new(event, state->directory, directory_fd, on_written, state,
		                     &state->writer);
		if (r < 0 && opened >= 0)
			close(directory_fd);
		if (r >= 0 && opened >= 0)
			r = read_state(state, directory_fd);
		state->failing |= opened < 0;
		if (r >= 0 && opened < 0) /* nobody has seen what it has by the time it can be opened */
			state_writer_set_aside_first(state->writer);
		if (r >= 0 && opened < 0)
			say_not_written(state, problem.text);
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(state);
	return 0;
}

bool state_restore(const struct state *state, struct component *component)
{
	return state->read && state_text_restore(state->read, component);
}

/* --- writing --------------------------------------------------------------------------------- */

static size_t count_values(const struct state *state)
{
	return state_values(state->room->components, state->room->components_n, NULL);
}

/* Only where there is room for them: values_n is their number. */
static void take_values(const struct state *state, uint64_t *ret_values)
{
	state_values(state->room->components, state->room->components_n, ret_values);
}

/* Makes room for as many values as the room has. -ENOMEM: all is as it was. */
static int make_room(struct state *state)
{
	size_t n = count_values(state);
	uint64_t *values;

	if (state->written && n == state->values_n)
		return 0;
	values = calloc(3 * n + 1, sizeof *values);
	if (!values)
		return -ENOMEM;
	free(state->written);
	state->written = values;
	state->writing = state->written + n;
	state->now = state->writing + n;
	state->values_n = n;
	state->written_is_known = false;
	state->writing_is_known = false;
	return 0;
}

/* What a room had is not forgotten because its configuration is gone: there may be one again. */
static bool room_is_empty(const struct state *state)
{
	return state->room->components_n == 0;
}

/* Whether the room is not as the file has it, or will have it once it is written. */
static bool has_changed(const struct state *state)
{
	bool busy = state_writer_is_busy(state->writer);

	if (room_is_empty(state))
		return false;
	if (!(busy ? state->writing_is_known : state->written_is_known) ||
	    count_values(state) != state->values_n)
		return true;
	take_values(state, state->now);
	return memcmp(state->now, busy ? state->writing : state->written,
	              state->values_n * sizeof *state->now) != 0;
}

static int make_text(const struct state *state, char **ret)
{
	return state_text_make(state->room->components, state->room->components_n, ret);
}

/* From the first change on, whatever follows. What fails is tried again at times of its own. */
static void arm_if_changed(struct state *state)
{
	if (state->armed || state->failing || state_writer_is_busy(state->writer) || !has_changed(state))
		return;
	state->armed = true;
	/* Neither can fail for a timer that exists, in the process that made it. */
	sd_event_source_set_time_relative(state->timer, DELAY_USEC);
	sd_event_source_set_enabled(state->timer, SD_EVENT_ONESHOT);
}

static void on_failure(struct state *state, const char *why)
{
	if (!state->failing)
		say_not_written(state, why);
	state->failing = true;
	retry_later(&state->retry);
}

static void begin_to_write(struct state *state)
{
	char *text;
	int r;

	if (state_writer_is_busy(state->writer)) /* on_written() looks again */
		return;
	r = make_room(state);
	if (r >= 0)
		r = make_text(state, &text);
	if (r >= 0) {
		take_values(state, state->writing);
		state->writing_is_known = true;
		r = state_writer_start(state->writer, text);
	}
	if (r < 0)
		on_failure(state, problem_errno(r));
}

static void say_kept_again(const struct state *state, const struct state_written *written)
{
	log_notice("the state that survives power loss is kept in %s again%s%s", state->directory,
	           written->set_aside[0] ? "; the file that was there is now called " : "", written->set_aside);
}

static void on_written(const struct state_written *written, void *userdata)
{
	struct state *state = userdata;

	if (written->error < 0) {
		on_failure(state, written->problem.text);
		return;
	}
	memcpy(state->written, state->writing, state->values_n * sizeof *state->written);
	state->written_is_known = state->writing_is_known;
	if (state->failing || written->set_aside[0])
		say_kept_again(state, written);
	state->failing = false;
	retry_succeeded(&state->retry);
	arm_if_changed(state); /* meanwhile */
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct state *state = userdata;

	(void)source, (void)usec;
	state->armed = false;
	if (has_changed(state)) /* and not back again */
		begin_to_write(state);
	return 0;
}

static void on_retry(void *userdata)
{
	struct state *state = userdata;

	if (room_is_empty(state))
		retry_later(&state->retry);
	else
		begin_to_write(state);
}

static void on_changed(struct component *component, void *userdata)
{
	if (component->class->kept)
		arm_if_changed(userdata);
}

/* --- life ------------------------------------------------------------------------------------ */

static int make_timers(struct state *state)
{
	int r;

	r = sd_event_add_time(state->event, &state->timer, CLOCK_MONOTONIC, 0, 0, on_timer, state);
	if (r >= 0)
		r = sd_event_source_set_enabled(state->timer, SD_EVENT_OFF);
	return r < 0 ? r : retry_init(&state->retry, state->event, on_retry, state);
}

/* The file has what holds, if its text is the one that would be written now, or if there is neither a file
 * nor anything to keep. */
static int compare_with_file(struct state *state)
{
	_cleanup_(cleanup_free) char *text = NULL;
	int r;

	r = make_text(state, &text);
	if (r < 0 || (state->read ? strcmp(text, state->read_text) != 0 : state->values_n > 0))
		return r;
	take_values(state, state->written);
	state->written_is_known = true;
	return 0;
}

/* Once, and only to whom it matters. */
static void say_no_directory(struct state *state)
{
	if (state->no_directory_said || count_values(state) == 0)
		return;
	log_notice("nothing is kept over power loss: %s (see --state-directory)", state->no_directory.text);
	state->no_directory_said = true;
}

int state_keep(struct state *state, struct component_room *room)
{
	int r;

	state->room = room;
	if (!state->directory) {
		say_no_directory(state);
		return 0;
	}
	r = make_room(state);
	if (r >= 0)
		r = make_timers(state);
	if (r < 0)
		return r;
	room_watch(room, &state->watch, on_changed, state);
	r = compare_with_file(state);
	state->read = state_text_free(state->read);
	free(TAKE_PTR(state->read_text));
	if (state->failing)
		retry_later(&state->retry);
	else
		arm_if_changed(state);
	return r == -EFBIG ? 0 : r; /* said when it is to be written */
}

void state_room_changed(struct state *state)
{
	int r;

	if (!state || !state->room)
		return;
	if (!state->directory) {
		say_no_directory(state);
		return;
	}
	/* As many values as before may be those of others. */
	state->written_is_known = false;
	state->writing_is_known = false;
	r = make_room(state);
	if (r < 0)
		on_failure(state, problem_errno(r));
	else
		arm_if_changed(state);
}

/* Not after a reload that failed halfway: the file that there is has more. */
static bool room_is_whole(const struct component_room *room)
{
	for (size_t i = 0; i < room->components_n; i++)
		if (!room->components[i])
			return false;
	return true;
}

void state_end(struct state *state)
{
	int r = 0;

	if (!state || !state->room)
		return;
	if (!state->directory) {
		state->room = NULL;
		return;
	}
	if (room_is_whole(state->room) && !room_is_empty(state) && (state->failing || has_changed(state)))
		r = make_text(state, &state->last);
	if (r < 0)
		say_not_written(state, problem_errno(r));
	room_unwatch(state->room, &state->watch);
	state->room = NULL;
	retry_deinit(&state->retry);
	state->timer = sd_event_source_disable_unref(state->timer);
	if (state->last && !state_writer_is_busy(state->writer)) {
		r = state_writer_start(state->writer, TAKE_PTR(state->last));
		if (r < 0)
			say_not_written(state, problem_errno(r));
	}
}

/* First what is being written, if anything is, then the last text, if that was not it. */
static void finish(struct state *state)
{
	uint64_t until_ns = clock_now_ns(CLOCK_MONOTONIC) + END_NS;
	struct state_written written = { 0 };

	while (state_writer_is_busy(state->writer)) {
		int r = 0;

		state_writer_wait(state->writer, until_ns, &written);
		if (written.error != -ETIMEDOUT && state->last)
			r = state_writer_start(state->writer, TAKE_PTR(state->last));
		else if (written.error < 0)
			say_not_written(state, written.problem.text);
		if (r < 0)
			say_not_written(state, problem_errno(r));
		if (written.error == -ETIMEDOUT)
			return;
	}
}

struct state *state_free(struct state *state)
{
	if (!state)
		return NULL;
	state_end(state);
	if (state->writer)
		finish(state);
	state_writer_free(state->writer);
	state_text_free(state->read);
	free(state->read_text);
	free(state->written);
	free(state->last);
	free(state->directory);
	free(state);
	return NULL;
}
