/* A row of what is recorded. What its series means: store.h. */
#pragma once

#include "history/span.h"

struct row {
	uint64_t number; /* each row of a table has one more than the row before */
	int64_t series;
	uint64_t time; /* µs */
	enum series_state state;
	double value; /* NAN: there is none */
};
