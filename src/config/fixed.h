/* A configuration whose sections are known by name and stand there once: that of a program beside roomd, such as
 * /etc/roomd/mqtt.conf. Knows no section and no key. */
#pragma once

#include "config/section.h"
#include "config/text.h"

/* The most sections that such a configuration has. */
#define CONFIG_FIXED_MAX 8

/* What a section has; a list is ended by one without a name. */
struct config_fixed_section {
	const char *name;
	const struct option *options; /* ended by one without a key */
	size_t size;                  /* of the struct that the options fill */
};

struct config_fixed {
	const struct config_fixed_section *known;
	struct config_text text;
	struct config_section sections[CONFIG_FIXED_MAX]; /* in the order of `known` */
	char file[64];                                    /* where it would be if there is none */
};

/* Reads `path` and its drop-ins, or (NULL) what stands under `name` ("roomd/mqtt.conf") in the folders where configuration
 * is. What is wrong is added to `errors`; values that were not given are the defaults. `known` outlives the configuration,
 * which is to be freed with config_fixed_free(), also after -ENOMEM. What its sections demand is not checked yet. */
int config_fixed_read(struct config_fixed *config, const struct config_fixed_section *known, const char *name,
                      const char *path, struct config_errors *errors);
void config_fixed_free(struct config_fixed *config);

/* Adds to `errors` what config_section_check() says of each section. */
void config_fixed_check(const struct config_fixed *config, struct config_errors *errors);

/* The struct that the options of this section fill; it has to be one that is known. The configuration's. */
const void *config_fixed_values(const struct config_fixed *config, const char *section);

/* Where a key, which has to be known, was set; if it was not, the section and its default. */
struct config_place config_fixed_place_of(const struct config_fixed *config, const char *section, const char *key);
bool config_fixed_is_assigned(const struct config_fixed *config, const char *section, const char *key);

/* The effective configuration, defaults and all, in the syntax it is read in. */
void config_fixed_print(const struct config_fixed *config, FILE *stream);
