/* The messages on the topics of a component: JSON, made only from data of the bus. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "client/mirror.h"

/* The state of a component: all of its properties in snake case, "serial" of the newest event and "time". Times are texts
 * (RFC 3339) or null. To be freed; NULL: no memory. */
char *payload_state(const struct mirror_component *component, uint64_t serial);

/* An event as in "roomd --print-events", with the hub's name and the series of its serial number. `repeated`:
 * it may have been sent before. To be freed; NULL: no memory. */
char *payload_event(const struct mirror_event *event, const char *hub, const char *series);

/* The same text with "repeated": true. To be freed; NULL: no memory. */
char *payload_repeated(const char *payload, size_t length);

/* The object as a line of text. To be freed; NULL: no memory. */
char *payload_text(struct json_object *object);

/* A time of a clock in µs as text; NULL: it is 0, which means no time. `clock` is "monotonic" or "realtime". */
struct json_object *payload_time(const char *clock, uint64_t usec);

/* Makes foreign bytes readable for a person: one line of UTF-8, cut to fit. Returns `buffer`. */
char *payload_shown(const void *payload, size_t length, char *buffer, size_t size);
