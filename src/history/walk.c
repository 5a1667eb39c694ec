#include "history/walk.h"

#include <stdlib.h>

#include "util/problem.h"

/* What is recorded may be of a time somewhat before its window. */
#define SLOTS_AROUND 1

static int hold_until(struct walk *walk, uint64_t to)
{
	uint64_t from = walk->from > walk->since ? walk->from : walk->since;
	uint64_t end = to < walk->until ? to : walk->until;

	if (to > walk->from)
		walk->from = to;
	if (walk->state == SERIES_GAP || from >= end || !walk->hold)
		return 0;
	return walk->hold(walk->state, walk->value, from, end, walk->userdata);
}

static bool is_wanted(const struct walk *walk, const struct row *row)
{
	return walk->row && row->number >= walk->first && row->time >= walk->since && row->time < walk->until;
}

static int take(struct walk *walk, const struct row *row)
{
	bool up = row->state == SERIES_KNOWN && row->value != 0 && walk->state == SERIES_KNOWN && walk->value == 0;
	int r = hold_until(walk, row->time);

	walk->state = row->state;
	walk->value = row->value;
	walk->from = row->time;
	return r == 0 && row->series >= 0 && is_wanted(walk, row) ? walk->row(row, up, walk->userdata) : r;
}

/* --- in the file ------------------------------------------------------------------------------ */

static int on_row(const struct row *row, void *userdata)
{
	return row->series == 0 && row->state != SERIES_GAP ? 0 : take(userdata, row);
}

/* Windows in the order of recording, taken down before they are read: another statement goes through them. */
struct windows {
	struct store_window *all;
	size_t n;
};

static int on_window(const struct store_window *window, void *userdata)
{
	struct windows *windows = userdata;
	struct store_window *grown = windows->n % 64 ? windows->all : reallocarray(windows->all, windows->n + 64, sizeof *grown);

	if (!grown)
		return -12; /* ENOMEM */
	windows->all = grown;
	grown[windows->n++] = *window;
	return 0;
}

/* What holds at its end holds to the end of its time, unless it is the one that goes on in memory. Of one that has nothing of
 * interest nothing is read. */
static int walk_window(struct walk *walk, const struct store_window *window, bool goes_on, struct problem *problem)
{
	enum store_table table = series_table(walk->series);
	int r;

	walk->state = SERIES_GAP;
	if (window->end[table] <= walk->first)
		return 0;
	r = store_each_row(walk->recorder->store, table, window, walk->series->id, on_row, walk, problem);
	if (r == 0 && !goes_on)
		r = hold_until(walk, (window->slot + 1) * WINDOW_USEC);
	return r;
}

static int walk_file(struct walk *walk, struct problem *problem)
{
	struct store *store = walk->recorder->store;
	struct windows windows = { 0 };
	struct store_window last;
	uint64_t first = walk->since / WINDOW_USEC;
	int r;

	walk->state = SERIES_GAP;
	if (!store)
		return 0;
	r = store_last_window(store, &last, problem);
	if (r > 0)
		r = store_each_window(store, first > SLOTS_AROUND ? first - SLOTS_AROUND : 0,
		                      walk->until / WINDOW_USEC + SLOTS_AROUND, on_window, &windows, problem);
	for (size_t i = 0; r == 0 && i < windows.n; i++)
		r = walk_window(walk, &windows.all[i], windows.all[i].id == last.id, problem);
	if (r == 0 && windows.n > 0 && windows.all[windows.n - 1].id != last.id)
		walk->state = SERIES_GAP;
	free(windows.all);
	return r;
}

/* --- in memory -------------------------------------------------------------------------------- */

/* It will have this number in the file. */
static int take_item(struct walk *walk, const struct item *item, int64_t series)
{
	return take(walk, &(struct row){ walk->next, series, item->time, item->state, item->value });
}

static int walk_item(struct walk *walk, const struct item *item)
{
	const struct series *series = walk->series;
	int r = 0;

	switch (item->kind) {
	case ITEM_VALUE:
	case ITEM_GOES_ON:
		if (series_table(walk->recorder->series[item->series - 1]) != series_table(series))
			return 0;
		if (item->series == series->id)
			r = take_item(walk, item, item->kind == ITEM_VALUE ? (int64_t)series->id : -(int64_t)series->id);
		break;
	case ITEM_GAP:
		r = take_item(walk, item, 0);
		break;
	case ITEM_WINDOW:
	case ITEM_EVENT:
		return 0;
	}
	walk->next++;
	return r;
}

int walk_rows(struct walk *walk, struct problem *problem)
{
	const struct recorder *recorder = walk->recorder;
	int r = walk_file(walk, problem);

	walk->next = recorder->store ? recorder->store->next[series_table(walk->series)] : 0;
	for (size_t i = 0; r == 0 && i < recorder->items_n; i++)
		r = walk_item(walk, &recorder->items[i]);
	return r == 0 ? hold_until(walk, recorder->time) : r;
}
