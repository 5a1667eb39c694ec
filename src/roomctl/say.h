/* What roomctl says on standard error, and with which exit status it ends. */
#pragma once

#include "util/cleanup.h"

/* For scripts: they stay the same. In the manual. */
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

/* A line "roomctl: ..." on standard error, escaped (see text.h). Returns `status`. */
enum status say(enum status status, const char *format, ...) PRINTF_LIKE(2, 3);

enum status say_no_memory(void);
