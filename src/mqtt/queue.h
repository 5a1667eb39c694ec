/* The queue of events: they wait here until the broker has acknowledged them, in memory first, in a file once
 * that is worth a write. Each event comes out at least once, in the order of adding, unless a bound has
 * pushed it out, which is counted. No loop, no clock and no thread: the caller gives the times, and writes
 * when it is due.
 *
 * Times: `now_ns` is a clock that never goes back and goes on while the machine is suspended
 * (CLOCK_BOOTTIME); `realtime_usec` is CLOCK_REALTIME. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"
#include "util/clock.h"

struct problem;
struct queue;

/* The folder has the file, SQLite's log beside it, and the newest QUEUE_DAMAGED_MAX files that could not be
 * used, each with its log ("queue.damaged-1-wal"), if SQLite has left one. */
#define QUEUE_FILE "queue.sqlite"
#define QUEUE_FILE_DAMAGED "queue.damaged-"
#define QUEUE_DAMAGED_MAX 3

/* A series is named by 32 hexadecimal digits. */
#define QUEUE_SERIES_SIZE 33

/* More events than these since the last save are saved at once, and so are more bytes of unsaved ones. */
#define QUEUE_UNSAVED_MAX 256
#define QUEUE_UNSAVED_BYTES_MAX ((size_t)256 * 1024)

/* Otherwise the file is written at most once in this time, and only after the broker has been away for this
 * time. */
#define QUEUE_SAVE_NS (60 * NSEC_PER_SEC)

/* While the broker is away, an event waits this long for others that come with it. */
#define QUEUE_SETTLE_NS (1 * NSEC_PER_SEC)

/* How many saved events, and bytes of them, are in memory. The rest is read from the file when its turn
 * comes. */
#define QUEUE_WINDOW_EVENTS 64
#define QUEUE_WINDOW_BYTES ((size_t)64 * 1024)

/* The most memory for unsaved events, whatever the settings are, if there is no folder or the file cannot be
 * written. */
#define QUEUE_MEMORY_BYTES ((size_t)1024 * 1024)

/* A realtime before this (2020-01-01) is not trusted: the machine's clock had not been set. */
#define QUEUE_CLOCK_SET_USEC (UINT64_C(1577836800) * USEC_PER_SEC)

/* If there is more than that, the oldest events are removed. 0: no bound. */
struct queue_settings {
	uint64_t events;
	uint64_t bytes; /* of topics and payloads */
	uint64_t max_age_usec;
};

struct queue_event {
	uint64_t sequence; /* the queue's own, rising; of this process only. Not looked at by queue_add() */
	const char *topic;
	const void *payload;
	size_t payload_length;
	const char *series; /* the series that the serial number belongs to, shorter than QUEUE_SERIES_SIZE */
	uint64_t serial;
	uint64_t realtime_usec; /* when it happened */
	/* It may have been sent before. Given to queue_add(): the caller knows already. */
	bool repeated;
};

struct queue_position {
	char series[QUEUE_SERIES_SIZE];
	uint64_t serial;
};

struct queue_dropped {
	/* Pushed out by a bound, or in a file that was found damaged while in use; since the file was made.
	 */
	uint64_t events;
	/* The first of them. Series "": not known, or none. */
	struct queue_position since;
};

/* Makes a queue with the events of the file in the folder (QUEUE_FILE, made if there is none, mode 0600), all
 * marked as `repeated`. `folder` NULL: in memory only. Blocks for as long as the disk does, as all functions
 * below may, and reads the whole file. A file that is damaged, or of a later version, is set aside; a file
 * that cannot be opened (read-only, another process has it) is tried again at each save, and
 * queue_take_problem() reports it. 0, or -ENOMEM. */
int queue_new(const char *folder, const struct queue_settings *settings, uint64_t now_ns, struct queue **ret);

/* Frees the queue, without saving it. Takes NULL, returns NULL. */
struct queue *queue_free(struct queue *queue);
DEFINE_CLEANUP(struct queue *, queue_free);

/* Copies an event to the end of the queue. 1: it is added (or counted as dropped at once, if it is longer
 * than all bytes that are allowed). 0: it was added before, as its serial is not above the position, in the
 * same series. -EINVAL: its series has no name or a name that is too long. -ENOMEM: it is not added, the
 * position has not moved. */
int queue_add(struct queue *queue, const struct queue_event *event, uint64_t now_ns, uint64_t realtime_usec);

/* The next event after this sequence (0: from the beginning) that is not done; NULL: there is none, or it
 * cannot be read now. It is the queue's, and valid until the next call for this queue that takes a `struct
 * queue *` without const.
 */
const struct queue_event *queue_next(struct queue *queue, uint64_t after_sequence);

/* The event was acknowledged: removes it. In any order; a sequence that is not in the queue (any more) is
 * ignored. 0, or a negative errno: it stays in the queue (out of memory, or the file cannot be read). */
int queue_done(struct queue *queue, uint64_t sequence, uint64_t now_ns);

/* Removes events that are older than the settings allow. queue_add() does it, too; call it also before
 * sending after a pause. Events from before the clock was set (QUEUE_CLOCK_SET_USEC) do not age, nor do the
 * events after them. */
void queue_expire(struct queue *queue, uint64_t now_ns, uint64_t realtime_usec);

/* The broker came or went. For a new queue the broker is away since queue_new(). */
void queue_broker(struct queue *queue, bool there, uint64_t now_ns);

/* When to call queue_save(); NEVER_NS: nothing is unsaved. While the broker is away: a minute after it went,
 * or a moment (QUEUE_SETTLE_NS) after an event; while it is there: a minute after the first change. Never
 * sooner than a minute after the last save or attempt, but at once (0) with more than QUEUE_UNSAVED_MAX
 * events or QUEUE_UNSAVED_BYTES_MAX since a save that succeeded. Changes with each call of a function that
 * takes a `struct queue *` without const. */
uint64_t queue_save_due_ns(const struct queue *queue);

/* Writes all changes now; also for the end of the process. After 0 or 1 was returned, everything is certainly
 * on the disk. 1: the file could not be opened before, can now, and has older events: begin again with
 * queue_next(queue, 0). A negative errno: nothing is written (-ENOSPC, -EROFS, -EACCES, -EIO, -EBUSY ...),
 * everything stays in memory, within the bounds. 0 also if nothing has changed, or there is no folder. */
int queue_save(struct queue *queue, uint64_t now_ns);

/* How many events are in the queue, and the bytes of their topics and payloads. */
uint64_t queue_length(const struct queue *queue);
uint64_t queue_bytes(const struct queue *queue);

/* The newest event that was added; after a start, ask for the events after it. NULL: none is known. */
const struct queue_position *queue_position(const struct queue *queue);

/* The events that were pushed out; kept over restarts. */
const struct queue_dropped *queue_dropped(const struct queue *queue);

/* The failure since the last call, in words; a failure that goes on is reported once. False: there was none,
 * and `ret` is not set. */
bool queue_take_problem(struct queue *queue, struct problem *ret);
