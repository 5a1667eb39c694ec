/* The invariant: **an event up to the saved position is in the file, or was acknowledged, or was pushed out
 * by a bound and is counted in the file.** An event above the saved position is asked for anew by whoever
 * starts after a crash, so that it is lost only if it is no longer to be had there either, which is seen as a
 * gap of the serials. It holds at any moment, because:
 *
 * - one save is one transaction, with all that is unsaved: the events, the position, the count of the
 * dropped, and the events that are done and go. No position is written without the events that it covers.
 * - an event that is acknowledged before it was saved needs no place: the position may pass it.
 * - an event goes from memory only when a save with it has succeeded, or when it was acknowledged or pushed
 * out.
 * - what is done is forgotten by the file later than by the broker. A crash between repeats it, marked; so
 * does one before the position was saved.
 *
 * The queue is the file's events, then the unsaved ones. The file's are those up to `saved_last`; of these a
 * few are in memory too (the window), and those that are done are remembered until the next save. */
#include "mqtt/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/queue-internal.h"

/* --- looking at events ------------------------------------------------------------------------ */

static struct queue_item *find(struct queue *queue, uint64_t after)
{
	struct queue_item *item = NULL;

	if (queue->saved_length > 0 && after < queue->saved_last)
		item = queue_find_saved(queue, after);
	return item ? item : queue_items_after(&queue->unsaved, after);
}

const struct queue_event *queue_next(struct queue *queue, uint64_t after_sequence)
{
	struct queue_item *item = find(queue, after_sequence);

	if (!item)
		return NULL;
	if (item->event.sequence <= queue->handed_out)
		item->event.repeated = true;
	else
		queue->handed_out = item->event.sequence;
	return &item->event;
}

/* --- removing events -------------------------------------------------------------------------- */

static int remove_saved(struct queue *queue, uint64_t sequence, uint64_t bytes, uint64_t now_ns)
{
	struct queue_item *item;

	if (queue_ranges_add(&queue->done, sequence) < 0)
		return -ENOMEM;
	item = queue_items_find(&queue->window, sequence);
	if (item)
		free(queue_items_take(&queue->window, item));
	queue->saved_length--;
	queue->saved_bytes -= bytes < queue->saved_bytes ? bytes : queue->saved_bytes;
	queue_has_changed(queue, now_ns);
	return 0;
}

static int done_saved(struct queue *queue, uint64_t sequence, uint64_t now_ns)
{
	const struct queue_item *item = queue_items_find(&queue->window, sequence);
	struct problem problem;
	uint64_t bytes = item ? item->bytes : 0;
	int r = 1;

	if (queue->saved_length == 0 || queue_ranges_have(&queue->done, sequence))
		return 0;
	if (!item)
		r = queue_store_bytes(queue->store, queue_number_in_file(queue, sequence), &bytes, &problem);
	if (r < 0)
		queue_file_fails(queue, r, &problem);
	if (r <= 0)
		return r;
	return remove_saved(queue, sequence, bytes, now_ns);
}

int queue_done(struct queue *queue, uint64_t sequence, uint64_t now_ns)
{
	struct queue_item *item = queue_items_find(&queue->unsaved, sequence);

	if (item)
		free(queue_items_take(&queue->unsaved, item)); /* which was a change to be saved already */
	return item || sequence > queue->saved_last ? 0 : done_saved(queue, sequence, now_ns);
}

/* --- bounds ----------------------------------------------------------------------------------- */

/* An event that is in the queue is counted, and goes. False: it cannot. */
static bool push_out(struct queue *queue, struct queue_item *item, uint64_t now_ns)
{
	queue_count_dropped(queue, 1, &item->event);
	queue_has_changed(queue, now_ns);
	if (item->event.sequence <= queue->saved_last)
		return remove_saved(queue, item->event.sequence, item->bytes, now_ns) >= 0;
	free(queue_items_take(&queue->unsaved, item));
	return true;
}

static bool is_too_much(const struct queue *queue)
{
	const struct queue_settings *settings = &queue->settings;

	return (settings->events > 0 && queue_length(queue) > settings->events) ||
	       (settings->bytes > 0 && queue_bytes(queue) > settings->bytes);
}

/* Whatever the settings say. */
static bool is_too_much_memory(const struct queue *queue)
{
	const struct queue_items *unsaved = &queue->unsaved;

	return unsaved->bytes + unsaved->length * sizeof(struct queue_item) > QUEUE_MEMORY_BYTES;
}

static void make_room(struct queue *queue, uint64_t now_ns)
{
	struct queue_item *item;

	while (is_too_much(queue) && (item = find(queue, 0)) && push_out(queue, item, now_ns))
		;
	while (queue->unsaved.first && is_too_much_memory(queue) &&
	       push_out(queue, queue->unsaved.first, now_ns))
		;
}

static bool is_too_old(const struct queue *queue, const struct queue_event *event, uint64_t realtime_usec)
{
	return queue->settings.max_age_usec > 0 && event->realtime_usec >= QUEUE_CLOCK_SET_USEC &&
	       realtime_usec > event->realtime_usec &&
	       realtime_usec - event->realtime_usec > queue->settings.max_age_usec;
}

void queue_expire(struct queue *queue, uint64_t now_ns, uint64_t realtime_usec)
{
	struct queue_item *item;

	if (queue->settings.max_age_usec == 0)
		return;
	while ((item = find(queue, 0)) && is_too_old(queue, &item->event, realtime_usec) &&
	       push_out(queue, item, now_ns))
		;
}

/* --- adding ----------------------------------------------------------------------------------- */

static bool is_known(const struct queue *queue, const struct queue_event *event)
{
	const struct queue_position *position = &queue->state.position;

	return strcmp(event->series, position->series) == 0 && event->serial <= position->serial;
}

static void move_position(struct queue *queue, const struct queue_event *event)
{
	strcpy(queue->state.position.series, event->series);
	queue->state.position.serial = event->serial;
}

/* It would push out all others, and not fit even so. */
static bool never_fits(const struct queue *queue, const struct queue_event *event)
{
	size_t bytes = queue_event_bytes(event);

	return (queue->settings.bytes > 0 && bytes > queue->settings.bytes) || bytes > QUEUE_MEMORY_BYTES;
}

static int append(struct queue *queue, const struct queue_event *event)
{
	struct queue_item *item = queue_item_new(event);

	if (!item)
		return -ENOMEM;
	item->event.sequence = queue->next_sequence++;
	queue_items_append(&queue->unsaved, item);
	return 0;
}

int queue_add(struct queue *queue, const struct queue_event *event, uint64_t now_ns, uint64_t realtime_usec)
{
	if (!event->series[0] || strlen(event->series) >= QUEUE_SERIES_SIZE)
		return -EINVAL;
	if (is_known(queue, event))
		return 0;
	if (never_fits(queue, event))
		queue_count_dropped(queue, 1, event);
	else if (append(queue, event) < 0)
		return -ENOMEM;
	move_position(queue, event);
	queue->added++;
	queue_has_changed(queue, now_ns);
	queue_expire(queue, now_ns, realtime_usec);
	make_room(queue, now_ns);
	return 1;
}

/* --- the queue -------------------------------------------------------------------------------- */

int queue_new(const char *folder, const struct queue_settings *settings, uint64_t now_ns, struct queue **ret)
{
	_cleanup_(queue_freep) struct queue *queue = calloc(1, sizeof *queue);

	if (!queue)
		return -ENOMEM;
	queue->settings = *settings;
	queue->broker_ns = queue->tried_ns = now_ns;
	queue->saved_last = queue->window_from = queue->window_to = SEQUENCES_BELOW;
	queue->next_sequence = SEQUENCES_BELOW + 1;
	queue->folder = folder ? strdup(folder) : NULL;
	if (folder && !queue->folder)
		return -ENOMEM;
	if (folder && queue_open_file(queue) < 0)
		queue->tried = true;
	*ret = TAKE_PTR(queue);
	return 0;
}

struct queue *queue_free(struct queue *queue)
{
	if (!queue)
		return NULL;
	queue_forget_file(queue);
	queue_items_clear(&queue->unsaved);
	free(queue->folder);
	free(queue);
	return NULL;
}

uint64_t queue_length(const struct queue *queue)
{
	return queue->saved_length + queue->unsaved.length;
}

uint64_t queue_bytes(const struct queue *queue)
{
	return queue->saved_bytes + queue->unsaved.bytes;
}

const struct queue_position *queue_position(const struct queue *queue)
{
	return queue->state.position.series[0] ? &queue->state.position : NULL;
}

const struct queue_dropped *queue_dropped(const struct queue *queue)
{
	return &queue->state.dropped;
}
