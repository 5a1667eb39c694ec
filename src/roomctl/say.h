/* Messages on standard error, and exit statuses. */
#pragma once

#include "util/cleanup.h"

/* For scripts, so they do not change. The manual lists them. */
enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NOT_RUNNING = 3,
	STATUS_NO_COMPONENT = 4,
	STATUS_REFUSED = 5,
	STATUS_NOTHING_TO_DO = 6,
	STATUS_CONFIG = 78,
};

/* Prints a line "roomctl: ..." on standard error, escaped (see text.h). Returns `status`. */
enum status say(enum status status, const char *format, ...) PRINTF_LIKE(2, 3);

enum status say_no_memory(void);
