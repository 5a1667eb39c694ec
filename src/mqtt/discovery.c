/* Home Assistant is told once a connection, when something has changed, and when it was born anew. What an earlier process
 * has told is still at the broker, and read first: only so can be removed there what the configuration has lost since. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mqtt/connect.h"
#include "mqtt/home-assistant.h"
#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "util/chance.h"
#include "util/clock.h"
#include "util/log.h"

/* All hubs hear of its birth at once; and whoever removes what it was told, over and over, is answered this often. */
#define AGAIN_LEAST_USEC (USEC_PER_SEC / 2)
#define AGAIN_MOST_USEC (5 * USEC_PER_SEC)

/* What an earlier process has said is no longer. */
#define PAYLOAD_MAX BROKER_PAYLOAD_MAX

static bool is_on(const struct bridge *bridge)
{
	return bridge->config->home_assistant->discovery;
}

/* --- saying ---------------------------------------------------------------------------------- */

static bool allows(struct json_object *component, void *userdata)
{
	const struct bridge *bridge = userdata;
	const struct mirror_component *it = mirror_find(bridge->mirror, member_text(component, "path"));

	return it && bridge_allows(bridge, it);
}

/* Those that there are, as home-assistant.h has them. */
static struct json_object *list_components(const struct bridge *bridge)
{
	struct json_object *components = json_object_new_array();

	for (struct mirror_component *c = mirror_components(bridge->mirror); components && c; c = c->next) {
		struct json_object *component = json_object_new_object();

		if (!component)
			break;
		json_object_object_foreach(c->properties, name, value)
		{
			json_add(component, name, json_object_get(value));
		}
		json_add_text(component, "kind", c->kind);
		json_add_text(component, "name", c->name);
		json_add_text(component, "path", c->path);
		json_object_array_add(components, component);
	}
	return components;
}

static void say_payload(struct bridge *bridge, struct json_object *payload)
{
	_cleanup_(cleanup_free) char *text = payload_text(payload);

	if (text)
		outbox_add(bridge, bridge->discovery.topic, text, true);
}

/* It is kept until a birth: whoever comes to the broker after us, when that is back, finds only what was said last, and
 * Home Assistant leaves alone what it knows and is not told of. */
static void say_removal(struct bridge *bridge, struct json_object *payload)
{
	struct discovery *discovery = &bridge->discovery;
	const struct json_object *known = discovery->removal ? discovery->removal : discovery->said;
	struct json_object *removal = known ? home_assistant_removal(known, payload) : NULL;

	json_free(discovery->removal);
	discovery->removal = removal;
	if (removal)
		say_payload(bridge, removal);
}

void discovery_say(struct bridge *bridge, bool again)
{
	struct discovery *discovery = &bridge->discovery;
	_cleanup_(json_freep) struct json_object *components = NULL;
	struct json_object *payload;

	if (!is_on(bridge) || !discovery->settled || !mirror_is_ready(bridge->mirror))
		return;
	components = list_components(bridge);
	payload = home_assistant_payload(&(struct home_assistant_room){
		.hub = bridge_hub(bridge),
		.version = ROOMD_VERSION,
		.kinds = mirror_kinds(bridge->mirror),
		.components = components,
		.allows = allows,
		.userdata = bridge,
	});
	if (!payload || (!again && discovery->said && json_object_equal(payload, discovery->said))) {
		json_free(payload);
		return;
	}
	say_removal(bridge, payload);
	say_payload(bridge, payload);
	json_free(discovery->said);
	discovery->said = payload;
}

static int on_later(sd_event_source *source, void *userdata)
{
	struct bridge *bridge = userdata;

	(void)source;
	discovery_say(bridge, false);
	outbox_pump(bridge);
	return 0;
}

void discovery_say_later(struct bridge *bridge)
{
	sd_event_source_set_enabled(bridge->discovery.later, SD_EVENT_ONESHOT);
}

/* --- what comes ------------------------------------------------------------------------------ */

void discovery_begin(struct bridge *bridge)
{
	bridge->discovery.settled = false;
	if (!is_on(bridge))
		return;
	broker_subscribe(bridge->broker, bridge->discovery.topic, 1);
	broker_subscribe(bridge->broker, bridge->discovery.birth_topic, 1);
}

void discovery_end(struct bridge *bridge)
{
	bridge->discovery.settled = false;
}

void discovery_settle(struct bridge *bridge)
{
	if (bridge->discovery.settled)
		return;
	bridge->discovery.settled = true;
	discovery_say(bridge, true);
}

/* It is told everything: states, too, which it has missed. */
static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bridge *bridge = userdata;
	struct discovery *discovery = &bridge->discovery;

	(void)source, (void)usec;
	discovery_say(bridge, true);
	if (discovery->born && discovery->settled && mirror_is_ready(bridge->mirror))
		discovery->removal = json_free(discovery->removal);
	discovery->born = false;
	bridge_say_room(bridge);
	bridge_say_availability(bridge);
	bridge_say_state(bridge);
	outbox_pump(bridge);
	return 0;
}

/* In a moment; once, however often that is wanted until then. False: it is planned already. */
static bool say_again_soon(struct discovery *discovery)
{
	int enabled;

	if (sd_event_source_get_enabled(discovery->again, &enabled) < 0 || enabled != SD_EVENT_OFF)
		return false;
	sd_event_source_set_time_relative(discovery->again, AGAIN_LEAST_USEC + chance() % (AGAIN_MOST_USEC - AGAIN_LEAST_USEC));
	sd_event_source_set_enabled(discovery->again, SD_EVENT_ONESHOT);
	return true;
}

static void take_birth(struct discovery *discovery, const struct broker_message *message)
{
	if (message->length != strlen("online") || memcmp(message->payload, "online", message->length) != 0)
		return;
	/* What was born before we came was told with all else. */
	if (message->retained)
		return;
	discovery->born = true;
	say_again_soon(discovery);
}

/* What is at the broker of ours: from an earlier process, or our own words, or somebody has removed them. */
static void take_own(struct bridge *bridge, const struct broker_message *message)
{
	struct discovery *discovery = &bridge->discovery;
	struct json_tokener *tokener;

	if (message->length == 0) {
		if (discovery->settled && say_again_soon(discovery))
			log_notice("another client has removed this room's discovery message for Home Assistant; it is sent again");
		return;
	}
	if (discovery->settled || message->length > PAYLOAD_MAX)
		return;
	discovery->said = json_free(discovery->said); /* the broker knows better */
	tokener = json_tokener_new();
	if (tokener)
		discovery->said = json_tokener_parse_ex(tokener, message->payload, (int)message->length);
	if (tokener)
		json_tokener_free(tokener);
	if (!json_object_is_type(discovery->said, json_type_object))
		discovery->said = json_free(discovery->said);
}

bool discovery_take(struct bridge *bridge, const struct broker_message *message)
{
	if (!is_on(bridge))
		return false;
	if (strcmp(message->topic, bridge->discovery.birth_topic) == 0)
		take_birth(&bridge->discovery, message);
	else if (strcmp(message->topic, bridge->discovery.topic) == 0)
		take_own(bridge, message);
	else
		return false;
	outbox_pump(bridge);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

int discovery_init(struct bridge *bridge)
{
	struct discovery *discovery = &bridge->discovery;
	int r;

	connect_discovery_topic(bridge->config, discovery->topic);
	snprintf(discovery->birth_topic, sizeof discovery->birth_topic, "%s/status", bridge->config->home_assistant->prefix);
	r = sd_event_add_time(bridge->event, &discovery->again, CLOCK_BOOTTIME, 0, 0, on_again, bridge);
	if (r >= 0)
		r = sd_event_source_set_enabled(discovery->again, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_defer(bridge->event, &discovery->later, on_later, bridge);
	return r < 0 ? r : sd_event_source_set_enabled(discovery->later, SD_EVENT_OFF);
}

void discovery_deinit(struct bridge *bridge)
{
	sd_event_source_disable_unref(bridge->discovery.again);
	sd_event_source_disable_unref(bridge->discovery.later);
	json_free(bridge->discovery.said);
	json_free(bridge->discovery.removal);
}
