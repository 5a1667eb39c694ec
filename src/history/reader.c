#define _GNU_SOURCE
#include "history/reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "history/walk.h"
#include "util/problem.h"

static int no_memory(struct problem *problem)
{
	return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
}

/* --- points ----------------------------------------------------------------------------------- */

struct points {
	struct point *all;
	size_t n;
	uint64_t since, until, step;
};

static struct point *point_at(const struct points *points, uint64_t time)
{
	size_t i = time < points->since ? 0 : (size_t)((time - points->since) / points->step);

	return &points->all[i < points->n ? i : points->n - 1];
}

static int on_hold(enum series_state state, double value, uint64_t from, uint64_t to, void *userdata)
{
	struct points *points = userdata;

	while (from < to) {
		struct point *point = point_at(points, from);
		uint64_t end = point->end < to ? point->end : to;

		span_hold(&point->span, state, value, end - from);
		from = end > from ? end : to;
	}
	return 0;
}

static int on_row(const struct row *row, bool up, void *userdata)
{
	if (row->state == SERIES_KNOWN)
		span_note(&point_at(userdata, row->time)->span, row->value, up);
	return 0;
}

/* A mean of some time is shared among the steps that have a part of it. */
static void share(const struct points *points, uint64_t begin, uint64_t length, const struct span *span)
{
	uint64_t end = begin + length;

	for (uint64_t from = begin > points->since ? begin : points->since; from < end && from < points->until;) {
		struct point *point = point_at(points, from);
		uint64_t to = point->end < end ? point->end : end;

		span_add(&point->span, span, (double)(to - from) / (double)length);
		from = to > from ? to : end;
	}
}

struct tier_walk {
	const struct points *points;
	uint64_t length;
};

static int on_span(uint64_t slot, const struct span *span, void *userdata)
{
	const struct tier_walk *walk = userdata;

	share(walk->points, slot * walk->length, walk->length, span);
	return 0;
}

/* --- means: in the file and in memory --------------------------------------------------------- */

/* The window that is open; its last step is not over. */
static void each_open(const struct recorder *recorder, const struct series *series, enum store_tier tier, uint64_t from,
                      uint64_t to, int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata)
{
	uint64_t slot = tier == STORE_FIVE ? recorder->slot * WINDOW_FIVES : recorder->slot;
	size_t n = tier == STORE_FIVE ? (series->fives ? WINDOW_FIVES : 0) : 1;

	for (size_t i = 0; recorder->open && i < n; i++) {
		const struct span *span = tier == STORE_FIVE ? &series->fives[i] : &series->window;

		if (slot + i >= from && slot + i <= to && !span_is_empty(span))
			each(slot + i, span, userdata);
	}
}

/* Of these slots, the last one included. */
static int each_span(struct recorder *recorder, const struct series *series, enum store_tier tier, uint64_t from, uint64_t to,
                     int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata,
                     struct problem *problem)
{
	int r = recorder->store ? store_each_span(recorder->store, tier, series->id, from, to, each, userdata, problem) : 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < recorder->spans_n; i++) {
		const struct item_span *it = &recorder->spans[i];

		if (it->tier == tier && it->series == series->id && it->slot >= from && it->slot <= to)
			each(it->slot, &it->span, userdata);
	}
	each_open(recorder, series, tier, from, to, each, userdata);
	return 0;
}

int reader_raw_since(struct recorder *recorder, const struct series *series, uint64_t *ret, struct problem *problem)
{
	uint64_t slot = 0, raw = 0;
	int r;

	*ret = 0;
	if (series->type != 'd' || !recorder->store)
		return 0;
	r = store_oldest(recorder->store, &slot, &raw, problem);
	if (r >= 0)
		*ret = slot == UINT64_MAX ? 0 : raw == UINT64_MAX ? recorder->slot * WINDOW_USEC : raw * WINDOW_USEC;
	return r;
}

static int fill_from_means(struct recorder *recorder, const struct series *series, enum store_tier tier,
                           const struct points *points, uint64_t since, uint64_t until, struct problem *problem)
{
	uint64_t length = tier == STORE_FIVE ? FIVE_USEC : WINDOW_USEC;
	struct tier_walk walk = { points, length };

	return since >= until
	               ? 0
	               : each_span(recorder, series, tier, since / length, (until - 1) / length, on_span, &walk, problem);
}

static int fill_from_rows(struct recorder *recorder, const struct series *series, const struct points *points, uint64_t since,
                          uint64_t until, struct problem *problem)
{
	struct walk walk = {
		.recorder = recorder,
		.series = series,
		.since = since,
		.until = until,
		.hold = on_hold,
		.row = on_row,
		.userdata = (void *)(uintptr_t)points,
	};

	return since >= until ? 0 : walk_rows(&walk, problem);
}

/* The finest that there is, and no finer than is wanted. */
static int fill(struct recorder *recorder, const struct series *series, const struct points *points, struct problem *problem)
{
	uint64_t raw = 0, border;
	int r;

	if (points->step >= WINDOW_USEC)
		return fill_from_means(recorder, series, STORE_WINDOW, points, points->since, points->until, problem);
	if (series->type == 'd' && points->step >= FIVE_USEC)
		return fill_from_means(recorder, series, STORE_FIVE, points, points->since, points->until, problem);
	r = reader_raw_since(recorder, series, &raw, problem);
	border = raw < points->since ? points->since : raw < points->until ? raw : points->until;
	if (r >= 0)
		r = fill_from_means(recorder, series, STORE_FIVE, points, points->since, border, problem);
	return r < 0 ? r : fill_from_rows(recorder, series, points, border, points->until, problem);
}

static int new_points(const struct question *question, struct points *ret, struct problem *problem)
{
	uint64_t length = question->until - question->since;
	uint64_t step = length / question->at_most + (length % question->at_most != 0);

	*ret = (struct points){
		.n = (size_t)(length / step + (length % step != 0)),
		.since = question->since,
		.until = question->until,
		.step = step,
	};
	ret->all = calloc(ret->n, sizeof *ret->all);
	if (!ret->all)
		return no_memory(problem);
	for (size_t i = 0; i < ret->n; i++) {
		ret->all[i].begin = ret->since + i * step;
		ret->all[i].end = i + 1 < ret->n ? ret->all[i].begin + step : question->until;
	}
	return 0;
}

/* A time that was there twice is no longer than it is; the best that is known of a step is its state. */
static void finish_point(struct point *point)
{
	struct span *span = &point->span;
	uint64_t length = point->end - point->begin;

	if (span->known_usec > length) {
		span->on_usec = (uint64_t)((double)span->on_usec * ((double)length / (double)span->known_usec));
		span->sum *= (double)length / (double)span->known_usec;
		span->known_usec = length;
	}
	if (span->unavailable_usec > length)
		span->unavailable_usec = length;
	point->state = span->known_usec > 0 || span->n > 0  ? SERIES_KNOWN
	               : span->unavailable_usec > 0          ? SERIES_UNAVAILABLE
	                                                     : SERIES_GAP;
}

int reader_points(struct recorder *recorder, const struct question *question, struct point **ret, size_t *ret_n,
                  struct problem *problem)
{
	struct points points;
	int r = new_points(question, &points, problem);

	if (r >= 0)
		r = fill(recorder, question->series, &points, problem);
	if (r < 0) {
		free(points.all);
		return r;
	}
	for (size_t i = 0; i < points.n; i++)
		finish_point(&points.all[i]);
	*ret = points.all;
	*ret_n = points.n;
	return 0;
}

/* --- sums ------------------------------------------------------------------------------------- */

/* From `since` to `until` in three parts: in the middle whole windows, at both ends what was recorded. */
int reader_sums(struct recorder *recorder, const struct question *question, struct span *ret, struct problem *problem)
{
	struct point all = { .begin = question->since, .end = question->until };
	struct points points = { &all, 1, question->since, question->until, question->until - question->since };
	uint64_t first = (question->since / WINDOW_USEC + (question->since % WINDOW_USEC != 0)) * WINDOW_USEC;
	uint64_t last = question->until / WINDOW_USEC * WINDOW_USEC;
	uint64_t raw = 0;
	int r = reader_raw_since(recorder, question->series, &raw, problem);

	if (first >= last)
		first = last = question->until;
	if (r >= 0 && question->since < first)
		r = raw > question->since ? fill_from_means(recorder, question->series, STORE_FIVE, &points, question->since, first, problem)
		                          : fill_from_rows(recorder, question->series, &points, question->since, first, problem);
	if (r >= 0)
		r = fill_from_means(recorder, question->series, STORE_WINDOW, &points, first, last, problem);
	if (r >= 0 && last < question->until)
		r = fill_from_rows(recorder, question->series, &points, last, question->until, problem);
	if (r >= 0)
		*ret = all.span;
	return r;
}

uint64_t reader_since(struct recorder *recorder)
{
	uint64_t first = UINT64_MAX, slot = UINT64_MAX, raw;
	struct problem ignored;

	for (unsigned i = 0; i < recorder->series_n; i++)
		if (recorder->series[i]->first > 0 && recorder->series[i]->first < first)
			first = recorder->series[i]->first;
	if (first == UINT64_MAX)
		return 0;
	if (recorder->store && store_oldest(recorder->store, &slot, &raw, &ignored) >= 0 && slot != UINT64_MAX &&
	    slot * WINDOW_USEC > first)
		first = slot * WINDOW_USEC;
	return first;
}
