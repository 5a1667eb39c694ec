/* The line behind a relay or an LED: what its demands make of it, and the line it shows it on, if that is
 * there.
 *
 * Several parts may ask for the same output. Manual demands come before automatic ones; among equals the one
 * that shows most wins (blinking, on, off): a light that two parts want goes out when the last one lets go.
 * Without a demand an output is off.
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

enum output_rank {
	OUTPUT_AUTOMATIC, /* rules */
	OUTPUT_MANUAL,    /* a person */
	OUTPUT_AT_STOP,   /* StopValue= */
};

/* StopValue=: what an output shows when the service has been stopped. */
enum output_stop_value {
	OUTPUT_STOP_KEEP, /* what it showed, as far as the kernel's driver allows */
	OUTPUT_STOP_ON,
	OUTPUT_STOP_OFF,
};

/* The words for it, in this order, ended by NULL. */
extern const char *const output_stop_values[];

/* What is said of that key; `it_` is what shows it, a text. */
#define OUTPUT_STOP_ABOUT(it_)                                                                                 \
	ABOUT("What " it_ " shows when the service has been stopped: _keep_, _on_ or _off_. A restart, a reload, " \
	                  "an upgrade or a crash is not a stop: the line is not released then. With _keep_ roomd " \
	                  "does not change the line; whether it stays as it is depends on the kernel's driver. " \
	                  "Most drivers leave a released line alone. That of the Raspberry Pi makes it an input " \
	                  "unless its device tree or the parameter _pinctrl_bcm2835.persist_gpio_outputs=y_ says " \
	                  "otherwise. With _on_ and _off_ the line is set first, and then released.")

/* What one part of the program asks of an output. Part of its owner, which does not look inside; all zero: it
 * asks for nothing. */
struct output_demand {
	struct output_demand *next;
	struct output *output; /* NULL: asks for nothing */
	enum output_rank rank;
	enum output_pattern pattern;
};

/* An output that is not open yet and of which nothing is asked. Settings' strings, `store` (which may be
 * NULL) and `availability` outlive it. -ENOMEM. */
int output_new(struct lines *lines, struct fd_store *store, const struct gpio_settings *settings,
               const struct line_availability *availability, void *userdata, struct output **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct output *output_free(struct output *output);

/* Requests the line with the value that is wanted now, or reports that it is unavailable. A line that is
 * adopted is left as it is if it shows that value, else set once. */
void output_start(struct output *output);

/* From now on the demand asks for this, instead of what it asked before; `monotonic_ns` is when a blinking
 * begins or began (CLOCK_MONOTONIC): it is shown in the phase it has come to by now. With the line there and
 * a level that changes: one ioctl, and nothing else. A demand stays with one output. */
void output_demand(struct output *output, struct output_demand *demand, enum output_rank rank,
                   enum output_pattern pattern, uint64_t monotonic_ns);

/* It asks for nothing any more; at `monotonic_ns` the output goes over to what the others ask for. Does
 * nothing if it asked for nothing. */
void output_release(struct output_demand *demand, uint64_t monotonic_ns);

/* What the demands come to. */
enum output_pattern output_wanted(const struct output *output);

/* True if there is a line that shows what is wanted. */
bool output_is_available(const struct output *output);
