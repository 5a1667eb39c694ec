#define _GNU_SOURCE
#include "util/set-aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many digits has a number. */
#define NUMBER_DIGITS 9

struct search {
	const char *prefix;
	unsigned long highest, keep;
};

/* The number behind the prefix, 0 for any other name. */
static unsigned long number_of(const char *name, const char *prefix)
{
	size_t length = strlen(prefix), digits;

	if (strncmp(name, prefix, length) != 0)
		return 0;
	digits = strspn(name + length, "0123456789");
	if (digits > NUMBER_DIGITS || (name[length + digits] && name[length + digits] != '-'))
		return 0;
	return strtoul(name + length, NULL, 10);
}

/* Calls the function with each of their names and numbers. */
static int for_each(int directory, struct search *search,
                    void (*function)(int directory, const char *name, unsigned long number, struct search *search))
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (!stream) {
		int r = -errno;

		if (fd >= 0)
			close(fd);
		return r;
	}
	for (const struct dirent *entry; (entry = readdir(stream));) {
		unsigned long number = number_of(entry->d_name, search->prefix);

		if (number > 0)
			function(directory, entry->d_name, number, search);
	}
	closedir(stream);
	return 0;
}

static void find_highest(int directory, const char *name, unsigned long number, struct search *search)
{
	(void)directory, (void)name;
	if (number > search->highest)
		search->highest = number;
}

static void remove_if_old(int directory, const char *name, unsigned long number, struct search *search)
{
	if (number + search->keep <= search->highest && unlinkat(directory, name, 0) < 0)
		unlinkat(directory, name, AT_REMOVEDIR);
}

int set_aside_next(int directory, const char *prefix, unsigned long *ret)
{
	struct search search = { .prefix = prefix };
	int r = for_each(directory, &search, find_highest);

	if (r >= 0)
		*ret = search.highest + 1;
	return r;
}

void set_aside_tidy(int directory, const char *prefix, unsigned long newest, unsigned long keep)
{
	struct search search = { .prefix = prefix, .highest = newest, .keep = keep };

	for_each(directory, &search, remove_if_old);
}
