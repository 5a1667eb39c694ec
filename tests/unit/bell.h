/* A kind that only tests have: a bell that is rung over D-Bus, and counts. It shows what a kind's page is,
 * and that nothing but a row in the table is needed for all the rest. */
#pragma once

#include "roomd/component.h"

struct bell {
	struct component component;
	uint64_t rung_ns;
	int times;
};

extern const struct component_class bell_class;
extern const struct event_type bell_rung;
