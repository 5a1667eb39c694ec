/* The verb init: a first configuration, of what find sees or of docs/wiring.md. Never half of one: it is
 * checked before it has its name. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"
#include "daemon/config.h"
#include "roomctl/ask.h"
#include "roomctl/init-ask.h"
#include "roomctl/init-file.h"
#include "roomctl/init-wiring.h"
#include "client/text.h"
#include "roomctl/verbs.h"

#define STANDARD "/etc/" CONFIG_FILE
#define QUESTION_SIZE 512

/* --- before ------------------------------------------------------------------------------------ */

/* What there is is not written over without being asked. */
static enum status may_replace(const struct command_line *line, const char *path)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(path);
	struct problem problem;
	char question[QUESTION_SIZE];
	int n = init_file_sections(path, &problem);

	if (n < 0)
		return say(n == -EACCES ? STATUS_REFUSED : STATUS_FAILED, "%s%s", problem.text,
		           n == -EACCES ? "; try with sudo" : "");
	if (n == 0 || line->yes)
		return STATUS_DONE;
	if (!ask_is_possible())
		return say(
			STATUS_FAILED,
			"%s has %d section%s, and is not overwritten; with --yes it is, and is kept as %s" INIT_OLD
			". Or give another file: roomctl init FILE",
			path, n, n == 1 ? "" : "s", path);
	snprintf(question, sizeof question,
	         "%.200s has %d section%s. Write a new one (the old one stays as %.200s" INIT_OLD ")?",
	         escaped ? escaped : "", n, n == 1 ? "" : "s", escaped ? escaped : "");
	return ask_yes(question, false) ? STATUS_DONE : say(STATUS_NOTHING_TO_DO, "nothing was written");
}

/* So that nobody answers questions for nothing. */
static enum status may_write(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_(cleanup_free) char *folder =
		slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");

	if (!folder)
		return say_no_memory();
	if (access(folder, W_OK) == 0 || errno == ENOENT)
		return STATUS_DONE;
	return say(errno == EACCES ? STATUS_REFUSED : STATUS_FAILED,
	           "nothing can be written in %s: %s; try with sudo, or give "
	           "another file: roomctl init FILE",
	           folder, problem_errno(errno));
}

/* --- the text ---------------------------------------------------------------------------------- */

static enum status choose_wiring(const struct command_line *line, char **ret)
{
	bool low = line->relay && strcmp(line->relay, "low") == 0;

	if (!line->relay && !ask_is_possible())
		return say(
			STATUS_USAGE,
			"there is no terminal to ask on: --wiring=high if the relay is on at a high level, "
			"--wiring=low if at a low one");
	if (!line->relay)
		low = ask_yes(
			"Is the relay on while its input is low (a board \"low level trigger\", at GPIO5)?",
			false);
	*ret = strdup(init_wiring_text(low));
	return *ret ? STATUS_DONE : say_no_memory();
}

static enum status make_text(const struct command_line *line, char **ret)
{
	if (line->wiring)
		return choose_wiring(line, ret);
	if (!ask_is_possible())
		return say(STATUS_USAGE,
		           "init asks step by step, and there is no terminal to ask on; for the room of "
		           "docs/wiring.md nothing need be asked: roomctl init --wiring=high");
	return init_ask(line, ret);
}

/* --- after ------------------------------------------------------------------------------------- */

static enum status say_errors(const struct config_errors *errors, const char *consequence)
{
	for (size_t i = 0; i < errors->n; i++)
		say(STATUS_CONFIG, "%s", errors->texts[i]);
	return say(STATUS_CONFIG, "the configuration has %zu error%s; %s", errors->n,
	           errors->n == 1 ? "" : "s", consequence);
}

/* With the drop-ins that there may be. */
static enum status check_whole(const char *path)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(config_freep) struct config *config = NULL;
	int r = config_load(strcmp(path, STANDARD) == 0 ? NULL : path, &config, &errors);

	if (r == -EBADMSG)
		return say_errors(
			&errors, "correct that, then: roomctl check-config && sudo systemctl reload roomd");
	return r < 0 ? say(STATUS_FAILED, "the configuration cannot be read: %s", problem_errno(r))
	             : STATUS_DONE;
}

static void print_next(const char *path)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(path);

	printf("Written: %s\n", escaped ? escaped : "");
	if (strcmp(path, STANDARD) == 0)
		fputs("Next: sudo systemctl reload-or-restart roomd, then 'roomctl' shows the room, 'roomctl monitor' what "
		      "happens in it.\n",
		      stdout);
	else
		printf("Next: sudo cp %s " STANDARD " && sudo systemctl reload-or-restart roomd\n",
		       escaped ? escaped : "");
}

static enum status write_text(const char *path, const char *text)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	struct problem problem;
	int r = init_file_write(path, text, &errors, &problem);

	if (r == -EBADMSG)
		return say_errors(&errors, "nothing was written");
	if (r < 0)
		return say(r == -EACCES ? STATUS_REFUSED : STATUS_FAILED, "%s", problem.text);
	return STATUS_DONE;
}

enum status verb_init(const struct command_line *line)
{
	const char *path = line->arguments[0] ? line->arguments[0] : STANDARD;
	_cleanup_(cleanup_free) char *text = NULL;
	enum status status;

	if (line->transport != TRANSPORT_LOCAL)
		return say(STATUS_USAGE, "init writes a file here; --host and --machine are not for it");
	status = may_write(path);
	if (status == STATUS_DONE)
		status = may_replace(line, path);
	if (status == STATUS_DONE)
		status = make_text(line, &text);
	if (status == STATUS_DONE)
		status = write_text(path, text);
	if (status == STATUS_DONE)
		status = check_whole(path);
	if (status == STATUS_DONE)
		print_next(path);
	return status;
}
