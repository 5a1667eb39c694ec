#define _GNU_SOURCE
#include "try/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tap_plan(size_t tests)
{
	printf("TAP version 13\n1..%zu\n", tests);
}

void tap_passed(size_t number, const char *name)
{
	printf("ok %zu - %s\n", number, name);
}

/* Each line of a text, as a comment. */
static void print_lines(const char *text, const char *before)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		printf("# %s%.*s\n", before, (int)length, text);
	}
}

static void print_place(const struct trial *trial)
{
	_cleanup_(cleanup_free) char *text = trial->statement ? statement_format(trial->statement) : NULL;
	char now[TRIAL_TIME_SIZE];

	if (trial->statement)
		printf("# %s:%u: %s\n", trial->file->path, trial->statement->line, text ? text : "");
	printf("# at %s\n", trial_now(now));
}

/* As roomctl says it. */
static void print_why(struct trial *trial)
{
	const struct statement *statement = trial->statement;
	const struct config_component *component;
	_cleanup_(cleanup_free) char *name = NULL, *said = NULL;

	if (!statement || statement->subject == STATEMENT_NO_SUBJECT || !statement->name || trial->service->pid <= 0)
		return;
	component = trial_subject(trial, statement);
	if (asprintf(&name, "%s/%s", component->class->kind, component->name) < 0) {
		name = NULL;
		return;
	}
	if (service_run(trial->service, (const char *const[]){ trial->roomctl, "why", name, NULL }, &said, NULL) < 0)
		return;
	printf("# why:\n");
	print_lines(said, "  ");
}

void tap_failed(size_t number, const char *name, struct trial *trial, const struct problem *problem)
{
	printf("not ok %zu - %s\n", number, name);
	print_place(trial);
	print_lines(problem->text, "");
	print_why(trial);
}
