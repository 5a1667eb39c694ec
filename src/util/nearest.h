/* "Did you mean ...?": the known word that is nearest to one that somebody typed. */
#pragma once

#include <stddef.h>

/* The one of `words` (`n` of them) that is nearest to `word`. Upper and lower case count as the same; each
 * typing error (a letter added, left out or replaced, or two swapped) counts one. NULL: none is near enough.
 * The result is one of `words`. */
const char *nearest_word(const char *word, const char *const *words, size_t n);
