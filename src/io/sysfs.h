/* Devices in sysfs: each is a folder, and each attribute is a file. */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/problem.h"

/* Room for a name, a label, or the text of an attribute. */
#define SYSFS_TEXT_SIZE 256

/* Opens a folder, to be closed with close(2); or a negative errno. The folder belongs to the device that it
 * was opened for: if that has gone, the folder has no files any more, even if another device has the name
 * now. */
int sysfs_open(const char *path);

/* True if the folder still has this path. */
bool sysfs_is(int folder, const char *path);

/* Reads a whole file of the folder. The text may be any bytes; each zero becomes a "?". A negative errno: it
 * cannot be read; -EFBIG: it is too long. */
int sysfs_read(int folder, const char *file, char text[static SYSFS_TEXT_SIZE]);

/* The same for a name or label that people see: UTF-8, without the newline; "" if there is none. Returns
 * `text`. */
char *sysfs_read_name(int folder, const char *file, char text[static SYSFS_TEXT_SIZE]);

/* Makes one line of UTF-8, for people, from the text of an attribute. Returns `text`. */
char *sysfs_quote(char *text);

/* Reads the text of an attribute as a number (util/number.h). -EBADMSG: it is not just a number; with the end
 * of a sentence (", temp1_input: it is 'warm'; expected a number"), and the text is quoted then. */
int sysfs_number(const char *file, char text[static SYSFS_TEXT_SIZE], double *ret, struct problem *problem);

/* Reads a file of the folder as a number. Other errors: those of sysfs_read(), with the end of a sentence. */
int sysfs_read_number(int folder, const char *file, double *ret, struct problem *problem);

/* Writes a text to a file of the folder, in one write(2), which the kernel needs. A negative errno: the file
 * cannot be opened, or the kernel does not accept the text. */
int sysfs_write(int folder, const char *file, const char *text);

/* The entries of a folder, in the order of the numbers in their names. */
struct sysfs_list {
	struct dirent **entries;
	int n; /* 0 if the folder cannot be read, or is not there */
};

/* The entries of `path`, relative to `folder` (or AT_FDCWD), that the filter accepts (scandir(3)). */
struct sysfs_list sysfs_list(int folder, const char *path, int (*filter)(const struct dirent *entry));

/* For _cleanup_. */
void sysfs_list_free(struct sysfs_list *list);
