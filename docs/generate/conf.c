/* roomd.conf(5) and its example: the kinds' keys. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/components.h"
#include "generate.h"
#include "options.h"
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
	write_options(class->options + 1, stream);
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

/* The location's default is the name, which the table does not have. */
static void write_own_assignment(const struct component_class *class, const struct option *option, FILE *stream)
{
	if (option == class->options)
		fprintf(stream, "#%s=%s\n", option->key, about_example(class->about));
	else
		write_assignment(option, stream);
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
			write_own_assignment(*class, option, stream);
		}
	}
}
