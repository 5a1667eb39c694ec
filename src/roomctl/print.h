/* Output for people that several verbs share: foreign text, and fields with a label. */
#pragma once

#include "roomctl/command-line.h"
#include "client/terminal.h"

/* Standard output; its width is unlimited with --full. */
struct terminal print_look(const struct command_line *line);

/* Prints untrusted text, escaped (see text.h) and wrapped, and a newline. The cursor is at the column
 * `indent`, where all further lines begin. */
void print_escaped(const char *text, size_t indent, const struct terminal *terminal);

struct field_format {
	const struct terminal *terminal;
	size_t label_width; /* in columns, with the margin before it */
};

/* "   Label: text", both escaped; without a label ("") what belongs to the one before. */
void print_field(const struct field_format *format, const char *label, const char *text);
