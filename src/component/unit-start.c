#include "roomd/unit-start.h"

#include <errno.h>

int unit_start(struct unit_starter *starter, struct unit_start *start)
{
	int r;

	if (start->starter)
		return -EALREADY;
	if (!starter)
		return -ENOTCONN;
	r = starter->start(starter, start);
	if (r >= 0)
		start->starter = starter;
	return r;
}

void unit_start_forget(struct unit_start *start)
{
	if (!start->starter)
		return;
	start->starter->forget(start->starter, start);
	start->starter = 0;
}
