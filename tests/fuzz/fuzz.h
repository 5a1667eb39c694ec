/* What the fuzz targets have in common: taking an input apart, and saying that something is not as it has to be. A target is one
 * file with LLVMFuzzerTestOneInput(). libFuzzer calls it (scripts/fuzz), or fuzz-main.c with what is in corpus/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

/* Called with each input. Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process, so that the input is kept. */
#define FUZZ_CHECK(condition)                                                                            \
	do {                                                                                             \
		if (!(condition)) {                                                                      \
			fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                         \
		}                                                                                        \
	} while (0)

#define FUZZ_CHECK_SAME(a, b)                                                                            \
	do {                                                                                             \
		if (strcmp((a), (b)) != 0) {                                                             \
			fprintf(stderr, "%s:%d: these differ:\n<%s>\n<%s>\n", __FILE__, __LINE__, (a), (b)); \
			abort();                                                                         \
		}                                                                                        \
	} while (0)

/* An input while it is taken apart. What is over has zeros. */
struct fuzz {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t fuzz_u8(struct fuzz *fuzz)
{
	if (fuzz->left == 0)
		return 0;
	fuzz->left--;
	return *fuzz->data++;
}

static inline bool fuzz_bool(struct fuzz *fuzz)
{
	return fuzz_u8(fuzz) & 1;
}

static inline uint32_t fuzz_u32(struct fuzz *fuzz)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | fuzz_u8(fuzz);
	return value;
}

static inline uint64_t fuzz_u64(struct fuzz *fuzz)
{
	uint64_t high = fuzz_u32(fuzz);

	return high << 32 | fuzz_u32(fuzz);
}

/* One of 0 to n - 1; n is 1 to 256. */
static inline unsigned fuzz_choice(struct fuzz *fuzz, size_t n)
{
	return fuzz_u8(fuzz) % (unsigned)n;
}

/* One of these words. */
#define fuzz_word(fuzz, words) ((words)[fuzz_choice((fuzz), ELEMENTS(words))])

/* Bytes up to a zero, at most `size` - 1. Returns `buffer`. */
static inline char *fuzz_text(struct fuzz *fuzz, char *buffer, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && (buffer[n] = (char)fuzz_u8(fuzz)))
		n++;
	buffer[n] = '\0';
	return buffer;
}

/* All of it as a text, up to a zero if it has one; to be freed. */
static inline char *fuzz_all_text(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	FUZZ_CHECK(text);
	return text;
}
