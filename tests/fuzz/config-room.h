/* A configuration with its drop-ins, in files of its own. */
#pragma once

#include <stddef.h>

/* Reads it, with a line "---" before each drop-in; if it is right, what is printed has to be read as the same. */
void config_room_check(const char *text, size_t length);
