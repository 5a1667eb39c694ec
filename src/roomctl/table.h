/* A table for people: each column is as wide as its contents, and cut if the table is too wide. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "client/terminal.h"
#include "util/cleanup.h"

#define TABLE_COLUMNS_MAX 8
#define TABLE_GAP 2

struct table;

/* Makes a table with these titles (ended by NULL; up to TABLE_COLUMNS_MAX). 0 or -ENOMEM. */
int table_new(const char *const *titles, struct table **ret);
struct table *table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free);

/* Adds a row with a text for each column, which are escaped (see text.h) and copied; the last one is shown in
 * `style`. -ENOMEM. */
int table_add(struct table *table, const char *const *texts, enum terminal_style style);

/* Writes the table, with the titles first if `legend`. 0 or -ENOMEM. */
int table_print(const struct table *table, FILE *stream, const struct terminal *terminal, bool legend);

/* Makes columns of these widths narrower, always the widest one of them, until they and the gaps between them
 * fit into `width` columns (0: unlimited) or each has only one. */
void table_fit(size_t *widths, size_t n, size_t width);
