/* The component table: every kind there is. A new kind is one row in components.c. */
#pragma once

#include "roomd/component.h"

/* Ended by NULL. */
extern const struct component_class *const component_classes[];

/* The kind with this name; NULL: there is none. */
const struct component_class *component_class_find(const char *kind);
