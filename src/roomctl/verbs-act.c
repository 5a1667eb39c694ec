/* The verbs that change something about a component. */
#include <string.h>

#include "roomctl/select.h"
#include "roomctl/verbs.h"
#include "util/nearest.h"

/* Finds the component that the first argument names. */
static enum status find_component(struct client *client, const struct component_action *action,
                                  struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *room = NULL;
	enum status status;

	status = client_read_room(client, &room);
	if (status != STATUS_DONE)
		return status;
	return select_one(client, member_of(room, "components"), client->line->arguments[0], action, ret);
}

/* With --json: that it was done, and to what. */
static enum status report(const struct command_line *line, const struct json_object *component)
{
	_cleanup_(json_freep) struct json_object *done = NULL;

	if (line->json == JSON_OFF)
		return STATUS_DONE;
	done = json_object_new_object();
	if (!done)
		return say_no_memory();
	json_add_text(done, "verb", line->verb->name);
	json_add_text(done, "kind", member_text(component, "kind"));
	json_add_text(done, "name", member_text(component, "name"));
	return json_print(done, line->json);
}

/* The component's interface; an object has one. */
static const char *interface_of(const struct json_object *component)
{
	return member_text(component, "interface");
}

enum status verb_act(const struct command_line *line)
{
	const struct component_action *action = find_component_action(line->verb->name);
	_cleanup_(json_freep) struct json_object *component = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum status status;

	status = client_open(&client, line);
	if (status == STATUS_DONE)
		status = find_component(&client, action, &component);
	if (status == STATUS_DONE)
		status = client_act(&client, member_text(component, "path"), interface_of(component),
		                    action->method, NULL, NULL);
	return status == STATUS_DONE ? report(line, component) : status;
}

enum switch_word {
	SWITCH_ON,
	SWITCH_OFF,
	SWITCH_AUTO,
};

static enum status parse_switch_word(const char *word, enum switch_word *ret)
{
	static const char *const words[] = { [SWITCH_ON] = "on", [SWITCH_OFF] = "off", [SWITCH_AUTO] = "auto" };

	for (size_t i = 0; i < ELEMENTS(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum switch_word)i;
			return STATUS_DONE;
		}
	return say(STATUS_USAGE, "a light can be switched on, off or auto, not '%s'", word);
}

static enum status call_switch(struct client *client, const struct json_object *component, enum switch_word word)
{
	const struct command_line *line = client->line;
	const char *path = member_text(component, "path"), *interface = interface_of(component);

	if (word == SWITCH_AUTO)
		return client_act(client, path, interface, "SetAutomatic", NULL, NULL);
	if (line->has_speed)
		return client_act(client, path, interface, "SetSpeed", NULL, "d", line->speed);
	if (line->has_for)
		return client_act(client, path, interface, "SetOnFor", NULL, "bt", word == SWITCH_ON, line->for_usec);
	return client_act(client, path, interface, "SetOn", NULL, "b", word == SWITCH_ON);
}

/* What must be possible with the component. */
static const struct component_action *find_action(const struct command_line *line, const char *verb)
{
	static const struct component_action set_speed = { "on --speed", "SetSpeed" };

	return line->has_speed ? &set_speed : find_component_action(verb);
}

/* The component that the first argument names, among those that `verb` is for. */
static enum status switch_by_hand(const struct command_line *line, const char *verb, const char *text)
{
	_cleanup_(json_freep) struct json_object *component = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum switch_word word = SWITCH_AUTO;
	enum status status;

	status = parse_switch_word(text, &word);
	if (status == STATUS_DONE && word == SWITCH_AUTO && line->has_for)
		status = say(STATUS_USAGE, "--for is for on and off; auto has no end");
	if (status == STATUS_DONE)
		status = client_open(&client, line);
	if (status == STATUS_DONE)
		status = find_component(&client, find_action(line, verb), &component);
	if (status == STATUS_DONE)
		status = call_switch(&client, component, word);
	return status == STATUS_DONE ? report(line, component) : status;
}

enum status verb_switch(const struct command_line *line)
{
	return switch_by_hand(line, line->verb->name, line->verb->name);
}

enum status verb_light(const struct command_line *line)
{
	return switch_by_hand(line, "light", line->arguments[1]);
}
