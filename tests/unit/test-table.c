/* The table's layout: widths, what is cut, and colours. */
#include "roomctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "client/text.h"

static const char *const titles[] = { "NAME", "LOCATION", "STATE", NULL };

static char *print(struct table *table, size_t width, bool colours, bool legend)
{
	const struct terminal terminal = { .is_terminal = true, .width = width, .colours = colours };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(table_print(table, stream, &terminal, legend), 0);
	fclose(stream);
	return text;
}

static void expect(struct table *table, size_t width, bool colours, bool legend, const char *expected)
{
	char *text = print(table, width, colours, legend);

	assert_string_equal(text, expected);
	free(text);
}

static int set_up(void **state)
{
	static const char *const rows[][3] = {
		{ "hall", "Hall", "on, manual" },
		{ "door", "Küche 部屋", "unavailable: no line\n'PIR'" },
	};
	struct table *table;

	assert_int_equal(table_new(titles, &table), 0);
	assert_int_equal(table_add(table, rows[0], TERMINAL_PLAIN), 0);
	assert_int_equal(table_add(table, rows[1], TERMINAL_BAD), 0);
	*state = table;
	return 0;
}

static int tear_down(void **state)
{
	table_free(*state);
	return 0;
}

static void test_unlimited(void **state)
{
	expect(*state, 0, false, true,
	       "NAME  LOCATION    STATE\n"
	       "hall  Hall        on, manual\n"
	       "door  Küche 部屋  unavailable: no line\\n'PIR'\n");
}

static void test_without_legend(void **state)
{
	expect(*state, 0, false, false,
	       "hall  Hall        on, manual\n"
	       "door  Küche 部屋  unavailable: no line\\n'PIR'\n");
}

static void test_cut(void **state)
{
	expect(*state, 36, false, true,
	       "NAME  LOCATION    STATE\n"
	       "hall  Hall        on, manual\n"
	       "door  Küche 部屋  unavailable: no l…\n");
	expect(*state, 20, false, true,
	       "NAME  LOCAT…  STATE\n"
	       "hall  Hall    on, m…\n"
	       "door  Küche…  unava…\n");
}

static void test_colours(void **state)
{
	expect(*state, 36, true, false,
	       "hall  Hall        on, manual\n"
	       "door  Küche 部屋  \x1b[1;31munavailable: no l…\x1b[0m\n");
}

/* At no width a line is wider, and at none is anything read or written where it should not be. */
static void test_every_width(void **state)
{
	(void)state;
	for (size_t width = 7; width < 60; width++) {
		char *text = print(*state, width, false, true);

		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			assert_in_range(text_width(line), 1, width);
		free(text);
	}
	free(print(*state, 1, false, true));
}

static void test_fit(void **state)
{
	static const struct {
		size_t widths[3], width, fitted[3];
	} table[] = {
		{ { 4, 8, 20 }, 0, { 4, 8, 20 } },  { { 4, 8, 20 }, 36, { 4, 8, 20 } },
		{ { 4, 8, 20 }, 35, { 4, 8, 19 } }, { { 4, 8, 20 }, 24, { 4, 8, 8 } },
		{ { 4, 8, 20 }, 22, { 4, 7, 7 } },  { { 4, 8, 20 }, 7, { 1, 1, 1 } },
		{ { 4, 8, 20 }, 1, { 1, 1, 1 } },   { { 0, 0, 0 }, 1, { 0, 0, 0 } },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		size_t widths[3];

		memcpy(widths, table[i].widths, sizeof widths);
		table_fit(widths, 3, table[i].width);
		if (memcmp(widths, table[i].fitted, sizeof widths) != 0)
			wrong += row_fails("row %zu: %zu %zu %zu", i, widths[0], widths[1], widths[2]);
	}
	assert_int_equal(wrong, 0);
}

#define TABLE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TABLE_TEST(test_unlimited), TABLE_TEST(test_without_legend), TABLE_TEST(test_cut),
		TABLE_TEST(test_colours),   TABLE_TEST(test_every_width),    cmocka_unit_test(test_fit),
	};

	text_set_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
