#define _GNU_SOURCE
#include "daemon/config-files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/problem.h"

/* Where configuration is installed, the strongest first: systemd's folders. */
static const char *const folders[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", NULL };

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* A drop-in that is empty or a link to /dev/null hides those of its name in weaker folders. */
static bool is_masked(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (S_ISCHR(st.st_mode) || st.st_size == 0);
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
	int n = scandir(folder, &entries, is_conf, NULL), r = 0;

	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		config_error(errors, &(struct config_place){ .file = folder }, "cannot be read: %s",
		             problem_errno(errno));
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
	char folder[PATH_MAX];
	int r;

	r = config_text_read_file(path, text, errors);
	snprintf(folder, sizeof folder, "%s.d", path);
	if (r >= 0)
		r = add_dropins(&dropins, folder, errors);
	return r < 0 ? r : read_dropins(&dropins, text, errors);
}

static int read_installed(struct config_text *text, struct config_errors *errors)
{
	_cleanup_(free_dropins) struct dropins dropins = { 0 };
	bool found = false;
	int r = 0;

	for (size_t i = 0; folders[i] && r >= 0; i++) {
		char path[PATH_MAX], folder[PATH_MAX + 2];

		snprintf(path, sizeof path, "%s/" CONFIG_FILE, folders[i]);
		snprintf(folder, sizeof folder, "%s.d", path);
		if (!found && exists(path)) {
			found = true;
			r = config_text_read_file(path, text, errors);
		}
		if (r >= 0)
			r = add_dropins(&dropins, folder, errors);
	}
	return r < 0 ? r : read_dropins(&dropins, text, errors);
}

int config_files_read(const char *path, struct config_text *text, struct config_errors *errors)
{
	return path ? read_named(path, text, errors) : read_installed(text, errors);
}
