/* What is said on the topics of a component: JSON, made from what the bus says and from nothing else. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "client/mirror.h"

/* The state of a component: all of its properties in snake case, "serial" of the newest event and "time". Times are texts
 * (RFC 3339) or null. To be freed; NULL: no memory. */
char *payload_state(const struct mirror_component *component, uint64_t serial);

/* An event, as "roomd --print-events" has it, and the hub's name and the series of its serial beside it. `repeated`: it may
 * have been said before. To be freed; NULL: no memory. */
char *payload_event(const struct mirror_event *event, const char *hub, const char *series);

/* The same text with "repeated": true. To be freed; NULL: no memory. */
char *payload_repeated(const char *payload, size_t length);

/* The object as a line of text. To be freed; NULL: no memory. */
char *payload_text(struct json_object *object);

/* A time of a clock in µs as text; NULL: it is 0, which is no time. `clock` is "monotonic" or "realtime". */
struct json_object *payload_time(const char *clock, uint64_t usec);

/* What came from outside, as a person may be shown it: on one line, UTF-8, cut to what has room. Returns `buffer`. */
char *payload_shown(const void *payload, size_t length, char *buffer, size_t size);
