#define _GNU_SOURCE
#include "config/files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/absent.h"
#include "util/problem.h"

const char *const config_folders[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", NULL };

/* A drop-in that is empty or a link to /dev/null (1:3) hides those of its name in weaker folders. What a
 * sandbox hides looks empty, too, but may not be read. */
static bool is_masked(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		return false;
	return S_ISREG(st.st_mode) ? st.st_size == 0 : S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

struct dropin {
	char *name; /* of the file */
	char *path;
};

struct dropins {
	struct dropin *items;
	size_t n;
};

static void free_dropins(struct dropins *dropins)
{
	for (size_t i = 0; i < dropins->n; i++) {
		free(dropins->items[i].name);
		free(dropins->items[i].path);
	}
	free(dropins->items);
}

static int add_dropin(struct dropins *dropins, const char *folder, const char *name)
{
	struct dropin *grown;

	for (size_t i = 0; i < dropins->n; i++)
		if (strcmp(dropins->items[i].name, name) == 0)
			return 0; /* a stronger folder has one */
	grown = reallocarray(dropins->items, dropins->n + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	dropins->items = grown;
	grown = &dropins->items[dropins->n];
	grown->name = strdup(name);
	if (!grown->name || asprintf(&grown->path, "%s/%s", folder, name) < 0) {
		free(grown->name);
		return -ENOMEM;
	}
	dropins->n++;
	return 0;
}

static int is_conf(const struct dirent *entry)
{
	const char *suffix = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && suffix && strcmp(suffix, ".conf") == 0;
}

/* Adds the drop-ins of one folder, which need not exist. */
static int add_dropins(struct dropins *dropins, const char *folder, struct config_errors *errors)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_conf, NULL), error = errno, r = 0;

	errno = 0;
	if (n < 0 && !path_is_absent(folder)) {
		if (problem_passes(errno)) /* whether it is there cannot be told */
			error = errno;
		config_error_of_reading(errors, error);
		config_error(errors, &(struct config_place){ .file = folder }, "cannot be read: %s",
		             problem_errno(error));
	}
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = add_dropin(dropins, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int compare_dropins(const void *a, const void *b)
{
	return strcmp(((const struct dropin *)a)->name, ((const struct dropin *)b)->name);
}

static int read_dropins(struct dropins *dropins, struct config_text *text, struct config_errors *errors)
{
	int r = 0;

	if (dropins->n > 0)
		qsort(dropins->items, dropins->n, sizeof *dropins->items, compare_dropins);
	for (size_t i = 0; i < dropins->n && r >= 0; i++)
		if (!is_masked(dropins->items[i].path))
			r = config_text_read_file(dropins->items[i].path, text, errors);
	return r;
}

static int read_named(const char *path, struct config_text *text, struct config_errors *errors)
{
	_cleanup_(free_dropins) struct dropins dropins = { 0 };
	char folder[PATH_MAX + 2];
	int r;

	r = config_text_read_file(path, text, errors);
	snprintf(folder, sizeof folder, "%s.d", path);
	if (r >= 0)
		r = add_dropins(&dropins, folder, errors);
	return r < 0 ? r : read_dropins(&dropins, text, errors);
}

static int read_installed(const char *name, struct config_text *text, struct config_errors *errors)
{
	_cleanup_(free_dropins) struct dropins dropins = { 0 };
	bool found = false;
	int r = 0;

	for (size_t i = 0; config_folders[i] && r >= 0; i++) {
		char path[PATH_MAX], folder[PATH_MAX + 2];

		snprintf(path, sizeof path, "%s/%s", config_folders[i], name);
		snprintf(folder, sizeof folder, "%s.d", path);
		if (!found && !path_is_absent(path)) {
			found = true;
			r = config_text_read_file(path, text, errors);
		}
		if (r >= 0)
			r = add_dropins(&dropins, folder, errors);
	}
	return r < 0 ? r : read_dropins(&dropins, text, errors);
}

int config_files_read(const char *path, const char *name, struct config_text *text, struct config_errors *errors)
{
	return path ? read_named(path, text, errors) : read_installed(name, text, errors);
}
