/* What every unit test needs: cmocka, behind the headers it asks for, and rows of a table that are all
 * looked at, so that one run shows each one that is wrong. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/cleanup.h"

static inline unsigned row_fails(const char *format, ...) PRINTF_LIKE(1, 2);

/* Says what is wrong with a row. 1, to be added to the rows that failed. */
static inline unsigned row_fails(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprint_error(format, arguments);
	va_end(arguments);
	print_error("\n");
	return 1;
}
