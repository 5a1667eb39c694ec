#define _GNU_SOURCE
#include "recorder-fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "shim-vfs.h"
#include "util/problem.h"

static const struct store_bounds wide = { .raw_usec = DAYS(30), .keep_usec = DAYS(400), .bytes = 200000000 };

void open_it(struct fixture *it)
{
	assert_int_equal(recorder_new(it->folder, &it->bounds, &it->recorder), 0);
}

int fixture_set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .folder = "/tmp/roomd-test-XXXXXX", .bounds = wide, .clock = (int64_t)DAYS(100) };
	assert_non_null(mkdtemp(fixture.folder));
	open_it(&fixture);
	*state = &fixture;
	return 0;
}

int fixture_tear_down(void **state)
{
	struct fixture *it = *state;
	char command[256];

	recorder_free(it->recorder);
	snprintf(command, sizeof command, "chmod -R u+w %s; rm -r %s", it->folder, it->folder);
	return system(command);
}

int fixture_fake_flushes(void **state)
{
	(void)state;
	shim_set_up();
	shim_begin(SHIM_GOES_ON, 0, 0);
	return 0;
}

/* --- what happens ----------------------------------------------------------------------------- */

struct moment at(const struct fixture *it, uint64_t time)
{
	return (struct moment){ .realtime = time, .boot = time - (uint64_t)it->clock };
}

void clock_is(struct fixture *it, uint64_t time)
{
	struct moment moment = at(it, time);

	recorder_clock(it->recorder, &moment);
}

void write_at(struct fixture *it, uint64_t time)
{
	struct moment moment = at(it, time);

	assert_int_equal(recorder_write(it->recorder, &moment), 0);
}

struct series *series_of(struct fixture *it, const char *component, const char *property, char type)
{
	return recorder_series(it->recorder, &(struct series_about){
						     .component = component,
						     .property = property,
						     .class = "",
						     .unit = type == 'd' ? "°C" : "",
						     .type = type,
						     .precision = 1,
					     });
}

struct series *hall(struct fixture *it)
{
	return series_of(it, "temperature_sensor/hall", "Value", 'd');
}

struct series *light(struct fixture *it)
{
	return series_of(it, "light_controller/hall", "On", 'b');
}

void set(struct fixture *it, struct series *series, uint64_t time, double value)
{
	clock_is(it, time);
	recorder_set(it->recorder, series, time, SERIES_KNOWN, value);
}

void restart(struct fixture *it)
{
	recorder_free(it->recorder);
	open_it(it);
}

void live(struct fixture *it, uint64_t from, uint64_t to, unsigned sensors)
{
	char name[64];

	for (uint64_t time = from; time < to; time += MINUTES(1)) {
		for (unsigned i = 0; i < sensors; i++) {
			snprintf(name, sizeof name, "temperature_sensor/%u", i);
			set(it, series_of(it, name, "Value", 'd'), time, (double)((time / MINUTES(1) + i) % 1000) / 10);
		}
		write_at(it, time);
	}
}

/* --- what is answered ------------------------------------------------------------------------- */

struct point *points_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                               size_t *ret_n)
{
	struct question question = { series, since, until, at_most };
	struct point *points = NULL;
	struct problem problem;

	assert_int_equal(reader_points(it->recorder, &question, &points, ret_n, &problem), 0);
	return points;
}

struct point point_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until)
{
	size_t n;
	struct point *points = points_of(it, series, since, until, 1, &n), point = points[0];

	assert_int_equal(n, 1);
	free(points);
	return point;
}

struct span sums_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until)
{
	struct question question = { series, since, until, 1 };
	struct problem problem;
	struct span span = { 0 };

	assert_int_equal(reader_sums(it->recorder, &question, &span, &problem), 0);
	return span;
}

static int add_to_list(const struct recorded *value, void *userdata)
{
	struct list *list = userdata;

	assert_true(list->n < ELEMENTS(list->all));
	list->all[list->n++] = *value;
	return 0;
}

struct list page_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                    uint64_t *position, bool more)
{
	struct question question = { series, since, until, at_most };
	struct problem problem;
	struct list list = { 0 };

	assert_int_equal(reader_values(it->recorder, &question, position, add_to_list, &list, &problem), more);
	return list;
}

struct list values_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most, bool more)
{
	uint64_t position = 0;

	return page_of(it, series, since, until, at_most, &position, more);
}
