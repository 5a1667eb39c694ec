#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "generate.h"
#include "history/config.h"
#include "mqtt/config.h"
#include "paragraph.h"

const struct part parts[] = {
	{ "man/roomd.conf.5.scd", "key of all kinds", write_conf_common },
	{ "man/roomd.conf.5.scd", "keys", write_conf_manual },
	{ "man/roomd.conf.5.scd", "states", write_states },
	{ "docs/roomd.conf", "sections", write_conf_example },
	{ "man/org.roomd1.5.scd", "properties of all kinds", write_bus_common },
	{ "man/org.roomd1.5.scd", "kinds", write_bus_manual },
	{ "man/roomd.8.scd", "events", write_events },
	{ "systemd/roomd.catalog", "events", write_catalog },
	{ "docs/architecture.md", "kept fields", write_kept },
	{ "man/roomd-mqtt.conf.5.scd", "keys", write_mqtt_manual },
	{ "docs/mqtt.conf", "sections", write_mqtt_example },
	{ "man/roomd-history.conf.5.scd", "keys", write_history_manual },
	{ "docs/history.conf", "sections", write_history_example },
	{ "man/roomd-test.5.scd", "statements", write_statements },
	{ 0 },
};

char *part_text(const struct part *part)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	part->write(stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

/* The beginning of the line that follows the one with these words; NULL: there is none. */
static const char *line_after(const char *text, const char *words)
{
	for (const char *at = text; (at = strstr(at, words)); at++) {
		char next = at[strlen(words)];

		if (next == '\n' || next == ' ')
			return strchrnul(at, '\n') + (strchr(at, '\n') != NULL);
	}
	return NULL;
}

/* The beginning of the line that has the words. */
static const char *line_with(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	while (at && at > text && at[-1] != '\n')
		at--;
	return at ? at : text + strlen(text);
}

int document_with(const char *text, const char *name, const char *content, char **ret)
{
	char words[64];
	const char *begin, *end;

	snprintf(words, sizeof words, "generated: %s,", name);
	begin = line_after(text, words);
	if (!begin)
		return -ENOENT;
	end = line_with(begin, "generated: end");
	return asprintf(ret, "%.*s%s%s", (int)(begin - text), text, content, end) < 0 ? -ENOMEM : 0;
}

static int read_file(const char *root, const char *name, char **ret)
{
	_cleanup_(cleanup_free) char *path = NULL, *text = NULL;
	size_t size = 0;
	FILE *file;
	int r = 0;

	if (asprintf(&path, "%s/%s", root, name) < 0)
		return -ENOMEM;
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (getdelim(&text, &size, '\0', file) < 0)
		r = errno ? -errno : -ENODATA;
	fclose(file);
	if (r == 0)
		*ret = TAKE_PTR(text);
	return r;
}

int part_compare(const struct part *part, const char *root, char **ret_is, char **ret_should)
{
	_cleanup_(cleanup_free) char *is = NULL, *content = part_text(part);
	int r;

	if (!content)
		return -ENOMEM;
	r = read_file(root, part->file, &is);
	if (r >= 0)
		r = document_with(is, part->name, content, ret_should);
	if (r >= 0)
		*ret_is = TAKE_PTR(is);
	return r;
}

/* --- what lacks words ------------------------------------------------------------------------ */

static unsigned say(FILE *stream, const char *kind, const char *what, const char *lacks)
{
	fprintf(stream, "%s: %s has no %s\n", kind, what, lacks);
	return 1;
}

static unsigned look_at(const struct about *about, const char *kind, const char *what, FILE *stream)
{
	return *about_text(about) ? 0 : say(stream, kind, what, "ABOUT()");
}

static unsigned look_at_event(const struct event_type *type, const char *kind, FILE *stream)
{
	unsigned n = look_at(type->about, kind, type->name, stream);

	if (type->message_id && !has_title(type->message_id))
		n += say(stream, kind, type->name, ".title in its ABOUT(), as a message id needs one");
	return n;
}

/* A key that takes one of some words has all of them in its text. */
static unsigned look_at_option(const struct option *option, const char *kind, FILE *stream)
{
	unsigned n = look_at(option->about, kind, option->key, stream);

	if (n == 0 && !option->default_text && !about_example(option->about))
		n += say(stream, kind, option->key, "default, and its ABOUT() no .example");
	for (size_t i = 0; n == 0 && option->words && option->words[i]; i++) {
		char word[64];

		snprintf(word, sizeof word, "_%s_", option->words[i]);
		if (!strstr(about_text(option->about), word))
			n += say(stream, kind, option->key, word);
	}
	return n;
}

static unsigned look_at_interface(const struct component_class *class, FILE *stream)
{
	const struct interface_property *property = class->properties;
	const struct interface_action *action = class->actions;
	unsigned n = 0;

	for (; property && property->name; property++)
		n += look_at(property->about, class->kind, property->name, stream);
	for (; action && action->name; action++)
		n += look_at(action->about, class->kind, action->name, stream);
	return n;
}

static unsigned look_at_kept(const struct kept_field *field, const char *kind, FILE *stream)
{
	unsigned n = 0;

	for (; field && field->name; field++)
		n += look_at(field->about, kind, field->name, stream);
	return n;
}

static unsigned look_at_program(const struct config_fixed_section *section, FILE *stream)
{
	unsigned n = 0;

	for (; section->name; section++)
		for (const struct option *option = section->options; option->key; option++)
			n += look_at_option(option, section->name, stream);
	return n;
}

unsigned say_what_lacks_words(FILE *stream)
{
	unsigned n = 0;

	for (const struct component_class *const *class = component_classes; *class; class ++) {
		n += look_at((*class)->about, (*class)->kind, "the kind", stream);
		if (!about_example((*class)->about))
			n += say(stream, (*class)->kind, "the kind", ".example, which is a name");
		for (const struct option *option = (*class)->options; option->key; option++)
			n += look_at_option(option, (*class)->kind, stream);
		n += look_at_interface(*class, stream);
		n += look_at_kept((*class)->kept, (*class)->kind, stream);
		n += look_at_kept((*class)->kept_apart, (*class)->kind, stream);
		for (const struct event_type *const *type = (*class)->events; *type; type++)
			n += look_at_event(*type, (*class)->kind, stream);
	}
	return n + look_at_program(mqtt_config_sections, stream) + look_at_program(history_config_sections, stream);
}
