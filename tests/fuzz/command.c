/* What comes from an MQTT broker, up to a zero as its topic and from there as its payload: commands, names of hubs, addresses,
 * times. A command that is taken is one of the kind's, with arguments of the right types. */
#include "mqtt/command.h"

#include <math.h>

#include "client/json.h"
#include "fuzz.h"
#include "mqtt/payload.h"
#include "mqtt/rfc3339.h"
#include "mqtt/topic.h"
#include "mqtt/uri.h"
#include "daemon/components.h"
#include "util/utf8.h"

/* A kind's actions, as Describe() has them. */
static struct json_object *describe(const struct component_class *class)
{
	struct json_object *description = json_object_new_object(), *actions = json_object_new_array();

	for (const struct interface_action *action = class->actions; action && action->name; action++) {
		struct json_object *row = json_object_new_object(), *arguments = json_object_new_array();

		json_add_text(row, "name", action->name);
		for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++) {
			struct json_object *argument = json_object_new_array();
			const char type[] = { action->arguments[i].type, '\0' };

			json_object_array_add(argument, json_object_new_string(action->arguments[i].name));
			json_object_array_add(argument, json_object_new_string(type));
			json_object_array_add(arguments, argument);
		}
		json_add(row, "arguments", arguments);
		json_object_array_add(actions, row);
	}
	json_add(description, "actions", actions);
	return description;
}

static const struct interface_action *find_action(const struct component_class *class, const char *name)
{
	const struct interface_action *action = class->actions;

	while (action && action->name && strcmp(action->name, name) != 0)
		action++;
	return action && action->name ? action : NULL;
}

static void check_text(const char *text)
{
	while (*text) {
		FUZZ_CHECK(utf8_length(text) > 0);
		text += utf8_length(text);
	}
}

static void check_taken(const struct command *command, const struct component_class *class)
{
	const struct interface_action *action = find_action(class, command->action);

	FUZZ_CHECK(action);
	for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX; i++)
		FUZZ_CHECK((i < command->arguments_n) == (action->arguments[i].name != NULL));
	for (size_t i = 0; i < command->arguments_n; i++) {
		FUZZ_CHECK(command->arguments[i].type == action->arguments[i].type);
		if (command->arguments[i].type == 's')
			check_text(command->arguments[i].s);
		if (command->arguments[i].type == 'd')
			FUZZ_CHECK(isfinite(command->arguments[i].d));
	}
}

static struct json_object *descriptions[64]; /* of the kinds */

static void free_descriptions(void)
{
	for (size_t i = 0; i < ELEMENTS(descriptions); i++)
		json_free(descriptions[i]);
}

static void check_command(const void *payload, size_t length)
{
	struct problem problem = { "" };
	struct command command;

	if (!descriptions[0])
		atexit(free_descriptions);
	for (size_t i = 0; component_classes[i]; i++) {
		if (!descriptions[i])
			descriptions[i] = describe(component_classes[i]);
		if (command_parse(payload, length, descriptions[i], &command, &problem) < 0)
			FUZZ_CHECK(*problem.text);
		else
			check_taken(&command, component_classes[i]);
	}
}

/* Taken apart and put together, it is the same. */
static void check_topic(const char *text)
{
	char again[TOPIC_SIZE];
	struct topic topic;

	if (!topic_parse(text, &topic))
		return;
	if (topic.kind)
		topic_of_component(topic.hub, topic.kind, topic.name, topic.leaf, again);
	else
		topic_of_hub(topic.hub, topic.leaf, again);
	FUZZ_CHECK_SAME(again, text);
	topic_hub_is_valid(topic.hub);
}

static void check_uri(const char *text)
{
	_cleanup_(mqtt_uri_freep) struct mqtt_uri *uri = NULL;

	if (mqtt_uri_parse(text, &uri) < 0)
		return;
	FUZZ_CHECK(*uri->host && uri->port > 0 && !strpbrk(uri->host, "/@ ["));
	FUZZ_CHECK_SAME(uri->text, text);
	mqtt_uri_is_local(uri);
}

static void check_shown(const void *payload, size_t length)
{
	char text[64];

	check_text(payload_shown(payload, length, text, sizeof text));
	FUZZ_CHECK(!strpbrk(text, "\n\r\x1b"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = fuzz_all_text(data, size);
	size_t topic_n = strlen(text), payload_n = size > topic_n ? size - topic_n - 1 : 0;
	const uint8_t *payload = data + size - payload_n;
	uint64_t usec = 42;

	check_topic(text);
	check_uri(text);
	if (rfc3339_parse(text, &usec) < 0)
		FUZZ_CHECK(usec == 42);
	check_command(payload, payload_n);
	check_shown(payload, payload_n);
	return 0;
}
