/* Texts for D-Bus. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A copy of a text as UTF-8 (util/utf8.h). The text may contain a file's name, which may be any bytes, and
 * D-Bus ends a connection that sends anything but UTF-8. To be freed; NULL: no memory. A text longer than
 * TEXT_LENGTH_MAX is cut, because messages are limited. */
#define TEXT_LENGTH_MAX (1024 * 1024)
char *text_dup_utf8(const char *text);

/* A hash of the text (FNV-1a), kept instead of it to notice changes. */
uint64_t text_fingerprint(const char *text);
