#include "mqtt/queue-items.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- events ----------------------------------------------------------------------------------- */

size_t queue_event_bytes(const struct queue_event *event)
{
	return strlen(event->topic) + event->payload_length;
}

/* Copies so many bytes to where the texts of an item end, and moves the end. */
static const void *put(char **end, const void *bytes, size_t length)
{
	const void *at = *end;

	if (length > 0)
		memcpy(*end, bytes, length);
	*end += length;
	return at;
}

struct queue_item *queue_item_new(const struct queue_event *event)
{
	size_t topic = strlen(event->topic) + 1, series = strlen(event->series) + 1;
	struct queue_item *item;
	char *end;

	if (event->payload_length > SIZE_MAX / 2)
		return NULL;
	item = malloc(sizeof *item + topic + series + event->payload_length);
	if (!item)
		return NULL;
	*item = (struct queue_item){ .event = *event, .bytes = queue_event_bytes(event) };
	end = item->texts;
	item->event.topic = put(&end, event->topic, topic);
	item->event.series = put(&end, event->series, series);
	item->event.payload = put(&end, event->payload, event->payload_length);
	return item;
}

void queue_items_append(struct queue_items *items, struct queue_item *item)
{
	item->next = NULL;
	if (items->last)
		items->last->next = item;
	else
		items->first = item;
	items->last = item;
	items->length++;
	items->bytes += item->bytes;
}

struct queue_item *queue_items_after(const struct queue_items *items, uint64_t sequence)
{
	struct queue_item *item = items->first;

	if (!items->last || items->last->event.sequence <= sequence)
		return NULL;
	while (item->event.sequence <= sequence)
		item = item->next;
	return item;
}

struct queue_item *queue_items_find(const struct queue_items *items, uint64_t sequence)
{
	struct queue_item *item = sequence > 0 ? queue_items_after(items, sequence - 1) : NULL;

	return item && item->event.sequence == sequence ? item : NULL;
}

static struct queue_item *before(const struct queue_items *items, const struct queue_item *item)
{
	struct queue_item *previous = NULL;

	for (struct queue_item *i = items->first; i && i != item; i = i->next)
		previous = i;
	return previous;
}

struct queue_item *queue_items_take(struct queue_items *items, struct queue_item *item)
{
	struct queue_item *previous = before(items, item);

	if (previous)
		previous->next = item->next;
	else
		items->first = item->next;
	if (items->last == item)
		items->last = previous;
	items->length--;
	items->bytes -= item->bytes;
	item->next = NULL;
	return item;
}

void queue_items_clear(struct queue_items *items)
{
	while (items->first)
		free(queue_items_take(items, items->first));
}

/* --- sequences -------------------------------------------------------------------------------- */

/* The first range that ends at this sequence or later; `n` if none does. */
static size_t place_of(const struct queue_ranges *ranges, uint64_t sequence)
{
	size_t low = 0, high = ranges->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->range[middle].to < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool queue_ranges_have(const struct queue_ranges *ranges, uint64_t sequence)
{
	size_t i = place_of(ranges, sequence);

	return i < ranges->n && ranges->range[i].from <= sequence;
}

uint64_t queue_ranges_skip(const struct queue_ranges *ranges, uint64_t after)
{
	size_t i = place_of(ranges, after + 1);

	return i < ranges->n && ranges->range[i].from <= after + 1 ? ranges->range[i].to : after;
}

static int insert(struct queue_ranges *ranges, size_t i, uint64_t sequence)
{
	if (ranges->n == ranges->room) {
		size_t room = ranges->room ? 2 * ranges->room : 8;
		struct queue_range *larger = reallocarray(ranges->range, room, sizeof *larger);

		if (!larger)
			return -ENOMEM;
		ranges->range = larger;
		ranges->room = room;
	}
	memmove(&ranges->range[i + 1], &ranges->range[i], (ranges->n - i) * sizeof *ranges->range);
	ranges->range[i] = (struct queue_range){ sequence, sequence };
	ranges->n++;
	return 0;
}

/* The range before `i` and that at `i` have nothing between them any more. */
static void join(struct queue_ranges *ranges, size_t i)
{
	ranges->range[i - 1].to = ranges->range[i].to;
	ranges->n--;
	memmove(&ranges->range[i], &ranges->range[i + 1], (ranges->n - i) * sizeof *ranges->range);
}

int queue_ranges_add(struct queue_ranges *ranges, uint64_t sequence)
{
	size_t i = place_of(ranges, sequence);
	bool after_one = i > 0 && ranges->range[i - 1].to + 1 == sequence;
	bool before_one = i < ranges->n && ranges->range[i].from == sequence + 1;

	if (i < ranges->n && ranges->range[i].from <= sequence)
		return 0;
	if (after_one)
		ranges->range[i - 1].to = sequence;
	else if (before_one)
		ranges->range[i].from = sequence;
	else
		return insert(ranges, i, sequence);
	if (after_one && before_one)
		join(ranges, i);
	return 0;
}

void queue_ranges_clear(struct queue_ranges *ranges)
{
	free(ranges->range);
	*ranges = (struct queue_ranges){ 0 };
}
