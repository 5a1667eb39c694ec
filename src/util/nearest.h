/* "Did you mean ...?": the known word that is nearest to one that somebody typed. */
#pragma once

#include <stddef.h>

/* Of `words` (`n` of them) the one nearest to `word`, upper and lower case being the same and a typing
 * error (a letter more, less, other, or two swapped) counting one; NULL if none is near enough that
 * somebody could have meant it. The result is one of `words`. */
const char *nearest_word(const char *word, const char *const *words, size_t n);
