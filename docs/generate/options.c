#include <stdbool.h>
#include <string.h>

#include "config/option.h"
#include "options.h"
#include "paragraph.h"

/* --- the manual ------------------------------------------------------------------------------ */

/* The key that this one does not stand beside; NULL: none. */
static const char *not_with(const struct option *options, const struct option *option)
{
	return option->not_with && option_find(options, option->not_with) ? option->not_with : NULL;
}

static void add_default(struct paragraph *paragraph, const struct option *options, const struct option *option)
{
	const char *other = not_with(options, option);
	bool instead = other && option_find(options, other)->not_with && strcmp(option_find(options, other)->not_with, option->key) == 0;

	if (other && option->default_text && !instead)
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

const struct option *write_option(const struct option *options, const struct option *option, FILE *stream)
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

void write_options(const struct option *options, FILE *stream)
{
	for (const struct option *option = options; option->key;) {
		fputc('\n', stream);
		option = write_option(options, option, stream);
	}
}

/* --- an example ------------------------------------------------------------------------------ */

void write_comment(const struct about *about, FILE *stream)
{
	struct paragraph paragraph = { 0 };

	paragraph_add(&paragraph, "%s", about_text(about));
	paragraph_cut_to_sentence(&paragraph);
	if (about_unset(about))
		paragraph_add(&paragraph, " Unset: %s.", about_unset(about));
	paragraph_make_plain(&paragraph);
	paragraph_write(&paragraph, "# ", stream);
}

void write_assignment(const struct option *option, FILE *stream)
{
	if (about_example(option->about))
		fprintf(stream, "%s=%s\n", option->key, about_example(option->about));
	else
		fprintf(stream, "#%s=%s\n", option->key, option->default_text);
}
