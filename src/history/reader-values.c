/* Values one by one. A position is the slot of a mean of five minutes, or the number of a row and ROWS. Rows have the numbers in
 * memory that they will have in the file, so what comes meanwhile does not move what is there. */
#include "history/reader.h"

#include <math.h>

#include "history/walk.h"

#define ROWS (UINT64_C(1) << 62)

struct listing {
	const struct question *question;
	uint64_t *position;
	uint32_t n;
	int (*each)(const struct recorded *value, void *userdata);
	void *userdata;
};

/* 1: there is no more room. */
static int list(struct listing *listing, const struct recorded *value, uint64_t position)
{
	if (listing->n == listing->question->at_most)
		return 1;
	listing->n++;
	*listing->position = position + 1;
	return listing->each(value, listing->userdata);
}

static int list_row(const struct row *row, bool up, void *userdata)
{
	double value = row->state == SERIES_KNOWN ? row->value : NAN;

	(void)up;
	return list(userdata, &(struct recorded){ row->time, 0, row->state, value }, ROWS + row->number);
}

static int list_span(uint64_t slot, const struct span *span, void *userdata)
{
	bool known = span->known_usec > 0 || span->n > 0;

	return list(userdata,
	            &(struct recorded){ slot * FIVE_USEC, FIVE_USEC, known ? SERIES_KNOWN : SERIES_UNAVAILABLE, span_mean(span) },
	            slot);
}

/* The means that are still to be listed begin here. If the row of the position has become one meanwhile: with its window. */
static int first_mean(struct recorder *recorder, uint64_t position, uint64_t *ret, struct problem *problem)
{
	uint64_t slot = 0;
	int r = position < ROWS || !recorder->store ? 0 : store_forgotten(recorder->store, position - ROWS, &slot, problem);

	*ret = position < ROWS ? position : r > 0 ? slot * WINDOW_FIVES : UINT64_MAX;
	return r;
}

static int list_means(struct recorder *recorder, struct listing *listing, uint64_t border, struct problem *problem)
{
	uint64_t from = listing->question->since / FIVE_USEC + (listing->question->since % FIVE_USEC != 0), first = 0;
	int r = first_mean(recorder, *listing->position, &first, problem);

	from = first > from ? first : from;
	if (r < 0 || border == 0 || from > (border - 1) / FIVE_USEC || !recorder->store)
		return r < 0 ? r : 0;
	return store_each_span(recorder->store, STORE_FIVE, listing->question->series->id, from, (border - 1) / FIVE_USEC,
	                       list_span, listing, problem);
}

int reader_values(struct recorder *recorder, const struct question *question, uint64_t *position,
                  int (*each)(const struct recorded *value, void *userdata), void *userdata, struct problem *problem)
{
	struct listing listing = { question, position, 0, each, userdata };
	uint64_t raw = 0, border;
	int r = reader_raw_since(recorder, question->series, &raw, problem);
	struct walk walk = {
		.recorder = recorder,
		.series = question->series,
		.until = question->until,
		.first = *position < ROWS ? 0 : *position - ROWS,
		.row = list_row,
		.userdata = &listing,
	};

	border = raw < question->until ? raw : question->until;
	walk.since = border > question->since ? border : question->since;
	if (r >= 0)
		r = list_means(recorder, &listing, border, problem);
	return r != 0 || walk.since >= walk.until ? r : walk_rows(&walk, problem);
}
