#include "rules/report.h"

#include <math.h>

#include "rules/nearly.h"
#include "util/clock.h"

/* Not less than, so that a NAN that was kept has moved. */
static bool has_moved(const struct report *report, double delta, double value)
{
	return delta > 0 && !(fabs(value - report->value) < nearly_less(delta));
}

static bool is_due(const struct report *report, uint64_t interval_ns, uint64_t at_ns)
{
	uint64_t early_ns = interval_ns / REPORT_EARLY_PART;

	if (early_ns > REPORT_EARLY_MAX_NS)
		early_ns = REPORT_EARLY_MAX_NS;
	return interval_ns > 0 && (at_ns < report->at_ns || at_ns - report->at_ns >= interval_ns - early_ns);
}

static bool is_to_be_told(const struct report *report, const struct report_settings *settings, double value,
                          uint64_t at_ns)
{
	if (!report->ever || (!(settings->delta > 0) && settings->interval_ns == 0))
		return true;
	return has_moved(report, settings->delta, value) || is_due(report, settings->interval_ns, at_ns);
}

bool report_reading(struct report *report, const struct report_settings *settings, double value,
                    uint64_t at_ns)
{
	if (!isfinite(value) || !is_to_be_told(report, settings, value, at_ns))
		return false;
	*report = (struct report){ .ever = true, .value = value, .at_ns = at_ns };
	return true;
}
