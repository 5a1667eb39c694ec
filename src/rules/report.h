/* Which readings are reported: those that differ enough (ReportDelta=), and one now and then (ReportSec=).
 * Pure. Limits see every reading; this decides only which readings become events. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct report_settings {
	double delta;         /* the difference from the last reported reading; NAN, 0 or less: not set */
	uint64_t interval_ns; /* the time since that reading; 0: not set */
};

/* All zero at first, and again when the device has gone. All of it is worth keeping over a restart
 * (CLOCK_MONOTONIC). If the kept values make no sense, the next reading is reported. */
struct report {
	bool ever; /* a reading was reported: this one */
	double value;
	uint64_t at_ns;
};

/* Readings do not come exactly on time: it depends on threads and devices. So a reading that comes this much
 * before the interval is over counts as due; otherwise every other interval would be one reading longer. A
 * hundredth of the interval, */
#define REPORT_EARLY_PART 100
/* but no more than this. */
#define REPORT_EARLY_MAX_NS UINT64_C(100000000)

/* True if this reading, taken at `at_ns`, is to be reported; then the structure has it as the last one. That
 * is so if it is the first, if it differs by at least `delta` (21.3 differs by 0.1 from 21.2, in spite of
 * binary rounding), or if it is due. If neither is set, every reading is reported. A value that is not finite
 * is never reported. */
bool report_reading(struct report *report, const struct report_settings *settings, double value,
                    uint64_t at_ns);
