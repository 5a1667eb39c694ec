#define _GNU_SOURCE
#include "bus/kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/internal.h"
#include "bus/object.h"

#define NAMES_SIZE 64

/* --- what every kind has --------------------------------------------------------------------- */

static void get_name(const struct component *component, union value *ret)
{
	ret->s = component_name(component);
}

static void get_kind(const struct component *component, union value *ret)
{
	ret->s = component->class->kind;
}

static void get_location(const struct component *component, union value *ret)
{
	ret->s = hub_source_location(component->source);
}

static void get_available(const struct component *component, union value *ret)
{
	ret->b = component->missing == 0;
}

static void get_reason(const struct component *component, union value *ret)
{
	ret->s = component->reason;
}

static void get_summary(const struct component *component, union value *ret)
{
	static char summary[COMPONENT_SUMMARY_SIZE];

	component_summary(component, summary);
	ret->s = summary;
}

const struct interface_property common_properties[] = {
	{ "Name", 's', ABOUT("As in the header of its section. These do not change."), get_name },
	{ "Kind", 's', ABOUT("As in the header of its section. These do not change."), get_kind },
	{ "Location", 's', ABOUT("Where it is."), get_location },
	{ "Available", 'b', ABOUT("Whether all of its lines or its device can be reached."), get_available,
	  .diagnostic = true, .class = "available" },
	{ "Reason", 's', ABOUT("Why it is unavailable, or where it was found again. It may be empty."),
	  get_reason, .diagnostic = true },
	{ "Summary", 's',
	  ABOUT("Its state in a few words: \"on, manual\", \"21.50 °C, high\", \"locked, ALERT\", \"unavailable\"."),
	  get_summary },
	{ 0 },
};

bool kind_property_is_const(const char *name)
{
	return strcmp(name, "Name") == 0 || strcmp(name, "Kind") == 0;
}

/* --- looking into the tables ----------------------------------------------------------------- */

const struct interface_property *kind_property_at(const struct component_class *class, size_t i)
{
	const struct interface_property *own = class->properties;

	if (i < ELEMENTS(common_properties) - 1)
		return &common_properties[i];
	for (i -= ELEMENTS(common_properties) - 1; own && own->name; own++)
		if (i-- == 0)
			return own;
	return NULL;
}

const struct interface_property *kind_property(const struct component_class *class, const char *name)
{
	const struct interface_property *property;

	for (size_t i = 0; (property = kind_property_at(class, i)); i++)
		if (strcmp(property->name, name) == 0)
			return property;
	return NULL;
}

const struct quantity *kind_quantity(const struct component_class *class, const struct interface_property *property)
{
	return property->measured && class && class->measure ? class->measure->quantity : property->quantity;
}

const struct interface_action *kind_action(const struct component_class *class, const char *name)
{
	for (const struct interface_action *action = class->actions; action && action->name; action++)
		if (strcmp(action->name, name) == 0)
			return action;
	return NULL;
}

/* --- the vtable ------------------------------------------------------------------------------ */

struct action_texts {
	char signature[INTERFACE_ARGUMENTS_MAX + 1];
	char names[NAMES_SIZE]; /* each ended by a zero, and all of them by one more */
};

static const char *type_text(char type)
{
	return type == 'b' ? "b" : type == 't' ? "t" : type == 'd' ? "d" : "s";
}

static void fill_texts(const struct interface_action *action, struct action_texts *texts)
{
	size_t length = 0;

	for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++) {
		texts->signature[i] = action->arguments[i].type;
		length += (size_t)snprintf(texts->names + length, NAMES_SIZE - 1 - length, "%s",
		                           action->arguments[i].name) +
		          1;
	}
}

/* No privilege is looked up for a call, which would be waited for: calls.c asks for authorization. */
static sd_bus_vtable *add_methods(sd_bus_vtable *vtable, struct kind *kind, sd_bus_message_handler_t call)
{
	struct action_texts *texts = kind->texts;

	for (const struct interface_action *action = kind->class->actions; action && action->name; action++) {
		fill_texts(action, texts);
		*vtable++ = (sd_bus_vtable)SD_BUS_METHOD_WITH_NAMES(action->name, texts->signature, "", NULL,
		                                                    "", call, SD_BUS_VTABLE_UNPRIVILEGED);
		vtable[-1].x.method.names = texts->names;
		texts++;
	}
	return vtable;
}

static sd_bus_vtable *add_properties(sd_bus_vtable *vtable, const struct kind *kind,
                                     const struct kind_handlers *handlers)
{
	const struct interface_property *property;

	for (size_t i = 0; (property = kind_property_at(kind->class, i)); i++)
		*vtable++ = (sd_bus_vtable)SD_BUS_PROPERTY(
			property->name, type_text(property->type), handlers->property, 0,
			kind_property_is_const(property->name) ? SD_BUS_VTABLE_PROPERTY_CONST
							       : SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
	*vtable++ = (sd_bus_vtable)SD_BUS_PROPERTY("Configuration", "a{ss}", handlers->configuration, 0,
	                                           SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
	return vtable;
}

static sd_bus_vtable *add_signals(sd_bus_vtable *vtable, const struct component_class *class)
{
	for (const struct event_type *const *type = class->events; *type; type++)
		*vtable++ = (sd_bus_vtable)SD_BUS_SIGNAL_WITH_NAMES(
			(*type)->name, OBJECT_EVENT_SIGNATURE,
			SD_BUS_PARAM(serial) SD_BUS_PARAM(monotonic_ns) SD_BUS_PARAM(data), 0);
	return vtable;
}

static size_t count_actions(const struct component_class *class)
{
	size_t n = 0;

	while (class->actions && class->actions[n].name)
		n++;
	return n;
}

static size_t count_events(const struct component_class *class)
{
	size_t n = 0;

	while (class->events[n])
		n++;
	return n;
}

static int build_vtable(struct kind *kind, const struct kind_handlers *handlers)
{
	size_t actions_n = count_actions(kind->class);
	sd_bus_vtable *vtable;

	while (kind_property_at(kind->class, kind->properties_n))
		kind->properties_n++;
	kind->texts = calloc(actions_n + 1, sizeof *kind->texts);
	/* Start, Configuration, Why, States, end. */
	kind->vtable = calloc(kind->properties_n + actions_n + count_events(kind->class) + 5, sizeof *vtable);
	if (!kind->texts || !kind->vtable)
		return -ENOMEM;
	vtable = kind->vtable;
	*vtable++ = (sd_bus_vtable)SD_BUS_VTABLE_START(0);
	vtable = add_properties(vtable, kind, handlers);
	vtable = add_methods(vtable, kind, handlers->call);
	*vtable++ = (sd_bus_vtable)SD_BUS_METHOD_WITH_NAMES("Why", "", "", "a{sv}", SD_BUS_PARAM(why), handlers->why,
	                                                    SD_BUS_VTABLE_UNPRIVILEGED);
	*vtable++ = (sd_bus_vtable)SD_BUS_METHOD_WITH_NAMES("States", "", "", "a{ss}", SD_BUS_PARAM(states),
	                                                    handlers->states, SD_BUS_VTABLE_UNPRIVILEGED);
	vtable = add_signals(vtable, kind->class);
	*vtable = (sd_bus_vtable)SD_BUS_VTABLE_END;
	return 0;
}

int kind_new(const struct component_class *class, const struct kind_handlers *handlers, struct kind **ret)
{
	_cleanup_(kind_freep) struct kind *kind = calloc(1, sizeof *kind);
	int r;

	if (!kind)
		return -ENOMEM;
	kind->class = class;
	if (asprintf(&kind->interface, "%s.%s", BUS_NAME, class->kind) < 0)
		return -ENOMEM;
	r = build_vtable(kind, handlers);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(kind);
	return 0;
}

struct kind *kind_free(struct kind *kind)
{
	if (!kind)
		return NULL;
	free(kind->interface);
	free(kind->vtable);
	free(kind->texts);
	free(kind);
	return NULL;
}
