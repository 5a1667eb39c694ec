#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "history/recorder.h"

/* --- names ------------------------------------------------------------------------------------ */

static unsigned find_name(char *const *names, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i + 1;
	return 0;
}

/* Its number; 0: there is no room. */
static unsigned add_name(char ***names, unsigned *n, unsigned most, const char *name)
{
	unsigned number = find_name(*names, *n, name);
	char **grown, *copy;

	if (number > 0 || *n == most || strlen(name) > RECORDER_NAME_MAX)
		return number;
	copy = strdup(name);
	grown = copy ? reallocarray(*names, *n + 1, sizeof *grown) : NULL;
	if (!grown) {
		free(copy);
		return 0;
	}
	*names = grown;
	grown[*n] = copy;
	return ++*n;
}

unsigned recorder_component(struct recorder *recorder, const char *name)
{
	return add_name(&recorder->components, &recorder->components_n, RECORDER_COMPONENTS_MAX, name);
}

unsigned recorder_word(struct recorder *recorder, const char *text)
{
	return add_name(&recorder->words, &recorder->words_n, RECORDER_WORDS_MAX, text);
}

const char *recorder_word_text(const struct recorder *recorder, unsigned number)
{
	return number > 0 && number <= recorder->words_n ? recorder->words[number - 1] : "";
}

const char *recorder_component_name(const struct recorder *recorder, unsigned number)
{
	return number > 0 && number <= recorder->components_n ? recorder->components[number - 1] : "";
}

/* --- series ----------------------------------------------------------------------------------- */

static struct series *find(const struct recorder *recorder, unsigned component, const char *property)
{
	for (unsigned i = 0; component > 0 && i < recorder->series_n; i++)
		if (recorder->series[i]->component == component && strcmp(recorder->series[i]->property, property) == 0)
			return recorder->series[i];
	return NULL;
}

struct series *recorder_find(const struct recorder *recorder, const char *component, const char *property)
{
	return find(recorder, find_name(recorder->components, recorder->components_n, component), property);
}

void series_free(struct series *series)
{
	if (!series)
		return;
	free(series->property);
	free(series->class);
	free(series->unit);
	free(series->fives);
	free(series);
}

static struct series *new_series(unsigned component, const struct series_about *about)
{
	struct series *series = calloc(1, sizeof *series);

	if (!series)
		return NULL;
	*series = (struct series){ .component = component, .type = about->type, .precision = about->precision,
		                   .state = SERIES_GAP };
	series->property = strdup(about->property);
	series->class = strdup(about->class);
	series->unit = strdup(about->unit);
	series->fives = about->type == 'd' ? calloc(WINDOW_FIVES, sizeof *series->fives) : NULL;
	if (series->property && series->class && series->unit && (series->fives || about->type != 'd'))
		return series;
	series_free(series);
	return NULL;
}

static bool fits(const struct series_about *about)
{
	return strlen(about->property) <= RECORDER_NAME_MAX && strlen(about->class) <= RECORDER_NAME_MAX &&
	       strlen(about->unit) <= RECORDER_NAME_MAX && strchr("dbs", about->type);
}

static struct series *add_series(struct recorder *recorder, unsigned component, const struct series_about *about)
{
	struct series **grown = reallocarray(recorder->series, recorder->series_n + 1, sizeof *grown);
	struct series *series;

	if (!grown)
		return NULL;
	recorder->series = grown;
	series = new_series(component, about);
	if (!series)
		return NULL;
	grown[recorder->series_n++] = series;
	series->id = recorder->series_n;
	series->since = recorder->time;
	return series;
}

/* What people see of it may be other than it was. */
static void describe(struct series *series, const struct series_about *about)
{
	char *class, *unit;

	if (strcmp(series->class, about->class) == 0 && strcmp(series->unit, about->unit) == 0 &&
	    series->precision == about->precision)
		return;
	class = strdup(about->class);
	unit = strdup(about->unit);
	if (!class || !unit) {
		free(class);
		free(unit);
		return;
	}
	free(series->class);
	free(series->unit);
	series->class = class;
	series->unit = unit;
	series->precision = about->precision;
	series->stored = false;
}

struct series *recorder_series(struct recorder *recorder, const struct series_about *about)
{
	unsigned component = recorder_component(recorder, about->component);
	struct series *series = find(recorder, component, about->property);

	if (component == 0 || !fits(about) || (series && series->type != about->type))
		return NULL;
	if (series)
		describe(series, about);
	else if (recorder->series_n < RECORDER_SERIES_MAX)
		series = add_series(recorder, component, about);
	return series;
}
