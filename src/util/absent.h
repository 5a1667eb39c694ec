/* What is not there, and what only cannot be looked at. */
#pragma once

#include <stdbool.h>

/* True if nothing has this name: its folder can be looked at and does not have it, or is absent itself. False
 * for all that is there, and for whatever cannot be told: a link to nowhere, a folder that may not be
 * searched (EACCES), a file where a folder should be (ENOTDIR), a disk that fails (EIO). Opening it says
 * which. */
bool path_is_absent(const char *path);
