/* Files that could not be used and are kept for whoever wants to know why, a few of them: PREFIX and a number, the newest has
 * the highest; what belongs to one has its name and more behind a "-". */
#pragma once

/* The number for the next one. A negative errno: the folder cannot be read. */
int set_aside_next(int directory, const char *prefix, unsigned long *ret);

/* Removes all but the `keep` newest, `newest` being the highest number. What cannot be removed, such as a folder with
 * something in it, stays. */
void set_aside_tidy(int directory, const char *prefix, unsigned long newest, unsigned long keep);
