/* The configurations of docs/wiring.md. */
#pragma once

#include <stdbool.h>

/* Of the room whose relay is on at a high level, or at a low one. A constant. */
const char *init_wiring_text(bool relay_at_low);
