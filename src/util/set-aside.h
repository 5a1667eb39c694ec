/* Files that could not be used. The newest few are kept, so that a person can find out why. Each is called
 * PREFIX and a number; the newest has the highest. Files that belong to it have its name, "-" and more. */
#pragma once

/* The number for the next one. A negative errno: the folder cannot be read. */
int set_aside_next(int directory, const char *prefix, unsigned long *ret);

/* Removes all but the `keep` newest; `newest` is the highest number. Things that cannot be removed, such as a
 * folder that is not empty, stay. */
void set_aside_tidy(int directory, const char *prefix, unsigned long newest, unsigned long keep);
