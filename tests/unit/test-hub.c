/* The hub: who is told of an event, in which order, and what it costs. */
#define _GNU_SOURCE
#include "roomd/hub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "helpers.h"
#include "hub-world.h"

/* --- counting what is allocated (the linker's --wrap) ---------------------------------------- */

static unsigned long allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocations++;
	return __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
	allocations++;
	return __real_reallocarray(old, n, size);
}

char *__wrap_strdup(const char *text)
{
	allocations++;
	return __real_strdup(text);
}

/* Subscriptions that are not in a listener are static: they outlive the hub, also if a test fails. */

/* --- subscribers ----------------------------------------------------------------------------- */

static void test_capacity(void **state)
{
	static const size_t bad[] = { 0, 1, 3, 6, 100, SIZE_MAX };
	struct hub *hub = NULL;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(bad); i++) {
		assert_int_equal(hub_new(bad[i], &hub), -EINVAL);
		assert_null(hub);
	}
	assert_int_equal(hub_new(2, &hub), 0);
	assert_null(hub_free(hub));
	assert_null(hub_free(NULL));
}

static void test_sources(void **state)
{
	struct world *world = *state;
	char name[] = "stairs";
	const struct hub_source *source;

	assert_int_equal(hub_add_source(world->hub, "MotionSensor", world_types, name, "", &source), 0);
	name[0] = 'x';
	assert_string_equal(hub_source_kind(source), "MotionSensor");
	assert_string_equal(hub_source_name(source), "stairs");
	assert_string_equal(hub_source_location(source), "");
}

static void test_sources_and_all(void **state)
{
	struct world *world = *state;

	for (unsigned form = 0; form < FORMS; form++)
		listen_to(new_listener(world, (char)('a' + form), 0, NULL), source_of(world, form));
	emit(world, world->hall);
	assert_log(world, "a1 b1");
	emit(world, world->door);
	assert_log(world, "a2");
}

/* In the order of subscription, whatever it is to: all 16 ways of four listeners. */
static void test_order_across_lists(void **state)
{
	struct world *world = *state;

	for (unsigned forms = 0; forms < FORMS * FORMS * FORMS * FORMS; forms++) {
		char expected[32];
		unsigned rest = forms, serial = forms + 1;

		for (unsigned i = 0; i < 4; i++, rest /= FORMS)
			listen_to(new_listener(world, (char)('a' + i), 0, NULL),
			          source_of(world, rest % FORMS));
		emit_one(world);
		snprintf(expected, sizeof expected, "a%u b%u c%u d%u", serial, serial, serial, serial);
		assert_log(world, expected);
		end_listeners(world);
	}
}

static void test_serials_and_location(void **state)
{
	struct world *world = *state;
	struct listener *listener = new_listener(world, 'a', 0, NULL);
	struct event event = { .type = world_types[0], .source = world->hall, .serial = 77 };

	listen_to_all(listener);
	assert_int_equal(hub_emit(world->hub, &event), 0);
	assert_int_equal(hub_emit(world->hub, &event), 0);
	assert_log(world, "a1 a2");
	/* The caller's event is copied, not written to. */
	assert_int_equal(event.serial, 77);
	assert_null(event.location);
	assert_int_equal(hub_counters(world->hub).emitted, 2);
	assert_int_equal(hub_counters(world->hub).overflows, 0);
}

static void check_copy(const struct event *event, void *userdata)
{
	const struct event *expected = userdata;

	assert_ptr_equal(event->type, expected->type);
	assert_ptr_equal(event->source, expected->source);
	assert_ptr_equal(event->by, expected->by);
	assert_string_equal(event->location, expected->location);
	assert_true(event->monotonic_ns == expected->monotonic_ns);
	assert_true(event->count == expected->count);
	assert_string_equal(event->text, expected->text);
}

static int check_late_copy(const struct event *event, void *userdata)
{
	check_copy(event, userdata);
	return 0;
}

/* All of an event, for both kinds of listeners; a text in a slot of the ring ends where it ends. */
static void test_copies(void **state)
{
	static const size_t lengths[] = { 0, 1, EVENT_TEXT_SIZE - 1, 5, 0, 100 };
	struct world *world = *state;
	static struct hub_subscription subscription;
	static struct hub_late_subscription late;
	struct event event = { .type = world_types[1],
		               .source = world->door,
		               .by = world->hall,
		               .location = "Stairs",
		               .monotonic_ns = UINT64_C(0x123456789abcdef0),
		               .count = UINT64_C(0xfedcba9876543210) };

	hub_subscribe(world->hub, &subscription, NULL, check_copy, &event);
	hub_subscribe_late(world->hub, &late, check_late_copy, NULL, &event);
	for (size_t round = 0; round < CAPACITY; round++)
		for (size_t i = 0; i < ELEMENTS(lengths); i++) {
			memset(event.text, (int)('a' + i), lengths[i]);
			event.text[lengths[i]] = '\0';
			assert_int_equal(hub_emit(world->hub, &event), 0);
			hub_dispatch_late(world->hub, CAPACITY);
		}
}

static void check_location(const struct event *event, void *userdata)
{
	assert_string_equal(event->location, userdata);
}

static void test_default_location(void **state)
{
	struct world *world = *state;
	static struct hub_subscription subscription;
	struct event event = { .type = world_types[0], .source = world->door };

	hub_subscribe(world->hub, &subscription, NULL, check_location,
	              (void *)"Front door");
	hub_emit(world->hub, &event);
	event.location = "Hall";
	hub_subscribe(world->hub, &subscription, NULL, check_location,
	              (void *)"Hall");
	hub_emit(world->hub, &event);
}

/* --- emitting within a handler --------------------------------------------------------------- */

/* Breadth first: what is emitted meanwhile is delivered afterwards, to all, in order. */
static void test_emit_in_handler(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_emit_two);
	struct listener *b = new_listener(world, 'b', 2, act_emit_two);
	struct listener *c = new_listener(world, 'c', 0, NULL);

	listen_to_all(a);
	listen_to_all(b);
	listen_to_all(c);
	emit_one(world);
	assert_log(world, "a1 b1 c1 a2 b2 c2 a3 b3 c3 a4 b4 c4 a5 b5 c5");
	emit_one(world);
	assert_log(world, "a6 b6 c6");
}

/* The queue is bounded, and the event in hand has a place in it. What is dropped has a serial number too. */
static void test_overflow(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_overflow);

	listen_to_all(a);
	emit_one(world);
	assert_int_equal(a->accepted, CAPACITY - 1);
	assert_log(world, "a1 a2 a3 a4 a5 a6 a7 a8");
	assert_int_equal(hub_counters(world->hub).emitted, CAPACITY + 2);
	assert_int_equal(hub_counters(world->hub).overflows, 2);
	emit_one(world);
	assert_log(world, "a11");
	assert_int_equal(hub_counters(world->hub).overflows, 2);
}

/* --- subscribing and unsubscribing within a handler ------------------------------------------ */

static void act_subscribe(struct listener *self, const struct event *event)
{
	(void)event;
	for (struct listener *other = self->other; other; other = other->other)
		listen_to(other, source_of(self->world, (unsigned)(other->letter - 'w')));
	emit_one(self->world);
}

/* Not for the event in hand, but for the next one, also if that was emitted right behind it. */
static void test_subscribe_in_handler(void **state)
{
	struct world *world = *state;
	struct listener *z = new_listener(world, 'z', 0, NULL);
	struct listener *y = new_listener(world, 'y', 0, NULL);
	struct listener *x = new_listener(world, 'x', 0, NULL);
	struct listener *w = new_listener(world, 'w', 0, NULL);
	struct listener *a = new_listener(world, 'a', 1, act_subscribe);
	struct listener *b = new_listener(world, 'b', 0, NULL);

	y->other = z;
	x->other = y;
	w->other = x;
	a->other = w;
	listen_to_all(a);
	listen_to(b, source_of(world, 3));
	emit_one(world);
	assert_log(world, "a1 b1 a2 b2 w2 x2 y2 z2");
}

/* At the end of the list that is being gone through. */
static void test_subscribe_in_same_list(void **state)
{
	struct world *world = *state;
	struct listener *z = new_listener(world, 'z', 0, NULL);
	struct listener *a = new_listener(world, 'a', 1, act_subscribe);
	struct listener *b = new_listener(world, 'b', 0, NULL);

	a->other = z;
	listen_to(a, source_of(world, 3));
	listen_to(b, source_of(world, 3));
	emit_one(world);
	assert_log(world, "a1 b1 a2 b2 z2");
}

/* The last one, with nothing behind it in its list. */
static void test_subscribe_in_last_handler(void **state)
{
	struct world *world = *state;
	struct listener *w = new_listener(world, 'w', 0, NULL);
	struct listener *a = new_listener(world, 'a', 1, act_subscribe);

	a->other = w;
	listen_to_all(a);
	emit_one(world);
	assert_log(world, "a1 a2 w2");
}

static void act_end_other(struct listener *self, const struct event *event)
{
	(void)event;
	hub_unsubscribe(&self->other->subscription);
}

/* Each of four listeners ends each of them, itself as well, in the same list, of each form, and across lists.
 */
static void test_unsubscribe_in_handler(void **state)
{
	struct world *world = *state;

	for (unsigned i = 0; i < 4 * 4 * (FORMS + 1); i++) {
		unsigned actor = i % 4, victim = i / 4 % 4, serial = i * 2 + 1, form = i / 16;
		struct listener *listeners[4];
		char expected[128] = "";

		for (unsigned j = 0; j < 4; j++) {
			listeners[j] = new_listener(world, (char)('a' + j), serial,
			                            j == actor ? act_end_other : NULL);
			listen_to(listeners[j], source_of(world, form < FORMS ? form : j));
		}
		listeners[actor]->other = listeners[victim];
		emit_one(world);
		emit_one(world);
		for (unsigned k = 0; k < 2; k++)
			for (unsigned j = 0; j < 4; j++)
				if (j != victim || (k == 0 && victim <= actor))
					snprintf(expected + strlen(expected),
					         sizeof expected - strlen(expected), "%s%c%u",
					         *expected ? " " : "", 'a' + j, serial + k);
		assert_log(world, expected);
		end_listeners(world);
	}
}

static void act_end_all_behind(struct listener *self, const struct event *event)
{
	(void)event;
	for (struct listener *other = self->other; other; other = other->other)
		hub_unsubscribe(&other->subscription);
}

static void test_unsubscribe_all_behind(void **state)
{
	struct world *world = *state;

	for (unsigned form = 0; form < FORMS; form++) {
		struct listener *d = new_listener(world, 'd', 0, NULL);
		struct listener *c = new_listener(world, 'c', 0, NULL);
		struct listener *b = new_listener(world, 'b', 0, NULL);
		struct listener *a = new_listener(world, 'a', form * 2 + 1, act_end_all_behind);
		char expected[16];

		c->other = d;
		b->other = c;
		a->other = b;
		listen_to(a, source_of(world, form));
		listen_to(b, source_of(world, form));
		listen_to(c, source_of(world, form));
		listen_to(d, source_of(world, form));
		emit_one(world);
		emit_one(world);
		snprintf(expected, sizeof expected, "a%u a%u", form * 2 + 1, form * 2 + 2);
		assert_log(world, expected);
		end_listeners(world);
	}
}

static void act_renew_other(struct listener *self, const struct event *event)
{
	(void)event;
	listen_to_all(self->other);
}

/* A subscription that is made again is a new one: the last in order, and not for the event in hand. */
static void test_resubscribe_in_handler(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_renew_other);
	struct listener *b = new_listener(world, 'b', 0, NULL);
	struct listener *c = new_listener(world, 'c', 3, act_renew_other);

	a->other = b;
	c->other = c;
	listen_to_all(a);
	listen_to_all(b);
	listen_to_all(c);
	emit_one(world);
	assert_log(world, "a1 c1");
	emit_one(world);
	assert_log(world, "a2 c2 b2");
	emit_one(world);
	assert_log(world, "a3 c3 b3");
	emit_one(world);
	assert_log(world, "a4 b4 c4");
}

static void test_unsubscribe_twice(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 0, NULL);
	struct listener *never = new_listener(world, 'n', 0, NULL);

	listen_to_all(a);
	hub_unsubscribe(&a->subscription);
	hub_unsubscribe(&a->subscription);
	hub_unsubscribe(&never->subscription);
	emit_one(world);
	assert_log(world, "");
	listen_to_all(a);
	emit_one(world);
	assert_log(world, "a2");
}

/* Subscribing what is subscribed ends what it stood for, also in another list and another hub. */
static void test_resubscribe(void **state)
{
	struct world *world = *state, *other = new_world(2);
	struct listener *a = new_listener(world, 'a', 0, NULL);
	struct listener *b = new_listener(world, 'b', 0, NULL);

	listen_to(a, world->door);
	listen_to_all(b);
	listen_to(a, world->hall);
	emit(world, world->door);
	emit(world, world->hall);
	assert_log(world, "b1 b2 a2");
	listen_to_all(a);
	listen_to_all(a);
	emit_one(world);
	assert_log(world, "b3 a3");

	a->world = other;
	listen_to_all(a);
	emit_one(world);
	assert_log(world, "b4");
	emit_one(other);
	assert_log(other, "a1");
	free_world(other);
}

/* Owners may end their subscriptions after the hub has gone. */
static void test_subscriptions_outlive_the_hub(void **state)
{
	struct world *world = *state;

	listen_to_all(new_listener(world, 'a', 0, NULL));
	listen_to(new_listener(world, 'b', 0, NULL), world->hall);
	listen_late(new_late_listener(world, 'l', 0, NULL));
	world->hub = hub_free(world->hub);
	end_listeners(world);
}

/* --- cost ------------------------------------------------------------------------------------ */

#define STRANGERS 10000

static void count_call(const struct event *event, void *userdata)
{
	(void)event;
	++*(unsigned *)userdata;
}

/* Subscriptions that do not match are not even looked at: the memory they are in cannot be read. */
static void test_cost(void **state)
{
	struct world *world = *state;
	size_t size = STRANGERS * sizeof(struct hub_subscription);
	struct hub_subscription *strangers =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static struct hub_subscription own[FORMS];
	unsigned calls = 0, foreign_calls = 0;

	assert_true(strangers != MAP_FAILED);
	for (size_t i = 0; i < STRANGERS; i++) {
		hub_subscribe(world->hub, &strangers[i], world->door, count_call,
		              &foreign_calls);
		if (i % (STRANGERS / FORMS) == 0)
			hub_subscribe(world->hub, &own[i / (STRANGERS / FORMS)],
			              source_of(world, (unsigned)(i / (STRANGERS / FORMS))), count_call,
			              &calls);
	}
	assert_int_equal(mprotect(strangers, size, PROT_NONE), 0);
	emit_many(world, 1000);
	assert_int_equal(mprotect(strangers, size, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(calls, 1000 * FORMS);
	assert_int_equal(foreign_calls, 0);

	/* They are subscribed all the same. */
	emit(world, world->door);
	assert_int_equal(foreign_calls, STRANGERS);
	for (size_t i = 0; i < STRANGERS; i++)
		hub_unsubscribe(&strangers[i]);
	munmap(strangers, size);
}

/* On the way from an edge to a relay there is no allocation, nor anywhere else after the start. */
static void test_no_allocation(void **state)
{
	struct world *world = *state;
	static struct hub_subscription subscriptions[2 * FORMS];
	static struct hub_late_subscription late;
	unsigned calls = 0, late_calls = 0;
	unsigned long before = allocations;
	struct hub *hub;

	/* The counter counts. */
	assert_int_equal(hub_new(2, &hub), 0);
	assert_true(allocations > before);
	hub_free(hub);

	hub_subscribe_late(world->hub, &late, take, NULL, &late_calls);
	before = allocations;
	for (unsigned i = 0; i < 100000; i++) {
		unsigned n = i % (2 * FORMS);

		hub_subscribe(world->hub, &subscriptions[n], source_of(world, n % FORMS), count_call, &calls);
		emit_one(world);
		if (i % 3 == 0)
			hub_unsubscribe(&subscriptions[n]);
		if (i % 5 == 0)
			hub_dispatch_late(world->hub, CAPACITY);
		if (i % 7 == 0) {
			hub_unsubscribe_late(&late);
			hub_subscribe_late(world->hub, &late, take, NULL, &late_calls);
		}
	}
	assert_int_equal(allocations, before);
	assert_true(calls >= 100000);
	assert_true(late_calls >= 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capacity),
		in_world(test_sources),
		in_world(test_sources_and_all),
		in_world(test_order_across_lists),
		in_world(test_serials_and_location),
		in_world(test_copies),
		in_world(test_default_location),
		in_world(test_emit_in_handler),
		in_world(test_overflow),
		in_world(test_subscribe_in_handler),
		in_world(test_subscribe_in_same_list),
		in_world(test_subscribe_in_last_handler),
		in_world(test_unsubscribe_in_handler),
		in_world(test_unsubscribe_all_behind),
		in_world(test_resubscribe_in_handler),
		in_world(test_unsubscribe_twice),
		in_world(test_resubscribe),
		in_world(test_subscriptions_outlive_the_hub),
		in_world(test_cost),
		in_world(test_no_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
