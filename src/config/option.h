/* What the configuration needs of names and options, beside roomd/option.h. */
#pragma once

#include "roomd/option.h"

/* The longest name of a component: with "roomd:" before it, it is the consumer of its lines, of which the
 * kernel keeps 31 bytes. */
#define OPTION_NAME_MAX 25

/* True for a name of a component: letters, digits, "_" and "-", beginning with a letter or a digit. */
bool option_name_is_valid(const char *name);

/* The kind of a sensor of another hub is this one, as in "MotionSensor"; `text` is what option_remote has read. */
bool option_remote_is_of(const char *text, const char *kind);

/* What is expected of the option's value, in words. */
void option_describe(const struct option *option, char *buffer, size_t size);

/* The option with this key of a table that ends with one without a key, or NULL. */
const struct option *option_find(const struct option *options, const char *key);
