/* Names and options: what the configuration needs besides roomd/option.h. */
#pragma once

#include "roomd/option.h"

/* The longest name of a component: with "roomd:" before it, it is the consumer of its lines, of which the
 * kernel keeps 31 bytes. */
#define OPTION_NAME_MAX 25

/* True for a name of a component: letters, digits, "_" and "-", beginning with a letter or a digit. */
bool option_name_is_valid(const char *name);

/* True if the sensor of another hub is of this kind ("MotionSensor"). `text` is a value that option_remote
 * has read. */
bool option_remote_is_of(const char *text, const char *kind);

/* Writes in words what is expected of the option's value. */
void option_describe(const struct option *option, char *buffer, size_t size);

/* The option with this key of a table that ends with one without a key, or NULL. */
const struct option *option_find(const struct option *options, const char *key);
