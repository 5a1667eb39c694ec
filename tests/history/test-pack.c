/* Readings as a few bytes: every one comes back as it was; bytes that are none are found out; and a file of the time before
 * there were packs goes on. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/database.h"
#include "recorder-fixture.h"

static struct pack_reader reader_of(const struct pack *pack, uint64_t time)
{
	return (struct pack_reader){ .next = pack->bytes, .end = pack->bytes + pack->length, .number = 7, .time = time };
}

static bool is_same(const struct row *a, const struct row *b)
{
	return a->series == b->series && a->time == b->time && a->state == b->state &&
	       (a->state == SERIES_KNOWN ? a->value == b->value || (isnan(a->value) && isnan(b->value)) : isnan(b->value));
}

/* --- rows ------------------------------------------------------------------------------------- */

static const struct row rows[] = {
	{ .series = 1, .time = 5000, .value = 21.375 },
	{ .series = -1, .time = 5000, .value = -40 },
	{ .series = 4096, .time = 7199999999, .value = 0 },
	{ .series = -4096, .time = 0, .value = 1e-3 }, /* the clock was set back */
	{ .series = 0, .time = 1, .state = SERIES_GAP },
	{ .series = 3, .time = 2, .state = SERIES_UNAVAILABLE },
	{ .series = -3, .time = 3, .state = SERIES_UNAVAILABLE },
	{ .series = 0, .time = 4, .value = 9007199254740991 }, /* a mark */
	{ .series = 2, .time = 5, .value = 1.0 / 3 },
	{ .series = 2, .time = 6, .value = 9007199254740993.0 },
	{ .series = 2, .time = 7, .value = -1e300 },
	{ .series = 2, .time = 7, .value = 1e20 },
	{ .series = 2, .time = 8, .value = 5e-324 },
	{ .series = 2, .time = 9, .value = 0.1 + 0.2 },
	{ .series = 2, .time = 10, .value = 23.07 },
	{ .series = 2, .time = UINT64_MAX, .value = -0.000001 },
};

static void test_all_kinds(void **state)
{
	struct pack_reader reader;
	struct pack pack;
	struct row row;
	unsigned wrong = 0;

	(void)state;
	pack_begin(&pack, rows[0].time);
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_true(pack_add(&pack, &rows[i]));
	reader = reader_of(&pack, rows[0].time);
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (pack_read(&reader, &row) != 1 || !is_same(&rows[i], &row) || row.number != 7 + i)
			wrong += row_fails("row %zu: series %d, value %.17g", i, (int)row.series, row.value);
	assert_int_equal(pack_read(&reader, &row), 0);
	assert_int_equal(wrong, 0);
	assert_int_equal(pack.n, ELEMENTS(rows));
}

static void test_no_number(void **state)
{
	static const double values[] = { NAN, INFINITY, -INFINITY };
	struct pack_reader reader;
	struct pack pack;
	struct row row;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(values); i++) {
		struct row in = { .series = 1, .value = values[i] };

		pack_begin(&pack, 0);
		assert_true(pack_add(&pack, &in));
		reader = reader_of(&pack, 0);
		assert_int_equal(pack_read(&reader, &row), 1);
		assert_true(is_same(&in, &row));
	}
}

/* What a thermometer says needs no more than its digits. */
static void test_small(void **state)
{
	struct pack pack;

	(void)state;
	pack_begin(&pack, 0);
	assert_true(pack_add(&pack, &(struct row){ .series = 5, .time = 1000000, .value = 21.437 }));
	assert_true(pack.length <= 1 + 3 + 3);
}

static void test_full(void **state)
{
	struct row row = { .series = 1, .value = 1.0 / 3 }, read;
	struct pack_reader reader;
	struct pack pack;
	unsigned n = 0;

	(void)state;
	pack_begin(&pack, 0);
	for (; pack_add(&pack, &row); n++)
		row.time++;
	assert_int_equal(pack.n, n);
	assert_in_range(pack.length, PACK_BYTES - 12, PACK_BYTES);
	for (reader = reader_of(&pack, 0); pack_read(&reader, &read) > 0;)
		n--;
	assert_int_equal(n, 0);
}

/* --- what is no pack -------------------------------------------------------------------------- */

/* Cut anywhere it has some whole rows, and no others. */
static void test_cut(void **state)
{
	struct pack pack;

	(void)state;
	pack_begin(&pack, rows[0].time);
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_true(pack_add(&pack, &rows[i]));
	for (size_t length = 0; length < pack.length; length++) {
		uint8_t *copy = memcpy(malloc(length + 1), pack.bytes, length); /* valgrind sees what is read behind it */
		struct pack_reader reader = { .next = copy, .end = copy + length, .time = rows[0].time };
		struct row row;
		size_t n = 0;
		int r;

		for (; (r = pack_read(&reader, &row)) > 0; n++)
			assert_true(is_same(&rows[n], &row));
		assert_true(r == 0 || r == -EUCLEAN);
		free(copy);
	}
}

/* Any bytes: rows of a state that there is, or -EUCLEAN, with the row untouched. */
static void test_any_bytes(void **state)
{
	unsigned seed = 1, refused = 0;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t length = (size_t)rand_r(&seed) % 40;
		uint8_t *bytes = malloc(length + 1);
		struct pack_reader reader = { .next = bytes, .end = bytes + length };
		struct row row = { .series = 99, .number = UINT64_MAX };
		int r;

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)(rand_r(&seed) >> 8);
		while ((r = pack_read(&reader, &row)) > 0)
			assert_true(row.state <= SERIES_UNAVAILABLE);
		assert_true(r == 0 || r == -EUCLEAN);
		refused += r < 0;
		free(bytes);
	}
	assert_true(refused > 1000);
}

/* --- in the file ------------------------------------------------------------------------------ */

static void change_file(const struct fixture *it, const char *sql)
{
	char path[192];
	sqlite3 *handle = NULL;

	snprintf(path, sizeof path, "%s/" HISTORY_FILE, it->folder);
	assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
	sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL); /* without memory to share */
	if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(handle));
	sqlite3_close(handle);
}

static void change_between(struct fixture *it, const char *sql)
{
	recorder_free(it->recorder);
	change_file(it, sql);
	open_it(it);
}

/* A row was a reading: 20, unavailable, and 22, read for a second when it was written. */
static void test_version_before(void **state)
{
	struct fixture *it = *state;
	struct list list;
	const char *words;

	set(it, hall(it), T0, 1);
	write_at(it, T0 + SECONDS(1));
	change_between(it, "PRAGMA user_version = 1; DELETE FROM raw; INSERT INTO raw VALUES (1, 1, 0, 20),"
	                   "(2, 1, 60000000, x''), (3, 1, 120000000, 22), (4, 0, 121000000, 5);");
	assert_false(recorder_take_words(it->recorder, &words));
	assert_int_equal(it->recorder->time, T0 + SECONDS(121));
	assert_int_equal(it->recorder->serial, 5);
	recorder_go_on(it->recorder);
	set(it, hall(it), T0 + SECONDS(180), 23);
	for (unsigned round = 0; round < 2; round++, restart(it)) {
		list = values_of(it, hall(it), T0, T0 + HOURS(1), 10, false);
		assert_int_equal(list.n, 4);
		assert_true(list.all[0].value == 20 && list.all[0].time == T0);
		assert_true(list.all[1].state == SERIES_UNAVAILABLE && list.all[1].time == T0 + SECONDS(60));
		assert_true(list.all[2].value == 22 && list.all[3].value == 23);
		assert_int_equal(point_of(it, hall(it), T0, T0 + MINUTES(3)).span.known_usec, MINUTES(2));
		write_at(it, T0 + SECONDS(200));
	}
}

static void test_damaged_pack(void **state)
{
	struct fixture *it = *state;
	const char *words;

	set(it, hall(it), T0, 20);
	write_at(it, T0 + MINUTES(1));
	change_between(it, "UPDATE raw SET value = x'0880'");
	assert_true(recorder_take_words(it->recorder, &words));
	assert_non_null(strstr(words, "its readings make no sense"));
	assert_non_null(strstr(words, "set aside"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_kinds), cmocka_unit_test(test_no_number), cmocka_unit_test(test_small),
		cmocka_unit_test(test_full),      cmocka_unit_test(test_cut),       cmocka_unit_test(test_any_bytes),
		TEST(test_version_before),        TEST(test_damaged_pack),
	};

	return cmocka_run_group_tests(tests, fixture_fake_flushes, NULL);
}
