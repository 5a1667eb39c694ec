/* Messages for people: to the journal with structured fields when systemd connected standard error to
 * it, else readable lines on standard error.
 *
 * Nothing on the way from an edge to a relay calls this: a log can block. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

#include "util/cleanup.h"

/* A field of a journal entry: NAME in the journal's capitals, value UTF-8. NULL values are left out. */
struct log_field {
	const char *name;
	const char *value;
};

/* Messages above `level` (LOG_ERR ... LOG_DEBUG of syslog.h) are dropped. Looks at $JOURNAL_STREAM once
 * (systemd.exec(5)); before this call everything up to LOG_INFO goes to standard error. */
void log_open(int level);

/* Who speaks, instead of "roomd"; a constant. Before log_open(). */
void log_set_name(const char *name);

/* Patient (at first): messages wait for whoever reads them. Not patient: what cannot be said at once is
 * dropped, counted, and the count said later; so the loop is never held up by a journal or a terminal that
 * has stopped. */
void log_set_patient(bool patient);

/* True if a message of this level would be shown. */
bool log_shows(int level);

/* One message, without a newline at its end; `fields` (`n` of them) go to the journal only. */
void log_fields(int level, const struct log_field *fields, size_t n, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* The same for whoever can say it later: -EAGAIN if nobody reads at once, and nothing was dropped; else 0.
 * What a full disk has no room for is dropped and counted. */
int log_fields_or_later(int level, const struct log_field *fields, size_t n, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Waits, a second at most, until the journal has read what was said. It finds out which unit a message is
 * from by looking at the process that sent it, which therefore must still be there: `journalctl -u roomd`
 * would not show why the service ended. */
void log_drain(void);

#define log_error(...) log_fields(LOG_ERR, NULL, 0, __VA_ARGS__)
#define log_warning(...) log_fields(LOG_WARNING, NULL, 0, __VA_ARGS__)
#define log_notice(...) log_fields(LOG_NOTICE, NULL, 0, __VA_ARGS__)

/* The level of this name ("err", "warning", ..., "debug", or 0 to 7, as systemd has them) or -EINVAL. */
int log_level_from_name(const char *name);
