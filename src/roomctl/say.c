#define _GNU_SOURCE
#include "roomctl/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "client/text.h"

enum status say(enum status status, const char *format, ...)
{
	_cleanup_(cleanup_free) char *text = NULL, *escaped = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	escaped = text ? text_escape(text) : NULL;
	fflush(stdout); /* where both go to one place, in the order of what happened */
	fprintf(stderr, "roomctl: %s\n", escaped ? escaped : "out of memory");
	return status;
}

enum status say_no_memory(void)
{
	return say(STATUS_FAILED, "out of memory");
}
