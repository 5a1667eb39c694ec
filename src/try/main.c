/* roomd-try: arguments in, a room that is tried, exit status out. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "try/arguments.h"
#include "try/live.h"
#include "try/load.h"
#include "try/tap.h"
#include "try/wall.h"
#include "util/descriptors.h"
#include "util/log.h"

enum {
	EXIT_DONE,
	EXIT_FAILED, /* something is not as a test expects it, or the room does not come up */
	EXIT_WRONG,  /* the command line, or a file */
};

struct programs {
	char roomd[PATH_MAX], roomctl[PATH_MAX];
};

/* $ROOMD and $ROOMCTL, for a build that is not installed. */
static void find_programs(struct programs *programs)
{
	const char *roomd = getenv("ROOMD"), *roomctl = getenv("ROOMCTL");

	snprintf(programs->roomd, sizeof programs->roomd, "%s", roomd && *roomd ? roomd : ROOMD_PROGRAM);
	snprintf(programs->roomctl, sizeof programs->roomctl, "%s", roomctl && *roomctl ? roomctl : ROOMCTL_PROGRAM);
}

static int say(int status, const struct problem *problem)
{
	fprintf(stderr, "roomd-try: %s\n", problem->text);
	return status;
}

/* --- tests ----------------------------------------------------------------------------------- */

static bool run_case(struct trial *trial, const struct roomtest *file, size_t i, size_t number)
{
	struct problem problem = { "" };

	if (trial_run(trial, file, &file->cases[i], &problem) < 0) {
		tap_failed(number, file->cases[i].name, trial, &problem);
		return false;
	}
	tap_passed(number, file->cases[i].name);
	return true;
}

static int run_tests(struct trial *trial, const struct load *load)
{
	size_t number = 0, cases = 0;
	bool passed = true;

	for (size_t i = 0; i < load->tests_n; i++)
		cases += load->tests[i]->n;
	tap_plan(cases);
	for (size_t i = 0; i < load->tests_n; i++)
		for (size_t j = 0; j < load->tests[i]->n && !service_is_asked_to_end(trial->service); j++) {
			passed = run_case(trial, load->tests[i], j, ++number) && passed;
			fflush(stdout);
		}
	return passed ? EXIT_DONE : EXIT_FAILED;
}

/* --- before one's eyes ----------------------------------------------------------------------- */

static int play_with(struct trial *trial, const struct roomtest_room *room)
{
	struct problem problem;

	return live_run(trial, room, &problem) < 0 ? say(EXIT_FAILED, &problem) : EXIT_DONE;
}

/* Who has ended it knows that. */
static int play(struct trial *trial, const struct roomtest_room *room, const struct roomtest *test)
{
	struct problem problem;
	int r = live_play(trial, room, test, &problem);

	if (r < 0 && r != -ECANCELED)
		say(EXIT_FAILED, &problem);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* --- without a test -------------------------------------------------------------------------- */


static int show(struct trial *trial)
{
	_cleanup_(cleanup_free) char *said = NULL;
	struct problem problem;
	int r;

	r = trial_show(trial, &problem);
	if (r >= 0)
		r = service_run(trial->service, (const char *const[]){ trial->roomctl, NULL }, &said, &problem);
	if (r < 0)
		return say(EXIT_FAILED, &problem);
	fputs(said, stdout);
	return r == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* --- the room -------------------------------------------------------------------------------- */

static int run(struct trial *trial, const struct load *load, const struct try_arguments *arguments)
{
	const struct roomtest_room room = { .components = load->components, .n = load->config->n };

	if (arguments->plays)
		return play(trial, &room, load->tests[0]);
	if (load->tests_n > 0)
		return run_tests(trial, load);
	return arguments->is_live ? play_with(trial, &room) : show(trial);
}

static int with_service(const struct load *load, const struct try_arguments *arguments, struct world *world, const struct programs *programs)
{
	struct service service;
	struct trial trial = { 0 };
	struct problem problem;
	int status = EXIT_FAILED;

	if (service_open(&service, programs->roomd, &problem) < 0)
		say(status, &problem);
	else if (trial_init(&trial, load->config, world, &service, programs->roomctl) >= 0)
		status = run(&trial, load, arguments);
	service_close(&service);
	trial_deinit(&trial);
	return status;
}

static int with_world(const struct load *load, const struct try_arguments *arguments, const struct programs *programs)
{
	struct world world;
	struct problem problem;
	int status;

	if (load->tests_n > 0 && !wall_is_ours() && (!arguments->plays || load_sets_clock(load))) {
		problem_set(&problem, -EPERM, "a room test sets the clock, so it runs on the test kernel only: scripts/try "
		                              "in roomd's source folder starts it");
		return say(EXIT_FAILED, &problem);
	}
	if (world_open(&world, &load->plan, &problem) >= 0)
		status = with_service(load, arguments, &world, programs);
	else
		status = say(EXIT_FAILED, &problem);
	world_close(&world);
	return status;
}

int main(int argc, char **argv)
{
	_cleanup_(load_free) struct load load = { 0 };
	struct try_arguments arguments;
	struct programs programs;
	int status;

	descriptors_occupy_standard();
	if (try_arguments_parse(argc, argv, &arguments) < 0)
		return EXIT_WRONG;
	if (arguments.exits) {
		free(arguments.tests);
		return EXIT_DONE;
	}
	arguments.is_live = arguments.tests_n == 0 && screen_is_there();
	find_programs(&programs);
	status = load_all(&load, &arguments) < 0 ? EXIT_WRONG : with_world(&load, &arguments, &programs);
	free(arguments.tests);
	if (fflush(stdout) != 0 && status == EXIT_DONE)
		status = EXIT_FAILED;
	return status;
}
