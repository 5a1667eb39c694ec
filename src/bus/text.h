/* Texts for D-Bus, which ends the connection of whoever sends something that is not UTF-8. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Copies what has room, with a "?" for each byte that does not belong to a letter of UTF-8: labels and names
 * of lines are whatever a driver made them. Returns `buffer`. */
char *text_to_utf8(const char *text, char *buffer, size_t size);

/* The same of a whole text, in as much memory as it needs: to be freed; NULL: no memory. A message has its
 * limits, too: one beyond TEXT_LENGTH_MAX is cut. */
#define TEXT_LENGTH_MAX (1024 * 1024)
char *text_dup_utf8(const char *text);

/* What tells one text from another (FNV-1a), kept instead of it. */
uint64_t text_fingerprint(const char *text);
