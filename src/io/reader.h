/* Readings of what the kernel's drivers measure, in the unit of the quantity.
 *
 * A reading can take a second (a DHT11, a DS18B20) or for ever (a remote iiod that hangs). So each device has
 * a worker thread, which also looks for it: a device that is slow holds up nobody else, on the same bus
 * neither. The worker keeps the rhythm of readings; results come back to the event loop through an eventfd.
 * So a reading is two wake-ups, one of each. How a device is found and read is known to its source
 * (io/reading-source.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "roomd/quantity.h"
#include "util/problem.h"

struct readers;
struct reader;

/* As the configuration has them: roomd.conf(5), Device=, Channel= and Uri=. */
struct reader_settings {
	const char *uri;                 /* a libiio context: "local:", "ip:192.168.1.5", "xml:..." */
	const char *device;              /* how its source calls it */
	const char *channel;             /* the same */
	const struct quantity *quantity; /* what it has to measure; a constant */
};

struct reading {
	int error;    /* 0, or a negative errno */
	bool absent;  /* the error is that there is no such context, device or channel, or one that measures
	                 something else: nothing that reading it again would change */
	double value; /* if error is 0; finite, in the quantity's unit */
	char device[32]; /* with it: the device's name as its driver has it, any bytes; "" if it has none */
	uint64_t monotonic_ns;  /* CLOCK_MONOTONIC when the reading was complete */
	struct problem problem; /* if error is not 0 */
};

/* Called from the event loop. The reading is valid until the handler returns. */
typedef void (*reader_handler)(const struct reading *reading, void *userdata);

/* Loads the library that a device with these settings is read with, if it takes one and the process has it
 * not yet: before any other of these functions, and not by two threads at a time. For good. -ELIBACC, with a
 * sentence: it is not installed, or is none; may be tried again. */
int reader_load(const struct reader_settings *settings, struct problem *problem);

/* Whether such a device can be written so; opens nothing. -EINVAL, with `*ret_key` the key that is wrong
 * ("Device", "Channel", "Uri"), and `problem` what was expected of it. */
int reader_check(const struct reader_settings *settings, const char **ret_key, struct problem *problem);

/* True for the machine's own devices, of which its kernel says when they come. */
bool reader_is_local(const struct reader_settings *settings);

/* All workers of a room; none yet. -ENOMEM. */
int readers_new(sd_event *event, struct readers **ret);

/* Ends the workers without waiting for one that is stuck in a reading: it ends itself when the reading
 * does, and touches nothing of the caller's. All readers must have been freed. Takes NULL; returns NULL. */
struct readers *readers_free(struct readers *readers);

/* A reader of one channel. The settings are copied; a worker is started for a device that has none. Results
 * are given to `handler` by the event loop. -ENOMEM, -EAGAIN (no thread). */
int reader_new(struct readers *readers, const struct reader_settings *settings, reader_handler handler,
               void *userdata, struct reader **ret);

/* The handler is not called any more, even if a reading is in flight. Takes NULL; returns NULL. */
struct reader *reader_free(struct reader *reader);

/* From now on, the channel is read at `first_ns` (CLOCK_MONOTONIC; the past is now) and every `interval_ns`
 * (not 0) after it, to which the worker wakes up by itself. Readings that were slept through, or passed while
 * the worker was in another, are left out. A result that the loop was too slow for gives way to the next one.
 */
void reader_start(struct reader *reader, uint64_t first_ns, uint64_t interval_ns);

/* No reading is begun any more, by reader_start() or reader_request(); one that has been begun still comes
 * back. */
void reader_stop(struct reader *reader);

/* Asks a reader that is not started for one reading, at once. One that is wanted already, or has not come
 * back yet, is not asked for again. */
void reader_request(struct reader *reader);
