/* Selects series by the names that a person has given. */
#pragma once

#include "roomctl/history-data.h"
#include "roomctl/say.h"

/* Keeps only those series of `history` whose components the names mean (see resolve.h), in the order of the
 * names, and whose properties are in `properties` (separated by ','; upper and lower case are the same; NULL:
 * all). STATUS_NO_COMPONENT if a name or property is unknown. For a property, `*ret_unknown` is NULL and a
 * message was printed. For a name, `*ret_unknown` is the name, without a message: the caller knows where else
 * to look. */
enum status history_select(struct history *history, char *const *names, const char *properties, const char **ret_unknown);

/* Prints that there is no such component, and which one may be meant. Returns STATUS_NO_COMPONENT. */
enum status history_say_unknown(const struct history *history, const char *name);

/* For pictures: drops series that would add nothing to the others: whether a component was available; a
 * problem that never occurred; empty words. The series have their points. A series stays if it is the only
 * one. */
void history_drop_dull(struct history *history);
