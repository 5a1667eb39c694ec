#include "bus/describe.h"

#include <string.h>

#include "bus/authority.h"
#include "bus/internal.h"
#include "bus/kind.h"
#include "roomd/quantity.h"
#include "util/snake.h"

static const char *text_or_none(const char *text)
{
	return text ? text : "";
}

/* --- entries of a{sv} ------------------------------------------------------------------------ */

/* What comes next until close_entry() is the value, of this type. */
static int open_entry(sd_bus_message *message, const char *key, const char *signature)
{
	int r;

	r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append_basic(message, 's', key);
	return r < 0 ? r : sd_bus_message_open_container(message, 'v', signature);
}

static int close_entry(sd_bus_message *message)
{
	int r = sd_bus_message_close_container(message);

	return r < 0 ? r : sd_bus_message_close_container(message);
}

/* A list, each of whose rows `append` gives, which are of this type. */
static int append_list(sd_bus_message *message, const char *key, const char *list, const char *row,
                       int (*append)(sd_bus_message *message, const struct component_class *class),
                       const struct component_class *class)
{
	int r;

	r = open_entry(message, key, list);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', row);
	if (r >= 0)
		r = append(message, class);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	return r < 0 ? r : close_entry(message);
}

/* --- properties ------------------------------------------------------------------------------ */

static const char *clock_word(enum value_clock clock)
{
	static const char *const words[] = {
		[VALUE_CLOCK_NONE] = "",
		[VALUE_CLOCK_MONOTONIC] = "monotonic",
		[VALUE_CLOCK_REALTIME] = "realtime",
	};

	return words[clock];
}

static int append_property(sd_bus_message *message, const struct component_class *class,
                           const struct interface_property *property)
{
	const struct quantity *quantity = kind_quantity(class, property);
	const char type[] = { property->type, '\0' };

	return sd_bus_message_append(message, "a{sv}", 7, "name", "s", property->name, "type", "s", type, "class", "s",
	                             quantity ? quantity->name : text_or_none(property->class), "unit", "s",
	                             quantity ? quantity->unit : "", "precision", "u",
	                             quantity ? quantity->precision : 0u, "clock", "s", clock_word(property->clock),
	                             "diagnostic", "b", (int)property->diagnostic);
}

static int append_properties(sd_bus_message *message, const struct component_class *class)
{
	const struct interface_property *property;
	int r = 0;

	for (size_t i = 0; r >= 0 && (property = kind_property_at(class, i)); i++)
		r = append_property(message, class, property);
	return r;
}

/* --- events, actions, states ----------------------------------------------------------------- */

static int append_event(sd_bus_message *message, const struct event_type *type)
{
	return sd_bus_message_append(message, "a{sv}", 6, "name", "s", type->name, "words", "s",
	                             text_or_none(type->words), "level", "u", (unsigned)type->level, "number", "s",
	                             event_number_name(type->number), "unit", "s", type->quantity ? type->quantity->unit : "",
	                             "text", "s", text_or_none(type->text_name));
}

static int append_events(sd_bus_message *message, const struct component_class *class)
{
	int r = 0;

	for (const struct event_type *const *type = class->events; r >= 0 && *type; type++)
		r = append_event(message, *type);
	return r;
}

static int append_arguments(sd_bus_message *message, const struct interface_action *action)
{
	int r;

	r = open_entry(message, "arguments", "a(ss)");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "(ss)");
	for (size_t i = 0; r >= 0 && i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++) {
		const char type[] = { action->arguments[i].type, '\0' };

		r = sd_bus_message_append(message, "(ss)", action->arguments[i].name, type);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	return r < 0 ? r : close_entry(message);
}

/* The last part of polkit's action. */
static const char *right_word(enum interface_right right)
{
	return authority_action(right) + strlen(BUS_NAME ".");
}

static int append_action(sd_bus_message *message, const struct interface_action *action)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "{sv}");
	if (r >= 0)
		r = sd_bus_message_append(message, "{sv}{sv}", "name", "s", action->name, "right", "s",
		                          right_word(action->right));
	if (r >= 0)
		r = append_arguments(message, action);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_actions(sd_bus_message *message, const struct component_class *class)
{
	int r = 0;

	for (const struct interface_action *action = class->actions; r >= 0 && action && action->name; action++)
		r = append_action(message, action);
	return r;
}

static int append_states(sd_bus_message *message, const struct component_class *class)
{
	const struct component_state *state;
	int r = 0;

	for (unsigned i = 0; r >= 0 && (state = component_state_at(class, i)); i++)
		r = sd_bus_message_append_basic(message, 's', state->name);
	return r;
}

/* --- kinds ----------------------------------------------------------------------------------- */

static int append_facts(sd_bus_message *message, const struct component_class *class)
{
	const char *layer = class->layer == COMPONENT_SENSOR ? "sensor" : "controller";
	char path[BUS_INTERFACE_SIZE];

	snake_case(class->kind, path, sizeof path);
	return sd_bus_message_append(message, "{sv}{sv}{sv}", "path", "s", path, "layer", "s", layer, "class", "s",
	                             text_or_none(class->kind_class));
}

static int append_kind(sd_bus_message *message, const struct component_class *class)
{
	int r;

	r = sd_bus_message_open_container(message, 'r', "sa{sv}");
	if (r >= 0)
		r = sd_bus_message_append_basic(message, 's', class->kind);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "{sv}");
	if (r >= 0)
		r = append_facts(message, class);
	if (r >= 0)
		r = append_list(message, "properties", "aa{sv}", "a{sv}", append_properties, class);
	if (r >= 0)
		r = append_list(message, "events", "aa{sv}", "a{sv}", append_events, class);
	if (r >= 0)
		r = append_list(message, "actions", "aa{sv}", "a{sv}", append_actions, class);
	if (r >= 0)
		r = append_list(message, "states", "as", "s", append_states, class);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

int describe_kinds(sd_bus_message *message, const struct component_class *const *classes)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "(sa{sv})");
	for (; r >= 0 && *classes; classes++)
		r = append_kind(message, *classes);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

int describe_on_call(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const struct bus *bus = userdata;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = describe_kinds(reply, bus->callbacks->kinds);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}
