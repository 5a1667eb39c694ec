/* The kinds of components as names of other things have them. */
#pragma once

#include <stddef.h>

/* "MotionSensor" becomes "motion_sensor": an underscore before each capital but the first, then in small letters.
 * What does not fit is cut; returns `buffer`. */
char *kind_snake(const char *kind, char *buffer, size_t size);
