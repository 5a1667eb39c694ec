#include "roomctl/table.h"

#include <errno.h>
#include <stdlib.h>

#include "client/text.h"

struct row {
	char *texts[TABLE_COLUMNS_MAX];
	enum terminal_style style;
};

struct table {
	const char *const *titles;
	size_t columns;
	struct row *rows;
	size_t n;
};

int table_new(const char *const *titles, struct table **ret)
{
	struct table *table = calloc(1, sizeof *table);

	if (!table)
		return -ENOMEM;
	table->titles = titles;
	while (titles[table->columns])
		table->columns++;
	*ret = table;
	return 0;
}

static void free_row(struct row *row)
{
	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
		free(row->texts[i]);
}

struct table *table_free(struct table *table)
{
	if (!table)
		return NULL;
	for (size_t i = 0; i < table->n; i++)
		free_row(&table->rows[i]);
	free(table->rows);
	free(table);
	return NULL;
}

int table_add(struct table *table, const char *const *texts, enum terminal_style style)
{
	struct row *rows = realloc(table->rows, (table->n + 1) * sizeof *rows);
	struct row row = { .style = style };

	if (!rows)
		return -ENOMEM;
	table->rows = rows;
	for (size_t i = 0; i < table->columns; i++) {
		row.texts[i] = text_escape(texts[i]);
		if (!row.texts[i]) {
			free_row(&row);
			return -ENOMEM;
		}
	}
	table->rows[table->n++] = row;
	return 0;
}

void table_fit(size_t *widths, size_t n, size_t width)
{
	size_t sum = n > 0 ? (n - 1) * TABLE_GAP : 0;

	for (size_t i = 0; i < n; i++)
		sum += widths[i];
	for (; width > 0 && sum > width; sum--) {
		size_t widest = 0;

		for (size_t i = 1; i < n; i++)
			if (widths[i] >= widths[widest])
				widest = i;
		if (widths[widest] <= 1)
			return;
		widths[widest]--;
	}
}

/* A line of the table. No spaces at its end. */
static int print_row(const struct table *table, const char *const *texts, const size_t *widths, FILE *stream,
                     const struct terminal *terminal, enum terminal_style style)
{
	for (size_t i = 0; i < table->columns; i++) {
		_cleanup_(cleanup_free) char *text = text_ellipsize(texts[i], widths[i]);
		bool last = i + 1 == table->columns;

		if (!text)
			return -ENOMEM;
		terminal_print(terminal, stream, last ? style : TERMINAL_PLAIN, text);
		if (!last)
			fprintf(stream, "%*s", (int)(widths[i] - text_width(text) + TABLE_GAP), "");
	}
	fputc('\n', stream);
	return 0;
}

static void widen(size_t *width, const char *text)
{
	size_t wanted = text_width(text);

	if (wanted > *width)
		*width = wanted;
}

int table_print(const struct table *table, FILE *stream, const struct terminal *terminal, bool legend)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	int r = 0;

	for (size_t i = 0; i < table->columns; i++) {
		if (legend)
			widen(&widths[i], table->titles[i]);
		for (size_t j = 0; j < table->n; j++)
			widen(&widths[i], table->rows[j].texts[i]);
	}
	table_fit(widths, table->columns, terminal->width);
	if (legend)
		r = print_row(table, table->titles, widths, stream, terminal, TERMINAL_PLAIN);
	for (size_t j = 0; r >= 0 && j < table->n; j++)
		r = print_row(table, (const char *const *)table->rows[j].texts, widths, stream, terminal,
		              table->rows[j].style);
	return r;
}
