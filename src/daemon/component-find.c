#include "daemon/components.h"

#include <string.h>

const struct component_class *component_class_find(const char *kind)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		if (strcmp((*class)->kind, kind) == 0)
			return *class;
	return NULL;
}
