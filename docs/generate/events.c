/* The events. roomd(8): those of one kind first, in the order of the kinds, and then those of several. The journal's
 * catalog: those that have a message id. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/components.h"
#include "generate.h"
#include "paragraph.h"
#include "roomd/quantity.h"

static bool emits(const struct component_class *class, const struct event_type *wanted)
{
	for (const struct event_type *const *type = class->events; *type; type++)
		if (*type == wanted)
			return true;
	return false;
}

static size_t count_kinds(const struct event_type *type)
{
	size_t n = 0;

	for (const struct component_class *const *class = component_classes; *class; class ++)
		n += emits(*class, type);
	return n;
}

static bool is_first_of(const struct component_class *const *class, const struct event_type *type)
{
	for (const struct component_class *const *before = component_classes; before < class; before++)
		if (emits(*before, type))
			return false;
	return emits(*class, type);
}

static bool has_same_kinds(const struct event_type *a, const struct event_type *b)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		if (emits(*class, a) != emits(*class, b))
			return false;
	return true;
}

static bool is_like(const struct event_type *a, const struct event_type *b)
{
	return b && a->number == b->number && a->quantity == b->quantity &&
	       about_is_same(a->about, b->about) && has_same_kinds(a, b);
}

/* "Of a DoorLock", "Of MotionSensor, TemperatureSensor and DoorLock". */
static void add_kinds(struct paragraph *paragraph, const struct event_type *type)
{
	size_t n = count_kinds(type), said = 0;

	paragraph_add(paragraph, "Of");
	for (const struct component_class *const *class = component_classes; *class; class ++) {
		if (!emits(*class, type))
			continue;
		if (n == 1)
			paragraph_add(paragraph, " %s", strchr("AEIO", (*class)->kind[0]) ? "an" : "a");
		else if (said > 0)
			paragraph_add(paragraph, "%s", said == n - 1 ? " and" : ",");
		paragraph_add(paragraph, " %s", (*class)->kind);
		said++;
	}
}

/* ", with _value_ (in °C) and _reason_". */
static void add_members(struct paragraph *paragraph, const struct event_type *type)
{
	const char *lead = ", with";

	if (type->number != EVENT_NUMBER_NONE) {
		paragraph_add(paragraph, "%s _%s_", lead, event_number_name(type->number));
		lead = " and";
	}
	if (type->quantity)
		paragraph_add(paragraph, " (in %s)", type->quantity->unit);
	if (type->text_name)
		paragraph_add(paragraph, "%s _%s_", lead, type->text_name);
}

/* Returns the one after it, and after those that are told of together with it. */
static const struct event_type *const *write_type(const struct event_type *const *type, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	fputc('\n', stream);
	for (; is_like(type[0], type[1]); type++)
		fprintf(stream, "*%s*, ", (*type)->name);
	fprintf(stream, "*%s*\n", (*type)->name);
	add_kinds(&paragraph, *type);
	add_members(&paragraph, *type);
	paragraph_add(&paragraph, ". %s", about_text((*type)->about));
	paragraph_write(&paragraph, "\t", stream);
	return type + 1;
}

static void write_types(FILE *stream, bool of_one_kind)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		for (const struct event_type *const *type = (*class)->events; *type;)
			if (is_first_of(class, *type) && (count_kinds(*type) == 1) == of_one_kind)
				type = write_type(type, stream);
			else
				type++;
}

void write_events(FILE *stream)
{
	write_types(stream, true);
	write_types(stream, false);
	fputc('\n', stream);
}

/* --- the catalog ----------------------------------------------------------------------------- */

/* Paragraphs with "\n\n" between them. */
static void write_paragraphs(const char *text, FILE *stream)
{
	const char *end;

	for (; *text; text = end + strspn(end, "\n")) {
		struct paragraph paragraph = { 0 };

		end = strchrnul(text, '\n');
		paragraph_add(&paragraph, "%.*s", (int)(end - text), text);
		fputc('\n', stream);
		paragraph_write(&paragraph, "", stream);
	}
}

static void write_entry(const struct event_type *type, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	fprintf(stream, "\n-- %s\nSubject: %s\nDefined-By: roomd\nSupport: file:/usr/share/doc/roomd/README.md\n\n",
	        type->message_id, about_title(type->about));
	paragraph_add(&paragraph, "@ROOMD_KIND@ @ROOMD_COMPONENT@: %s", about_text(type->about));
	paragraph_cut_to_sentence(&paragraph);
	paragraph_make_plain(&paragraph);
	paragraph_write(&paragraph, "", stream);
	write_paragraphs(about_advice(type->about), stream);
}

void write_catalog(FILE *stream)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		for (const struct event_type *const *type = (*class)->events; *type; type++)
			if (is_first_of(class, *type) && *about_title((*type)->about))
				write_entry(*type, stream);
}

bool has_title(const char *message_id)
{
	for (const struct component_class *const *class = component_classes; *class; class ++)
		for (const struct event_type *const *type = (*class)->events; *type; type++)
			if (*about_title((*type)->about) && strcmp((*type)->message_id, message_id) == 0)
				return true;
	return false;
}
