/* The verbs that show the room as it is. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/next.h"
#include "roomctl/print.h"
#include "roomctl/select.h"
#include "roomctl/table.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "roomctl/verbs.h"
#include "util/nearest.h"

#define UNAVAILABLE "unavailable"

static const char *const titles[] = { "NAME", "KIND", "LOCATION", "STATE", NULL };

static enum status read_room(const struct command_line *line, struct json_object **ret)
{
	_cleanup_(client_close) struct client client = { 0 };
	enum status status;

	status = client_open(&client, line);
	return status == STATUS_DONE ? client_read_room(&client, ret) : status;
}

/* --- tables ---------------------------------------------------------------------------------- */

static bool is_available(const struct json_object *component)
{
	return member_bool(component, "available");
}

static bool has_alert(const struct json_object *component)
{
	return member_bool(member_of(component, "properties"), "Alert");
}

static enum terminal_style style_of(const struct json_object *component)
{
	return !is_available(component) || has_alert(component) ? TERMINAL_BAD : TERMINAL_PLAIN;
}

/* "on, manual"; or, if something of it is not there, "unavailable" and, `with_reason`, why. */
static char *state_of(const struct json_object *component, bool with_reason)
{
	const char *summary = member_text(component, "summary"), *reason = member_text(component, "reason");
	bool said = is_available(component) || strstr(summary, UNAVAILABLE);
	char *state;

	with_reason = with_reason && !is_available(component) && *reason;
	if (asprintf(&state, "%s%s%s%s%s", summary, said || !*summary ? "" : ", ", said ? "" : UNAVAILABLE,
	             with_reason ? ": " : "", with_reason ? reason : "") < 0)
		return NULL;
	return state;
}

static int add_row(struct table *table, const struct json_object *component, bool with_reason)
{
	_cleanup_(cleanup_free) char *state = state_of(component, with_reason);
	const char *texts[] = { member_text(component, "name"), member_text(component, "kind"),
		                member_text(component, "location"), state };

	return state ? table_add(table, texts, style_of(component)) : -1;
}

static enum status print_table(const struct json_object *components, const struct terminal *terminal,
                               bool legend, bool with_reason)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r;

	r = table_new(titles, &table);
	for (size_t i = 0; r >= 0 && i < json_object_array_length(components); i++)
		r = add_row(table, json_object_array_get_idx(components, i), with_reason);
	if (r >= 0)
		r = table_print(table, stdout, terminal, legend);
	return r < 0 ? say_no_memory() : STATUS_DONE;
}

/* --- the room at a glance -------------------------------------------------------------------- */

static size_t count_unavailable(const struct json_object *components)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(components); i++)
		n += !is_available(json_object_array_get_idx(components, i));
	return n;
}

/* "● roomd 0.1.0, degraded: 1 of 4 components unavailable" */
static void print_service(const struct json_object *service, const struct json_object *components,
                          const struct terminal *terminal)
{
	size_t n = json_object_array_length(components), unavailable = count_unavailable(components);
	_cleanup_(cleanup_free) char *head = NULL;
	char count[64];

	if (unavailable > 0)
		snprintf(count, sizeof count, "%zu of %zu component%s unavailable", unavailable, n,
		         n == 1 ? "" : "s");
	else
		snprintf(count, sizeof count, "%zu component%s", n, n == 1 ? "" : "s");
	if (asprintf(&head, "roomd %s, %s: %s", member_text(service, "version"),
	             member_text(service, "state"), count) < 0)
		head = NULL;
	terminal_print(terminal, stdout, unavailable > 0 ? TERMINAL_WARNING : TERMINAL_GOOD, "●");
	fputs(" ", stdout);
	print_escaped(head ? head : "", 2, terminal);
}

/* Why what is unavailable is so: whole, below the table. */
static void print_reasons(const struct json_object *components, const struct terminal *terminal)
{
	const char *before = "\n";

	for (size_t i = 0; i < json_object_array_length(components); i++) {
		const struct json_object *component = json_object_array_get_idx(components, i);
		_cleanup_(cleanup_free) char *text = NULL;

		if (is_available(component) || !*member_text(component, "reason"))
			continue;
		if (asprintf(&text, "%s/%s: %s", member_text(component, "kind"),
		             member_text(component, "name"), member_text(component, "reason")) < 0)
			text = NULL;
		fputs(before, stdout);
		before = "";
		terminal_print(terminal, stdout, TERMINAL_BAD, "×");
		fputs(" ", stdout);
		print_escaped(text ? text : "", 2, terminal);
		fputs("  ", stdout);
		print_escaped(next_for_reason(member_text(component, "reason")), 2, terminal);
	}
}

/* How to begin. */
static void print_begin(const struct terminal *terminal)
{
	fputc('\n', stdout);
	print_escaped("There is no component yet: " NEXT_BEGIN ".", 0, terminal);
}

enum status verb_overview(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *room = NULL;
	struct terminal terminal = print_look(line);
	struct json_object *components;
	enum status status;

	status = read_room(line, &room);
	if (status != STATUS_DONE)
		return status;
	if (line->json != JSON_OFF)
		return json_print(room, line->json);
	components = member_of(room, "components");
	if (line->no_legend)
		return print_table(components, &terminal, false, terminal.width == 0);
	print_service(member_of(room, "service"), components, &terminal);
	if (json_object_array_length(components) == 0) {
		print_begin(&terminal);
		return STATUS_DONE;
	}
	fputc('\n', stdout);
	status = print_table(components, &terminal, true, false);
	print_reasons(components, &terminal);
	return status;
}

/* --- list ------------------------------------------------------------------------------------ */

/* "light, lock or unlock"; cut to what has room. */
static const char *list_words(const char *const *words, size_t n, char *buffer, size_t size)
{
	size_t length = 0;

	*buffer = '\0';
	for (size_t i = 0; i < n && length < size; i++) {
		const char *before = i == 0 ? "" : i == n - 1 ? " or " : ", ";

		length += (size_t)snprintf(buffer + length, size - length, "%s%s", before, words[i]);
	}
	return buffer;
}

static enum status unknown_verb(const char *word)
{
	const char *names[16] = { NULL }, *nearest;
	char list[256];
	size_t n = 0;

	for (const struct component_action *action = component_actions; action->verb && n < ELEMENTS(names);
	     action++)
		names[n++] = action->verb;
	nearest = nearest_word(word, names, n);
	return say(STATUS_USAGE, "--can=%s: expected %s%s%s%s", word, list_words(names, n, list, sizeof list),
	           nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* Those that --can= leaves. */
static enum status filter(struct client *client, struct json_object **components)
{
	const struct component_action *action = find_component_action(client->line->can);
	struct json_object *able = NULL;
	enum status status;

	status = select_able(client, *components, action->method, &able);
	if (status != STATUS_DONE)
		return status;
	json_object_put(*components);
	*components = able;
	return STATUS_DONE;
}

static enum status read_components(const struct command_line *line, struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *room = NULL, *components = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum status status;

	status = client_open(&client, line);
	if (status == STATUS_DONE)
		status = client_read_room(&client, &room);
	if (status != STATUS_DONE)
		return status;
	components = json_object_get(member_of(room, "components"));
	if (line->can)
		status = filter(&client, &components);
	if (status == STATUS_DONE)
		*ret = TAKE_PTR(components);
	return status;
}

enum status verb_list(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *components = NULL;
	struct terminal terminal = print_look(line);
	enum status status;

	if (line->can && !find_component_action(line->can))
		return unknown_verb(line->can);
	status = read_components(line, &components);
	if (status != STATUS_DONE)
		return status;
	if (line->json != JSON_OFF)
		return json_print(components, line->json);
	/* A reason has no room beside the rest; `show` has it. */
	return print_table(components, &terminal, !line->no_legend, terminal.width == 0);
}

/* --- show ------------------------------------------------------------------------------------ */

/* The monotonic clock of another machine is not known here. */
static char *property_to_text(const struct command_line *line, enum value_clock clock,
                              struct json_object *value)
{
	if (clock != VALUE_CLOCK_NONE && json_object_is_type(value, json_type_int) &&
	    (clock == VALUE_CLOCK_REALTIME || line->transport != TRANSPORT_HOST))
		return time_to_text(json_object_get_uint64(value), clock);
	return json_to_text(value);
}

static size_t longest_label(const struct json_object *component)
{
	size_t longest = strlen("Configuration");

	json_object_object_foreach(member_of(component, "properties"), name, value)
	{
		(void)value;
		if (strlen(name) > longest)
			longest = strlen(name);
	}
	return longest + 4;
}

static void print_configuration(const struct field_format *format, struct json_object *configuration)
{
	const char *label = "Configuration";

	if (!json_object_is_type(configuration, json_type_object))
		return;
	json_object_object_foreach(configuration, key, value)
	{
		_cleanup_(cleanup_free) char *text = NULL;

		if (asprintf(&text, "%s=%s", key, json_object_get_string(value)) < 0)
			text = NULL;
		print_field(format, label, text ? text : "");
		label = "";
	}
}

static void print_component(const struct command_line *line, struct json_object *component,
                            const struct terminal *terminal)
{
	struct field_format format = { terminal, longest_label(component) };
	_cleanup_(cleanup_free) char *state = state_of(component, false), *title = NULL, *escaped = NULL;
	struct json_object *device_since = member_of(component, "device_since");

	if (asprintf(&title, "%s/%s", member_text(component, "kind"), member_text(component, "name")) < 0)
		title = NULL;
	escaped = text_escape(title ? title : "");
	terminal_print(terminal, stdout, TERMINAL_BOLD, escaped ? escaped : "");
	fputc('\n', stdout);
	print_field(&format, "Location", member_text(component, "location"));
	print_field(&format, "State", state ? state : "");
	print_field(&format, "Available", is_available(component) ? "yes" : "no");
	if (*member_text(component, "reason"))
		print_field(&format, "Reason", member_text(component, "reason"));
	if (!is_available(component))
		print_field(&format, "Next", next_for_reason(member_text(component, "reason")));
	if (device_since) {
		_cleanup_(cleanup_free) char *since =
			property_to_text(line, VALUE_CLOCK_MONOTONIC, device_since);

		print_field(&format, "DeviceSince", since ? since : "");
	}
	json_object_object_foreach(member_of(component, "properties"), name, value)
	{
		_cleanup_(cleanup_free) char *text =
			property_to_text(line, time_clock(member_text(component, "kind"), name), value);

		print_field(&format, name, text ? text : "");
	}
	print_configuration(&format, member_of(component, "configuration"));
}

enum status verb_show(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *room = NULL, *components = NULL;
	struct terminal terminal = print_look(line);
	enum status status;

	status = read_room(line, &room);
	if (status == STATUS_DONE)
		status = select_named(member_of(room, "components"), line->arguments, &components);
	if (status != STATUS_DONE)
		return status;
	if (line->json != JSON_OFF)
		return json_print(components, line->json);
	for (size_t i = 0; i < json_object_array_length(components); i++) {
		if (i > 0)
			fputc('\n', stdout);
		print_component(line, json_object_array_get_idx(components, i), &terminal);
	}
	return STATUS_DONE;
}
