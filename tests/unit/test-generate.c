/* The documents are as the kinds' tables say: every part that scripts/generate makes is up to date, and
 * everything in the tables has words. And how parts are put into documents, and paragraphs into lines. */
#define _GNU_SOURCE
#include "generate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "helpers.h"
#include "paragraph.h"

static void test_everything_has_words(void **state)
{
	(void)state;
	assert_int_equal(say_what_lacks_words(stderr), 0);
}

/* What cannot be so after a power loss is not taken over one; and what a name says of a time is true. */
static unsigned look_at_clocks(const struct component_class *class, const struct kept_field *field)
{
	unsigned failed = 0;

	for (; field && field->name; field++) {
		size_t length = strlen(field->name);
		bool is_ns = length > 3 && strcmp(field->name + length - 3, "_ns") == 0;

		if (is_ns != (field->clock == VALUE_CLOCK_MONOTONIC))
			failed += row_fails("%s: %s: name and clock do not agree", class->kind, field->name);
		if (field->clock == VALUE_CLOCK_MONOTONIC && field->over == KEPT_OVER_POWER_LOSS)
			failed += row_fails("%s: %s: that clock begins anew", class->kind, field->name);
		if (field->clock != VALUE_CLOCK_NONE && field->type != KEPT_U64)
			failed += row_fails("%s: %s: a time of another type", class->kind, field->name);
	}
	return failed;
}

static void test_kept_times_have_their_clock(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (const struct component_class *const *class = component_classes; *class; class ++)
		failed += look_at_clocks(*class, (*class)->kept) + look_at_clocks(*class, (*class)->kept_apart);
	assert_int_equal(failed, 0);
}

static void test_documents_are_up_to_date(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (const struct part *part = parts; part->file; part++) {
		_cleanup_(cleanup_free) char *is = NULL, *should = NULL;
		int r = part_compare(part, getenv("SOURCE_ROOT"), &is, &should);

		if (r < 0)
			failed += row_fails("%s: generated: %s: %s", part->file, part->name, strerror(-r));
		else if (strcmp(is, should) != 0)
			failed += row_fails("%s is not up to date: run scripts/generate", part->file);
	}
	assert_int_equal(failed, 0);
}

static void assert_document(const char *text, const char *expected)
{
	_cleanup_(cleanup_free) char *document = NULL;

	assert_int_equal(document_with(text, "keys", "new\n", &document), 0);
	assert_string_equal(document, expected);
}

static void test_a_part_is_replaced(void **state)
{
	(void)state;
	assert_document("a\n; generated: keys, by whom\nold\n; generated: end\nb\n",
	                "a\n; generated: keys, by whom\nnew\n; generated: end\nb\n");
	assert_document("a\n# generated: keys, by whom\nold\n", "a\n# generated: keys, by whom\nnew\n");
	assert_document(
		"# generated: keys of all, x\n# generated: end\n# generated: keys, x\n# generated: end\n",
		"# generated: keys of all, x\n# generated: end\n# generated: keys, x\nnew\n"
		"# generated: end\n");
}

static void test_a_part_that_is_missing(void **state)
{
	char *document;

	(void)state;
	assert_int_equal(document_with("a\n# generated: other, x\n", "keys", "new\n", &document), -ENOENT);
}

static void assert_lines(const char *text, const char *indent, const char *expected)
{
	_cleanup_(cleanup_free) char *lines = NULL;
	struct paragraph paragraph = { 0 };
	size_t size;
	FILE *stream = open_memstream(&lines, &size);

	assert_non_null(stream);
	paragraph_add(&paragraph, "%s", text);
	paragraph_write(&paragraph, indent, stream);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(lines, expected);
}

#define X30 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void test_paragraphs_are_broken(void **state)
{
	(void)state;
	assert_lines("a b", "\t", "\ta b\n");
	assert_lines(X30 " " X30 " " X30 " " X30, "", X30 " " X30 " " X30 "\n" X30 "\n");
	/* A tab is eight columns, a letter one, however many bytes it has. */
	assert_lines(X30 " " X30 " " X30 " xxxxxxxxxxxxxxxxxxx", "\t",
	             "\t" X30 " " X30 " " X30 " xxxxxxxxxxxxxxxxxxx\n");
	assert_lines(X30 " " X30 " " X30 " °xxxxxxxxxxxxxxxxxx", "\t",
	             "\t" X30 " " X30 " " X30 " °xxxxxxxxxxxxxxxxxx\n");
	assert_lines(X30 " " X30 " " X30 " xxxxxxxxxxxxxxxxxxxx", "\t",
	             "\t" X30 " " X30 " " X30 "\n\txxxxxxxxxxxxxxxxxxxx\n");
	/* What scdoc would take for a list is not at the beginning of a line. */
	assert_lines(X30 " " X30 " " X30 " xxxxxxxxxxxxxxxxxxx -256 y", "\t",
	             "\t" X30 " " X30 " " X30 "\n\txxxxxxxxxxxxxxxxxxx -256 y\n");
}

static void test_markup_is_taken_out(void **state)
{
	struct paragraph paragraph = { 0 };

	(void)state;
	paragraph_add(&paragraph, "_yes_ or *roomd*(8), light_loop, _light_loop_, \\_, _0_: never. More.");
	paragraph_cut_to_sentence(&paragraph);
	paragraph_make_plain(&paragraph);
	assert_string_equal(paragraph.text, "yes or roomd(8), light_loop, light_loop, _, 0: never.");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_has_words),  cmocka_unit_test(test_kept_times_have_their_clock),
		cmocka_unit_test(test_documents_are_up_to_date),
		cmocka_unit_test(test_a_part_is_replaced),    cmocka_unit_test(test_a_part_that_is_missing),
		cmocka_unit_test(test_paragraphs_are_broken), cmocka_unit_test(test_markup_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
