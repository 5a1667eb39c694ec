/* The hub's late subscribers: what they get afterwards, and how they hear of what they did not get. */
#include "roomd/hub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "hub-world.h"

/* Copies, afterwards, in order; from the subscription on. */
static void test_late(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 0, NULL);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	emit_one(world);
	listen_to_all(a);
	listen_late(late);
	emit_many(world, 2);
	assert_log(world, "a2 a3");
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l2 l3");
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "");

	hub_unsubscribe_late(&late->subscription);
	hub_unsubscribe_late(&late->subscription);
	emit_one(world);
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "a4");
}

/* As many as there is room for are kept; the oldest go first, and are counted. */
static void test_late_overrun(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_late(late);
	emit_many(world, CAPACITY);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l1 l2 l3 l4 l5 l6 l7 l8");
	emit_many(world, CAPACITY + 3);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l-3 l12 l13 l14 l15 l16 l17 l18 l19");
	/* Once. */
	emit_one(world);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l20");
}

static void test_late_overrun_without_gap_handler(void **state)
{
	struct world *world = *state;
	static struct hub_late_subscription late;
	unsigned calls = 0;

	hub_subscribe_late(world->hub, &late, take, NULL, &calls);
	emit_many(world, CAPACITY * 3);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_int_equal(calls, CAPACITY);
}

/* Events that the queue had no room for are missing at the end, with no event behind them that would show
 * it. */
static void test_late_gap_at_the_end(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_overflow);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_to_all(a);
	listen_late(late);
	emit_one(world);
	assert_log(world, "a1 a2 a3 a4 a5 a6 a7 a8");
	while (hub_dispatch_late(world->hub, CAPACITY))
		;
	assert_log(world, "l1 l2 l3 l4 l5 l6 l7 l8 l-2");
	emit_one(world);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "a11 l11");
}

/* The same with one behind them, and with nothing heard of it in between. */
static void test_late_gap_in_the_middle(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_overflow);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_to_all(a);
	listen_late(late);
	emit_one(world);
	emit_one(world);
	assert_log(world, "a1 a2 a3 a4 a5 a6 a7 a8 a11");
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l-1 l2 l3 l4 l5 l6 l7 l8 l-2 l11");
}

static void wake(void *userdata)
{
	struct world *world = userdata;

	world->wakes++;
}

static void test_pause_and_resume(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	late->refuse_at = 2;
	hub_set_late_wake(world->hub, wake, world);
	listen_late(late);
	emit_many(world, 3);
	/* Nobody is waiting who is not paused. */
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "l1 l!");
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "");

	world->wakes = 0;
	hub_resume_late(&late->subscription);
	assert_int_equal(world->wakes, 1);
	/* Resuming delivers nothing by itself. */
	assert_log(world, "");
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l2 l3");
}

/* A gap is told once, also if the event behind it is refused. */
static void test_refused_behind_a_gap(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	late->refuse_at = 3;
	listen_late(late);
	emit_many(world, CAPACITY + 2);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l-2 l!");
	hub_resume_late(&late->subscription);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l3 l4 l5 l6 l7 l8 l9 l10");
}

/* The refused event may be overwritten meanwhile: then it is lost as well. */
static void test_overrun_while_paused(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	late->refuse_at = 2;
	listen_late(late);
	emit_many(world, 2);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l1 l!");
	emit_many(world, CAPACITY + 2);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "");
	hub_resume_late(&late->subscription);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l-3 l5 l6 l7 l8 l9 l10 l11 l12");
}

static void act_end_late(struct late_listener *self, const struct event *event)
{
	(void)event;
	hub_unsubscribe_late(&(self->other ? self->other : self)->subscription);
}

static void test_late_ends_itself(void **state)
{
	struct world *world = *state;
	struct late_listener *a = new_late_listener(world, 'a', 0, NULL);
	struct late_listener *b = new_late_listener(world, 'b', 2, act_end_late);
	struct late_listener *c = new_late_listener(world, 'c', 0, NULL);

	listen_late(c);
	listen_late(b);
	listen_late(a);
	emit_many(world, 3);
	hub_dispatch_late(world->hub, 1);
	hub_dispatch_late(world->hub, 1);
	hub_dispatch_late(world->hub, 1);
	assert_non_null(strstr(world->log, "b1"));
	assert_non_null(strstr(world->log, "b2"));
	assert_null(strstr(world->log, "b3"));
	assert_non_null(strstr(world->log, "a3"));
	assert_non_null(strstr(world->log, "c3"));
}

static int end_and_refuse(const struct event *event, void *userdata)
{
	struct hub_late_subscription *self = userdata;

	(void)event;
	hub_unsubscribe_late(self);
	/* It may be freed by now. */
	memset(self, 0, sizeof *self);
	return -EAGAIN;
}

static void test_late_ends_itself_and_refuses(void **state)
{
	static struct hub_late_subscription self, zero;
	struct world *world = *state;

	hub_subscribe_late(world->hub, &self, end_and_refuse, NULL, &self);
	emit_one(world);
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_memory_equal(&self, &zero, sizeof self);
}

static void end_at_gap(uint64_t lost, void *userdata)
{
	struct late_listener *self = userdata;

	hear_of_gap(lost, self);
	hub_unsubscribe_late(&self->subscription);
}

/* Telling of a gap may fail for good, as telling of an event may. */
static void test_late_ends_itself_at_a_gap(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	hub_subscribe_late(world->hub, &late->subscription, hear_late, end_at_gap, late);
	emit_many(world, CAPACITY + 2);
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "l-2");
	emit_one(world);
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "");
}

/* Whoever of them is served first. */
static void test_late_ends_another(void **state)
{
	struct world *world = *state;

	for (unsigned i = 0; i < 2; i++) {
		unsigned serial = i + 1;
		struct late_listener *a = new_late_listener(world, 'a', serial, act_end_late);
		struct late_listener *b = new_late_listener(world, 'b', 0, NULL);
		char a_first[8], b_first[16];

		a->other = b;
		listen_late(i ? a : b);
		listen_late(i ? b : a);
		emit_one(world);
		hub_dispatch_late(world->hub, CAPACITY);
		snprintf(a_first, sizeof a_first, "a%u", serial);
		snprintf(b_first, sizeof b_first, "b%u a%u", serial, serial);
		assert_true(strcmp(world->log, a_first) == 0 || strcmp(world->log, b_first) == 0);
		clear_log(world);
		end_listeners(world);
	}
}

static void act_emit_late(struct late_listener *self, const struct event *event)
{
	struct event more = { .type = world_types[1], .source = self->world->door };
	struct event before = *event;

	/* As many as overwrite the ring. */
	for (unsigned i = 0; i < CAPACITY; i++)
		assert_int_equal(hub_emit(self->world->hub, &more), 0);
	/* The copy in hand is nobody else's. */
	assert_memory_equal(event, &before, offsetof(struct event, text));
	assert_string_equal(event->text, before.text);
}

/* Subscribers hear of it at once, late ones in their turn. */
static void test_emit_in_late_handler(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 0, NULL);
	struct late_listener *late = new_late_listener(world, 'l', 1, act_emit_late);

	listen_to_all(a);
	listen_late(late);
	emit_one(world);
	hub_set_late_wake(world->hub, wake, world);
	while (hub_dispatch_late(world->hub, 100))
		;
	assert_log(world, "a1 l1 a2 a3 a4 a5 a6 a7 a8 a9 l2 l3 l4 l5 l6 l7 l8 l9");
	assert_int_equal(world->wakes, CAPACITY);
}

static void act_emit_one_late(struct late_listener *self, const struct event *event)
{
	(void)event;
	emit_one(self->world);
}

/* There is more for whoever has had its turn already; one of the two is served before, one afterwards. */
static void test_emit_after_the_turn_of_another(void **state)
{
	struct world *world = *state;
	struct late_listener *a = new_late_listener(world, 'a', 0, NULL);
	struct late_listener *b = new_late_listener(world, 'b', 1, act_emit_one_late);
	struct late_listener *c = new_late_listener(world, 'c', 0, NULL);

	listen_late(c);
	listen_late(b);
	listen_late(a);
	emit_one(world);
	assert_true(hub_dispatch_late(world->hub, CAPACITY));
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_non_null(strstr(world->log, "a2"));
	assert_non_null(strstr(world->log, "b2"));
	assert_non_null(strstr(world->log, "c2"));
}

/* Once for all that a handler emits, and not if nobody listens. */
static void test_wake(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 2, act_emit_two);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	hub_set_late_wake(world->hub, wake, world);
	listen_to_all(a);
	emit_one(world);
	assert_int_equal(world->wakes, 0);
	listen_late(late);
	emit_one(world);
	assert_int_equal(world->wakes, 1);
	emit_one(world);
	assert_int_equal(world->wakes, 2);
	hub_unsubscribe_late(&late->subscription);
	emit_one(world);
	assert_int_equal(world->wakes, 2);
}

static void test_batches(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_late(late);
	emit_many(world, 5);
	assert_true(hub_dispatch_late(world->hub, 2));
	assert_log(world, "l1 l2");
	assert_true(hub_dispatch_late(world->hub, 2));
	assert_log(world, "l3 l4");
	assert_false(hub_dispatch_late(world->hub, 2));
	assert_log(world, "l5");
}

/* A batch that takes exactly what is there leaves nothing behind. */
static void test_exact_batch(void **state)
{
	struct world *world = *state;
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_late(late);
	emit_many(world, 2);
	assert_false(hub_dispatch_late(world->hub, 2));
	assert_log(world, "l1 l2");
}

/* Unless what is missing behind them is still to be told. */
static void test_exact_batch_before_a_gap(void **state)
{
	struct world *world = *state;
	struct listener *a = new_listener(world, 'a', 1, act_overflow);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	listen_to_all(a);
	listen_late(late);
	emit_one(world);
	assert_log(world, "a1 a2 a3 a4 a5 a6 a7 a8");
	assert_true(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "l1 l2 l3 l4 l5 l6 l7 l8");
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "l-2");
}

/* Each reads at a position of its own: who is slow loses events, and nobody else does. */
static void test_two_speeds(void **state)
{
	struct world *world = *state;
	struct late_listener *fast = new_late_listener(world, 'f', 0, NULL);
	struct late_listener *slow = new_late_listener(world, 's', 0, NULL);

	slow->refuse_at = 1;
	listen_late(slow);
	listen_late(fast);
	emit_one(world);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_non_null(strstr(world->log, "f1"));
	assert_non_null(strstr(world->log, "s!"));
	clear_log(world);

	for (unsigned i = 0; i < CAPACITY + 1; i++) {
		emit_one(world);
		hub_dispatch_late(world->hub, CAPACITY);
	}
	assert_log(world, "f2 f3 f4 f5 f6 f7 f8 f9 f10");
	hub_resume_late(&slow->subscription);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "s-2 s3 s4 s5 s6 s7 s8 s9 s10");
	emit_one(world);
	hub_dispatch_late(world->hub, CAPACITY);
	assert_true(strcmp(world->log, "f11 s11") == 0 || strcmp(world->log, "s11 f11") == 0);
}

/* The smallest ring does all of this too. */
static void test_smallest_ring(void **state)
{
	struct world *world = new_world(2);
	struct listener *a = new_listener(world, 'a', 1, act_overflow);
	struct late_listener *late = new_late_listener(world, 'l', 0, NULL);

	(void)state;
	listen_to_all(a);
	listen_late(late);
	emit_one(world);
	assert_int_equal(a->accepted, 1);
	assert_log(world, "a1 a2");
	emit_many(world, 2);
	assert_log(world, "a5 a6");
	hub_dispatch_late(world->hub, 10);
	assert_log(world, "l-4 l5 l6");
	free_world(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(test_late),
		in_world(test_late_overrun),
		in_world(test_late_overrun_without_gap_handler),
		in_world(test_late_gap_at_the_end),
		in_world(test_late_gap_in_the_middle),
		in_world(test_pause_and_resume),
		in_world(test_refused_behind_a_gap),
		in_world(test_overrun_while_paused),
		in_world(test_late_ends_itself),
		in_world(test_late_ends_itself_and_refuses),
		in_world(test_late_ends_itself_at_a_gap),
		in_world(test_late_ends_another),
		in_world(test_emit_in_late_handler),
		in_world(test_emit_after_the_turn_of_another),
		in_world(test_wake),
		in_world(test_batches),
		in_world(test_exact_batch),
		in_world(test_exact_batch_before_a_gap),
		in_world(test_two_speeds),
		cmocka_unit_test(test_smallest_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
