#define _GNU_SOURCE
#include "config/section.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "util/cut.h"
#include "util/nearest.h"

#define WORDS_MAX 32
#define EXPECTED_SIZE 256
#define LIST_WIDTH 150

void *config_section_field(const struct config_section *section, const struct option *option)
{
	return (char *)section->values + option->offset;
}

/* --- reading one value ----------------------------------------------------------------------- */

/* Reads `text` into the field, or adds it there; the field keeps its value if that fails. */
static int set_value(struct config_section *section, const struct option *option, const char *text,
                     bool append)
{
	_Alignas(max_align_t) char value[OPTION_SIZE_MAX] = { 0 };
	void *field = config_section_field(section, option);
	int r;

	if (!*text && !option->default_text)
		return -EINVAL;
	/* Nothing at all means what the default is when that is nothing too. */
	if (!*text && *option->default_text)
		text = option->default_text;
	r = option->type->parse(option, text, value);
	if (r < 0)
		return r;
	if (append && *text) {
		r = option->type->append(field, value);
		if (r < 0)
			option->type->release(value);
		return r;
	}
	if (option->type->release)
		option->type->release(field);
	memcpy(field, value, option->type->size);
	return 0;
}

/* The value of what was taken back. */
static const char taken_back[] = "";

/* Takes back what an earlier file has assigned. Whether it may be missing is seen when all has been read. */
static void take_back(struct config_section *section, const struct option *option, const struct config_place *place,
                      struct config_errors *errors)
{
	struct config_place *assigned = &section->assigned[option - section->options];
	void *field = config_section_field(section, option);

	*assigned = *place;
	assigned->value = taken_back;
	if (option->type->release)
		option->type->release(field);
	memset(field, 0, option->type->size);
	if (option->default_text && set_value(section, option, option->default_text, false) == -ENOMEM)
		errors->out_of_memory = true;
}

static void assign(struct config_section *section, const struct option *option, const struct config_place *place,
                   struct config_errors *errors)
{
	struct config_place *assigned = &section->assigned[option - section->options];
	bool again = assigned->file && strcmp(assigned->file, place->file) == 0;
	char expected[EXPECTED_SIZE];
	int r;

	if (again && !option->type->append) {
		config_error(errors, place, "expected %s= once; it is set in line %u already", option->key,
		             assigned->line);
		return;
	}
	if (!*place->value && assigned->file && !again) {
		take_back(section, option, place, errors);
		return;
	}
	*assigned = *place;
	r = set_value(section, option, place->value, again);
	if (r == -ENOMEM) {
		errors->out_of_memory = true;
	} else if (r < 0) {
		option_describe(option, expected, sizeof expected);
		config_error(errors, place, "expected %s", expected);
	}
}

static void unknown_key(const struct option *options, const struct config_place *place, struct config_errors *errors)
{
	const char *keys[WORDS_MAX], *nearest;
	char all[512] = "";
	size_t n = 0;

	for (; options[n].key && n < WORDS_MAX; n++) {
		keys[n] = options[n].key;
		cut_add(all, sizeof all, "%s", keys[n]);
	}
	nearest = nearest_word(place->key, keys, n);
	if (nearest)
		config_error(errors, place, "unknown key; did you mean %s=?", nearest);
	else
		config_error(errors, place, "unknown key; expected one of %s", all);
}

void config_section_assign(struct config_section *section, const struct config_place *place,
                           struct config_errors *errors)
{
	const struct option *option = option_find(section->options, place->key);

	if (option)
		assign(section, option, place, errors);
	else
		unknown_key(section->options, place, errors);
}

/* --- all of them ----------------------------------------------------------------------------- */

static size_t count(const struct option *options)
{
	size_t n = 0;

	while (options[n].key)
		n++;
	return n;
}

int config_section_init(struct config_section *section, const struct option *options, size_t size,
                        const struct config_place *place)
{
	*section = (struct config_section){
		.options = options,
		.values = calloc(1, size),
		.place = *place,
		.assigned = calloc(count(options) + 1, sizeof *section->assigned),
	};
	if (!section->values || !section->assigned)
		return -ENOMEM;
	for (const struct option *option = options; option->key; option++)
		if (option->default_text && set_value(section, option, option->default_text, false) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

void config_section_free(struct config_section *section)
{
	for (const struct option *option = section->options; section->values && option->key; option++)
		if (option->type->release)
			option->type->release(config_section_field(section, option));
	free(section->values);
	free(section->assigned);
}

/* The key that may be given in the place of this one; NULL: none. */
static const char *alternative_of(const struct config_section *section, const struct option *option)
{
	bool has = option->not_with && option_find(section->options, option->not_with);

	return has ? option->not_with : NULL;
}

static bool has_value(const struct config_section *section, const struct option *option)
{
	return config_section_is_assigned(section, option) && *config_section_place_of(section, option).value;
}

static void check_required(const struct config_section *section, const struct option *option,
                           struct config_errors *errors)
{
	struct config_place place = config_section_place_of(section, option);
	const char *other = alternative_of(section, option);
	char expected[EXPECTED_SIZE];

	if (option->default_text || config_section_excluded_by(section, option))
		return;
	option_describe(option, expected, sizeof expected);
	if (place.value == taken_back)
		config_error(errors, &place, "expected %s", expected);
	else if (!config_section_is_assigned(section, option))
		config_error(errors, &section->place, "%s= is missing; expected %s%s%s%s", option->key, expected,
		             other ? "; or " : "", other ? other : "", other ? "=" : "");
}

static void check_excluded(const struct config_section *section, const struct option *option,
                           struct config_errors *errors)
{
	const struct option *other = config_section_excluded_by(section, option);
	struct config_place place = config_section_place_of(section, option), others;

	if (!other || !has_value(section, option))
		return;
	if (option->default_text && other->not_with && strcmp(other->not_with, option->key) == 0) /* said of that one */
		return;
	others = config_section_place_of(section, other);
	if (option->default_text)
		config_error(errors, &place, "expected it not to be set beside %s= (%s:%u), with which it has no meaning",
		             other->key, others.file, others.line);
	else
		config_error(errors, &place, "expected either %s= or %s= (%s:%u)", option->key, other->key, others.file,
		             others.line);
}

void config_section_check(const struct config_section *section, struct config_errors *errors)
{
	for (const struct option *option = section->options; option->key; option++) {
		check_required(section, option, errors);
		check_excluded(section, option, errors);
	}
}

const struct option *config_section_excluded_by(const struct config_section *section, const struct option *option)
{
	const struct option *other = option->not_with ? option_find(section->options, option->not_with) : NULL;

	return other && has_value(section, other) ? other : NULL;
}

bool config_section_is_assigned(const struct config_section *section, const struct option *option)
{
	return section->assigned[option - section->options].file;
}

struct config_place config_section_place_of(const struct config_section *section, const struct option *option)
{
	struct config_place place = section->assigned[option - section->options];

	if (!place.file) {
		place = section->place;
		place.key = option->key;
		place.value = option->default_text;
	}
	return place;
}

/* --- printing -------------------------------------------------------------------------------- */

/* A list that is too long for a line goes on in the next one, under the same key. */
static void print_value(FILE *stream, const struct option *option, const char *value)
{
	while (option->type->append && strlen(value) > LIST_WIDTH) {
		int length = LIST_WIDTH;

		while (length > 1 && value[length] != ' ')
			length--;
		fprintf(stream, "%s=%.*s\n", option->key, length, value);
		value += length + 1;
	}
	fprintf(stream, "%s=%s\n", option->key, value);
}

void config_section_print(const struct config_section *section, FILE *stream)
{
	for (const struct option *option = section->options; option->key; option++) {
		char value[CONFIG_VALUE_SIZE];

		if (config_section_excluded_by(section, option))
			continue;
		option->type->format(option, config_section_field(section, option), value, sizeof value);
		print_value(stream, option, value);
	}
}
