/* What the demands on an output come to; the line is absent throughout. */
#include "output/output.h"

#include <errno.h>

#include "helpers.h"
#include "util/problem.h"

/* No chip here: the line cannot be had. */
static const struct gpio_settings settings = { .line = "nowhere:0", .consumer = "test" };

static void ignore(const char *reason, void *userdata)
{
	(void)reason, (void)userdata;
}

static const struct line_availability availability = { .unavailable = ignore, .available = ignore };

struct world {
	sd_event *event;
	struct lines lines;
	struct output *output;
	struct output_demand a, b, c;
};

static int set_up(void **state)
{
	static struct world world;

	world = (struct world){ 0 };
	*state = &world;
	assert_int_equal(sd_event_new(&world.event), 0);
	lines_init(&world.lines, world.event, NULL);
	return output_new(&world.lines, NULL, &settings, &availability, NULL, &world.output);
}

static int tear_down(void **state)
{
	struct world *world = *state;

	output_free(world->output);
	sd_event_unref(world->event);
	return 0;
}

static void ask(struct world *world, struct output_demand *demand, enum output_rank rank,
                enum output_pattern pattern)
{
	output_demand(world->output, demand, rank, pattern, 1);
}

/* A light that two parts want goes out when the last one lets go. */
static void test_last_one_switches_off(void **state)
{
	struct world *world = *state;

	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
	ask(world, &world->a, OUTPUT_AUTOMATIC, OUTPUT_ON);
	ask(world, &world->b, OUTPUT_AUTOMATIC, OUTPUT_ON);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	output_release(&world->a, 2);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	output_release(&world->a, 2);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	output_release(&world->b, 3);
	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
}

/* Off is a demand too, and does not win over one that shows more. */
static void test_most_visible_of_equals(void **state)
{
	struct world *world = *state;

	ask(world, &world->a, OUTPUT_AUTOMATIC, OUTPUT_OFF);
	ask(world, &world->b, OUTPUT_AUTOMATIC, OUTPUT_ON);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	ask(world, &world->c, OUTPUT_AUTOMATIC, OUTPUT_BLINK);
	assert_int_equal(output_wanted(world->output), OUTPUT_BLINK);
	ask(world, &world->c, OUTPUT_AUTOMATIC, OUTPUT_OFF);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	ask(world, &world->b, OUTPUT_AUTOMATIC, OUTPUT_OFF);
	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
}

static void test_manual_before_automatic(void **state)
{
	struct world *world = *state;

	ask(world, &world->a, OUTPUT_AUTOMATIC, OUTPUT_ON);
	ask(world, &world->b, OUTPUT_MANUAL, OUTPUT_OFF);
	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
	ask(world, &world->c, OUTPUT_MANUAL, OUTPUT_ON);
	assert_int_equal(output_wanted(world->output), OUTPUT_ON);
	output_release(&world->c, 2);
	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
	output_release(&world->a, 3);
	ask(world, &world->a, OUTPUT_AUTOMATIC, OUTPUT_BLINK);
	assert_int_equal(output_wanted(world->output), OUTPUT_OFF);
	output_release(&world->b, 4);
	assert_int_equal(output_wanted(world->output), OUTPUT_BLINK);
}

/* A demand that outlives its output asks for nothing any more. */
static void test_demand_outlives_the_output(void **state)
{
	struct world *world = *state;

	ask(world, &world->a, OUTPUT_AUTOMATIC, OUTPUT_ON);
	ask(world, &world->b, OUTPUT_MANUAL, OUTPUT_ON);
	world->output = output_free(world->output);
	output_release(&world->a, 2);
	output_release(&world->b, 2);
}

#define in_world(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_world(test_last_one_switches_off),
		in_world(test_most_visible_of_equals),
		in_world(test_manual_before_automatic),
		in_world(test_demand_outlives_the_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
