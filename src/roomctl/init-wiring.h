/* The configurations of docs/wiring.md. */
#pragma once

#include <stdbool.h>

/* The configuration for a relay that is on at a low level, or at a high one. A constant. */
const char *init_wiring_text(bool relay_at_low);
