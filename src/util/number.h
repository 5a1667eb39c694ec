/* Numbers as in the kernel's attributes ("21500", "-0.062500"), in any locale. */
#pragma once

/* Reads a decimal number: an optional sign, digits, and optionally a point and more digits. Only blanks and
 * one newline may follow, as the kernel ends its attributes (__iio_format_value() puts a blank after each
 * number of a list). -EINVAL: anything else, such as "", "21,5", "0x10", "1e3", "inf"; -ERANGE: the whole
 * part has more than 64 bits. `*ret` is finite, and untouched on failure. */
int number_parse(const char *text, double *ret);
