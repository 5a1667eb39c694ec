/* Commands from the broker: reads a payload, and checks it against the kind's declaration. Pure: the caller
 * then asks roomd to carry it out. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "util/problem.h"

/* The longest payload. */
#define COMMAND_PAYLOAD_MAX 1024

#define COMMAND_ARGUMENTS_MAX 4

struct command {
	char action[64]; /* the method of D-Bus: "SetOn" */
	size_t arguments_n;
	struct {
		char type; /* 'b', 't', 'd', 's' */
		union {
			bool b;
			uint64_t t;
			double d;
			char s[256];
		};
	} arguments[COMMAND_ARGUMENTS_MAX];
};

/* Reads one: a word (ON, OFF, AUTO, LOCK, UNLOCK, OPEN, ACKNOWLEDGE, START; in any case), a number (the speed, percent), or
 * a JSON object {"action": "SetOnFor", "on": true, "duration_usec": 60000000}: an action of the kind's, with its
 * arguments by their names, and no others. `description` is the kind's, as Manager.Describe() has it. 0; or -EINVAL, and
 * `problem` says what was expected. */
int command_parse(const void *payload, size_t length, const struct json_object *description, struct command *ret,
                  struct problem *problem);

/* Adds the arguments to the call. */
int command_append(const struct command *command, sd_bus_message *call);
