/* What one hub_emit() costs, and that it costs the same however many subscribers it does not concern.
 *
 *   hub MATCHING OTHERS ROUND           prints ns per emit, as one sample of this round
 *   hub MATCHING OTHERS --emits N       emits N times and prints nothing: for a tool that counts instructions
 *
 * Subscribers only count. The matching ones have filters of all four forms; the others want another type,
 * another source, or both. rivals/hub.py is measured the same way; hub-all runs the two in turn. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomd/hub.h"
#include "sample.h"
#include "util/clock.h"

#define CAPACITY 1024 /* the room's */
#define OTHER_SOURCES 100
#define WARM_UP 1000
#define BATCH 1000
#define MEASURE_NS (NSEC_PER_SEC / 10)

struct world {
	struct hub *hub;
	const struct hub_source *source, *others[OTHER_SOURCES];
	struct hub_subscription *subscriptions;
	uint64_t heard, heard_by_others;
};

static void count(const struct event *event, void *userdata)
{
	(void)event;
	++*(uint64_t *)userdata;
}

static void fail(const char *what)
{
	fprintf(stderr, "hub: %s\n", what);
	exit(1);
}

static const struct hub_source *add_source(struct hub *hub, const char *name)
{
	const struct hub_source *source;

	if (hub_add_source(hub, "MotionSensor", name, name, &source) < 0)
		fail("no memory");
	return source;
}

/* The first has the usual filter: this type of this source. */
static struct hub_filter matching_filter(const struct world *world, size_t i)
{
	return (struct hub_filter){
		.type = i % 2 == 0 ? EVENT_MOTION_DETECTED : EVENT_ANY,
		.source = i / 2 % 2 == 0 ? world->source : NULL,
	};
}

/* In turn: another type of this source, another type of any, this type or any of another source. */
static struct hub_filter other_filter(const struct world *world, size_t i)
{
	const struct hub_source *other = world->others[i / 4 % OTHER_SOURCES];
	enum event_type type = (enum event_type)(EVENT_MOTION_DETECTED + 1 + i / 4 % (EVENT_TYPES - 1));

	switch (i % 4) {
	case 0:
		return (struct hub_filter){ type, world->source };
	case 1:
		return (struct hub_filter){ type, NULL };
	case 2:
		return (struct hub_filter){ EVENT_MOTION_DETECTED, other };
	default:
		return (struct hub_filter){ EVENT_ANY, other };
	}
}

static void make(struct world *world, size_t matching, size_t others)
{
	*world = (struct world){ .subscriptions = calloc(matching + others, sizeof *world->subscriptions) };
	if (!world->subscriptions || hub_new(CAPACITY, &world->hub) < 0)
		fail("no memory");
	world->source = add_source(world->hub, "hall");
	for (size_t i = 0; i < OTHER_SOURCES; i++) {
		char name[16];

		snprintf(name, sizeof name, "other-%zu", i);
		world->others[i] = add_source(world->hub, name);
	}
	/* The others first: whoever went through all of them would have to pass them by. */
	for (size_t i = 0; i < others; i++)
		hub_subscribe(world->hub, &world->subscriptions[i], other_filter(world, i), count,
		              &world->heard_by_others);
	for (size_t i = 0; i < matching; i++)
		hub_subscribe(world->hub, &world->subscriptions[others + i], matching_filter(world, i), count,
		              &world->heard);
}

static void end(struct world *world)
{
	hub_free(world->hub);
	free(world->subscriptions);
}

static void emit(struct world *world, uint64_t n)
{
	struct event event;

	memset(&event, 0, sizeof event);
	event.type = EVENT_MOTION_DETECTED;
	event.source = world->source;
	for (uint64_t i = 0; i < n; i++) {
		event.monotonic_ns = i;
		hub_emit(world->hub, &event);
	}
}

static double measure(struct world *world)
{
	uint64_t start, now, n = 0;

	emit(world, WARM_UP);
	start = now = clock_now_ns(CLOCK_MONOTONIC);
	while (now - start < MEASURE_NS) {
		emit(world, BATCH);
		n += BATCH;
		now = clock_now_ns(CLOCK_MONOTONIC);
	}
	return (double)(now - start) / (double)n;
}

int main(int argc, char **argv)
{
	char variant[48];
	struct world world;
	size_t matching, others;

	if (argc != 4 && !(argc == 5 && strcmp(argv[3], "--emits") == 0)) {
		fprintf(stderr, "usage: hub MATCHING OTHERS ROUND|--emits N\n");
		return 2;
	}
	matching = strtoul(argv[1], NULL, 10);
	others = strtoul(argv[2], NULL, 10);
	make(&world, matching, others);
	if (argc == 5) {
		emit(&world, strtoull(argv[4], NULL, 10));
	} else {
		snprintf(variant, sizeof variant, "roomd %zu/%zu", matching, others);
		sample_print_one("hub-emit", variant, (unsigned)strtoul(argv[3], NULL, 10), "ns",
		                 measure(&world));
	}
	if (world.heard != matching * hub_counters(world.hub).emitted || world.heard_by_others != 0)
		fail("not everybody has heard what concerns him, and nothing else");
	end(&world);
	return 0;
}
