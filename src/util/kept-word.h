/* A kept field as a word of 64 bits, as it is stored, and compared. */
#pragma once

#include <string.h>

#include "roomd/kept.h"

/* What the field of the structure is now. Inline: it is called for each field after each edge. */
static inline uint64_t kept_word(const struct kept_field *field, const void *structure)
{
	const void *place = (const char *)structure + field->offset;
	uint64_t word = 0;

	switch (field->type) {
	case KEPT_BOOL:
		word = *(const bool *)place;
		break;
	case KEPT_INT:
		word = (uint64_t)(int64_t) * (const int *)place;
		break;
	case KEPT_U64:
	case KEPT_DOUBLE:
		memcpy(&word, place, sizeof word);
		break;
	}
	return word;
}
