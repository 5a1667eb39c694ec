/* How a measured value is processed before it is used. Pure: values and times come in, the result is in the
 * structure. The steps are in this order; a step whose key is not set is left out:
 *
 *     Reject=     a value of the device that means an error, not a reading, as 85 for a DS18B20
 *     Factor=     times,
 *     Offset=     plus: calibrated. All that follows sees the calibrated value.
 *     bounds      a value that the quantity cannot have is rejected. If it is impossible only because of
 *                 Offset=, the bound is taken: fog of 99.5 % with an offset of 1 is 100 %.
 *     ValidMin=,
 *     ValidMax=   a value that cannot occur in this place is rejected
 *     MaxStep=    a value that is further from the last one that was believed waits for the next reading. If
 *                 that is near to it (by MaxStep=), it is believed; if it is near to the old one, the
 *                 first was a spike, and is dropped; else it waits in its turn.
 *     MedianOf=   the median of the last n that were believed
 *     Smooth=     an exponential mean
 *
 * MaxStep= comes before MedianOf= because a reading may be confirmed only by another reading. From
 * 21, 21, 85, 84, 21 the medians of three are 21, 21, 21, 84, 84: the same 84 twice, which would confirm
 * itself. What was dropped never gets into a median. With both, a real change is seen
 * one reading later than with the median alone. MaxStep=5 makes 21, 21, 22 of 21, 21, 85, 22 and 21, 60, 60 of
 * 21, 60, 60, 60. A value that moves further than MaxStep= with each reading is not believed before it slows
 * down, so it is to be set to more than what is possible. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value is one of Reject= if they differ by less than what the third digit after the point is rounded by:
 * drivers' scales have that many digits, and events show a value with them. Not by the last digit that was
 * written: Reject=85 must leave 84.75 alone, which a DS18B20 measures. */
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
	unsigned median_of;          /* odd; 0 and 1: none; more than FILTER_MEDIAN_MAX is that many */
	uint64_t smooth_ns;          /* the time constant; 0: none */
};

/* Nothing set. */
#define FILTER_NO_SETTINGS                                                                                  \
	{                                                                                                   \
		.factor = 1, .least = NAN, .most = NAN, .valid_min = NAN, .valid_max = NAN, .max_step = NAN \
	}

enum filter_result {
	FILTER_PASSED,   /* `value` is what it is */
	FILTER_HELD,     /* not believed yet; nothing is wrong, and nothing new either */
	FILTER_REJECTED, /* no reading: a failure, as if the device had given none */
};

/* Why not. */
enum filter_reason {
	FILTER_NO_REASON,
	FILTER_NOT_FINITE,  /* no number, from the device or after Factor= */
	FILTER_REJECT,      /* one of Reject= */
	FILTER_BELOW_LEAST, /* the quantity's */
	FILTER_ABOVE_MOST,  /* the quantity's */
	FILTER_VALID_MIN,   /* below it */
	FILTER_VALID_MAX,   /* above it */
	FILTER_MAX_STEP,    /* further than that from what was believed */
};

/* All zero at first. Worth keeping over a restart: `rejected`, which people see; `ever` and `believed`, else
 * the first reading is believed whatever it is; `value` and `at_ns` (CLOCK_MONOTONIC), with which Smooth=
 * goes on. What is held and what the median is of are not: one reading, and a few, and they are there again.
 * What makes no sense in what was kept is gone with the second reading. */
struct filter {
	uint64_t rejected; /* readings that nobody will believe: rejected, and held in vain; stays at its end
	                    */
	/* MaxStep=: */
	bool ever;       /* something was believed, and it was */
	double believed; /* that, calibrated, before the median */
	bool holding;    /* something is held, and it is */
	double held;     /* that */
	/* MedianOf=: */
	double window[FILTER_MEDIAN_MAX]; /* what was believed, the oldest first */
	unsigned window_n;
	/* The result: */
	double value;   /* of the last reading that passed */
	uint64_t at_ns; /* that reading's time; 0: none has passed */
	/* Of the last one that did not pass: */
	enum filter_reason reason;
	double judged, against; /* that value, and what it was compared with */
};

/* Takes in what the device showed at `at_ns` (CLOCK_MONOTONIC, in order; Smooth= starts anew with a time that
 * is before the last one). */
enum filter_result filter_reading(struct filter *filter, const struct filter_settings *settings, double value,
                                  uint64_t at_ns);

/* The device has gone, and what comes may be another: forgets all but `rejected`. */
void filter_forget(struct filter *filter);

/* Room for any text of filter_describe() with a unit of up to 15 bytes. */
#define FILTER_TEXT_SIZE 160

/* Why the last reading that did not pass did not, as the end of a sentence: "-41 °C is below ValidMin=-40
 * °C". `unit` is the quantity's, such as "°C"; "" for none. Returns `buffer`. */
char *filter_describe(const struct filter *filter, const char *unit, char buffer[static FILTER_TEXT_SIZE]);
