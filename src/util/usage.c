#include "util/usage.h"

#include <errno.h>
#include <stdio.h>

#include "util/log.h"

int usage_error(const char *program)
{
	fprintf(stderr, "Try '%s --help'.\n", program);
	return -EINVAL;
}

int usage_log_level(const char *program, const char *name, int *ret)
{
	int level = log_level_from_name(name);

	if (level < 0) {
		fprintf(stderr, "%s: --log-level %s: expected err, warning, notice, info or debug\n", program, name);
		return usage_error(program);
	}
	*ret = level;
	return 0;
}

int usage_unexpected(const char *program, const char *argument)
{
	fprintf(stderr, "%s: unexpected argument '%s'\n", program, argument);
	return usage_error(program);
}
