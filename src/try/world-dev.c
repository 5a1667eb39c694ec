#define _GNU_SOURCE
#include "try/world-dev.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "try/files.h"

#define NEW WORLD_FOLDER "/dev"

static int fail(struct problem *problem, const char *what, const char *path)
{
	int error = -errno;

	return problem_set(problem, error, "%s %s: %s", what, path, problem_errno(error));
}

/* The kernel's Documentation/admin-guide/devices.txt. */
static int make_nodes(struct problem *problem)
{
	static const struct {
		const char *path;
		unsigned minor;
	} memory[] = { { NEW "/null", 3 }, { NEW "/zero", 5 }, { NEW "/full", 7 }, { NEW "/random", 8 }, { NEW "/urandom", 9 } };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ELEMENTS(memory); i++)
		if (mknod(memory[i].path, S_IFCHR | 0666, makedev(1, memory[i].minor)) < 0 ||
		    chmod(memory[i].path, 0666) < 0)
			r = fail(problem, "making", memory[i].path);
	if (r >= 0 && (mknod(NEW "/tty", S_IFCHR | 0666, makedev(5, 0)) < 0 || symlink("/proc/self/fd", NEW "/fd") < 0))
		r = fail(problem, "making", NEW "/tty");
	return r >= 0 ? folder_make(NEW "/shm", 01777, problem) : r;
}

int world_dev_mount(struct problem *problem)
{
	int r = folder_make(NEW, 0755, problem);

	if (r < 0)
		return r;
	if (mount("dev", NEW, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755") < 0)
		return fail(problem, "mounting", NEW);
	r = make_nodes(problem);
	if (r < 0)
		return r;
	if (mount(NEW, "/dev", NULL, MS_MOVE, NULL) < 0)
		return fail(problem, "mounting", "/dev");
	return 0;
}

static const char *node_of(const struct sim_chip *chip, const struct plan_chip *planned, char path[static CHIP_PATH_SIZE])
{
	snprintf(path, CHIP_PATH_SIZE, "/dev/%s",
	         planned && planned->kind == PLAN_CHIP_OF_NODE ? planned->word : chip->device);
	return path;
}

int world_dev_add(const struct sim_chip *chip, const struct plan_chip *planned, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];
	dev_t number;
	int r = chip_number(chip, &number, problem);

	if (r < 0)
		return r;
	unlink(node_of(chip, planned, path));
	return mknod(path, S_IFCHR | 0600, number) < 0 ? fail(problem, "making", path) : 0;
}

void world_dev_remove(const struct sim_chip *chip, const struct plan_chip *planned)
{
	char path[CHIP_PATH_SIZE];

	unlink(node_of(chip, planned, path));
}
