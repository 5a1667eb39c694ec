/* The command line of roomctl: what is taken, what is wrong and what is said of it, and the help. */
#include "roomctl/command-line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"
#include "client/text.h"

#define WORDS_MAX 8

/* Parses the words, which are separated by '|', and keeps what is said on standard error. */
static enum status parse(const char *words, struct command_line *ret, char *said, size_t size)
{
	static char copy[256];
	static char *argv[WORDS_MAX + 2];
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO), argc = 1;
	enum status status;
	size_t n;

	assert_non_null(file);
	snprintf(copy, sizeof copy, "%s", words);
	argv[0] = (char *)"roomctl";
	for (char *word = strtok(copy, "|"); word && argc <= WORDS_MAX; word = strtok(NULL, "|"))
		argv[argc++] = word;
	argv[argc] = NULL;
	dup2(fileno(file), STDERR_FILENO);
	status = command_line_parse(argc, argv, ret);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	n = fread(said, 1, size - 1, file);
	said[n] = '\0';
	fclose(file);
	return status;
}

static struct command_line parse_good(const char *words)
{
	struct command_line line;
	char said[512];

	assert_int_equal(parse(words, &line, said, sizeof said), STATUS_DONE);
	assert_string_equal(said, "");
	return line;
}

static void test_verbs(void **state)
{
	struct command_line line = parse_good("");

	(void)state;
	assert_string_equal(line.verb->name, "");
	line = parse_good("show|hall|MotionSensor/door");
	assert_string_equal(line.verb->name, "show");
	assert_int_equal(line.arguments_n, 2);
	assert_string_equal(line.arguments[1], "MotionSensor/door");
	assert_null(line.arguments[2]);
	/* Options may stand anywhere. */
	line = parse_good("light|--for|1h 30min|hall|--json|on");
	assert_string_equal(line.verb->name, "light");
	assert_string_equal(line.arguments[1], "on");
	assert_true(line.has_for);
	assert_int_equal(line.for_usec, UINT64_C(5400) * 1000000);
	assert_int_equal(line.json, JSON_SHORT);
	line = parse_good("on|rack|--speed|60%");
	assert_true(line.has_speed);
	assert_true(line.speed == 60);
	assert_true(parse_good("on|--speed=0|rack").speed == 0);
	assert_true(parse_good("on|--speed=12.5|rack").speed == 12.5);
	assert_true(parse_good("on|--speed=100 %|rack").speed == 100);
	/* Unless somebody says where they end. */
	line = parse_good("show|--|-x");
	assert_string_equal(line.arguments[0], "-x");
}

static void test_options(void **state)
{
	(void)state;
	assert_int_equal(parse_good("--json=pretty").json, JSON_PRETTY);
	assert_int_equal(parse_good("--json=pretty|--json=off").json, JSON_OFF);
	assert_int_not_equal(parse_good("-j").json, JSON_OFF);
	assert_int_equal(parse_good("-Hroot@cellar").transport, TRANSPORT_HOST);
	assert_string_equal(parse_good("--host|root@cellar").address, "root@cellar");
	assert_int_equal(parse_good("--machine=box").transport, TRANSPORT_MACHINE);
	assert_true(parse_good("-ql").quiet);
	assert_true(parse_good("-ql").full);
	assert_true(parse_good("--no-legend|list").no_legend);
	assert_true(parse_good("--no-ask-password|--no-pager|list").no_ask_password);
	assert_string_equal(parse_good("list|--can=lock").can, "lock");
	assert_true(parse_good("mqtt|--check").check);
	assert_string_equal(parse_good("find|--output=GPIO5|--yes").output, "GPIO5");
	assert_true(parse_good("find|--output|GPIO5|--yes").yes);
	assert_true(parse_good("find|--for=5s").has_for);
	assert_true(parse_good("init|--wiring").wiring);
	assert_null(parse_good("init|--wiring").relay);
	assert_string_equal(parse_good("init|--wiring=low|a.conf").relay, "low");
	assert_int_equal(parse_good("history|hall|--since=@5").history.since_usec, 5000000);
	assert_int_equal(parse_good("history|hall|--until|2026-11-01 08:00 UTC").history.until_usec, UINT64_C(1793520000000000));
	assert_true(parse_good("history|hall|--plot").history.plot);
	assert_string_equal(parse_good("history|hall|--svg=a.svg").history.svg, "a.svg");
	assert_true(parse_good("history|hall|--sum|--csv").history.csv);
	assert_true(parse_good("history|hall|--sum|--json").history.sum);
	assert_string_equal(parse_good("history|hall|--property=Value").history.property, "Value");
	assert_null(parse_good("mqtt|--check").config);
	assert_string_equal(parse_good("mqtt|--config=a|--check").config, "a");
}

static void test_wrong(void **state)
{
	static const struct {
		const char *words, *said;
	} table[] = {
		{ "lihgt|hall|on", "there is no verb 'lihgt'; did you mean 'light'?" },
		{ "xyzzy", "there is no verb 'xyzzy'; 'roomctl --help' shows all" },
		{ "ev\x1bil", "there is no verb 'ev\\x1bil'; 'roomctl --help' shows all" },
		{ "--jsn", "there is no option '--jsn'; did you mean '--json'?" },
		{ "--xyzzy", "there is no option '--xyzzy'; 'roomctl --help' shows all" },
		{ "-x", "there is no option '-x'; 'roomctl --help' shows all" },
		{ "-qx", "there is no option '-x'; 'roomctl --help' shows all" },
		{ "--host", "--host needs a value: [USER@]HOST" },
		{ "-M", "-M needs a value: CONTAINER" },
		{ "--quiet=yes", "--quiet takes no value" },
		{ "--json=xml", "--json=xml: expected short, pretty or off" },
		{ "light|hall|on|--for=soon",
		  "--for=soon: expected a time span above 0, such as 30min or \"1h 30min\"" },
		{ "light|hall|on|--for=0",
		  "--for=0: expected a time span above 0, such as 30min or \"1h 30min\"" },
		{ "lock|door|--for=5", "--for is for 'roomctl on off light find init' only" },
		{ "show|door|--can=lock", "--can is for 'roomctl list' only" },
		{ "show", "an argument is missing: roomctl show NAME..." },
		{ "auto|hall|--for=5", "--for is for 'roomctl on off light find init' only" },
		{ "on|rack|--speed=fast", "--speed=fast: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed=%", "--speed=%: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed=60%%", "--speed=60%%: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed=-1", "--speed=-1: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed=100.1%", "--speed=100.1%: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed=00000000000000000000000000000060",
		  "--speed=00000000000000000000000000000060: expected a number from 0 to 100, such as 60%" },
		{ "on|rack|--speed", "--speed needs a value: PERCENT" },
		{ "off|rack|--speed=60", "--speed is for 'roomctl on' only" },
		{ "light|hall|on|--speed=60", "--speed is for 'roomctl on' only" },
		{ "on|rack|--speed=60|--for=5min",
		  "--for cannot be given with --speed: a speed stays until 'roomctl auto'" },
		{ "list|--check", "--check is for 'roomctl mqtt' only" },
		{ "list|--config=a", "--config is for 'roomctl mqtt' only" },
		{ "mqtt|--config", "--config needs a value: FILE" },
		{ "mqtt|--config=a", "--config goes with --check: what runs has its own configuration" },
		{ "history", "an argument is missing: roomctl history NAME..." },
		{ "history|hall|--since=soon",
		  "--since=soon: expected a time, such as now, today, yesterday, -2h, \"2h ago\", \"2026-11-01 08:00\", "
		  "2026-11-01, 08:00 or @1793520000" },
		{ "history|hall|--plot|--csv",
		  "only one of --plot, --svg, --csv and --json can be given; --sum goes with the last two" },
		{ "history|hall|--plot|--sum",
		  "only one of --plot, --svg, --csv and --json can be given; --sum goes with the last two" },
		{ "history|hall|--csv|--json",
		  "only one of --plot, --svg, --csv and --json can be given; --sum goes with the last two" },
		{ "list|--plot", "--plot is for 'roomctl history' only" },
		{ "find|hall", "unexpected argument 'hall': roomctl find" },
		{ "find|--output", "--output needs a value: LINE" },
		{ "find|--output=GPIO5|--for=5s",
		  "--output cannot be given with --for or --json: it watches nothing" },
		{ "find|--output=GPIO5|--json", "--output cannot be given with --for or --json: it watches nothing" },
		{ "list|--yes", "--yes is for 'roomctl find init' only" },
		{ "init|--output=GPIO5", "--output is for 'roomctl find' only" },
		{ "init|--wiring=middle",
		  "--wiring=middle: expected high or low, the level at which the relay is on" },
		{ "init|a|b", "unexpected argument 'b': roomctl init [FILE]" },
		{ "mqtt|hall", "unexpected argument 'hall': roomctl mqtt" },
		{ "why", "an argument is missing: roomctl why NAME..." },
		{ "light|hall", "an argument is missing: roomctl light NAME on|off|auto" },
		{ "list|hall", "unexpected argument 'hall': roomctl list" },
		{ "lock|a|b", "unexpected argument 'b': roomctl lock NAME" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct command_line line;
		char said[512], expected[512];

		snprintf(expected, sizeof expected, "roomctl: %s\n", table[i].said);
		if (parse(table[i].words, &line, said, sizeof said) != STATUS_USAGE ||
		    strcmp(said, expected) != 0)
			wrong += row_fails("%s: %s", table[i].words, said);
	}
	assert_int_equal(wrong, 0);
}

/* The help has every verb and option, and room on a terminal. */
static void test_help(void **state)
{
	char *help = NULL;
	size_t size;
	FILE *stream = open_memstream(&help, &size);

	(void)state;
	command_line_print_help(stream);
	fclose(stream);
	for (const struct verb *verb = verbs + 1; verb->name; verb++) {
		char words[64];

		snprintf(words, sizeof words, "\n  %s ", verb->name);
		assert_non_null(strstr(help, words));
		assert_non_null(strstr(help, verb->about));
	}
	for (const struct command_option *option = command_options; option->name; option++) {
		char words[64];

		if (*option->name)
			snprintf(words, sizeof words, "--%s", option->name);
		else
			snprintf(words, sizeof words, "\n  -%c ", option->letter);
		assert_non_null(strstr(help, words));
		assert_non_null(strstr(help, option->about));
	}
	for (char *line = strtok(help, "\n"); line; line = strtok(NULL, "\n"))
		assert_in_range(text_width(line), 1, 80);
	free(help);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_help),
	};

	text_set_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
