/* The queue of events, in memory and in a file. */
#include <errno.h>
#include <string.h>

#include "mqtt/queue.h"
#include "queue-folder.h"
#include "shim-vfs.h"

#define SEC NSEC_PER_SEC
#define MINUTE (60 * SEC)

/* --- events ----------------------------------------------------------------------------------- */

static void test_in_order_in_memory(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(NULL, NULL);

	(void)state;
	assert_null(queue_next(queue, 0));
	assert_null(queue_position(queue));
	add_all(queue, 1, 10);
	expect_all(queue, 1, 10);
	assert_int_equal(queue_length(queue), 10);
	assert_int_equal(queue_bytes(queue), 10 * 50 + 9 * 7 + 8);
	assert_int_equal(queue_position(queue)->serial, 10);
	assert_string_equal(queue_position(queue)->series, SERIES);
	assert_true(queue_save_due_ns(queue) == NEVER_NS);
	assert_int_equal(queue_save(queue, 0), 0);
}

static void test_known_are_refused(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, NULL);
	struct queue_event other = { .topic = "t", .payload = "p", .payload_length = 1, .serial = 1 };

	add_all(queue, 1, 5);
	assert_int_equal(add_event(queue, 5, 50, 0), 0);
	assert_int_equal(add_event(queue, 1, 50, 0), 0);
	assert_int_equal(add_event(queue, 7, 50, 0), 1);
	assert_int_equal(queue_length(queue), 6);
	other.series = "fedcba98765432100123456789abcdef"; /* another count begins with 1 again */
	assert_int_equal(queue_add(queue, &other, 0, 0), 1);
	assert_int_equal(queue_add(queue, &other, 0, 0), 0);
	assert_int_equal(queue_position(queue)->serial, 1);
	other.series = "";
	assert_int_equal(queue_add(queue, &other, 0, 0), -EINVAL);
	other.series = "fedcba98765432100123456789abcdef0";
	assert_int_equal(queue_add(queue, &other, 0, 0), -EINVAL);
}

static void test_known_after_restart(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	add_all(queue, 1, 5);
	assert_int_equal(queue_save(queue, 0), 0);
	add_all(queue, 6, 7);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	assert_int_equal(queue_position(queue)->serial, 5);
	assert_int_equal(add_event(queue, 5, 50, 0), 0);
	assert_int_equal(add_event(queue, 6, 50, 0), 1);
	expect_all(queue, 1, 6);
	queue_free(queue);
}

/* An acknowledged one is covered by the position, though it was never in the file. */
static void test_position_of_acknowledged(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	add_all(queue, 1, 3);
	acknowledge(queue, 3);
	acknowledge(queue, 1);
	acknowledge(queue, 2);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	assert_int_equal(queue_position(queue)->serial, 3);
	assert_int_equal(queue_length(queue), 0);
	queue_free(queue);
}

static void test_done_in_any_order(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);
	uint64_t sequence;

	add_all(queue, 1, 200);
	assert_int_equal(queue_save(queue, 0), 0);
	add_all(queue, 201, 210);
	acknowledge(queue, 205); /* unsaved, in the window, beyond it, the first */
	acknowledge(queue, 3);
	acknowledge(queue, 150);
	sequence = sequence_of(queue, 1);
	acknowledge(queue, 1);
	assert_int_equal(queue_done(queue, sequence, 0), 0); /* twice is nothing */
	assert_int_equal(queue_done(queue, 1, 0), 0);
	assert_int_equal(queue_done(queue, UINT64_MAX, 0), 0);
	assert_int_equal(queue_length(queue), 206);
	assert_int_equal(queue_next(queue, 0)->serial, 2);
	assert_int_equal(queue_next(queue, sequence_of(queue, 2))->serial, 4);
	assert_int_equal(queue_next(queue, sequence_of(queue, 149))->serial, 151);
	assert_int_equal(queue_next(queue, sequence_of(queue, 204))->serial, 206);
	assert_int_equal(queue_save(queue, 0), 0);
	assert_int_equal(queue_done(queue, sequence, 0), 0);
	assert_int_equal(queue_length(queue), 206);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	assert_int_equal(queue_length(queue), 206);
	for (uint64_t serial = 2; serial <= 210; serial++)
		if (serial != 3 && serial != 150 && serial != 205)
			acknowledge(queue, serial);
	assert_int_equal(queue_length(queue), 0);
	assert_int_equal(queue_bytes(queue), 0);
	queue_free(queue);
}

static void test_repeated(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);
	struct queue_event told = { .topic = "t", .series = SERIES, .serial = 3, .repeated = true };
	uint64_t sequence;

	add_all(queue, 1, 2);
	assert_false(queue_next(queue, 0)->repeated);
	assert_true(queue_next(queue, 0)->repeated);
	sequence = queue_next(queue, 0)->sequence;
	assert_false(queue_next(queue, sequence)->repeated);
	assert_int_equal(queue_add(queue, &told, 0, 0), 1);
	assert_true(queue_next(queue, sequence + 1)->repeated);
	add_all(queue, 4, 5);
	assert_int_equal(queue_save(queue, 0), 0);
	assert_true(queue_next(queue, 0)->repeated);
	assert_false(queue_next(queue, sequence_of(queue, 3))->repeated); /* saved, and not sent */
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	add_all(queue, 6, 6);
	for (const struct queue_event *event = queue_next(queue, 0); event;
	     event = queue_next(queue, event->sequence))
		assert_int_equal(event->repeated, event->serial < 6);
	queue_free(queue);
}

static void test_any_payload(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	for (uint64_t serial = 1; serial <= 20; serial++)
		assert_int_equal(add_event(queue, serial, serial * serial * 200 % 70000, 0), 1);
	assert_int_equal(add_event(queue, 21, 0, 0), 1);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	expect_all(queue, 1, 21);
	queue_free(queue);
}

/* --- many ------------------------------------------------------------------------------------- */

#define MANY 10000

static void add_many(struct queue *queue)
{
	for (uint64_t serial = 1; serial <= MANY; serial++) {
		assert_int_equal(add_event(queue, serial, 100 + serial % 300, serial * SEC), 1);
		if (queue_save_due_ns(queue) <= serial * SEC)
			assert_int_equal(queue_save(queue, serial * SEC), 0);
	}
	assert_int_equal(queue_save(queue, 2 * MANY * SEC), 0);
}

/* Some are in flight, acknowledged in twos, the second first. */
static void drain(struct queue *queue)
{
	uint64_t sequence = 0, before = 0, serial = 1;

	for (const struct queue_event *event; (event = queue_next(queue, sequence)); serial++) {
		assert_int_equal(event->serial, serial);
		assert_true(is_whole(event));
		sequence = event->sequence;
		if (serial % 2 == 0) {
			assert_int_equal(queue_done(queue, sequence, 0), 0);
			assert_int_equal(queue_done(queue, before, 0), 0);
		}
		before = sequence;
	}
	assert_int_equal(serial, MANY + 1);
}

static void test_many(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);
	long length;

	add_many(queue);
	expect_all(queue, 1, MANY);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	length = queue_folder_length(*state, QUEUE_FILE);
	assert_true(length > MANY * 250);
	expect_all(queue, 1, MANY);
	drain(queue);
	assert_int_equal(queue_length(queue), 0);
	assert_int_equal(queue_bytes(queue), 0);
	assert_int_equal(queue_save(queue, 3 * MANY * SEC), 0);
	assert_true(queue_folder_length(*state, QUEUE_FILE) <= 8 * 4096);
	assert_true(queue_folder_length(*state, QUEUE_FILE "-wal") <= 4096);
	expect_no_problem(queue);
	queue_free(queue);
}

/* --- bounds ----------------------------------------------------------------------------------- */

static void test_bound_of_events(void **state)
{
	static const struct queue_settings settings = { .events = 100 };
	struct queue *queue = queue_folder_open(*state, &settings);

	add_all(queue, 1, 100);
	expect_dropped(queue, 0, 0);
	assert_int_equal(queue_save(queue, 0), 0);
	add_all(queue, 101, 180);
	expect_all(queue, 81, 180);
	expect_dropped(queue, 80, 1);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(*state, &settings);
	expect_all(queue, 81, 180);
	expect_dropped(queue, 80, 1);
	add_all(queue, 181, 290); /* none of the file's is left */
	expect_all(queue, 191, 290);
	expect_dropped(queue, 190, 1);
	assert_int_equal(queue_length(queue), 100);
	queue_free(queue);
}

static void test_bound_of_bytes(void **state)
{
	static const struct queue_settings settings = { .bytes = 1000 };
	struct queue *queue = queue_folder_open(*state, &settings);

	assert_int_equal(add_event(queue, 1, 493, 0), 1); /* and 7 of the topic */
	assert_int_equal(add_event(queue, 2, 493, 0), 1);
	assert_int_equal(queue_save(queue, 0), 0);
	expect_dropped(queue, 0, 0);
	assert_int_equal(add_event(queue, 3, 0, 0), 1);
	expect_all(queue, 2, 3);
	expect_dropped(queue, 1, 1);
	assert_int_equal(queue_bytes(queue), 507);
	assert_int_equal(add_event(queue, 4, 994, 0), 1); /* fits in none, and pushes out none */
	expect_all(queue, 2, 3);
	expect_dropped(queue, 2, 1);
	assert_int_equal(queue_position(queue)->serial, 4);
	assert_int_equal(add_event(queue, 5, 993, 0), 1);
	expect_all(queue, 5, 5);
	queue_free(queue);
}

static uint64_t time_of(uint64_t serial)
{
	return EVENTS_USEC + serial * USEC_PER_SEC;
}

static void test_bound_of_age(void **state)
{
	static const struct queue_settings settings = { .max_age_usec = 3600 * USEC_PER_SEC };
	struct queue *queue = queue_folder_open(*state, &settings);

	add_all(queue, 1, 100);
	assert_int_equal(queue_save(queue, 0), 0);
	add_all(queue, 101, 200);
	queue_expire(queue, 0, time_of(3600 + 50));
	expect_all(queue, 50, 200);
	expect_dropped(queue, 49, 1);
	queue_expire(queue, 0, time_of(1)); /* the clock goes back */
	expect_all(queue, 50, 200);
	assert_int_equal(add_event(queue, 3600 + 150, 50, 0), 1); /* adding looks at the age, too */
	assert_int_equal(queue_next(queue, 0)->serial, 150);
	expect_dropped(queue, 149, 1);
	queue_free(queue);
}

static void test_clock_that_was_not_set(void **state)
{
	static const struct queue_settings settings = { .max_age_usec = 3600 * USEC_PER_SEC };
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, &settings);
	struct queue_event event = {
		.topic = "t", .series = SERIES, .serial = 1, .realtime_usec = 5 * USEC_PER_SEC
	};

	assert_int_equal(queue_add(queue, &event, 0, event.realtime_usec), 1);
	queue_expire(queue, 0, time_of(1));
	assert_int_equal(queue_length(queue), 1);
}

static void test_bound_of_memory(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(NULL, NULL);

	(void)state;
	for (uint64_t serial = 1; serial <= 3000; serial++)
		assert_int_equal(add_event(queue, serial, 1000, 0), 1);
	assert_true(queue_bytes(queue) <= QUEUE_MEMORY_BYTES);
	assert_true(queue_length(queue) > 800);
	expect_dropped(queue, 3000 - queue_length(queue), 1);
	expect_all(queue, queue_dropped(queue)->events + 1, 3000);
}

/* --- when it is saved ------------------------------------------------------------------------- */

static void test_due(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, NULL);

	assert_true(queue_save_due_ns(queue) == NEVER_NS);
	assert_int_equal(add_event(queue, 1, 50, 10 * SEC), 1); /* away since 0 */
	assert_int_equal(queue_save_due_ns(queue), MINUTE);
	queue_broker(queue, true, 20 * SEC);
	assert_int_equal(queue_save_due_ns(queue), 10 * SEC + MINUTE);
	queue_broker(queue, false, 30 * SEC);
	assert_int_equal(queue_save_due_ns(queue), 10 * SEC + MINUTE); /* not 30 + 60 */
	assert_int_equal(queue_save(queue, 10 * SEC + MINUTE), 0);
	assert_true(queue_save_due_ns(queue) == NEVER_NS);
	assert_int_equal(add_event(queue, 2, 50, 80 * SEC), 1); /* at most once a minute */
	assert_int_equal(queue_save_due_ns(queue), 10 * SEC + 2 * MINUTE);
	assert_int_equal(queue_save(queue, 10 * SEC + 2 * MINUTE), 0);
	assert_int_equal(add_event(queue, 3, 50, 1000 * SEC), 1);
	assert_int_equal(queue_save_due_ns(queue), 1000 * SEC + QUEUE_SETTLE_NS);
	assert_int_equal(queue_save(queue, 1001 * SEC), 0);
	acknowledge(queue, 2); /* at 0 */
	assert_int_equal(queue_save_due_ns(queue), 1001 * SEC + MINUTE);
}

static void test_due_at_once(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, NULL);

	queue_broker(queue, true, 0);
	for (uint64_t serial = 1; serial <= QUEUE_UNSAVED_MAX + 1; serial++) {
		assert_int_equal(queue_save_due_ns(queue), serial == 1 ? NEVER_NS : MINUTE);
		assert_int_equal(add_event(queue, serial, 50, 0), 1);
		acknowledge(queue, serial); /* the position has to be saved all the same */
	}
	assert_int_equal(queue_save_due_ns(queue), 0);
	assert_int_equal(queue_save(queue, 0), 0);
	assert_true(queue_save_due_ns(queue) == NEVER_NS);
	for (uint64_t serial = 1000; serial < 1003; serial++)
		assert_int_equal(add_event(queue, serial, 90000, 0), 1);
	assert_int_equal(queue_save_due_ns(queue), 0); /* by bytes */
}

/* Lives for an hour, with an event each six minutes, which the broker acknowledges or not. */
static unsigned syncs_in_an_hour(const struct queue_folder *folder, bool broker, unsigned *ret_saves)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(folder, NULL);
	uint64_t serial = 0, last_ns = 0;

	queue_broker(queue, broker, 0);
	shim_begin(SHIM_GOES_ON, 0, 0);
	*ret_saves = 0;
	for (uint64_t now_ns = 0; now_ns < 60 * MINUTE; now_ns += SEC / 2) {
		if (now_ns % (6 * MINUTE) == 3 * MINUTE) {
			assert_int_equal(add_event(queue, ++serial, 300, now_ns), 1);
			if (broker)
				acknowledge(queue, serial);
		}
		if (now_ns < queue_save_due_ns(queue))
			continue;
		assert_int_equal(queue_save(queue, now_ns), 0);
		assert_true(*ret_saves == 0 || now_ns - last_ns >= MINUTE);
		last_ns = now_ns;
		++*ret_saves;
	}
	return shim_syncs();
}

static void test_few_syncs(void **state)
{
	unsigned saves;
	unsigned syncs = syncs_in_an_hour(*state, false, &saves);

	print_message("# 10 events in an hour, no broker: %u saves, %u flushes\n", saves, syncs);
	assert_int_equal(saves, 10);
	assert_true(syncs <= 16); /* one each; one for a new log's head; copying it is three more */
}

static void test_few_syncs_with_broker(void **state)
{
	unsigned saves;
	unsigned syncs = syncs_in_an_hour(*state, true, &saves);

	print_message("# 10 events in an hour, acknowledged: %u saves, %u flushes\n", saves, syncs);
	assert_int_equal(saves, 10);
	assert_true(syncs <= 12);
}

static void test_nothing_to_save(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, NULL);

	shim_begin(SHIM_GOES_ON, 0, 0);
	assert_int_equal(queue_save(queue, MINUTE), 0);
	assert_int_equal(shim_calls(), 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, queue_folder_set_up, queue_folder_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order_in_memory),
		WITH_FOLDER(test_known_are_refused),
		WITH_FOLDER(test_known_after_restart),
		WITH_FOLDER(test_position_of_acknowledged),
		WITH_FOLDER(test_done_in_any_order),
		WITH_FOLDER(test_repeated),
		WITH_FOLDER(test_any_payload),
		WITH_FOLDER(test_many),
		WITH_FOLDER(test_bound_of_events),
		WITH_FOLDER(test_bound_of_bytes),
		WITH_FOLDER(test_bound_of_age),
		WITH_FOLDER(test_clock_that_was_not_set),
		cmocka_unit_test(test_bound_of_memory),
		WITH_FOLDER(test_due),
		WITH_FOLDER(test_due_at_once),
		WITH_FOLDER(test_few_syncs),
		WITH_FOLDER(test_few_syncs_with_broker),
		WITH_FOLDER(test_nothing_to_save),
	};

	return cmocka_run_group_tests(tests, queue_folder_use_shim, NULL);
}
