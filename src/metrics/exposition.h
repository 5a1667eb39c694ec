/* Metrics as text, in OpenMetrics 1.0 or Prometheus' older format (0.0.4), written without a library. Knows
 * nothing about rooms. https://prometheus.io/docs/specs/om/open_metrics_spec/ and
 * .../docs/instrumenting/exposition_formats/ */
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

/* The format that the header Accept asks for (its value, or NULL; RFC 9110, 12.5.1). OpenMetrics is sent only
 * to clients that name it. */
enum exposition_format exposition_accepted(const char *accept);

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER, /* its samples' names end in "_total" */
	METRIC_INFO,    /* "_info", and 1 */
};

struct metric {
	const char *name; /* without the suffix of its type; ends in its unit */
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

/* Adds a sample. The caller makes sure that all samples of one name have the same type and unit, and
 * different labels. If there is no memory, exposition_write() reports it. The texts are copied. */
void exposition_add(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                    const char *value);
void exposition_add_number(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                           double value);

/* The text of all samples, grouped by name, in the order in which the names were added; the caller frees it.
 * 0 or -ENOMEM. */
int exposition_write(struct exposition *exposition, enum exposition_format format, char **ret, size_t *ret_n);
