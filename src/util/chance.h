/* Random numbers that cannot be guessed, and differ on each machine. */
#pragma once

#include <stdint.h>

/* A random number from the kernel; early in the boot, when the kernel has none yet, the time. Never waits. */
uint64_t chance(void);
