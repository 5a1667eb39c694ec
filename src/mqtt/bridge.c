#define _GNU_SOURCE
#include "mqtt/bridge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/connect.h"
#include "mqtt/internal.h"
#include "util/chance.h"
#include "util/log.h"

/* So long after a connect what the broker still has of us is waited for. */
#define SETTLE_USEC (2 * USEC_PER_SEC)

/* So long the broker has for our last words. */
#define FAREWELL_USEC (USEC_PER_SEC)

#define WAKE_ACCURACY_USEC 1000

static uint64_t now_ns(void)
{
	return clock_now_ns(CLOCK_BOOTTIME);
}

static uint64_t realtime_usec(void)
{
	return clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
}

const char *bridge_hub(const struct bridge *bridge)
{
	return bridge->config->hub_name;
}

bool bridge_allows(const struct bridge *bridge, const struct mirror_component *component)
{
	char kind[TOPIC_SIZE];

	mirror_kind_path(component, kind, sizeof kind);
	return mqtt_config_allows(bridge->config, member_text(component->description, "class"), kind, component->name);
}

/* --- timers ---------------------------------------------------------------------------------- */

void bridge_arm(sd_event_source *timer, uint64_t in_usec)
{
	sd_event_source_set_time_relative(timer, in_usec);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

int bridge_add_timer(struct bridge *bridge, sd_event_source **ret, sd_event_time_handler_t handler)
{
	int r;

	r = sd_event_add_time(bridge->event, ret, CLOCK_BOOTTIME, 0, WAKE_ACCURACY_USEC, handler, bridge);
	return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

/* The file is written when the queue says so, and not before. */
void bridge_plan_save(struct bridge *bridge)
{
	uint64_t due_ns = queue_save_due_ns(bridge->queue);

	if (due_ns == NEVER_NS) {
		sd_event_source_set_enabled(bridge->save, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(bridge->save, clock_usec_at_or_after(due_ns));
	sd_event_source_set_enabled(bridge->save, SD_EVENT_ONESHOT);
}

static void say_queue_problem(struct bridge *bridge)
{
	struct problem problem;

	while (queue_take_problem(bridge->queue, &problem))
		log_warning("%s", problem.text);
}

static int on_save(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)source, (void)usec;
	if (queue_save(bridge->queue, now_ns()) > 0) {
		bridge->outbox.handed = 0; /* there are older ones */
		outbox_pump(bridge);
	}
	say_queue_problem(bridge);
	bridge_plan_save(bridge);
	return 0;
}

/* --- the broker ------------------------------------------------------------------------------ */

static void make_session(char session[static REMOTE_SESSION_SIZE])
{
	snprintf(session, REMOTE_SESSION_SIZE, "%016" PRIx64, chance());
}

static void subscribe(struct bridge *bridge)
{
	char filter[TOPIC_SIZE];

	broker_subscribe_as_said(bridge->broker, topic_of_component(bridge_hub(bridge), "+", "+", "set", filter), 1);
	remotes_begin(bridge);
	discovery_begin(bridge);
}

/* What the broker still has of us can only be compared with a room that is known. */
void bridge_settle(struct bridge *bridge)
{
	if (!broker_is_connected(bridge->broker) || !mirror_is_ready(bridge->mirror))
		return;
	ghosts_begin(bridge);
	bridge_arm(bridge->settle, SETTLE_USEC);
}

static void on_connected(bool session_present, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)session_present;
	log_notice("%s", broker_words(bridge->broker));
	bridge->connected_usec = realtime_usec();
	queue_broker(bridge->queue, true, now_ns());
	queue_expire(bridge->queue, now_ns(), realtime_usec());
	outbox_begin(bridge);
	bridge_say_availability(bridge);
	bridge_arm(bridge->heartbeat, BRIDGE_HEARTBEAT_USEC);
	subscribe(bridge);
	bridge_say_state(bridge);
	bridge_settle(bridge);
	view_changed(bridge);
	outbox_pump(bridge);
	bridge_plan_save(bridge);
}

/* What the broker still had of us has come by now. */
static int on_settled(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)source, (void)usec;
	ghosts_end(bridge);
	discovery_settle(bridge);
	outbox_pump(bridge);
	return 0;
}

/* The last will of the next connection is told apart from this one's. */
static void begin_session(struct bridge *bridge)
{
	make_session(bridge->session);
	broker_set_session(bridge->broker, bridge->session);
}

static void on_disconnected(bool was_connected, const char *reason, void *userdata)
{
	struct bridge *bridge = userdata;

	log_fields(LOG_WARNING, NULL, 0, "%s%s", was_connected ? "the connection to the broker has ended: " : "", reason);
	bridge->connected_usec = 0;
	outbox_end(bridge);
	discovery_end(bridge);
	sd_event_source_set_enabled(bridge->settle, SD_EVENT_OFF);
	sd_event_source_set_enabled(bridge->heartbeat, SD_EVENT_OFF);
	if (was_connected) {
		queue_broker(bridge->queue, false, now_ns());
		remotes_end(bridge);
		begin_session(bridge);
		view_changed(bridge);
	}
	bridge_plan_save(bridge);
	if (bridge->stopping)
		sd_event_exit(bridge->event, 0);
}

static void take_ours(struct bridge *bridge, const struct topic *topic, const struct broker_message *message)
{
	if (topic->kind && strcmp(topic->leaf, "set") == 0)
		calls_take(bridge, topic, message);
	else if (topic->kind && strcmp(topic->leaf, "availability") == 0)
		ghosts_take(bridge, topic, message);
}

static void on_message(const struct broker_message *message, void *userdata)
{
	struct bridge *bridge = userdata;
	struct topic topic;

	bridge->received++;
	view_note(bridge, false, message->topic, message->payload, message->length);
	if (discovery_take(bridge, message) || !topic_parse(message->topic, &topic))
		return;
	if (strcmp(topic.hub, bridge_hub(bridge)) == 0)
		take_ours(bridge, &topic, message);
	remotes_take(bridge, &topic, message);
}

static void on_published(int id, void *userdata)
{
	struct bridge *bridge = userdata;

	outbox_published(bridge, id);
	bridge_plan_save(bridge);
	if (bridge->stopping && id == bridge->farewell) {
		broker_say_farewell(bridge->broker);
		sd_event_exit(bridge->event, 0);
	}
}

static void on_refused(int id, const char *reason, void *userdata)
{
	struct bridge *bridge = userdata;

	outbox_refused(bridge, id, reason);
	bridge_plan_save(bridge);
}

static const struct broker_callbacks broker_callbacks = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.message = on_message,
	.published = on_published,
	.refused = on_refused,
};

/* --- life ------------------------------------------------------------------------------------ */

static int make_queue(struct bridge *bridge, const char *folder)
{
	const struct mqtt_queue_config *config = bridge->config->queue;
	int r;

	r = queue_new(folder,
	              &(struct queue_settings){
			      .events = config->events,
			      .bytes = config->bytes,
			      .max_age_usec = config->max_age_ns / NSEC_PER_USEC,
		      },
	              now_ns(), &bridge->queue);
	if (r < 0)
		return r;
	bridge->dropped_said = queue_dropped(bridge->queue)->events;
	say_queue_problem(bridge);
	return 0;
}

static int make_mirror(struct bridge *bridge)
{
	const struct queue_position *position = queue_position(bridge->queue);

	return mirror_new(bridge->bus, position ? position->series : NULL, position ? position->serial : 0,
	                  &bridge_room_callbacks, bridge, &bridge->mirror);
}

static int make_parts(struct bridge *bridge, const char *queue_folder)
{
	int r;

	r = bridge_add_timer(bridge, &bridge->save, on_save);
	if (r >= 0)
		r = bridge_add_timer(bridge, &bridge->settle, on_settled);
	if (r >= 0)
		r = bridge_add_timer(bridge, &bridge->gone, bridge_on_still_gone);
	if (r >= 0)
		r = bridge_add_timer(bridge, &bridge->heartbeat, bridge_on_heartbeat);
	if (r >= 0)
		r = remotes_init(bridge);
	if (r >= 0)
		r = make_queue(bridge, queue_folder);
	if (r >= 0)
		r = make_mirror(bridge);
	if (r >= 0)
		r = discovery_init(bridge);
	return r < 0 ? r : view_init(bridge);
}

int bridge_new(sd_event *event, sd_bus *bus, const struct mqtt_config *config, const char *queue_folder,
               struct bridge **ret, struct problem *problem)
{
	_cleanup_(bridge_freep) struct bridge *bridge = calloc(1, sizeof *bridge);
	int r;

	if (!bridge)
		return problem_set(problem, -ENOMEM, "no memory");
	bridge->event = sd_event_ref(event);
	bridge->bus = sd_bus_ref(bus);
	bridge->config = config;
	make_session(bridge->session);
	r = make_parts(bridge, queue_folder);
	if (r < 0)
		return problem_set(problem, r, "it cannot be set up: %s", problem_errno(r));
	r = connect_to_broker(event, config, NULL, bridge->session, &broker_callbacks, bridge, &bridge->broker, problem);
	if (r < 0)
		return r;
	bridge_plan_save(bridge);
	bridge_arm(bridge->gone, BRIDGE_GONE_USEC);
	*ret = TAKE_PTR(bridge);
	return 0;
}

void bridge_fail(struct bridge *bridge, const char *why)
{
	log_error("%s", why);
	sd_event_exit(bridge->event, EXIT_FAILURE);
}

static int on_farewell_late(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)source, (void)usec;
	sd_event_exit(bridge->event, 0);
	return 0;
}

void bridge_stop(struct bridge *bridge)
{
	char topic[TOPIC_SIZE];

	if (bridge->stopping)
		return;
	bridge->stopping = true;
	if (broker_is_connected(bridge->broker))
		bridge->farewell = broker_publish(
			bridge->broker,
			&(struct broker_message){
				.topic = topic_of_hub(bridge_hub(bridge), "availability", topic),
				.payload = "offline",
				.length = strlen("offline"),
				.retained = true,
				.properties = &(struct broker_property){ "session", bridge->session },
				.properties_n = 1,
			},
			1);
	if (bridge->farewell <= 0 ||
	    sd_event_add_time_relative(bridge->event, NULL, CLOCK_BOOTTIME, FAREWELL_USEC, 0, on_farewell_late, bridge) < 0)
		sd_event_exit(bridge->event, 0);
}

struct bridge *bridge_free(struct bridge *bridge)
{
	if (!bridge)
		return NULL;
	view_deinit(bridge);
	calls_deinit(bridge);
	bridge->mirror = mirror_free(bridge->mirror);
	bridge->broker = broker_free(bridge->broker);
	outbox_end(bridge);
	remotes_deinit(bridge);
	discovery_deinit(bridge);
	if (bridge->queue)
		queue_save(bridge->queue, now_ns());
	queue_free(bridge->queue);
	sd_event_source_disable_unref(bridge->save);
	sd_event_source_disable_unref(bridge->settle);
	sd_event_source_disable_unref(bridge->gone);
	sd_event_source_disable_unref(bridge->heartbeat);
	sd_bus_unref(bridge->bus);
	sd_event_unref(bridge->event);
	free(bridge);
	return NULL;
}
