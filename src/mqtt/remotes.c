/* Sensors of other hubs: their topics are read, and roomd is fed. A sensor is available while this connection stands, its
 * hub says "online", and its state says that it is. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "mqtt/rfc3339.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/snake.h"

#define REMOTE_INTERFACE MIRROR_SERVICE ".Remote"

/* A room has no more of them. */
#define REMOTES_MAX 256

/* A state is no longer. */
#define STATE_MAX 16384
#define STATE_DEPTH 8

/* The number of a macro, as text. */
#define WRITTEN(macro) WRITTEN_AS(macro)
#define WRITTEN_AS(text) #text

static void tell(struct bridge *bridge, struct remote *remote, bool fresh);

/* --- which there are ------------------------------------------------------------------------- */

static struct remote *free_remote(struct remote *remote)
{
	if (!remote)
		return NULL;
	free(remote->id);
	json_free(remote->state);
	free(remote);
	return NULL;
}
DEFINE_CLEANUP(struct remote *, free_remote);

static struct remote *find(struct bridge *bridge, const char *id)
{
	struct remote *remote = bridge->remotes.first;

	while (remote && strcmp(remote->id, id) != 0)
		remote = remote->next;
	return remote;
}

/* "HUB/kind/name", as the beginning of a topic. */
static bool take_apart(const char *id, struct topic *ret)
{
	char topic[TOPIC_SIZE];
	int length = snprintf(topic, sizeof topic, TOPIC_ROOT "/%s/state", id);

	return length < (int)sizeof topic && topic_parse(topic, ret) && ret->kind;
}

static void subscribe(struct bridge *bridge, const struct remote *remote)
{
	char topic[TOPIC_SIZE];

	broker_subscribe(bridge->broker, topic_of_hub(remote->topic.hub, "availability", topic), 1);
	broker_subscribe(bridge->broker,
	                 topic_of_component(remote->topic.hub, remote->topic.kind, remote->topic.name, "state", topic), 1);
}

static void add(struct bridge *bridge, const char *id)
{
	_cleanup_(free_remotep) struct remote *remote = calloc(1, sizeof *remote);

	if (!remote)
		return;
	remote->id = strdup(id);
	if (!remote->id || !take_apart(id, &remote->topic)) {
		log_warning("roomd wants \"%s\", which is not the name of a sensor of another hub", id);
		return;
	}
	remote->wanted = true;
	remote->next = bridge->remotes.first;
	bridge->remotes.first = remote;
	if (broker_is_connected(bridge->broker))
		subscribe(bridge, remote);
	tell(bridge, TAKE_PTR(remote), false);
}

static void remove_unwanted(struct bridge *bridge)
{
	for (struct remote **r = &bridge->remotes.first; *r;) {
		struct remote *remote = *r;
		char topic[TOPIC_SIZE];

		if (remote->wanted) {
			r = &remote->next;
			continue;
		}
		broker_unsubscribe(bridge->broker, topic_of_component(remote->topic.hub, remote->topic.kind,
		                                                      remote->topic.name, "state", topic));
		*r = remote->next;
		free_remote(remote);
	}
}

void remotes_want(struct bridge *bridge)
{
	struct json_object *wanted = member_of(mirror_service(bridge->mirror), "Wanted");
	size_t n = json_object_is_type(wanted, json_type_array) ? json_object_array_length(wanted) : 0;

	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next)
		remote->wanted = false;
	for (size_t i = 0; i < n && i < REMOTES_MAX; i++) {
		const char *id = json_object_get_string(json_object_array_get_idx(wanted, i));
		struct remote *remote = id ? find(bridge, id) : NULL;

		if (remote)
			remote->wanted = true;
		else if (id)
			add(bridge, id);
	}
	remove_unwanted(bridge);
}

/* --- feeding --------------------------------------------------------------------------------- */

/* The property that a sensor of this kind is about: what its kind's class says, or the first that is measured. */
static const char *find_property(const struct bridge *bridge, const char *kind, char *ret_type)
{
	json_object_object_foreach(mirror_kinds(bridge->mirror), name, description)
	{
		struct json_object *properties = member_of(description, "properties");
		size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;

		(void)name;
		if (strcmp(member_text(description, "path"), kind) != 0)
			continue;
		for (size_t i = 0; i < n; i++) {
			struct json_object *property = json_object_array_get_idx(properties, i);
			const char *class = member_text(property, "class"), *type = member_text(property, "type");

			if (strcmp(type, "b") == 0 ? strcmp(class, member_text(description, "class")) == 0
			                           : strcmp(type, "d") == 0 && *class) {
				*ret_type = *type;
				return member_text(property, "name");
			}
		}
	}
	return NULL;
}

/* Why it cannot be used; NULL: it can. */
static const char *find_reason(const struct bridge *bridge, const struct remote *remote, struct json_object *value)
{
	if (!broker_is_connected(bridge->broker))
		return "there is no connection to the broker";
	if (remote->hub_silent)
		return "its hub has not said for " WRITTEN(REMOTES_SILENCE_MINUTES) " minutes that it is connected to the broker";
	if (!remote->hub_online)
		return "its hub is not connected to the broker";
	if (!remote->known)
		return "its hub has not reported it";
	if (*member_text(remote->state, "remote"))
		return "it is a remote sensor there, too: name the sensor of its own hub";
	if (!member_bool(remote->state, "available"))
		return "it is not available there";
	if (!value)
		return "its state has no value";
	return NULL;
}

static int on_fed(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
	const sd_bus_error *error = sd_bus_message_get_error(reply);

	(void)userdata, (void)unused;
	if (error)
		log_warning("roomd does not take a sensor of another hub: %s", error->message ? error->message : error->name);
	return 0;
}

static int append_value(sd_bus_message *call, char type, struct json_object *value)
{
	if (type == 'b')
		return sd_bus_message_append(call, "v", "b", (int)json_object_get_boolean(value));
	return sd_bus_message_append(call, "v", "d", json_object_get_double(value));
}

/* Says to roomd what is known of it. `fresh`: it has just changed. */
static void tell(struct bridge *bridge, struct remote *remote, bool fresh)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	char type = 'b', key[TOPIC_SIZE] = "";
	const char *property, *reason;
	struct json_object *value;
	uint64_t usec = 0;
	int r;

	if (!mirror_is_ready(bridge->mirror) || !mirror_kinds(bridge->mirror))
		return;
	property = find_property(bridge, remote->topic.kind, &type);
	value = property ? member_of(remote->state, snake_case(property, key, sizeof key)) : NULL;
	reason = find_reason(bridge, remote, value);
	rfc3339_parse(member_text(remote->state, "time"), &usec);
	r = sd_bus_message_new_method_call(bridge->bus, &call, MIRROR_SERVICE, MIRROR_ROOT, REMOTE_INTERFACE, "Feed");
	if (r >= 0)
		r = sd_bus_message_append(call, "sbs", remote->id, (int)!reason, reason ? reason : "");
	if (r >= 0)
		r = append_value(call, type, value);
	if (r >= 0)
		r = sd_bus_message_append(call, "tb", usec, (int)fresh);
	if (r >= 0)
		r = sd_bus_call_async(bridge->bus, NULL, call, on_fed, NULL, 0);
	if (r < 0)
		log_warning("roomd cannot be told about %s: %s", remote->id, problem_errno(r));
	remote->available = !reason;
	snprintf(remote->reason, sizeof remote->reason, "%s", reason ? reason : "");
}

void remotes_tell_all(struct bridge *bridge)
{
	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next)
		tell(bridge, remote, false);
}

/* --- hubs that have fallen silent ------------------------------------------------------------- */

static uint64_t silent_at_usec(const struct remote *remote)
{
	return remote->hub_online ? remote->hub_heard_usec + REMOTES_SILENCE_USEC : UINT64_MAX;
}

static void plan_silence(struct bridge *bridge)
{
	uint64_t first = UINT64_MAX;

	for (const struct remote *remote = bridge->remotes.first; remote; remote = remote->next)
		if (silent_at_usec(remote) < first)
			first = silent_at_usec(remote);
	sd_event_source_set_time(bridge->remotes.silence, first);
	sd_event_source_set_enabled(bridge->remotes.silence, first < UINT64_MAX ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_silence(sd_event_source *source, uint64_t usec, void *userdata)
{
	uint64_t now_usec = clock_now_ns(CLOCK_BOOTTIME) / NSEC_PER_USEC;
	struct bridge *bridge = userdata;

	(void)source, (void)usec;
	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next) {
		if (silent_at_usec(remote) > now_usec)
			continue;
		remote->hub_online = false;
		remote->hub_silent = true;
		tell(bridge, remote, false);
	}
	plan_silence(bridge);
	return 0;
}

int remotes_init(struct bridge *bridge)
{
	return bridge_add_timer(bridge, &bridge->remotes.silence, on_silence);
}

/* --- what comes ------------------------------------------------------------------------------ */

void remotes_begin(struct bridge *bridge)
{
	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next)
		subscribe(bridge, remote);
}

void remotes_end(struct bridge *bridge)
{
	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next) {
		remote->hub_online = remote->hub_silent = remote->known = false;
		remote->hub_session[0] = '\0';
	}
	remotes_tell_all(bridge);
}

static const char *session_of(const struct broker_message *message)
{
	for (size_t i = 0; i < message->properties_n; i++)
		if (strcmp(message->properties[i].name, "session") == 0)
			return message->properties[i].value;
	return "";
}

static bool says(const struct broker_message *message, const char *word)
{
	return message->length == strlen(word) && memcmp(message->payload, word, message->length) == 0;
}

/* A last will that comes after the next connection's "online" is of a session that is over. */
static void take_availability(struct bridge *bridge, struct remote *remote, const struct broker_message *message)
{
	const char *session = session_of(message);
	bool online = says(message, "online"), was = remote->hub_online;

	if (!online && *session && *remote->hub_session && strcmp(session, remote->hub_session) != 0)
		return;
	if (online)
		snprintf(remote->hub_session, sizeof remote->hub_session, "%s", session);
	remote->hub_online = online;
	remote->hub_silent = false;
	remote->hub_heard_usec = clock_now_ns(CLOCK_BOOTTIME) / NSEC_PER_USEC;
	plan_silence(bridge);
	if (online != was)
		tell(bridge, remote, false);
}

static void take_state(struct bridge *bridge, struct remote *remote, const struct broker_message *message)
{
	struct json_tokener *tokener = json_tokener_new_ex(STATE_DEPTH);
	struct json_object *state = NULL;

	if (tokener && message->length <= STATE_MAX)
		state = json_tokener_parse_ex(tokener, message->payload, (int)message->length);
	if (tokener)
		json_tokener_free(tokener);
	if (!json_object_is_type(state, json_type_object))
		state = json_free(state);
	json_free(remote->state);
	remote->state = state;
	remote->known = state;
	tell(bridge, remote, !message->retained);
}

void remotes_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message)
{
	for (struct remote *remote = bridge->remotes.first; remote; remote = remote->next) {
		if (strcmp(remote->topic.hub, topic->hub) != 0)
			continue;
		if (!topic->kind && strcmp(topic->leaf, "availability") == 0)
			take_availability(bridge, remote, message);
		else if (topic->kind && strcmp(topic->kind, remote->topic.kind) == 0 &&
		         strcmp(topic->name, remote->topic.name) == 0 && strcmp(topic->leaf, "state") == 0)
			take_state(bridge, remote, message);
	}
}

void remotes_deinit(struct bridge *bridge)
{
	sd_event_source_disable_unref(bridge->remotes.silence);
	while (bridge->remotes.first) {
		struct remote *remote = bridge->remotes.first;

		bridge->remotes.first = remote->next;
		free_remote(remote);
	}
}
