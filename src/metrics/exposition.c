#define _GNU_SOURCE
#include "metrics/exposition.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More digits would only show how doubles are stored. */
#define NUMBER "%.15g"

struct family {
	char *name, *unit, *help;
	enum metric_type type;
	FILE *stream; /* of the samples, until they are written */
	char *samples;
	size_t samples_n;
};

struct exposition {
	struct family **families;
	size_t n, size;
	bool failed; /* there was no memory */
};

static const char *const suffixes[] = {
	[METRIC_GAUGE] = "",
	[METRIC_COUNTER] = "_total",
	[METRIC_INFO] = "_info",
};

/* --- families -------------------------------------------------------------------------------- */

static struct family *family_free(struct family *family)
{
	if (!family)
		return NULL;
	if (family->stream)
		fclose(family->stream);
	free(family->samples);
	free(family->name);
	free(family->unit);
	free(family->help);
	free(family);
	return NULL;
}
DEFINE_CLEANUP(struct family *, family_free);

static struct family *find_family(const struct exposition *exposition, const char *name)
{
	for (size_t i = 0; i < exposition->n; i++)
		if (strcmp(exposition->families[i]->name, name) == 0)
			return exposition->families[i];
	return NULL;
}

static bool make_room(struct exposition *exposition)
{
	size_t size = exposition->size ? 2 * exposition->size : 32;
	struct family **grown;

	if (exposition->n < exposition->size)
		return true;
	grown = reallocarray(exposition->families, size, sizeof(*grown));
	if (!grown)
		return false;
	exposition->families = grown;
	exposition->size = size;
	return true;
}

/* NULL: no memory. */
static struct family *add_family(struct exposition *exposition, const struct metric *metric)
{
	_cleanup_(family_freep) struct family *family = calloc(1, sizeof *family);

	if (!family || !make_room(exposition))
		return NULL;
	family->name = strdup(metric->name);
	family->unit = strdup(metric->unit);
	family->help = strdup(metric->help);
	family->type = metric->type;
	family->stream = open_memstream(&family->samples, &family->samples_n);
	if (!family->name || !family->unit || !family->help || !family->stream)
		return NULL;
	return exposition->families[exposition->n++] = TAKE_PTR(family);
}

int exposition_new(struct exposition **ret)
{
	*ret = calloc(1, sizeof **ret);
	return *ret ? 0 : -ENOMEM;
}

struct exposition *exposition_free(struct exposition *exposition)
{
	if (!exposition)
		return NULL;
	for (size_t i = 0; i < exposition->n; i++)
		family_free(exposition->families[i]);
	free(exposition->families);
	free(exposition);
	return NULL;
}

/* --- samples --------------------------------------------------------------------------------- */

/* As both formats have the value of a label. A help of the older one has no escape for a quotation mark. */
static void write_escaped(FILE *stream, const char *text, bool quotes)
{
	for (; *text; text++)
		if (*text == '\n')
			fputs("\\n", stream);
		else if (*text == '\\')
			fputs("\\\\", stream);
		else if (*text == '"' && quotes)
			fputs("\\\"", stream);
		else
			fputc(*text, stream);
}

static void write_labels(FILE *stream, const struct label *labels, size_t n)
{
	const char *before = "{";

	for (size_t i = 0; i < n; i++) {
		if (!*labels[i].value)
			continue;
		fprintf(stream, "%s%s=\"", before, labels[i].name);
		write_escaped(stream, labels[i].value, true);
		fputc('"', stream);
		before = ",";
	}
	if (*before == ',')
		fputc('}', stream);
}

void exposition_add(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                    const char *value)
{
	struct family *family = find_family(exposition, metric->name);

	if (!family)
		family = add_family(exposition, metric);
	if (!family) {
		exposition->failed = true;
		return;
	}
	fprintf(family->stream, "%s%s", family->name, suffixes[family->type]);
	write_labels(family->stream, labels, n);
	fprintf(family->stream, " %s\n", value);
}

void exposition_add_number(struct exposition *exposition, const struct metric *metric, const struct label *labels, size_t n,
                           double value)
{
	char text[40];

	snprintf(text, sizeof text, NUMBER, value + 0.0); /* no "-0" */
	exposition_add(exposition, metric, labels, n, text);
}

/* --- the text -------------------------------------------------------------------------------- */

/* In the older format a family is called as its samples are, and an info is a gauge. */
static void write_head(FILE *stream, const struct family *family, enum exposition_format format)
{
	static const char *const types[] = { [METRIC_GAUGE] = "gauge", [METRIC_COUNTER] = "counter", [METRIC_INFO] = "info" };
	bool is_new = format == EXPOSITION_OPENMETRICS;
	const char *suffix = is_new ? "" : suffixes[family->type];
	const char *type = !is_new && family->type == METRIC_INFO ? "gauge" : types[family->type];

	fprintf(stream, "# HELP %s%s ", family->name, suffix);
	write_escaped(stream, family->help, is_new);
	fprintf(stream, "\n# TYPE %s%s %s\n", family->name, suffix, type);
	if (is_new && *family->unit)
		fprintf(stream, "# UNIT %s %s\n", family->name, family->unit);
}

/* False: no memory. */
static bool write_family(FILE *stream, struct family *family, enum exposition_format format)
{
	if (fflush(family->stream) != 0)
		return false;
	write_head(stream, family, format);
	return fwrite(family->samples, 1, family->samples_n, stream) == family->samples_n;
}

int exposition_write(struct exposition *exposition, enum exposition_format format, char **ret, size_t *ret_n)
{
	_cleanup_(cleanup_free) char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	bool whole = stream && !exposition->failed;

	for (size_t i = 0; whole && i < exposition->n; i++)
		whole = write_family(stream, exposition->families[i], format);
	if (stream && format == EXPOSITION_OPENMETRICS)
		fputs("# EOF\n", stream);
	if (!stream || fclose(stream) != 0 || !whole)
		return -ENOMEM;
	*ret = TAKE_PTR(text);
	*ret_n = n;
	return 0;
}
