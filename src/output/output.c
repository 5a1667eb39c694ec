#include "output/output.h"

#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"
#include "util/clock.h"

const char *const output_stop_values[] = { "keep", "on", "off", NULL };

struct output {
	struct line_keeper keeper; /* first */
	struct output_demand *demands;
	enum output_pattern pattern; /* what they come to */
	bool level;                  /* what the line shows, or would */
	uint64_t blink_ns;           /* when the level changes next, while blinking */
	sd_event_source *blink;
};

static int keeper_open(struct line_keeper *keeper, struct gpio_line **ret, struct problem *problem)
{
	return gpio_open_output(&keeper->settings, ((struct output *)keeper)->level, ret, problem);
}

static int keeper_adopt(struct line_keeper *keeper, int fd, struct gpio_line **ret, bool *ret_reconfigured,
                        struct problem *problem)
{
	return gpio_adopt_output(&keeper->settings, fd, ((struct output *)keeper)->level, ret,
	                         ret_reconfigured, problem);
}

/* On an expander a single transfer may fail, and releasing the line could click the relay. */
static int set(struct output *output)
{
	int r = gpio_set(output->keeper.line, output->level);

	return r < 0 && r != -ENODEV ? gpio_set(output->keeper.line, output->level) : r;
}

/* One that was adopted shows what it was last set to, which may be what is wanted now. */
static int keeper_opened(struct line_keeper *keeper, enum line_keeper_from from, bool level)
{
	struct output *output = (struct output *)keeper;

	return from == LINE_ADOPTED && level != output->level ? set(output) : 0;
}

/* No events were asked for, so it can only be a hang-up: the chip was unplugged. */
static void keeper_ready(struct line_keeper *keeper, uint32_t events)
{
	(void)events;
	line_keeper_lost(keeper, -ENODEV);
}

static const struct line_keeper_ops keeper_ops = {
	.open = keeper_open,
	.adopt = keeper_adopt,
	.opened = keeper_opened,
	.ready = keeper_ready,
};

static HOT void show(struct output *output, bool level)
{
	int r;

	if (output->level == level)
		return;
	output->level = level;
	if (!output->keeper.line)
		return;
	r = set(output);
	if (r < 0)
		line_keeper_lost(&output->keeper, r);
}

/* When the loop woke up. */
static uint64_t loop_now_ns(const struct output *output)
{
	uint64_t usec = 0;

	sd_event_now(output->keeper.lines->event, CLOCK_MONOTONIC, &usec);
	return usec * NSEC_PER_USEC;
}

static void arm_blink(struct output *output)
{
	sd_event_source_set_time(output->blink, clock_usec_at_or_after(output->blink_ns));
	sd_event_source_set_enabled(output->blink, SD_EVENT_ONESHOT);
}

/* The next change is counted from the one before, not from now: a late wake-up does not shift the rest. Whole
 * periods that were slept through (a stopped process) are left out, not made up for. */
static int on_blink(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct output *output = userdata;
	uint64_t late_ns = loop_now_ns(output) - output->blink_ns;

	(void)source, (void)usec;
	output->blink_ns += OUTPUT_BLINK_HALF_NS + late_ns - late_ns % (2 * OUTPUT_BLINK_HALF_NS);
	show(output, !output->level);
	arm_blink(output);
	return 0;
}

int output_new(struct lines *lines, struct fd_store *store, const struct gpio_settings *settings,
               const struct line_availability *availability, void *userdata, struct output **ret)
{
	struct output *output = calloc(1, sizeof *output);
	int r;

	if (!output)
		return -ENOMEM;
	r = line_keeper_init(&output->keeper, lines, store, settings, &keeper_ops, availability, userdata);
	if (r >= 0)
		r = sd_event_add_time(lines->event, &output->blink, CLOCK_MONOTONIC, 0, 1, on_blink, output);
	if (r >= 0)
		r = sd_event_source_set_enabled(output->blink, SD_EVENT_OFF);
	if (r < 0) {
		output_free(output);
		return r;
	}
	*ret = output;
	return 0;
}

struct output *output_free(struct output *output)
{
	if (!output)
		return NULL;
	while (output->demands) {
		struct output_demand *demand = output->demands;

		output->demands = demand->next;
		*demand = (struct output_demand){ 0 };
	}
	line_keeper_deinit(&output->keeper);
	sd_event_source_disable_unref(output->blink);
	free(output);
	return NULL;
}

void output_start(struct output *output)
{
	line_keeper_start(&output->keeper);
}

/* The highest rank that asks; of it the pattern that shows most. */
static const struct output_demand *strongest(const struct output *output)
{
	const struct output_demand *best = NULL;

	for (const struct output_demand *d = output->demands; d; d = d->next)
		if (!best || d->rank > best->rank || (d->rank == best->rank && d->pattern > best->pattern))
			best = d;
	return best;
}

static uint64_t half_periods_since(const struct output *output, uint64_t monotonic_ns)
{
	uint64_t now = loop_now_ns(output);

	return now > monotonic_ns ? (now - monotonic_ns) / OUTPUT_BLINK_HALF_NS : 0;
}

/* A demand that takes over from another of the same pattern changes nothing: a blinking goes on in its
 * rhythm. */
static HOT void follow_demands(struct output *output, uint64_t monotonic_ns)
{
	const struct output_demand *best = strongest(output);
	enum output_pattern pattern = best ? best->pattern : OUTPUT_OFF;
	uint64_t passed;

	if (output->pattern == pattern)
		return;
	output->pattern = pattern;
	if (pattern == OUTPUT_BLINK) {
		passed = half_periods_since(output, monotonic_ns);
		show(output, passed % 2 == 1);
		output->blink_ns = monotonic_ns + (passed + 1) * OUTPUT_BLINK_HALF_NS;
		arm_blink(output);
	} else {
		show(output, pattern == OUTPUT_ON);
		sd_event_source_set_enabled(output->blink, SD_EVENT_OFF);
	}
}

HOT void output_demand(struct output *output, struct output_demand *demand, enum output_rank rank,
                       enum output_pattern pattern, uint64_t monotonic_ns)
{
	if (!demand->output) {
		demand->output = output;
		demand->next = output->demands;
		output->demands = demand;
	}
	demand->rank = rank;
	demand->pattern = pattern;
	follow_demands(output, monotonic_ns);
}

void output_release(struct output_demand *demand, uint64_t monotonic_ns)
{
	struct output *output = demand->output;

	if (!output)
		return;
	for (struct output_demand **d = &output->demands; *d; d = &(*d)->next)
		if (*d == demand) {
			*d = demand->next;
			break;
		}
	*demand = (struct output_demand){ 0 };
	follow_demands(output, monotonic_ns);
}

enum output_pattern output_wanted(const struct output *output)
{
	return output->pattern;
}

bool output_is_available(const struct output *output)
{
	return output->keeper.line;
}
