/* Names, values and texts of a room's metrics, out of a description of its kinds. */
#define _GNU_SOURCE
#include "metrics/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/kind.h"
#include "daemon/components.h"
#include "exposition-check.h"
#include "helpers.h"
#include "room-of-json.h"
#include "roomd/quantity.h"

#define ZERO_USEC UINT64_C(1700000000000000)

#define SERVICE                                                                                       \
	"{\"Version\": \"1.2.3\", \"Edges\": 7, \"EdgesLost\": 0, \"Events\": 12, \"ReadErrors\": 1," \
	" \"DispatchOverflows\": 2, \"Serial\": 99, \"Status\": \"all is well\"}"

/* --- the text -------------------------------------------------------------------------------- */

static char *render(const struct room_of_json *of, const char *service, enum exposition_format format)
{
	_cleanup_(metric_table_freep) struct metric_table *table = NULL;
	_cleanup_(json_freep) struct json_object *facts = json_tokener_parse(service);
	struct metrics_room room = {
		.up = facts != NULL,
		.components = of->n ? of->components : NULL,
		.service = facts,
		.monotonic_zero_usec = ZERO_USEC,
		.unit = { .restarts_known = true, .restarts = 3, .start_known = true, .start_usec = ZERO_USEC },
	};
	char *text;
	size_t n;

	assert_int_equal(metric_table_new(of->kinds, &table), 0);
	room.table = table;
	assert_int_equal(metrics_render(&room, format, &text, &n), 0);
	assert_int_equal(strlen(text), n);
	return text;
}

/* Both formats are right; that in OpenMetrics. */
static char *render_checked(const struct room_of_json *of, const char *service)
{
	_cleanup_(cleanup_free) char *old = render(of, service, EXPOSITION_TEXT);
	char *text = render(of, service, EXPOSITION_OPENMETRICS);

	assert_int_equal(exposition_check(old, false), 0);
	assert_int_equal(exposition_check(text, true), 0);
	return text;
}

struct expected {
	const char *series, *value; /* NULL: it is absent */
};

static unsigned check_rows(const char *text, const struct expected *rows, size_t n)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const char *is = exposition_value(text, rows[i].series);

		if (!is != !rows[i].value || (is && strcmp(is, rows[i].value) != 0))
			wrong += row_fails("%s is %s, not %s", rows[i].series, is ? is : "absent", rows[i].value ? rows[i].value : "absent");
	}
	if (wrong)
		print_error("%s", text);
	return wrong;
}

#define CHECK(text, ...)                                                      \
	do {                                                                  \
		static const struct expected rows[] = { __VA_ARGS__ };        \
		assert_int_equal(check_rows(text, rows, ELEMENTS(rows)), 0); \
	} while (0)

/* --- kinds ----------------------------------------------------------------------------------- */

static void test_kinds(void **state)
{
	_cleanup_(cleanup_free) char *text = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin(&room);
	room_of_json_add(&room, "MotionSensor", "hall", "{\"Location\": \"Hall\", \"Motion\": true, \"Since\": 2500000, \"Suspect\": false}");
	room_of_json_add(&room, "TemperatureSensor", "attic",
	                 "{\"Value\": 21.5, \"Limit\": \"high\", \"ReadAt\": 1, \"Rejected\": 4, \"Location\": \"\"}");
	room_of_json_add(&room, "HumiditySensor", "bath", "{\"Value\": 45.2}");
	room_of_json_add(&room, "PressureSensor", "barometer", "{\"Value\": 1013.2}");
	room_of_json_add(&room, "CarbonDioxideSensor", "office", "{\"Value\": 612}");
	room_of_json_add(&room, "Fan", "attic", "{\"Speed\": 40, \"On\": true, \"Mode\": \"manual\"}");
	room_of_json_add(&room, "DoorLock", "front", "{\"Alert\": false, \"DoorOpen\": true, \"AlertAt\": 0}");
	room_of_json_add(&room, "Pump", "Well", "{\"Temperature\": 50, \"Flow\": 6, \"On\": false}");
	text = render_checked(&room, SERVICE);
	CHECK(text, { "roomd_motion{kind=\"motion_sensor\",name=\"hall\",location=\"Hall\"}", "1" },
	      { "roomd_since_timestamp_seconds{kind=\"motion_sensor\",name=\"hall\",location=\"Hall\"}", "1700000002.500" },
	      { "roomd_suspect{kind=\"motion_sensor\",name=\"hall\",location=\"Hall\"}", "0" },
	      { "roomd_available{kind=\"temperature_sensor\",name=\"attic\"}", "1" },
	      { "roomd_temperature_celsius{kind=\"temperature_sensor\",name=\"attic\"}", "21.5" },
	      { "roomd_limit{kind=\"temperature_sensor\",name=\"attic\",state=\"high\"}", "1" },
	      { "roomd_rejected_total{kind=\"temperature_sensor\",name=\"attic\"}", "4" },
	      { "roomd_read_timestamp_seconds{kind=\"temperature_sensor\",name=\"attic\"}", "1700000000.000" },
	      { "roomd_humidity_ratio{kind=\"humidity_sensor\",name=\"bath\"}", "0.452" },
	      { "roomd_pressure_pascals{kind=\"pressure_sensor\",name=\"barometer\"}", "101320" },
	      { "roomd_carbon_dioxide_ppm{kind=\"carbon_dioxide_sensor\",name=\"office\"}", "612" },
	      { "roomd_speed_ratio{kind=\"fan\",name=\"attic\"}", "0.4" }, { "roomd_on{kind=\"fan\",name=\"attic\"}", "1" },
	      { "roomd_mode{kind=\"fan\",name=\"attic\",state=\"manual\"}", "1" },
	      { "roomd_alert{kind=\"door_lock\",name=\"front\"}", "0" }, { "roomd_door_open{kind=\"door_lock\",name=\"front\"}", "1" },
	      { "roomd_alert_timestamp_seconds{kind=\"door_lock\",name=\"front\"}", NULL },
	      { "roomd_temperature_celsius{kind=\"pump\",name=\"Well\"}", "10" },
	      { "roomd_flow_liters_per_second{kind=\"pump\",name=\"Well\"}", "0.1" }, { "roomd_on{kind=\"pump\",name=\"Well\"}", "0" });
	room_of_json_end(&room);
}

static void test_service(void **state)
{
	_cleanup_(cleanup_free) char *text = NULL, *old = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin(&room);
	text = render_checked(&room, SERVICE);
	old = render(&room, SERVICE, EXPOSITION_TEXT);
	CHECK(text, { "roomd_up", "1" }, { "roomd_build_info{version=\"1.2.3\"}", "1" }, { "roomd_edges_total", "7" },
	      { "roomd_edges_lost_total", "0" }, { "roomd_events_total", "12" }, { "roomd_dispatch_overflows_total", "2" },
	      { "roomd_read_errors_total", "1" }, { "roomd_restarts_total", "3" },
	      { "roomd_start_time_seconds", "1700000000.000" });
	assert_non_null(strstr(text, "# TYPE roomd_edges counter\n"));
	assert_non_null(strstr(text, "# TYPE roomd_build info\n"));
	assert_non_null(strstr(old, "# TYPE roomd_edges_total counter\n"));
	assert_non_null(strstr(old, "# TYPE roomd_build_info gauge\n"));
	room_of_json_end(&room);
}

/* --- what is not known ----------------------------------------------------------------------- */

static void test_unknown(void **state)
{
	_cleanup_(cleanup_free) char *text = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin(&room);
	room_of_json_add(&room, "TemperatureSensor", "gone",
	                 "{\"Value\": 21.5, \"Limit\": \"normal\", \"Available\": false, \"Suspect\": true, \"Rejected\": 4, \"ReadAt\": 5}");
	room_of_json_add(&room, "TemperatureSensor", "new", "{\"Value\": null, \"ReadAt\": 0}");
	room_of_json_add(&room, "Schedule", "evening", "{\"Until\": 0}");
	room_of_json_add(&room, "MotionSensor", "far", "{\"Remote\": \"pi/motion_sensor/hall\", \"Since\": 0, \"Mode\": 5}");
	text = render_checked(&room, SERVICE);
	CHECK(text, { "roomd_available{kind=\"temperature_sensor\",name=\"gone\"}", "0" },
	      { "roomd_temperature_celsius{kind=\"temperature_sensor\",name=\"gone\"}", NULL },
	      { "roomd_limit{kind=\"temperature_sensor\",name=\"gone\",state=\"normal\"}", NULL },
	      { "roomd_suspect{kind=\"temperature_sensor\",name=\"gone\"}", NULL },
	      { "roomd_rejected_total{kind=\"temperature_sensor\",name=\"gone\"}", "4" },
	      { "roomd_read_timestamp_seconds{kind=\"temperature_sensor\",name=\"gone\"}", "1700000000.000" },
	      { "roomd_temperature_celsius{kind=\"temperature_sensor\",name=\"new\"}", NULL },
	      { "roomd_read_timestamp_seconds{kind=\"temperature_sensor\",name=\"new\"}", NULL },
	      { "roomd_active{kind=\"schedule\",name=\"evening\"}", NULL },
	      { "roomd_until_timestamp_seconds{kind=\"schedule\",name=\"evening\"}", NULL },
	      { "roomd_motion{kind=\"motion_sensor\",name=\"far\"}", NULL });
	assert_null(strstr(text, "pi/motion_sensor"));
	room_of_json_end(&room);
}

/* roomd is away: what its components were is nobody's to know. */
static void test_away(void **state)
{
	_cleanup_(cleanup_free) char *text = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin(&room);
	room_of_json_add(&room, "MotionSensor", "hall", "{\"Motion\": true}");
	text = render_checked(&room, "null");
	assert_string_equal(text, "# HELP roomd_up 1 if roomd is there and answers, 0 if not; then its own "
	                          "metrics are absent.\n"
	                          "# TYPE roomd_up gauge\n"
	                          "roomd_up 0\n"
	                          "# EOF\n");
	room_of_json_end(&room);
}

/* --- texts from outside ---------------------------------------------------------------------- */

static void test_hostile_texts(void **state)
{
	_cleanup_(cleanup_free) char *text = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin(&room);
	room_of_json_add(&room, "MotionSensor", "a", "{\"Motion\": true, \"Location\": \"\\\"} 1\\nroomd_up 0\\n# EOF\\n\\\\\"}");
	room_of_json_add(&room, "MotionSensor", "b", "{\"Motion\": true, \"Location\": \"\\u2603 \\u0001\\r\\t{}=,\\ud83d\\ude00\"}");
	room_of_json_add(&room, "LightController", "c", "{\"Mode\": \"a\\nb\"}");
	room_of_json_add(&room, "LightController", "d", "{\"Mode\": \"\"}");
	room_of_json_add(&room, "LightController", "e", "{\"Mode\": \"abcdefghijklmnopqrstuvwxyz-abcdefghijklmnop\"}");
	room_of_json_add(&room, "Strange", "f", "{\"a b\": true, \"Motion\": 1}");
	room_of_json_add(&room, "Text", "g", "{\"On\": true}");
	room_of_json_add(&room, "Nobody's", "h", "{\"On\": true}");
	text = render_checked(&room, SERVICE);
	CHECK(text,
	      { "roomd_motion{kind=\"motion_sensor\",name=\"a\",location=\"\\\"} 1\\nroomd_up 0\\n# EOF\\n\\\\\"}", "1" },
	      { "roomd_motion{kind=\"motion_sensor\",name=\"b\",location=\"☃ \x01\r\t{}=,😀\"}", "1" }, { "roomd_up", "1" },
	      { "roomd_a_b{kind=\"strange\",name=\"f\"}", "1" }, { "roomd_strange_motion{kind=\"strange\",name=\"f\"}", "1" });
	assert_null(strstr(text, "roomd_mode"));
	room_of_json_end(&room);
}

/* --- names ----------------------------------------------------------------------------------- */

/* Kinds that nobody has thought of: each name is once, and says of which type it is. */
static void test_clashes(void **state)
{
	static const char kinds[] =
		"{\"A\": {\"path\": \"a\", \"properties\": ["
		"{\"name\": \"Value\", \"type\": \"d\", \"class\": \"speed\", \"unit\": \"%\"}, {\"name\": \"Speed\", \"type\": \"d\", \"unit\": \"%\"},"
		"{\"name\": \"Door\", \"type\": \"b\"}, {\"name\": \"Count\", \"type\": \"d\"}, {\"name\": \"Seen\", \"type\": \"t\"},"
		"{\"name\": \"Size\", \"type\": \"d\", \"unit\": \"Ångström/h\"}, {\"name\": \"Odd\", \"type\": \"as\"}]},"
		"\"B\": {\"path\": \"b\", \"properties\": [{\"name\": \"Door\", \"type\": \"t\"}, {\"name\": \"DOOR\", \"type\": \"t\"}]}}";
	_cleanup_(cleanup_free) char *text = NULL;
	struct room_of_json room;

	(void)state;
	room_of_json_begin_with(&room, json_tokener_parse(kinds));
	room_of_json_add(&room, "A", "x", "{\"Value\": 1, \"Speed\": 2, \"Door\": true, \"Count\": 3, \"Seen\": 4, \"Size\": 5, \"Odd\": [\"x\"]}");
	room_of_json_add(&room, "B", "y", "{\"Door\": 6, \"DOOR\": 7}");
	text = render_checked(&room, SERVICE);
	CHECK(text, { "roomd_speed_ratio{kind=\"a\",name=\"x\"}", "0.01" }, { "roomd_a_speed_ratio{kind=\"a\",name=\"x\"}", "0.02" },
	      { "roomd_door{kind=\"a\",name=\"x\"}", "1" }, { "roomd_count_value{kind=\"a\",name=\"x\"}", "3" },
	      { "roomd_seen_total{kind=\"a\",name=\"x\"}", "4" }, { "roomd_size_ngstr_m_per_h{kind=\"a\",name=\"x\"}", "5" },
	      { "roomd_b_door_total{kind=\"b\",name=\"y\"}", "6" }, { "roomd_d_o_o_r_total{kind=\"b\",name=\"y\"}", "7" });
	room_of_json_end(&room);
}

/* Every quantity of a kind that there is has a unit that Prometheus knows. */
static void test_units_are_known(void **state)
{
	const struct interface_property *property;
	unsigned wrong = 0;

	(void)state;
	for (const struct component_class *const *class = component_classes; *class; class++)
		for (size_t i = 0; (property = kind_property_at(*class, i)); i++) {
			const struct quantity *quantity = kind_quantity(*class, property);

			if (quantity && !metric_unit_is_known(quantity->unit))
				wrong += row_fails("%s: %s is in %s, which is not known", (*class)->kind, property->name, quantity->unit);
		}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),          cmocka_unit_test(test_service),
		cmocka_unit_test(test_unknown),        cmocka_unit_test(test_away),
		cmocka_unit_test(test_hostile_texts),  cmocka_unit_test(test_clashes),
		cmocka_unit_test(test_units_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
