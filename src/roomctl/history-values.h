/* What was recorded, value by value: for people, for spreadsheets, for programs. All read as they write, so that it does not
 * matter how much there is; all say what fails. */
#pragma once

#include "roomctl/history-client.h"

/* A table; before each series' first value what it was at the beginning. `ret_any`: there was something. */
enum status history_print_table(struct client *client, const struct history *history, bool *ret_any);

/* RFC 4180, with a line of titles. */
enum status history_print_csv(struct client *client, const struct history *history);

/* One document. `sums`: of each series its sum instead of its values. */
enum status history_print_json(struct client *client, const struct history *history, bool sums);

/* A field of a line of CSV: quoted if it has to be. */
void history_write_field(FILE *stream, const char *text);
