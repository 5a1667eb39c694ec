#define _GNU_SOURCE
#include "try/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* No device's, and no folder: nobody looks at it. */
#define NEW_FILE "new"

static int fail(struct problem *problem, const char *what, const char *path)
{
	int error = -errno;

	return problem_set(problem, error, "%s %s: %s", what, path, problem_errno(error));
}

int folder_cover(const char *path, struct problem *problem)
{
	return mount("devices", path, "tmpfs", 0, "mode=755") < 0 ? fail(problem, "mounting", path) : 0;
}

int folder_uncover(const char *path, struct problem *problem)
{
	return umount2(path, MNT_DETACH) < 0 ? fail(problem, "unmounting", path) : 0;
}

static char *join(const char *folder, const char *name, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static int path_of(const char *folder, const char *device, const char *name, char path[static PATH_MAX],
                   struct problem *problem)
{
	char device_path[PATH_MAX / 2];

	snprintf(device_path, sizeof device_path, "%s/%s", folder, device);
	if (mkdir(device_path, 0755) < 0 && errno != EEXIST)
		return fail(problem, "making", device_path);
	join(device_path, name, path);
	return 0;
}

/* The new file takes the place of what there was. */
static int put(const char *new, const char *folder, const char *device, const char *name, struct problem *problem)
{
	char path[PATH_MAX];
	int r = path_of(folder, device, name, path, problem);

	if (r < 0)
		return r;
	return rename(new, path) < 0 ? fail(problem, "making", path) : 0;
}

static int write_text(int fd, const char *text, const char *path, struct problem *problem)
{
	int r = dprintf(fd, "%s", text) < 0 ? fail(problem, "writing", path) : 0;

	return close(fd) < 0 && r >= 0 ? fail(problem, "writing", path) : r;
}

int attribute_set(const char *path, const char *device, const char *name, const char *text, struct problem *problem)
{
	char new[PATH_MAX];
	int fd = open(join(path, NEW_FILE, new), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), r;

	if (fd < 0)
		return fail(problem, "making", new);
	r = write_text(fd, text, new, problem);
	return r < 0 ? r : put(new, path, device, name, problem);
}

int attribute_link(const char *path, const char *device, const char *name, const char *target, struct problem *problem)
{
	char new[PATH_MAX];

	if (symlink(target, join(path, NEW_FILE, new)) < 0)
		return fail(problem, "making", new);
	return put(new, path, device, name, problem);
}

int attribute_pipe(const char *path, const char *device, const char *name, struct problem *problem)
{
	char new[PATH_MAX];

	if (mkfifo(join(path, NEW_FILE, new), 0644) < 0)
		return fail(problem, "making", new);
	return put(new, path, device, name, problem);
}

int attribute_answer(const char *path, const char *device, const char *name, const char *text, struct problem *problem)
{
	char fifo[PATH_MAX];
	int fd, r = path_of(path, device, name, fifo, problem);

	if (r < 0)
		return r;
	fd = open(fifo, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? fail(problem, "opening", fifo) : write_text(fd, text, fifo, problem);
}

int attribute_unset(const char *path, const char *device, const char *name, struct problem *problem)
{
	char file[PATH_MAX];
	int r = path_of(path, device, name, file, problem);

	if (r < 0)
		return r;
	return unlink(file) < 0 ? fail(problem, "removing", file) : 0;
}

int device_remove(const char *path, const char *device, struct problem *problem)
{
	char folder_path[PATH_MAX];
	struct dirent *entry;
	DIR *folder = opendir(join(path, device, folder_path));

	if (!folder)
		return errno == ENOENT ? 0 : fail(problem, "opening", folder_path);
	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0); /* . and .. are folders, and stay */
	closedir(folder);
	return rmdir(folder_path) < 0 ? fail(problem, "removing", folder_path) : 0;
}
