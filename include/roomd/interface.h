/* What a kind of component shows, lets people do, and keeps: tables from which D-Bus, roomctl, the state that
 * survives and the manual follow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct component;
struct problem;

/* A value, whose type is a letter of D-Bus: 'b' boolean, 't' unsigned 64 bits, 'd' double, 's' text (UTF-8,
 * owned by whoever gives it). */
union interface_value {
	bool b;
	uint64_t t;
	double d;
	const char *s;
};

/* Something that can be read at any time. What every kind has (name, location, available ...) is not in these
 * tables. Ended by one without a name. */
struct interface_property {
	const char *name; /* "On"; CamelCase, as D-Bus has it */
	char type;
	const char *about; /* a sentence for the manual, with the unit */
	/* Pure; a text is valid until the component's next change. */
	void (*get)(const struct component *component, union interface_value *ret);
};

/* Who may do it: the actions of polkit, org.roomd1.control and so on. */
enum interface_right {
	RIGHT_CONTROL,
	RIGHT_UNLOCK,
	RIGHT_MANAGE,
	RIGHTS,
};

#define INTERFACE_ARGUMENTS_MAX 2

/* Something that can be asked for. Ended by one without a name. */
struct interface_action {
	const char *name; /* "SetOn" */
	struct {
		const char *name; /* "on"; NULL: no more arguments */
		char type;
	} arguments[INTERFACE_ARGUMENTS_MAX];
	const char *about; /* for the manual */
	enum interface_right right;
	/* Done at once. 0; or a problem that says what was expected, and -EINVAL: an argument;
	 * -EALREADY: there is nothing to do, and whoever asked should know. */
	int (*run)(struct component *component, const union interface_value *arguments,
	           struct problem *problem);
};

/* How long a field outlives the process. */
enum kept_over {
	KEPT_OVER_RESTART,    /* any end of the process: restart, upgrade, crash */
	KEPT_OVER_POWER_LOSS, /* also the end of the machine: in /var/lib/roomd */
};

enum kept_type {
	KEPT_BOOL,   /* bool */
	KEPT_INT,    /* int or an enum */
	KEPT_U64,    /* uint64_t */
	KEPT_DOUBLE, /* double */
};

/* A field of the instance that has to survive. The name is its name in what is stored: it stays the same in
 * later versions. Times on CLOCK_MONOTONIC are for KEPT_OVER_RESTART only. Ended by one without a name. */
struct kept_field {
	const char *name;
	enum kept_type type;
	size_t offset; /* in the instance */
	enum kept_over over;
};

#define KEPT_NAME_MAX 23
