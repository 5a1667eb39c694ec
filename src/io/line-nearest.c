#include "io/line-nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"
#include "util/nearest.h"

#define FOLDED_SIZE 64

/* So many lines of a chip have to be called by their offsets before another one's name is taken for it. */
#define BY_OFFSET_MIN 3

/* Lower case, without what stands between letters and numbers. */
static void fold(const char *text, char folded[static FOLDED_SIZE])
{
	size_t n = 0;

	for (; *text && n + 1 < FOLDED_SIZE; text++)
		if (isalnum((unsigned char)*text))
			folded[n++] = (char)tolower((unsigned char)*text);
	folded[n] = '\0';
}

static const char *skip_to_digit(const char *text)
{
	return text + strcspn(text, "0123456789");
}

static bool same_numbers(const char *a, const char *b)
{
	for (;;) {
		char *a_end, *b_end;

		a = skip_to_digit(a);
		b = skip_to_digit(b);
		if (!*a || !*b)
			return *a == *b;
		if (strtoul(a, &a_end, 10) != strtoul(b, &b_end, 10))
			return false;
		a = a_end;
		b = b_end;
	}
}

/* Of a name with something behind it, as BeagleBones have it ("P9_14 [ehrpwm1a]"), the first word. */
static bool is_first_word(const char *text, const char *name)
{
	size_t length = strlen(text);

	return strncasecmp(name, text, length) == 0 && !isalnum((unsigned char)name[length]);
}

static bool may_be_meant(const char *text, const char *name)
{
	char folded[FOLDED_SIZE];

	fold(name, folded);
	return *folded && (same_numbers(text, name) || is_first_word(text, name));
}

const char *line_nearest_word(const char *text, const char *const *words, size_t n)
{
	_cleanup_(cleanup_free) const char **such = calloc(n + 1, sizeof *such);
	size_t such_n = 0;

	for (size_t i = 0; such && i < n; i++)
		if (*text && may_be_meant(text, words[i]))
			such[such_n++] = words[i];
	return such_n > 0 ? nearest_word(text, such, such_n) : NULL;
}

static const char *nearest_name(const char *text, const struct line_names *chip)
{
	_cleanup_(cleanup_free) const char **names = calloc(chip->n + 1, sizeof *names);

	for (size_t i = 0; names && i < chip->n; i++)
		names[i] = chip->names[i];
	return names ? line_nearest_word(text, names, chip->n) : NULL;
}

/* Whether this line of the chip is called by its offset, "GPIO17" at 17. */
static bool is_by_offset(const struct line_names *chip, size_t offset, const char *prefix, size_t length)
{
	char expected[FOLDED_SIZE + 24], name[FOLDED_SIZE];

	snprintf(expected, sizeof expected, "%.*s%zu", (int)length, prefix, offset);
	fold(chip->names[offset], name);
	return strcmp(name, expected) == 0;
}

static const char *name_at_offset(const char *folded, const struct line_names *chip)
{
	size_t length = strcspn(folded, "0123456789"), by_offset = 0;
	char *end, name[FOLDED_SIZE];
	unsigned long offset;

	if (length == 0 || !folded[length])
		return NULL;
	offset = strtoul(folded + length, &end, 10);
	if (*end || offset >= chip->n)
		return NULL;
	for (size_t i = 0; i < chip->n; i++)
		by_offset += is_by_offset(chip, i, folded, length);
	fold(chip->names[offset], name);
	return by_offset >= BY_OFFSET_MIN && *name ? chip->names[offset] : NULL;
}

const char *line_nearest(const char *text, const struct line_names *chips, size_t n)
{
	_cleanup_(cleanup_free) const char **found = calloc(n + 1, sizeof *found);
	char folded[FOLDED_SIZE];

	fold(text, folded);
	for (size_t i = 0; i < n; i++) {
		const char *name = name_at_offset(folded, &chips[i]);

		if (name)
			return name;
	}
	/* Of each chip the nearest, and of these. */
	for (size_t i = 0; found && i < n; i++) {
		const char *name = nearest_name(text, &chips[i]);

		found[i] = name ? name : "";
	}
	return found ? line_nearest_word(text, found, n) : NULL;
}
