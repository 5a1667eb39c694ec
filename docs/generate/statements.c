/* roomd-test(5): the statements, in the order of their forms. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "paragraph.h"
#include "try/forms.h"

/* A run of letters of one case: what somebody puts something else for, or a word that stands as it is. */
static const char *write_letters(const char *letters, FILE *stream)
{
	bool upper = isupper((unsigned char)*letters);
	size_t n = 0;

	while (isalpha((unsigned char)letters[n]) && !isupper((unsigned char)letters[n]) == !upper)
		n++;
	fprintf(stream, upper ? "_%.*s_" : "*%.*s*", (int)n, letters);
	return letters + n;
}

static void write_arguments(const char *arguments, FILE *stream)
{
	while (*arguments)
		if (isalpha((unsigned char)*arguments))
			arguments = write_letters(arguments, stream);
		else
			fputc(*arguments++, stream);
}

void write_statements(FILE *stream)
{
	for (const struct statement_form *form = statement_forms; form->words; form++) {
		struct paragraph paragraph = { 0 };

		fputc('\n', stream);
		if (*form->words)
			fprintf(stream, "*%s*%s", form->words, *form->arguments ? " " : "");
		write_arguments(form->arguments, stream);
		fputc('\n', stream);
		paragraph_add(&paragraph, "%s", form->about);
		paragraph_write(&paragraph, "\t", stream);
	}
	fputc('\n', stream);
}
