#define _GNU_SOURCE
#include "try/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDERS_OPEN 16

int file_put(const char *path, const char *text, struct problem *problem)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		r = -errno;
	else if (fd < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	return r < 0 ? problem_set(problem, r, "writing '%s' to %s: %s", text, path, problem_errno(r)) : 0;
}

static ssize_t read_all(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t n;

	while (length < size && (n = read(fd, buffer + length, size - length)) != 0) {
		if (n < 0)
			return -errno;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

int file_get(const char *path, char *buffer, size_t size, struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -errno : read_all(fd, buffer, size);

	if (fd >= 0)
		close(fd);
	if (length == (ssize_t)size)
		length = -EFBIG;
	if (length < 0)
		return problem_set(problem, (int)length, "reading %s: %s", path, problem_errno((int)length));
	while (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return 0;
}

int folder_make(const char *path, mode_t mode, struct problem *problem)
{
	int r = mkdir(path, mode) < 0 ? -errno : 0;

	return r < 0 ? problem_set(problem, r, "making %s: %s", path, problem_errno(r)) : 0;
}

int folder_remove(const char *path, struct problem *problem)
{
	int r = rmdir(path) < 0 && errno != ENOENT ? -errno : 0;

	return r < 0 ? problem_set(problem, r, "removing %s: %s", path, problem_errno(r)) : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	remove(path);
	return 0;
}

void folder_remove_all(const char *path)
{
	nftw(path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void module_load(const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execlp("modprobe", "modprobe", "--quiet", name, (char *)NULL);
		execl("/sbin/modprobe", "modprobe", "--quiet", name, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}
