/* The file of a database: prepares it before SQLite opens it, and sets it aside. */
#pragma once

#include <stddef.h>

struct problem;

/* Room for the name of a file that was set aside: the longest prefix has 24 characters. */
#define DATABASE_DAMAGED_NAME_SIZE 40

/* Makes sure that `name` is there (empty if it was not), is a file, and is accessible to the folder's owner
 * only. 0; -EUCLEAN: something else has the name; or an error of open(2). Each with a problem. */
int database_file_prepare(const char *folder, const char *name, struct problem *problem);

/* After it has returned 0, everything that was created or renamed in the folder is on the disk. Or an error
 * of fsync(2). */
int database_file_sync_folder(const char *folder);

/* Renames the file and its logs to `prefix` and a number, and removes the oldest of such files, so that
 * `keep` are left. 0 and the name, or a negative errno and a problem. The file must not be open. */
int database_file_set_aside(const char *folder, const char *file, const char *prefix, unsigned long keep,
                            char ret_name[static DATABASE_DAMAGED_NAME_SIZE], struct problem *problem);
