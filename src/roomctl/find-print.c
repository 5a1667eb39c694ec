#define _GNU_SOURCE
#include "roomctl/find-print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/seen-line.h"
#include "roomctl/table.h"
#include "client/text.h"
#include "roomd/quantity.h"

#define COMMENT_WIDTH 100
#define VALUE_SIZE 700

/* --- sensors ----------------------------------------------------------------------------------- */

int find_print_sensors(const struct find_sensors *sensors, const struct terminal *terminal)
{
	static const char *const titles[] = { "KIND", "DEVICE", "CHANNEL", "NOW", NULL };
	_cleanup_(table_freep) struct table *table = NULL;
	int r;

	if (sensors->n == 0)
		return 0;
	r = table_new(titles, &table);
	for (size_t i = 0; r >= 0 && i < sensors->n; i++) {
		const struct find_sensor *sensor = &sensors->sensors[i];
		char value[VALUE_SIZE];
		const char *texts[] = { sensor->class->kind, sensor->channel.device, sensor->channel.channel,
			                find_sensor_value(sensor, value, sizeof value) };

		r = table_add(table, texts, sensor->error < 0 ? TERMINAL_BAD : TERMINAL_PLAIN);
	}
	if (r >= 0)
		r = table_print(table, stdout, terminal, true);
	if (r >= 0)
		fputc('\n', stdout);
	return r;
}

/* --- lines ------------------------------------------------------------------------------------- */

static bool has_changed(const struct find_line *line)
{
	return line->state == FIND_WATCHED && line->seen.edges > 0;
}

static bool has_any_changed(const struct find_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (has_changed(&lines->lines[i]))
			return true;
	return false;
}

static int add_line(struct table *table, const struct find_line *line)
{
	const char *kind = seen_guess(&line->seen).kind;
	char place[64], changes[64];
	const char *texts[] = { line->written, place, line->seen.level ? "high" : "low", changes,
		                kind ? kind : "nothing: it changes by itself" };

	snprintf(place, sizeof place, "%s:%u", line->chip, line->offset);
	snprintf(changes, sizeof changes, "%llu%s", (unsigned long long)line->seen.edges,
	         line->let_go ? ", then let go" : "");
	return table_add(table, texts, kind ? TERMINAL_PLAIN : TERMINAL_WARNING);
}

int find_print_lines(const struct find_lines *lines, const struct terminal *terminal)
{
	static const char *const titles[] = { "LINE", "PLACE", "LEVEL", "CHANGES", "LOOKS LIKE", NULL };
	_cleanup_(table_freep) struct table *table = NULL;
	int r;

	if (!has_any_changed(lines))
		return 0;
	r = table_new(titles, &table);
	for (size_t i = 0; r >= 0 && i < lines->n; i++)
		if (has_changed(&lines->lines[i]))
			r = add_line(table, &lines->lines[i]);
	if (r >= 0)
		r = table_print(table, stdout, terminal, true);
	if (r >= 0)
		fputc('\n', stdout);
	return r;
}

/* --- sections ---------------------------------------------------------------------------------- */

/* As a comment of the configuration, in lines that can be read. */
static void print_comment(const char *text)
{
	while (*text) {
		size_t length = strlen(text), line = length;

		if (line > COMMENT_WIDTH)
			for (line = COMMENT_WIDTH; line > 0 && text[line] != ' ';)
				line--;
		if (line == 0)
			line = length;
		printf("# %.*s\n", (int)line, text);
		text += line + strspn(text + line, " ");
	}
}

static int print_section(char *section)
{
	_cleanup_(cleanup_free) char *text = section;

	if (!text)
		return -ENOMEM;
	printf("%s\n", text);
	return 0;
}

static int print_line_section(const struct find_line *line)
{
	struct seen_guess guess = seen_guess(&line->seen);
	char name[SEEN_NAME_SIZE];

	if (!has_changed(line) || !guess.kind)
		return 0;
	print_comment(guess.why);
	return print_section(
		seen_section(&line->seen, guess.kind, seen_name(line->name, "line", name), line->written));
}

int find_print_sections(const struct find_lines *lines, const struct find_sensors *sensors)
{
	int r = 0;

	if (sensors->n > 0 || has_any_changed(lines))
		printf("Sections for /etc/roomd/roomd.conf; the names in brackets are yours to choose:\n\n");
	for (size_t i = 0; i < lines->n && r >= 0; i++)
		r = print_line_section(&lines->lines[i]);
	for (size_t i = 0; i < sensors->n && r >= 0; i++) {
		char name[SEEN_NAME_SIZE];

		r = print_section(find_sensor_section(&sensors->sensors[i],
		                                      find_sensor_name(&sensors->sensors[i], name)));
	}
	return r;
}

/* --- in the end -------------------------------------------------------------------------------- */

static const struct find_line *first_of(const struct find_lines *lines, enum find_state state)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->lines[i].state == state)
			return &lines->lines[i];
	return NULL;
}

/* With one of them, and why: the others have the same reason, or one of its kind. */
static void print_left_out(const struct find_lines *lines, enum find_state state, const char *words)
{
	const struct find_line *first = first_of(lines, state);
	_cleanup_(cleanup_free) char *name = NULL, *reason = NULL;

	if (!first)
		return;
	name = text_escape(first->written);
	reason = text_escape(first->reason);
	printf("Not watched: %zu %s, such as %s%s%s\n", find_lines_count(lines, state), words,
	       name ? name : "", state == FIND_OUTPUT ? "" : ": ",
	       state == FIND_OUTPUT ? ""
	       : reason             ? reason
	                            : "");
}

void find_print_summary(const struct find_lines *lines)
{
	size_t watched = find_lines_count(lines, FIND_WATCHED), changed = 0;

	for (size_t i = 0; i < lines->n; i++)
		changed += has_changed(&lines->lines[i]);
	printf("%zu line%s watched, %zu of which changed.\n", watched, watched == 1 ? " was" : "s were",
	       changed);
	print_left_out(lines, FIND_USED, "in use");
	print_left_out(lines, FIND_OUTPUT, "set as output");
	print_left_out(lines, FIND_BOARD, "that the board uses, or may use");
	print_left_out(lines, FIND_FAILED, "that could not be requested");
}

/* --- JSON -------------------------------------------------------------------------------------- */

static const char *const states[] = {
	[FIND_FREE] = "free",     [FIND_WATCHED] = "watched", [FIND_USED] = "used",
	[FIND_OUTPUT] = "output", [FIND_BOARD] = "board",     [FIND_FAILED] = "failed",
};

static void add_section(struct json_object *object, char *section)
{
	_cleanup_(cleanup_free) char *text = section;

	if (text)
		json_add_text(object, "section", text);
}

static struct json_object *sensor_to_json(const struct find_sensor *sensor)
{
	struct json_object *object = json_object_new_object();
	char name[SEEN_NAME_SIZE];

	if (!object)
		return NULL;
	json_add_text(object, "kind", sensor->class->kind);
	json_add_text(object, "device", sensor->channel.device);
	json_add_text(object, "channel", sensor->channel.channel);
	json_add_text(object, "unit", sensor->class->measure->quantity->unit);
	json_add(object, "value", sensor->error < 0 ? NULL : json_object_new_double(sensor->value));
	json_add_text(object, "reason", sensor->error < 0 ? sensor->problem.text : "");
	add_section(object, find_sensor_section(sensor, find_sensor_name(sensor, name)));
	return object;
}

static void add_seen(struct json_object *object, const struct find_line *line)
{
	struct seen_guess guess = seen_guess(&line->seen);
	char name[SEEN_NAME_SIZE];

	json_add_text(object, "level", line->seen.level ? "high" : "low");
	json_add(object, "changes", json_object_new_uint64(line->seen.edges));
	json_add(object, "chatters", json_object_new_boolean(seen_is_chattering(&line->seen)));
	json_add(object, "kind", guess.kind ? json_object_new_string(guess.kind) : NULL);
	json_add_text(object, "why", guess.why);
	if (guess.kind)
		add_section(object, seen_section(&line->seen, guess.kind, seen_name(line->name, "line", name),
		                                 line->written));
}

static struct json_object *line_to_json(const struct find_line *line)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_add_text(object, "line", line->written);
	json_add_text(object, "name", line->name);
	json_add_text(object, "chip", line->chip);
	json_add_text(object, "label", line->label);
	json_add(object, "offset", json_object_new_int64(line->offset));
	json_add_text(object, "state", states[line->state]);
	json_add_text(object, "reason", line->reason);
	if (line->state == FIND_WATCHED)
		add_seen(object, line);
	return object;
}

struct json_object *find_to_json(const struct find_lines *lines, const struct find_sensors *sensors)
{
	_cleanup_(json_freep) struct json_object *report = json_object_new_object();
	struct json_object *of_sensors = json_object_new_array(), *of_lines = json_object_new_array();

	for (size_t i = 0; of_sensors && i < sensors->n; i++)
		json_object_array_add(of_sensors, sensor_to_json(&sensors->sensors[i]));
	for (size_t i = 0; of_lines && i < lines->n; i++)
		json_object_array_add(of_lines, line_to_json(&lines->lines[i]));
	if (!report) {
		json_object_put(of_sensors);
		json_object_put(of_lines);
		return NULL;
	}
	json_add(report, "sensors", of_sensors);
	json_add(report, "lines", of_lines);
	return of_sensors && of_lines ? TAKE_PTR(report) : NULL;
}
