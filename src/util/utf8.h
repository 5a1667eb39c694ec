/* UTF-8, as RFC 3629 has it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How many bytes the letter has that begins here; 0: none does. Nothing behind the text's end is looked at.
 */
size_t utf8_length(const char *text);

/* The number in Unicode of the letter that begins here, which has to be one (utf8_length()). */
uint32_t utf8_decode(const char *text);
