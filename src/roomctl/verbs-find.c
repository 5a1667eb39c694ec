/* The verb find: which line a sensor is on, and what measures. Asks the kernel, not the service. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "roomctl/ask.h"
#include "roomctl/find-output.h"
#include "roomctl/find-print.h"
#include "roomctl/find.h"
#include "roomctl/json.h"
#include "roomctl/print.h"
#include "client/text.h"
#include "roomctl/verbs.h"
#include "util/problem.h"
#include "util/timespan.h"

/* So often a line is told of while it is watched. */
#define TOLD_MOST 12

static enum status no_chip(const struct find_lines *lines)
{
	if (lines->error == -EACCES || lines->error == -EPERM)
		return say(
			STATUS_REFUSED,
			"%s; run it as root: sudo roomctl find. Or give a user access: sudo usermod -aG "
			"gpio NAME, and log in again",
			lines->problem.text);
	if (lines->error)
		return say(STATUS_FAILED, "%s", lines->problem.text);
	return say(STATUS_DONE,
	           "there is no GPIO chip here that the kernel has a driver for (no /dev/gpiochip*); is the "
	           "board's overlay or the chip's module loaded? 'gpiodetect' and 'dmesg' say more");
}

enum status find_look(struct find_lines *lines)
{
	int r = find_lines_look(lines);

	if (r < 0)
		return say_no_memory();
	if (lines->n == 0)
		return no_chip(lines);
	if (lines->error)
		say(STATUS_DONE, "%s: its lines are left out%s", lines->problem.text,
		    lines->error == -EACCES || lines->error == -EPERM ? "; with sudo they are not" : "");
	return STATUS_DONE;
}

static void tell(const struct find_line *line, void *userdata)
{
	_cleanup_(cleanup_free) char *name = text_escape(line->written);

	(void)userdata;
	if (line->seen.acts <= TOLD_MOST)
		fprintf(stderr, "%s is %s\n", name ? name : "", line->seen.level ? "high" : "low");
}

enum status find_watch(const struct command_line *line, struct find_lines *lines)
{
	uint64_t usec = line->has_for ? line->for_usec : FIND_USEC;
	char span[TIMESPAN_TEXT_SIZE];
	size_t n;
	int r;

	find_lines_open(lines);
	n = find_lines_count(lines, FIND_WATCHED);
	if (n == 0)
		return STATUS_DONE;
	if (!line->quiet)
		say(STATUS_DONE, "watching %zu line%s for %s: wave, open the door, press the button%s", n,
		    n == 1 ? "" : "s", timespan_format(usec, span),
		    ask_is_possible() ? "; Enter ends it" : "");
	r = find_lines_watch(lines, usec, ask_is_possible(), line->quiet ? NULL : tell, NULL);
	return r < 0 ? say(STATUS_FAILED, "the lines cannot be watched: %s", problem_errno(r)) : STATUS_DONE;
}

/* --- what is said of it ------------------------------------------------------------------------ */

/* The first one is what looks most like a person's acts. */
static bool has_section(const struct find_lines *lines)
{
	return lines->n > 0 && lines->lines[0].state == FIND_WATCHED &&
	       seen_guess(&lines->lines[0].seen).kind;
}

/* If it is none of theirs that somebody is after. */
static void print_why_none(const struct find_lines *lines)
{
	if (find_lines_count(lines, FIND_WATCHED) == 0)
		fputs("\nNo line can be watched, for the reasons above.\n", stdout);
	else if (!has_section(lines))
		fputs("\n"
		      "No line changed as if a person had done it. Check the sensor's wires and its power, "
		      "and\n"
		      "try again for longer: sudo roomctl find --for 2min\n"
		      "docs/wiring.md shows the wiring on a Raspberry Pi; 'gpioinfo' shows all lines.\n",
		      stdout);
}

static void print_next(const struct find_lines *lines, const struct find_sensors *sensors)
{
	if (lines->n > 0)
		print_why_none(lines);
	if (has_section(lines) || sensors->n > 0)
		fputs("\nNext: 'sudo roomctl init' asks, and writes such a file. Or paste the sections into "
		      "/etc/roomd/roomd.conf;\nthen: roomctl check-config && sudo systemctl reload roomd\n",
		      stdout);
}

static enum status print_found(const struct command_line *line, const struct find_lines *lines,
                               const struct find_sensors *sensors)
{
	struct terminal terminal = print_look(line);
	int r = find_print_lines(lines, &terminal);

	if (r >= 0)
		r = find_print_sections(lines, sensors);
	if (r < 0)
		return say_no_memory();
	if (lines->n > 0)
		find_print_summary(lines);
	if (!line->no_legend)
		print_next(lines, sensors);
	return STATUS_DONE;
}

static enum status print_json(const struct command_line *line, const struct find_lines *lines,
                              const struct find_sensors *sensors)
{
	_cleanup_(json_freep) struct json_object *report = find_to_json(lines, sensors);

	return report ? json_print(report, line->json) : say_no_memory();
}

static enum status find(const struct command_line *line)
{
	_cleanup_(find_sensors_free) struct find_sensors sensors = { 0 };
	_cleanup_(find_lines_free) struct find_lines lines = { 0 };
	struct terminal terminal = print_look(line);
	enum status status, looked;

	if (find_sensors_read(&sensors) < 0)
		return say_no_memory();
	if (line->json == JSON_OFF && find_print_sensors(&sensors, &terminal) < 0)
		return say_no_memory();
	fflush(stdout);
	looked = find_look(&lines);
	status = looked == STATUS_DONE ? find_watch(line, &lines) : STATUS_DONE;
	if (status == STATUS_DONE)
		status = line->json != JSON_OFF ? print_json(line, &lines, &sensors)
		                                : print_found(line, &lines, &sensors);
	return status == STATUS_DONE ? looked : status;
}

enum status verb_find(const struct command_line *line)
{
	if (line->transport != TRANSPORT_LOCAL)
		return say(STATUS_USAGE,
		           "find looks at the lines here; --host and --machine are not for it. Log in there "
		           "instead: ssh HOST sudo roomctl find");
	return line->output ? find_output(line->output, line->yes) : find(line);
}
