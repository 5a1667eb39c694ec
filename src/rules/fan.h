/* How fast a fan turns. Pure: temperatures and the kernel's times come in, the speed stands in the structure.
 *
 *     speed
 *     100 %                        ┌────────     from FullAbove= on
 *                              ╱
 *                          ╱                     in proportion
 *     MinPercent=     ┌╱
 *                     │┆
 *       0 %  ─────────┘┆                         off below OffBelow= minus the hysteresis,
 *                      OffBelow=    FullAbove=   and on again at OffBelow=
 *
 * With MinPercent=100 it is on or off: a fan behind a relay.
 *
 * A fan needs more power to start than to go on turning: for its first second it gets StartPercent=, if that is
 * more than its own speed.
 *
 * A new speed counts only if it differs from the last one by 1 % or more, in whole percent. People do not hear
 * smaller steps: the loudness of a fan goes with the fifth to sixth power of its speed, so a percent at half
 * speed is about half a decibel, and people notice one decibel. And 1 % is more than the last digit of a
 * thermometer, so a temperature between two digits does not cause a write to the fan with each reading. Going
 * off and on is never held back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How long StartPercent= is for. */
#define FAN_START_NS UINT64_C(1000000000)

/* WhenUnknown=: what the fan does while its thermometer is unavailable. */
enum fan_unknown {
	FAN_UNKNOWN_ON,   /* full speed: what is not known may be hot */
	FAN_UNKNOWN_OFF,  /* it stands still */
	FAN_UNKNOWN_KEEP, /* it goes on as it did */
};

/* The words for it, in this order, ended by NULL. */
extern const char *const fan_unknown_words[];

struct fan_settings {
	double off_below, full_above; /* in the unit of the thermometer; if full_above is not above
	                                 off_below, it is full speed from off_below on */
	double hysteresis;            /* the thermometer's, at least 0 */
	int min_percent;              /* 1 to 100 */
	int start_percent;            /* 0: none; to 100 */
	enum fan_unknown unknown;
};

enum fan_sight {
	FAN_NOTHING_SAID, /* nothing is known of the thermometer yet: the fan stays as it is */
	FAN_SEES,
	FAN_BLIND, /* the thermometer is unavailable */
};

/* All zero at first: off, automatic. All of it is worth keeping over a restart (CLOCK_MONOTONIC), over power
 * loss `manual` and `manual_percent`; then fan_restored(). */
struct fan {
	int sight;          /* enum fan_sight: the last state of the thermometer, */
	double celsius;     /* and the last temperature */
	int automatic;      /* what the temperature asks for, in percent; also while a person has set the speed */
	bool manual;        /* a person has set it, */
	int manual_percent; /* to this */
	bool starting;      /* it began to turn */
	uint64_t start_ns;  /* at this time */
	/* The decision: */
	int percent; /* what the output is to show now; 0: off */
};

/* All functions below happen at `at_ns` (CLOCK_MONOTONIC), and return true if `percent` has changed. */

/* The thermometer shows this temperature. NAN or infinite: it is unavailable. */
bool fan_temperature(struct fan *fan, const struct fan_settings *settings, double celsius, uint64_t at_ns);

/* A person sets this speed, 0 to 100 (values beyond are cut to these bounds). It stays until
 * fan_set_automatic(), whatever the temperature is. It may be below MinPercent=. */
bool fan_set_manual(struct fan *fan, const struct fan_settings *settings, int percent, uint64_t at_ns);

/* The temperature counts again. The last one takes effect at once. */
bool fan_set_automatic(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns);

/* Time has passed: the first second may be over. */
bool fan_time(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns);

/* When fan_time() will change something, if nothing else happens before; NEVER_NS (util/clock.h): never. */
uint64_t fan_next_ns(const struct fan *fan, const struct fan_settings *settings);

/* After the structure was filled with the values that an earlier process kept. Values that make no sense are
 * cleared; changed settings take effect at once. A fan of which only `manual` and `manual_percent` are known
 * counts as standing still, and starts. */
bool fan_restored(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns);
