/* The names of topics: which there are, and what a topic that has come means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A hub's name has at most so many letters. */
#define TOPIC_HUB_MAX 63

/* Room for each topic of ours, with its zero. */
#define TOPIC_SIZE 256

/* What the topics of a hub begin with: "roomd/HUB". */
#define TOPIC_ROOT "roomd"

/* Whether it can be a level of a topic that is a hub: letters, digits, "_", "-" and ".", beginning with a letter or a
 * digit, TOPIC_HUB_MAX at most. So it is one for Home Assistant's discovery (MQTT integration, "Discovery topic"), too,
 * once each "." is a "_". */
bool topic_hub_is_valid(const char *hub);

/* "roomd/HUB/LEAF" and "roomd/HUB/KIND/NAME/LEAF", `kind` in snake case. Return `buffer`; what is too long is cut. */
char *topic_of_hub(const char *hub, const char *leaf, char buffer[static TOPIC_SIZE]);
char *topic_of_component(const char *hub, const char *kind, const char *name, const char *leaf,
                         char buffer[static TOPIC_SIZE]);

/* The parts of a topic below roomd/; each points into `text`. */
struct topic {
	char text[TOPIC_SIZE];
	const char *hub;
	const char *kind, *name; /* NULL: the hub's own */
	const char *leaf;        /* "state", "set", "availability" ... */
};

/* Takes a topic apart. False: it is none of ours, or so long that it, or another topic of the same component, has no room
 * in TOPIC_SIZE; `ret` is then undefined. */
bool topic_parse(const char *topic, struct topic *ret);
