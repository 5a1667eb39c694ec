/* What the programs beside roomd have in common: a command line, one loop, the system bus, and an orderly
 * end. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "config/error.h"
#include "util/problem.h"

/* What a command line asks for. A program's own modes begin with PROGRAM_OWN. */
enum program_mode {
	PROGRAM_RUN,
	PROGRAM_EXIT, /* help or version was printed */
	PROGRAM_CHECK_CONFIG,
	PROGRAM_OWN,
};

/* An option of one program that has no argument and selects a mode: "check". */
struct program_option {
	const char *name;
	int mode; /* PROGRAM_OWN and more */
};

/* The description of a program. */
struct program {
	const char *name;                     /* "roomd-mqtt" */
	const char *help;
	const char *modes;                    /* options that exclude each other: "--check-config, --check, --forget" */
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

/* Reads the command line; prints help and version. -EINVAL: it is wrong, and a message has said why. */
int program_parse(const struct program *program, int argc, char **argv, struct program_arguments *ret);

/* What main() does before anything else: standard descriptors, the command line, the log. 0; or -EINVAL: the exit status is
 * EX_USAGE. */
int program_begin(const struct program *program, int argc, char **argv, struct program_arguments *ret);

/* The exit status that goes with a result: 78 (EX_CONFIG) for -EBADMSG, a wrong configuration. */
int program_end(int result);

/* The folder for kept files; NULL: there is none, and nothing is kept. */
const char *program_state_directory(const struct program_arguments *arguments);

/* Logs the errors that were found when a configuration was read, with this result. Returns `result`. */
int program_say_errors(int result, const struct config_errors *errors);

struct program_callbacks {
	/* Before READY=1. A negative errno ends the program, and `problem` says why. */
	int (*start)(sd_event *event, sd_bus *bus, void *userdata, struct problem *problem);
	/* Called on SIGTERM and SIGINT: has to end the loop soon, with sd_event_exit(). NULL: the loop ends
	 * at once. */
	void (*stop)(void *userdata);
	/* Called even after a start that failed half-way. The loop and the bus are still there. */
	void (*end)(void *userdata);
};

/* Runs until it is told to end, or until the bus is gone (systemd then starts it again). 0, or a negative
 * errno that has been logged. */
int program_run(const struct program *program, const struct program_callbacks *callbacks, void *userdata);
