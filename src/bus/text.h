/* Texts for D-Bus. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A copy of a text of any length that may have the name of a file in it, which is any bytes: made UTF-8
 * (util/utf8.h), because D-Bus ends the connection of whoever sends something else. To be freed; NULL: no
 * memory. A message has its limits, too: one beyond TEXT_LENGTH_MAX is cut. */
#define TEXT_LENGTH_MAX (1024 * 1024)
char *text_dup_utf8(const char *text);

/* What tells one text from another (FNV-1a), kept instead of it. */
uint64_t text_fingerprint(const char *text);
