#include "util/nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Optimal string alignment distance, case folded; words longer than WORD_MAX are far from everything. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				row[j] = min3(row[j], before[j - 2] + 1, row[j]);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

const char *nearest_word(const char *word, const char *const *words, size_t n)
{
	const char *nearest = NULL;
	unsigned least = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(word, words[i]);

		/* A word that begins another one is meant as well, as if it had one error at most; ... */
		if (d > 1 && strlen(word) >= 4 && strncasecmp(words[i], word, strlen(word)) == 0)
			d = 1;
		/* ... a third of the letters may be wrong. */
		if (d > 1 + strlen(words[i]) / 3)
			continue;
		if (!nearest || d < least) {
			nearest = words[i];
			least = d;
		}
	}
	return nearest;
}
