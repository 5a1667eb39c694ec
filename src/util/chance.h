/* Numbers that nobody can guess, and that differ from one machine to the next. */
#pragma once

#include <stdint.h>

/* The kernel's; early in the boot, when it has none yet, what the clock shows. Never waits. */
uint64_t chance(void);
