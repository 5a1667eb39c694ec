/* A room with one component of each kind, all of whose properties are known: all metrics that there are. */
#pragma once

#include "metrics/exposition.h"

/* The text; the caller frees it. */
char *sample_room_render(enum exposition_format format);
