/* Puts what follows from the kinds' tables into the documents of the source tree: describe [--check] ROOT.
 * With
 * --check nothing is written. Exit status 1: something is not up to date, or has no words. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

static int write_file(const char *root, const char *name, const char *text)
{
	_cleanup_(cleanup_free) char *path = NULL;
	FILE *file;
	int r = 0;

	if (asprintf(&path, "%s/%s", root, name) < 0)
		return -ENOMEM;
	file = fopen(path, "we");
	if (!file)
		return -errno;
	if (fputs(text, file) < 0)
		r = -errno;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}

/* Whether it is up to date now. */
static bool bring_up_to_date(const struct part *part, const char *root, bool check)
{
	_cleanup_(cleanup_free) char *is = NULL, *should = NULL;
	int r = part_compare(part, root, &is, &should);

	if (r >= 0 && strcmp(is, should) == 0)
		return true;
	if (r >= 0 && check) {
		printf("%s is not up to date: run scripts/generate\n", part->file);
		return false;
	}
	if (r >= 0)
		r = write_file(root, part->file, should);
	if (r >= 0)
		printf("%s: %s\n", part->file, part->name);
	else
		printf("%s: generated: %s: %s\n", part->file, part->name, strerror(-r));
	return r >= 0;
}

int main(int argc, char **argv)
{
	bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	bool good = true;

	if (argc != 2 + check) {
		fprintf(stderr, "Usage: describe [--check] ROOT\n");
		return EXIT_FAILURE;
	}
	if (say_what_lacks_words(stdout) > 0)
		return EXIT_FAILURE;
	for (const struct part *part = parts; part->file; part++)
		good &= bring_up_to_date(part, argv[argc - 1], check);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
