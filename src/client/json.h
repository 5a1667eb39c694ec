/* Values from D-Bus as JSON. Programs on the bus that know no kind work with them. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "util/cleanup.h"

struct json_object *json_free(struct json_object *object);
DEFINE_CLEANUP(struct json_object *, json_free);

/* Reads the next value of the message, of any type: a structure becomes an array, a dictionary an object. 0
 * or a negative errno. */
int json_from_message(sd_bus_message *message, struct json_object **ret);

/* The only value of a message that has to be of these types: "a{sv}". -EBADMSG: it is of others; so whoever asked need not look
 * at each part. A variant may have any in it. */
int json_from_answer(sd_bus_message *message, const char *types, struct json_object **ret);

/* The i-th element, from 0; NULL: there are fewer, or it is no array. */
struct json_object *json_element(const struct json_object *array, size_t i);

/* The member `key`; "", false, 0 or NULL if there is none. The result lives as long as the object. */
const char *member_text(const struct json_object *object, const char *key);
bool member_bool(const struct json_object *object, const char *key);
uint64_t member_number(const struct json_object *object, const char *key);
struct json_object *member_of(const struct json_object *object, const char *key);

/* Adds a member. The object owns the value from now on; NULL (no memory) is added as null. */
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_text(struct json_object *object, const char *key, const char *text);
