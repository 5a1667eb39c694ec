/* The verb that says why something is as it is: component after component, each because of the next. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "roomctl/print.h"
#include "roomctl/select.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "roomctl/verbs.h"

/* More than any chain has; one that has no end stops here. */
#define CHAIN_MAX 8

/* What Why() answers, with the component's kind and name before it. */
static enum status ask(struct client *client, const struct json_object *component, struct json_object **ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(json_freep) struct json_object *answer = NULL, *why = json_object_new_object();
	int r;

	if (!why)
		return say_no_memory();
	r = sd_bus_call_method(client->bus, CLIENT_NAME, member_text(component, "path"), member_text(component, "interface"),
	                       "Why", &error, &reply, NULL);
	if (r >= 0)
		r = json_from_answer(reply, "a{sv}", &answer);
	if (r < 0)
		return client_fail(client, &error, r);
	json_add_text(why, "kind", member_text(component, "kind"));
	json_add_text(why, "name", member_text(component, "name"));
	json_object_object_foreach(answer, key, value)
		json_add(why, key, json_object_get(value));
	*ret = TAKE_PTR(why);
	return STATUS_DONE;
}

/* The one that "MotionSensor/hall" means; NULL: it has gone. */
static struct json_object *find(const struct json_object *components, const char *by)
{
	for (size_t i = 0; i < json_object_array_length(components); i++) {
		struct json_object *component = json_object_array_get_idx(components, i);
		const char *kind = member_text(component, "kind");
		size_t length = strlen(kind);

		if (strncmp(by, kind, length) == 0 && by[length] == '/' &&
		    strcmp(by + length + 1, member_text(component, "name")) == 0)
			return component;
	}
	return NULL;
}

/* All that led to it, itself first. */
static enum status ask_chain(struct client *client, const struct json_object *components,
                             const struct json_object *component, struct json_object *chain)
{
	for (unsigned i = 0; component && i < CHAIN_MAX; i++) {
		struct json_object *why = NULL;
		enum status status = ask(client, component, &why);

		if (status != STATUS_DONE)
			return status;
		json_object_array_add(chain, why);
		component = find(components, member_text(why, "by"));
	}
	return STATUS_DONE;
}

/* --- in words -------------------------------------------------------------------------------- */

/* The monotonic clock of another machine is not known here. */
static char *time_of(const struct command_line *line, const struct json_object *why, const char *key)
{
	uint64_t usec = member_number(why, key);

	if (usec == 0 || line->transport == TRANSPORT_HOST)
		return NULL;
	return time_to_text(usec, VALUE_CLOCK_MONOTONIC);
}

/* Untrusted text, at this depth. */
static void print_line(const struct terminal *terminal, size_t depth, const char *text)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(text);

	printf("%*s", (int)(2 * depth), "");
	text_print_wrapped(stdout, escaped ? escaped : "", 2 * depth + 2, terminal->width);
}

static void print_state(const struct command_line *line, const struct terminal *terminal, const struct json_object *why,
                        size_t depth)
{
	const char *because = member_text(why, "because");
	_cleanup_(cleanup_free) char *since = time_of(line, why, "since"), *text = NULL;

	if (asprintf(&text, "%s%s/%s: %s%s%s%s%s", depth > 0 ? "by " : "", member_text(why, "kind"), member_text(why, "name"),
	             member_text(why, "state"), since ? ", since " : "", since ? since : "", *because ? ": " : "",
	             because) < 0)
		text = NULL;
	print_line(terminal, depth, text ? text : "");
}

static void print_next(const struct command_line *line, const struct terminal *terminal, const struct json_object *why)
{
	const char *then = member_text(why, "then");
	_cleanup_(cleanup_free) char *at = time_of(line, why, "at"), *text = NULL;

	if (!*then)
		return;
	if (asprintf(&text, "next: %s%s%s", then, at ? ": " : "", at ? at : "") < 0)
		text = NULL;
	print_line(terminal, 1, text ? text : "");
}

static void print_chain(const struct command_line *line, const struct json_object *chain)
{
	struct terminal terminal = print_look(line);

	for (size_t i = 0; i < json_object_array_length(chain); i++)
		print_state(line, &terminal, json_object_array_get_idx(chain, i), i);
	print_next(line, &terminal, json_object_array_get_idx(chain, 0));
}

/* A chain for each of those that were named. */
static enum status ask_chains(const struct command_line *line, struct json_object *chains)
{
	_cleanup_(json_freep) struct json_object *room = NULL, *named = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum status status;

	status = client_open(&client, line);
	if (status == STATUS_DONE)
		status = client_read_room(&client, &room);
	if (status == STATUS_DONE)
		status = select_named(member_of(room, "components"), line->arguments, &named);
	for (size_t i = 0; status == STATUS_DONE && i < json_object_array_length(named); i++) {
		struct json_object *chain = json_object_new_array();

		if (!chain)
			return say_no_memory();
		json_object_array_add(chains, chain);
		status = ask_chain(&client, member_of(room, "components"), json_object_array_get_idx(named, i), chain);
	}
	return status;
}

enum status verb_why(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *chains = json_object_new_array();
	enum status status = chains ? ask_chains(line, chains) : say_no_memory();

	if (status != STATUS_DONE)
		return status;
	if (line->json != JSON_OFF)
		return json_print(chains, line->json);
	for (size_t i = 0; i < json_object_array_length(chains); i++) {
		if (i > 0)
			fputc('\n', stdout);
		print_chain(line, json_object_array_get_idx(chains, i));
	}
	return STATUS_DONE;
}
