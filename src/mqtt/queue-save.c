#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/database-file.h"
#include "mqtt/queue-internal.h"

void queue_has_changed(struct queue *queue, uint64_t now_ns)
{
	if (!queue->changed)
		queue->changed_ns = now_ns;
	queue->changed = true;
}

/* --- problems --------------------------------------------------------------------------------- */

static void say(struct queue *queue, const char *format, ...) PRINTF_LIKE(2, 3);

/* One that nobody has taken yet is not lost for the next one. */
static void say(struct queue *queue, const char *format, ...)
{
	struct problem before = queue->problem;
	char text[sizeof queue->problem.text];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	problem_set(&queue->problem, 0, "%s%s%s", before.text, before.text[0] ? "; " : "", text);
}

bool queue_take_problem(struct queue *queue, struct problem *ret)
{
	if (!queue->problem.text[0])
		return false;
	*ret = queue->problem;
	queue->problem.text[0] = '\0';
	return true;
}

/* A failure that goes on was said before. */
static int fails(struct queue *queue, int error, const struct problem *problem)
{
	if (queue->error != error)
		say(queue, "%s/" QUEUE_FILE ": %s; events wait in memory", queue->folder, problem->text);
	queue->error = error;
	return error;
}

/* --- the file --------------------------------------------------------------------------------- */

void queue_forget_file(struct queue *queue)
{
	queue->store = queue_store_close(queue->store);
	queue_items_clear(&queue->window);
	queue_ranges_clear(&queue->done);
	queue->saved_length = queue->saved_bytes = 0;
	queue->window_from = queue->window_to = queue->saved_last;
}

void queue_count_dropped(struct queue *queue, uint64_t events, const struct queue_event *first)
{
	struct queue_dropped *dropped = &queue->state.dropped;

	if (dropped->events == 0 && first) {
		dropped->since.serial = first->serial;
		snprintf(dropped->since.series, sizeof dropped->since.series, "%s", first->series);
	}
	dropped->events += events;
}

/* The events in a file that turns out to be damaged are lost. */
static int set_aside(struct queue *queue, const struct problem *why)
{
	char name[DATABASE_DAMAGED_NAME_SIZE];
	struct problem problem;
	int r;

	queue_count_dropped(queue, queue->saved_length,
	                    queue->window.first ? &queue->window.first->event : NULL);
	queue_forget_file(queue);
	r = database_file_set_aside(queue->folder, QUEUE_FILE, QUEUE_FILE_DAMAGED, QUEUE_DAMAGED_MAX, name, &problem);
	if (r < 0)
		return fails(queue, r, &problem);
	say(queue, "%s/" QUEUE_FILE " %s; it was set aside as %s, and its events are lost", queue->folder,
	    why->text, name);
	return 0;
}

/* Unsaved events that the file has, too: those were added again, as nobody knew of it. */
static void drop_known(struct queue *queue, const struct queue_position *position)
{
	for (struct queue_item *item = queue->unsaved.first, *next; item; item = next) {
		next = item->next;
		if (strcmp(item->event.series, position->series) == 0 &&
		    item->event.serial <= position->serial)
			free(queue_items_take(&queue->unsaved, item));
	}
}

/* What a file knows is older than what this process knows. */
static void merge_state(struct queue *queue, const struct queue_state *file)
{
	struct queue_state *state = &queue->state;
	bool same = strcmp(file->position.series, state->position.series) == 0;

	if (!state->position.series[0] || (same && file->position.serial > state->position.serial))
		state->position = file->position;
	if (file->dropped.events > 0)
		state->dropped.since = file->dropped.since;
	state->dropped.events += file->dropped.events;
}

/* The file's events come before all that this process has ever had a sequence for. If it did have a file
 * before, that one was set aside, and this one is new and has none. */
static void take_in(struct queue *queue, const struct queue_contents *contents)
{
	drop_known(queue, &contents->state.position);
	queue->saved_last =
		(queue->unsaved.first ? queue->unsaved.first->event.sequence : queue->next_sequence) - 1;
	queue->shift = SEQUENCES_BELOW - contents->last;
	queue->saved_length = contents->length;
	queue->saved_bytes = contents->bytes;
	queue->window_from = queue->window_to = queue->saved_last;
	if (queue->handed_out < queue->saved_last)
		queue->handed_out = queue->saved_last;
	merge_state(queue, &contents->state);
}

int queue_open_file(struct queue *queue)
{
	struct queue_contents contents = { 0 };
	struct problem problem;
	int r = queue_store_open(queue->folder, &queue->store, &contents, &problem);

	if (r == -EUCLEAN) {
		r = set_aside(queue, &problem);
		if (r < 0)
			return r;
		contents = (struct queue_contents){ 0 };
		r = queue_store_open(queue->folder, &queue->store, &contents, &problem);
	}
	if (r < 0)
		return fails(queue, r, &problem);
	take_in(queue, &contents);
	return contents.length > 0;
}

void queue_file_fails(struct queue *queue, int error, const struct problem *problem)
{
	if (error == -EUCLEAN || error == -EIO)
		set_aside(queue, problem);
	else
		fails(queue, error, problem);
}

/* --- the window ------------------------------------------------------------------------------- */

/* One more into the window, if there is room. */
static int read_one(void *userdata, const struct queue_event *event)
{
	struct queue *queue = userdata;
	struct queue_items *window = &queue->window;
	uint64_t sequence = event->sequence + queue->shift;
	struct queue_item *item;

	if (queue_ranges_have(&queue->done, sequence))
		return 1;
	if (window->length > 0 && (window->length == QUEUE_WINDOW_EVENTS ||
	                           window->bytes + queue_event_bytes(event) > QUEUE_WINDOW_BYTES))
		return 0;
	item = queue_item_new(event);
	if (!item)
		return -ENOMEM;
	item->event.sequence = sequence;
	queue_items_append(window, item);
	queue->window_to = sequence;
	return 1;
}

uint64_t queue_number_in_file(const struct queue *queue, uint64_t sequence)
{
	int64_t number = (int64_t)(sequence - queue->shift);

	return number > 0 ? (uint64_t)number : 0;
}

/* Moves the window, so that it begins after this sequence. */
static void move_window(struct queue *queue, uint64_t after)
{
	struct problem problem;
	int r;

	queue_items_clear(&queue->window);
	queue->window_from = queue->window_to = after;
	r = queue_store_read(queue->store, queue_number_in_file(queue, after), read_one, queue, &problem);
	if (r == -ENOMEM)
		return;
	if (r < 0)
		queue_file_fails(queue, r, &problem);
	else if (r > 0)
		queue->window_to = queue->saved_last;
}

struct queue_item *queue_find_saved(struct queue *queue, uint64_t after)
{
	struct queue_item *item = NULL;

	after = queue_ranges_skip(&queue->done, after);
	if (after >= queue->window_from)
		item = queue_items_after(&queue->window, after);
	if (item)
		return item;
	if (after >= queue->window_from && after < queue->window_to)
		after = queue->window_to;
	if (after >= queue->saved_last)
		return NULL;
	move_window(queue, after);
	return queue->window.first;
}

/* --- saving ----------------------------------------------------------------------------------- */

void queue_broker(struct queue *queue, bool there, uint64_t now_ns)
{
	if (queue->broker != there)
		queue->broker_ns = now_ns;
	queue->broker = there;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* When what has changed is worth a write, whenever the last one was. */
static uint64_t worth_ns(const struct queue *queue)
{
	uint64_t there_ns = clock_later_ns(queue->changed_ns, QUEUE_SAVE_NS), away_ns;

	if (queue->broker)
		return there_ns;
	away_ns = later(clock_later_ns(queue->changed_ns, QUEUE_SETTLE_NS),
	                clock_later_ns(queue->broker_ns, QUEUE_SAVE_NS));
	return away_ns < there_ns ? away_ns : there_ns;
}

uint64_t queue_save_due_ns(const struct queue *queue)
{
	uint64_t again_ns = queue->tried ? clock_later_ns(queue->tried_ns, QUEUE_SAVE_NS) : 0;

	if (!queue->folder)
		return NEVER_NS;
	if (queue->error < 0 || !queue->store)
		return again_ns;
	if (!queue->changed)
		return NEVER_NS;
	if (queue->added > QUEUE_UNSAVED_MAX || queue->unsaved.bytes > QUEUE_UNSAVED_BYTES_MAX)
		return 0;
	return later(worth_ns(queue), again_ns);
}

static int write_all(struct queue *queue, struct problem *problem)
{
	int r = queue_store_begin(queue->store, problem);

	for (size_t i = 0; r >= 0 && i < queue->done.n; i++)
		r = queue_store_remove(queue->store, queue->done.range[i].from - queue->shift,
		                       queue->done.range[i].to - queue->shift, problem);
	for (const struct queue_item *item = queue->unsaved.first; r >= 0 && item; item = item->next)
		r = queue_store_put(queue->store, item->event.sequence - queue->shift, &item->event, problem);
	if (r >= 0)
		r = queue_store_commit(queue->store, &queue->state, queue_length(queue) == 0, problem);
	if (r < 0)
		queue_store_cancel(queue->store);
	return r;
}

/* It is in the file now. In memory it stays while the window ends where the file ended, and has room. */
static void keep_or_free(struct queue *queue, struct queue_item *item, bool *goes_on)
{
	*goes_on = *goes_on && queue->window.length < QUEUE_WINDOW_EVENTS &&
	           queue->window.bytes + item->bytes <= QUEUE_WINDOW_BYTES;
	if (*goes_on)
		queue->window_to = item->event.sequence;
	if (*goes_on)
		queue_items_append(&queue->window, item);
	else
		free(item);
}

static void are_saved(struct queue *queue)
{
	bool goes_on = queue->window_to == queue->saved_last;

	queue_ranges_clear(&queue->done);
	while (queue->unsaved.first) {
		struct queue_item *item = queue_items_take(&queue->unsaved, queue->unsaved.first);

		queue->saved_length++;
		queue->saved_bytes += item->bytes;
		keep_or_free(queue, item, &goes_on);
	}
	queue->saved_last = queue->next_sequence - 1;
	if (goes_on)
		queue->window_to = queue->saved_last;
	queue->changed = false;
	queue->added = 0;
	queue->error = 0;
}

/* Returns what queue_open_file() does. A file that turns out to be damaged only now is replaced by a new one.
 */
static int save(struct queue *queue)
{
	struct problem problem;
	int opened = queue->store ? 0 : queue_open_file(queue), r;

	if (opened < 0)
		return opened;
	r = write_all(queue, &problem);
	if (r == -EUCLEAN && set_aside(queue, &problem) >= 0 && queue_open_file(queue) >= 0)
		r = write_all(queue, &problem);
	if (r < 0)
		return fails(queue, r, &problem);
	are_saved(queue);
	return opened;
}

int queue_save(struct queue *queue, uint64_t now_ns)
{
	if (!queue->folder || (!queue->changed && queue->store && queue->error == 0))
		return 0;
	queue->tried = true;
	queue->tried_ns = now_ns;
	return save(queue);
}
