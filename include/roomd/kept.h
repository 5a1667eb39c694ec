/* Fields of a structure that outlive the process. */
#pragma once

#include <stddef.h>

#include "roomd/about.h"
#include "roomd/value.h"

/* How long. */
enum kept_over {
	KEPT_OVER_RESTART,    /* any end of the process: restart, upgrade, crash; in util/memory.h */
	KEPT_OVER_POWER_LOSS, /* also the end of the machine: in /var/lib/roomd */
};

enum kept_type {
	KEPT_BOOL,   /* bool */
	KEPT_INT,    /* int or an enum */
	KEPT_U64,    /* uint64_t */
	KEPT_DOUBLE, /* double */
};

/* `name` is the field's name in the stored data, so it must stay the same in later versions. Times on
 * CLOCK_MONOTONIC are for KEPT_OVER_RESTART only. A table is ended by an entry without a name. */
struct kept_field {
	const char *name;
	enum kept_type type;
	size_t offset; /* in the structure */
	enum kept_over over;
	enum value_clock clock;    /* of a time, in ns if it is on CLOCK_MONOTONIC, else in µs */
	const struct about *about; /* for docs/architecture.md; roomd/about.h */
};

/* Longest name, without the zero. */
#define KEPT_NAME_MAX 23
