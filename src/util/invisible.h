/* Characters that nobody can see: they come with text that was copied, and make another word of the same one.
 */
#pragma once

#include <stdint.h>

enum invisible_kind {
	INVISIBLE_SPACE,  /* looks like a space, and is another one */
	INVISIBLE_JOINER, /* has its place behind letters of some scripts and in pictures; next to ASCII it
	                     has none */
	INVISIBLE_MARK,   /* looks like nothing */
};

struct invisible {
	uint32_t first, last;
	enum invisible_kind kind;
	const char *name; /* as Unicode calls it, or them */
};

/* What this character of Unicode is if it cannot be seen, or is a space other than ASCII's; else NULL.
 * Controls of ASCII are not among them. */
const struct invisible *invisible_find(uint32_t character);
