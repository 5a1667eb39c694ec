/* What Describe() says of the service's own kinds. */
#include "bus/describe.h"

#include <string.h>

#include "bus/kind.h"
#include "daemon/components.h"
#include "described-kinds.h"
#include "helpers.h"
#include "roomctl/json.h"
#include "roomd/quantity.h"

static const char *const kind_classes[] = { "motion", "opening", "button", "measure",  "light",
	                                    "switch", "fan",     "lock",   "schedule", "action" };
static const char *const boolean_classes[] = { "motion", "opening", "pressed", "on",      "manual",  "locked",
	                                       "jammed", "alert",   "active",  "running", "problem", "available" };
static const char *const number_classes[] = { "temperature", "humidity", "illuminance", "pressure", "carbon_dioxide",
	                                      "speed" };

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* --- what it answers ------------------------------------------------------------------------- */

static int setup(void **state)
{
	*state = described_kinds();
	return 0;
}

static int teardown(void **state)
{
	json_free(*state);
	return 0;
}

/* The row of this name; NULL: there is none. */
static struct json_object *find_row(struct json_object *rows, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(rows); i++)
		if (strcmp(member_text(json_object_array_get_idx(rows, i), "name"), name) == 0)
			return json_object_array_get_idx(rows, i);
	return NULL;
}

static struct json_object *row_of(void **state, const char *kind, const char *list, const char *name)
{
	struct json_object *rows = member_of(member_of(*state, kind), list);
	struct json_object *row = rows ? find_row(rows, name) : NULL;

	if (!row)
		fail_msg("%s has no %s in %s", kind, name, list);
	return row;
}

/* JSON as it is to be, without spaces. */
static void expect(struct json_object *value, const char *text)
{
	assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	                    text);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void test_every_kind_is_there(void **state)
{
	unsigned failed = 0, n = 0;

	for (const struct component_class *const *class = component_classes; *class; class++, n++) {
		struct json_object *kind = member_of(*state, (*class)->kind);

		if (!kind) {
			failed += row_fails("%s is missing", (*class)->kind);
			continue;
		}
		if (!is_one_of(member_text(kind, "class"), kind_classes, ELEMENTS(kind_classes)))
			failed += row_fails("%s has the class \"%s\"", (*class)->kind, member_text(kind, "class"));
		if (strcmp(member_text(kind, "layer"),
		           (*class)->layer == COMPONENT_SENSOR ? "sensor" : "controller") != 0)
			failed += row_fails("%s is a %s", (*class)->kind, member_text(kind, "layer"));
	}
	assert_int_equal(failed, 0);
	assert_int_equal(json_object_object_length(*state), n);
	assert_string_equal(member_text(member_of(*state, "CarbonDioxideSensor"), "path"), "carbon_dioxide_sensor");
}

/* A boolean that nobody has to see is none that we know of: a new one without a class is an oversight. */
static unsigned look_at_property(const char *kind, const struct json_object *property)
{
	const char *type = member_text(property, "type"), *class = member_text(property, "class"),
		   *name = member_text(property, "name");

	if (strcmp(type, "b") == 0 && !is_one_of(class, boolean_classes, ELEMENTS(boolean_classes)))
		return row_fails("%s.%s, a boolean, has the class \"%s\"", kind, name, class);
	if (strcmp(type, "d") == 0 && !is_one_of(class, number_classes, ELEMENTS(number_classes)))
		return row_fails("%s.%s, a number, has the class \"%s\"", kind, name, class);
	if (strcmp(type, "d") == 0 && !*member_text(property, "unit"))
		return row_fails("%s.%s has no unit", kind, name);
	if (!strchr("bd", *type) && *class)
		return row_fails("%s.%s has the class \"%s\"", kind, name, class);
	return 0;
}

static void test_properties_have_known_classes(void **state)
{
	unsigned failed = 0;

	json_object_object_foreach(*state, kind, facts) {
		struct json_object *properties = member_of(facts, "properties");

		for (size_t i = 0; i < json_object_array_length(properties); i++)
			failed += look_at_property(kind, json_object_array_get_idx(properties, i));
	}
	assert_int_equal(failed, 0);
}

static unsigned look_at_measured(void **state, const struct component_class *class)
{
	const struct quantity *quantity = class->measure->quantity;
	struct json_object *value = row_of(state, class->kind, "properties", "Value");
	unsigned failed = 0;

	if (strcmp(member_text(member_of(*state, class->kind), "class"), "measure") != 0)
		failed += row_fails("%s does not measure", class->kind);
	if (strcmp(member_text(value, "class"), quantity->name) != 0 ||
	    strcmp(member_text(value, "unit"), quantity->unit) != 0 ||
	    member_number(value, "precision") != quantity->precision)
		failed += row_fails("%s.Value is %s", class->kind, json_object_to_json_string(value));
	return failed;
}

static void test_measured_kinds_have_what_they_measure(void **state)
{
	unsigned failed = 0, n = 0;

	for (const struct component_class *const *class = component_classes; *class; class++)
		if ((*class)->measure) {
			failed += look_at_measured(state, *class);
			n++;
		}
	assert_int_equal(failed, 0);
	assert_int_equal(n, 5);
}

/* In their order, all that D-Bus has, but Configuration. */
static void test_every_property_is_there(void **state)
{
	for (const struct component_class *const *class = component_classes; *class; class++) {
		struct json_object *properties = member_of(member_of(*state, (*class)->kind), "properties");
		const struct interface_property *property;
		size_t i = 0;

		for (; (property = kind_property_at(*class, i)); i++)
			assert_string_equal(member_text(json_object_array_get_idx(properties, i), "name"),
			                    property->name);
		assert_int_equal(json_object_array_length(properties), i);
	}
}

static void test_rows(void **state)
{
	expect(row_of(state, "TemperatureSensor", "properties", "Value"),
	       "{\"name\":\"Value\",\"type\":\"d\",\"class\":\"temperature\",\"unit\":\"°C\",\"precision\":2,\"clock\":\"\","
	       "\"diagnostic\":false}");
	expect(row_of(state, "Fan", "properties", "Speed"),
	       "{\"name\":\"Speed\",\"type\":\"d\",\"class\":\"speed\",\"unit\":\"%\",\"precision\":0,\"clock\":\"\","
	       "\"diagnostic\":false}");
	expect(row_of(state, "MotionSensor", "properties", "Suspect"),
	       "{\"name\":\"Suspect\",\"type\":\"b\",\"class\":\"problem\",\"unit\":\"\",\"precision\":0,\"clock\":\"\","
	       "\"diagnostic\":true}");
	expect(row_of(state, "LightController", "properties", "OffAt"),
	       "{\"name\":\"OffAt\",\"type\":\"t\",\"class\":\"\",\"unit\":\"\",\"precision\":0,\"clock\":\"monotonic\","
	       "\"diagnostic\":false}");
	assert_string_equal(
		member_text(row_of(state, "LightController", "properties", "ManualUntil"), "clock"), "realtime");
	expect(row_of(state, "HumiditySensor", "events", "humidity_high"),
	       "{\"name\":\"humidity_high\",\"words\":\"relative humidity is above its limit\",\"level\":5,\"number\":\"value\","
	       "\"unit\":\"%\",\"text\":\"\"}");
	expect(row_of(state, "Button", "events", "edges_lost"),
	       "{\"name\":\"edges_lost\",\"words\":\"edges were lost, the level was read again\",\"level\":4,"
	       "\"number\":\"count\",\"unit\":\"\",\"text\":\"\"}");
	assert_string_equal(member_text(row_of(state, "Button", "events", "button_pressed"), "text"), "press");
}

static unsigned count_rows(void **state, const char *kind, const char *list)
{
	return (unsigned)json_object_array_length(member_of(member_of(*state, kind), list));
}

static void test_actions_and_states(void **state)
{
	expect(row_of(state, "Switch", "actions", "SetOnFor"),
	       "{\"name\":\"SetOnFor\",\"right\":\"control\",\"arguments\":[[\"on\",\"b\"],[\"usec\",\"t\"]]}");
	expect(row_of(state, "DoorLock", "actions", "Unlock"),
	       "{\"name\":\"Unlock\",\"right\":\"unlock\",\"arguments\":[]}");
	expect(row_of(state, "Fan", "actions", "SetSpeed"),
	       "{\"name\":\"SetSpeed\",\"right\":\"control\",\"arguments\":[[\"percent\",\"d\"]]}");
	assert_int_equal(count_rows(state, "MotionSensor", "actions"), 0);
	expect(member_of(member_of(*state, "MotionSensor"), "states"),
	       "[\"motion\",\"clear\",\"available\",\"unavailable\",\"suspect\"]");
	expect(member_of(member_of(*state, "Switch"), "states"),
	       "[\"on\",\"off\",\"manual\",\"available\",\"unavailable\"]");
	for (const struct component_class *const *class = component_classes; *class; class++) {
		unsigned n = 0;

		while ((*class)->events[n])
			n++;
		assert_int_equal(count_rows(state, (*class)->kind, "events"), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_is_there),
		cmocka_unit_test(test_properties_have_known_classes),
		cmocka_unit_test(test_measured_kinds_have_what_they_measure),
		cmocka_unit_test(test_every_property_is_there),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_actions_and_states),
	};

	return cmocka_run_group_tests_name("describe", tests, setup, teardown);
}
