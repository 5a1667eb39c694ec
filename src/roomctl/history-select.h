/* Which series somebody means. */
#pragma once

#include "roomctl/history-data.h"
#include "roomctl/say.h"

/* Keeps of `history` what the names mean (see resolve.h), in the order of the names, and of that the properties in
 * `properties` (with ',' between them; upper and lower case are the same; NULL: all). STATUS_NO_COMPONENT, said, if one means
 * nothing; `*ret_unknown` is the name then, NULL if it is a property, and nothing is said of a name: the caller knows where
 * else to look. */
enum status history_select(struct history *history, char *const *names, const char *properties, const char **ret_unknown);

/* Says that there is no such component, and what was meant. STATUS_NO_COMPONENT. */
enum status history_say_unknown(const struct history *history, const char *name);

/* Leaves those out, for pictures, that would show nothing which the others do not: whether a component was available; a
 * problem that never was; words that are empty. Each has its points. If it is all that there is, it stays. */
void history_drop_dull(struct history *history);
