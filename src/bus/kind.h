/* A kind of component as an interface of D-Bus, made from the tables of its class. */
#pragma once

#include <systemd/sd-bus.h>

#include "roomd/component.h"
#include "util/cleanup.h"

/* The properties of every kind, except Configuration; ended by one without a name. */
extern const struct interface_property common_properties[];

/* True for those of them that do not change while the object is there. */
bool kind_property_is_const(const char *name);

struct kind {
	struct kind *next;
	const struct component_class *class;
	char *interface;     /* "org.roomd1.LightController" */
	size_t properties_n; /* of common_properties and class->properties */
	sd_bus_vtable *vtable;
	struct action_texts *texts; /* what the vtable points to */
};

/* Handlers of the vtables, whose userdata is the object. */
struct kind_handlers {
	sd_bus_message_handler_t call, why, states;
	sd_bus_property_get_t property, configuration;
};

/* To be freed by the caller. -ENOMEM. */
int kind_new(const struct component_class *class, const struct kind_handlers *handlers, struct kind **ret);
struct kind *kind_free(struct kind *kind);
DEFINE_CLEANUP(struct kind *, kind_free);

/* The property of this name, or the i-th one, of both tables; NULL: none. */
const struct interface_property *kind_property(const struct component_class *class, const char *name);
const struct interface_property *kind_property_at(const struct component_class *class, size_t i);

/* The quantity of a property of this class, which has its unit and precision; NULL: it has none. `class` may
 * be NULL for a property of every kind. */
const struct quantity *kind_quantity(const struct component_class *class, const struct interface_property *property);

/* The action of this name; NULL: none. */
const struct interface_action *kind_action(const struct component_class *class, const char *name);
