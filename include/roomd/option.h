/* The typed table of a section's keys. A configuration is read, checked, printed and documented from each
 * key's type, place and default. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "roomd/about.h"

struct condition;
struct option;

#define OPTION_SIZE_MAX 16

/* A type of value. `field` points into the configuration of a component. */
struct option_type {
	/* What an error message tells the user to write, after "expected ". Used if the option has no
	 * `expected`. */
	const char *expected;
	size_t size; /* of the field; at most OPTION_SIZE_MAX */
	/* Reads `text` (never NULL; empty is "unset") into `field`, which holds nothing yet. -EINVAL: not
	 * such a value; -ERANGE: outside option->min..max. Field untouched on failure. */
	int (*parse)(const struct option *option, const char *text, void *field);
	/* Writes the value as parse() reads it; empty if unset. */
	void (*format)(const struct option *option, const void *field, char *buffer, size_t size);
	/* Frees what the field owns. May be NULL. */
	void (*release)(void *field);
	/* Only for lists, whose key may stand several times: moves what `more` has to the end of `field`.
	 * -ENOMEM. */
	int (*append)(void *field, void *more);
};

struct option {
	const char *key;
	const struct option_type *type;
	size_t offset; /* of the field in the kind's configuration */
	/* In the syntax of the file; "" is unset; NULL: the key must be given. */
	const char *default_text;
	/* Bounds, both inclusive, of a number (in its unit; time spans in µs); both 0: none. */
	double min, max;
	/* Instead of the type's. */
	const char *expected;
	/* For option_names: the kind of the named components. If the key is unset, all components of that
	 * kind are meant, or none (`unset_is_none`). `words`, for option_word: the words, ended by NULL. */
	const char *refers_to;
	bool unset_is_none;
	/* A key of the same table that this key cannot be used together with. It is an error if both are set;
	 * and if this key has no default, one of the two has to be given. If the other key names this one in
	 * turn, the two are alternatives. NULL, or a key that the table does not have: none. */
	const char *not_with;
	bool mutual; /* a component that is named under this key has to name this component in turn */
	const char *const *words;
	const struct about *about; /* for roomd.conf(5) and the example; roomd/about.h */
};

/* A line as it may be given: "NAME", "gpiochipN:OFFSET", "LABEL:OFFSET". Field: char *, NULL if unset. Two
 * components that have the same line are an error of the configuration. */
extern const struct option_type option_line;
/* Text without control characters. Field: char *, NULL if unset. */
extern const struct option_type option_string;
/* The same, each with a type of its own: a device that is read, its channel and its libiio context
 * (family/measured.h); an output with a duty cycle (io/pwm-find.h). */
extern const struct option_type option_device, option_channel, option_context, option_pwm;
/* Field: bool. */
extern const struct option_type option_bool;
/* Field: uint64_t, ns. Bounds in µs. */
extern const struct option_type option_timespan;
/* Field: double; NAN if unset. */
extern const struct option_type option_number;
/* Numbers, separated by spaces, none if unset; the bounds apply to each number. Field: struct
 * option_number_list. */
extern const struct option_type option_numbers;
/* Field: unsigned. */
extern const struct option_type option_count;
/* One of option->words. Field: int, the word's index. */
extern const struct option_type option_word;
/* Names of components of the kind option->refers_to, with spaces between. Field: struct option_name_list. */
extern const struct option_type option_names;

/* A sensor of another hub: "HUB/kind/name", as in its topics and objects; its kind is that of the section.
 * Field: char *, NULL if unset. */
extern const struct option_type option_remote;

/* A condition; rules/condition.h. Field: struct option_condition_value. */
extern const struct option_type option_condition;

/* A time of day, and days of the week; rules/schedule.h. Fields: struct schedule_time; unsigned, all days if unset. */
extern const struct option_type option_time_of_day;
extern const struct option_type option_days;

struct option_condition_value {
	char *text; /* as it was written; NULL: unset */
	struct condition *condition;
};

struct option_number_list {
	double *numbers; /* NULL: unset */
	size_t n;
};

struct option_name_list {
	char **names; /* NULL: unset */
	size_t n;
};

/* The first key of every kind; the field is `char *location` of the configuration `type`. */
#define OPTION_LOCATION(config_type)                                                                  \
	{                                                                                             \
		.key = "Location", .type = &option_string, .offset = offsetof(config_type, location), \
		.default_text = "",                                                                   \
		.about = ABOUT("The place of the component, which is part of its events.", .unset = "the component's name") \
	}
