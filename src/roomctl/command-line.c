#define _GNU_SOURCE
#include "roomctl/command-line.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/nearest.h"
#include "util/number.h"
#include "util/timespan.h"
#include "util/timestamp.h"

#define WORDS_MAX 32
#define HELP_COLUMN 27
#define PERCENT_SIZE 32
#define FIRST_VALUE 256 /* getopt's value of the first option, above all letters */

/* --- options --------------------------------------------------------------------------------- */

static int take_json(struct command_line *line, const char *value)
{
	static const char *const modes[] = {
		[JSON_OFF] = "off", [JSON_SHORT] = "short", [JSON_PRETTY] = "pretty"
	};

	line->json = JSON_SHORT;
	if (!value)
		return 0;
	for (size_t i = 0; i < ELEMENTS(modes); i++)
		if (strcmp(value, modes[i]) == 0) {
			line->json = (enum json_mode)i;
			return 0;
		}
	say(STATUS_USAGE, "--json=%s: expected short, pretty or off", value);
	return -EINVAL;
}

static int take_j(struct command_line *line, const char *value)
{
	(void)value;
	line->json = isatty(STDOUT_FILENO) ? JSON_PRETTY : JSON_SHORT;
	return 0;
}

static int take_host(struct command_line *line, const char *value)
{
	line->transport = TRANSPORT_HOST;
	line->address = value;
	return 0;
}

static int take_machine(struct command_line *line, const char *value)
{
	line->transport = TRANSPORT_MACHINE;
	line->address = value;
	return 0;
}

static int take_for(struct command_line *line, const char *value)
{
	line->has_for = timespan_parse(value, &line->for_usec) >= 0 && line->for_usec > 0;
	if (line->has_for)
		return 0;
	say(STATUS_USAGE, "--for=%s: expected a time span above 0, such as 30min or \"1h 30min\"", value);
	return -EINVAL;
}

/* A number from 0 to 100, with "%" behind it or without. */
static bool parse_percent(const char *text, double *ret)
{
	char number[PERCENT_SIZE];
	size_t length = strlen(text);

	if (length >= sizeof number)
		return false;
	strcpy(number, text);
	if (length > 0 && number[length - 1] == '%')
		number[length - 1] = '\0';
	return number_parse(number, ret) >= 0 && *ret >= 0 && *ret <= 100;
}

static int take_speed(struct command_line *line, const char *value)
{
	line->has_speed = parse_percent(value, &line->speed);
	if (line->has_speed)
		return 0;
	say(STATUS_USAGE, "--speed=%s: expected a number from 0 to 100, such as 60%%", value);
	return -EINVAL;
}

static int take_can(struct command_line *line, const char *value)
{
	line->can = value;
	return 0;
}

static int take_check(struct command_line *line, const char *value)
{
	(void)value;
	line->check = true;
	return 0;
}

static int take_config(struct command_line *line, const char *value)
{
	line->config = value;
	return 0;
}

static int take_output(struct command_line *line, const char *value)
{
	line->output = value;
	return 0;
}

static int take_yes(struct command_line *line, const char *value)
{
	(void)value;
	line->yes = true;
	return 0;
}

static int take_wiring(struct command_line *line, const char *value)
{
	line->wiring = true;
	line->relay = value;
	if (!value || strcmp(value, "high") == 0 || strcmp(value, "low") == 0)
		return 0;
	say(STATUS_USAGE, "--wiring=%s: expected high or low, the level at which the relay is on", value);
	return -EINVAL;
}

/* A point in time. */
static int take_time(const char *option, const char *value, uint64_t *ret_usec)
{
	int r = timestamp_parse(value, clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC, ret_usec);

	if (r >= 0 && *ret_usec > 0)
		return 0;
	say(STATUS_USAGE, "--%s=%s: expected a time%s, such as " TIMESTAMP_EXAMPLES, option, value,
	    r == -EINVAL ? "" : " after 1970");
	return -EINVAL;
}

static int take_since(struct command_line *line, const char *value)
{
	return take_time("since", value, &line->history.since_usec);
}

static int take_until(struct command_line *line, const char *value)
{
	return take_time("until", value, &line->history.until_usec);
}

static int take_property(struct command_line *line, const char *value)
{
	line->history.property = value;
	return 0;
}

static int take_plot(struct command_line *line, const char *value)
{
	(void)value;
	line->history.plot = true;
	return 0;
}

static int take_svg(struct command_line *line, const char *value)
{
	line->history.svg = value;
	return 0;
}

static int take_csv(struct command_line *line, const char *value)
{
	(void)value;
	line->history.csv = true;
	return 0;
}

static int take_sum(struct command_line *line, const char *value)
{
	(void)value;
	line->history.sum = true;
	return 0;
}

static int take_full(struct command_line *line, const char *value)
{
	(void)value;
	line->full = true;
	return 0;
}

static int take_no_legend(struct command_line *line, const char *value)
{
	(void)value;
	line->no_legend = true;
	return 0;
}

static int take_quiet(struct command_line *line, const char *value)
{
	(void)value;
	line->quiet = true;
	return 0;
}

static int take_no_ask_password(struct command_line *line, const char *value)
{
	(void)value;
	line->no_ask_password = true;
	return 0;
}

static int take_no_pager(struct command_line *line, const char *value)
{
	(void)line, (void)value;
	return 0;
}

static int take_help(struct command_line *line, const char *value)
{
	(void)value;
	command_line_print_help(stdout);
	line->exits = true;
	return 0;
}

static int take_version(struct command_line *line, const char *value)
{
	(void)value;
	puts("roomctl " ROOMD_VERSION);
	line->exits = true;
	return 0;
}

const struct command_option command_options[] = {
	{ "for", 0, "TIME", "on off light find init", "Switch, or watch, for this long", take_for },
	{ "speed", 0, "PERCENT", "on", "With this speed, from 0 to 100%", take_speed },
	{ "can", 0, "VERB", "list", "Only components that VERB is for", take_can },
	{ "check", 0, NULL, "mqtt", "Try the configuration: connect to the broker once", take_check },
	{ "config", 0, "FILE", "mqtt", "With --check: try this configuration", take_config },
	{ "output", 0, "LINE", "find", "Switch this line up and down, to hear its relay", take_output },
	{ "wiring", 0, "[=LEVEL]", "init", "For docs/wiring.md; relay on at high or low", take_wiring },
	{ "yes", 0, NULL, "find init", "Ask nothing, and take yes as the answer", take_yes },
	{ "since", 0, "TIME", "history", "From this time: today, -2h, \"2026-11-01 08:00\"", take_since },
	{ "until", 0, "TIME", "history", "Up to this time (default: now)", take_until },
	{ "property", 0, "NAME", "history", "Only this property, such as Value", take_property },
	{ "plot", 0, NULL, "history", "Draw it in the terminal", take_plot },
	{ "svg", 0, "FILE", "history", "Draw it into a file for paper; - is standard output", take_svg },
	{ "csv", 0, NULL, "history", "Write CSV (RFC 4180), for spreadsheets", take_csv },
	{ "sum", 0, NULL, "history", "Show the time on, minimum, mean and maximum", take_sum },
	{ "json", 0, "[=MODE]", NULL, "JSON: short (the default), pretty or off", take_json },
	{ "", 'j', NULL, NULL, "The same; pretty on a terminal, else short", take_j },
	{ "full", 'l', NULL, NULL, "Cut nothing, even in a narrow terminal", take_full },
	{ "no-legend", 0, NULL, NULL, "No titles, no line about the service", take_no_legend },
	{ "quiet", 'q', NULL, NULL, "Print only errors", take_quiet },
	{ "host", 'H', "[USER@]HOST", NULL, "The roomd of another machine, by ssh", take_host },
	{ "machine", 'M', "CONTAINER", NULL, "The roomd of a local container", take_machine },
	{ "no-ask-password", 0, NULL, NULL, "Do not ask for a password", take_no_ask_password },
	{ "no-pager", 0, NULL, NULL, "Ignored: there is no pager", take_no_pager },
	{ "help", 'h', NULL, NULL, "Show this help", take_help },
	{ "version", 0, NULL, NULL, "Show the version", take_version },
	{ 0 },
};

/* --- help ------------------------------------------------------------------------------------ */

static void print_help_line(FILE *stream, const char *left, const char *about)
{
	fprintf(stream, "  %-*s%s%s\n", HELP_COLUMN, left, strlen(left) < HELP_COLUMN ? "" : "  ", about);
}

static void print_option_help(FILE *stream, const struct command_option *option)
{
	char left[64], letter[] = "    ";

	if (option->letter)
		snprintf(letter, sizeof letter, "-%c%s", option->letter, *option->name ? ", " : "");
	snprintf(left, sizeof left, "%s%s%s%s%s", letter, *option->name ? "--" : "", option->name,
	         option->argument && strncmp(option->argument, "[=", 2) != 0 ? "=" : "",
	         option->argument ? option->argument : "");
	print_help_line(stream, left, option->about);
}

void command_line_print_help(FILE *stream)
{
	fputs("Usage: roomctl [OPTIONS] [VERB ...]\n"
	      "\n"
	      "Shows and controls the room of roomd(8).\n"
	      "\n"
	      "Verbs (without one: the room at a glance):\n",
	      stream);
	for (const struct verb *verb = verbs + 1; verb->name; verb++) {
		char left[64];

		snprintf(left, sizeof left, "%s%s%s", verb->name, verb->arguments ? " " : "",
		         verb->arguments ? verb->arguments : "");
		print_help_line(stream, left, verb->about);
	}
	fputs("\nOptions:\n", stream);
	for (const struct command_option *option = command_options; option->name; option++)
		print_option_help(stream, option);
	fputs("\nA NAME is that of a component, \"hall\", or kind and name, \"LightController/hall\".\n",
	      stream);
}

/* --- getopt ---------------------------------------------------------------------------------- */

/* The options as getopt wants them: a table, ended by zeros, and the letters. */
static void prepare(struct option *table, char *letters)
{
	*letters++ = ':'; /* what is wrong is said here */
	for (size_t i = 0; command_options[i].name; i++) {
		const struct command_option *option = &command_options[i];

		table[i] = (struct option){
			.name = option->name,
			.has_arg = !option->argument                         ? no_argument
			           : strncmp(option->argument, "[=", 2) == 0 ? optional_argument
			                                                     : required_argument,
			.val = FIRST_VALUE + (int)i,
		};
		if (option->letter)
			*letters++ = option->letter;
		if (option->letter && option->argument)
			*letters++ = ':';
	}
	*letters = '\0';
}

static const struct command_option *find_option(int value)
{
	if (value >= FIRST_VALUE)
		return &command_options[value - FIRST_VALUE];
	for (const struct command_option *option = command_options; option->name; option++)
		if (value && option->letter == value)
			return option;
	return NULL;
}

static const char *nearest_option(const char *word)
{
	const char *names[WORDS_MAX];
	size_t n = 0;

	for (const struct command_option *option = command_options; option->name; option++)
		if (*option->name)
			names[n++] = option->name;
	return nearest_word(word, names, n);
}

/* What getopt found wrong: `c` is its result, `word` the argument it is at. */
static enum status option_error(int c, const char *word)
{
	const struct command_option *option = find_option(optopt);
	const char *nearest;

	if (c == ':' && optopt >= FIRST_VALUE)
		return say(STATUS_USAGE, "--%s needs a value: %s", option->name, option->argument);
	if (c == ':')
		return say(STATUS_USAGE, "-%c needs a value: %s", optopt, option->argument);
	if (option && optopt >= FIRST_VALUE)
		return say(STATUS_USAGE, "--%s takes no value", option->name);
	if (optopt)
		return say(STATUS_USAGE, "there is no option '-%c'; 'roomctl --help' shows all", optopt);
	nearest = nearest_option(word + strspn(word, "-"));
	return say(STATUS_USAGE, "there is no option '%s'%s%s%s", word, nearest ? "; did you mean '--" : "",
	           nearest ? nearest : "; 'roomctl --help' shows all", nearest ? "'?" : "");
}

/* The options. `taken` has those there were, as indexes into the table. */
static enum status parse_options(int argc, char **argv, struct command_line *line, bool *taken)
{
	struct option table[WORDS_MAX] = { 0 };
	char letters[2 * WORDS_MAX + 2];
	int c;

	prepare(table, letters);
	optind = 0; /* from the beginning, also a second time */
	opterr = 0;
	while (!line->exits && (c = getopt_long(argc, argv, letters, table, NULL)) >= 0) {
		const struct command_option *option;

		if (c == '?' || c == ':')
			return option_error(c, argv[optind - 1]);
		option = find_option(c);
		if (option->take(line, optarg) < 0)
			return STATUS_USAGE;
		taken[option - command_options] = true;
	}
	return STATUS_DONE;
}

/* --- verbs ----------------------------------------------------------------------------------- */

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *verb = verbs + 1; verb->name; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

static enum status verb_error(const char *word)
{
	const char *names[WORDS_MAX], *nearest;
	size_t n = 0;

	for (const struct verb *verb = verbs + 1; verb->name; verb++)
		names[n++] = verb->name;
	nearest = nearest_word(word, names, n);
	return say(STATUS_USAGE, "there is no verb '%s'%s%s%s", word, nearest ? "; did you mean '" : "",
	           nearest ? nearest : "; 'roomctl --help' shows all", nearest ? "'?" : "");
}

static bool is_word_of(const char *word, const char *words)
{
	size_t length = strlen(word);

	for (; *words; words += strcspn(words, " "), words += strspn(words, " "))
		if (length == strcspn(words, " ") && strncmp(word, words, length) == 0)
			return true;
	return false;
}

/* An option that is for another verb would be ignored, which nobody wants. */
static enum status check_options(const struct verb *verb, const bool *taken)
{
	for (size_t i = 0; command_options[i].name; i++)
		if (taken[i] && command_options[i].verbs && !is_word_of(verb->name, command_options[i].verbs))
			return say(STATUS_USAGE, "--%s is for 'roomctl %s' only", command_options[i].name,
			           command_options[i].verbs);
	return STATUS_DONE;
}

/* Whether more than one way was chosen to show a history. */
static bool shows_twice(const struct command_line *line)
{
	bool picture = line->history.plot || line->history.svg, text = line->history.csv || line->json != JSON_OFF;

	return (line->history.plot && line->history.svg) || (line->history.csv && line->json != JSON_OFF) ||
	       (picture && (text || line->history.sum));
}

/* Options that need or exclude one another. */
static enum status check_together(const struct command_line *line)
{
	if (line->has_speed && line->has_for)
		return say(STATUS_USAGE, "--for cannot be given with --speed: a speed stays until 'roomctl auto'");
	if (line->config && !line->check)
		return say(STATUS_USAGE, "--config goes with --check: what runs has its own configuration");
	if (shows_twice(line))
		return say(STATUS_USAGE, "only one of --plot, --svg, --csv and --json can be given; --sum goes with the last two");
	if (line->output && (line->has_for || line->json != JSON_OFF))
		return say(STATUS_USAGE, "--output cannot be given with --for or --json: it watches nothing");
	return STATUS_DONE;
}

static enum status parse_verb(char **words, size_t n, struct command_line *line)
{
	const struct verb *verb = n > 0 ? find_verb(words[0]) : &verbs[0];

	if (!verb)
		return verb_error(words[0]);
	line->verb = verb;
	line->arguments = words + (n > 0);
	line->arguments_n = n - (n > 0);
	if (line->arguments_n < verb->least)
		return say(STATUS_USAGE, "an argument is missing: roomctl %s %s", verb->name, verb->arguments);
	if (line->arguments_n > verb->most)
		return say(STATUS_USAGE, "unexpected argument '%s': roomctl %s%s%s",
		           line->arguments[verb->most], verb->name, verb->arguments ? " " : "",
		           verb->arguments ? verb->arguments : "");
	return STATUS_DONE;
}

enum status command_line_parse(int argc, char **argv, struct command_line *ret)
{
	struct command_line line = { 0 };
	bool taken[WORDS_MAX] = { 0 };
	enum status status;

	status = parse_options(argc, argv, &line, taken);
	if (status == STATUS_DONE && !line.exits)
		status = parse_verb(argv + optind, (size_t)(argc - optind), &line);
	if (status == STATUS_DONE && !line.exits)
		status = check_options(line.verb, taken);
	if (status == STATUS_DONE && !line.exits)
		status = check_together(&line);
	if (status == STATUS_DONE)
		*ret = line;
	return status;
}
