#define _GNU_SOURCE
#include "metrics/metrics.h"

#include <errno.h>
#include <stdlib.h>

#include "client/mirror.h"
#include "metrics/facts.h"
#include "metrics/server.h"
#include "util/clock.h"
#include "util/log.h"

/* So long an answer waits for what is asked on the bus. Scrapers wait for ten seconds. */
#define PATIENCE_USEC (2 * USEC_PER_SEC)

/* Whoever asks sooner gets what was answered then: roomd is not asked more often, whatever comes by HTTP. */
#define FRESH_USEC (USEC_PER_SEC / 2)

/* Clocks are read one after the other, and CLOCK_REALTIME is slewed: what is less is no change of it. */
#define CLOCK_STEP_USEC (USEC_PER_SEC / 10)

struct metrics {
	sd_event *event;
	struct mirror *mirror;
	struct facts facts;
	struct server *server;
	struct metric_table *table; /* NULL: the kinds are not known */
	uint64_t monotonic_zero_usec;
	uint64_t idle_usec;
	uint64_t asked_usec;        /* CLOCK_MONOTONIC; 0: never */
	bool waited_for;            /* somebody waits for an answer */
	sd_event_source *answer;    /* looks whether there is one */
	sd_event_source *patience;  /* is over */
	sd_event_source *idle;
};

static uint64_t now_usec(clockid_t clock)
{
	return clock_now_ns(clock) / NSEC_PER_USEC;
}

/* --- the room -------------------------------------------------------------------------------- */

static void look_again(struct metrics *metrics)
{
	if (metrics->waited_for)
		sd_event_source_set_enabled(metrics->answer, SD_EVENT_ONESHOT);
}

static void on_ready(void *userdata)
{
	struct metrics *metrics = userdata;

	metrics->table = metric_table_free(metrics->table);
	if (metric_table_new(mirror_kinds(metrics->mirror), &metrics->table) < 0)
		log_error("no memory for the kinds: components are left out");
	look_again(metrics);
}

static void on_gone(void *userdata)
{
	struct metrics *metrics = userdata;

	metrics->asked_usec = 0; /* what was answered is not so any more */
	look_again(metrics);
}

/* What is so is looked at when somebody wants to know. */
static const struct mirror_callbacks mirror_callbacks = {
	.ready = on_ready,
	.gone = on_gone,
};

/* --- answers --------------------------------------------------------------------------------- */

static void on_answered(void *userdata)
{
	look_again(userdata);
}

/* The difference of the clocks, the same until one was set. */
static uint64_t find_monotonic_zero(struct metrics *metrics)
{
	uint64_t now = now_usec(CLOCK_REALTIME) - now_usec(CLOCK_MONOTONIC), kept = metrics->monotonic_zero_usec;

	if ((now > kept ? now - kept : kept - now) >= CLOCK_STEP_USEC)
		metrics->monotonic_zero_usec = now;
	return metrics->monotonic_zero_usec;
}

static int render(enum exposition_format format, char **ret, size_t *ret_n, void *userdata)
{
	struct metrics *metrics = userdata;
	struct metrics_room room = {
		.up = metrics->facts.service && mirror_is_ready(metrics->mirror),
		.components = mirror_components(metrics->mirror),
		.table = metrics->table,
		.service = metrics->facts.service,
		.monotonic_zero_usec = find_monotonic_zero(metrics),
		.bridge = metrics->facts.bridge,
		.unit = metrics->facts.unit,
	};

	return metrics_render(&room, format, ret, ret_n);
}

static void answer(struct metrics *metrics)
{
	metrics->waited_for = false;
	sd_event_source_set_enabled(metrics->patience, SD_EVENT_OFF);
	server_answer(metrics->server);
}

/* A roomd that answers will soon be known as a whole. */
static bool is_complete(const struct metrics *metrics)
{
	return !facts_are_outstanding(&metrics->facts) && (!metrics->facts.service || mirror_is_ready(metrics->mirror));
}

static int on_look(sd_event_source *source, void *userdata)
{
	struct metrics *metrics = userdata;

	(void)source;
	if (metrics->waited_for && is_complete(metrics))
		answer(metrics);
	return 0;
}

static int on_impatient(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct metrics *metrics = userdata;

	(void)source, (void)usec;
	metrics->asked_usec = 0;
	if (metrics->waited_for)
		answer(metrics);
	return 0;
}

static bool is_fresh(const struct metrics *metrics)
{
	return metrics->asked_usec > 0 && now_usec(CLOCK_MONOTONIC) - metrics->asked_usec < FRESH_USEC;
}

static void wait_for_silence(struct metrics *metrics)
{
	sd_event_source_set_time_relative(metrics->idle, metrics->idle_usec);
	sd_event_source_set_enabled(metrics->idle, metrics->idle_usec > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* All who come meanwhile get the same answer. */
static void on_asked(void *userdata)
{
	struct metrics *metrics = userdata;

	wait_for_silence(metrics);
	if (metrics->waited_for)
		return;
	metrics->waited_for = true;
	if (!is_fresh(metrics)) {
		metrics->asked_usec = now_usec(CLOCK_MONOTONIC);
		facts_ask(&metrics->facts);
	}
	sd_event_source_set_time_relative(metrics->patience, PATIENCE_USEC);
	sd_event_source_set_enabled(metrics->patience, SD_EVENT_ONESHOT);
	look_again(metrics);
}

static const struct server_callbacks server_callbacks = { .asked = on_asked, .render = render };

/* systemd listens on, and starts us again for the next one, even if it has come just now. */
static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct metrics *metrics = userdata;

	(void)source, (void)usec;
	if (server_is_busy(metrics->server))
		wait_for_silence(metrics);
	else
		sd_event_exit(metrics->event, 0);
	return 0;
}

/* --- life ------------------------------------------------------------------------------------ */

static int add_timer(struct metrics *metrics, sd_event_source **ret, sd_event_time_handler_t handler)
{
	int r = sd_event_add_time(metrics->event, ret, CLOCK_MONOTONIC, 0, 0, handler, metrics);

	return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

/* It looks after what has come on the bus: so the answer has all of it. */
static int add_answer(struct metrics *metrics)
{
	int r = sd_event_add_defer(metrics->event, &metrics->answer, on_look, metrics);

	if (r >= 0)
		r = sd_event_source_set_priority(metrics->answer, SD_EVENT_PRIORITY_IDLE);
	return r < 0 ? r : sd_event_source_set_enabled(metrics->answer, SD_EVENT_OFF);
}

static int make_parts(struct metrics *metrics, sd_bus *bus)
{
	int r = add_timer(metrics, &metrics->patience, on_impatient);

	if (r >= 0)
		r = add_timer(metrics, &metrics->idle, on_idle);
	if (r >= 0)
		r = add_answer(metrics);
	return r < 0 ? r : mirror_new(bus, NULL, 0, &mirror_callbacks, metrics, &metrics->mirror);
}

int metrics_new(sd_event *event, sd_bus *bus, const int *fds, size_t n, uint64_t idle_usec, struct metrics **ret,
                struct problem *problem)
{
	_cleanup_(metrics_freep) struct metrics *metrics = calloc(1, sizeof *metrics);
	int r;

	if (!metrics)
		return problem_set(problem, -ENOMEM, "no memory");
	metrics->event = sd_event_ref(event);
	metrics->idle_usec = idle_usec;
	metrics->facts = (struct facts){ .bus = bus, .answered = on_answered, .userdata = metrics };
	r = make_parts(metrics, bus);
	if (r < 0)
		return problem_set(problem, r, "it cannot be set up: %s", problem_errno(r));
	r = server_new(event, fds, n, &server_callbacks, metrics, &metrics->server, problem);
	if (r < 0)
		return r;
	wait_for_silence(metrics);
	*ret = TAKE_PTR(metrics);
	return 0;
}

struct metrics *metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return NULL;
	server_free(metrics->server);
	facts_deinit(&metrics->facts);
	mirror_free(metrics->mirror);
	metric_table_free(metrics->table);
	sd_event_source_disable_unref(metrics->answer);
	sd_event_source_disable_unref(metrics->patience);
	sd_event_source_disable_unref(metrics->idle);
	sd_event_unref(metrics->event);
	free(metrics);
	return NULL;
}
