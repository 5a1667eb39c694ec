/* Texts that are too long for their buffer: they end with "…" to show that something is missing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

/* Copies `text` into the buffer of `size` bytes (32 at least). If it does not fit, it is cut between two
 * entries of a list ("a, b, …"), or, if none ends near the end, between two characters of UTF-8 ("abc…"). */
void cut_copy(char *buffer, size_t size, const char *text);

/* The same for a buffer that snprintf(3) has filled with the beginning of a text that did not fit. */
void cut_end(char *buffer, size_t size);

/* Adds an entry to the list in the buffer, ", " before it if it is not the first. If an entry does not fit,
 * it and all later ones are left out, and the list ends in ", …". Returns false then: do not add more. */
bool cut_add(char *buffer, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
