/* Runs a fuzz target without libFuzzer: with the files of the folders that are its arguments, and with nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <limits.h>

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static void run_file(const char *path)
{
	_cleanup_(cleanup_free) uint8_t *bytes = NULL;
	FILE *stream = fopen(path, "re");
	size_t size = 0;

	if (!stream)
		err(EXIT_FAILURE, "%s", path);
	while (!feof(stream) && !ferror(stream)) {
		bytes = realloc(bytes, size + BUFSIZ);
		if (!bytes)
			err(EXIT_FAILURE, "%s", path);
		size += fread(bytes + size, 1, BUFSIZ, stream);
	}
	if (ferror(stream))
		err(EXIT_FAILURE, "%s", path);
	fclose(stream);
	/* With no byte behind it that could be read in error. */
	bytes = realloc(bytes, size ? size : 1);
	fprintf(stderr, "%s\n", path); /* the last one is the one that failed */
	LLVMFuzzerTestOneInput(bytes, size);
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static unsigned run_folder(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_file, alphasort);

	if (n < 0)
		err(EXIT_FAILURE, "%s", folder);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		run_file(path);
		free(entries[i]);
	}
	free(entries);
	return (unsigned)n;
}

int main(int argc, char **argv)
{
	unsigned n = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		n += run_folder(argv[i]);
	printf("%u inputs\n", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
