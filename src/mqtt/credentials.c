#define _GNU_SOURCE
#include "mqtt/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE_MAX_BYTES 4096

char *credential_path(const char *name)
{
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	char *path;

	if (asprintf(&path, "%s/%s", folder ? folder : "/etc/credstore", name) < 0)
		return NULL;
	if (access(path, F_OK) >= 0)
		return path;
	free(path);
	return NULL;
}

/* All of it, with room for a zero. */
static ssize_t read_file(const char *path, char buffer[static SIZE_MAX_BYTES + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n, length = 0;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, buffer + length, (size_t)(SIZE_MAX_BYTES + 1 - length))) > 0)
		length += n;
	if (n < 0)
		length = -errno;
	close(fd);
	return length;
}

int credential_read(const char *name, char **ret, struct problem *problem)
{
	_cleanup_(cleanup_free) char *path = credential_path(name);
	char buffer[SIZE_MAX_BYTES + 1];
	ssize_t length;

	*ret = NULL;
	if (!path)
		return 0;
	length = read_file(path, buffer);
	if (length < 0)
		return problem_set(problem, (int)length, "the credential %s cannot be read: %s", name, problem_errno((int)length));
	if (length > SIZE_MAX_BYTES || memchr(buffer, '\0', (size_t)length)) {
		explicit_bzero(buffer, sizeof buffer);
		return problem_set(problem, -EBADMSG, "the credential %s: expected text of at most %d bytes", name, SIZE_MAX_BYTES);
	}
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	*ret = strndup(buffer, (size_t)length);
	explicit_bzero(buffer, sizeof buffer);
	return *ret ? 0 : -ENOMEM;
}
