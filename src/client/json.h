/* Values that come by D-Bus, as JSON: what every program on the bus works on that knows no kind. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "util/cleanup.h"

struct json_object *json_free(struct json_object *object);
DEFINE_CLEANUP(struct json_object *, json_free);

/* The value that is next in the message, of any type: structures are arrays, dictionaries objects. A negative
 * errno. */
int json_from_message(sd_bus_message *message, struct json_object **ret);

/* The only value of a message that has to be of these types: "a{sv}". -EBADMSG: it is of others; so whoever asked need not look
 * at each part. A variant may have any in it. */
int json_from_answer(sd_bus_message *message, const char *types, struct json_object **ret);

/* The i-th element, from 0; NULL: there are fewer, or it is no array. */
struct json_object *json_element(const struct json_object *array, size_t i);

/* Members; "", false, 0 or NULL if there is none. What is returned lives as long as the object. */
const char *member_text(const struct json_object *object, const char *key);
bool member_bool(const struct json_object *object, const char *key);
uint64_t member_number(const struct json_object *object, const char *key);
struct json_object *member_of(const struct json_object *object, const char *key);

/* Adds a member; takes the value over. One that there was no memory for is null. */
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_text(struct json_object *object, const char *key, const char *text);
