/* A configuration with meaning: the components it names, with typed values. All of it comes from the
 * component table; no kind and no key is known here. */
#pragma once

#include <stdio.h>

#include "daemon/config-error.h"
#include "daemon/config-text.h"
#include "roomd/component.h"

/* So long a value can be, written out. */
#define CONFIG_VALUE_SIZE 16384

struct config_component {
	const struct component_class *class;
	char *name;
	void *values;                  /* of class->config_size, as class->options says */
	struct config_place place;     /* of its header */
	struct config_place *assigned; /* one for each of class->options; file NULL: default */
};

/* The section, which has no keys, by which a configuration without components says that this is meant. A file
 * that is gone for a moment, or empty after the power has failed, does not have it. */
#define CONFIG_EMPTY "Empty"
#define CONFIG_EMPTY_NAME "room"
#define CONFIG_EMPTY_ROOM CONFIG_EMPTY " " CONFIG_EMPTY_NAME

struct config {
	struct config_text text; /* what the places point into */
	struct config_component *components;
	size_t n;
	struct config_place empty_room; /* where CONFIG_EMPTY_ROOM stands; file NULL: nowhere */
};

/* Reads and checks the configuration in `path` and its drop-ins, or (NULL) in the standard places; see
 * config_files_read(). 0 and the configuration, which the caller frees; -EBADMSG: `errors` has all that is
 * wrong with it; -ENOMEM. */
int config_load(const char *path, struct config **ret, struct config_errors *errors);

/* Takes NULL; returns NULL. */
struct config *config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free);

/* The effective configuration, defaults and all, in the syntax it is read in. */
void config_print(const struct config *config, FILE *stream);

/* The option's field in the component's values. */
void *config_field(const struct config_component *component, const struct option *option);

/* Where the option was set; if it was not, where its section begins, with the key and its default. */
struct config_place config_place_of(const struct config_component *component, const struct option *option);
bool config_is_assigned(const struct config_component *component, const struct option *option);

/* What makes this option senseless here: the one that it is not to stand beside (option->not_with), which is set;
 * NULL: nothing does. */
const struct option *config_excluded_by(const struct config_component *component, const struct option *option);

/* The component of this kind and name, or NULL. */
const struct config_component *config_find(const struct config *config, const char *kind, const char *name);
