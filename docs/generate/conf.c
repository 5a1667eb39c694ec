/* roomd.conf(5) and its example: the kinds' keys. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/components.h"
#include "daemon/option.h"
#include "generate.h"
#include "paragraph.h"
#include "roomd/quantity.h"

/* --- the manual ------------------------------------------------------------------------------ */

/* What the kind measures; NULL: nothing. */
static const struct quantity *measures(const struct component_class *class)
{
	for (const struct event_type *const *type = class->events; *type; type++)
		if ((*type)->quantity)
			return (*type)->quantity;
	return NULL;
}

/* The key that this one does not stand beside; NULL: none. */
static const char *not_with(const struct option *options, const struct option *option)
{
	return option->not_with && option_find(options, option->not_with) ? option->not_with : NULL;
}

static void add_default(struct paragraph *paragraph, const struct option *options, const struct option *option)
{
	const char *other = not_with(options, option);

	if (other && option->default_text)
		paragraph_add(paragraph, " It has no meaning with _%s=_.", other);
	if (!option->default_text && other)
		paragraph_add(paragraph, " This or _%s=_ must be given.", other);
	else if (!option->default_text)
		paragraph_add(paragraph, " Must be given.");
	else if (*option->default_text)
		paragraph_add(paragraph, " Default: _%s_.", option->default_text);
	else
		paragraph_add(paragraph, " Default: %s.",
		              about_unset(option->about) ? about_unset(option->about) : "none");
}

static bool is_like_next(const struct option *option)
{
	return option[1].key && about_is_same(option->about, option[1].about);
}

/* Returns the one after it, and after those that are told of together with it. */
static const struct option *write_option(const struct option *options, const struct option *option, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	for (; is_like_next(option); option++)
		fprintf(stream, "*%s=*, ", option->key);
	fprintf(stream, "*%s=*\n", option->key);
	paragraph_add(&paragraph, "%s", about_text(option->about));
	add_default(&paragraph, options, option);
	paragraph_write(&paragraph, "\t", stream);
	return option + 1;
}

static void write_class(const struct component_class *class, FILE *stream)
{
	const struct quantity *quantity = measures(class);
	struct paragraph paragraph = { 0 };

	fprintf(stream, "\n# [%s name]\n\n", class->kind);
	paragraph_add(&paragraph, "%s", about_text(class->about));
	if (quantity)
		paragraph_add(&paragraph, " Its values are in %s, from %.10g to %.10g.", quantity->unit,
		              quantity->least, quantity->most);
	paragraph_write(&paragraph, "", stream);
	for (const struct option *option = class->options + 1; option->key;) {
		fputc('\n', stream);
		option = write_option(class->options, option, stream);
	}
}

/* The first key of every kind is the same. */
void write_conf_common(FILE *stream)
{
	fputc('\n', stream);
	write_option(component_classes[0]->options, component_classes[0]->options, stream);
	fputc('\n', stream);
}

void write_conf_manual(FILE *stream)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		write_class(*class, stream);
	fputc('\n', stream);
}

/* --- the example ----------------------------------------------------------------------------- */

static bool was_said(const struct about *about, const struct about *const *said, size_t said_n)
{
	for (size_t i = 0; i < said_n; i++)
		if (about_is_same(about, said[i]))
			return true;
	return false;
}

static void write_comment(const struct about *about, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	paragraph_add(&paragraph, "%s", about_text(about));
	paragraph_cut_to_sentence(&paragraph);
	if (about_unset(about))
		paragraph_add(&paragraph, " Unset: %s.", about_unset(about));
	paragraph_make_plain(&paragraph);
	paragraph_write(&paragraph, "# ", stream);
}

/* The location's default is the name, which the table does not have. */
static void write_assignment(const struct component_class *class, const struct option *option, FILE *stream)
{
	if (option == class->options)
		fprintf(stream, "#%s=%s\n", option->key, about_example(class->about));
	else if (about_example(option->about))
		fprintf(stream, "%s=%s\n", option->key, about_example(option->about));
	else
		fprintf(stream, "#%s=%s\n", option->key, option->default_text);
}

/* What was said of a key is not said again in another section. */
void write_conf_example(FILE *stream)
{
	const struct about *said[256];
	size_t said_n = 0;

	for (const struct component_class *const *class = component_classes; *class; class ++) {
		fputc('\n', stream);
		write_comment((*class)->about, stream);
		fprintf(stream, "[%s %s]\n", (*class)->kind, about_example((*class)->about));
		for (const struct option *option = (*class)->options; option->key; option++) {
			if (!was_said(option->about, said, said_n)) {
				write_comment(option->about, stream);
				if (said_n < ELEMENTS(said))
					said[said_n++] = option->about;
			}
			write_assignment(*class, option, stream);
		}
	}
}
