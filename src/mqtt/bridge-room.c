/* The bridge's side of the room: what it hears there, and what it says of the hub. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "util/log.h"

/* --- what is said of the hub ----------------------------------------------------------------- */

void bridge_say_availability(struct bridge *bridge)
{
	char topic[TOPIC_SIZE];

	if (bridge->room != ROOM_UNKNOWN)
		outbox_add(bridge, topic_of_hub(bridge_hub(bridge), "availability", topic),
		           bridge->room == ROOM_THERE ? "online" : "offline", true);
}

int bridge_on_heartbeat(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)usec;
	bridge_say_availability(bridge);
	outbox_pump(bridge);
	bridge_arm(source, BRIDGE_HEARTBEAT_USEC);
	return 0;
}

static void add_counter(const struct bridge *bridge, struct json_object *state, const char *key, const char *property)
{
	json_add(state, key, json_object_new_uint64(member_number(mirror_service(bridge->mirror), property)));
}

void bridge_say_state(struct bridge *bridge)
{
	_cleanup_(json_freep) struct json_object *state = json_object_new_object();
	_cleanup_(cleanup_free) char *text = NULL;
	char topic[TOPIC_SIZE];

	if (!state)
		return;
	json_add_text(state, "version", ROOMD_VERSION);
	json_add_text(state, "room", bridge->room == ROOM_THERE ? member_text(mirror_service(bridge->mirror), "State") : "away");
	json_add_text(state, "status", member_text(mirror_service(bridge->mirror), "Status"));
	add_counter(bridge, state, "edges_lost", "EdgesLost");
	add_counter(bridge, state, "read_errors", "ReadErrors");
	json_add(state, "queue", json_object_new_uint64(queue_length(bridge->queue)));
	json_add(state, "dropped", json_object_new_uint64(queue_dropped(bridge->queue)->events));
	json_add(state, "missed", json_object_new_uint64(bridge->missed));
	json_add(state, "connected", payload_time("realtime", bridge->connected_usec));
	text = payload_text(state);
	if (text)
		outbox_add(bridge, topic_of_hub(bridge_hub(bridge), "bridge/state", topic), text, true);
}

void bridge_say_room(struct bridge *bridge)
{
	for (struct mirror_component *component = mirror_components(bridge->mirror); component; component = component->next)
		component->changed = true;
}

/* --- the room -------------------------------------------------------------------------------- */

static void on_ready(void *userdata)
{
	struct bridge *bridge = userdata;

	sd_event_source_set_enabled(bridge->gone, SD_EVENT_OFF);
	if (bridge->room != ROOM_THERE) {
		log_notice("roomd is on the bus");
		bridge->room = ROOM_THERE;
		bridge_say_availability(bridge);
	}
	bridge_say_room(bridge);
	discovery_say(bridge, false);
	bridge_say_state(bridge);
	remotes_want(bridge);
	remotes_tell_all(bridge);
	bridge_settle(bridge);
	view_changed(bridge);
	outbox_pump(bridge);
}

static void on_gone(void *userdata)
{
	struct bridge *bridge = userdata;

	bridge_arm(bridge->gone, BRIDGE_GONE_USEC);
	view_changed(bridge);
}

int bridge_on_still_gone(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)source, (void)usec;
	if (mirror_is_ready(bridge->mirror))
		return 0;
	log_notice("roomd is not on the bus: this hub is now offline at the broker");
	bridge->room = ROOM_AWAY;
	bridge_say_availability(bridge);
	bridge_say_state(bridge);
	outbox_pump(bridge);
	return 0;
}

static void on_changed(struct mirror_component *component, void *userdata)
{
	struct bridge *bridge = userdata;

	if (component->said == 0) { /* a new one */
		discovery_say(bridge, false);
		if (*member_text(component->properties, "Remote"))
			remotes_tell_all(bridge); /* roomd has made it anew, and knows nothing of it */
	}
	outbox_pump(bridge);
}

static void on_removed(struct mirror_component *component, void *userdata)
{
	struct bridge *bridge = userdata;
	char kind[TOPIC_SIZE];

	ghosts_remove(bridge, mirror_kind_path(component, kind, sizeof kind), component->name);
	discovery_say_later(bridge);
}

static void on_service_changed(void *userdata)
{
	struct bridge *bridge = userdata;

	remotes_want(bridge);
	bridge_say_state(bridge);
	outbox_pump(bridge);
}

/* Whether somebody should look at it, as the kind says: then the counters may be others, too. */
static bool is_warning(const struct mirror_event *event)
{
	struct json_object *events = member_of(event->component->description, "events");
	size_t n = json_object_is_type(events, json_type_array) ? json_object_array_length(events) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *type = json_object_array_get_idx(events, i);

		if (strcmp(member_text(type, "name"), event->name) == 0)
			return member_number(type, "level") <= LOG_WARNING;
	}
	return false;
}

static void say_dropped(struct bridge *bridge)
{
	uint64_t dropped = queue_dropped(bridge->queue)->events;

	if (dropped == bridge->dropped_said)
		return;
	if (bridge->dropped_said == 0 || dropped / 100 != bridge->dropped_said / 100)
		log_warning("the queue is full (Events=, Bytes=, MaxAgeSec= in mqtt.conf): %" PRIu64 " events were dropped so far, "
		            "the oldest first", dropped);
	bridge->dropped_said = dropped;
	bridge_say_state(bridge);
}

static int add_event(struct bridge *bridge, const struct mirror_event *event)
{
	_cleanup_(cleanup_free) char *payload = payload_event(event, bridge_hub(bridge), mirror_series(bridge->mirror));
	char kind[TOPIC_SIZE], topic[TOPIC_SIZE];

	if (!payload)
		return -ENOMEM;
	topic_of_component(bridge_hub(bridge), mirror_kind_path(event->component, kind, sizeof kind), event->component->name,
	                   "event", topic);
	return queue_add(bridge->queue,
	                 &(struct queue_event){
				 .topic = topic,
				 .payload = payload,
				 .payload_length = strlen(payload),
				 .series = mirror_series(bridge->mirror),
				 .serial = event->serial,
				 .realtime_usec = member_number(event->data, "realtime_usec"),
			 },
	                 clock_now_ns(CLOCK_BOOTTIME), clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC);
}

static void on_event(const struct mirror_event *event, void *userdata)
{
	struct bridge *bridge = userdata;
	int r = add_event(bridge, event);

	if (r < 0)
		log_warning("event %" PRIu64 " cannot be put into the queue: %s", event->serial, problem_errno(r));
	if (is_warning(event))
		mirror_refresh_service(bridge->mirror);
	say_dropped(bridge);
	outbox_pump(bridge);
	bridge_plan_save(bridge);
}

static void on_missed(uint64_t n, void *userdata)
{
	struct bridge *bridge = userdata;

	bridge->missed += n;
	log_warning("%" PRIu64 " events of the room are missing: roomd no longer had them when roomd-mqtt asked for them", n);
}

const struct mirror_callbacks bridge_room_callbacks = {
	.ready = on_ready,
	.gone = on_gone,
	.changed = on_changed,
	.removed = on_removed,
	.service_changed = on_service_changed,
	.event = on_event,
	.missed = on_missed,
};
