/* The component table: every kind there is. A new kind is one row in components.c. */
#pragma once

#include "roomd/component.h"

/* Ended by NULL. */
extern const struct component_class *const component_classes[];
