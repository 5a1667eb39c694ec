/* Payloads for Home Assistant, checked against its schema. */
#pragma once

#include <json-c/json.h>

/* The hub of the tests. */
#define HUB "garden.pi"

/* Everything of a payload that Home Assistant would look at. Says what is wrong; returns how much. */
unsigned check_payload(struct json_object *payload);
