#define _GNU_SOURCE
#include "util/absent.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

bool path_is_absent(const char *path)
{
	char copy[PATH_MAX];
	const char *folder;
	struct stat st;

	if (lstat(path, &st) == 0 || errno != ENOENT)
		return false;
	snprintf(copy, sizeof copy, "%s", path);
	folder = dirname(copy);
	return stat(folder, &st) == 0 || path_is_absent(folder); /* this ends: there is always "/" and "." */
}
