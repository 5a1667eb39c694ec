#include "history-room.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SEC UINT64_C(1000000)

static struct history_point *add(struct history_series *series, uint64_t seconds, enum history_state state)
{
	bool is_full = (series->n & (series->n - 1)) == 0; /* room for the next power of two */
	struct history_point *points = series->points, *point;

	if (is_full)
		points = reallocarray(points, series->n > 0 ? 2 * series->n : 1, sizeof *points);
	if (!points)
		abort();
	series->points = points;
	point = &points[series->n];
	*point = (struct history_point){ .begin_usec = series->n > 0 ? point[-1].end_usec : ROOM_BEGIN, .state = state };
	point->end_usec = point->begin_usec + seconds * SEC;
	series->n++;
	return point;
}

void room_known(struct history_series *series, uint64_t seconds, double value)
{
	struct history_point *point = add(series, seconds, HISTORY_KNOWN);

	point->min = point->mean = point->max = point->last = value;
}

void room_on(struct history_series *series, uint64_t seconds, uint64_t on_seconds)
{
	add(series, seconds, HISTORY_KNOWN)->on_usec = on_seconds * SEC;
}

void room_word(struct history_series *series, uint64_t seconds, const char *word)
{
	add(series, seconds, HISTORY_KNOWN)->text = strdup(word);
}

void room_absent(struct history_series *series, uint64_t seconds, enum history_state state)
{
	add(series, seconds, state);
}

struct history_series room_series(const char *component, const char *property, char type)
{
	return (struct history_series){
		.component = strdup(component), .property = strdup(property), .type = type, .class = strdup(""),
		.unit = strdup(type == 'd' ? "°C" : ""), .precision = 1,
	};
}

/* --- noise ----------------------------------------------------------------------------------- */

static double random_number(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0, 1e308, -1e308, 1e-300, 21.5 };

	return random() % 4 == 0 ? odd[(size_t)random() % 8] : (double)random() / 1e7 - 100;
}

static void add_noise(struct history_series *series)
{
	static const char *const words[] = { "auto", "", "\x1b[31m", "<&>\"", "\xff\xfe", "世界", "manual" };
	struct history_point *point = add(series, 1 + (uint64_t)random() % 10000, (enum history_state)(random() % 3));

	point->min = random_number();
	point->mean = random_number();
	point->max = random_number();
	point->last = random_number();
	point->on_usec = (uint64_t)random() << (random() % 33);
	if (random() % 2)
		point->text = strdup(words[(size_t)random() % 7]);
}

struct history room_noise(void)
{
	struct history history = { .n = (size_t)random() % 5 };

	history.series = calloc(history.n + 1, sizeof *history.series);
	for (size_t i = 0; i < history.n; i++) {
		struct history_series *series = &history.series[i];

		*series = room_series("kind/\x1b<name>", "Value", "dbs"[random() % 3]);
		series->precision = (unsigned)random() % 20;
		series->limits_n = (size_t)random() % (HISTORY_LIMITS_MAX + 1);
		for (size_t j = 0; j < series->limits_n; j++)
			series->limits[j] = (struct history_limit){ "high", (double)random() / 1e7 - 100 };
		for (long n = random() % 50; n > 0; n--)
			add_noise(series);
	}
	history.since_usec = ROOM_BEGIN + (uint64_t)random() % (200 * ROOM_HOUR) - 100 * ROOM_HOUR;
	history.until_usec = history.since_usec + 1 + ((uint64_t)random() << (random() % 20));
	return history;
}
