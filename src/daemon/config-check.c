#include "daemon/config-check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config-conditions.h"
#include "config/files.h"
#include "config/option.h"
#include "io/gpio.h"
#include "util/nearest.h"
#include "util/problem.h"
#include "util/snake.h"

#define KIND_SIZE 64

/* What is of another kind at the other hub has other values and other words. */
static void check_remote(const struct config_component *component, const struct option *option,
                         struct config_errors *errors)
{
	const char *remote = *(char **)config_field(component, option);
	struct config_place place = config_place_of(component, option);
	char kind[KIND_SIZE];

	if (remote && !option_remote_is_of(remote, component->class->kind))
		config_error(errors, &place, "expected a sensor of the same kind, HUB/%s/name",
		             snake_case(component->class->kind, kind, sizeof kind));
}

static int load(const struct config_component *component, struct problem *problem)
{
	return component->class->load ? component->class->load(component->class, component->section.values, problem) : 0;
}

/* What it needs before it can be checked. It is missing once, whatever number of components need it. */
static bool load_libraries(const struct config *config, const struct config_component *component,
                           struct config_errors *errors)
{
	const struct config_component *first = config->components;
	struct problem problem, same;
	int r;

	r = load(component, &problem);
	if (r >= 0)
		return true;
	if (r == -ENOMEM) {
		errors->out_of_memory = true;
		return false;
	}
	while (first != component && (load(first, &same) >= 0 || strcmp(same.text, problem.text) != 0))
		first++;
	if (first == component)
		config_error(errors, &component->section.place, "%s", problem.text);
	return false;
}

static void check_combination(const struct config_component *component, struct config_errors *errors)
{
	const struct option *option;
	struct config_place place;
	struct problem problem;
	const char *key = NULL;

	if (!component->class->check || component->class->check(component->class, component->section.values, &key, &problem) >= 0)
		return;
	option = option_find(component->class->options, key);
	place = config_place_of(component, option);
	config_error(errors, &place, "expected %s%s", problem.text,
	             config_is_assigned(component, option)                ? ""
	             : option->default_text && !*option->default_text ? "; it is not set here"
	                                                              : "; it is not set here, this is the default");
}

static void unknown_peer(const struct config *config, const struct config_place *place, const char *kind,
                         const char *name, struct config_errors *errors)
{
	_cleanup_(cleanup_free) const char **names = calloc(config->n, sizeof *names);
	const char *nearest = NULL;
	size_t n = 0;

	for (size_t i = 0; names && i < config->n; i++)
		if (strcmp(config->components[i].class->kind, kind) == 0)
			names[n++] = config->components[i].name;
	if (n > 0)
		nearest = nearest_word(name, names, n);
	if (nearest)
		config_error(errors, place, "there is no [%s %s]; did you mean %s?", kind, name, nearest);
	else
		config_error(errors, place, "expected names of [%s ...] sections; there is no [%s %s]", kind,
		             kind, name);
}

static bool is_repeated(const struct option_name_list *list, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(list->names[i], list->names[j]) == 0)
			return true;
	return false;
}

/* Whoever shows a value, and a reload that compares it, has room for so much. */
static bool has_room(const struct option_name_list *list)
{
	size_t length = 0;

	for (size_t i = 0; i < list->n; i++)
		length += strlen(list->names[i]) + 1;
	return length <= CONFIG_VALUE_SIZE;
}

static bool names(const struct config_component *component, const struct option *option, const char *name)
{
	const struct option_name_list *list = config_field(component, option);

	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->names[i], name) == 0)
			return true;
	return false;
}

/* Both of them have to name the other. */
static void check_mutual(const struct config_component *component, const struct option *option,
                         const struct config_component *other, struct config_errors *errors)
{
	struct config_place place = config_place_of(component, option);

	if (other == component)
		config_error(errors, &place, "expected others than itself");
	else if (!names(other, option, component->name))
		config_error(errors, &place, "expected that [%s %s] has %s=%s, too", other->class->kind, other->name, option->key,
		             component->name);
}

static void check_names(const struct config *config, const struct config_component *component,
                        const struct option *option, struct config_errors *errors)
{
	const struct option_name_list *list = config_field(component, option);
	struct config_place place = config_place_of(component, option);

	if (!has_room(list)) {
		config_error(errors, &place,
		             "expected names of at most %d bytes in all, with the spaces between",
		             CONFIG_VALUE_SIZE - 1);
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct config_component *named = config_find(config, option->refers_to, list->names[i]);

		if (is_repeated(list, i))
			config_error(errors, &place, "expected each name once; %s is there twice",
			             list->names[i]);
		else if (!named)
			unknown_peer(config, &place, option->refers_to, list->names[i], errors);
		else if (option->mutual)
			check_mutual(component, option, named, errors);
	}
}

/* The same line in two notations: "gpiochip0:7" and "/dev/gpiochip0:07". A name and a place that turn out to
 * be the same line are found when the line is requested: the kernel gives it to one only. */
static bool same_line(const char *a, const char *b)
{
	struct gpio_written_place at, other;

	if (!gpio_split_place(a, &at) || !gpio_split_place(b, &other))
		return strcmp(a, b) == 0;
	return at.offset == other.offset && at.chip_length == other.chip_length &&
	       memcmp(at.chip, other.chip, at.chip_length) == 0;
}

/* The first component and option, in the order of the file, that has this line. */
static void check_claim(const struct config *config, const struct config_component *component,
                        const struct option *option, struct config_errors *errors)
{
	const char *line = *(char **)config_field(component, option);
	struct config_place place = config_place_of(component, option);

	for (size_t i = 0; line && i < config->n; i++) {
		const struct config_component *other = &config->components[i];

		for (const struct option *theirs = other->class->options; theirs->key; theirs++) {
			const char *their_line =
				theirs->type == &option_line ? *(char **)config_field(other, theirs) : NULL;

			if (other == component && theirs == option)
				return;
			if (!their_line || !same_line(line, their_line))
				continue;
			config_error(errors, &place,
			             "expected a line that nothing else uses; [%s %s] has it as %s= (%s:%u)",
			             other->class->kind, other->name, theirs->key,
			             config_place_of(other, theirs).file,
			             config_place_of(other, theirs).line);
			return;
		}
	}
}

static void check_empty_room(const struct config *config, struct config_errors *errors)
{
	const struct config_component *first = config->components;

	if (config->empty_room.file && config->n > 0)
		config_error(errors, &config->empty_room,
		             "expected no component beside it; there is [%s %s] (%s:%u)", first->class->kind,
		             first->name, first->section.place.file, first->section.place.line);
}

void config_check(const struct config *config, struct config_errors *errors)
{
	check_empty_room(config, errors);
	for (size_t i = 0; i < config->n; i++) {
		const struct config_component *component = &config->components[i];

		config_section_check(&component->section, errors);
		if (load_libraries(config, component, errors))
			check_combination(component, errors);
		for (const struct option *option = component->class->options; option->key; option++) {
			if (option->type == &option_remote)
				check_remote(component, option, errors);
			if (option->type == &option_names)
				check_names(config, component, option, errors);
			if (option->type == &option_line)
				check_claim(config, component, option, errors);
			if (option->type == &option_condition)
				config_check_condition(config, component, option, errors);
		}
	}
	config_check_cycles(config, errors);
}

int config_check_emptied(const struct config *config, struct config_errors *errors)
{
	bool has_file = config->text.files_n > 0;
	struct config_place place = { .file = has_file ? config->text.files[0] : "/etc/" CONFIG_FILE };

	if (config->n > 0 || config->empty_room.file)
		return 0;
	config_error(errors, &place,
	             "%s, and the room would lose all it has: expected a component at least, or the section "
	             "[" CONFIG_EMPTY_ROOM "] if that is meant",
	             has_file ? "no component is configured any more" : "there is no configuration any more");
	return -EBADMSG;
}
