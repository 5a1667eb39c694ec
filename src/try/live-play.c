/* A room test that is played before one's eyes: comments are its story. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/gpio-find.h"
#include "io/gpio.h"
#include "try/live.h"
#include "util/clock.h"

/* --- the story ------------------------------------------------------------------------------- */

static const char *line_of(const char *text, unsigned line)
{
	while (line-- > 1 && text)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	return text ? text : "";
}

/* The comments that stand on lines of their own before the statement. */
static void tell_comments(struct live *live, const struct roomtest *file, unsigned before)
{
	while (live->told_line + 1 < before) {
		const char *line = line_of(file->text, ++live->told_line);

		line += strspn(line, " \t");
		if (*line != '#')
			continue;
		line += 1 + strspn(line + 1, " ");
		live_tell(live, "%.*s", (int)strcspn(line, "\r\n"), line);
	}
}

static void begins(const struct statement *statement, void *userdata)
{
	struct live *live = userdata;
	_cleanup_(cleanup_free) char *text = statement_format(statement);

	tell_comments(live, live->trial->file, statement->line);
	if (statement->name && statement->subject != STATEMENT_NO_SUBJECT)
		live->view.selected = statement->subject;
	if (text && !trial_is_expectation(statement) && statement->kind != STATEMENT_AFTER)
		live_tell(live, "> %s", text);
}

static void done(const struct statement *statement, int r, void *userdata)
{
	struct live *live = userdata;
	_cleanup_(cleanup_free) char *text = statement_format(statement);

	if (text && trial_is_expectation(statement) && r != -ECANCELED)
		live_tell(live, "  %s %s", r >= 0 ? "\u2714" : "\u2718", text);
	live_room_stir(&live->room);
	live_frame(live, true);
}

/* --- the end --------------------------------------------------------------------------------- */

static int count_used(const struct gpio_found *line, void *userdata)
{
	*(unsigned *)userdata += line->info.flags & GPIO_V2_LINE_FLAG_USED ? 1 : 0;
	return 0;
}

/* The stand-in for systemd lets go of what it keeps, too. */
static int check_released(struct live *live, struct problem *problem)
{
	struct problem ignored;
	unsigned used = 0;
	int r = service_end(live->trial->service, SERVICE_STOPPED, problem);

	if (r >= 0)
		r = service_forget(live->trial->service, problem);
	if (r < 0)
		return r;
	gpio_hold_chips();
	gpio_each_line(count_used, &used, &ignored);
	gpio_release_chips();
	live_tell(live, used == 0 ? "  \u2714 roomd was stopped, all lines are released"
	                          : "  \u2718 roomd was stopped, but lines are still held");
	return used == 0 ? 0 : problem_set(problem, -EPROTO, "expected all lines to be released at the end; %u are not", used);
}

static int play_cases(struct live *live, const struct roomtest *file, struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < file->n; i++) {
		if (file->n > 1)
			live_tell(live, "%s", file->cases[i].name);
		r = trial_run(live->trial, file, &file->cases[i], problem);
	}
	return r < 0 ? r : check_released(live, problem);
}

/* Nobody can use them. */
static void take_keys_away(struct live *live)
{
	for (size_t i = 0; i < live->view.rows_n; i++)
		live->view.rows[i].key = 0;
}

int live_play(struct trial *trial, const struct roomtest_room *known, const struct roomtest *file, struct problem *problem)
{
	struct live live;
	struct trial_watch watch = { .begins = begins, .done = done, .userdata = &live };
	int r = live_begin(&live, trial, known);

	live.plays = true;
	take_keys_away(&live);
	live.view.keys = "q ends it";
	trial->watch = &watch;
	r = r < 0 ? problem_set(problem, r, "showing the room: %s", problem_errno(r)) : play_cases(&live, file, problem);
	trial->watch = NULL;
	return live_end(&live, r);
}
