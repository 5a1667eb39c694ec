/* Devices as the kernel shows them in sysfs: a folder each, with an attribute a file. */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/problem.h"

/* Of a name, a label, or what an attribute says. */
#define SYSFS_TEXT_SIZE 256

/* Opens a folder, to be closed with close(2); a negative errno. What is read in it is of the device that it
 * was opened for: one that has gone has no files any more, whoever has its name now. */
int sysfs_open(const char *path);

/* True if the folder is the one that has this path now. */
bool sysfs_is(int folder, const char *path);

/* Reads a file of the folder whole, as the kernel has it: any bytes, but for a "?" in the place of each zero.
 * A negative errno: it cannot be read; -EFBIG: it has no room. */
int sysfs_read(int folder, const char *file, char text[static SYSFS_TEXT_SIZE]);

/* The same of a name or label, as people see it: UTF-8, without the newline; "" if there is none. Returns
 * `text`.
 */
char *sysfs_read_name(int folder, const char *file, char text[static SYSFS_TEXT_SIZE]);

/* Makes of what an attribute says what people can be shown: one line of UTF-8. Returns `text`. */
char *sysfs_quote(char *text);

/* The number that an attribute says, and no other text (util/number.h). -EBADMSG, with the end of a sentence
 * (", temp1_input: it is 'warm'; expected a number"); the text is then quoted. */
int sysfs_number(const char *file, char text[static SYSFS_TEXT_SIZE], double *ret, struct problem *problem);

/* Reads the file of the folder, and that number. Other errors: as sysfs_read(), with the end of a sentence.
 */
int sysfs_read_number(int folder, const char *file, double *ret, struct problem *problem);

/* Writes a text to a file of the folder, in one write(2), as the kernel wants it. A negative errno: it cannot
 * be opened, or the kernel does not take it. */
int sysfs_write(int folder, const char *file, const char *text);

/* What is in a folder, in the order of its numbers. */
struct sysfs_list {
	struct dirent **entries;
	int n; /* 0 if it cannot be looked at, or is not there */
};

/* Those that the filter takes (scandir(3)) in `path`, from `folder` or (AT_FDCWD) the root. */
struct sysfs_list sysfs_list(int folder, const char *path, int (*filter)(const struct dirent *entry));

/* For _cleanup_. */
void sysfs_list_free(struct sysfs_list *list);
