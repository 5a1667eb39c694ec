/* A configuration as components with typed values. All of it comes from the component table; no kind and no
 * key is known here. */
#pragma once

#include <stdio.h>

#include "config/section.h"
#include "config/text.h"
#include "roomd/component.h"

struct config_component {
	const struct component_class *class;
	char *name;
	struct config_section section; /* of class->options; its values are of class->config_size */
};

/* A configuration without components has this section, which has no keys, to say that this is intended. A
 * file that is missing for a moment, or empty after a power failure, does not have it. */
#define CONFIG_EMPTY "Empty"
#define CONFIG_EMPTY_NAME "room"
#define CONFIG_EMPTY_ROOM CONFIG_EMPTY " " CONFIG_EMPTY_NAME

struct config {
	struct config_text text; /* the places point into it */
	struct config_component *components;
	size_t n;
	struct config_place empty_room; /* where CONFIG_EMPTY_ROOM stands; file NULL: nowhere */
};

/* Reads and checks the configuration in `path` and its drop-ins, or (NULL) in the standard places; see
 * config_files_read(). 0 and the configuration, which the caller frees; -EBADMSG: `errors` has all its
 * errors; -ENOMEM. */
int config_load(const char *path, struct config **ret, struct config_errors *errors);

/* Takes NULL; returns NULL. */
struct config *config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free);

/* Prints the effective configuration with all defaults, in the syntax of the file. */
void config_print(const struct config *config, FILE *stream);

/* The option's field in the component's values. */
void *config_field(const struct config_component *component, const struct option *option);

/* Where the option was set; if it was not, where its section begins, with the key and its default. */
struct config_place config_place_of(const struct config_component *component, const struct option *option);
bool config_is_assigned(const struct config_component *component, const struct option *option);

/* The component of this kind and name, or NULL. */
const struct config_component *config_find(const struct config *config, const char *kind, const char *name);
