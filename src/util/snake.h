/* Names of kinds and properties in another spelling. */
#pragma once

#include <stddef.h>

/* "MotionSensor" becomes "motion_sensor": an underscore before each capital but the first, then all in lower
 * case. A name that does not fit is cut. Returns `buffer`. */
char *snake_case(const char *name, char *buffer, size_t size);
