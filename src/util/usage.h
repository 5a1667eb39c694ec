/* Messages about a wrong command line. */
#pragma once

/* Writes "Try 'PROGRAM --help'." to standard error. Returns -EINVAL. */
int usage_error(const char *program);

/* Reads the value of --log-level. 0; or -EINVAL after a message. */
int usage_log_level(const char *program, const char *name, int *ret);

/* Reports an argument that is not expected. Returns -EINVAL. */
int usage_unexpected(const char *program, const char *argument);
