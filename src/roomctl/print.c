#include "roomctl/print.h"

#include "client/text.h"

struct terminal print_look(const struct command_line *line)
{
	struct terminal terminal = terminal_look();

	if (line->full)
		terminal.width = 0;
	return terminal;
}

void print_escaped(const char *text, size_t indent, const struct terminal *terminal)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(text);

	text_print_wrapped(stdout, escaped ? escaped : "", indent, terminal->width);
}

void print_field(const struct field_format *format, const char *label, const char *text)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(label);

	printf("%*s%s ", (int)format->label_width, escaped ? escaped : "", *label ? ":" : " ");
	print_escaped(text, format->label_width + 2, format->terminal);
}
