/* Tells a file that does not exist from one that cannot be looked at. */
#pragma once

#include <stdbool.h>

/* True if nothing has this name: its folder can be searched and does not contain it, or does not exist
 * itself. False if it exists, or if that cannot be determined: a link to nowhere, a folder that may not be
 * searched (EACCES), a file where a folder should be (ENOTDIR), a disk that fails (EIO). Opening it shows
 * which. */
bool path_is_absent(const char *path);
