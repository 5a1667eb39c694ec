#define _GNU_SOURCE
#include "daemon/state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state-text.h"
#include "util/problem.h"
#include "util/set-aside.h"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int state_directory_open(const char *path, int *ret_fd, struct problem *problem)
{
	_cleanup_(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return problem_set(problem, -errno, "%s", problem_errno(errno));
	/* Two that write the same new file would make a state of both. */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return problem_set(problem, -EBUSY, "another roomd keeps its state there");
		return problem_set(problem, -errno, "it cannot be locked: %s", problem_errno(errno));
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* --- reading --------------------------------------------------------------------------------- */

static int cannot_be_read(struct problem *problem, int error)
{
	return problem_set(problem, error, "cannot be read: %s", problem_errno(error));
}

/* All of the file, which has at most `size` bytes; how many, or a negative errno. */
static ssize_t read_whole(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t n;

	while ((n = read(fd, buffer + length, size - length)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		length += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)length;
}

int state_file_read(int directory, char **ret_text, size_t *ret_length, struct problem *problem)
{
	/* Whatever lies there must not hold up the start: a pipe would, with O_NONBLOCK it does not. */
	_cleanup_(close_fd) int fd =
		openat(directory, STATE_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	_cleanup_(cleanup_free) char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_be_read(problem, -errno);
	if (!S_ISREG(st.st_mode))
		return problem_set(problem, -EISDIR, "is not a file");
	if (st.st_size > (off_t)STATE_TEXT_MAX)
		return problem_set(problem, -EFBIG, "is not a state of roomd: it is too long");
	text = malloc((size_t)st.st_size + 1);
	n = text ? read_whole(fd, text, (size_t)st.st_size) : -ENOMEM;
	if (n < 0)
		return cannot_be_read(problem, (int)n);
	*ret_text = TAKE_PTR(text);
	*ret_length = (size_t)n;
	return 0;
}

/* --- writing --------------------------------------------------------------------------------- */

static int write_whole(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		text += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Started by root in the service's directory: the service has to be able to read it afterwards. */
static int give_to_owner(int directory, int fd)
{
	struct stat st;

	if (fstat(directory, &st) < 0)
		return -errno;
	return st.st_uid == geteuid() || fchown(fd, st.st_uid, st.st_gid) >= 0 ? 0 : -errno;
}

/* The new file, on the disk. */
static int write_new(int directory, const char *text)
{
	int fd, r;

	fd = openat(directory, STATE_FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = give_to_owner(directory, fd);
	if (r >= 0)
		r = write_whole(fd, text, strlen(text));
	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r >= 0)
		r = -errno;
	return r;
}

/* The order is what counts: the new file is on the disk before it gets the name, and the name before anybody
 * is told. */
int state_file_write(int directory, const char *text, struct problem *problem)
{
	int r;

	unlinkat(directory, STATE_FILE_NEW, 0); /* one that was cut short */
	r = write_new(directory, text);
	if (r >= 0 && renameat(directory, STATE_FILE_NEW, directory, STATE_FILE) < 0)
		r = -errno;
	if (r >= 0 && fsync(directory) < 0)
		r = -errno;
	if (r >= 0)
		return 0;
	unlinkat(directory, STATE_FILE_NEW, 0); /* a full disk has room again */
	return problem_set(problem, r, "%s", problem_errno(r));
}

/* --- setting aside --------------------------------------------------------------------------- */

int state_file_set_aside(int directory, char ret_name[static STATE_DAMAGED_NAME_SIZE],
                         struct problem *problem)
{
	char name[STATE_DAMAGED_NAME_SIZE];
	unsigned long number = 0;
	int r;

	r = set_aside_next(directory, STATE_FILE_DAMAGED, &number);
	snprintf(name, sizeof name, STATE_FILE_DAMAGED "%lu", number);
	if (r >= 0 && renameat(directory, STATE_FILE, directory, name) < 0)
		r = -errno;
	if (r < 0)
		return problem_set(problem, r, "it cannot be set aside: %s", problem_errno(r));
	set_aside_tidy(directory, STATE_FILE_DAMAGED, number, STATE_DAMAGED_MAX);
	memcpy(ret_name, name, sizeof name);
	return 0;
}
