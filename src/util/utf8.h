/* UTF-8, as RFC 3629 has it. */
#pragma once

#include <stddef.h>

/* How many bytes the letter has that begins here; 0: none does. Nothing behind the text's end is looked at.
 */
size_t utf8_length(const char *text);
