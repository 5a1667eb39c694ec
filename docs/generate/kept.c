/* docs/architecture.md: the fields that outlive the process, those that the same kinds have in one table. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/components.h"
#include "generate.h"
#include "paragraph.h"

/* The i-th of a kind's fields, from 0, those of its own record last; NULL: it has fewer. */
static const struct kept_field *field_at(const struct component_class *class, size_t i)
{
	const struct kept_field *const tables[] = { class->kept, class->kept_apart };

	for (size_t t = 0; t < ELEMENTS(tables); t++)
		for (const struct kept_field *field = tables[t]; field && field->name; field++)
			if (i-- == 0)
				return field;
	return NULL;
}

static bool keeps(const struct component_class *class, const struct kept_field *wanted)
{
	const struct kept_field *field;

	for (size_t i = 0; (field = field_at(class, i)); i++)
		if (strcmp(field->name, wanted->name) == 0 && about_is_same(field->about, wanted->about))
			return true;
	return false;
}

static bool have_same_kinds(const struct kept_field *a, const struct kept_field *b)
{
	for (const struct component_class *const *class = component_classes; *class; class++)
		if (keeps(*class, a) != keeps(*class, b))
			return false;
	return true;
}

static bool is_first_to_keep(const struct component_class *const *class, const struct kept_field *field)
{
	for (const struct component_class *const *before = component_classes; before < class; before++)
		if (keeps(*before, field))
			return false;
	return true;
}

/* The fields before the i-th have none that stands in the same table. */
static bool begins_table(const struct component_class *class, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (have_same_kinds(field_at(class, before), field_at(class, i)))
			return false;
	return true;
}

static void write_head(const struct kept_field *field, FILE *stream)
{
	const char *lead = "\n";

	for (const struct component_class *const *class = component_classes; *class; class++)
		if (keeps(*class, field)) {
			fprintf(stream, "%s%s", lead, (*class)->kind);
			lead = ", ";
		}
	fputs(":\n\n| field | what it is | clock | over power loss |\n|---|---|---|---|\n", stream);
}

static void write_row(const struct kept_field *field, FILE *stream)
{
	static const char *const clocks[] = {
		[VALUE_CLOCK_NONE] = "",
		[VALUE_CLOCK_MONOTONIC] = "monotonic",
		[VALUE_CLOCK_REALTIME] = "wall clock",
	};

	fprintf(stream, "| `%s` | %s | %s | %s |\n", field->name, about_text(field->about), clocks[field->clock],
	        field->over == KEPT_OVER_POWER_LOSS ? "yes" : "");
}

static void write_table(const struct component_class *class, size_t i, FILE *stream)
{
	const struct kept_field *first = field_at(class, i), *field;

	write_head(first, stream);
	for (; (field = field_at(class, i)); i++)
		if (have_same_kinds(first, field))
			write_row(field, stream);
}

void write_kept(FILE *stream)
{
	const struct kept_field *field;

	for (const struct component_class *const *class = component_classes; *class; class++)
		for (size_t i = 0; (field = field_at(*class, i)); i++)
			if (is_first_to_keep(class, field) && begins_table(*class, i))
				write_table(*class, i, stream);
	fputc('\n', stream);
}
