/* UTF-8, as in RFC 3629. Names of lines and consumers, labels of chips and devices, and texts of attributes
 * come as bytes. The code that reads them makes UTF-8 of them at once. So all other code has text, which the
 * journal, JSON and D-Bus accept. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The number of bytes of the character that begins here; 0: no character begins here. Does not read beyond
 * the end of the text. */
size_t utf8_length(const char *text);

/* Makes UTF-8 of any bytes: each byte that belongs to no character becomes a "?". Returns `text`. */
char *utf8_make(char *text);

/* The same for a copy, with as many whole characters as fit. Returns `buffer`. */
char *utf8_copy(const char *text, char *buffer, size_t size);

/* Removes an incomplete character at the end of a text that was cut by a function that counts bytes, such as
 * snprintf(3). Returns `text`. */
char *utf8_end(char *text);

/* The number in Unicode of the character that begins here. It has to be a valid one (utf8_length()). */
uint32_t utf8_decode(const char *text);
