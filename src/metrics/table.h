/* The metrics of the kinds' properties, with their names and help texts. All of it comes from the answer of
 * Describe() (org.roomd1(5)). Knows no kind. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

#include "metrics/exposition.h"
#include "metrics/unit-names.h"

#define METRIC_NAME_SIZE 256

/* The sort of a property. */
enum source_what {
	SOURCE_SWITCH, /* a boolean: 0 or 1 */
	SOURCE_NUMBER,
	SOURCE_COUNT,  /* a counter */
	SOURCE_MOMENT, /* seconds since 1970; 0 on the bus: there is none */
	SOURCE_WORD,   /* one of few words, in the label "state" */
};

/* One property of one kind. */
struct metric_source {
	const char *kind, *property; /* the description's */
	enum source_what what;
	bool monotonic;  /* a moment of CLOCK_MONOTONIC; or of CLOCK_REALTIME */
	bool diagnostic; /* about the device, not about the room */
	struct metric_unit unit;
	char name[METRIC_NAME_SIZE], help[256];
};

struct metric_table {
	struct json_object *kinds; /* a reference of its own */
	struct metric_source *sources;
	size_t n;
};

/* Makes the table for all kinds of mirror_kinds(). Names depend only on the description, not on the
 * components. 0 or -ENOMEM. */
int metric_table_new(struct json_object *kinds, struct metric_table **ret);
struct metric_table *metric_table_free(struct metric_table *table);
DEFINE_CLEANUP(struct metric_table *, metric_table_free);

/* The metric of a source; its texts are the source's. */
struct metric metric_of_source(const struct metric_source *source);
