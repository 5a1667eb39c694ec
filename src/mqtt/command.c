#define _GNU_SOURCE
#include "mqtt/command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/json.h"
#include "util/cut.h"
#include "util/number.h"
#include "util/utf8.h"

#define ACTIONS_TEXT_SIZE 256

/* No object of ours is deeper; json-c's own limit is 32. */
#define DEPTH 4

/* --- words ----------------------------------------------------------------------------------- */

/* What a word asks for: the first of its actions that the kind has. */
static const struct {
	const char *word, *action;
	bool has_argument, argument; /* one, a boolean */
} words[] = {
	{ "ON", "SetOn", true, true },
	{ "OFF", "SetOn", true, false },
	{ "AUTO", "SetAutomatic" },
	{ "LOCK", "Lock" },
	{ "UNLOCK", "Unlock" },
	{ "OPEN", "Open" },
	{ "ACKNOWLEDGE", "Acknowledge" },
	{ "START", "Start" },
};

static struct json_object *find_action(const struct json_object *description, const char *name)
{
	struct json_object *actions = member_of(description, "actions");
	size_t n = json_object_is_type(actions, json_type_array) ? json_object_array_length(actions) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *action = json_object_array_get_idx(actions, i);

		if (strcmp(member_text(action, "name"), name) == 0)
			return action;
	}
	return NULL;
}

static int unknown(const struct json_object *description, struct problem *problem)
{
	struct json_object *actions = member_of(description, "actions");
	size_t n = json_object_is_type(actions, json_type_array) ? json_object_array_length(actions) : 0;
	char all[ACTIONS_TEXT_SIZE] = "";

	for (size_t i = 0; i < n; i++)
		cut_add(all, sizeof all, "%s", member_text(json_object_array_get_idx(actions, i), "name"));
	if (n == 0)
		return problem_set(problem, -EINVAL, "expected no command: this kind can only be read");
	return problem_set(problem, -EINVAL,
	                   "expected a word such as ON or OFF, or {\"action\": ...} with one of %s", all);
}

static int parse_word(const char *text, const struct json_object *description, struct command *command,
                      struct problem *problem)
{
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		if (strcasecmp(words[i].word, text) != 0 || !find_action(description, words[i].action))
			continue;
		snprintf(command->action, sizeof command->action, "%s", words[i].action);
		command->arguments_n = words[i].has_argument;
		command->arguments[0].type = 'b';
		command->arguments[0].b = words[i].argument;
		return 0;
	}
	return unknown(description, problem);
}

static int parse_speed(double percent, struct command *command, struct problem *problem)
{
	if (!(percent >= 0 && percent <= 100))
		return problem_set(problem, -EINVAL, "expected a speed from 0 to 100 percent");
	snprintf(command->action, sizeof command->action, "SetSpeed");
	command->arguments_n = 1;
	command->arguments[0].type = 'd';
	command->arguments[0].d = percent;
	return 0;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static int wrong_argument(const char *name, const char *expected, struct problem *problem)
{
	return problem_set(problem, -EINVAL, "expected \"%s\" to be %s", name, expected);
}

static bool is_utf8(const char *text)
{
	size_t length;

	while (*text && (length = utf8_length(text)) > 0)
		text += length;
	return !*text;
}

static int take_text(struct command *command, size_t i, const char *name, const struct json_object *value,
                     struct problem *problem)
{
	const char *text = json_object_get_string((struct json_object *)value);

	if (!json_object_is_type(value, json_type_string) || strlen(text) >= sizeof command->arguments[i].s ||
	    (size_t)json_object_get_string_len(value) != strlen(text) || !is_utf8(text))
		return wrong_argument(name, "a text, of at most 255 bytes", problem);
	strcpy(command->arguments[i].s, text);
	return 0;
}

static int take_number(struct command *command, size_t i, const char *name, const struct json_object *value,
                       struct problem *problem)
{
	double number = json_object_get_double(value);

	if (!(json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double)) ||
	    !isfinite(number))
		return wrong_argument(name, "a number", problem);
	command->arguments[i].d = number;
	return 0;
}

/* json-c makes UINT64_MAX of any number that is larger. */
static int take_whole(struct command *command, size_t i, const char *name, const struct json_object *value,
                      struct problem *problem)
{
	uint64_t number = json_object_get_uint64(value);

	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return wrong_argument(name, "a whole number, not below 0", problem);
	if (number == UINT64_MAX)
		return wrong_argument(name, "a smaller number", problem);
	command->arguments[i].t = number;
	return 0;
}

static int take_argument(struct command *command, size_t i, const char *name, const struct json_object *value,
                         struct problem *problem)
{
	switch (command->arguments[i].type) {
	case 'b':
		command->arguments[i].b = json_object_get_boolean(value);
		return json_object_is_type(value, json_type_boolean) ? 0 : wrong_argument(name, "true or false", problem);
	case 't':
		return take_whole(command, i, name, value, problem);
	case 'd':
		return take_number(command, i, name, value, problem);
	case 's':
		return take_text(command, i, name, value, problem);
	default:
		return wrong_argument(name, "of a type that is known here", problem);
	}
}

/* The action's arguments, which are all to be there, and nothing else beside "action". */
static int take_arguments(const struct json_object *object, const struct json_object *action, struct command *command,
                          struct problem *problem)
{
	struct json_object *arguments = member_of(action, "arguments");
	size_t n = json_object_is_type(arguments, json_type_array) ? json_object_array_length(arguments) : 0;
	int r = 0;

	if (n > COMMAND_ARGUMENTS_MAX || (size_t)json_object_object_length(object) != n + 1) {
		return problem_set(problem, -EINVAL, "expected %zu argument%s of %s beside \"action\"", n, n == 1 ? "" : "s",
		                   command->action);
	}
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct json_object *argument = json_object_array_get_idx(arguments, i), *value;
		const char *name = json_object_get_string(json_element(argument, 0));
		const char *type = json_object_get_string(json_element(argument, 1));

		if (!name || !type)
			return wrong_argument(command->action, "an action that is known here", problem);
		command->arguments[i].type = *type;
		if (!json_object_object_get_ex(object, name, &value))
			return problem_set(problem, -EINVAL, "expected the argument \"%s\" of %s", name, command->action);
		r = take_argument(command, i, name, value, problem);
	}
	command->arguments_n = n;
	return r;
}

static int parse_object(const struct json_object *object, const struct json_object *description,
                        struct command *command, struct problem *problem)
{
	struct json_object *action = find_action(description, member_text(object, "action"));

	if (!action)
		return unknown(description, problem);
	snprintf(command->action, sizeof command->action, "%s", member_text(action, "name"));
	return take_arguments(object, action, command, problem);
}

/* A text ends there, for json-c's names: "on\u0000" would be "on". */
static bool has_zero(const char *text)
{
	for (const char *c = text; (c = strchr(c, '\\')); c += c[1] ? 2 : 1)
		if (strncmp(c, "\\u0000", strlen("\\u0000")) == 0)
			return true;
	return false;
}

/* All of the text is one value. NULL: it is not. */
static struct json_object *parse_json(const char *text)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH);
	struct json_object *value = NULL;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	value = json_tokener_parse_ex(tokener, text, (int)strlen(text) + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		value = json_free(value);
	json_tokener_free(tokener);
	return value;
}

/* --- all of it ------------------------------------------------------------------------------- */

int command_parse(const void *payload, size_t length, const struct json_object *description, struct command *ret,
                  struct problem *problem)
{
	_cleanup_(json_freep) struct json_object *value = NULL;
	char text[COMMAND_PAYLOAD_MAX + 1];
	struct command command = { 0 };
	double percent;
	int r;

	if (length > COMMAND_PAYLOAD_MAX || memchr(payload, '\0', length))
		return problem_set(problem, -EINVAL, "expected text of at most %d bytes", COMMAND_PAYLOAD_MAX);
	memcpy(text, payload, length);
	text[length] = '\0';
	if (*text == '{' && !has_zero(text))
		value = parse_json(text);
	if (json_object_is_type(value, json_type_object))
		r = parse_object(value, description, &command, problem);
	else if (*text == '{')
		r = problem_set(problem, -EINVAL, "expected a JSON object, without \\u0000; this is not one");
	else if (find_action(description, "SetSpeed") && number_parse(text, &percent) >= 0)
		r = parse_speed(percent, &command, problem);
	else
		r = parse_word(text, description, &command, problem);
	if (r >= 0)
		*ret = command;
	return r;
}

int command_append(const struct command *command, sd_bus_message *call)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < command->arguments_n; i++) {
		int truth = command->arguments[i].b;
		const void *value = &command->arguments[i].d;
		char type = command->arguments[i].type;

		r = sd_bus_message_append_basic(call, type,
		                                type == 'b'   ? (const void *)&truth
		                                : type == 's' ? command->arguments[i].s
		                                              : value);
	}
	return r;
}
