#define _GNU_SOURCE
#include "io/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/number.h"
#include "util/utf8.h"

int sysfs_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

bool sysfs_is(int folder, const char *path)
{
	struct stat ours, theirs;

	return fstat(folder, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
	       ours.st_dev == theirs.st_dev;
}

/* One read(2): the kernel makes the text then, and of it all. */
int sysfs_read(int folder, const char *file, char text[static SYSFS_TEXT_SIZE])
{
	int fd = openat(folder, file, O_RDONLY | O_CLOEXEC), error;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, SYSFS_TEXT_SIZE);
	error = errno;
	close(fd);
	if (n < 0)
		return -error;
	if (n == SYSFS_TEXT_SIZE)
		return -EFBIG;
	for (ssize_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = '?';
	text[n] = '\0';
	return 0;
}

char *sysfs_read_name(int folder, const char *file, char text[static SYSFS_TEXT_SIZE])
{
	if (sysfs_read(folder, file, text) < 0)
		*text = '\0';
	return sysfs_quote(text);
}

char *sysfs_quote(char *text)
{
	size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	return utf8_make(text);
}

int sysfs_number(const char *file, char text[static SYSFS_TEXT_SIZE], double *ret, struct problem *problem)
{
	if (number_parse(text, ret) >= 0)
		return 0;
	return problem_set(problem, -EBADMSG, ", %s: it is '%s'; expected a number", file, sysfs_quote(text));
}

int sysfs_read_number(int folder, const char *file, double *ret, struct problem *problem)
{
	char text[SYSFS_TEXT_SIZE];
	int r = sysfs_read(folder, file, text);

	if (r < 0)
		return problem_set(problem, r, ", %s: reading failed: %s", file, problem_errno(r));
	return sysfs_number(file, text, ret, problem);
}

/* Truncated, as a shell does it, for files that are not the kernel's. */
int sysfs_write(int folder, const char *file, const char *text)
{
	int fd = openat(folder, file, O_WRONLY | O_TRUNC | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

struct sysfs_list sysfs_list(int folder, const char *path, int (*filter)(const struct dirent *entry))
{
	struct sysfs_list list = { 0 };

	list.n = scandirat(folder, path, &list.entries, filter, versionsort);
	return list.n < 0 ? (struct sysfs_list){ 0 } : list;
}

void sysfs_list_free(struct sysfs_list *list)
{
	for (int i = 0; i < list->n; i++)
		free(list->entries[i]);
	free(list->entries);
}
