/* Makes metrics of a room. Pure: data goes in, and the text comes out. */
#pragma once

#include <stdint.h>

#include "client/mirror.h"
#include "metrics/exposition.h"
#include "metrics/table.h"

/* systemd's values for roomd's unit. */
struct unit_facts {
	bool restarts_known, start_known;
	uint64_t restarts, start_usec; /* CLOCK_REALTIME */
};

struct metrics_room {
	bool up; /* roomd is there, and answers; if not, the members before `bridge` are not used */
	const struct mirror_component *components; /* the first one */
	const struct metric_table *table;
	struct json_object *service;  /* the properties of the service as a whole */
	uint64_t monotonic_zero_usec; /* CLOCK_REALTIME when CLOCK_MONOTONIC was 0 */
	struct json_object *bridge;   /* the properties of org.roomd1.Mqtt; NULL: it is not there */
	struct unit_facts unit;
};

/* The text, which the caller frees. It does not have unknown values. 0 or -ENOMEM. */
int metrics_render(const struct metrics_room *room, enum exposition_format format, char **ret, size_t *ret_n);
