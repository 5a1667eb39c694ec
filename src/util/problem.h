/* An error in words for a person, beside the negative errno for the code.
 *
 * A function whose failure needs a sentence takes a `struct problem *`, fills it where the failure is
 * understood best, and returns the errno. The caller that decides what to do about it shows the text. The
 * text says what was tried, on what, and why it failed; it has no trailing newline. */
#pragma once

#include <stdbool.h>
#include "util/cleanup.h"

struct problem {
	char text[640];
};

/* Fills `problem` (which may be NULL; the arguments are UTF-8) and returns `error` (a negative errno), so
 * that a failure is one statement. A text that is too long is cut (util/cut.h). */
int problem_set(struct problem *problem, int error, const char *format, ...) PRINTF_LIKE(3, 4);

/* The C library's words for a negative (or positive) errno; "error N" if it has none, until the next such
 * call. */
const char *problem_errno(int error);

/* Whether an errno, positive or negative, says of the machine that it could not do it now, such as for lack of memory or of
 * descriptors, and nothing of what it was asked for: another time it may. */
bool problem_passes(int error);
