#define _GNU_SOURCE
#include "metrics/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "util/snake.h"

/* The property of a sensor that is what it measures: called by its quantity. */
#define MEASURED "Value"

/* Says whether the device is there; it is a metric of its own (render.c). */
#define AVAILABLE "Available"

/* Texts that every kind has (org.roomd1(5), COMPONENTS): labels, or free texts. */
static const char *const common[] = { "Name", "Kind", "Location", AVAILABLE, "Reason", "Summary" };

/* Ends of names that only other types may have. */
static const char *const reserved[] = { "_total", "_info", "_count", "_sum", "_bucket", "_created" };

/* --- what it is ------------------------------------------------------------------------------ */

static bool is_common(const char *property)
{
	for (size_t i = 0; i < ELEMENTS(common); i++)
		if (strcmp(common[i], property) == 0)
			return true;
	return false;
}

/* False: it is none of a metric's business. */
static bool classify(const struct json_object *property, enum source_what *ret)
{
	const char *type = member_text(property, "type");

	if (is_common(member_text(property, "name")))
		return false;
	if (strcmp(type, "b") == 0)
		*ret = SOURCE_SWITCH;
	else if (strcmp(type, "d") == 0)
		*ret = SOURCE_NUMBER;
	else if (strcmp(type, "t") == 0)
		*ret = *member_text(property, "clock") ? SOURCE_MOMENT : SOURCE_COUNT;
	else if (strcmp(type, "s") == 0)
		*ret = SOURCE_WORD;
	else
		return false;
	return true;
}

/* --- what it is called ----------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), end_n = strlen(end);

	return n >= end_n && strcmp(text + n - end_n, end) == 0;
}

/* "ReadAt" is "read", as it ends in "timestamp" anyway. */
static void take_off_at(const struct metric_source *source, char *words)
{
	if (source->what == SOURCE_MOMENT && ends_in(words, "_at"))
		words[strlen(words) - strlen("_at")] = '\0';
}

/* What is measured, in words with "_" between them. */
static void name_thing(const struct metric_source *source, const struct json_object *property, char *buffer, size_t size)
{
	const char *class = member_text(property, "class");
	char snake[METRIC_UNIT_SIZE];

	if (source->what == SOURCE_NUMBER && strcmp(source->property, MEASURED) == 0 && *class)
		snake_case(class, snake, sizeof snake);
	else
		snake_case(source->property, snake, sizeof snake);
	metric_name_make(snake, buffer, size);
	take_off_at(source, buffer);
	if (!*buffer)
		snprintf(buffer, size, "value");
}

static const char *end_of_name(const struct metric_source *source)
{
	return source->what == SOURCE_MOMENT ? "timestamp_seconds" : source->unit.name;
}

/* A name that ends as only other types' may: it gets another end, which is no unit. */
static void shun_reserved(struct metric_source *source)
{
	for (size_t i = 0; i < ELEMENTS(reserved); i++)
		if (ends_in(source->name, reserved[i])) {
			strncat(source->name, "_value", sizeof source->name - strlen(source->name) - 1);
			source->unit.name[0] = '\0';
		}
}

/* `kind`: in snake case, to tell it from another one's; "": none. */
static void set_name(struct metric_source *source, const char *kind, const char *thing)
{
	const char *end = end_of_name(source);

	snprintf(source->name, sizeof source->name, "roomd_%s%s%s%s%s", kind, *kind ? "_" : "", thing, *end ? "_" : "", end);
	shun_reserved(source);
}

/* One metric cannot have both, or two values of one component. */
static bool clashes(const struct metric_source *a, const struct metric_source *b)
{
	return strcmp(a->name, b->name) == 0 && (a->kind == b->kind || a->what != b->what);
}

static bool clashes_with_any(const struct metric_table *table, const struct metric_source *source)
{
	for (size_t i = 0; i < table->n; i++)
		if (clashes(&table->sources[i], source))
			return true;
	return false;
}

static void name_source(const struct metric_table *table, struct metric_source *source, const struct json_object *property)
{
	char thing[METRIC_UNIT_SIZE], kind[METRIC_UNIT_SIZE], both[2 * METRIC_UNIT_SIZE], last[METRIC_UNIT_SIZE];

	name_thing(source, property, thing, sizeof thing);
	set_name(source, "", thing);
	if (!clashes_with_any(table, source))
		return;
	metric_name_make(member_text(member_of(table->kinds, source->kind), "path"), kind, sizeof kind);
	set_name(source, kind, thing);
	if (!clashes_with_any(table, source))
		return;
	snprintf(both, sizeof both, "%s_%s", thing, metric_name_make(source->property, last, sizeof last));
	set_name(source, kind, both);
}

/* --- what is said of it ---------------------------------------------------------------------- */

static void set_help(struct metric_source *source, const struct json_object *property)
{
	static const char *const words[] = {
		[SOURCE_SWITCH] = "1 if true, 0 if not",
		[SOURCE_NUMBER] = "a number",
		[SOURCE_COUNT] = "the number so far",
		[SOURCE_MOMENT] = "in seconds since 1970; absent if there is no such time",
		[SOURCE_WORD] = "1, with the present word in the label state",
	};
	const char *class = member_text(property, "class");
	const char *unit = source->what == SOURCE_NUMBER ? source->unit.name : "";

	snprintf(source->help, sizeof source->help, "%.60s%s%.60s%s of components: %s%s (org.roomd1(5)).", source->property,
	         *class ? " (" : "", class, *class ? ")" : "", *unit ? "in " : words[source->what], unit);
}

/* --- the table ------------------------------------------------------------------------------- */

static int add_source(struct metric_table *table, const char *kind, const struct json_object *property)
{
	struct metric_source source = { .kind = kind, .property = member_text(property, "name") };
	struct metric_source *grown;

	if (!*source.property || !classify(property, &source.what))
		return 0;
	grown = reallocarray(table->sources, table->n + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	table->sources = grown;
	source.monotonic = strcmp(member_text(property, "clock"), "monotonic") == 0;
	source.diagnostic = member_bool(property, "diagnostic");
	source.unit = metric_unit_of(source.what == SOURCE_NUMBER ? member_text(property, "unit") : "");
	name_source(table, &source, property);
	set_help(&source, property);
	table->sources[table->n++] = source;
	return 0;
}

static int add_kind(struct metric_table *table, const char *kind, const struct json_object *description)
{
	struct json_object *properties = member_of(description, "properties");
	size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = add_source(table, kind, json_object_array_get_idx(properties, i));
	return r;
}

int metric_table_new(struct json_object *kinds, struct metric_table **ret)
{
	_cleanup_(metric_table_freep) struct metric_table *table = calloc(1, sizeof *table);
	int r = 0;

	if (!table)
		return -ENOMEM;
	table->kinds = json_object_get(kinds);
	if (json_object_is_type(kinds, json_type_object)) {
		json_object_object_foreach(kinds, kind, description)
		{
			r = r < 0 ? r : add_kind(table, kind, description);
		}
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(table);
	return 0;
}

struct metric_table *metric_table_free(struct metric_table *table)
{
	if (!table)
		return NULL;
	json_free(table->kinds);
	free(table->sources);
	free(table);
	return NULL;
}

struct metric metric_of_source(const struct metric_source *source)
{
	return (struct metric){
		.name = source->name,
		.type = source->what == SOURCE_COUNT ? METRIC_COUNTER : METRIC_GAUGE,
		.unit = source->what == SOURCE_MOMENT ? "seconds" : source->unit.name,
		.help = source->help,
	};
}
