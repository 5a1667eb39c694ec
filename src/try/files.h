/* Small files, as sysfs and configfs have them, and folders. Errors are negative errnos with a sentence. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "util/problem.h"

/* Writes `text` to a file that is there. */
int file_put(const char *path, const char *text, struct problem *problem);

/* Reads a file whole, without newlines at its end. -EFBIG: it has more than has room. */
int file_get(const char *path, char *buffer, size_t size, struct problem *problem);

/* Makes a folder. -EEXIST, among others. */
int folder_make(const char *path, mode_t mode, struct problem *problem);

/* Removes an empty folder; that there is none is no error. */
int folder_remove(const char *path, struct problem *problem);

/* Removes a folder with all that is in it, but not what is mounted there; as far as that can be done. */
void folder_remove_all(const char *path);

/* Loads a module of the kernel's, if it has that as one: who needs it sees whether it is there then. */
void module_load(const char *name);
