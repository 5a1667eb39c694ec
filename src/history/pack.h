/* Rows as a few bytes, many of them in one row of the database: its own form of a reading takes four times as many. Knows
 * nothing of the database. docs/history.md has the form. */
#pragma once

#include "history/row.h"

/* So long a pack gets: a page of the database has room for some of them, without an empty rest. */
#define PACK_BYTES 480

struct pack {
	uint8_t bytes[PACK_BYTES];
	size_t length;
	unsigned n;    /* rows in it */
	uint64_t time; /* of the last one */
};

/* Without rows; the first one will have this time. */
void pack_begin(struct pack *pack, uint64_t time);

/* False: there is no room for it, and nothing has changed. The row's number is not looked at. */
bool pack_add(struct pack *pack, const struct row *row);

/* What is still to be read of a pack. */
struct pack_reader {
	const uint8_t *next, *end;
	uint64_t number, time; /* those of the first row, at the beginning */
};

/* 1: a row; 0: there is no more; -EUCLEAN: it is damaged. */
int pack_read(struct pack_reader *reader, struct row *ret);
