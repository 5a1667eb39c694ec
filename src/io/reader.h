/* Readings from the kernel's drivers, in the unit of the quantity.
 *
 * A reading can take a second (a DHT11, a DS18B20) or for ever (a remote iiod that hangs). So each device has
 * a worker thread, which also looks for the device: a slow device does not hold up others, not even on the
 * same bus. The worker keeps the rhythm of the readings. Results come back to the event loop through an
 * eventfd. So a reading costs two wake-ups: one of the worker, one of the loop. The device's source knows how
 * to find and read it (io/reading-source.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "roomd/quantity.h"
#include "util/problem.h"

struct readers;
struct reader;

/* As in the configuration: roomd.conf(5), Device=, Channel= and Uri=. */
struct reader_settings {
	const char *uri;                 /* a libiio context: "local:", "ip:192.168.1.5", "xml:..." */
	const char *device;              /* the name that its source uses */
	const char *channel;             /* the same */
	const struct quantity *quantity; /* the quantity that the channel has to measure; a constant */
};

struct reading {
	int error;    /* 0, or a negative errno */
	bool absent;  /* the error is that there is no such context, device or channel, or one that measures
	                 something else: nothing that reading it again would change */
	double value; /* valid if error is 0; finite, in the quantity's unit */
	char device[32]; /* valid if error is 0: the device's name, from its driver, any bytes; "" if it has none */
	uint64_t monotonic_ns;  /* CLOCK_MONOTONIC when the reading was complete */
	struct problem problem; /* valid if error is not 0 */
};

/* Called from the event loop. The reading is valid until the handler returns. */
typedef void (*reader_handler)(const struct reading *reading, void *userdata);

/* Loads, for good, the library that a device with these settings is read with, if it needs one. To be called
 * before any other of these functions, and not by two threads at a time. -ELIBACC, with a sentence: the
 * library is not installed, or is not the right one; may be tried again. */
int reader_load(const struct reader_settings *settings, struct problem *problem);

/* Checks the settings; opens nothing. 0; or -EINVAL, with the wrong key ("Device", "Channel", "Uri") in
 * `*ret_key`, and what was expected of it in `problem`. */
int reader_check(const struct reader_settings *settings, const char **ret_key, struct problem *problem);

/* True for the machine's own devices: its kernel reports when they come. */
bool reader_is_local(const struct reader_settings *settings);

/* All workers of a room; none yet. -ENOMEM. */
int readers_new(sd_event *event, struct readers **ret);

/* Ends the workers, but does not wait for one that is stuck in a reading: that one ends when the reading
 * does, and touches nothing of the caller's. All readers must have been freed. Takes NULL; returns NULL. */
struct readers *readers_free(struct readers *readers);

/* Makes a reader of one channel. The settings are copied; if the device has no worker yet, one is started.
 * The event loop calls `handler` with the results. 0, -ENOMEM, -EAGAIN (no thread). */
int reader_new(struct readers *readers, const struct reader_settings *settings, reader_handler handler,
               void *userdata, struct reader **ret);

/* The handler is not called any more, even if a reading has been begun. Takes NULL; returns NULL. */
struct reader *reader_free(struct reader *reader);

/* From now on, the worker reads the channel at `first_ns` (CLOCK_MONOTONIC; at once if that has passed) and
 * every `interval_ns` (not 0) after it. Readings that were due while the machine slept, or while the worker
 * was busy with another reading, are left out. If the loop has not taken a result when the next one comes,
 * the next one replaces it. */
void reader_start(struct reader *reader, uint64_t first_ns, uint64_t interval_ns);

/* No reading is begun any more for reader_start() or reader_request(). A reading that has been begun still
 * gives its result. */
void reader_stop(struct reader *reader);

/* Asks a reader that is not started for one reading, at once. Does nothing if a reading has been asked for
 * and has not given its result. */
void reader_request(struct reader *reader);
