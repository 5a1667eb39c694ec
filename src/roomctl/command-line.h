/* The command line of roomctl: tables of verbs and options, from which parsing, the help and suggestions
 * follow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "roomctl/say.h"

struct command_line;

enum json_mode {
	JSON_OFF,
	JSON_SHORT,
	JSON_PRETTY,
};

enum transport {
	TRANSPORT_LOCAL,
	TRANSPORT_HOST,
	TRANSPORT_MACHINE,
};

/* A command of roomctl. */
struct verb {
	const char *name;
	const char *arguments; /* as in the help; NULL: none */
	size_t least, most;    /* how many arguments */
	const char *about;     /* for the help */
	enum status (*run)(const struct command_line *line);
};

#define ARGUMENTS_ANY SIZE_MAX

/* The table, ended by one without a name. The first one is the default. */
extern const struct verb verbs[];

struct command_option {
	const char *name;     /* without "--"; empty: only a letter */
	char letter;          /* 0: none */
	const char *argument; /* as in the help, "[=MODE]" if it is optional; NULL: none */
	const char *verbs;    /* the verbs that take it, separated by spaces; NULL: all */
	const char *about;
	/* `value` is NULL without an argument. -EINVAL: it is wrong, and a message has said why. */
	int (*take)(struct command_line *line, const char *value);
};

/* Ended by one without a name. */
extern const struct command_option command_options[];

struct command_line {
	bool exits; /* help or version was printed; the rest is not set */
	const struct verb *verb;
	char **arguments; /* ended by NULL; they live in argv */
	size_t arguments_n;
	enum json_mode json;
	enum transport transport;
	const char *address; /* the host or machine */
	bool no_legend, no_ask_password, quiet, full;
	bool has_for;
	uint64_t for_usec;
	bool has_speed;
	double speed; /* percent */
	const char *can;
	bool check;
	const char *config; /* NULL: the standard places */
	const char *output; /* the line to switch up and down; NULL: none */
	bool yes;           /* ask nothing */
	bool wiring;        /* the configuration of docs/wiring.md, */
	const char *relay;  /* with this relay, "high" or "low"; NULL: ask */
	struct {
		uint64_t since_usec, until_usec; /* CLOCK_REALTIME; 0: not given */
		const char *property;            /* separated by ','; NULL: all */
		const char *svg;                 /* the picture's file; NULL: none */
		bool plot, csv, sum;
	} history;
};

/* Reads the command line; prints help and version. STATUS_USAGE: it is wrong, and a message has said why. */
enum status command_line_parse(int argc, char **argv, struct command_line *ret);

/* Prints the help. */
void command_line_print_help(FILE *stream);
