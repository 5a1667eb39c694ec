/* An output, such as a relay or an LED: what its demands ask for, and the line that shows it, if the line is
 * there.
 *
 * Several parts may ask for the same output. Manual demands come before automatic ones. Of equal rank, the
 * one that shows most wins (blinking, on, off): a light that two parts want goes out when the last one
 * releases it. Without a demand an output is off.
 *
 * While the line is absent, the wanted value is kept. The line has that value from the first moment when it
 * comes: an output never shows a value that no demand asked for. */
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

enum output_rank {
	OUTPUT_AUTOMATIC, /* rules */
	OUTPUT_MANUAL,    /* a person */
	OUTPUT_AT_STOP,   /* StopValue= */
};

/* StopValue=: what an output shows after the service was stopped. */
enum output_stop_value {
	OUTPUT_STOP_KEEP, /* what it showed, as far as the kernel's driver allows */
	OUTPUT_STOP_ON,
	OUTPUT_STOP_OFF,
};

/* The words for it, in this order, ended by NULL. */
extern const char *const output_stop_values[];

/* The documentation of that key. `it_` is what shows the value, a string literal. */
#define OUTPUT_STOP_ABOUT(it_)                                                                                 \
	ABOUT("What " it_ " shows when the service has been stopped: _keep_, _on_ or _off_. A restart, a reload, " \
	                  "an upgrade or a crash is not a stop: the line is not released then. With _keep_ roomd " \
	                  "does not change the line; whether it stays as it is depends on the kernel's driver. " \
	                  "Most drivers leave a released line alone. That of the Raspberry Pi makes it an input " \
	                  "unless its device tree or the parameter _pinctrl_bcm2835.persist_gpio_outputs=y_ says " \
	                  "otherwise. With _on_ and _off_ the line is set first, and then released.")

/* What one part of the program asks of an output. Part of its owner, which does not look inside. All zero: it
 * asks for nothing. */
struct output_demand {
	struct output_demand *next;
	struct output *output; /* NULL: asks for nothing */
	enum output_rank rank;
	enum output_pattern pattern;
};

/* Makes an output that is not open yet and has no demands. The settings' strings, `store` (which may be NULL)
 * and `availability` outlive it. 0 or -ENOMEM. */
int output_new(struct lines *lines, struct fd_store *store, const struct gpio_settings *settings,
               const struct line_availability *availability, void *userdata, struct output **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct output *output_free(struct output *output);

/* Requests the line with the value that is wanted now, or reports that it is unavailable. An adopted line is
 * not touched if it shows that value, and is set once otherwise. */
void output_start(struct output *output);

/* From now on the demand asks for this, instead of what it asked for before. `monotonic_ns` is when blinking
 * begins or began (CLOCK_MONOTONIC): the output blinks in the phase that it has reached by now. If the line
 * is there and its level changes, this is one ioctl and nothing else. A demand is always for the same output. */
void output_demand(struct output *output, struct output_demand *demand, enum output_rank rank,
                   enum output_pattern pattern, uint64_t monotonic_ns);

/* The demand asks for nothing any more; at `monotonic_ns` the output changes to what the others ask for. Does
 * nothing if it asked for nothing. */
void output_release(struct output_demand *demand, uint64_t monotonic_ns);

/* The result of all demands. */
enum output_pattern output_wanted(const struct output *output);

/* True if the line is there and shows the wanted value. */
bool output_is_available(const struct output *output);
