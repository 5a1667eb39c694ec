/* What survives power loss, as a text: the kept fields of a room's components. All of it comes from the
 * kinds' tables; no kind and no field is known here. Pure.
 *
 * The first line says what it is and by what to know that it is whole; the rest is JSON:
 *
 *     roomd state 1 bytes=64 crc32=5d2ab0f1
 *     {
 *       "DoorLock front":{
 *         "locked":true,
 *         "alert":false
 *       }
 *     } */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "roomd/component.h"
#include "util/cleanup.h"

struct problem;

/* What is longer is not ours: a component takes some hundred bytes. */
#define STATE_TEXT_MAX ((size_t)1 << 20)

/* The text for these components (NULL: one that is missing is left out), to be freed with free(). -ENOMEM;
 * -EFBIG: it would be longer than that. */
int state_text_make(struct component *const *components, size_t n, char **ret);

/* A text that was read. */
struct state_text;

/* Every text that is not exactly one that was made is refused: -EBADMSG and a problem that completes "it
 * ...". -ENOMEM. The text may go afterwards. */
int state_text_parse(const char *text, size_t length, struct state_text **ret, struct problem *problem);
struct state_text *state_text_free(struct state_text *text);
DEFINE_CLEANUP(struct state_text *, state_text_free);

/* Fills the fields of this component that the text has, and lets its kind put them right. False, and nothing
 * done, if it has none of them. Fields and components that are not known are passed over, and so is a value
 * of another type than the field's: they are from another version or configuration. */
bool state_text_restore(const struct state_text *text, struct component *component);

/* The values of all these fields, in their order, to be compared with what they were; NULL: only how
 * many. Missing components have none. */
size_t state_values(struct component *const *components, size_t n, uint64_t *ret_values);
