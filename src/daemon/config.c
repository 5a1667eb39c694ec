#define _GNU_SOURCE
#include "daemon/config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "daemon/config-check.h"
#include "daemon/config-files.h"
#include "daemon/option.h"
#include "util/cut.h"
#include "util/nearest.h"

#define WORDS_MAX 32
#define VALUE_TEXT_SIZE 256
#define LIST_WIDTH 150

static size_t count_options(const struct component_class *class)
{
	size_t n = 0;

	while (class->options[n].key)
		n++;
	return n;
}

void *config_field(const struct config_component *component, const struct option *option)
{
	return (char *)component->values + option->offset;
}

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->n; i++) {
		struct config_component *component = &config->components[i];

		for (const struct option *option = component->class->options;
		     component->values && option->key; option++)
			if (option->type->release)
				option->type->release(config_field(component, option));
		free(component->values);
		free(component->assigned);
		free(component->name);
	}
	free(config->components);
	config_text_free(&config->text);
	free(config);
	return NULL;
}

/* --- reading one value ----------------------------------------------------------------------- */

/* Reads `text` into the field, or adds it there; the field keeps its value if that fails. */
static int set_value(struct config_component *component, const struct option *option, const char *text,
                     bool append)
{
	_Alignas(max_align_t) char value[OPTION_SIZE_MAX] = { 0 };
	void *field = config_field(component, option);
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

/* In one file a key stands once, unless its value is a list, which then goes on; another file begins anew. */
static void assign(struct config_component *component, const struct option *option,
                   const struct config_place *place, struct config_errors *errors)
{
	struct config_place *assigned = &component->assigned[option - component->class->options];
	bool again = assigned->file && strcmp(assigned->file, place->file) == 0;
	char expected[VALUE_TEXT_SIZE];

	if (again && !option->type->append) {
		config_error(errors, place, "expected %s= once; it is set in line %u already", option->key,
		             assigned->line);
		return;
	}
	*assigned = *place;
	if (set_value(component, option, place->value, again) < 0) {
		option_describe(option, expected, sizeof expected);
		config_error(errors, place, "expected %s", expected);
	}
}

static void unknown_key(const struct component_class *class, const struct config_place *place,
                        struct config_errors *errors)
{
	const char *keys[WORDS_MAX], *nearest;
	char all[512] = "";
	size_t n = 0;

	for (; class->options[n].key && n < WORDS_MAX; n++) {
		keys[n] = class->options[n].key;
		cut_add(all, sizeof all, "%s", keys[n]);
	}
	nearest = nearest_word(place->key, keys, n);
	if (nearest)
		config_error(errors, place, "unknown key; did you mean %s=?", nearest);
	else
		config_error(errors, place, "unknown key; expected one of %s", all);
}

/* --- sections -------------------------------------------------------------------------------- */

static void unknown_kind(const char *kind, const struct config_place *place, struct config_errors *errors)
{
	const char *kinds[WORDS_MAX], *nearest;
	char all[256] = "";
	size_t n = 0;

	for (; component_classes[n] && n < WORDS_MAX; n++) {
		kinds[n] = component_classes[n]->kind;
		cut_add(all, sizeof all, "%s", kinds[n]);
	}
	nearest = nearest_word(kind, kinds, n);
	if (nearest)
		config_error(errors, place, "unknown kind; did you mean [%s ...]?", nearest);
	else
		config_error(errors, place, "unknown kind; expected one of %s", all);
}

static struct config_component *find_component(const struct config *config,
                                               const struct component_class *class, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (config->components[i].class == class && strcmp(config->components[i].name, name) == 0)
			return &config->components[i];
	return NULL;
}

static int add_component(struct config *config, const struct component_class *class, const char *name,
                         const struct config_place *place, struct config_component **ret)
{
	struct config_component *grown = reallocarray(config->components, config->n + 1, sizeof *grown);
	struct config_component *component;

	if (!grown)
		return -ENOMEM;
	config->components = grown;
	component = &grown[config->n++];
	*component = (struct config_component){
		.class = class,
		.name = strdup(name),
		.values = calloc(1, class->config_size),
		.place = *place,
		.assigned = calloc(count_options(class), sizeof *component->assigned),
	};
	if (!component->name || !component->values || !component->assigned)
		return -ENOMEM;
	for (const struct option *option = class->options; option->key; option++)
		if (option->default_text &&
		    set_value(component, option, option->default_text, false) == -ENOMEM)
			return -ENOMEM;
	*ret = component;
	return 0;
}

static void open_empty_room(struct config *config, const struct config_place *place, const char *name,
                            struct config_errors *errors)
{
	if (strcmp(name, CONFIG_EMPTY_NAME) != 0)
		config_error(errors, place, "expected [" CONFIG_EMPTY_ROOM "] or [Kind name]");
	else
		config->empty_room = *place;
}

/* The component that a header names, made if it is new. 0 with NULL: the header is wrong, which is said, or
 * has no component. */
static int open_section(struct config *config, const struct config_place *place, struct config_errors *errors,
                        struct config_component **ret)
{
	_cleanup_(cleanup_free) char *text = strdup(place->section);
	const struct component_class *class;
	char *kind, *name, *rest, *state;

	*ret = NULL;
	if (!text)
		return -ENOMEM;
	kind = strtok_r(text, " \t", &state);
	name = strtok_r(NULL, " \t", &state);
	rest = strtok_r(NULL, " \t", &state);
	if (kind && strcmp(kind, CONFIG_EMPTY) == 0) {
		open_empty_room(config, place, name && !rest ? name : "", errors);
		return 0;
	}
	class = kind ? component_class_find(kind) : NULL;
	if (kind && !class) {
		unknown_kind(kind, place, errors);
		return 0;
	}
	if (!name || rest || !option_name_is_valid(name)) {
		config_error(errors, place,
		             "expected [Kind name], the name being up to %d letters, digits, \"_\" and "
		             "\"-\", a letter or digit first",
		             OPTION_NAME_MAX);
		return 0;
	}
	*ret = find_component(config, class, name);
	return *ret ? 0 : add_component(config, class, name, place, ret);
}

/* The last header was that of an empty room; its keys are in the same section. */
static bool is_of_empty_room(const struct config *config, const struct config_place *place)
{
	return config->empty_room.file && strcmp(config->empty_room.section, place->section) == 0;
}

static int read_lines(struct config *config, struct config_errors *errors)
{
	struct config_component *component = NULL;
	int r;

	for (size_t i = 0; i < config->text.lines_n; i++) {
		const struct config_place *place = &config->text.lines[i].place;
		const struct option *option;

		if (!place->key) {
			r = open_section(config, place, errors, &component);
			if (r < 0)
				return r;
			continue;
		}
		if (!component && is_of_empty_room(config, place))
			config_error(errors, place, "expected no key in [" CONFIG_EMPTY_ROOM "]");
		if (!component) /* of a section that is wrong as a whole, which was said */
			continue;
		option = option_find(component->class->options, place->key);
		if (option)
			assign(component, option, place, errors);
		else
			unknown_key(component->class, place, errors);
	}
	return 0;
}

/* --- looking into it ------------------------------------------------------------------------- */

struct config_place config_place_of(const struct config_component *component, const struct option *option)
{
	struct config_place place = component->assigned[option - component->class->options];

	if (!place.file) {
		place = component->place;
		place.key = option->key;
		place.value = option->default_text;
	}
	return place;
}

bool config_is_assigned(const struct config_component *component, const struct option *option)
{
	return component->assigned[option - component->class->options].file;
}

const struct option *config_excluded_by(const struct config_component *component, const struct option *option)
{
	const struct option *other =
		option->not_with ? option_find(component->class->options, option->not_with) : NULL;

	return other && config_is_assigned(component, other) && *config_place_of(component, other).value ? other : NULL;
}

const struct config_component *config_find(const struct config *config, const char *kind, const char *name)
{
	return find_component(config, component_class_find(kind), name);
}

/* --- all of it ------------------------------------------------------------------------------- */

int config_load(const char *path, struct config **ret, struct config_errors *errors)
{
	_cleanup_(config_freep) struct config *config = calloc(1, sizeof *config);
	int r;

	if (!config)
		return -ENOMEM;
	r = config_files_read(path, &config->text, errors);
	if (r >= 0)
		r = read_lines(config, errors);
	if (r < 0)
		return r;
	config_check(config, errors);
	if (errors->out_of_memory)
		return -ENOMEM;
	if (errors->n > 0)
		return -EBADMSG;
	*ret = TAKE_PTR(config);
	return 0;
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

void config_print(const struct config *config, FILE *stream)
{
	fputs("# The effective configuration", stream);
	for (size_t i = 0; i < config->text.files_n; i++)
		fprintf(stream, "%s%s", i ? ", " : " of ", config->text.files[i]);
	fputc('\n', stream);
	if (config->n == 0)
		fputs(config->empty_room.file ? "\n[" CONFIG_EMPTY_ROOM "]\n"
		                              : "# No component is configured.\n",
		      stream);
	for (size_t i = 0; i < config->n; i++) {
		const struct config_component *component = &config->components[i];

		fprintf(stream, "\n[%s %s]\n", component->class->kind, component->name);
		for (const struct option *option = component->class->options; option->key; option++) {
			char value[CONFIG_VALUE_SIZE];

			if (config_excluded_by(component, option))
				continue;
			option->type->format(option, config_field(component, option), value, sizeof value);
			print_value(stream, option, value);
		}
	}
}
