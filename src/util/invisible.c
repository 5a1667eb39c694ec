#include "util/invisible.h"

#include <stddef.h>

#include "util/cleanup.h"

/* In the order of the numbers. By the Unicode Character Database: what has the property
 * Default_Ignorable_Code_Point, White_Space or Bidi_Control, or is of the category Cc or Cf; and Braille's
 * blank. */
static const struct invisible table[] = {
	{ 0x0080, 0x0084, INVISIBLE_MARK, "a control character" },
	{ 0x0085, 0x0085, INVISIBLE_MARK, "next line" },
	{ 0x0086, 0x009f, INVISIBLE_MARK, "a control character" },
	{ 0x00a0, 0x00a0, INVISIBLE_SPACE, "no-break space" },
	{ 0x00ad, 0x00ad, INVISIBLE_MARK, "soft hyphen" },
	{ 0x034f, 0x034f, INVISIBLE_JOINER, "combining grapheme joiner" },
	{ 0x061c, 0x061c, INVISIBLE_MARK, "Arabic letter mark" },
	{ 0x115f, 0x1160, INVISIBLE_MARK, "Hangul filler" },
	{ 0x1680, 0x1680, INVISIBLE_SPACE, "Ogham space mark" },
	{ 0x17b4, 0x17b5, INVISIBLE_JOINER, "Khmer inherent vowel" },
	{ 0x180b, 0x180f, INVISIBLE_JOINER, "Mongolian variation selector" },
	{ 0x2000, 0x2006, INVISIBLE_SPACE, "a space of another width" },
	{ 0x2007, 0x2007, INVISIBLE_SPACE, "figure space" },
	{ 0x2008, 0x200a, INVISIBLE_SPACE, "a space of another width" },
	{ 0x200b, 0x200b, INVISIBLE_MARK, "zero-width space" },
	{ 0x200c, 0x200c, INVISIBLE_JOINER, "zero-width non-joiner" },
	{ 0x200d, 0x200d, INVISIBLE_JOINER, "zero-width joiner" },
	{ 0x200e, 0x200e, INVISIBLE_MARK, "left-to-right mark" },
	{ 0x200f, 0x200f, INVISIBLE_MARK, "right-to-left mark" },
	{ 0x2028, 0x2028, INVISIBLE_MARK, "line separator" },
	{ 0x2029, 0x2029, INVISIBLE_MARK, "paragraph separator" },
	{ 0x202a, 0x202e, INVISIBLE_MARK, "a mark of direction" },
	{ 0x202f, 0x202f, INVISIBLE_SPACE, "narrow no-break space" },
	{ 0x205f, 0x205f, INVISIBLE_SPACE, "medium mathematical space" },
	{ 0x2060, 0x2060, INVISIBLE_MARK, "word joiner" },
	{ 0x2061, 0x2065, INVISIBLE_MARK, "an invisible operator" },
	{ 0x2066, 0x2069, INVISIBLE_MARK, "a mark of direction" },
	{ 0x206a, 0x206f, INVISIBLE_MARK, "a deprecated format character" },
	{ 0x2800, 0x2800, INVISIBLE_SPACE, "Braille pattern blank" },
	{ 0x3000, 0x3000, INVISIBLE_SPACE, "ideographic space" },
	{ 0x3164, 0x3164, INVISIBLE_MARK, "Hangul filler" },
	{ 0xfe00, 0xfe0f, INVISIBLE_JOINER, "a variation selector" },
	{ 0xfeff, 0xfeff, INVISIBLE_MARK, "byte order mark" },
	{ 0xffa0, 0xffa0, INVISIBLE_MARK, "halfwidth Hangul filler" },
	{ 0xfff0, 0xfffb, INVISIBLE_MARK, "a format character" },
	{ 0x1bca0, 0x1bca3, INVISIBLE_MARK, "a shorthand format character" },
	{ 0x1d173, 0x1d17a, INVISIBLE_MARK, "a musical format character" },
	{ 0xe0000, 0xe00ff, INVISIBLE_JOINER, "a tag character" },
	{ 0xe0100, 0xe01ef, INVISIBLE_JOINER, "a variation selector" },
	{ 0xe01f0, 0xe0fff, INVISIBLE_MARK, "an unassigned format character" },
};

const struct invisible *invisible_find(uint32_t character)
{
	for (size_t i = 0; i < ELEMENTS(table) && character >= table[i].first; i++)
		if (character <= table[i].last)
			return &table[i];
	return NULL;
}
