/* Prints the recorded values one by one, for people, spreadsheets and programs. All functions read while they
 * write, so any amount is fine. All print errors. */
#pragma once

#include "roomctl/history-client.h"

/* Prints a table. Each series begins with its value at the beginning of the time. `ret_any`: there were
 * values. */
enum status history_print_table(struct client *client, const struct history *history, bool *ret_any);

/* Prints CSV (RFC 4180), with a line of titles. */
enum status history_print_csv(struct client *client, const struct history *history);

/* Prints one JSON document. `sums`: with the sum of each series instead of its values. */
enum status history_print_json(struct client *client, const struct history *history, bool sums);

/* Writes a field of a CSV line, quoted if necessary. */
void history_write_field(FILE *stream, const char *text);
