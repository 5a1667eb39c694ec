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

/* The longest text. A longer one is not roomd's: a component takes some hundred bytes. */
#define STATE_TEXT_MAX ((size_t)1 << 20)

/* Makes the text for these components (NULL, a missing one, is left out), to be freed with free(). 0,
 * -ENOMEM; -EFBIG: it would be longer than STATE_TEXT_MAX. */
int state_text_make(struct component *const *components, size_t n, char **ret);

/* A text that was read. */
struct state_text;

/* Reads a text. Refuses every text that state_text_make() did not make: -EBADMSG and a problem that completes
 * "it ...". Or -ENOMEM. The text is not needed afterwards. */
int state_text_parse(const char *text, size_t length, struct state_text **ret, struct problem *problem);
struct state_text *state_text_free(struct state_text *text);
DEFINE_CLEANUP(struct state_text *, state_text_free);

/* Fills those fields of this component that the text has, and lets its kind correct them. False, and nothing
 * is done, if the text has none of them. Ignores unknown fields and components, and values of another type
 * than the field's: they are from another version or configuration. */
bool state_text_restore(const struct state_text *text, struct component *component);

/* Writes the values of all these fields, in order, to be compared with earlier ones. Returns how many there
 * are; `ret_values` may be NULL. Missing components have none. */
size_t state_values(struct component *const *components, size_t n, uint64_t *ret_values);
