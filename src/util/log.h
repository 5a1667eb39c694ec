/* Messages for people: to the journal with structured fields if systemd has connected standard error to it,
 * else plain lines on standard error.
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

/* Sets the program's name in messages, instead of "roomd"; a constant. To be called before log_open(). */
void log_set_name(const char *name);

/* Patient (the default): logging waits until messages are read. Not patient: a message that cannot be written
 * at once is dropped and counted, and the count is reported later. So a journal or a terminal that has
 * stopped never holds up the loop. */
void log_set_patient(bool patient);

/* True if a message of this level would be shown. */
bool log_shows(int level);

/* One message, without a newline at its end; `fields` (`n` of them) go to the journal only. */
void log_fields(int level, const struct log_field *fields, size_t n, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* The same for callers that can try again later: -EAGAIN if the message cannot be written at once, and is not
 * dropped; else 0. If the disk is full, the message is dropped and counted. */
int log_fields_or_later(int level, const struct log_field *fields, size_t n, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Waits, at most a second, until the journal has read all messages. The journal finds a message's unit
 * through the process that sent it, so the process must still be there. Otherwise `journalctl -u roomd` would
 * not show why the service ended. */
void log_drain(void);

#define log_error(...) log_fields(LOG_ERR, NULL, 0, __VA_ARGS__)
#define log_warning(...) log_fields(LOG_WARNING, NULL, 0, __VA_ARGS__)
#define log_notice(...) log_fields(LOG_NOTICE, NULL, 0, __VA_ARGS__)

/* The level of this name ("err", "warning", ..., "debug", or 0 to 7, as systemd has them) or -EINVAL. */
int log_level_from_name(const char *name);
