#define _GNU_SOURCE
#include "database/database-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/problem.h"
#include "util/set-aside.h"

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
static int prepare(int directory, const char *name)
{
	_cleanup_(close_fd) int fd =
		openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0)
		return errno == EISDIR || errno == ELOOP || errno == ENXIO ? -EUCLEAN : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? give_to_owner(directory, fd, &st) : -EUCLEAN;
}

int database_file_prepare(const char *folder, const char *name, struct problem *problem)
{
	_cleanup_(close_fd) int directory = open_folder(folder);
	int r = directory < 0 ? directory : prepare(directory, name);

	if (r == -EUCLEAN)
		return problem_set(problem, r, "is not a file");
	return r < 0 ? problem_set(problem, r, "%s", problem_errno(r)) : 0;
}

int database_file_sync_folder(const char *folder)
{
	_cleanup_(close_fd) int directory = open_folder(folder);

	if (directory < 0)
		return directory;
	return fsync(directory) < 0 ? -errno : 0;
}

/* --- setting aside ---------------------------------------------------------------------------- */

/* "-journal" of the file becomes that of `name`; "" is the file itself. */
static int move(int directory, const char *file, const char *name, const char *suffix)
{
	char from[DATABASE_DAMAGED_NAME_SIZE + 16], to[DATABASE_DAMAGED_NAME_SIZE + 16];

	snprintf(from, sizeof from, "%s%s", file, suffix);
	snprintf(to, sizeof to, "%s%s", name, suffix);
	return renameat(directory, from, directory, to) < 0 && errno != ENOENT ? -errno : 0;
}

/* The logs first: one that stayed behind would be taken for that of the new file. */
static int move_all(int directory, const char *file, const char *name)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ELEMENTS(logs); i++)
		r = move(directory, file, name, logs[i]);
	if (r >= 0 && fsync(directory) < 0)
		r = -errno;
	return r < 0 ? r : move(directory, file, name, "");
}

int database_file_set_aside(const char *folder, const char *file, const char *prefix, unsigned long keep,
                            char ret_name[static DATABASE_DAMAGED_NAME_SIZE], struct problem *problem)
{
	_cleanup_(close_fd) int directory = open_folder(folder);
	char name[DATABASE_DAMAGED_NAME_SIZE];
	unsigned long number = 0;
	int r;

	r = directory < 0 ? directory : set_aside_next(directory, prefix, &number);
	snprintf(name, sizeof name, "%s%lu", prefix, number);
	if (r >= 0)
		r = move_all(directory, file, name);
	if (r < 0)
		return problem_set(problem, r, "it cannot be set aside: %s", problem_errno(r));
	set_aside_tidy(directory, prefix, number, keep);
	memcpy(ret_name, name, sizeof name);
	return 0;
}
