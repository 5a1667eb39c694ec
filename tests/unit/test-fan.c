/* How fast a fan turns: each row is a series of what is said to it, and what it does then. */
#include "rules/fan.h"

#include <math.h>

#include "helpers.h"
#include "util/clock.h"

#define MS UINT64_C(1000000)
#define STEPS_MAX 12
#define NEVER 0 /* ms */

enum said {
	END,
	TEMPERATURE, /* value: NAN for none */
	MANUAL,      /* value: percent */
	AUTOMATIC,
	TIME,
	RESTORED,
};

struct step {
	uint64_t at_ms;
	enum said said;
	double value;
	int percent;      /* after it */
	uint64_t next_ms; /* NEVER */
};

#define T TEMPERATURE
#define M MANUAL
#define A AUTOMATIC

static const struct fan_settings plain = {
	.off_below = 30, .full_above = 50, .hysteresis = 0.5, .min_percent = 40
};
static const struct fan_settings starts = {
	.off_below = 30, .full_above = 50, .hysteresis = 0.5, .min_percent = 40, .start_percent = 70
};
static const struct fan_settings relay = {
	.off_below = 30, .full_above = 50, .hysteresis = 2, .min_percent = 100, .start_percent = 70
};
static const struct fan_settings off_when_unknown = {
	.off_below = 30, .full_above = 50, .min_percent = 40, .unknown = FAN_UNKNOWN_OFF
};
static const struct fan_settings keeps_when_unknown = {
	.off_below = 30, .full_above = 50, .min_percent = 40, .unknown = FAN_UNKNOWN_KEEP
};
static const struct fan_settings decimal = {
	.off_below = 28.3, .full_above = 28.6, .hysteresis = 0.1, .min_percent = 40
};
static const struct fan_settings upside_down = {
	.off_below = 30, .full_above = 20, .hysteresis = 0.5, .min_percent = 40
};
static const struct fan_settings equal = {
	.off_below = 30, .full_above = 30, .hysteresis = 0.5, .min_percent = 40
};
/* 1 % is 1 °C, and nothing is added to it. */
static const struct fan_settings steps = {
	.off_below = 1, .full_above = 100, .hysteresis = 0, .min_percent = 1
};

static const struct {
	const char *name;
	const struct fan_settings *settings;
	struct step steps[STEPS_MAX + 1];
} table[] = {
	{ "from off to full",
	  &plain,
	  { { 1, T, 20, 0, NEVER },
	    { 2, T, 29.99, 0, NEVER },
	    { 3, T, 30, 40, NEVER },
	    { 4, T, 35, 55, NEVER },
	    { 5, T, 49, 97, NEVER },
	    { 6, T, 50, 100, NEVER },
	    { 7, T, 90, 100, NEVER },
	    { 8, T, 40, 70, NEVER },
	    { 9, T, -40, 0, NEVER } } },
	{ "off below the hysteresis, not in it",
	  &plain,
	  { { 1, T, 29.5, 0, NEVER },
	    { 2, T, 30, 40, NEVER },
	    { 3, T, 29.5, 40, NEVER },
	    { 4, T, 29.49, 0, NEVER },
	    { 5, T, 29.9, 0, NEVER },
	    { 6, T, 30, 40, NEVER } } },
	/* 28.3 - 28.2 is a little more than 0.1. */
	{ "a decimal hysteresis",
	  &decimal,
	  { { 1, T, 28.3, 40, NEVER }, { 2, T, 28.2, 40, NEVER }, { 3, T, 28.19, 0, NEVER } } },
	{ "no step that is smaller than a percent",
	  &steps,
	  { { 1, T, 42.4, 42, NEVER },
	    { 2, T, 42.9, 42, NEVER },
	    { 3, T, 41.1, 42, NEVER },
	    { 4, T, 43, 43, NEVER },
	    { 5, T, 42.1, 43, NEVER },
	    { 6, T, 43.9, 43, NEVER },
	    { 7, T, 42, 42, NEVER },
	    { 8, T, 99.4, 99, NEVER },
	    { 9, T, 99.9, 99, NEVER },
	    { 10, T, 100, 100, NEVER },
	    { 11, T, 1, 1, NEVER },
	    { 12, T, 0.9, 0, NEVER } } },
	/* One more, as binary numbers have it. */
	{ "a percent that was rounded", &steps, { { 1, T, 7, 7, NEVER }, { 2, T, 7.999999999, 8, NEVER } } },
	{ "behind a relay",
	  &relay,
	  { { 1, T, 29, 0, NEVER },
	    { 2, T, 30, 100, NEVER },
	    { 3, T, 45, 100, NEVER },
	    { 4, T, 28, 100, NEVER },
	    { 5, T, 27, 0, NEVER } } },
	{ "it starts with more, for a second",
	  &starts,
	  { { 100, T, 30, 70, 1100 },
	    { 500, T, 31, 70, 1100 },
	    { 1099, TIME, 0, 70, 1100 },
	    { 1100, TIME, 0, 43, NEVER },
	    { 1200, T, 35, 55, NEVER },
	    { 1300, T, 20, 0, NEVER },
	    { 1400, T, 30, 70, 2400 } } },
	{ "it starts with what it is to have, if that is more",
	  &starts,
	  { { 100, T, 49, 97, NEVER },
	    { 500, T, 31, 70, 1100 },
	    { 600, T, 49, 97, NEVER },
	    { 1100, T, 31, 43, NEVER } } },
	{ "it stops while it starts",
	  &starts,
	  { { 100, T, 30, 70, 1100 },
	    { 200, T, 20, 0, NEVER },
	    { 1100, TIME, 0, 0, NEVER },
	    { 1200, T, 30, 70, 2200 } } },
	{ "a reading that is older than the start",
	  &starts,
	  { { 5000, M, 50, 70, 6000 }, { 10, T, 40, 70, 6000 }, { 6000, TIME, 0, 50, NEVER } } },
	{ "unknown is full, and known again is as it is",
	  &plain,
	  { { 1, T, NAN, 100, NEVER },
	    { 2, T, 35, 55, NEVER },
	    { 3, T, INFINITY, 100, NEVER },
	    { 4, T, 29.7, 40, NEVER },
	    { 5, T, 20, 0, NEVER },
	    { 6, T, NAN, 100, NEVER } } },
	{ "unknown is off",
	  &off_when_unknown,
	  { { 1, T, 35, 55, NEVER }, { 2, T, NAN, 0, NEVER }, { 3, T, 35, 55, NEVER } } },
	{ "unknown goes on",
	  &keeps_when_unknown,
	  { { 1, T, NAN, 0, NEVER },
	    { 2, T, 35, 55, NEVER },
	    { 3, T, NAN, 55, NEVER },
	    { 4, T, NAN, 55, NEVER },
	    { 5, T, 20, 0, NEVER },
	    { 6, T, NAN, 0, NEVER } } },
	{ "by hand, and automatic again",
	  &plain,
	  { { 1, M, 25, 25, NEVER },
	    { 2, T, 40, 25, NEVER },
	    { 3, M, 26, 26, NEVER },
	    { 4, T, NAN, 26, NEVER },
	    { 5, T, 35, 26, NEVER },
	    { 6, M, 0, 0, NEVER },
	    { 7, T, 90, 0, NEVER },
	    { 8, T, 35, 0, NEVER },
	    { 9, A, 0, 55, NEVER },
	    { 10, A, 0, 55, NEVER } } },
	{ "by hand it starts, too",
	  &starts,
	  { { 100, M, 25, 70, 1100 }, { 1100, TIME, 0, 25, NEVER }, { 1200, A, 0, 0, NEVER } } },
	{ "beyond the bounds", &plain, { { 1, M, 101, 100, NEVER }, { 2, M, -1, 0, NEVER } } },
	{ "automatic before anything was said", &plain, { { 1, A, 0, 0, NEVER }, { 2, TIME, 0, 0, NEVER } } },
	{ "full is not above off",
	  &upside_down,
	  { { 1, T, 25, 0, NEVER },
	    { 2, T, 30, 100, NEVER },
	    { 3, T, 29.6, 100, NEVER },
	    { 4, T, 29, 0, NEVER } } },
	{ "full is off",
	  &equal,
	  { { 1, T, 29.9, 0, NEVER },
	    { 2, T, 30, 100, NEVER },
	    { 3, T, 29.9, 100, NEVER },
	    { 4, T, 29, 0, NEVER } } },
};

static bool say(struct fan *fan, const struct fan_settings *settings, const struct step *step)
{
	uint64_t at_ns = step->at_ms * MS;

	switch (step->said) {
	case TEMPERATURE:
		return fan_temperature(fan, settings, step->value, at_ns);
	case MANUAL:
		return fan_set_manual(fan, settings, (int)step->value, at_ns);
	case AUTOMATIC:
		return fan_set_automatic(fan, settings, at_ns);
	case RESTORED:
		return fan_restored(fan, settings, at_ns);
	default:
		return fan_time(fan, settings, at_ns);
	}
}

static uint64_t next_ms(const struct fan *fan, const struct fan_settings *settings)
{
	uint64_t next_ns = fan_next_ns(fan, settings);

	return next_ns == NEVER_NS ? NEVER : next_ns / MS;
}

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct fan fan = { 0 };

		for (const struct step *step = table[i].steps; step->said != END; step++) {
			int before = fan.percent;
			bool changed = say(&fan, table[i].settings, step);
			uint64_t next = next_ms(&fan, table[i].settings);

			if (fan.percent != step->percent || next != step->next_ms ||
			    changed != (fan.percent != before))
				failures += row_fails("%s: step %td: %d %%, changed %d, next %ju", table[i].name,
				                      step - table[i].steps + 1, fan.percent, changed,
				                      (uintmax_t)next);
		}
	}
	assert_int_equal(failures, 0);
}

/* What another one kept, at 10 s, and what becomes of it. */
static void test_restored(void **state)
{
	static const struct {
		const char *name;
		const struct fan_settings *settings;
		struct fan kept;
		int percent;
		uint64_t next_ms;
	} rows[] = {
		{ "nothing", &plain, { 0 }, 0, NEVER },
		{ "as it was", &plain, { FAN_SEES, 35, 55, .percent = 55 }, 55, NEVER },
		{ "within the dead zone", &plain, { FAN_SEES, 35.2, 55, .percent = 55 }, 55, NEVER },
		{ "within the hysteresis", &plain, { FAN_SEES, 29.6, 40, .percent = 40 }, 40, NEVER },
		{ "other settings", &relay, { FAN_SEES, 35, 55, .percent = 55 }, 100, NEVER },
		{ "blind", &plain, { FAN_BLIND, 35, 100, .percent = 100 }, 100, NEVER },
		{ "blind, with other settings", &off_when_unknown, { FAN_BLIND, 35, 100, .percent = 100 }, 0,
		  NEVER },
		{ "nothing was said yet", &plain, { FAN_NOTHING_SAID, 0, 70, .percent = 70 }, 70, NEVER },
		{ "in its first second", &starts, { FAN_SEES, 35, 55, false, 0, true, 9500 * MS, 70 }, 70, 10500 },
		{ "after it", &starts, { FAN_SEES, 35, 55, false, 0, true, 8500 * MS, 70 }, 55, NEVER },
		{ "a start that is to come", &starts, { FAN_SEES, 35, 55, false, 0, true, 11000 * MS, 70 }, 55,
		  NEVER },
		{ "by hand, over power loss", &starts, { .manual = true, .manual_percent = 30 }, 70, 11000 },
		{ "by hand", &starts, { FAN_SEES, 35, 55, true, 30, .percent = 30 }, 30, NEVER },
		{ "percents that are none", &plain, { .automatic = -1, .manual = true, .manual_percent = 1000 },
		  100, NEVER },
		{ "a percent that is none", &plain, { FAN_NOTHING_SAID, 0, 1 << 30, .percent = -5 }, 100, NEVER },
		{ "a speed that is none is standing still", &starts,
		  { FAN_NOTHING_SAID, 0, 50, .percent = -5 }, 70, 11000 },
		{ "a temperature that is none", &plain, { FAN_SEES, NAN, 55, .percent = 55 }, 55, NEVER },
		{ "a state that is none", &plain, { 17, 35, 60, .percent = 60 }, 60, NEVER },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		static const struct step restored = { 10000, RESTORED, 0, 0, 0 };
		struct fan fan = rows[i].kept;
		bool changed = say(&fan, rows[i].settings, &restored);
		uint64_t next = next_ms(&fan, rows[i].settings);

		if (fan.percent != rows[i].percent || next != rows[i].next_ms ||
		    changed != (fan.percent != rows[i].kept.percent))
			failures += row_fails("%s: %d %%, changed %d, next %ju", rows[i].name, fan.percent, changed,
			                      (uintmax_t)next);
	}
	assert_int_equal(failures, 0);
}

/* The noise of a thermometer, and a temperature that creeps: how often the fan is told. */
static void test_seldom_told(void **state)
{
	struct fan fan = { 0 };
	unsigned told = 0;

	(void)state;
	for (int i = 0; i < 10000; i++)
		told += fan_temperature(&fan, &plain, 40 + (i % 2 ? 0.0625 : -0.0625) * (i % 3), 0);
	assert_int_equal(told, 1);
	/* 20 °C, 60 %: each percent once, in steps of 0.001 °C. */
	fan = (struct fan){ 0 };
	told = 0;
	for (int i = 0; i <= 20000; i++)
		told += fan_temperature(&fan, &plain, 30 + i * 0.001, 0);
	assert_int_equal(told, 61);
	assert_int_equal(fan.percent, 100);
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(fan_unknown_words[FAN_UNKNOWN_ON], "on");
	assert_string_equal(fan_unknown_words[FAN_UNKNOWN_OFF], "off");
	assert_string_equal(fan_unknown_words[FAN_UNKNOWN_KEEP], "keep");
	assert_null(fan_unknown_words[FAN_UNKNOWN_KEEP + 1]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_seldom_told),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
