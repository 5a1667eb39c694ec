/* Texts that are longer than their place: that something is missing is said by "…" at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

/* Copies `text` into the buffer of `size` bytes (32 at least). If it does not fit, what is left ends between
 * two entries of a list ("a, b, …"), or, where there is none near the end, between two letters of UTF-8
 * ("abc…"). */
void cut_copy(char *buffer, size_t size, const char *text);

/* The same for a buffer that is full with the beginning of a text that did not fit, as snprintf(3) leaves it.
 */
void cut_end(char *buffer, size_t size);

/* Adds an entry to the list in the buffer, ", " before it if it is not the first. One that does not fit, and
 * all after it, are left out, and the list ends in ", …". Returns false then: there is no use in adding more.
 */
bool cut_add(char *buffer, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
