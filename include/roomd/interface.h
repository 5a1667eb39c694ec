/* The properties and actions of a kind of component: tables from which D-Bus, roomctl and the manual are
 * made. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "roomd/about.h"
#include "roomd/kept.h"
#include "roomd/value.h"

struct component;
struct problem;
struct quantity;

/* Something that can be read at any time. Properties that every kind has (name, location, available ...) are
 * not in these tables. A table is ended by an entry without a name. */
struct interface_property {
	const char *name; /* "On"; CamelCase, as D-Bus has it */
	char type; /* roomd/value.h */
	const struct about *about; /* for org.roomd1(5); roomd/about.h */
	/* Pure; a text is valid until the component's next change. */
	void (*get)(const struct component *component, union value *ret);
	enum value_clock clock; /* of a time, in µs */
	/* The rest is for programs that know no kind (Manager.Describe()); roomd does not act on it. */
	/* It is about the device (a reading that failed, a line that is absent), not about the room. */
	bool diagnostic;
	/* Of a number, `measured`: it is the quantity that the kind measures (component_class.measure);
	 * otherwise `quantity` is its quantity, NULL: none. Its class, unit and precision are the quantity's. */
	bool measured;
	const struct quantity *quantity;
	/* Of a boolean: what it says, one of "motion", "opening", "pressed", "on", "manual", "locked", "jammed",
	 * "alert", "active", "running", "problem", "available"; NULL: nothing that anybody has to see. */
	const char *class;
};

/* The right that is needed: polkit's actions, org.roomd1.control and so on. */
enum interface_right {
	RIGHT_CONTROL,
	RIGHT_UNLOCK,
	RIGHT_MANAGE,
	RIGHTS,
};

#define INTERFACE_ARGUMENTS_MAX 2

/* Something that a client can ask for. A table is ended by an entry without a name. */
struct interface_action {
	const char *name; /* "SetOn" */
	struct {
		const char *name; /* "on"; NULL: no more arguments */
		char type;
	} arguments[INTERFACE_ARGUMENTS_MAX];
	const struct about *about; /* for org.roomd1(5); roomd/about.h */
	enum interface_right right;
	/* Carries out the action at once. 0; or a problem that says what was expected, and -EINVAL: an
	 * argument is wrong; -EALREADY: there is nothing to do, and the caller should know. */
	int (*run)(struct component *component, const union value *arguments,
	           struct problem *problem);
};
