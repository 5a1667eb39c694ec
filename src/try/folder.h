/* Devices for which the kernel has no simulator: folders of attribute files instead of the kernel's. An
 * attribute may have any text. Errors are negative errnos with a sentence. */
#pragma once

#include "util/problem.h"

/* Mounts an empty folder over `path`, such as /sys/bus/w1/devices, in this mount namespace: it hides what the
 * kernel has there until it is uncovered. */
int folder_cover(const char *path, struct problem *problem);
int folder_uncover(const char *path, struct problem *problem);

/* Sets the text of the attribute `name` of `device` in the folder `path`. Makes both if they are missing. A
 * reader gets either the old or the new text, never a part. */
int attribute_set(const char *path, const char *device, const char *name, const char *text, struct problem *problem);

/* The same with a link to `target`, which need not exist; and with a pipe, whose readers wait for a writer. */
int attribute_link(const char *path, const char *device, const char *name, const char *target, struct problem *problem);
int attribute_pipe(const char *path, const char *device, const char *name, struct problem *problem);

/* Waits for a reader of such a pipe, and gives it the text. */
int attribute_answer(const char *path, const char *device, const char *name, const char *text, struct problem *problem);

/* Removes the attribute. A reader that still uses it gets ENOENT. */
int attribute_unset(const char *path, const char *device, const char *name, struct problem *problem);

/* Removes the device; it is not an error if there is none. Its attributes are files, not folders. */
int device_remove(const char *path, const char *device, struct problem *problem);
