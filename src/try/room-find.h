/* Which component of the room a statement means. Internal to src/try. */
#pragma once

#include "try/room-words.h"

/* What the statement says can be done to it, or it can be in: it can move, has the state, the number or the event. */
bool room_is_able(const struct roomtest_component *component, const struct statement *statement);

/* It has the name, and is of the kind if one stands before it. */
bool room_may_be_meant(const struct roomtest_component *component, const struct statement *statement);

/* Of those that may be meant the only one, or the only one that is able. NULL: `*ret_n` of them may be meant. */
const struct roomtest_component *room_find(const struct roomtest_room *room, const struct statement *statement,
                                           size_t *ret_n);

/* The class's event of this name; NULL: it has none. */
const struct event_type *room_event(const struct component_class *class, const char *name);
