#define _GNU_SOURCE
#include "roomctl/init-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"

#define NEW ".new"

int init_count_sections(const char *text)
{
	int n = 0;

	for (const char *line = text; *line; line += *line != '\0') {
		line += strspn(line, " \t");
		n += *line == '[';
		line += strcspn(line, "\n");
	}
	return n;
}

int init_file_sections(const char *path, struct problem *problem)
{
	FILE *file = fopen(path, "re");
	_cleanup_(cleanup_free) char *text = NULL;
	size_t size = 0;
	int r = 0, n = 0;

	if (!file && errno == ENOENT)
		return 0;
	if (!file)
		return problem_set(problem, -errno, "%s cannot be read: %s", path, problem_errno(errno));
	while (r >= 0 && getline(&text, &size, file) >= 0)
		n += init_count_sections(text);
	r = ferror(file) ? -EIO : 0;
	fclose(file);
	return r < 0 ? problem_set(problem, r, "%s cannot be read", path) : n;
}

/* --- writing ----------------------------------------------------------------------------------- */

/* "DIRECTORY" of "DIRECTORY/FILE". */
static void folder_of(const char *path, char folder[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	if (!*folder)
		snprintf(folder, PATH_MAX, "/");
}

static int write_all(int fd, const char *text)
{
	for (size_t length = strlen(text); length > 0;) {
		ssize_t n = write(fd, text, length);

		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Whatever the umask is: the service's user has to read it. */
static int write_new(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644), r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (r >= 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0))
		r = -errno;
	close(fd);
	if (r < 0)
		unlink(path);
	return r;
}

static int sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* The errors as they will be: of the file by its own name. */
static void rename_in(struct config_errors *errors, const char *from, const char *to)
{
	size_t length = strlen(from);

	for (size_t i = 0; i < errors->n; i++) {
		char *renamed;

		if (strncmp(errors->texts[i], from, length) != 0 ||
		    asprintf(&renamed, "%s%s", to, errors->texts[i] + length) < 0)
			continue;
		free(errors->texts[i]);
		errors->texts[i] = renamed;
	}
}

static int check(const char *path, const char *new_path, struct config_errors *errors,
                 struct problem *problem)
{
	_cleanup_(config_freep) struct config *config = NULL;
	int r = config_load(new_path, &config, errors);

	if (r == -EBADMSG)
		rename_in(errors, new_path, path);
	else if (r < 0)
		problem_set(problem, r, "the configuration cannot be checked: %s", problem_errno(r));
	return r;
}

/* A link of the old file, so that there is no moment without one under its name. */
static int keep_old(const char *path)
{
	char old[PATH_MAX + sizeof INIT_OLD];
	struct problem ignored;

	if (init_file_sections(path, &ignored) <= 0)
		return 0;
	snprintf(old, sizeof old, "%s" INIT_OLD, path);
	if (unlink(old) < 0 && errno != ENOENT)
		return -errno;
	return link(path, old) < 0 ? -errno : 0;
}

static int put_in_place(const char *path, const char *new_path, const char *folder)
{
	int r = keep_old(path);

	if (r >= 0 && rename(new_path, path) < 0)
		r = -errno;
	return r < 0 ? r : sync_folder(folder);
}

int init_file_write(const char *path, const char *text, struct config_errors *errors, struct problem *problem)
{
	char folder[PATH_MAX], new_path[PATH_MAX + sizeof NEW];
	int r = 0;

	folder_of(path, folder);
	snprintf(new_path, sizeof new_path, "%s" NEW, path);
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r >= 0)
		r = write_new(new_path, text);
	if (r < 0)
		return problem_set(problem, r, "%s cannot be written: %s", new_path, problem_errno(r));
	r = check(path, new_path, errors, problem);
	if (r >= 0) {
		r = put_in_place(path, new_path, folder);
		if (r < 0)
			problem_set(problem, r, "%s cannot be written: %s", path, problem_errno(r));
	}
	if (r < 0)
		unlink(new_path);
	return r;
}
