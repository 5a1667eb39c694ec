/* The kinds of controllers, for the component table. */
#pragma once

#include "roomd/component.h"

extern const struct component_class door_lock_class;
