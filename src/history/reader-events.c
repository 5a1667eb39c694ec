/* The events that were recorded. */
#include "history/reader.h"

/* They may be of a time somewhat before their window. */
#define SLOTS_AROUND 1

struct listing {
	struct recorder *recorder;
	const struct question *question;
	const bool *wanted;
	uint64_t *position; /* the number of an event; before: where the list begins */
	uint32_t n;
	int (*each)(const struct store_event *event, void *userdata);
	void *userdata;
	struct problem *problem;
};

/* 1: there is no more room. */
static int list(const struct store_event *event, void *userdata)
{
	struct listing *listing = userdata;
	const struct question *question = listing->question;

	if (event->number < *listing->position || event->time < question->since || event->time >= question->until ||
	    event->component > listing->recorder->components_n || (listing->wanted && !listing->wanted[event->component]))
		return 0;
	if (listing->n == question->at_most)
		return 1;
	listing->n++;
	*listing->position = event->number + 1;
	return listing->each(event, listing->userdata);
}

static int list_window(const struct store_window *window, void *userdata)
{
	struct listing *listing = userdata;

	return store_each_event(listing->recorder->store, window->first[STORE_EVENT], window->end[STORE_EVENT], list, listing,
	                        listing->problem);
}

int reader_events(struct recorder *recorder, const struct question *question, const bool *wanted, uint64_t *position,
                  int (*each)(const struct store_event *event, void *userdata), void *userdata, struct problem *problem)
{
	struct listing listing = { recorder, question, wanted, position, 0, each, userdata, problem };
	uint64_t first = question->since / WINDOW_USEC, number = recorder->store ? recorder->store->next[STORE_EVENT] : 0;
	int r = 0;

	if (recorder->store)
		r = store_each_window(recorder->store, first > SLOTS_AROUND ? first - SLOTS_AROUND : 0,
		                      question->until / WINDOW_USEC + SLOTS_AROUND, list_window, &listing, problem);
	for (size_t i = 0; r == 0 && i < recorder->items_n; i++) {
		const struct item *item = &recorder->items[i];

		if (item->kind == ITEM_EVENT)
			r = list(&(struct store_event){ number++, item->series, item->name, item->time, item->data }, &listing);
	}
	return r;
}
