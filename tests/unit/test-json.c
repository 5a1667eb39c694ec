/* Events as lines of JSON: word for word as people's scripts get them, and as a parser reads them. */
#include "report/report.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fixture/event-types.h"
#include "helpers.h"
#include "util/clock.h"

/* Noon on a day in winter and on one in summer. */
#define WINTER_NS (UINT64_C(1705320000) * NSEC_PER_SEC) /* 2024-01-15 12:00:00 UTC */
#define SUMMER_NS (UINT64_C(1721044800) * NSEC_PER_SEC) /* 2024-07-15 12:00:00 UTC */

/* As POSIX has them, so that no time zone database is needed. */
#define UTC "UTC0"
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEWFOUNDLAND "NST3:30NDT,M3.2.0,M11.1.0"

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

struct sources {
	struct hub *hub;
	const struct hub_source *motion, *temperature, *light, *lock;
};

static int set_up(void **state)
{
	static struct sources sources;

	set_zone(UTC);
	*state = &sources;
	if (hub_new(2, &sources.hub) < 0)
		return -1;
	if (hub_add_source(sources.hub, "MotionSensor", event_types_of("MotionSensor"), "hall", "Hall", &sources.motion) < 0 ||
	    hub_add_source(sources.hub, "TemperatureSensor", event_types_of("TemperatureSensor"), "attic", "Attic", &sources.temperature) < 0 ||
	    hub_add_source(sources.hub, "LightController", event_types_of("LightController"), "lamp", "Lamp", &sources.light) < 0 ||
	    hub_add_source(sources.hub, "DoorLock", event_types_of("DoorLock"), "front", "Front door", &sources.lock) < 0)
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	struct sources *sources = *state;

	sources->hub = hub_free(sources->hub);
	return 0;
}

static void assert_line(const struct event *event, uint64_t realtime_ns, const char *expected)
{
	char *line = json_event_line(event, realtime_ns);

	assert_non_null(line);
	assert_string_equal(line, expected);
	free(line);
}

static void test_plain(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("motion_detected"),
		               .source = sources->motion,
		               .location = "Hall",
		               .monotonic_ns = UINT64_C(123456789012345678),
		               .serial = 42 };

	assert_line(&event, WINTER_NS,
	            "{\"event\":\"motion_detected\",\"source\":\"hall\",\"kind\":\"MotionSensor\","
	            "\"location\":\"Hall\",\"monotonic_ns\":123456789012345678,"
	            "\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":42}\n");
}

static void test_value(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("temperature_update"),
		               .source = sources->temperature,
		               .location = "Attic",
		               .monotonic_ns = 1,
		               .serial = 2,
		               .value = 25 };

	assert_line(&event, WINTER_NS,
	            "{\"event\":\"temperature_update\",\"source\":\"attic\",\"kind\":\"TemperatureSensor\","
	            "\"location\":\"Attic\",\"value\":25.0,\"monotonic_ns\":1,"
	            "\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n");
}

static void test_count(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("edges_lost"),
		               .source = sources->motion,
		               .location = "Hall",
		               .monotonic_ns = 1,
		               .serial = 2,
		               .count = UINT64_C(18446744073709551615) };

	assert_line(&event, WINTER_NS,
	            "{\"event\":\"edges_lost\",\"source\":\"hall\",\"kind\":\"MotionSensor\","
	            "\"location\":\"Hall\",\"count\":18446744073709551615,\"monotonic_ns\":1,"
	            "\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n");
}

static void test_cause_and_by(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("lock_alert"),
		               .source = sources->lock,
		               .by = sources->motion,
		               .location = "Hall",
		               .monotonic_ns = 1,
		               .serial = 2 };

	event_set_text(&event, "motion");
	assert_line(
		&event, WINTER_NS,
		"{\"event\":\"lock_alert\",\"source\":\"front\",\"kind\":\"DoorLock\",\"location\":\"Hall\","
		"\"cause\":\"motion\",\"by\":\"hall\",\"monotonic_ns\":1,"
		"\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n");
}

static void test_reason(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("output_unavailable"),
		               .source = sources->light,
		               .location = "Lamp",
		               .monotonic_ns = 1,
		               .serial = 2 };

	event_set_text(&event, "line LIGHT: not found");
	assert_line(&event, WINTER_NS,
	            "{\"event\":\"output_unavailable\",\"source\":\"lamp\",\"kind\":\"LightController\","
	            "\"location\":\"Lamp\",\"reason\":\"line LIGHT: not found\",\"monotonic_ns\":1,"
	            "\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n");
}

/* A text that is empty, or that the type has no name for, is left out. */
static void test_no_text(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("light_off"),
		               .source = sources->light,
		               .location = "Lamp",
		               .monotonic_ns = 1,
		               .serial = 2 };
	static const char light_off[] =
		"{\"event\":\"light_off\",\"source\":\"lamp\",\"kind\":\"LightController\","
		"\"location\":\"Lamp\",\"monotonic_ns\":1,"
		"\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n";
	static const char cleared[] =
		"{\"event\":\"motion_cleared\",\"source\":\"lamp\",\"kind\":\"LightController\","
		"\"location\":\"Lamp\",\"monotonic_ns\":1,"
		"\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n";

	assert_line(&event, WINTER_NS, light_off);
	event.type = event_type_named("motion_cleared");
	event_set_text(&event, "ignored");
	assert_line(&event, WINTER_NS, cleared);
}

/* The line as a parser reads it; the caller puts it. */
static struct json_object *parse(const struct event *event, uint64_t realtime_ns)
{
	char *line = json_event_line(event, realtime_ns);
	struct json_object *object;

	assert_non_null(line);
	/* One line: a newline at the end, and no other. */
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	object = json_tokener_parse(line);
	assert_non_null(object);
	free(line);
	return object;
}

/* A member's text in the line, as it stands there for a number; valid until the object goes. */
static const char *member(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return json_object_get_string(value);
}

static void test_numbers(void **state)
{
	const struct sources *sources = *state;
	static const struct {
		double value;
		const char *text;
	} table[] = {
		{ 25, "25.0" },
		{ -10.5, "-10.5" },
		{ 85, "85.0" },
		{ 28.1015625, "28.102" },
		{ 0, "0.0" },
		{ 28.1, "28.1" },
		{ 0.1 + 0.2, "0.3" },
		{ -0.0625, "-0.063" },
		{ 0.001, "0.001" },
		{ 27.9999, "28.0" },
		{ 999.999, "999.999" },
		{ -273.15, "-273.15" },
		{ 10000, "10000.0" },
		/* Nobody has seen less than nothing. */
		{ -0.0, "0.0" },
		{ -0.0004, "0.0" },
	};
	unsigned failures = 0;

	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct event event = { .type = event_type_named("temperature_high"),
			               .source = sources->temperature,
			               .location = "Attic",
			               .value = table[i].value };
		struct json_object *object = parse(&event, WINTER_NS);
		const char *text = member(object, "value");

		if (strcmp(text, table[i].text) != 0)
			failures += row_fails("%.10g: %s instead of %s", table[i].value, text, table[i].text);
		json_object_put(object);
	}
	assert_int_equal(failures, 0);
}

static void test_realtime(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("motion_cleared"),
		               .source = sources->motion,
		               .location = "Hall",
		               .monotonic_ns = UINT64_C(9007199254740993) };
	static const struct {
		const char *zone;
		uint64_t realtime_ns;
		const char *text;
	} table[] = {
		{ UTC, WINTER_NS, "2024-01-15T12:00:00.000000+00:00" },
		{ UTC, SUMMER_NS, "2024-07-15T12:00:00.000000+00:00" },
		{ BERLIN, WINTER_NS, "2024-01-15T13:00:00.000000+01:00" },
		{ BERLIN, SUMMER_NS, "2024-07-15T14:00:00.000000+02:00" },
		{ NEWFOUNDLAND, WINTER_NS, "2024-01-15T08:30:00.000000-03:30" },
		{ UTC, WINTER_NS + 1000, "2024-01-15T12:00:00.000001+00:00" },
		{ UTC, WINTER_NS + 999999999, "2024-01-15T12:00:00.999999+00:00" },
		/* A board without a clock of its own starts here. */
		{ UTC, 0, "1970-01-01T00:00:00.000000+00:00" },
	};
	unsigned failures = 0;

	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct json_object *object;

		set_zone(table[i].zone);
		object = parse(&event, table[i].realtime_ns);
		if (strcmp(member(object, "realtime"), table[i].text) != 0)
			failures += row_fails("TZ=%s: %s instead of %s", table[i].zone,
			                      member(object, "realtime"), table[i].text);
		json_object_put(object);
	}
	set_zone(UTC);
	assert_int_equal(failures, 0);
}

/* More digits than a double has, and still an integer. */
static void test_integers(void **state)
{
	const struct sources *sources = *state;
	struct event event = { .type = event_type_named("motion_cleared"),
		               .source = sources->motion,
		               .location = "Hall",
		               .monotonic_ns = UINT64_C(9007199254740993),
		               .serial = UINT64_C(9007199254740995) };
	struct json_object *object = parse(&event, WINTER_NS), *value;

	assert_true(json_object_object_get_ex(object, "monotonic_ns", &value));
	assert_true(json_object_is_type(value, json_type_int));
	assert_true(json_object_get_uint64(value) == UINT64_C(9007199254740993));
	assert_true(json_object_object_get_ex(object, "serial", &value));
	assert_true(json_object_is_type(value, json_type_int));
	assert_true(json_object_get_uint64(value) == UINT64_C(9007199254740995));
	json_object_put(object);
}

static void test_every_type(void **state)
{
	const struct sources *sources = *state;
	const struct event_type *types[EVENT_TYPES_MAX];
	size_t n = event_types_all(types);

	for (size_t i = 0; i < n; i++) {
		const struct event_type *info = types[i];
		struct event event = { .type = info,
			               .source = sources->motion,
			               .by = sources->temperature,
			               .location = "Hall" };
		struct json_object *object;

		if (info->number == EVENT_NUMBER_COUNT)
			event.count = 7;
		else
			event.value = 7;
		event_set_text(&event, "words");
		object = parse(&event, WINTER_NS);
		assert_string_equal(member(object, "event"), info->name);
		assert_string_equal(member(object, "by"), "attic");
		assert_int_equal(json_object_object_get_ex(object, "value", NULL),
		                 info->number == EVENT_NUMBER_VALUE);
		assert_int_equal(json_object_object_get_ex(object, "count", NULL),
		                 info->number == EVENT_NUMBER_COUNT);
		if (info->text_name)
			assert_string_equal(member(object, info->text_name), "words");
		json_object_put(object);
	}
}

static void test_escapes(void **state)
{
	const struct sources *sources = *state;
	static const char location[] = "\"Hall\" \\ 1/2, Büro \t😀";
	struct event event = { .type = event_type_named("sensor_unavailable"),
		               .source = sources->motion,
		               .location = location,
		               .monotonic_ns = 1,
		               .serial = 2 };
	struct json_object *object;

	event_set_text(&event, "two\nlines \x1b[31m");
	object = parse(&event, WINTER_NS);
	assert_string_equal(member(object, "location"), location);
	assert_string_equal(member(object, "reason"), "two\nlines \x1b[31m");
	json_object_put(object);
	assert_line(&event, WINTER_NS,
	            "{\"event\":\"sensor_unavailable\",\"source\":\"hall\",\"kind\":\"MotionSensor\","
	            "\"location\":\"\\\"Hall\\\" \\\\ 1/2, Büro \\t😀\","
	            "\"reason\":\"two\\nlines \\u001b[31m\",\"monotonic_ns\":1,"
	            "\"realtime\":\"2024-01-15T12:00:00.000000+00:00\",\"serial\":2}\n");
}

static void test_gap(void **state)
{
	char *line = json_gap_line(UINT64_C(18446744073709551615));

	(void)state;
	assert_non_null(line);
	assert_string_equal(line, "{\"event\":\"events_lost\",\"count\":18446744073709551615}\n");
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),    cmocka_unit_test(test_value),
		cmocka_unit_test(test_count),    cmocka_unit_test(test_cause_and_by),
		cmocka_unit_test(test_reason),   cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_numbers),  cmocka_unit_test(test_realtime),
		cmocka_unit_test(test_integers), cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_escapes),  cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
