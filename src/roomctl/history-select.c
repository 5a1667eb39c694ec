#define _GNU_SOURCE
#include "roomctl/history-select.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "roomctl/resolve.h"
#include "util/nearest.h"

/* The component's kind in `buffer`, and its name. */
static struct component_id id_of(const struct history_series *series, char *buffer, size_t size)
{
	const char *slash = strchr(series->component, '/');
	size_t length = slash ? (size_t)(slash - series->component) : 0;

	length = length < size ? length : size - 1;
	memcpy(buffer, series->component, length);
	buffer[length] = '\0';
	return (struct component_id){ buffer, slash ? slash + 1 : series->component };
}

static bool is_meant(const struct history_series *series, const char *name)
{
	char kind[256];
	struct component_id id = id_of(series, kind, sizeof kind);

	return resolve_matches(name, &id);
}

/* Whether the property is one of the words. */
static bool is_wanted(const struct history_series *series, const char *properties)
{
	size_t length = strlen(series->property);

	if (!properties)
		return true;
	for (const char *word = properties; *word; word += strcspn(word, ","), word += *word == ',')
		if (strcspn(word, ",") == length && strncasecmp(word, series->property, length) == 0)
			return true;
	return false;
}

/* Moves series to the front that are meant, behind the `n` that are there already. How many there are then. */
static size_t gather(struct history *history, size_t n, const char *name)
{
	for (size_t i = n; i < history->n; i++) {
		struct history_series series = history->series[i];

		if (!is_meant(&series, name))
			continue;
		memmove(&history->series[n + 1], &history->series[n], (i - n) * sizeof series);
		history->series[n++] = series;
	}
	return n;
}

static void drop(struct history *history, size_t i)
{
	struct history single = { .series = malloc(sizeof *single.series), .n = 1 };

	if (single.series) {
		single.series[0] = history->series[i];
		history_deinit(&single);
	}
	history->n--;
	memmove(&history->series[i], &history->series[i + 1], (history->n - i) * sizeof *history->series);
}

static bool means_any(const struct history *history, const char *name)
{
	for (size_t i = 0; i < history->n; i++)
		if (is_meant(&history->series[i], name))
			return true;
	return false;
}

/* One of the words is none of the properties of what was chosen; NULL: each is one. To be freed. */
static char *unknown_property(const struct history *history, const char *properties)
{
	for (const char *word = properties; word && *word; word += strcspn(word, ","), word += *word == ',') {
		char *single = strndup(word, strcspn(word, ","));
		bool found = false;

		for (size_t i = 0; single && i < history->n; i++)
			found |= is_wanted(&history->series[i], single) && *single;
		if (!found)
			return single;
		free(single);
	}
	return NULL;
}

static enum status no_property(const struct history *history, const char *property)
{
	_cleanup_(cleanup_free) const char **names = calloc(history->n + 1, sizeof *names);
	const char *nearest;

	if (!names)
		return say_no_memory();
	for (size_t i = 0; i < history->n; i++)
		names[i] = history->series[i].property;
	nearest = nearest_word(property, names, history->n);
	return say(STATUS_NO_COMPONENT, "--property=%s: there is no history of this property; %s%s%s", property,
	           nearest ? "did you mean '" : "there is one of '", nearest ? nearest : names[0], nearest ? "'?" : "'");
}

enum status history_select(struct history *history, char *const *names, const char *properties, const char **ret_unknown)
{
	_cleanup_(cleanup_free) char *unknown = NULL;
	size_t n = 0;

	*ret_unknown = NULL;
	for (; *names; names++) {
		if (!means_any(history, *names)) {
			*ret_unknown = *names;
			return STATUS_NO_COMPONENT;
		}
		n = gather(history, n, *names);
	}
	while (history->n > n)
		drop(history, history->n - 1);
	unknown = unknown_property(history, properties);
	if (unknown)
		return no_property(history, unknown);
	for (size_t i = history->n; i > 0; i--)
		if (!is_wanted(&history->series[i - 1], properties))
			drop(history, i - 1);
	return STATUS_DONE;
}

enum status history_say_unknown(const struct history *history, const char *name)
{
	_cleanup_(cleanup_free) struct component_id *ids = calloc(history->n + 1, sizeof *ids);
	_cleanup_(cleanup_free) char(*kinds)[256] = calloc(history->n + 1, sizeof *kinds), *nearest = NULL;

	if (!ids || !kinds)
		return say_no_memory();
	for (size_t i = 0; i < history->n; i++)
		ids[i] = id_of(&history->series[i], kinds[i], sizeof kinds[i]);
	nearest = resolve_suggest(name, ids, history->n);
	if (history->n == 0)
		return say(STATUS_NO_COMPONENT, "there is no component '%s', and no history yet; it begins when roomd runs", name);
	return say(STATUS_NO_COMPONENT, "there is no component '%s', and no history of one%s%s%s", name,
	           nearest ? "; did you mean '" : "; 'roomctl list' shows all", nearest ? nearest : "",
	           nearest ? "'?" : "");
}

static bool was_on_or_had_words(const struct history_series *series)
{
	for (size_t i = 0; i < series->n; i++)
		if (series->points[i].state == HISTORY_KNOWN &&
		    (series->points[i].on_usec > 0 || (series->points[i].text && *series->points[i].text)))
			return true;
	return false;
}

static bool is_dull(const struct history_series *series)
{
	if (series->type == 'd')
		return false;
	if (strcmp(series->class, "available") == 0)
		return true;
	return (series->type == 's' || strcmp(series->class, "problem") == 0) && !was_on_or_had_words(series);
}

void history_drop_dull(struct history *history)
{
	bool any = false;

	for (size_t i = 0; i < history->n; i++)
		any |= !is_dull(&history->series[i]);
	for (size_t i = history->n; any && i > 0; i--)
		if (is_dull(&history->series[i - 1]))
			drop(history, i - 1);
}
