#define _GNU_SOURCE
#include "sample-room.h"

#include <string.h>

#include "daemon/components.h"
#include "described-kinds.h"
#include "helpers.h"
#include "metrics/render.h"
#include "room-of-json.h"

/* 2026. */
#define NOW_USEC UINT64_C(1790000000000000)

static struct json_object *make_value(const char *type)
{
	switch (*type) {
	case 'b':
		return json_object_new_boolean(true);
	case 'd':
		return json_object_new_double(20.5);
	case 't':
		return json_object_new_uint64(5000000);
	default:
		return json_object_new_string("manual");
	}
}

static void add_kind(struct room_of_json *room, const char *kind)
{
	struct json_object *properties = member_of(member_of(room->kinds, kind), "properties");
	struct json_object *values;

	assert_non_null(properties);
	room_of_json_add(room, kind, "one", "{\"Location\": \"Hall\", \"Remote\": \"\"}");
	values = room->components[room->n - 1].properties;
	for (size_t i = 0; i < json_object_array_length(properties); i++) {
		const struct json_object *property = json_object_array_get_idx(properties, i);
		const char *name = member_text(property, "name");

		if (!member_of(values, name))
			json_add(values, name, make_value(member_text(property, "type")));
	}
}

char *sample_room_render(enum exposition_format format)
{
	_cleanup_(metric_table_freep) struct metric_table *table = NULL;
	_cleanup_(json_freep) struct json_object *service =
		json_tokener_parse("{\"Version\": \"1.2.3\", \"Edges\": 7, \"EdgesLost\": 0, \"Events\": 12, \"ReadErrors\": 1,"
	                           "\"DispatchOverflows\": 0}");
	_cleanup_(json_freep) struct json_object *bridge =
		json_tokener_parse("{\"Connected\": true, \"Queue\": 3, \"QueueBytes\": 700, \"Dropped\": 0, \"Missed\": 0,"
	                           "\"Sent\": 20, \"Received\": 4}");
	struct metrics_room all = { .up = true, .service = service, .bridge = bridge, .monotonic_zero_usec = NOW_USEC };
	struct room_of_json room;
	char *text;
	size_t n;

	room_of_json_begin_with(&room, described_kinds());
	for (const struct component_class *const *class = component_classes; *class; class++)
		add_kind(&room, (*class)->kind);
	assert_int_equal(metric_table_new(room.kinds, &table), 0);
	all.components = room.components;
	all.table = table;
	all.unit = (struct unit_facts){ true, true, 1, NOW_USEC };
	assert_int_equal(metrics_render(&all, format, &text, &n), 0);
	room_of_json_end(&room);
	return text;
}
