/* The names of topics: makes and reads them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The longest name of a hub. */
#define TOPIC_HUB_MAX 63

/* Room for each of our topics, with its zero. */
#define TOPIC_SIZE 256

/* The beginning of a hub's topics: "roomd/HUB". */
#define TOPIC_ROOT "roomd"

/* Whether it can be a level of a topic that is a hub: letters, digits, "_", "-" and ".", beginning with a letter or a
 * digit, TOPIC_HUB_MAX at most. So it is one for Home Assistant's discovery (MQTT integration, "Discovery topic"), too,
 * once each "." is a "_". */
bool topic_hub_is_valid(const char *hub);

/* "roomd/HUB/LEAF" and "roomd/HUB/KIND/NAME/LEAF", `kind` in snake case. Return `buffer`; a topic that is too
 * long is cut. */
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

/* Splits a topic into its parts. False: it is not one of ours, or it, or another topic of the same component,
 * does not fit into TOPIC_SIZE; `ret` is undefined then. */
bool topic_parse(const char *topic, struct topic *ret);
