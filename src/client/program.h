/* A program beside roomd: its command line, one loop, the system bus, and an end that it is asked for. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "config/error.h"
#include "util/problem.h"

/* What a command line asks for; a program's own modes come behind. */
enum program_mode {
	PROGRAM_RUN,
	PROGRAM_EXIT, /* help or version was printed */
	PROGRAM_CHECK_CONFIG,
	PROGRAM_OWN,
};

/* An option of its own that takes no argument and is a mode: "check". */
struct program_option {
	const char *name;
	int mode; /* PROGRAM_OWN and more */
};

/* What a program is. */
struct program {
	const char *name;                     /* "roomd-mqtt" */
	const char *help;
	const char *modes;                    /* those that exclude each other: "--check-config, --check, --forget" */
	const struct program_option *options; /* ended by one without a name; NULL: none */
	bool has_config;                      /* takes --config and --check-config */
	bool has_state;                       /* takes --state-directory */
};

struct program_arguments {
	int mode;
	const char *config;          /* NULL: the standard places */
	const char *state_directory; /* NULL: $STATE_DIRECTORY, see program_state_directory() */
	int log_level;
};

/* Reads the command line; prints help and version. -EINVAL: it is wrong, which was said. */
int program_parse(const struct program *program, int argc, char **argv, struct program_arguments *ret);

/* What main() does before anything else: standard descriptors, the command line, the log. 0; or -EINVAL: the exit status is
 * EX_USAGE. */
int program_begin(const struct program *program, int argc, char **argv, struct program_arguments *ret);

/* The exit status that goes with a result: 78 (EX_CONFIG) for -EBADMSG, a wrong configuration. */
int program_end(int result);

/* The folder for what is kept; NULL: there is none, nothing is kept. */
const char *program_state_directory(const struct program_arguments *arguments);

/* Says what is wrong with a configuration, of which `result` came. Returns `result`. */
int program_say_errors(int result, const struct config_errors *errors);

struct program_callbacks {
	/* Before READY=1. A negative errno ends the program, and `problem` says why. */
	int (*start)(sd_event *event, sd_bus *bus, void *userdata, struct problem *problem);
	/* SIGTERM or SIGINT: it has to end the loop, with sd_event_exit(), soon. NULL: the loop ends at once. */
	void (*stop)(void *userdata);
	/* Also after a start that failed half-way. The loop and the bus are still there. */
	void (*end)(void *userdata);
};

/* Runs until it is told to end, or the bus is gone: systemd starts it again. A negative errno, which was said. */
int program_run(const struct program *program, const struct program_callbacks *callbacks, void *userdata);
