#include "bell.h"

#include <errno.h>
#include <stdio.h>
#include <syslog.h>

#include "util/clock.h"
#include "util/problem.h"

struct bell_config {
	char *location;
	char *line;
	unsigned times_max;
};

static const struct option options[] = {
	OPTION_LOCATION(struct bell_config),
	{ .key = "Line",
	  .type = &option_line,
	  .offset = offsetof(struct bell_config, line),
	  .about = ABOUT("The line the bell is wired to.", .example = "BELL") },
	{ .key = "TimesMax",
	  .type = &option_count,
	  .offset = offsetof(struct bell_config, times_max),
	  .default_text = "3",
	  .min = 1,
	  .max = 10,
	  .expected = "a whole number from 1 to 10",
	  .about = ABOUT("It is rung no more often than that. Then it is worn.") },
	{ 0 },
};

const struct event_type bell_rung = {
	.name = "bell_rung",
	.number = EVENT_NUMBER_COUNT,
	.text_name = "cause",
	.level = LOG_NOTICE,
	.words = "rings",
	.about = ABOUT("Somebody is at the door."),
};

static const struct event_type *const events[] = { &bell_rung, NULL };

static int ring(struct component *component, const union value *arguments, struct problem *problem)
{
	struct bell *bell = (struct bell *)component;

	(void)arguments, (void)problem;
	bell->times++;
	bell->rung_ns = clock_now_ns(CLOCK_MONOTONIC);
	component_emit_count(component, &bell_rung, bell->rung_ns, (uint64_t)bell->times);
	return 0;
}

static const struct interface_action actions[] = {
	{ .name = "Ring",
	  .arguments = { { "loud", 'b' } },
	  .about = ABOUT("Rings it once."),
	  .right = RIGHT_CONTROL,
	  .run = ring },
	{ 0 },
};

static void get_rung_at(const struct component *component, union value *ret)
{
	ret->t = ((const struct bell *)component)->rung_ns / NSEC_PER_USEC;
}

static const struct interface_property properties[] = {
	{ "RungAt", 't', ABOUT("When it was rung last; 0: never."), get_rung_at, VALUE_CLOCK_MONOTONIC },
	{ 0 },
};

static const struct kept_field kept[] = {
	{ "rung_ns", KEPT_U64, offsetof(struct bell, rung_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when it was rung last") },
	{ "times", KEPT_INT, offsetof(struct bell, times), KEPT_OVER_POWER_LOSS,
	  .about = ABOUT("how often it was rung") },
	{ 0 },
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	snprintf(buffer, size, "rung %d times", ((const struct bell *)component)->times);
}

static int nothing(struct component *component)
{
	(void)component;
	return 0;
}

static void nothing_to_undo(struct component *component)
{
	(void)component;
}

const struct component_class bell_class = {
	.kind = "Bell",
	.about = ABOUT("A bell at a door.", .example = "front"),
	.layer = COMPONENT_CONTROLLER,
	.instance_size = sizeof(struct bell),
	.config_size = sizeof(struct bell_config),
	.options = options,
	.properties = properties,
	.actions = actions,
	.kept = kept,
	.events = events,
	.init = nothing,
	.describe = describe,
	.start = nothing,
	.deinit = nothing_to_undo,
};
