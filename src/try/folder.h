/* Devices of which there is no simulated chip: folders of attribute files in the place of the kernel's. What an attribute
 * says may be any text. Errors are negative errnos with a sentence. */
#pragma once

#include "util/problem.h"

/* Mounts an empty folder over `path`, such as /sys/bus/w1/devices: what the kernel has there is not to be seen until it is
 * uncovered, in this mount namespace. */
int folder_cover(const char *path, struct problem *problem);
int folder_uncover(const char *path, struct problem *problem);

/* What attribute `name` of `device` in the folder `path` says from now on. Makes both if they are not there; a reader gets
 * the old or the new text, never a half. */
int attribute_set(const char *path, const char *device, const char *name, const char *text, struct problem *problem);

/* The same of a link to `target`, which need not be there; and of a pipe, whose readers wait for a writer. */
int attribute_link(const char *path, const char *device, const char *name, const char *target, struct problem *problem);
int attribute_pipe(const char *path, const char *device, const char *name, struct problem *problem);

/* Waits for a reader of such a pipe, and gives it the text. */
int attribute_answer(const char *path, const char *device, const char *name, const char *text, struct problem *problem);

/* The device has no such attribute any more. A reader that knows it gets ENOENT. */
int attribute_unset(const char *path, const char *device, const char *name, struct problem *problem);

/* The device is not there any more; no error if it was not. Its attributes are files, not folders. */
int device_remove(const char *path, const char *device, struct problem *problem);
