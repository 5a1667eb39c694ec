#define _GNU_SOURCE
#include "util/problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/cut.h"

int problem_set(struct problem *problem, int error, const char *format, ...)
{
	va_list arguments;
	int length;

	if (!problem)
		return error;
	va_start(arguments, format);
	length = vsnprintf(problem->text, sizeof problem->text, format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof problem->text)
		cut_end(problem->text, sizeof problem->text);
	return error;
}

const char *problem_errno(int error)
{
	static _Thread_local char unknown[32];
	const char *words = strerrordesc_np(abs(error));

	if (words)
		return words;
	snprintf(unknown, sizeof unknown, "error %d", abs(error)); /* the kernel has more than the library */
	return unknown;
}

bool problem_passes(int error)
{
	static const int passing[] = { EAGAIN, EINTR, EIO, EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSPC };

	for (size_t i = 0; i < ELEMENTS(passing); i++)
		if (abs(error) == passing[i])
			return true;
	return false;
}
