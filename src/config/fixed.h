/* A configuration with a fixed list of sections, each there once: that of a program beside roomd, such as
 * /etc/roomd/mqtt.conf. No section and no key is known here. */
#pragma once

#include "config/section.h"
#include "config/text.h"

/* The most sections that such a configuration has. */
#define CONFIG_FIXED_MAX 8

/* A section. A list of sections is ended by one without a name. */
struct config_fixed_section {
	const char *name;
	const struct option *options; /* ended by one without a key */
	size_t size;                  /* of the struct that the options fill */
};

struct config_fixed {
	const struct config_fixed_section *known;
	struct config_text text;
	struct config_section sections[CONFIG_FIXED_MAX]; /* in the order of `known` */
	char file[64];                                    /* the file's usual place, for errors if there is no file */
};

/* Reads `path` and its drop-ins, or, if NULL, those of `name` ("roomd/mqtt.conf") in the configuration
 * folders. Errors are added to `errors`; keys that are not set have their defaults. config_fixed_check()
 * finds keys that are missing. `known` outlives the configuration. Free it with config_fixed_free(), even
 * after -ENOMEM. */
int config_fixed_read(struct config_fixed *config, const struct config_fixed_section *known, const char *name,
                      const char *path, struct config_errors *errors);
void config_fixed_free(struct config_fixed *config);

/* Runs config_section_check() on each section. */
void config_fixed_check(const struct config_fixed *config, struct config_errors *errors);

/* The struct with the values of this section, which has to be a known one. Owned by the configuration. */
const void *config_fixed_values(const struct config_fixed *config, const char *section);

/* Where a key was set; if it was not, its section and its default. The key has to be a known one. */
struct config_place config_fixed_place_of(const struct config_fixed *config, const char *section, const char *key);
bool config_fixed_is_assigned(const struct config_fixed *config, const char *section, const char *key);

/* Prints the effective configuration with all defaults, in the syntax of the file. */
void config_fixed_print(const struct config_fixed *config, FILE *stream);
