/* roomd-history: arguments in, exit status out. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>

#include "client/program.h"
#include "history/config.h"
#include "history/follow.h"
#include "history/view.h"
#include "util/log.h"

static const struct program program = {
	.name = "roomd-history",
	.modes = "--check-config",
	.has_config = true,
	.has_state = true,
	.help =
		"Usage: roomd-history [OPTIONS]\n"
		"       roomd-history --check-config [OPTIONS]\n"
		"\n"
		"Records measured values, on/off states and all events of the room, for roomctl history.\n"
		"\n"
		"  -c, --config FILE       Read FILE and FILE.d/*.conf instead of /etc/roomd/history.conf\n"
		"                          and its drop-ins\n"
		"      --check-config      Report all errors in the configuration (exit status 78), or print\n"
		"                          the effective one\n"
		"      --state-directory DIR\n"
		"                          Keep the database in DIR, instead of /var/lib/roomd-history\n"
		"      --log-level LEVEL   Log up to err, warning, notice, info (default) or debug\n"
		"  -h, --help              Show this help\n"
		"      --version           Show the version\n",
};

struct service {
	const struct program_arguments *arguments;
	const struct history_config *config;
	struct recorder *recorder;
	struct follower *follower;
	struct view *view;
};

static void say(void *userdata)
{
	struct service *service = userdata;
	const char *text;

	while (recorder_take_words(service->recorder, &text))
		log_warning("%s", text);
	if (service->view)
		view_changed(service->view);
}

static int start(sd_event *event, sd_bus *bus, void *userdata, struct problem *problem)
{
	struct service *service = userdata;
	const struct history_keep_config *keep = service->config->keep;
	const struct store_bounds bounds = {
		.raw_usec = keep->raw_days * 86400 * USEC_PER_SEC,
		.keep_usec = keep->days * 86400 * USEC_PER_SEC,
		.bytes = keep->bytes,
	};
	int r = recorder_new(program_state_directory(service->arguments), &bounds, &service->recorder);

	(void)event;
	if (r >= 0) {
		say(service);
		r = follower_new(bus, service->recorder, &service->follower);
	}
	if (r >= 0)
		follower_on_write(service->follower, say, service);
	if (r >= 0)
		r = view_new(bus, service->recorder, &service->view);
	return r < 0 ? problem_set(problem, r, "it cannot be set up: %s", problem_errno(r)) : 0;
}

/* What was recorded since the last minute is written at the end. */
static void end(void *userdata)
{
	struct service *service = userdata;
	struct moment now = follower_now();

	service->view = view_free(service->view);
	service->follower = follower_free(service->follower);
	if (service->recorder) {
		recorder_write(service->recorder, &now);
		say(service);
	}
	service->recorder = recorder_free(service->recorder);
}

static int serve(const struct program_arguments *arguments)
{
	static const struct program_callbacks callbacks = { .start = start, .end = end };
	_cleanup_(history_config_freep) struct history_config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	struct service service = { .arguments = arguments };
	int r = program_say_errors(history_config_load(arguments->config, &config, &errors), &errors);

	if (r < 0)
		return r;
	if (arguments->mode == PROGRAM_CHECK_CONFIG) {
		history_config_print(config, stdout);
		return 0;
	}
	service.config = config;
	return program_run(&program, &callbacks, &service);
}

int main(int argc, char **argv)
{
	struct program_arguments arguments;

	if (program_begin(&program, argc, argv, &arguments) < 0)
		return EX_USAGE;
	return program_end(arguments.mode == PROGRAM_EXIT ? 0 : serve(&arguments));
}
