/* The folder of a database's file: what has to be so before SQLite opens it, and setting it aside. */
#pragma once

#include <stddef.h>

struct problem;

/* Of a file that was set aside: the longest prefix has 24 characters. */
#define DATABASE_DAMAGED_NAME_SIZE 40

/* Sees to it that the file `name` is there (empty, if it was not), is a file, and is the owner's of the folder
 * alone. 0; -EUCLEAN: something else has its name; any other negative errno as open(2). A problem with each. */
int database_file_prepare(const char *folder, const char *name, struct problem *problem);

/* What was created or renamed in the folder is on the disk once 0 was returned. A negative errno as fsync(2). */
int database_file_sync_folder(const char *folder);

/* Gives the file and its logs another name, `prefix` and a number, and removes the oldest of those, so that `keep` of
 * them are left. 0 and the name, or a negative errno and a problem. Nobody has the file open. */
int database_file_set_aside(const char *folder, const char *file, const char *prefix, unsigned long keep,
                            char ret_name[static DATABASE_DAMAGED_NAME_SIZE], struct problem *problem);
