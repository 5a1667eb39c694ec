/* UTF-8, as RFC 3629 has it. What comes from outside is bytes: names of lines and consumers, labels of chips
 * and devices, what attributes say. Whoever takes it in makes UTF-8 of it at once, so that everything behind
 * that is text, for the journal, JSON and D-Bus alike. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How many bytes the letter has that begins here; 0: none does. Nothing behind the text's end is looked at.
 */
size_t utf8_length(const char *text);

/* Makes UTF-8 of any bytes: each that belongs to no letter becomes a "?". Returns `text`. */
char *utf8_make(char *text);

/* The same of a copy, which has as many whole letters as have room. Returns `buffer`. */
char *utf8_copy(const char *text, char *buffer, size_t size);

/* Takes a letter off the end of which only the beginning is there: of a text that was cut by a function that
 * counts bytes, as snprintf(3) does. Returns `text`. */
char *utf8_end(char *text);

/* The number in Unicode of the letter that begins here, which has to be one (utf8_length()). */
uint32_t utf8_decode(const char *text);
