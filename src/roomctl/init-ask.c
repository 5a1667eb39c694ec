#define _GNU_SOURCE
#include "roomctl/init-ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "roomctl/ask.h"
#include "roomctl/find-output.h"
#include "roomctl/find.h"
#include "client/text.h"
#include "util/nearest.h"

#define QUESTION_SIZE 512
#define ANSWER_SIZE 128
#define VALUE_SIZE 700
#define TAKEN_MOST 64

/* A section that is in the text already. */
struct taken {
	const char *kind;
	char name[SEEN_NAME_SIZE];
	char line[sizeof((struct find_line *)NULL)->written]; /* "": it has none */
};

struct init {
	const struct command_line *line;
	FILE *text;
	struct taken taken[TAKEN_MOST];
	size_t n;
	bool ended; /* the input has: nothing more is asked */
};

/* --- sections ---------------------------------------------------------------------------------- */

static bool is_taken(const struct init *init, const char *kind, const char *name)
{
	for (size_t i = 0; i < init->n; i++)
		if (strcmp(init->taken[i].kind, kind) == 0 && strcmp(init->taken[i].name, name) == 0)
			return true;
	return false;
}

static const struct taken *who_has_line(const struct init *init, const char *line)
{
	for (size_t i = 0; i < init->n; i++)
		if (*line && strcmp(init->taken[i].line, line) == 0)
			return &init->taken[i];
	return NULL;
}

static void take(struct init *init, const char *kind, const char *name, const char *line)
{
	struct taken *taken = &init->taken[init->n++];

	taken->kind = kind;
	snprintf(taken->name, sizeof taken->name, "%s", name);
	snprintf(taken->line, sizeof taken->line, "%s", line);
}

static bool is_full(const struct init *init)
{
	return init->n == TAKEN_MOST;
}

/* A name of its kind that nobody has. False: the input has ended. */
static bool ask_name(struct init *init, const char *kind, const char *proposed,
                     char name[static SEEN_NAME_SIZE])
{
	char answer[ANSWER_SIZE] = "";

	while (!init->ended) {
		init->ended =
			!ask_text("Its name, such as hall or front-door", proposed, answer, sizeof answer);
		if (init->ended)
			break;
		if (!option_name_is_valid(answer))
			fprintf(stderr,
			        "A name has up to %d letters, digits, \"_\" and \"-\", a letter or digit first.\n",
			        OPTION_NAME_MAX);
		else if (is_taken(init, kind, answer))
			fprintf(stderr, "There is a [%s %s] already. Another name, please.\n", kind, answer);
		else
			break;
	}
	snprintf(name, SEEN_NAME_SIZE, "%.*s", OPTION_NAME_MAX, answer);
	return !init->ended;
}

/* Takes the section over. */
static void add_section(struct init *init, char *section)
{
	fprintf(init->text, "%s\n", section ? section : "");
	free(section);
}

/* --- what measures ----------------------------------------------------------------------------- */

/* Of hwmon are mostly the machine's own thermometers. */
static bool is_likely(const struct find_sensor *sensor)
{
	return strncmp(sensor->channel.device, "hwmon:", strlen("hwmon:")) != 0;
}

static void ask_sensor(struct init *init, const struct find_sensor *sensor)
{
	char value[VALUE_SIZE], question[QUESTION_SIZE + VALUE_SIZE], proposed[SEEN_NAME_SIZE],
		name[SEEN_NAME_SIZE];
	_cleanup_(cleanup_free) char *device = text_escape(sensor->channel.device);
	_cleanup_(cleanup_free) char *shown = text_escape(find_sensor_value(sensor, value, sizeof value));

	snprintf(question, sizeof question, "\n%s at %.200s%s%.40s: %.300s. Take it?", sensor->class->kind,
	         device ? device : "", *sensor->channel.channel ? ", channel " : "", sensor->channel.channel,
	         shown ? shown : "");
	if (init->ended || is_full(init) || !ask_yes(question, is_likely(sensor) && sensor->error >= 0))
		return;
	if (!ask_name(init, sensor->class->kind, find_sensor_name(sensor, proposed), name))
		return;
	add_section(init, find_sensor_section(sensor, name));
	take(init, sensor->class->kind, name, "");
}

static enum status ask_sensors(struct init *init)
{
	_cleanup_(find_sensors_free) struct find_sensors sensors = { 0 };

	if (find_sensors_read(&sensors) < 0)
		return say_no_memory();
	for (size_t i = 0; i < sensors.n; i++)
		ask_sensor(init, &sensors.sensors[i]);
	return STATUS_DONE;
}

/* --- what is on a line ------------------------------------------------------------------------- */

static const struct {
	const char *word, *kind;
} inputs[] = {
	{ "motion", "MotionSensor" },
	{ "contact", "ContactSensor" },
	{ "button", "Button" },
	{ "none", NULL },
};

static const char *word_of(const char *kind)
{
	for (size_t i = 0; i < ELEMENTS(inputs); i++)
		if (inputs[i].kind && strcmp(inputs[i].kind, kind) == 0)
			return inputs[i].word;
	return "none";
}

/* NULL: none of them, or the input has ended. */
static const char *ask_kind(struct init *init, const char *guessed)
{
	char answer[ANSWER_SIZE];

	while (!init->ended) {
		init->ended = !ask_text("What is it: motion, contact, button or none?", word_of(guessed),
		                        answer, sizeof answer);
		for (size_t i = 0; i < ELEMENTS(inputs) && !init->ended; i++)
			if (strcmp(inputs[i].word, answer) == 0)
				return inputs[i].kind;
	}
	return NULL;
}

static void ask_line(struct init *init, const struct find_line *line)
{
	struct seen_guess guess = seen_guess(&line->seen);
	_cleanup_(cleanup_free) char *escaped = text_escape(line->written);
	char proposed[SEEN_NAME_SIZE], name[SEEN_NAME_SIZE];
	const char *kind;

	if (!guess.kind || line->state != FIND_WATCHED || init->ended || is_full(init))
		return;
	if (who_has_line(init, line->written))
		return;
	fprintf(stderr, "\nLine %s has changed %llu times. %s\n", escaped ? escaped : "",
	        (unsigned long long)line->seen.edges, guess.why);
	kind = ask_kind(init, guess.kind);
	if (!kind || !ask_name(init, kind, seen_name(line->name, "line", proposed), name))
		return;
	add_section(init, seen_section(&line->seen, kind, name, line->written));
	take(init, kind, name, line->written);
}

static enum status ask_inputs(struct init *init)
{
	enum status status = STATUS_DONE;

	do {
		_cleanup_(find_lines_free) struct find_lines lines = { 0 };

		status = find_look(&lines);
		if (status == STATUS_DONE && lines.n > 0)
			status = find_watch(init->line, &lines);
		for (size_t i = 0; i < lines.n && status == STATUS_DONE; i++)
			ask_line(init, &lines.lines[i]);
	} while (status == STATUS_DONE && !init->ended &&
	         ask_yes("\nWatch once more, for another sensor?", false));
	return status;
}

/* --- relays and LEDs --------------------------------------------------------------------------- */

/* The line that somebody means by this; NULL, which is said: none, or none that may be used. */
static const struct find_line *choose_line(const struct init *init, const struct find_lines *lines,
                                           const char *text)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct find_line *line = &lines->lines[i];
		const struct taken *taken = who_has_line(init, line->written);
		char place[64];

		snprintf(place, sizeof place, "%s:%u", line->chip, line->offset);
		if (strcmp(line->written, text) != 0 && strcmp(place, text) != 0)
			continue;
		if (taken)
			say(STATUS_FAILED, "line %s is that of [%s %s] already", text, taken->kind,
			    taken->name);
		else if (line->state != FIND_FREE && line->state != FIND_OUTPUT)
			say(STATUS_FAILED, "line %s cannot be taken: %s", text, line->reason);
		else
			return line;
		return NULL;
	}
	say(STATUS_FAILED, "there is no line %s here; 'gpioinfo' shows all", text);
	return NULL;
}

/* "hall, door"; false if there is none. */
static bool list_motion(const struct init *init, char *buffer, size_t size)
{
	size_t length = 0;

	*buffer = '\0';
	for (size_t i = 0; i < init->n && length < size; i++)
		if (strcmp(init->taken[i].kind, "MotionSensor") == 0)
			length += (size_t)snprintf(buffer + length, size - length, "%s%s",
			                           length > 0 ? " " : "", init->taken[i].name);
	return *buffer;
}

/* The first thermometer; NULL: none was taken. */
static const char *find_thermometer(const struct init *init)
{
	for (size_t i = 0; i < init->n; i++)
		if (strcmp(init->taken[i].kind, "TemperatureSensor") == 0)
			return init->taken[i].name;
	return NULL;
}

static void add_light_rules(struct init *init, const char *name)
{
	char motion[TAKEN_MOST * SEEN_NAME_SIZE];

	(void)name;
	if (list_motion(init, motion, sizeof motion))
		fprintf(init->text,
		        "# The motion sensors that switch it; it goes off so long after the last motion.\n"
		        "Motion=%s\nOffDelaySec=2min\n",
		        motion);
}

static void add_switch_rules(struct init *init, const char *name)
{
	fprintf(init->text, "# By hand: roomctl on %s. By a rule: OnWhen=, see roomd.conf(5), CONDITIONS.\n", name);
}

static void add_fan_rules(struct init *init, const char *name)
{
	(void)name;
	fprintf(init->text, "# At OffBelow= it goes off, from FullAbove= on it is on.\n"
	                    "Temperature=%s\nOffBelow=24\nFullAbove=28\n",
	        find_thermometer(init));
}

static void add_lock_rules(struct init *init, const char *name)
{
	char motion[TAKEN_MOST * SEEN_NAME_SIZE];

	(void)name;
	if (list_motion(init, motion, sizeof motion))
		fprintf(init->text, "# While it is locked, motion here is an alert.\nMotion=%s\n", motion);
}

static const struct output {
	const char *word, *kind, *proposed, *key;
	void (*add_rules)(struct init *init, const char *name);
} outputs[] = {
	{ "light", "LightController", "hall", "Line", add_light_rules },
	{ "switch", "Switch", "socket", "Line", add_switch_rules },
	{ "fan", "Fan", "fan", "Line", add_fan_rules },
	{ "lock", "DoorLock", "front", "LedLine", add_lock_rules },
};

/* NULL, which is said: not in this room. */
static const struct output *allow(const struct init *init, const struct output *output)
{
	if (strcmp(output->word, "fan") != 0 || find_thermometer(init))
		return output;
	say(STATUS_FAILED, "a fan follows a thermometer, and none was chosen; a switch is switched by hand, or by a rule");
	return NULL;
}

/* NULL: the input has ended. */
static const struct output *ask_output(struct init *init)
{
	const struct output *output = NULL;
	char answer[ANSWER_SIZE];

	while (!init->ended && !output) {
		init->ended = !ask_text("What is it: the relay of a light, a switch or a fan, or the LED of a lock?",
		                        outputs[0].word, answer, sizeof answer);
		for (size_t i = 0; i < ELEMENTS(outputs) && !init->ended; i++)
			if (strcmp(outputs[i].word, answer) == 0)
				output = allow(init, &outputs[i]);
	}
	return output;
}

static void add_output(struct init *init, const struct output *output, const struct find_line *line, const char *name,
                       bool active_low)
{
	fprintf(init->text, "[%s %s]\n%s=%s\n", output->kind, name, output->key, line->written);
	if (active_low)
		fputs("ActiveLow=yes\n", init->text);
	output->add_rules(init, name);
	fputs("\n", init->text);
	take(init, output->kind, name, line->written);
}

static void ask_output_line(struct init *init, const struct find_line *line)
{
	const struct output *output = ask_output(init);
	char name[SEEN_NAME_SIZE];
	bool active_low;

	if (!output)
		return;
	if (ask_yes("Switch it three times now, to hear or see it?", false))
		find_output(line->written, false);
	active_low = ask_yes("Is it on while the line is low?", false);
	if (ask_name(init, output->kind, output->proposed, name))
		add_output(init, output, line, name, active_low);
}

static enum status ask_outputs(struct init *init)
{
	char answer[ANSWER_SIZE];

	while (!init->ended && !is_full(init)) {
		_cleanup_(find_lines_free) struct find_lines lines = { 0 };
		const struct find_line *line;

		fputs("\n", stderr);
		init->ended = !ask_text(
			"On which line is a relay or an LED, such as GPIO27? Enter: on none (more)", "",
			answer, sizeof answer);
		if (init->ended || !*answer)
			break;
		if (find_lines_look(&lines) < 0)
			return say_no_memory();
		line = choose_line(init, &lines, answer);
		if (line)
			ask_output_line(init, line);
	}
	return STATUS_DONE;
}

/* --- all of it --------------------------------------------------------------------------------- */

static enum status ask_all(struct init *init)
{
	enum status status;

	fputs("# Written by roomctl init. roomd.conf(5) has all keys; after a change:\n"
	      "# roomctl check-config && sudo systemctl reload roomd\n\n",
	      init->text);
	status = ask_sensors(init);
	if (status == STATUS_DONE)
		status = ask_inputs(init);
	if (status == STATUS_DONE)
		status = ask_outputs(init);
	if (status == STATUS_DONE && init->ended)
		return say(STATUS_NOTHING_TO_DO, "the input has ended; nothing was written");
	if (status == STATUS_DONE && init->n == 0)
		return say(STATUS_NOTHING_TO_DO,
		           "nothing was chosen, so nothing was written; 'roomctl find' shows what changes, "
		           "'roomctl init --wiring' writes the room of docs/wiring.md");
	return status;
}

enum status init_ask(const struct command_line *line, char **ret)
{
	struct init init = { .line = line };
	_cleanup_(cleanup_free) char *text = NULL;
	enum status status;
	size_t size;

	init.text = open_memstream(&text, &size);
	if (!init.text)
		return say_no_memory();
	status = ask_all(&init);
	if (fclose(init.text) != 0)
		return say_no_memory();
	if (status == STATUS_DONE)
		*ret = TAKE_PTR(text);
	return status;
}
