/* Names of kinds and properties, as other things have them. */
#pragma once

#include <stddef.h>

/* "MotionSensor" becomes "motion_sensor": an underscore before each capital but the first, then in small
 * letters. What does not fit is cut; returns `buffer`. */
char *snake_case(const char *name, char *buffer, size_t size);
