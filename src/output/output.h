/* The line behind a relay or an LED: what it should show, and the line it shows it on, if that is there.
 *
 * What is wanted is kept while the line is absent, and is its value from the first moment when it comes:
 * an output never shows a value that nobody asked for. */
#pragma once

#include "io/line-keeper.h"

enum output_pattern {
	OUTPUT_OFF,
	OUTPUT_ON,
	OUTPUT_BLINK, /* off, then on, then off ...; OUTPUT_BLINK_HALF_NS each */
};

/* 2 Hz: four changes a second. */
#define OUTPUT_BLINK_HALF_NS UINT64_C(250000000)

struct output;

/* An output that is not open yet and wants to be off. Settings' strings, `store` (which may be NULL) and
 * `availability` outlive it. -ENOMEM. */
int output_new(sd_event *event, struct fd_store *store, const struct gpio_settings *settings,
               const struct line_availability *availability, void *userdata, struct output **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct output *output_free(struct output *output);

/* Requests the line with the value that is wanted now, or reports that it is unavailable. A line that is adopted is
 * left as it is if it shows that value, else set once. */
void output_start(struct output *output);

/* From now on this is wanted; `monotonic_ns` is when a blinking begins or began (CLOCK_MONOTONIC): it is shown in the
 * phase it has come to by now. With the line there and a level that changes: one ioctl, and nothing else. */
void output_set(struct output *output, enum output_pattern pattern, uint64_t monotonic_ns);

/* True if there is a line that shows what is wanted. */
bool output_is_available(const struct output *output);
