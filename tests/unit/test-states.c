/* What a component can be asked, and how others hear that it is another: hub_tell() and the states of kinds. */
#include <string.h>

#include "daemon/components.h"
#include "helpers.h"
#include "hub-world.h"
#include "roomd/component.h"

/* --- telling --------------------------------------------------------------------------------- */

/* A told event has no serial: it is 0 in the log. */
static void test_told_to_subscribers_only(void **state)
{
	struct world *world = *state;

	listen_to(new_listener(world, 'a', 0, NULL), world->hall);
	listen_to(new_listener(world, 'b', 0, NULL), world->door);
	listen_to_all(new_listener(world, 'c', 0, NULL));
	listen_late(new_late_listener(world, 'l', 0, NULL));
	hub_tell(world->hub, world->hall, 7);
	assert_log(world, "a0 c0");
	assert_false(hub_dispatch_late(world->hub, CAPACITY));
	assert_log(world, "");
	emit_one(world);
	assert_log(world, "a1 c1");
	assert_int_equal(hub_counters(world->hub).emitted, 1);
}

static void check_told(const struct event *event, void *userdata)
{
	uint64_t *told_ns = userdata;

	if (event->type != &event_state_changed)
		return;
	assert_string_equal(event->location, "Hall");
	*told_ns = event->monotonic_ns;
}

static void act_tell_twice(struct listener *self, const struct event *event)
{
	(void)event;
	hub_tell(self->world->hub, self->world->hall, 7);
	emit_one(self->world);
	hub_tell(self->world->hub, self->world->hall, 9);
}

/* After what was emitted, and once. */
static void test_told_in_handler(void **state)
{
	struct world *world = *state;
	static struct hub_subscription subscription;
	uint64_t told_ns = 0;

	listen_to_all(new_listener(world, 'a', 1, act_tell_twice));
	listen_to_all(new_listener(world, 'b', 0, NULL));
	hub_subscribe(world->hub, &subscription, world->hall, check_told, &told_ns);
	emit_one(world);
	assert_log(world, "a1 b1 a2 b2 a0 b0");
	assert_int_equal(told_ns, 9);
}

static void act_emit(struct listener *self, const struct event *event)
{
	(void)event;
	self->act_at = UINT64_MAX;
	emit_one(self->world);
}

/* Somebody who is told emits: that reaches all, at once, and those who report, too. */
static void test_told_and_emitted(void **state)
{
	struct world *world = *state;

	listen_to_all(new_listener(world, 'a', 0, act_emit));
	listen_to_all(new_listener(world, 'b', 0, NULL));
	listen_late(new_late_listener(world, 'l', 0, NULL));
	hub_tell(world->hub, world->hall, 7);
	assert_log(world, "a0 b0 a1 b1");
	hub_dispatch_late(world->hub, CAPACITY);
	assert_log(world, "l1");
}

/* --- states ---------------------------------------------------------------------------------- */

static const struct component_class *class_of(const char *kind)
{
	const struct component_class *class = component_class_find(kind);

	assert_non_null(class);
	return class;
}

/* The words of conditions are promised. */
static void test_words(void **state)
{
	static const struct {
		const char *kind, *words;
	} rows[] = {
		{ "MotionSensor", " motion clear available unavailable suspect" },
		{ "ContactSensor", " open closed available unavailable" },
		{ "Button", " pressed released available unavailable" },
		{ "TemperatureSensor", " high low normal available unavailable suspect" },
		{ "CarbonDioxideSensor", " high low normal available unavailable suspect" },
		{ "LightController", " on off manual available unavailable" },
		{ "Switch", " on off manual available unavailable" },
		{ "Fan", " on off manual available unavailable" },
		{ "DoorLock", " locked unlocked alert jammed available unavailable" },
		{ "Action", " idle running failed available unavailable" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct component_class *class = class_of(rows[i].kind);
		const struct component_state *found;
		char words[256] = "";

		for (unsigned n = 0; (found = component_state_at(class, n)); n++) {
			strcat(strcat(words, " "), found->name);
			assert_ptr_equal(component_state_find(class, found->name), found);
		}
		assert_string_equal(words, rows[i].words);
		assert_null(component_state_find(class, "green"));
	}
}

static void test_available(void **state)
{
	struct component component = { .class = class_of("Button"), .missing = 2, .missing_ns = 5 };
	const struct component_state *available = component_state_find(component.class, "available");
	const struct component_state *unavailable = component_state_find(component.class, "unavailable");
	uint64_t since_ns;

	(void)state;
	assert_int_equal(available->is(&component, &since_ns), TRUTH_FALSE);
	assert_int_equal(unavailable->is(&component, &since_ns), TRUTH_TRUE);
	assert_int_equal(since_ns, 5);
	component.missing = 0;
	assert_int_equal(available->is(&component, &since_ns), TRUTH_TRUE);
	assert_int_equal(unavailable->is(&component, &since_ns), TRUTH_FALSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(test_told_to_subscribers_only),
		in_world(test_told_in_handler),
		in_world(test_told_and_emitted),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_available),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
