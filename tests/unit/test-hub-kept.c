/* A hub whose events outlive the process: what the successor's reporters get. */
#include "roomd/hub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "helpers.h"
#include "util/memory.h"
#include "util/problem.h"

#define CAPACITY 8
#define RING "hub/ring of places"
#define EARLIER_RING "hub/ring0123456789abcdef"

struct world {
	struct memory *memory;
	struct hub *hub;
	const struct hub_source *hall, *light;
	struct hub_late_subscription late;
	uint64_t refuse_from; /* this serial and later ones are not taken now; 0: all are */
	int copy_fd;          /* copy_memory() */
	char log[1024];
};

/* Another memfd with the same bytes. */
static void copy_memory(struct world *world)
{
	static char buffer[1 << 16];
	struct memory *copy;
	struct problem problem;
	char *to;
	off_t size = lseek(memory_fd(world->memory), 0, SEEK_END);
	ssize_t n;

	assert_int_equal(memory_new(-1, &copy, &problem), 0);
	world->copy_fd = dup(memory_fd(copy));
	to = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, world->copy_fd, 0);
	assert_ptr_not_equal(to, MAP_FAILED);
	for (off_t at = 0; (n = pread(memory_fd(world->memory), buffer, sizeof buffer, at)) > 0; at += n)
		memcpy(to + at, buffer, (size_t)n);
	munmap(to, (size_t)size);
	memory_free(copy);
}

static int hear(const struct event *event, void *userdata)
{
	struct world *world = userdata;
	size_t length = strlen(world->log);

	if (world->refuse_from > 0 && event->serial >= world->refuse_from)
		return -EAGAIN;
	snprintf(world->log + length, sizeof world->log - length, "%s%llu%s:%s.%s@%s%s%s", length ? " " : "",
	         (unsigned long long)event->serial, event->repeated ? "r" : "",
	         hub_source_name(event->source), event->type->name, event->location,
	         event->by ? "<" : "", event->by ? hub_source_name(event->by) : "");
	return 0;
}

static void hear_gap(uint64_t lost, void *userdata)
{
	struct world *world = userdata;
	size_t length = strlen(world->log);

	snprintf(world->log + length, sizeof world->log - length, "%s-%llu", length ? " " : "",
	         (unsigned long long)lost);
}

static const struct event_type motion_detected = { .name = "motion_detected" }, other = { .name = "other" };
static const struct event_type lock_alert = { .name = "lock_alert" };
static const struct event_type *const sensor_types[] = { &motion_detected, NULL };
static const struct event_type *const other_types[] = { &other, &motion_detected, NULL };
static const struct event_type *const light_types[] = { &lock_alert, NULL };

static const struct event_type *const *types_of_sensors = sensor_types; /* as this version has it */

static const struct event_type *const *find_types(const char *kind)
{
	return strcmp(kind, "MotionSensor") == 0      ? types_of_sensors
	       : strcmp(kind, "LightController") == 0 ? light_types
	                                              : NULL;
}

static void start(struct world *world, int fd, size_t capacity)
{
	struct problem problem;

	assert_int_equal(memory_new(fd, &world->memory, &problem), 0);
	assert_int_equal(hub_new_in(world->memory, capacity, find_types, &world->hub), 0);
	world->log[0] = '\0';
}

static void add_sources(struct world *world)
{
	assert_int_equal(hub_add_source(world->hub, "MotionSensor", types_of_sensors, "hall", "Hall", &world->hall), 0);
	assert_int_equal(hub_add_source(world->hub, "LightController", light_types, "lamp", "Ceiling", &world->light), 0);
}

static void listen(struct world *world)
{
	assert_int_equal(hub_subscribe_late_kept(world->hub, &world->late, "late", hear, hear_gap, world), 0);
}

/* The process ends, without a word, and the next one starts. */
static void succeed(struct world *world, size_t capacity)
{
	int fd = dup(memory_fd(world->memory));

	hub_free(world->hub);
	memory_free(world->memory);
	start(world, fd, capacity);
}

static void finish(struct world *world)
{
	hub_free(world->hub);
	memory_free(world->memory);
}

static void emit(struct world *world, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct event motion = { .type = &motion_detected, .source = world->hall };
		struct event alert = { .type = &lock_alert,
			               .source = world->light,
			               .by = world->hall,
			               .location = hub_source_location(world->hall) };

		assert_int_equal(hub_emit(world->hub, i % 2 ? &alert : &motion), 0);
	}
}

static void late(struct world *world, const char *expected)
{
	while (hub_dispatch_late(world->hub, 3))
		;
	assert_string_equal(world->log, expected);
	world->log[0] = '\0';
}

#define MOTION "hall.motion_detected@Hall"
#define ALERT "lamp.lock_alert@Hall<hall"
#define ALERT_OF_GONE "lamp.lock_alert@Ceiling"

/* What nobody had reported is reported by the successor, whole, and serial numbers go on; it counts its own.
 */
static void test_events_outlive_the_process(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "1:" MOTION);
	emit(&world, 3);
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "2:" MOTION " 3:" ALERT " 4:" MOTION " 5:" MOTION);
	assert_int_equal(hub_counters(world.hub).emitted, 1);
	succeed(&world, CAPACITY);
	listen(&world);
	late(&world, "");
	finish(&world);
}

static void hear_since(const struct event *event, void *userdata)
{
	hear(event, userdata);
}

/* What is read since a serial number, and what that says. */
static void since(struct world *world, uint64_t serial, size_t most, const char *expected)
{
	size_t n = hub_read_since(world->hub, serial, most, hear_since, world), words = 0;

	for (const char *c = world->log; *c; c++)
		words += *c == ' ' || !c[1];
	assert_int_equal(n, words);
	assert_string_equal(world->log, expected);
	world->log[0] = '\0';
}

/* Whoever asks gets what the ring has, a predecessor's events, too; late subscribers do not notice. */
static void test_read_since(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	since(&world, 0, 10, "");
	emit(&world, 4);
	since(&world, 0, 10, "1:" MOTION " 2:" ALERT " 3:" MOTION " 4:" ALERT);
	since(&world, 2, 10, "3:" MOTION " 4:" ALERT);
	since(&world, 2, 1, "3:" MOTION);
	since(&world, 4, 10, "");
	since(&world, UINT64_MAX, 10, "");
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	since(&world, 3, 10, "4:" ALERT " 5:" MOTION);
	emit(&world, 8); /* more than there is room for */
	since(&world, 3, 10,
	      "6:" MOTION " 7:" ALERT " 8:" MOTION " 9:" ALERT " 10:" MOTION " 11:" ALERT " 12:" MOTION " 13:" ALERT);
	assert_int_equal(hub_serial(world.hub), 13);
	finish(&world);
}

/* The same count for as long as serial numbers go on, another one when they begin anew. */
static void test_series(void **state)
{
	char series[HUB_SERIES_SIZE];
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	snprintf(series, sizeof series, "%s", hub_series(world.hub));
	assert_int_equal(strspn(series, "0123456789abcdef"), 32);
	emit(&world, 1);
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	assert_string_equal(hub_series(world.hub), series);
	succeed(&world, 2 * CAPACITY); /* another version, with another ring */
	assert_string_equal(hub_series(world.hub), series);
	finish(&world);
	start(&world, -1, CAPACITY);
	assert_string_not_equal(hub_series(world.hub), series);
	finish(&world);
}

/* A predecessor was killed while it wrote it: nobody has been told half of one. */
static void test_half_a_series(void **state)
{
	char series[HUB_SERIES_SIZE], half[HUB_SERIES_SIZE];
	struct world world = { 0 };
	void *block;

	(void)state;
	start(&world, -1, CAPACITY);
	assert_int_equal(memory_block(world.memory, "hub/series", HUB_SERIES_SIZE, &block), 1);
	memset((char *)block + 15, 0, HUB_SERIES_SIZE - 15);
	snprintf(half, sizeof half, "%s", (const char *)block);
	succeed(&world, CAPACITY);
	snprintf(series, sizeof series, "%s", hub_series(world.hub));
	assert_int_equal(strspn(series, "0123456789abcdef"), 32);
	assert_int_not_equal(strncmp(series, half, strlen(half)), 0);
	succeed(&world, CAPACITY);
	assert_string_equal(hub_series(world.hub), series);
	finish(&world);
}

/* The sources may be others by then. */
static void test_sources_that_have_gone(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 2);
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	assert_int_equal(hub_add_source(world.hub, "MotionSensor", types_of_sensors, "yard", "Yard", &world.hall), 0);
	listen(&world);
	emit(&world, 1);
	late(&world, "1:" MOTION " 2:" ALERT " 3:yard.motion_detected@Yard");
	finish(&world);
}

/* What was not committed did not happen: it happens again, under the same number. */
static void test_uncommitted_events(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	memory_commit(world.memory);
	emit(&world, 2);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 2);
	late(&world, "1:" MOTION " 2:" MOTION " 3:" ALERT);
	finish(&world);
}

/* As if the process were killed here, with the event said and nobody told: what it left is what the memory
 * has. */
static int hear_and_keep(const struct event *event, void *userdata)
{
	struct world *world = userdata;

	if (event->serial == 2)
		copy_memory(world);
	return hear(event, userdata);
}

/* The one event that may have been said before is marked; others are not. */
static void test_killed_while_reporting(void **state)
{
	struct world world = { .copy_fd = -1 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	assert_int_equal(
		hub_subscribe_late_kept(world.hub, &world.late, "late", hear_and_keep, hear_gap, &world), 0);
	emit(&world, 3);
	memory_commit(world.memory);
	late(&world, "1:" MOTION " 2:" ALERT " 3:" MOTION);
	finish(&world);
	start(&world, world.copy_fd, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "2r:" ALERT " 3:" MOTION " 4:" MOTION);
	finish(&world);
}

/* A reporter that could not take an event has not said it. */
static void test_refused_is_not_repeated(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 3);
	memory_commit(world.memory);
	world.refuse_from = 2;
	late(&world, "1:" MOTION);
	world.refuse_from = 0;
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	late(&world, "2:" ALERT " 3:" MOTION);
	finish(&world);
}

/* More than the ring holds came before the end: the oldest are a gap. So is a ring of another size. */
static void test_gaps(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, CAPACITY + 2);
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	late(&world, "-2 3:" MOTION " 4:" ALERT " 5:" MOTION " 6:" ALERT " 7:" MOTION " 8:" ALERT " 9:" MOTION
	             " 10:" ALERT);
	emit(&world, 2);
	memory_commit(world.memory);
	succeed(&world, 2 * CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "-2 13:" MOTION);
	finish(&world);
}

/* As if this ring were that of a version which has its types in another way. */
static void make_earlier(struct world *world)
{
	size_t size = CAPACITY * sizeof(struct event);
	static struct event ring[CAPACITY];
	void *block;

	assert_int_equal(memory_block(world->memory, RING, size, &block), 1);
	memcpy(ring, block, size);
	memory_forget(world->memory, RING);
	assert_int_equal(memory_block(world->memory, EARLIER_RING, size, &block), 0);
	memcpy(block, ring, size);
}

/* Nothing of it is taken for what it is not, nor left for the other version, and no number is used twice. */
static void test_ring_of_another_version(void **state)
{
	struct world world = { 0 };
	struct event *ring;
	void *block;

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "1:" MOTION);
	emit(&world, 3);
	memory_commit(world.memory);
	make_earlier(&world);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	late(&world, "-3");
	emit(&world, 2);
	late(&world, "5:" MOTION " 6:" ALERT);
	assert_int_equal(memory_block(world.memory, EARLIER_RING, CAPACITY * sizeof *ring, &block), 0);
	finish(&world);
}

/* A kind that has other types in this version: its events cannot be told, all others can; and the same for the
 * version before, should it come back. */
static void test_kind_of_other_types(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 2);
	memory_commit(world.memory);
	types_of_sensors = other_types;
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "-1 2:" ALERT_OF_GONE " 3:" MOTION);
	emit(&world, 1);
	memory_commit(world.memory);
	types_of_sensors = sensor_types;
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "-1 5:" MOTION);
	finish(&world);
}

/* What is missing at the end is said once, and not by each successor. */
static void test_gap_is_said_once(void **state)
{
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 2);
	memory_commit(world.memory);
	make_earlier(&world);
	succeed(&world, CAPACITY);
	listen(&world);
	late(&world, "-2");
	memory_commit(world.memory);
	succeed(&world, CAPACITY);
	listen(&world);
	late(&world, "");
	finish(&world);
}

/* Killed after the serial of its place was stored and before the position: no gap, and the event may have
 * been said.
 */
static void test_killed_between_two_stores(void **state)
{
	struct world world = { 0 };
	uint64_t *place; /* position, serial, offered */
	void *block;

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 2);
	memory_commit(world.memory);
	late(&world, "1:" MOTION " 2:" ALERT);
	assert_int_equal(memory_block(world.memory, "late", 3 * sizeof *place, &block), 1);
	place = block;
	assert_int_equal(place[0], 2);
	assert_int_equal(place[1], 2);
	place[0] = 1;
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 1);
	late(&world, "2r:" ALERT " 3:" MOTION);
	finish(&world);
}

/* What cannot be an event is a gap, and no text goes on beyond its end. */
static void test_damaged_ring(void **state)
{
	struct world world = { 0 };
	struct event *ring;
	void *block;

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 4);
	memory_commit(world.memory);
	assert_int_equal(memory_block(world.memory, RING, CAPACITY * sizeof *ring, &block), 1);
	ring = block;
	ring[0].place = 0xff;
	ring[1].source_id = 0xffff;
	ring[3].by_id = 0xfffe;
	for (size_t i = 0; i < CAPACITY; i++)
		memset(ring[i].text, 'x', sizeof ring[i].text);
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	late(&world, "-2 3:" MOTION " 4:lamp.lock_alert@Ceiling");
	finish(&world);
}

/* Answers each motion with an event of its own, as an Action does. */
static int answer(const struct event *event, void *userdata)
{
	struct world *world = userdata;

	if (event->type != &motion_detected)
		return 0;
	return hub_emit(world->hub, &(struct event){ .type = &lock_alert, .source = world->light });
}

/* What a reporter's turn has led to is told in the next one, when it is committed: else whoever is killed in between has
 * told of an event whose serial number the successor gives to another one. */
static void test_emitted_while_reporting(void **state)
{
	struct hub_late_subscription answers;
	struct world world = { 0 };

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	hub_subscribe_late(world.hub, &answers, answer, NULL, &world); /* has its turn first */
	emit(&world, 1);
	memory_commit(world.memory);
	assert_true(hub_dispatch_late(world.hub, 3));
	assert_string_equal(world.log, "1:" MOTION);
	memory_commit(world.memory);
	late(&world, "1:" MOTION " 2:lamp.lock_alert@Ceiling");
	hub_unsubscribe_late(&answers);
	finish(&world);
}

/* The last one cannot be told, and then none comes: a gap all the same. Nor can one that says it is a later
 * one. */
static void test_damaged_at_the_end(void **state)
{
	struct world world = { 0 };
	struct event *ring;
	void *block;

	(void)state;
	start(&world, -1, CAPACITY);
	add_sources(&world);
	listen(&world);
	emit(&world, 4);
	memory_commit(world.memory);
	assert_int_equal(memory_block(world.memory, RING, CAPACITY * sizeof *ring, &block), 1);
	ring = block;
	ring[1].serial = 10;
	ring[3].source_id = 0;
	succeed(&world, CAPACITY);
	add_sources(&world);
	listen(&world);
	late(&world, "1:" MOTION " -1 3:" MOTION " -1");
	emit(&world, 1);
	late(&world, "5:" MOTION);
	finish(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_outlive_the_process),
		cmocka_unit_test(test_read_since),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_half_a_series),
		cmocka_unit_test(test_sources_that_have_gone),
		cmocka_unit_test(test_uncommitted_events),
		cmocka_unit_test(test_killed_while_reporting),
		cmocka_unit_test(test_emitted_while_reporting),
		cmocka_unit_test(test_refused_is_not_repeated),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_ring_of_another_version),
		cmocka_unit_test(test_kind_of_other_types),
		cmocka_unit_test(test_gap_is_said_once),
		cmocka_unit_test(test_damaged_at_the_end),
		cmocka_unit_test(test_killed_between_two_stores),
		cmocka_unit_test(test_damaged_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
