/* Makes the history of a day until now, for pictures and tests of the page: history FOLDER. FOLDER is where roomd-history keeps
 * its file. A cellar gets warm, and a fan cools it; for a while its thermometer was unavailable, and for a while the board was off. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "history/recorder.h"
#include "util/clock.h"

#define STEP_USEC (30 * USEC_PER_SEC)
#define STEPS 2880
#define STEPS_A_WRITE 20

/* In steps: [from, to). */
#define UNAVAILABLE_FROM 700
#define UNAVAILABLE_TO 880
#define OFF_FROM 1500
#define OFF_TO 1740

struct cellar {
	struct recorder *recorder;
	struct series *value, *on;
	double temperature;
	bool cooled;
};

static const struct series_about value_about = { "temperature_sensor/cellar", "Value", "temperature", "°C", 'd', 2 };
static const struct series_about on_about = { "switch/fan", "On", "on", "", 'b', 0 };

/* Warmer by day than by night; the fan has a wide hysteresis. */
static void pass(struct cellar *cellar, unsigned step)
{
	double warming = step > 1000 && step < 2200 ? 0.02 : 0.008;

	cellar->temperature += cellar->cooled ? -0.022 : warming;
	if (cellar->temperature > 23.5 || cellar->temperature < 20)
		cellar->cooled = cellar->temperature > 23.5;
}

static void record(struct cellar *cellar, unsigned step, uint64_t time)
{
	bool known = step < UNAVAILABLE_FROM || step >= UNAVAILABLE_TO;
	double noise = (step * 7919 % 100) / 250.0;

	recorder_set(cellar->recorder, cellar->value, time, known ? SERIES_KNOWN : SERIES_UNAVAILABLE,
	             known ? cellar->temperature + noise : 0);
	recorder_set(cellar->recorder, cellar->on, time, SERIES_KNOWN, cellar->cooled);
}

static int live(struct cellar *cellar, uint64_t begin)
{
	int r = 0;

	for (unsigned step = 0; step < STEPS && r >= 0; step++) {
		struct moment moment = { begin + step * STEP_USEC, (step + 1) * STEP_USEC };

		pass(cellar, step);
		if (step == OFF_FROM)
			recorder_gap(cellar->recorder, moment.realtime);
		if (step >= OFF_FROM && step < OFF_TO)
			continue;
		recorder_clock(cellar->recorder, &moment);
		record(cellar, step, moment.realtime);
		if (step % STEPS_A_WRITE == STEPS_A_WRITE - 1)
			r = recorder_write(cellar->recorder, &moment);
	}
	return r;
}

static int make(const char *folder)
{
	static const struct store_bounds bounds = { 30 * 86400 * USEC_PER_SEC, 400 * 86400 * USEC_PER_SEC, 100000000 };
	_cleanup_(recorder_freep) struct recorder *recorder = NULL;
	struct cellar cellar = { .temperature = 20.5 };
	int r = recorder_new(folder, &bounds, &recorder);

	if (r < 0)
		return r;
	cellar.recorder = recorder;
	cellar.value = recorder_series(recorder, &value_about);
	cellar.on = recorder_series(recorder, &on_about);
	return live(&cellar, clock_now_ns(CLOCK_REALTIME) / 1000 - STEPS * STEP_USEC);
}

int main(int argc, char **argv)
{
	int r = argc == 2 ? make(argv[1]) : -EINVAL;

	if (r < 0)
		fprintf(stderr, "history: %s\n", argc == 2 ? strerror(-r) : "usage: history FOLDER");
	return r < 0 ? 1 : 0;
}
