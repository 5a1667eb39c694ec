/* Small files, as in sysfs and configfs, and folders. Errors are negative errnos with a sentence. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "util/problem.h"

/* Writes `text` to an existing file. */
int file_put(const char *path, const char *text, struct problem *problem);

/* Reads a whole file, without the newlines at its end. -EFBIG: it does not fit. */
int file_get(const char *path, char *buffer, size_t size, struct problem *problem);

/* Makes a folder. -EEXIST, among others. */
int folder_make(const char *path, mode_t mode, struct problem *problem);

/* Removes an empty folder. It is not an error if there is none. */
int folder_remove(const char *path, struct problem *problem);

/* Removes a folder with its contents, as far as possible, but not what is mounted there. */
void folder_remove_all(const char *path);

/* Loads a kernel module, if there is one with this name. Reports no error: the caller sees later whether it
 * is there. */
void module_load(const char *name);
