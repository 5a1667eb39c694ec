/* Characters that cannot be seen. They come with copied text, and make two words different that look the
 * same. */
#pragma once

#include <stdint.h>

enum invisible_kind {
	INVISIBLE_SPACE,  /* looks like a space, but is another character */
	INVISIBLE_JOINER, /* normal after letters of some scripts and in pictures, but not next to ASCII */
	INVISIBLE_MARK,   /* has no width */
};

struct invisible {
	uint32_t first, last;
	enum invisible_kind kind;
	const char *name; /* the name in Unicode */
};

/* Describes a character of Unicode that cannot be seen, or is a space other than ASCII's; NULL for all
 * others, and for ASCII's control characters. */
const struct invisible *invisible_find(uint32_t character);
