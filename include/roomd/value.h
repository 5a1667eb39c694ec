/* A value of one of a few types, which D-Bus, JSON and texts are made from: a property's, an argument's of an action, one
 * that an event carries. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Its type is a letter of D-Bus: 'b' boolean, 't' unsigned 64 bits, 'd' double, 's' text (UTF-8, owned by whoever gave
 * it). */
union value {
	bool b;
	uint64_t t;
	double d;
	const char *s;
};

/* A value, what it is called, and its type. The name is the giver's, too. */
struct named_value {
	const char *name;
	char type;
	union value value;
};

/* The clock of a value that is a time; 0 then means that there is no time. */
enum value_clock {
	VALUE_CLOCK_NONE, /* it is no time */
	VALUE_CLOCK_MONOTONIC,
	VALUE_CLOCK_REALTIME,
};
