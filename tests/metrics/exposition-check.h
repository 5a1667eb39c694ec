/* A strict reader of what roomd-metrics writes, made from the specifications alone: OpenMetrics 1.0, and the text format 0.0.4. */
#pragma once

#include <stdbool.h>

/* Says what is wrong with a text in OpenMetrics, or (not `is_new`) in the format before it; returns how much that is. Counters,
 * gauges and infos are expected, without timestamps, all of them roomd's. */
unsigned exposition_check(const char *text, bool is_new);

/* The value of a series, "roomd_up" or "roomd_motion{kind=\"motion_sensor\",...}", as it stands in the text; NULL: there is no such
 * series. Valid until the next call. */
const char *exposition_value(const char *text, const char *series);
