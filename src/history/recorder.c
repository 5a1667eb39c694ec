#define _GNU_SOURCE
#include "history/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A clock that is slewed differs by less from one minute to the next. */
#define STEP_USEC (USEC_PER_SEC)

/* --- spans ------------------------------------------------------------------------------------ */

static void account_fives(struct series *series, uint64_t begin_of_window, uint64_t from, uint64_t to)
{
	while (from < to) {
		uint64_t five = (from - begin_of_window) / FIVE_USEC;
		uint64_t end = begin_of_window + (five + 1) * FIVE_USEC;

		if (five >= WINDOW_FIVES)
			return;
		end = end < to ? end : to;
		span_hold(&series->fives[five], series->state, series->value, end - from);
		from = end;
	}
}

void series_account(struct series *series, uint64_t slot, uint64_t time)
{
	uint64_t begin = slot * WINDOW_USEC;

	if (series->since < begin)
		series->since = begin;
	if (time <= series->since)
		return;
	if (series->state != SERIES_GAP) {
		span_hold(&series->window, series->state, series->value, time - series->since);
		if (series->fives)
			account_fives(series, begin, series->since, time);
		series->last = time;
	}
	series->since = time;
}

void series_take(struct series *series, uint64_t slot, uint64_t time, enum series_state state, double value, bool counts)
{
	bool up = state == SERIES_KNOWN && value != 0 && series->state == SERIES_KNOWN && series->value == 0;
	uint64_t five = (time - slot * WINDOW_USEC) / FIVE_USEC;

	series_account(series, slot, time);
	series->state = state;
	series->value = value;
	series->since = time;
	if (state != SERIES_GAP)
		series->last = time;
	if (state != SERIES_GAP && series->first == 0) {
		series->first = time;
		series->stored = false;
	}
	if (state != SERIES_KNOWN || !counts)
		return;
	span_note(&series->window, value, up);
	if (series->fives && five < WINDOW_FIVES)
		span_note(&series->fives[five], value, up);
}

/* --- what is not in the file yet -------------------------------------------------------------- */

static int grow(void **array, size_t n, size_t *size, size_t one, size_t most)
{
	size_t wanted = *size ? *size * 2 : 64;
	void *grown;

	if (n < *size)
		return 0;
	if (n >= most)
		return -ENOSPC;
	wanted = wanted < most ? wanted : most;
	grown = reallocarray(*array, wanted, one);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*size = wanted;
	return 0;
}

static void free_item(struct item *item)
{
	if (item->kind == ITEM_EVENT)
		free(item->data);
}

/* The older half is no more: a gap, until each series is recorded again, or the next window says what goes on. */
static void drop_half(struct recorder *recorder)
{
	struct item gap = { .time = recorder->items[0].time, .kind = ITEM_GAP, .state = SERIES_GAP };
	size_t half = recorder->items_n / 2, kept = 0;

	for (size_t i = 0; i < half; i++) {
		free_item(&recorder->items[i]);
		if (recorder->items[i].kind == ITEM_WINDOW && kept + 1 < half)
			recorder->items[kept++] = recorder->items[i];
	}
	memmove(&recorder->items[1], &recorder->items[0], kept * sizeof *recorder->items);
	recorder->items[0] = gap;
	memmove(&recorder->items[kept + 1], &recorder->items[half], (recorder->items_n - half) * sizeof *recorder->items);
	recorder->items_n -= half - kept - 1;
	snprintf(recorder->said, sizeof recorder->said,
	         "the memory for history that cannot be written is full: the oldest of it is lost");
}

struct item *recorder_add(struct recorder *recorder, enum item_kind kind, uint64_t time)
{
	struct item *item;

	if (recorder->items_n >= RECORDER_ITEMS_MAX)
		drop_half(recorder);
	if (grow((void **)&recorder->items, recorder->items_n, &recorder->items_size, sizeof *item, RECORDER_ITEMS_MAX) < 0)
		return NULL;
	item = &recorder->items[recorder->items_n++];
	*item = (struct item){ .time = time, .kind = kind, .state = SERIES_GAP };
	return item;
}

static void add_value(struct recorder *recorder, const struct series *series, enum item_kind kind, uint64_t time)
{
	struct item *item = recorder_add(recorder, kind, time);

	if (!item)
		return;
	item->series = series->id;
	item->state = series->state;
	item->value = series->value;
}

static void add_span(struct recorder *recorder, enum store_tier tier, const struct series *series, uint64_t slot,
                     const struct span *span)
{
	if (span_is_empty(span) || grow((void **)&recorder->spans, recorder->spans_n, &recorder->spans_size,
	                                sizeof *recorder->spans, RECORDER_SPANS_MAX) < 0)
		return;
	recorder->spans[recorder->spans_n++] = (struct item_span){ tier, series->id, slot, *span };
}

/* --- windows ---------------------------------------------------------------------------------- */

static void close_series(struct recorder *recorder, struct series *series)
{
	if (!span_is_empty(&series->window))
		series->stored = false; /* `last` */
	add_span(recorder, STORE_WINDOW, series, recorder->slot, &series->window);
	series->window = (struct span){ 0 };
	for (unsigned i = 0; series->fives && i < WINDOW_FIVES; i++) {
		add_span(recorder, STORE_FIVE, series, recorder->slot * WINDOW_FIVES + i, &series->fives[i]);
		series->fives[i] = (struct span){ 0 };
	}
}

static void close_window(struct recorder *recorder)
{
	for (unsigned i = 0; recorder->open && i < recorder->series_n; i++)
		close_series(recorder, recorder->series[i]);
	recorder->open = false;
}

/* Each window says at its beginning what goes on, so that nobody has to look at the one before. */
static void open_window(struct recorder *recorder, uint64_t slot, uint64_t time)
{
	struct item *item = recorder_add(recorder, ITEM_WINDOW, time);

	if (item)
		item->slot = slot;
	recorder->open = true;
	recorder->slot = slot;
	for (unsigned i = 0; i < recorder->series_n; i++) {
		struct series *series = recorder->series[i];

		series->since = time;
		if (series->state != SERIES_GAP)
			add_value(recorder, series, ITEM_GOES_ON, time);
	}
	recorder->trim = true;
}

static void account_all(struct recorder *recorder, uint64_t time)
{
	for (unsigned i = 0; i < recorder->series_n; i++)
		series_account(recorder->series[i], recorder->slot, time);
}

/* The time goes on to this one, through all windows between. */
static void advance(struct recorder *recorder, uint64_t time)
{
	uint64_t slot;

	if (time < recorder->time)
		time = recorder->time;
	slot = time / WINDOW_USEC;
	while (recorder->open && recorder->slot < slot) {
		uint64_t end = (recorder->slot + 1) * WINDOW_USEC;

		account_all(recorder, end);
		close_window(recorder);
		open_window(recorder, recorder->known ? end / WINDOW_USEC : slot, recorder->known ? end : time);
	}
	if (!recorder->open)
		open_window(recorder, slot, time);
	account_all(recorder, time);
	recorder->time = time;
}

/* The clock was set: another window, unless it is the same one. */
static void jump(struct recorder *recorder, uint64_t time)
{
	recorder->time = time;
	if (recorder->open && recorder->slot != time / WINDOW_USEC)
		close_window(recorder);
	if (!recorder->open)
		open_window(recorder, time / WINDOW_USEC, time);
	for (unsigned i = 0; i < recorder->series_n; i++)
		recorder->series[i]->since = time;
}

/* --- recording -------------------------------------------------------------------------------- */

void recorder_gap(struct recorder *recorder, uint64_t time)
{
	if (recorder->known) {
		advance(recorder, time);
		for (unsigned i = 0; i < recorder->series_n; i++)
			recorder->series[i]->state = SERIES_GAP;
		recorder_add(recorder, ITEM_GAP, recorder->time);
	}
	recorder->known = recorder->away = false;
}

void recorder_go_on(struct recorder *recorder)
{
	recorder->away = false;
}

/* After a gap that was only the clock's, the same goes on. */
static void go_on_at(struct recorder *recorder, uint64_t time, const enum series_state *states)
{
	jump(recorder, time);
	for (unsigned i = 0; i < recorder->series_n; i++) {
		recorder->series[i]->state = states[i];
		if (states[i] != SERIES_GAP)
			add_value(recorder, recorder->series[i], ITEM_GOES_ON, time);
	}
	recorder->known = true;
}

static void step(struct recorder *recorder, uint64_t old_time, uint64_t new_time)
{
	_cleanup_(cleanup_free) enum series_state *states = calloc(recorder->series_n + 1, sizeof *states);
	bool known = recorder->known;

	for (unsigned i = 0; states && i < recorder->series_n; i++)
		states[i] = recorder->series[i]->state;
	recorder_gap(recorder, old_time);
	if (known && states)
		go_on_at(recorder, new_time, states);
	else
		jump(recorder, new_time);
}

/* The clock was set while this process did not run. */
static void first_clock(struct recorder *recorder, const struct moment *now)
{
	recorder->clock_known = true;
	recorder->offset = (int64_t)(now->realtime - now->boot);
	if (recorder->time > now->realtime + STEP_USEC) {
		recorder_gap(recorder, recorder->time);
		jump(recorder, now->realtime);
	}
}

void recorder_clock(struct recorder *recorder, const struct moment *now)
{
	int64_t offset = (int64_t)(now->realtime - now->boot), by = offset - recorder->offset;

	if (!recorder->clock_known) {
		first_clock(recorder, now);
		return;
	}
	if (by > (int64_t)STEP_USEC || by < -(int64_t)STEP_USEC)
		step(recorder, now->boot + (uint64_t)recorder->offset, now->realtime);
	recorder->offset = offset;
}

void recorder_set(struct recorder *recorder, struct series *series, uint64_t time, enum series_state state, double value)
{
	if (state == series->state && (state != SERIES_KNOWN || value == series->value))
		return;
	advance(recorder, time);
	series_take(series, recorder->slot, recorder->time, state, value, true);
	add_value(recorder, series, ITEM_VALUE, recorder->time);
	recorder->known = true;
}

void recorder_tick(struct recorder *recorder, uint64_t time)
{
	advance(recorder, time);
}

void recorder_event(struct recorder *recorder, unsigned component, uint64_t time, unsigned name, char *data)
{
	struct item *item = NULL;

	advance(recorder, time);
	if (component > 0 && name > 0)
		item = recorder_add(recorder, ITEM_EVENT, time);
	if (!item) {
		free(data);
		return;
	}
	item->series = component;
	item->name = name;
	item->data = data;
}

void recorder_hub(struct recorder *recorder, const char *series, uint64_t serial)
{
	if (strcmp(recorder->hub, series) != 0) {
		snprintf(recorder->hub, sizeof recorder->hub, "%s", series);
		recorder->hub_changed = true;
	}
	recorder->serial = serial;
}

/* --- life ------------------------------------------------------------------------------------- */

int recorder_new(const char *folder, const struct store_bounds *bounds, struct recorder **ret)
{
	_cleanup_(recorder_freep) struct recorder *recorder = calloc(1, sizeof *recorder);

	if (!recorder)
		return -ENOMEM;
	recorder->bounds = *bounds;
	recorder->folder = folder ? strdup(folder) : NULL;
	if (folder && !recorder->folder)
		return -ENOMEM;
	if (folder && recorder_open(recorder) == -ENOMEM)
		return -ENOMEM;
	if (!folder)
		snprintf(recorder->problem, sizeof recorder->problem, "there is no folder for it");
	*ret = TAKE_PTR(recorder);
	return 0;
}

static void free_all(char **names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

void recorder_forget(struct recorder *recorder)
{
	free_all(recorder->words, recorder->words_n);
	free_all(recorder->components, recorder->components_n);
	for (unsigned i = 0; i < recorder->series_n; i++)
		series_free(recorder->series[i]);
	for (size_t i = 0; i < recorder->items_n; i++)
		free_item(&recorder->items[i]);
	free(recorder->series);
	free(recorder->items);
	free(recorder->spans);
	recorder->words = recorder->components = NULL;
	recorder->series = NULL;
	recorder->items = NULL;
	recorder->spans = NULL;
	recorder->words_n = recorder->words_stored = recorder->components_n = recorder->components_stored = 0;
	recorder->series_n = 0;
	recorder->items_n = recorder->items_size = recorder->spans_n = recorder->spans_size = 0;
	recorder->open = recorder->away = recorder->known = false;
	recorder->time = recorder->serial = recorder->slot = 0;
	recorder->hub[0] = '\0';
}

struct recorder *recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return NULL;
	store_close(recorder->store);
	recorder_forget(recorder);
	free(recorder->folder);
	free(recorder);
	return NULL;
}

bool recorder_take_words(struct recorder *recorder, const char **ret)
{
	static char text[sizeof recorder->said];

	if (!recorder->said[0])
		return false;
	memcpy(text, recorder->said, sizeof text);
	recorder->said[0] = '\0';
	*ret = text;
	return true;
}
