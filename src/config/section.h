/* The values of one section, as the table of its keys says: from key, type, place and default follow reading, checking and
 * printing. No key is known here. */
#pragma once

#include <stdio.h>

#include "config/error.h"
#include "roomd/option.h"

/* So long a value can be, written out. */
#define CONFIG_VALUE_SIZE 16384

struct config_section {
	const struct option *options;  /* ended by one without a key */
	void *values;                  /* as the options say */
	struct config_place place;     /* of its header */
	struct config_place *assigned; /* one for each option; file NULL: it has its default */
};

/* A section whose values, of `size` bytes, are the defaults. It is to be freed with config_section_free(), also after
 * -ENOMEM. */
int config_section_init(struct config_section *section, const struct option *options, size_t size,
                        const struct config_place *place);
void config_section_free(struct config_section *section);

/* Takes in a line of it, `place` with its key and value. What is wrong with it is added to `errors`. In one file a key
 * stands once, unless its value is a list, which then goes on; another file begins anew, and takes back with an empty value
 * what an earlier one has assigned. */
void config_section_assign(struct config_section *section, const struct config_place *place,
                           struct config_errors *errors);

/* Adds to `errors` each key that has to be given and is not, and each that is given and has no meaning beside another. */
void config_section_check(const struct config_section *section, struct config_errors *errors);

/* The option's field in the values. */
void *config_section_field(const struct config_section *section, const struct option *option);

/* Where the option was set; if it was not, where the section begins, with the key and its default. */
struct config_place config_section_place_of(const struct config_section *section, const struct option *option);
bool config_section_is_assigned(const struct config_section *section, const struct option *option);

/* What makes this option senseless here: the one that it is not to stand beside (option->not_with), which is set; NULL:
 * nothing does. */
const struct option *config_section_excluded_by(const struct config_section *section, const struct option *option);

/* Its keys and values, but those that have no meaning, in the syntax that they are read in. */
void config_section_print(const struct config_section *section, FILE *stream);
