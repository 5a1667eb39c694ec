#define _GNU_SOURCE
#include "metrics/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>


/* Words are shorter. */
#define WORD_MAX 32

#define KIND_SIZE 64

/* Kind, name, location, and one more. */
#define LABELS_MAX 4

/* --- one component --------------------------------------------------------------------------- */

struct render {
	struct exposition *exposition;
	const struct metrics_room *room;
	struct label labels[LABELS_MAX];
	size_t labels_n;
};

static void add_number(struct render *render, const struct metric_source *source, double value)
{
	struct metric metric = metric_of_source(source);

	exposition_add_number(render->exposition, &metric, render->labels, render->labels_n,
	                      value * source->unit.factor + source->unit.offset);
}

static void add_count(struct render *render, const struct metric_source *source, uint64_t count)
{
	struct metric metric = metric_of_source(source);
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, count);
	exposition_add(render->exposition, &metric, render->labels, render->labels_n, text);
}

static char *format_seconds(uint64_t usec, char *buffer, size_t size)
{
	uint64_t ms = usec / 1000;

	snprintf(buffer, size, "%" PRIu64 ".%03u", ms / 1000, (unsigned)(ms % 1000));
	return buffer;
}

static void add_moment(struct render *render, const struct metric_source *source, uint64_t usec)
{
	struct metric metric = metric_of_source(source);
	char text[32];

	if (usec == 0 || usec > UINT64_MAX / 2)
		return;
	format_seconds(usec + (source->monotonic ? render->room->monotonic_zero_usec : 0), text, sizeof text);
	exposition_add(render->exposition, &metric, render->labels, render->labels_n, text);
}

/* Of few values: anything else would be a new series each time. */
static bool is_word(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n <= WORD_MAX && !text[n];
}

static void add_word(struct render *render, const struct metric_source *source, const char *word)
{
	struct metric metric = metric_of_source(source);

	if (!is_word(word))
		return;
	render->labels[render->labels_n] = (struct label){ "state", word };
	exposition_add(render->exposition, &metric, render->labels, render->labels_n + 1, "1");
}

static void add_value(struct render *render, const struct metric_source *source, struct json_object *value)
{
	switch (source->what) {
	case SOURCE_SWITCH:
		add_number(render, source, json_object_get_boolean(value));
		break;
	case SOURCE_NUMBER:
		add_number(render, source, json_object_get_double(value));
		break;
	case SOURCE_COUNT:
		add_count(render, source, json_object_get_uint64(value));
		break;
	case SOURCE_MOMENT:
		add_moment(render, source, json_object_get_uint64(value));
		break;
	case SOURCE_WORD:
		add_word(render, source, json_object_get_string(value));
		break;
	}
}

/* While a component is unavailable nobody knows what is so in the room; what was counted, and when, stays true. */
static bool is_known(const struct metric_source *source, bool available)
{
	return available || (source->diagnostic && (source->what == SOURCE_COUNT || source->what == SOURCE_MOMENT));
}

static void add_availability(struct render *render, bool available)
{
	static const struct metric metric = {
		.name = "roomd_available",
		.unit = "",
		.help = "1 if all of a component's lines or its device can be reached, 0 if not; then its "
			"values are absent.",
	};

	exposition_add(render->exposition, &metric, render->labels, render->labels_n, available ? "1" : "0");
}

static void add_values(struct render *render, const struct mirror_component *component, bool available)
{
	const struct metric_table *table = render->room->table;

	for (size_t i = 0; table && i < table->n; i++) {
		const struct metric_source *source = &table->sources[i];
		struct json_object *value;

		if (strcmp(source->kind, component->kind) != 0 || !is_known(source, available))
			continue;
		value = member_of(component->properties, source->property);
		if (value) /* a number that is not one is null */
			add_value(render, source, value);
	}
}

static void add_component(struct render *render, const struct mirror_component *component)
{
	bool available = member_bool(component->properties, "Available");
	char kind[KIND_SIZE];

	render->labels[0] = (struct label){ "kind", mirror_kind_path(component, kind, sizeof kind) };
	render->labels[1] = (struct label){ "name", component->name };
	render->labels[2] = (struct label){ "location", member_text(component->properties, "Location") };
	render->labels_n = 3;
	if (member_of(component->properties, "Available"))
		add_availability(render, available);
	add_values(render, component, available);
}

/* --- roomd itself ---------------------------------------------------------------------------- */

/* A property of an interface that is no kind's: org.roomd1(5), roomd-mqtt(8). */
struct fact {
	const char *property;
	struct metric metric;
};

static const struct fact service_facts[] = {
	{ "Edges", { "roomd_edges", METRIC_COUNTER, "", "Edges of input lines that were handled." } },
	{ "EdgesLost", { "roomd_edges_lost", METRIC_COUNTER, "", "Edges of input lines that the kernel dropped." } },
	{ "Events", { "roomd_events", METRIC_COUNTER, "", "Events so far." } },
	{ "DispatchOverflows",
	  { "roomd_dispatch_overflows", METRIC_COUNTER, "", "Events that were dropped because the queue was full." } },
	{ "ReadErrors", { "roomd_read_errors", METRIC_COUNTER, "", "Readings of sensors that failed." } },
};

static const struct fact bridge_facts[] = {
	{ "Connected", { "roomd_mqtt_connected", METRIC_GAUGE, "", "1 if roomd-mqtt is connected to its broker, 0 if not." } },
	{ "Queue", { "roomd_mqtt_queue_events", METRIC_GAUGE, "events", "Events that wait for the broker." } },
	{ "QueueBytes", { "roomd_mqtt_queue_bytes", METRIC_GAUGE, "bytes", "Bytes of the events that wait for the broker." } },
	{ "Dropped", { "roomd_mqtt_dropped", METRIC_COUNTER, "", "Events that the queue had no room for, or that were too old." } },
	{ "Missed", { "roomd_mqtt_missed", METRIC_COUNTER, "", "Events that roomd no longer had when "
		"roomd-mqtt asked for them." } },
	{ "Sent", { "roomd_mqtt_sent", METRIC_COUNTER, "", "Messages that were sent to the broker." } },
	{ "Received", { "roomd_mqtt_received", METRIC_COUNTER, "", "Messages that came from the broker." } },
};

/* What is not there is not known. */
static void add_facts(struct exposition *exposition, const struct json_object *object, const struct fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *value = member_of(object, facts[i].property);
		char text[24];

		if (!value)
			continue;
		snprintf(text, sizeof text, "%" PRIu64, json_object_get_uint64(value));
		exposition_add(exposition, &facts[i].metric, NULL, 0, text);
	}
}

static void add_version(struct exposition *exposition, const struct json_object *service)
{
	static const struct metric metric = { "roomd_build", METRIC_INFO, "", "The version of roomd." };
	struct label label = { "version", member_text(service, "Version") };

	if (*label.value)
		exposition_add(exposition, &metric, &label, 1, "1");
}

static void add_unit(struct exposition *exposition, const struct unit_facts *unit)
{
	static const struct metric restarts = { "roomd_restarts", METRIC_COUNTER, "",
		                                "How often systemd has restarted roomd by itself since it was started." };
	static const struct metric start = { "roomd_start_time_seconds", METRIC_GAUGE, "seconds",
		                             "When the process of roomd was started, in seconds since 1970." };
	char text[32];

	if (unit->restarts_known) {
		snprintf(text, sizeof text, "%" PRIu64, unit->restarts);
		exposition_add(exposition, &restarts, NULL, 0, text);
	}
	if (unit->start_known && unit->start_usec > 0)
		exposition_add(exposition, &start, NULL, 0, format_seconds(unit->start_usec, text, sizeof text));
}

static void add_up(struct exposition *exposition, bool up)
{
	static const struct metric metric = { "roomd_up", METRIC_GAUGE, "",
		                              "1 if roomd is there and answers, 0 if not; then its own metrics are absent." };

	exposition_add(exposition, &metric, NULL, 0, up ? "1" : "0");
}

static void add_room(struct exposition *exposition, const struct metrics_room *room)
{
	struct render render = { .exposition = exposition, .room = room };

	add_version(exposition, room->service);
	add_facts(exposition, room->service, service_facts, ELEMENTS(service_facts));
	add_unit(exposition, &room->unit);
	for (const struct mirror_component *component = room->components; component; component = component->next)
		add_component(&render, component);
}

int metrics_render(const struct metrics_room *room, enum exposition_format format, char **ret, size_t *ret_n)
{
	_cleanup_(exposition_freep) struct exposition *exposition = NULL;
	int r = exposition_new(&exposition);

	if (r < 0)
		return r;
	add_up(exposition, room->up);
	if (room->up)
		add_room(exposition, room);
	if (room->bridge)
		add_facts(exposition, room->bridge, bridge_facts, ELEMENTS(bridge_facts));
	return exposition_write(exposition, format, ret, ret_n);
}
