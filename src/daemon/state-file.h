/* The file with the values that survive power loss, and its directory. These functions block for as long as a
 * disk does: do not call them from the loop. */
#pragma once

#include <stddef.h>

struct problem;

/* The directory's files: the state, a new one that is being written, and those that could not be used. */
#define STATE_FILE "state"
#define STATE_FILE_NEW "state.new"
#define STATE_FILE_DAMAGED "state.damaged-"

/* How many of those are kept, the newest. */
#define STATE_DAMAGED_MAX 3
#define STATE_DAMAGED_NAME_SIZE 40

/* Opens the directory, for this process alone as long as the descriptor is open: -EBUSY if another has it. Or
 * an error of open(2). A problem with each. */
int state_directory_open(const char *path, int *ret_fd, struct problem *problem);

/* Reads the whole file; free the text with free(). -ENOENT: there is none; any other negative errno: it
 * cannot be read, with a problem that completes "it ...". */
int state_file_read(int directory, char **ret_text, size_t *ret_length, struct problem *problem);

/* Replaces the file by this text. If the power fails, the file has either the former text or this one; after
 * 0 was returned, it has this one. Or a negative errno and a problem. */
int state_file_write(int directory, const char *text, struct problem *problem);

/* Renames a file that cannot be used, and removes the oldest of such files. 0 and the name; -ENOENT: there is
 * no file; a negative errno and a problem. */
int state_file_set_aside(int directory, char ret_name[static STATE_DAMAGED_NAME_SIZE],
                         struct problem *problem);
