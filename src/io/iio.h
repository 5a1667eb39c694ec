/* Temperature readings from the kernel's Industrial I/O, in °C.
 *
 * A reading can take a second (a DHT11) or for ever (a remote iiod that hangs). So each device has a libiio
 * context of its own, and each context a worker thread, which also makes it: a device that is slow holds up
 * nobody else, on the same bus neither. The worker keeps the rhythm of readings; results come back to the
 * event loop through an eventfd. So a reading is two wake-ups, one of each. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/problem.h"

struct iio;
struct iio_channel_reader;

struct iio_channel_settings {
	const char *uri;     /* a libiio context: "local:", "ip:192.168.1.5", "xml:..." */
	const char *device;  /* name, label, "iio:deviceN", or (local) its path below /sys/devices */
	const char *channel; /* libiio's id: "temp", "temp_ambient" */
	const char *type; /* what it has to measure, in the words of the kernel's ABI: "temp"; a constant */
};

struct iio_reading {
	int error;      /* 0, or a negative errno */
	bool absent;    /* the error is that there is no such context, device or channel, or one that measures
	                   something else: nothing that reading it again would change */
	double celsius; /* if error is 0; finite */
	char device[32]; /* with it: the device's name as its driver has it, any bytes; "" if it has none */
	uint64_t monotonic_ns;  /* CLOCK_MONOTONIC when the reading was complete */
	struct problem problem; /* if error is not 0 */
};

/* Called from the event loop. The reading is valid until the handler returns. */
typedef void (*iio_handler)(const struct iio_reading *reading, void *userdata);

/* All contexts of a room; no context and no thread yet. -ENOMEM. */
int iio_new(sd_event *event, struct iio **ret);

/* Ends the workers without waiting for one that is stuck in a reading: it ends itself when the reading
 * does, and touches nothing of the caller's. All readers must have been freed. Takes NULL; returns NULL. */
struct iio *iio_free(struct iio *iio);

/* A reader of one channel. The settings are copied; a worker is started for a device that has none. Results
 * are given to `handler` by the event loop. -ENOMEM, -EAGAIN (no thread). */
int iio_reader_new(struct iio *iio, const struct iio_channel_settings *settings, iio_handler handler,
                   void *userdata, struct iio_channel_reader **ret);

/* The handler is not called any more, even if a reading is in flight. Takes NULL; returns NULL. */
struct iio_channel_reader *iio_reader_free(struct iio_channel_reader *reader);

/* From now on, the channel is read at `first_ns` (CLOCK_MONOTONIC; the past is now) and every `interval_ns`
 * (not 0) after it, to which the worker wakes up by itself. Readings that were slept through, or passed while
 * the worker was in another, are left out. A result that the loop was too slow for gives way to the next one.
 */
void iio_reader_start(struct iio_channel_reader *reader, uint64_t first_ns, uint64_t interval_ns);

/* No reading is begun any more, by iio_reader_start() or iio_reader_request(); one that has been begun still
 * comes back. */
void iio_reader_stop(struct iio_channel_reader *reader);

/* Asks a reader that is not started for one reading, at once. One that is wanted already, or has not come
 * back yet, is not asked for again. */
void iio_reader_request(struct iio_channel_reader *reader);

/* Loads libiio, of which the process has nothing before: once, before any other of these functions, and not
 * by two threads at a time; then it does nothing any more. -ELIBACC, with a sentence: it is not installed, or
 * is none; may be tried again. */
int iio_load(struct problem *problem);

/* True if libiio knows what stands before the colon of the URI. Opens nothing. */
bool iio_uri_is_known(const char *uri);

/* True for the machine's own devices, of which its kernel says when they come. */
bool iio_uri_is_local(const char *uri);
