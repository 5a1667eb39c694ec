/* What one hub_emit() costs, and that it costs the same however many subscribers it does not concern.
 *
 *   hub [--mixed] MATCHING OTHERS ROUND        prints ns per emit, as one sample of this round
 *   hub [--mixed] MATCHING OTHERS --emits N    emits N times and prints nothing: for counting instructions
 *
 * Subscribers only count. The matching ones want this source, as all of a room's do, or, mixed, every second one
 * all of them; the others want another source. rivals/hub.py is measured the same way; hub-all runs the two in turn. */
#include <getopt.h>
#include <stdbool.h>
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

struct subscriber {
	struct hub_subscription subscription;
	uint64_t heard;
};

struct world {
	struct hub *hub;
	const struct hub_source *source, *others[OTHER_SOURCES];
	struct subscriber *subscribers;
};

static const struct event_type detected = { .name = "motion_detected" };
static const struct event_type *const types[] = { &detected, NULL };

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

	if (hub_add_source(hub, "MotionSensor", types, name, name, &source) < 0)
		fail("no memory");
	return source;
}

static const struct hub_source *matching_source(const struct world *world, bool mixed, size_t i)
{
	return mixed && i % 2 == 1 ? NULL : world->source;
}

static void make(struct world *world, size_t matching, size_t others, bool mixed)
{
	*world = (struct world){ .subscribers = calloc(matching + others, sizeof *world->subscribers) };
	if (!world->subscribers || hub_new(CAPACITY, &world->hub) < 0)
		fail("no memory");
	world->source = add_source(world->hub, "hall");
	for (size_t i = 0; i < OTHER_SOURCES; i++) {
		char name[16];

		snprintf(name, sizeof name, "other-%zu", i);
		world->others[i] = add_source(world->hub, name);
	}
	/* The others first: whoever went through all of them would have to pass them by. */
	for (size_t i = 0; i < others + matching; i++) {
		struct subscriber *subscriber = &world->subscribers[i];

		hub_subscribe(world->hub, &subscriber->subscription,
		              i < others ? world->others[i % OTHER_SOURCES]
		                         : matching_source(world, mixed, i - others),
		              count, &subscriber->heard);
	}
}

static void end(struct world *world)
{
	hub_free(world->hub);
	free(world->subscribers);
}

static void emit(struct world *world, uint64_t n)
{
	struct event event;

	memset(&event, 0, sizeof event);
	event.type = types[0];
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

static void check(const struct world *world, size_t matching, size_t others)
{
	for (size_t i = 0; i < others + matching; i++)
		if (world->subscribers[i].heard != (i < others ? 0 : hub_counters(world->hub).emitted))
			fail("not everybody has heard what concerns him, and nothing else");
}

static int usage(void)
{
	fprintf(stderr, "usage: hub [--mixed] MATCHING OTHERS ROUND|--emits N\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mixed", no_argument, NULL, 'm' },
		{ "emits", required_argument, NULL, 'e' },
		{ 0 },
	};
	bool mixed = false;
	uint64_t emits = 0;
	struct world world;
	size_t matching, others;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return usage();
		if (option == 'm')
			mixed = true;
		else
			emits = strtoull(optarg, NULL, 10);
	}
	if (argc - optind != (emits > 0 ? 2 : 3))
		return usage();
	matching = strtoul(argv[optind], NULL, 10);
	others = strtoul(argv[optind + 1], NULL, 10);
	make(&world, matching, others, mixed);
	if (emits > 0) {
		emit(&world, emits);
	} else {
		char variant[64];

		snprintf(variant, sizeof variant, "roomd %s%zu/%zu", mixed ? "mixed " : "", matching, others);
		sample_print_one("hub-emit", variant, (unsigned)strtoul(argv[optind + 2], NULL, 10), "ns",
		                 measure(&world));
	}
	check(&world, matching, others);
	end(&world);
	return 0;
}
