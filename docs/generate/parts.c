#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "generate.h"
#include "paragraph.h"

const struct part parts[] = {
	{ "man/roomd.conf.5.scd", "key of all kinds", write_conf_common },
	{ "man/roomd.conf.5.scd", "keys", write_conf_manual },
	{ "docs/roomd.conf", "sections", write_conf_example },
	{ "man/org.roomd1.5.scd", "properties of all kinds", write_bus_common },
	{ "man/org.roomd1.5.scd", "kinds", write_bus_manual },
	{ "man/roomd.8.scd", "events", write_events },
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

static unsigned say_without(const struct about *about, const char *kind, const char *name, FILE *stream)
{
	if (*about_text(about))
		return 0;
	fprintf(stream, "%s: %s has no ABOUT()\n", kind, name);
	return 1;
}

unsigned say_what_lacks_words(FILE *stream)
{
	unsigned n = 0;

	for (const struct component_class *const *class = component_classes; *class; class ++) {
		const char *kind = (*class)->kind;
		const struct interface_property *property = (*class)->properties;
		const struct interface_action *action = (*class)->actions;

		n += say_without((*class)->about, kind, "the kind", stream);
		if ((*class)->about && !(*class)->about->example)
			n++, fprintf(stream, "%s: its ABOUT() has no .example, a name\n", kind);
		for (const struct option *option = (*class)->options; option->key; option++) {
			n += say_without(option->about, kind, option->key, stream);
			if (option->about && !option->default_text && !option->about->example)
				n++, fprintf(stream, "%s: %s has no default, and its ABOUT() no .example\n",
				             kind, option->key);
		}
		for (; property && property->name; property++)
			n += say_without(property->about, kind, property->name, stream);
		for (; action && action->name; action++)
			n += say_without(action->about, kind, action->name, stream);
		for (const struct event_type *const *type = (*class)->events; *type; type++)
			n += say_without((*type)->about, kind, (*type)->name, stream);
	}
	return n;
}
