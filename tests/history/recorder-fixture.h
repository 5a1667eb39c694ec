/* A recorder with a folder of its own, on a clock of its own. What fails, fails the test. */
#pragma once

#include "helpers.h"
#include "history/reader.h"

/* The beginning of a window, on 2026-11-28. */
#define T0 ((UINT64_C(1795867200) / 7200) * WINDOW_USEC)
#define SECONDS(n) ((uint64_t)(n) * USEC_PER_SEC)
#define MINUTES(n) SECONDS((n) * 60)
#define HOURS(n) MINUTES((n) * 60)
#define DAYS(n) HOURS((n) * 24)

struct fixture {
	char folder[96];
	struct recorder *recorder;
	struct store_bounds bounds; /* wide */
	int64_t clock;              /* what the clock is ahead of the boot's */
};

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

/* Of a group: nothing is flushed really. */
int fixture_fake_flushes(void **state);

/* --- what happens ----------------------------------------------------------------------------- */

/* The process ends, without a write, and another one begins. */
void restart(struct fixture *it);
void open_it(struct fixture *it);

struct moment at(const struct fixture *it, uint64_t time);
void clock_is(struct fixture *it, uint64_t time);
void write_at(struct fixture *it, uint64_t time);

struct series *series_of(struct fixture *it, const char *component, const char *property, char type);
struct series *hall(struct fixture *it);  /* a number */
struct series *light(struct fixture *it); /* on or off */
void set(struct fixture *it, struct series *series, uint64_t time, double value);

/* So many sensors, each read and all written once a minute. */
void live(struct fixture *it, uint64_t from, uint64_t to, unsigned sensors);

/* --- what is answered ------------------------------------------------------------------------- */

struct point *points_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                        size_t *ret_n);
struct point point_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until);
struct span sums_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until);

struct list {
	size_t n;
	struct recorded all[512];
};

/* From a position on, which is then that of the next. */
struct list page_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most,
                    uint64_t *position, bool more);
/* From the beginning. */
struct list values_of(struct fixture *it, struct series *series, uint64_t since, uint64_t until, uint32_t at_most, bool more);
