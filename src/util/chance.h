/* Numbers that nobody can guess, and that differ from one machine to the next. */
#pragma once

#include <stdint.h>

/* A random number from the kernel; early in the boot, when the kernel has none yet, the time. Never waits. */
uint64_t chance(void);
