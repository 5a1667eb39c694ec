/* Numbers as the kernel's attributes have them ("21500", "-0.062500"), whatever the locale. */
#pragma once

/* Reads a decimal number: a sign or none, digits, maybe a point with digits behind it; a text that is that
 * from its first to its last character, but for blanks and one newline behind it, as the kernel ends its
 * attributes
 * (__iio_format_value() has a blank behind each number of a list). -EINVAL: anything else, such as nothing,
 * "21,5", "0x10", "1e3", "inf"; -ERANGE: whole digits of more than 64 bits. `*ret` is finite, and untouched
 * on failure. */
int number_parse(const char *text, double *ret);
