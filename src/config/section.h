/* The values of one section. How they are read, checked and printed follows from the table of its keys: key,
 * type, place and default. No key is known here. */
#pragma once

#include <stdio.h>

#include "config/error.h"
#include "roomd/option.h"

/* The longest value in the syntax of the file, with its zero. */
#define CONFIG_VALUE_SIZE 16384

struct config_section {
	const struct option *options;  /* ended by one without a key */
	void *values;                  /* as the options say */
	struct config_place place;     /* of its header */
	struct config_place *assigned; /* one for each option; file NULL: it has its default */
};

/* Makes a section with its default values, in a struct of `size` bytes. Free it with config_section_free(),
 * even after -ENOMEM. */
int config_section_init(struct config_section *section, const struct option *options, size_t size,
                        const struct config_place *place);
void config_section_free(struct config_section *section);

/* Assigns a line: `place` has its key and value. Errors are added to `errors`. In one file a key may stand
 * only once; if its value is a list, it may stand several times, and the list grows. A later file replaces
 * the value of an earlier one; with an empty value it takes that value back. */
void config_section_assign(struct config_section *section, const struct config_place *place,
                           struct config_errors *errors);

/* Adds to `errors` each required key that is not set, and each key that is set together with a key that
 * excludes it. */
void config_section_check(const struct config_section *section, struct config_errors *errors);

/* The option's field in the values. */
void *config_section_field(const struct config_section *section, const struct option *option);

/* Where the option was set; if it was not, where the section begins, with the key and its default. */
struct config_place config_section_place_of(const struct config_section *section, const struct option *option);
bool config_section_is_assigned(const struct config_section *section, const struct option *option);

/* The option that is set and excludes this one (option->not_with); NULL: none. */
const struct option *config_section_excluded_by(const struct config_section *section, const struct option *option);

/* Prints the keys and values in the syntax of the file, without the keys that are excluded. */
void config_section_print(const struct config_section *section, FILE *stream);
