/* The typed table of a section's keys: from key, type, place and default follow reading, checking, printing
 * and documenting a configuration. */
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
	/* What a person is told to write, after "expected ". Used where the option has no `expected`. */
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
	/* option_names: the kind that is named; unset, all of that kind are, or none. option_word: the words,
	 * ended by NULL. */
	const char *refers_to;
	bool unset_is_none;
	/* A key of the same table that this one has no meaning beside: an error if both are set, and one of the two
	 * has to be given if this one has no default. Where that one has this one here, too, each stands instead of the
	 * other. NULL, or a key that the table does not have: none. */
	const char *not_with;
	bool mutual; /* who is named under this key has to name this one, too */
	const char *const *words;
	const struct about *about; /* for roomd.conf(5) and the example; roomd/about.h */
};

/* A line as it may be given: "NAME", "gpiochipN:OFFSET", "LABEL:OFFSET". Field: char *, NULL if unset. Two
 * components that have the same line are an error of the configuration. */
extern const struct option_type option_line;
/* Text without control characters. Field: char *, NULL if unset. */
extern const struct option_type option_string;
/* The same, of which the type says what it is: a device that is read, its channel, and the libiio context that it is in
 * (family/measured.h); an output with a duty cycle (io/pwm-find.h). */
extern const struct option_type option_device, option_channel, option_context, option_pwm;
/* Field: bool. */
extern const struct option_type option_bool;
/* Field: uint64_t, ns. Bounds in µs. */
extern const struct option_type option_timespan;
/* Field: double; NAN if unset. */
extern const struct option_type option_number;
/* Numbers with spaces between, none if unset; bounds are those of each. Field: struct option_number_list. */
extern const struct option_type option_numbers;
/* Field: unsigned. */
extern const struct option_type option_count;
/* One of option->words. Field: int, the word's index. */
extern const struct option_type option_word;
/* Names of components of the kind option->refers_to, with spaces between. Field: struct option_name_list. */
extern const struct option_type option_names;

/* A sensor of another hub: "HUB/kind/name", as its topics and objects are called, the kind being that of the section.
 * Field: char *, NULL if unset. */
extern const struct option_type option_remote;

/* When something is to be; rules/condition.h. Field: struct option_condition_value. */
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
		.about = ABOUT("Where it is, as events say it.", .unset = "the component's name")     \
	}
