#define _GNU_SOURCE
#include "mqtt/queue-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mqtt/queue.h"
#include "util/problem.h"

/* So many digits has the number of a file that was set aside. */
#define NUMBER_DIGITS 9

/* What SQLite keeps beside its file. */
static const char *const logs[] = { "-wal", "-journal", "-shm" };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int open_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* --- before SQLite opens it ------------------------------------------------------------------- */

/* Started by root in the service's folder: the service has to be able to read it afterwards. */
static int give_to_owner(int directory, int fd, const struct stat *file)
{
	struct stat st;

	if (fstat(directory, &st) < 0)
		return -errno;
	if (geteuid() == 0 && st.st_uid != file->st_uid && fchown(fd, st.st_uid, st.st_gid) < 0)
		return -errno;
	return (file->st_mode & 07777) == 0600 || fchmod(fd, 0600) >= 0 ? 0 : -errno;
}

/* Whatever lies there must not hold up the start, and no link leads elsewhere. */
static int prepare(int directory)
{
	_cleanup_(close_fd) int fd =
		openat(directory, QUEUE_FILE,
	               O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0)
		return errno == EISDIR || errno == ELOOP || errno == ENXIO ? -EUCLEAN : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? give_to_owner(directory, fd, &st) : -EUCLEAN;
}

int queue_file_prepare(const char *folder, struct problem *problem)
{
	_cleanup_(close_fd) int directory = open_folder(folder);
	int r = directory < 0 ? directory : prepare(directory);

	if (r == -EUCLEAN)
		return problem_set(problem, r, "is not a file");
	return r < 0 ? problem_set(problem, r, "%s", problem_errno(r)) : 0;
}

int queue_file_sync_folder(const char *folder)
{
	_cleanup_(close_fd) int directory = open_folder(folder);

	if (directory < 0)
		return directory;
	return fsync(directory) < 0 ? -errno : 0;
}

/* --- setting aside ---------------------------------------------------------------------------- */

/* N of "queue.damaged-N" and of "queue.damaged-N-wal", 0 for any other name. */
static unsigned long number_of(const char *name)
{
	static const size_t prefix = sizeof QUEUE_FILE_DAMAGED - 1;
	size_t digits;

	if (strncmp(name, QUEUE_FILE_DAMAGED, prefix) != 0)
		return 0;
	digits = strspn(name + prefix, "0123456789");
	if (digits > NUMBER_DIGITS || (name[prefix + digits] && name[prefix + digits] != '-'))
		return 0;
	return strtoul(name + prefix, NULL, 10);
}

/* Calls the function with each of their names and numbers. */
static int for_each(int directory,
                    void (*function)(int directory, const char *name, unsigned long number,
                                     unsigned long *argument),
                    unsigned long *argument)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (!stream) {
		int r = -errno;

		close_fd(&fd);
		return r;
	}
	for (const struct dirent *entry; (entry = readdir(stream));) {
		unsigned long number = number_of(entry->d_name);

		if (number > 0)
			function(directory, entry->d_name, number, argument);
	}
	closedir(stream);
	return 0;
}

static void find_highest(int directory, const char *name, unsigned long number, unsigned long *highest)
{
	(void)directory, (void)name;
	if (number > *highest)
		*highest = number;
}

/* What cannot be removed, such as a folder with something in it, stays. */
static void remove_if_old(int directory, const char *name, unsigned long number, unsigned long *newest)
{
	if (number + QUEUE_DAMAGED_MAX <= *newest && unlinkat(directory, name, 0) < 0)
		unlinkat(directory, name, AT_REMOVEDIR);
}

/* "-journal" of the file becomes that of `name`; "" is the file itself. */
static int move(int directory, const char *name, const char *suffix)
{
	char from[QUEUE_DAMAGED_NAME_SIZE + 16], to[QUEUE_DAMAGED_NAME_SIZE + 16];

	snprintf(from, sizeof from, QUEUE_FILE "%s", suffix);
	snprintf(to, sizeof to, "%s%s", name, suffix);
	return renameat(directory, from, directory, to) < 0 && errno != ENOENT ? -errno : 0;
}

/* The logs first: one that stayed behind would be taken for that of the new file. */
static int move_all(int directory, const char *name)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ELEMENTS(logs); i++)
		r = move(directory, name, logs[i]);
	if (r >= 0 && fsync(directory) < 0)
		r = -errno;
	return r < 0 ? r : move(directory, name, "");
}

int queue_file_set_aside(const char *folder, char ret_name[static QUEUE_DAMAGED_NAME_SIZE],
                         struct problem *problem)
{
	_cleanup_(close_fd) int directory = open_folder(folder);
	char name[QUEUE_DAMAGED_NAME_SIZE];
	unsigned long number = 0;
	int r;

	r = directory < 0 ? directory : for_each(directory, find_highest, &number);
	snprintf(name, sizeof name, QUEUE_FILE_DAMAGED "%lu", ++number);
	if (r >= 0)
		r = move_all(directory, name);
	if (r < 0)
		return problem_set(problem, r, "it cannot be set aside: %s", problem_errno(r));
	for_each(directory, remove_if_old, &number);
	memcpy(ret_name, name, sizeof name);
	return 0;
}
