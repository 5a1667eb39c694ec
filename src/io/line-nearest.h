/* "Did you mean ...?" for a line: finds the line that a person meant by a name that no line has. Pure. */
#pragma once

#include <stddef.h>

#include "io/gpio.h"

/* The names of a chip's lines by their offsets; "" for those that have none. */
struct line_names {
	const char (*names)[GPIO_NAME_MAX + 1];
	size_t n;
};

/* The name that a person meant by `text`, or NULL. It has the same numbers in the same order, whatever else
 * is different: "gpio 17" is GPIO17 and never GPIO7, because another number is another pin. Or a line has a
 * special name in a numbered row of its chip: "GPIO4" is GPIO_GCLK if that stands between GPIO3 and GPIO5.
 * The result is one of the names. */
const char *line_nearest(const char *text, const struct line_names *chips, size_t n);

/* Of `words` (`n` of them) the nearest one (util/nearest.h) that has the same numbers, or NULL. */
const char *line_nearest_word(const char *text, const char *const *words, size_t n);
