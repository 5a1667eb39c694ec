/* Messages first, which are few; then, in turns, a state and an event, so that neither waits for the other. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "util/log.h"

/* --- messages -------------------------------------------------------------------------------- */

static struct outbox_message *free_message(struct outbox_message *message)
{
	if (!message)
		return NULL;
	free(message->topic);
	free(message->payload);
	free(message->correlation);
	free(message);
	return NULL;
}
DEFINE_CLEANUP(struct outbox_message *, free_message);

static int copy_correlation(struct outbox_message *message, const void *correlation, size_t length)
{
	if (!correlation)
		return 0;
	message->correlation = malloc(length + 1);
	if (!message->correlation)
		return -ENOMEM;
	memcpy(message->correlation, correlation, length);
	message->correlation_length = length;
	return 0;
}

static void add(struct bridge *bridge, const char *topic, const char *payload, bool retained, const void *correlation,
                size_t correlation_length)
{
	_cleanup_(free_messagep) struct outbox_message *message = calloc(1, sizeof *message);
	struct outbox *outbox = &bridge->outbox;

	if (!message || !broker_is_connected(bridge->broker) || outbox->n == OUTBOX_MAX)
		return;
	message->topic = strdup(topic);
	message->payload = strdup(payload);
	message->length = strlen(payload);
	message->retained = retained;
	if (!message->topic || !message->payload || copy_correlation(message, correlation, correlation_length) < 0)
		return;
	if (outbox->last)
		outbox->last->next = message;
	else
		outbox->first = message;
	outbox->last = TAKE_PTR(message);
	outbox->n++;
}

void outbox_add(struct bridge *bridge, const char *topic, const char *payload, bool retained)
{
	add(bridge, topic, payload, retained, NULL, 0);
}

void outbox_add_answer(struct bridge *bridge, const char *topic, const char *payload, const void *correlation,
                       size_t correlation_length)
{
	/* Whoever asks for very much gets no answers rather than that others wait. */
	if (bridge->outbox.n < OUTBOX_ANSWERS_MAX)
		add(bridge, topic, payload, false, correlation, correlation_length);
}

static void drop_first(struct outbox *outbox)
{
	struct outbox_message *message = outbox->first;

	outbox->first = message->next;
	if (!outbox->first)
		outbox->last = NULL;
	outbox->n--;
	free_message(message);
}

/* --- saying ---------------------------------------------------------------------------------- */

/* As broker_publish(). What cannot be said at all is said to have been, so that it holds up nobody. */
static int publish(struct bridge *bridge, const struct broker_message *message)
{
	int id = broker_publish(bridge->broker, message, 1);

	if (id == -EAGAIN || id == -ENOTCONN || id == -ENOMEM)
		return id == -ENOMEM ? -EAGAIN : id;
	if (id < 0) {
		log_warning("%s: this message cannot be sent to the broker: %s", message->topic, problem_errno(id));
		return 0;
	}
	bridge->sent++;
	view_note(bridge, true, message->topic, message->payload, message->length);
	return id;
}

/* 1: said; 0: there is none; -EAGAIN, -ENOTCONN. */
static int say_message(struct bridge *bridge)
{
	const struct outbox_message *first = bridge->outbox.first;
	const struct broker_property session = { "session", bridge->session };
	int id;

	if (!first)
		return 0;
	id = publish(bridge, &(struct broker_message){
				     .topic = first->topic,
				     .payload = first->payload,
				     .length = first->length,
				     .retained = first->retained,
				     .correlation = first->correlation,
				     .correlation_length = first->correlation_length,
				     .properties = &session,
				     .properties_n = 1,
			     });
	if (id == -EAGAIN || id == -ENOTCONN)
		return id;
	drop_first(&bridge->outbox);
	return 1;
}

static struct mirror_component *find_changed(const struct bridge *bridge)
{
	struct mirror_component *component = mirror_components(bridge->mirror);

	while (component && !component->changed)
		component = component->next;
	return component;
}

enum { SAID_NOTHING, SAID_OFFLINE, SAID_ONLINE };

static void say_availability(struct bridge *bridge, struct mirror_component *component, const char *kind)
{
	unsigned now = member_bool(component->properties, "Available") ? SAID_ONLINE : SAID_OFFLINE;
	char topic[TOPIC_SIZE];

	if (now != component->said)
		outbox_add(bridge, topic_of_component(bridge_hub(bridge), kind, component->name, "availability", topic),
		           now == SAID_ONLINE ? "online" : "offline", true);
	component->said = now;
}

static int say_state(struct bridge *bridge)
{
	struct mirror_component *component = find_changed(bridge);
	char kind[TOPIC_SIZE], topic[TOPIC_SIZE];
	_cleanup_(cleanup_free) char *state = NULL;
	int id;

	if (!component)
		return 0;
	mirror_kind_path(component, kind, sizeof kind);
	topic_of_component(bridge_hub(bridge), kind, component->name, "state", topic);
	state = payload_state(component, mirror_serial(bridge->mirror));
	if (!state)
		return -EAGAIN;
	id = publish(bridge, &(struct broker_message){
				     .topic = topic, .payload = state, .length = strlen(state), .retained = true });
	if (id == -EAGAIN || id == -ENOTCONN)
		return id;
	component->changed = false;
	say_availability(bridge, component, kind);
	return 1;
}

/* There is a place: the broker takes no more than there are. */
static void note_in_flight(struct outbox *outbox, int id, uint64_t sequence)
{
	for (size_t i = 0; i < ELEMENTS(outbox->in_flight); i++)
		if (outbox->in_flight[i].id == 0) {
			outbox->in_flight[i].id = id;
			outbox->in_flight[i].sequence = sequence;
			return;
		}
}

static int publish_event(struct bridge *bridge, const struct queue_event *event, const char *payload, size_t length)
{
	char serial[32], realtime[32];
	const struct broker_property properties[] = { { "serial", serial }, { "series", event->series }, { "realtime_usec", realtime } };

	snprintf(serial, sizeof serial, "%llu", (unsigned long long)event->serial);
	snprintf(realtime, sizeof realtime, "%llu", (unsigned long long)event->realtime_usec);
	return publish(bridge, &(struct broker_message){
				       .topic = event->topic,
				       .payload = payload,
				       .length = length,
				       .properties = properties,
				       .properties_n = ELEMENTS(properties),
			       });
}

static int say_event(struct bridge *bridge)
{
	_cleanup_(cleanup_free) char *repeated = NULL;
	const struct queue_event *event;
	uint64_t sequence;
	int id;

	/* What was looked at may have been sent, for all that the queue knows. */
	if (broker_in_flight(bridge->broker) >= BROKER_IN_FLIGHT_MAX)
		return -EAGAIN;
	event = queue_next(bridge->queue, bridge->outbox.handed);
	if (!event)
		return 0;
	sequence = event->sequence;
	if (event->repeated) {
		repeated = payload_repeated(event->payload, event->payload_length);
		if (!repeated)
			return -EAGAIN;
	}
	id = publish_event(bridge, event, repeated ? repeated : event->payload,
	                   repeated ? strlen(repeated) : event->payload_length);
	if (id < 0)
		return id;
	bridge->outbox.handed = sequence;
	if (id > 0)
		note_in_flight(&bridge->outbox, id, sequence);
	else
		queue_done(bridge->queue, sequence, clock_now_ns(CLOCK_BOOTTIME));
	return 1;
}

void outbox_pump(struct bridge *bridge)
{
	int said = 1;

	while (said > 0 && !bridge->stopping && broker_is_connected(bridge->broker)) {
		said = say_message(bridge);
		if (said != 0)
			continue;
		said = say_state(bridge);
		if (said >= 0) {
			int event = say_event(bridge);

			said = event < 0 ? event : said + event;
		}
	}
}

/* --- connections ----------------------------------------------------------------------------- */

void outbox_begin(struct bridge *bridge)
{
	outbox_end(bridge);
	for (struct mirror_component *component = mirror_components(bridge->mirror); component; component = component->next) {
		component->changed = true;
		component->said = SAID_NOTHING;
	}
}

void outbox_end(struct bridge *bridge)
{
	while (bridge->outbox.first)
		drop_first(&bridge->outbox);
	bridge->outbox.handed = 0;
	memset(bridge->outbox.in_flight, 0, sizeof bridge->outbox.in_flight);
}

/* The event of this id is done. */
static void finish(struct bridge *bridge, int id)
{
	struct outbox *outbox = &bridge->outbox;

	for (size_t i = 0; i < ELEMENTS(outbox->in_flight); i++)
		if (outbox->in_flight[i].id == id) {
			queue_done(bridge->queue, outbox->in_flight[i].sequence, clock_now_ns(CLOCK_BOOTTIME));
			outbox->in_flight[i].id = 0;
		}
}

void outbox_published(struct bridge *bridge, int id)
{
	finish(bridge, id);
	outbox_pump(bridge);
}

void outbox_refused(struct bridge *bridge, int id, const char *reason)
{
	log_warning("the broker refuses: %s", reason);
	finish(bridge, id);
	outbox_pump(bridge);
}
