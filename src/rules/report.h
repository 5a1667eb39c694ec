/* Which readings are reported: those that differ enough (ReportDelta=), and one now and then (ReportSec=).
 * Pure. Limits see every reading; this decides only which readings become events. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct report_settings {
	double delta;         /* so far from the last one that was told; NAN, 0 or less: not set */
	uint64_t interval_ns; /* so long after it; 0: not set */
};

/* All zero at first, and again when the device has gone. All of it is worth keeping over a restart
 * (CLOCK_MONOTONIC); what makes no sense is told over. */
struct report {
	bool ever; /* one was told, and it was */
	double value;
	uint64_t at_ns;
};

/* Readings come when their threads and devices have got so far, not on their time exactly: one that comes so
 * much before the interval is over is the one that is due, else every other interval would be one reading
 * longer. A hundredth of the interval, */
#define REPORT_EARLY_PART 100
/* and no more than this. */
#define REPORT_EARLY_MAX_NS UINT64_C(100000000)

/* Whether this reading, taken at `at_ns`, is to be told; if so, the structure has it as the last one. It is
 * if it is the first, has moved by at least `delta` (21.3 has moved by 0.1 from 21.2, whatever binary numbers
 * make of that), or is due; with neither set each one is. What is not finite is no reading, and not told. */
bool report_reading(struct report *report, const struct report_settings *settings, double value,
                    uint64_t at_ns);
