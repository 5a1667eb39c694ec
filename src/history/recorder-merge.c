/* A file that could not be opened at first can now: what was recorded meanwhile goes into it. */
#include <errno.h>
#include <string.h>

#include "history/recorder.h"
#include "util/problem.h"

/* --- a file that has nothing ------------------------------------------------------------------ */

static void add_what_is(struct recorder *recorder)
{
	for (unsigned i = 0; i < recorder->series_n; i++) {
		const struct series *series = recorder->series[i];
		struct item *item = series->state == SERIES_GAP ? NULL : recorder_add(recorder, ITEM_GOES_ON, recorder->time);

		if (!item)
			continue;
		item->series = series->id;
		item->state = series->state;
		item->value = series->value;
	}
}

/* What waits may go on with a window that the file does not have. */
void recorder_begin_anew(struct recorder *recorder)
{
	bool nothing_waits = recorder->items_n == 0;
	struct item *item;

	if (!recorder->open || (!nothing_waits && recorder->items[0].kind == ITEM_WINDOW))
		return;
	item = recorder_add(recorder, ITEM_WINDOW, recorder->time);
	if (!item)
		return;
	item->slot = recorder->slot;
	if (nothing_waits) {
		add_what_is(recorder);
		return;
	}
	memmove(&recorder->items[1], &recorder->items[0], (recorder->items_n - 1) * sizeof *item);
	recorder->items[0] = (struct item){ .kind = ITEM_WINDOW, .state = SERIES_GAP, .time = recorder->items[1].time,
		                            .slot = recorder->items[1].time / WINDOW_USEC };
}

/* --- a file that has something ---------------------------------------------------------------- */

static struct series *same_series(struct recorder *recorder, const struct recorder *from, const struct series *it)
{
	return recorder_series(recorder, &(struct series_about){
						 .component = recorder_component_name(from, it->component),
						 .property = it->property,
						 .class = it->class,
						 .unit = it->unit,
						 .type = it->type,
						 .precision = it->precision,
					 });
}

static void record_value(struct recorder *recorder, const struct recorder *from, const struct item *item)
{
	const struct series *it = from->series[item->series - 1];
	struct series *series = same_series(recorder, from, it);
	double value = item->value;

	if (it->type == 's' && item->state == SERIES_KNOWN)
		value = recorder_word(recorder, recorder_word_text(from, (unsigned)item->value));
	if (series)
		recorder_set(recorder, series, item->time, item->state, value);
}

static void record(struct recorder *recorder, const struct recorder *from, struct item *item)
{
	switch (item->kind) {
	case ITEM_VALUE:
	case ITEM_GOES_ON:
		record_value(recorder, from, item);
		break;
	case ITEM_GAP:
		recorder_gap(recorder, item->time);
		break;
	case ITEM_EVENT:
		recorder_event(recorder, recorder_component(recorder, recorder_component_name(from, item->series)), item->time,
		               recorder_word(recorder, recorder_word_text(from, item->name)), TAKE_PTR(item->data));
		break;
	case ITEM_WINDOW:
		break;
	}
}

/* What the memory had moves out, so that there is room for what the file has. */
static struct recorder move_out(struct recorder *recorder)
{
	struct recorder from = *recorder;

	recorder->words_n = recorder->components_n = recorder->series_n = 0;
	recorder->items_n = 0;
	recorder->words = recorder->components = NULL;
	recorder->series = NULL;
	recorder->items = NULL;
	recorder->spans = NULL;
	recorder_forget(recorder);
	return from;
}

int recorder_merge(struct recorder *recorder, struct problem *problem)
{
	struct recorder from;
	int r;

	/* Nothing of this is lost if the file cannot be read. */
	from = move_out(recorder);
	r = recorder_load(recorder, problem);
	if (r < 0) {
		recorder_forget(recorder);
		from.store = recorder->store;
		*recorder = from;
		return r;
	}
	recorder_gap(recorder, recorder->time);
	for (size_t i = 0; i < from.items_n; i++)
		record(recorder, &from, &from.items[i]);
	recorder_hub(recorder, from.hub, from.serial);
	recorder_forget(&from);
	return 0;
}
