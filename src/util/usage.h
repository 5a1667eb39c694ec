/* What programs say of a command line that is wrong. */
#pragma once

/* "Try 'PROGRAM --help'.", on standard error. -EINVAL. */
int usage_error(const char *program);

/* The value of --log-level. 0; or -EINVAL, and it was said. */
int usage_log_level(const char *program, const char *name, int *ret);

/* An argument that nobody takes: -EINVAL, and it was said. */
int usage_unexpected(const char *program, const char *argument);
