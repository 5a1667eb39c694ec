/* Metrics as text, OpenMetrics 1.0 or Prometheus' own format before it (0.0.4), written by hand. Knows nothing of rooms.
 * https://prometheus.io/docs/specs/om/open_metrics_spec/ and .../docs/instrumenting/exposition_formats/ */
#pragma once

#include <stddef.h>

#include "util/cleanup.h"

enum exposition_format {
	EXPOSITION_TEXT,        /* text/plain; version=0.0.4 */
	EXPOSITION_OPENMETRICS, /* application/openmetrics-text; version=1.0.0 */
	EXPOSITION_FORMATS,
};

/* The Content-Type of a format. */
const char *exposition_content_type(enum exposition_format format);

/* Which one is wanted: the value of the header Accept, or NULL, as RFC 9110, 12.5.1, has it. OpenMetrics is sent only to those
 * who name it. */
enum exposition_format exposition_accepted(const char *accept);

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER, /* its samples' names end in "_total" */
	METRIC_INFO,    /* "_info", and 1 */
};

struct metric {
	const char *name; /* without what its type adds; ends in its unit */
	enum metric_type type;
	const char *unit; /* "": none; an info has none */
	const char *help;
};

struct label {
	const char *name, *value; /* the value is UTF-8, any; an empty one is left out, which means the same */
};

struct exposition;

/* -ENOMEM. */
int exposition_new(struct exposition **ret);
struct exposition *exposition_free(struct exposition *exposition);
DEFINE_CLEANUP(struct exposition *, exposition_free);

/* Adds a sample; all of one name have one type and unit, and each has other labels, for which the caller sees to it. What there was
 * no memory for, exposition_write() tells. The texts are copied. */
void exposition_add(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                    const char *value);
void exposition_add_number(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                           double value);

/* The text of all that was added, in the order in which names came first; the caller frees it. -ENOMEM. */
int exposition_write(struct exposition *exposition, enum exposition_format format, char **ret, size_t *ret_n);
