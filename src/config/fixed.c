#define _GNU_SOURCE
#include "config/fixed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/files.h"
#include "config/option.h"
#include "util/nearest.h"

static size_t index_of(const struct config_fixed_section *known, const char *name)
{
	size_t i = 0;

	while (known[i].name && strcmp(known[i].name, name) != 0)
		i++;
	return i;
}

/* --- reading --------------------------------------------------------------------------------- */

/* "[Broker], [Hub] or [Queue]" */
static void list_sections(const struct config_fixed_section *known, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; known[i].name && used < size; i++) {
		const char *before = i == 0 ? "" : known[i + 1].name ? ", " : " or ";

		used += (size_t)snprintf(buffer + used, size - used, "%s[%s]", before, known[i].name);
	}
}

static void say_unknown(const struct config_fixed_section *known, const struct config_place *place,
                        struct config_errors *errors)
{
	const char *names[CONFIG_FIXED_MAX], *nearest;
	char all[256];
	size_t n = 0;

	for (; known[n].name; n++)
		names[n] = known[n].name;
	nearest = nearest_word(place->section, names, n);
	list_sections(known, all, sizeof all);
	if (nearest)
		config_error(errors, place, "unknown section; did you mean [%s]?", nearest);
	else
		config_error(errors, place, "unknown section; expected %s", all);
}

static struct config_section *find_section(struct config_fixed *config, const struct config_place *place,
                                           struct config_errors *errors)
{
	size_t i = index_of(config->known, place->section);

	if (config->known[i].name)
		return &config->sections[i];
	say_unknown(config->known, place, errors);
	return NULL;
}

static void read_lines(struct config_fixed *config, struct config_errors *errors)
{
	struct config_section *section = NULL;

	for (size_t i = 0; i < config->text.lines_n; i++) {
		const struct config_place *place = &config->text.lines[i].place;

		if (!place->key)
			section = find_section(config, place, errors);
		else if (section)
			config_section_assign(section, place, errors);
		if (!place->key && section && !section->place.line)
			section->place = *place;
	}
}

static int init_sections(struct config_fixed *config)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && config->known[i].name; i++) {
		const struct config_fixed_section *known = &config->known[i];
		struct config_place place = { .file = config->file, .section = known->name };

		r = config_section_init(&config->sections[i], known->options, known->size, &place);
	}
	return r;
}

int config_fixed_read(struct config_fixed *config, const struct config_fixed_section *known, const char *name,
                      const char *path, struct config_errors *errors)
{
	int r;

	*config = (struct config_fixed){ .known = known };
	snprintf(config->file, sizeof config->file, "%s/%s", config_folders[0], name);
	r = init_sections(config);
	if (r >= 0)
		r = config_files_read(path, name, &config->text, errors);
	if (r >= 0)
		read_lines(config, errors);
	return r;
}

void config_fixed_free(struct config_fixed *config)
{
	for (size_t i = 0; config->known && config->known[i].name; i++)
		if (config->sections[i].options)
			config_section_free(&config->sections[i]);
	config_text_free(&config->text);
}

void config_fixed_check(const struct config_fixed *config, struct config_errors *errors)
{
	for (size_t i = 0; config->known[i].name; i++)
		config_section_check(&config->sections[i], errors);
}

/* --- looking into it ------------------------------------------------------------------------- */

const void *config_fixed_values(const struct config_fixed *config, const char *section)
{
	return config->sections[index_of(config->known, section)].values;
}

struct config_place config_fixed_place_of(const struct config_fixed *config, const char *section, const char *key)
{
	const struct config_section *it = &config->sections[index_of(config->known, section)];

	return config_section_place_of(it, option_find(it->options, key));
}

bool config_fixed_is_assigned(const struct config_fixed *config, const char *section, const char *key)
{
	const struct config_section *it = &config->sections[index_of(config->known, section)];

	return config_section_is_assigned(it, option_find(it->options, key));
}

void config_fixed_print(const struct config_fixed *config, FILE *stream)
{
	config_text_print_heading(&config->text, stream);
	for (size_t i = 0; config->known[i].name; i++) {
		fprintf(stream, "\n[%s]\n", config->known[i].name);
		config_section_print(&config->sections[i], stream);
	}
}
