/* org.roomd1(5): what the kinds show, let people do, and tell. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bus/authority.h"
#include "bus/kind.h"
#include "daemon/components.h"
#include "generate.h"
#include "paragraph.h"
#include "roomd/quantity.h"

static bool is_like_next(const struct interface_property *property)
{
	return property[1].name && property[1].type == property->type &&
	       property[1].clock == property->clock &&
	       property[1].quantity == property->quantity && about_is_same(property->about, property[1].about);
}

static const char *clock_words(enum value_clock clock)
{
	static const char *const words[] = {
		[VALUE_CLOCK_NONE] = "",
		[VALUE_CLOCK_MONOTONIC] = " CLOCK_MONOTONIC, µs.",
		[VALUE_CLOCK_REALTIME] = " CLOCK_REALTIME, µs.",
	};

	return words[clock];
}

/* `class` is NULL for what all kinds have. */
static void write_properties(const struct component_class *class, const struct interface_property *property,
                             FILE *stream)
{
	for (; property && property->name; property++) {
		const struct quantity *quantity = kind_quantity(class, property);
		struct paragraph paragraph = { 0 };

		fputc('\n', stream);
		for (; is_like_next(property); property++)
			fprintf(stream, "*%s*, ", property->name);
		fprintf(stream, "*%s* (%c)\n", property->name, property->type);
		paragraph_add(&paragraph, "%s%s", about_text(property->about), clock_words(property->clock));
		if (quantity)
			paragraph_add(&paragraph, " In %s.", quantity->unit);
		paragraph_write(&paragraph, "\t", stream);
	}
}

static void write_action(const struct interface_action *action, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	fprintf(stream, "\n*%s*(", action->name);
	for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++)
		fprintf(stream, "%s_%s_ %c", i ? ", " : "", action->arguments[i].name,
		        action->arguments[i].type);
	fputs(")\n", stream);
	paragraph_add(&paragraph, "%s Right: _%s_.", about_text(action->about),
	              authority_action(action->right));
	paragraph_write(&paragraph, "\t", stream);
}

static void write_signals(const struct component_class *class, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	paragraph_add(&paragraph, "Signals:");
	for (const struct event_type *const *type = class->events; *type; type++)
		paragraph_add(&paragraph, " *%s*%s", (*type)->name, type[1] ? "," : ".");
	fputc('\n', stream);
	paragraph_write(&paragraph, "", stream);
}

void write_bus_common(FILE *stream)
{
	write_properties(NULL, common_properties, stream);
	fputc('\n', stream);
}

void write_bus_manual(FILE *stream)
{
	for (const struct component_class *const *class = component_classes; *class; class ++) {
		fprintf(stream, "\n# %s\n", (*class)->kind);
		write_properties(*class, (*class)->properties, stream);
		for (const struct interface_action *action = (*class)->actions; action && action->name;
		     action++)
			write_action(action, stream);
		write_signals(*class, stream);
	}
	fputc('\n', stream);
}
