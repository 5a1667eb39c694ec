/* How a measured value is processed before it is used. Pure: values and times come in, the result is in the
 * structure. The steps are in this order; a step whose key is not set is left out:
 *
 *     Reject=     a value of the device that means an error, not a reading, such as 85 for a DS18B20
 *     Factor=     the value is multiplied by it
 *     Offset=     it is added. All further steps see this calibrated value
 *     bounds      a value that the quantity cannot have is rejected. If it is impossible only because of
 *                 Offset=, the bound is taken: fog of 99.5 % with an offset of 1 is 100 %
 *     ValidMin=,
 *     ValidMax=   a value that cannot occur in this place is rejected
 *     MaxStep=    a value that differs by more than this from the last believed one waits for the next
 *                 reading. If the two are near each other (within MaxStep=), the new one is believed. If the
 *                 new one is near the old value, the waiting one was a spike and is dropped. Else the new one
 *                 waits instead
 *     MedianOf=   the median of the last n believed values
 *     Smooth=     an exponential mean
 *
 * MaxStep= comes before MedianOf= because only another reading may confirm a reading. From 21, 21, 85, 84, 21 the
 * medians of three are 21, 21, 21, 84, 84: the same 84 twice, which would confirm itself. Dropped values never get
 * into a median. With both keys a real change is seen one reading later than with the median alone. MaxStep=5
 * makes 21, 21, 22 of 21, 21, 85, 22 and 21, 60, 60 of 21, 60, 60, 60. If a value moves by more than MaxStep= with
 * each reading, none is believed until it slows down. So set MaxStep= to more than can really happen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value matches one of Reject= if they differ by less than half of the third digit after the point:
 * drivers' scales have three digits, and events show as many. The last digit that was written does not count:
 * Reject=85 must not match 84.75, which a DS18B20 measures. */
#define FILTER_REJECT_NEARLY 0.0005

/* The longest MedianOf=. */
#define FILTER_MEDIAN_MAX 15

struct filter_settings {
	const double *reject; /* the caller's; may be NULL if there are none */
	size_t reject_n;
	double factor, offset;       /* 1 and 0 change nothing */
	double least, most;          /* the quantity's bounds; NAN: none */
	double valid_min, valid_max; /* NAN: none */
	double max_step;             /* NAN or less than 0: none */
	unsigned median_of;          /* odd; 0 and 1: none; cut to FILTER_MEDIAN_MAX */
	uint64_t smooth_ns;          /* the time constant; 0: none */
};

/* Nothing set. */
#define FILTER_NO_SETTINGS                                                                                  \
	{                                                                                                   \
		.factor = 1, .least = NAN, .most = NAN, .valid_min = NAN, .valid_max = NAN, .max_step = NAN \
	}

enum filter_result {
	FILTER_PASSED,   /* `value` has the result */
	FILTER_HELD,     /* not believed yet; nothing is wrong, and nothing new either */
	FILTER_REJECTED, /* counts as a failed reading */
};

/* Why not. */
enum filter_reason {
	FILTER_NO_REASON,
	FILTER_NOT_FINITE,  /* not a finite number, from the device or after Factor= */
	FILTER_REJECT,      /* one of Reject= */
	FILTER_BELOW_LEAST, /* the quantity's */
	FILTER_ABOVE_MOST,  /* the quantity's */
	FILTER_VALID_MIN,   /* below it */
	FILTER_VALID_MAX,   /* above it */
	FILTER_MAX_STEP,    /* differs by more than that from the last believed value */
};

/* All zero at first. Worth keeping over a restart: `rejected`, which people see; `ever` and `believed`,
 * because otherwise the first reading is believed whatever it is; `value` and `at_ns` (CLOCK_MONOTONIC), for
 * Smooth=. Not worth keeping: the held value and the median's window, which are filled again after a few
 * readings. Kept values that make no sense are gone after the second reading. */
struct filter {
	uint64_t rejected; /* how many readings were rejected, or held and then dropped; stops at its maximum */
	/* MaxStep=: */
	bool ever;       /* a value was believed: this one, */
	double believed; /* calibrated, before the median */
	bool holding;    /* a value is held: this one */
	double held;
	/* MedianOf=: */
	double window[FILTER_MEDIAN_MAX]; /* believed values, the oldest first */
	unsigned window_n;
	/* The result: */
	double value;   /* of the last reading that passed */
	uint64_t at_ns; /* the time of that reading; 0: none has passed */
	/* Of the last reading that did not pass: */
	enum filter_reason reason;
	double judged, against; /* its value, and what it was compared with */
};

/* Takes in the value that the device showed at `at_ns` (CLOCK_MONOTONIC, in order; if a time is before the
 * last one, Smooth= starts anew). */
enum filter_result filter_reading(struct filter *filter, const struct filter_settings *settings, double value,
                                  uint64_t at_ns);

/* The device has gone, and another may come instead: clears everything but `rejected`. */
void filter_forget(struct filter *filter);

/* Room for any text of filter_describe() with a unit of up to 15 bytes. */
#define FILTER_TEXT_SIZE 160

/* Says why the last reading that did not pass was not believed, as the end of a sentence: "-41 °C is below
 * ValidMin=-40 °C". `unit` is the quantity's, such as "°C"; "" for none. Returns `buffer`. */
char *filter_describe(const struct filter *filter, const char *unit, char buffer[static FILTER_TEXT_SIZE]);
