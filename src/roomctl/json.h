/* Values that come by D-Bus, as JSON: what all verbs work on, whether they print JSON or text. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "roomctl/command-line.h"

struct json_object *json_free(struct json_object *object);
DEFINE_CLEANUP(struct json_object *, json_free);

/* The value that is next in the message, of any type: structures are arrays, dictionaries objects. A negative
 * errno. */
int json_from_message(sd_bus_message *message, struct json_object **ret);

/* Members; "", false, 0 or NULL if there is none. What is returned lives as long as the object. */
const char *member_text(const struct json_object *object, const char *key);
bool member_bool(const struct json_object *object, const char *key);
uint64_t member_number(const struct json_object *object, const char *key);
struct json_object *member_of(const struct json_object *object, const char *key);

/* Adds a member; takes the value over. One that there was no memory for is null. */
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_text(struct json_object *object, const char *key, const char *text);

/* A value as text for people: yes or no, 21.5, the text itself; what has parts as JSON; null as "-". To be
 * freed; NULL: no memory. */
char *json_to_text(struct json_object *value);

/* Writes it and a newline to standard output. */
enum status json_print(struct json_object *object, enum json_mode mode);
