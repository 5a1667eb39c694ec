/* The verb that shows how the room was. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "roomctl/history-client.h"
#include "roomctl/history-limits.h"
#include "roomctl/history-plot.h"
#include "roomctl/history-select.h"
#include "roomctl/history-sum.h"
#include "roomctl/history-svg.h"
#include "roomctl/history-values.h"
#include "roomctl/select.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "util/clock.h"
#include "util/problem.h"

#define DAY_USEC (86400 * USEC_PER_SEC)

/* --- which time, and of what ------------------------------------------------------------------ */

static enum status set_time(const struct command_line *line, struct history *history)
{
	uint64_t now = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
	uint64_t until = line->history.until_usec ? line->history.until_usec : now;
	uint64_t since = line->history.since_usec ? line->history.since_usec : until > DAY_USEC ? until - DAY_USEC : 0;
	_cleanup_(cleanup_free) char *since_text = time_to_date(since), *until_text = time_to_date(until);

	history->since_usec = since;
	history->until_usec = until;
	if (since < until)
		return STATUS_DONE;
	return say(STATUS_USAGE, "--since (%s) has to be before %s (%s)", since_text ? since_text : "",
	           line->history.until_usec ? "--until" : "now", until_text ? until_text : "");
}

/* The history has nothing of this name; the room may have such a component, of which nothing has been recorded yet. */
static enum status unknown_name(struct client *client, const struct history *history, const char *name)
{
	_cleanup_(json_freep) struct json_object *room = NULL;
	struct json_object *components;

	if (!client_is_service_there(client) || client_read_room(client, &room) != STATUS_DONE)
		return history_say_unknown(history, name);
	components = member_of(room, "components");
	if (!select_is_any(components, name))
		return history_say_unknown(history, name);
	return say(STATUS_NOTHING_TO_DO,
	           "there is a component '%s', but it has no history; messages of roomd-history: journalctl "
	           "-u roomd-history",
	           name);
}

static enum status read_history(struct client *client, struct history *history)
{
	const struct command_line *line = client->line;
	const char *unknown = NULL;
	enum status status;

	status = set_time(line, history);
	if (status == STATUS_DONE)
		status = client_open(client, line);
	if (status == STATUS_DONE)
		status = history_read_series(client, history);
	if (status == STATUS_DONE)
		status = history_select(history, line->arguments, line->history.property, &unknown);
	if (unknown)
		return unknown_name(client, history, unknown);
	if (status == STATUS_DONE)
		history_limits_read(client, history);
	return status;
}

/* Nothing is known of the whole time: of which time something is. */
static enum status nothing(const struct history *history)
{
	uint64_t first = UINT64_MAX, last = 0;
	_cleanup_(cleanup_free) char *since = time_to_date(history->since_usec), *until = time_to_date(history->until_usec);
	_cleanup_(cleanup_free) char *first_text = NULL, *last_text = NULL;

	for (size_t i = 0; i < history->n; i++) {
		first = history->series[i].first_usec < first ? history->series[i].first_usec : first;
		last = history->series[i].last_usec > last ? history->series[i].last_usec : last;
	}
	first_text = time_to_date(first);
	last_text = time_to_date(last);
	return say(STATUS_NOTHING_TO_DO, "nothing is recorded from %s to %s; there is history from %s to %s: --since='%s'",
	           since ? since : "", until ? until : "", first_text ? first_text : "", last_text ? last_text : "",
	           first_text ? first_text : "");
}

/* --- pictures --------------------------------------------------------------------------------- */

static enum status read_points(struct client *client, struct history *history, size_t steps, bool *ret_any)
{
	*ret_any = false;
	for (size_t i = 0; i < history->n; i++) {
		struct history_series *series = &history->series[i];
		enum status status = history_read_points(client, history->since_usec, history->until_usec, steps, series);

		if (status != STATUS_DONE)
			return status;
		for (size_t j = 0; j < series->n; j++)
			*ret_any |= series->points[j].state != HISTORY_GAP;
	}
	if (!client->line->history.property)
		history_drop_dull(history);
	return STATUS_DONE;
}

static enum status show_plot(struct client *client, struct history *history, bool *ret_any)
{
	struct terminal terminal = terminal_look();
	struct history_plot_format format = { .terminal = &terminal,
		                              .utf8 = text_is_utf8(),
		                              .legend = !client->line->no_legend };
	enum status status;
	int r;

	terminal_size(&format.width, &format.height);
	format.height -= format.height > 1; /* the prompt's line */
	status = read_points(client, history, history_plot_steps(&format), ret_any);
	if (status != STATUS_DONE || !*ret_any)
		return status;
	r = history_plot(history, &format, stdout);
	return r < 0 ? say(STATUS_FAILED, "the plot cannot be drawn: %s", problem_errno(r)) : STATUS_DONE;
}

static enum status write_svg(const struct history *history, const char *path)
{
	FILE *stream = fopen(path, "we");
	int r;

	if (!stream)
		return say(STATUS_FAILED, "%s cannot be written: %s", path, problem_errno(errno));
	r = history_svg(history, stream);
	if (r >= 0 && (fflush(stream) != 0 || ferror(stream)))
		r = errno > 0 ? -errno : -EIO;
	if (fclose(stream) != 0 && r >= 0)
		r = -errno;
	return r < 0 ? say(STATUS_FAILED, "%s cannot be written: %s", path, problem_errno(r)) : STATUS_DONE;
}

/* Nothing is opened before all is known: what the file had before stays if there is nothing to be shown. */
static enum status show_svg(struct client *client, struct history *history, bool *ret_any)
{
	const char *path = client->line->history.svg;
	enum status status = read_points(client, history, HISTORY_SVG_STEPS, ret_any);

	if (status != STATUS_DONE || !*ret_any)
		return status;
	if (strcmp(path, "-") == 0)
		return history_svg(history, stdout) < 0 ? say_no_memory() : STATUS_DONE;
	return write_svg(history, path);
}

/* --- all of it ------------------------------------------------------------------------------- */

static enum status show(struct client *client, struct history *history, bool *ret_any)
{
	const struct command_line *line = client->line;

	*ret_any = true;
	if (line->history.plot)
		return show_plot(client, history, ret_any);
	if (line->history.svg)
		return show_svg(client, history, ret_any);
	if (line->json != JSON_OFF)
		return history_print_json(client, history, line->history.sum);
	if (line->history.csv)
		return line->history.sum ? history_print_sums_csv(client, history) : history_print_csv(client, history);
	return line->history.sum ? history_print_sums(client, history, ret_any)
	                         : history_print_table(client, history, ret_any);
}

enum status verb_history(const struct command_line *line)
{
	_cleanup_(history_deinit) struct history history = { 0 };
	_cleanup_(client_close) struct client client = { .line = line };
	enum status status;
	bool any;

	status = read_history(&client, &history);
	if (status == STATUS_DONE)
		status = show(&client, &history, &any);
	return status == STATUS_DONE && !any ? nothing(&history) : status;
}
