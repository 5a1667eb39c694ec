#define _GNU_SOURCE
#include "daemon/config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "daemon/config-check.h"
#include "config/files.h"
#include "config/option.h"
#include "util/cut.h"
#include "util/nearest.h"

#define WORDS_MAX 32

void *config_field(const struct config_component *component, const struct option *option)
{
	return config_section_field(&component->section, option);
}

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->n; i++) {
		config_section_free(&config->components[i].section);
		free(config->components[i].name);
	}
	free(config->components);
	config_text_free(&config->text);
	free(config);
	return NULL;
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
	int r;

	if (!grown)
		return -ENOMEM;
	config->components = grown;
	component = &grown[config->n++];
	*component = (struct config_component){ .class = class, .name = strdup(name) };
	r = config_section_init(&component->section, class->options, class->config_size, place);
	if (r < 0 || !component->name)
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

		if (!place->key) {
			r = open_section(config, place, errors, &component);
			if (r < 0)
				return r;
			continue;
		}
		if (!component && is_of_empty_room(config, place))
			config_error(errors, place, "expected no key in [" CONFIG_EMPTY_ROOM "]");
		if (component) /* else of a section that is wrong as a whole, which was said */
			config_section_assign(&component->section, place, errors);
	}
	return 0;
}

/* --- looking into it ------------------------------------------------------------------------- */

struct config_place config_place_of(const struct config_component *component, const struct option *option)
{
	return config_section_place_of(&component->section, option);
}

bool config_is_assigned(const struct config_component *component, const struct option *option)
{
	return config_section_is_assigned(&component->section, option);
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
	r = config_files_read(path, CONFIG_FILE, &config->text, errors);
	if (r >= 0)
		r = read_lines(config, errors);
	if (r < 0)
		return r;
	config_check(config, errors);
	if (errors->out_of_memory)
		return -ENOMEM;
	if (errors->n > 0)
		return errors->machines < 0 ? errors->machines : -EBADMSG;
	*ret = TAKE_PTR(config);
	return 0;
}

/* --- printing -------------------------------------------------------------------------------- */

void config_print(const struct config *config, FILE *stream)
{
	config_text_print_heading(&config->text, stream);
	if (config->n == 0)
		fputs(config->empty_room.file ? "\n[" CONFIG_EMPTY_ROOM "]\n"
		                              : "# No component is configured.\n",
		      stream);
	for (size_t i = 0; i < config->n; i++) {
		const struct config_component *component = &config->components[i];

		fprintf(stream, "\n[%s %s]\n", component->class->kind, component->name);
		config_section_print(&component->section, stream);
	}
}
