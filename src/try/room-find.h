/* Finds the component that a statement means. Internal to src/try. */
#pragma once

#include "try/room-words.h"

/* True if the component can do what the statement says: it can move, or has the state, the number or the
 * event. */
bool room_is_able(const struct roomtest_component *component, const struct statement *statement);

/* True if the component has the name, and the kind that may stand before it. */
bool room_may_be_meant(const struct roomtest_component *component, const struct statement *statement);

/* The only component that may be meant, or the only one of them that is able. NULL: `*ret_n` components may
 * be meant. */
const struct roomtest_component *room_find(const struct roomtest_room *room, const struct statement *statement,
                                           size_t *ret_n);

/* The class's event of this name; NULL: it has none. */
const struct event_type *room_event(const struct component_class *class, const char *name);
