#include "mqtt/home-assistant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "helpers.h"
#include "home-assistant-check.h"
#include "mqtt/payload.h"

#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* --- a room ---------------------------------------------------------------------------------- */

static struct json_object *load_kinds(void)
{
	struct json_object *kinds;
	char path[512];

	snprintf(path, sizeof path, "%s/tests/mqtt/description.json", getenv("SOURCE_ROOT"));
	kinds = json_object_from_file(path);
	assert_non_null(kinds);
	return kinds;
}

static void add(struct json_object *components, const char *kind, const char *name, const char *location)
{
	struct json_object *component = json_object_new_object();

	json_add_text(component, "kind", kind);
	json_add_text(component, "name", name);
	json_add_text(component, "path", "/org/roomd1/x");
	if (location)
		json_add_text(component, "Location", location);
	json_object_array_add(components, component);
}

/* One of each kind that there is. */
static struct json_object *whole_room(const char *location)
{
	static const char *const kinds[][2] = {
		{ "MotionSensor", "hall" },      { "ContactSensor", "kitchen_window" }, { "Button", "bell" },
		{ "TemperatureSensor", "attic" }, { "HumiditySensor", "bath" },          { "IlluminanceSensor", "sky" },
		{ "PressureSensor", "barometer" }, { "CarbonDioxideSensor", "office" },  { "LightController", "hall" },
		{ "Switch", "socket-2" },        { "Fan", "attic" },                    { "DoorLock", "front" },
		{ "Schedule", "evening" },       { "Action", "backup" },                { "Pump", "Well" },
	};
	struct json_object *components = json_object_new_array();

	for (size_t i = 0; i < ELEMENTS(kinds); i++)
		add(components, kinds[i][0], kinds[i][1], location);
	return components;
}

static bool allows_all(struct json_object *component, void *userdata)
{
	(void)component, (void)userdata;
	return true;
}

static bool allows_none(struct json_object *component, void *userdata)
{
	(void)component, (void)userdata;
	return false;
}

/* Takes both over. */
static struct json_object *payload_of(struct json_object *kinds, struct json_object *components,
                                      bool (*allows)(struct json_object *component, void *userdata))
{
	struct json_object *payload = home_assistant_payload(&(struct home_assistant_room){
		.hub = HUB, .version = "1.2.3", .kinds = kinds, .components = components, .allows = allows });

	json_free(kinds);
	json_free(components);
	assert_non_null(payload);
	return payload;
}

static struct json_object *whole_payload(const char *location,
                                         bool (*allows)(struct json_object *component, void *userdata))
{
	return payload_of(load_kinds(), whole_room(location), allows);
}

static struct json_object *one_payload(const char *kind, const char *name, const char *location)
{
	struct json_object *components = json_object_new_array();

	add(components, kind, name, location);
	return payload_of(load_kinds(), components, allows_all);
}

/* --- the schema ------------------------------------------------------------------------------ */

static void test_schema(void **state)
{
	_cleanup_(json_freep) struct json_object *all = whole_payload("Hall", allows_all);
	_cleanup_(json_freep) struct json_object *none = whole_payload(NULL, allows_none);
	_cleanup_(json_freep) struct json_object *nobody = whole_payload(NULL, NULL);

	(void)state;
	assert_int_equal(check_payload(all), 0);
	assert_int_equal(check_payload(none), 0);
	assert_true(json_object_equal(none, nobody));
}

/* --- entities -------------------------------------------------------------------------------- */

/* Members of entities, one a row; NULL: there is no such member; no key: there is no such entity. */
struct expected {
	const char *entity, *key, *value;
};

static unsigned check_rows(const struct json_object *payload, const struct expected *rows, size_t n)
{
	struct json_object *components = member_of(payload, "components");
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *entity = member_of(components, rows[i].entity);
		struct json_object *value = rows[i].key ? member_of(entity, rows[i].key) : entity;
		const char *text = value ? json_object_to_json_string_ext(value, PLAIN) : NULL;

		if (json_object_is_type(value, json_type_string))
			text = json_object_get_string(value);
		if (rows[i].key && !entity)
			wrong += row_fails("%s is missing", rows[i].entity);
		else if (!text != !rows[i].value || (text && strcmp(text, rows[i].value) != 0))
			wrong += row_fails("%s, %s: '%s'", rows[i].entity, rows[i].key ? rows[i].key : "", text ? text : "none");
	}
	return wrong;
}

#define AVAILABILITY(component) \
	"[{\"topic\":\"roomd/" HUB "/availability\"},{\"topic\":\"roomd/" HUB "/" component "/availability\"}]"

static void test_allowed(void **state)
{
	static const struct expected rows[] = {
		{ "motion_sensor_hall_motion_binary_sensor", "device_class", "motion" },
		{ "motion_sensor_hall_motion_binary_sensor", "name", "Hall motion" },
		{ "motion_sensor_hall_motion_binary_sensor", "default_entity_id", "binary_sensor.garden_pi_hall_motion" },
		{ "motion_sensor_hall_motion_binary_sensor", "unique_id", "roomd_" HUB "_motion_sensor_hall_motion_binary_sensor" },
		{ "motion_sensor_hall_motion_binary_sensor", "state_topic", "roomd/" HUB "/motion_sensor/hall/state" },
		{ "motion_sensor_hall_motion_binary_sensor", "value_template", "{{ 'ON' if value_json.motion else 'OFF' }}" },
		{ "motion_sensor_hall_motion_binary_sensor", "availability", AVAILABILITY("motion_sensor/hall") },
		{ "motion_sensor_hall_motion_binary_sensor", "entity_category", NULL },
		{ "motion_sensor_hall_suspect_binary_sensor", "device_class", "problem" },
		{ "motion_sensor_hall_suspect_binary_sensor", "name", "Hall motion suspect" },
		{ "motion_sensor_hall_suspect_binary_sensor", "entity_category", "diagnostic" },
		{ "motion_sensor_hall_warming_up_binary_sensor", "device_class", "running" },
		{ "contact_sensor_kitchen_window_open_binary_sensor", "device_class", "door" },
		{ "contact_sensor_kitchen_window_open_binary_sensor", "name", "Kitchen window contact" },
		{ "temperature_sensor_attic_value_sensor", "device_class", "temperature" },
		{ "temperature_sensor_attic_value_sensor", "unit_of_measurement", "°C" },
		{ "temperature_sensor_attic_value_sensor", "state_class", "measurement" },
		{ "temperature_sensor_attic_value_sensor", "suggested_display_precision", "1" },
		{ "temperature_sensor_attic_value_sensor", "value_template", "{{ value_json.value }}" },
		{ "temperature_sensor_attic_suspect_binary_sensor", "name", "Attic temperature suspect" },
		{ "temperature_sensor_attic_rejected_sensor", NULL, NULL },
		{ "humidity_sensor_bath_value_sensor", "unit_of_measurement", "%" },
		{ "illuminance_sensor_sky_value_sensor", "unit_of_measurement", "lx" },
		{ "pressure_sensor_barometer_value_sensor", "unit_of_measurement", "hPa" },
		{ "carbon_dioxide_sensor_office_value_sensor", "unit_of_measurement", "ppm" },
		{ "carbon_dioxide_sensor_office_value_sensor", "name", "Office carbon dioxide" },
		{ "light_controller_hall_on_light", "command_topic", "roomd/" HUB "/light_controller/hall/set" },
		{ "light_controller_hall_on_light", "state_value_template", "{{ 'ON' if value_json.on else 'OFF' }}" },
		{ "light_controller_hall_on_light", "name", "Hall light" },
		{ "light_controller_hall_on_binary_sensor", NULL, NULL },
		{ "light_controller_hall_set_automatic_button", "payload_press", "AUTO" },
		{ "light_controller_hall_set_automatic_button", "name", "Hall light automatic" },
		{ "switch_socket-2_on_switch", "value_template", "{{ 'ON' if value_json.on else 'OFF' }}" },
		{ "switch_socket-2_on_switch", "default_entity_id", "switch.garden_pi_socket_2_switch" },
		{ "fan_attic_on_fan", "state_value_template", "{{ 'ON' if value_json.on else 'OFF' }}" },
		{ "fan_attic_on_fan", "percentage_command_topic", "roomd/" HUB "/fan/attic/set" },
		{ "fan_attic_on_fan", "percentage_state_topic", "roomd/" HUB "/fan/attic/state" },
		{ "fan_attic_on_fan", "percentage_value_template", "{{ value_json.speed | default(0, true) | round | int }}" },
		{ "fan_attic_speed_sensor", NULL, NULL },
		{ "fan_attic_by_hand_binary_sensor", "name", "Attic fan by hand" },
		{ "door_lock_front_locked_lock", "value_template",
		  "{{ 'JAMMED' if value_json.jammed else 'LOCKED' if value_json.locked else 'UNLOCKED' }}" },
		{ "door_lock_front_locked_lock", "payload_open", "OPEN" },
		{ "door_lock_front_locked_lock", "code_format", NULL },
		{ "door_lock_front_locked_lock", "name", "Front lock" },
		{ "door_lock_front_locked_binary_sensor", NULL, NULL },
		{ "door_lock_front_door_open_binary_sensor", "device_class", "door" },
		{ "door_lock_front_door_open_binary_sensor", "name", "Front lock door" },
		{ "door_lock_front_jammed_binary_sensor", "device_class", "problem" },
		{ "door_lock_front_alert_binary_sensor", "device_class", "safety" },
		{ "door_lock_front_strike_binary_sensor", "device_class", "running" },
		{ "door_lock_front_acknowledge_button", "payload_press", "ACKNOWLEDGE" },
		{ "door_lock_front_acknowledge_button", "command_topic", "roomd/" HUB "/door_lock/front/set" },
		{ "schedule_evening_active_binary_sensor", "name", "Evening schedule" },
		{ "action_backup_state_binary_sensor", "value_template",
		  "{{ 'ON' if value_json.state == 'running' else 'OFF' }}" },
		{ "action_backup_state_binary_sensor", "device_class", "running" },
		{ "action_backup_name_binary_sensor", NULL, NULL },
		/* of a kind that is not known at all */
		{ "pump_Well_running_binary_sensor", "name", "Well pump running" },
		{ "pump_Well_opened_binary_sensor", "name", "Well pump door" },
		{ "pump_Well_flow_sensor", NULL, NULL },
		{ "pump_Well_available_binary_sensor", NULL, NULL },
		{ "pump_Well_temperature_sensor", "device_class", NULL },
		{ "pump_Well_temperature_sensor", "unit_of_measurement", "°F" },
		{ "pump_Well_on_binary_sensor", "device_class", "power" },
		{ "pump_Well_start_button", "payload_press", "START" },
	};
	_cleanup_(json_freep) struct json_object *payload = whole_payload(NULL, allows_all);

	(void)state;
	assert_int_equal(check_rows(payload, rows, ELEMENTS(rows)), 0);
}

static void test_not_allowed(void **state)
{
	static const struct expected rows[] = {
		{ "light_controller_hall_on_light", NULL, NULL },
		{ "light_controller_hall_on_binary_sensor", "device_class", "light" },
		{ "light_controller_hall_set_automatic_button", NULL, NULL },
		{ "switch_socket-2_on_switch", NULL, NULL },
		{ "switch_socket-2_on_binary_sensor", "value_template", "{{ 'ON' if value_json.on else 'OFF' }}" },
		{ "fan_attic_on_fan", NULL, NULL },
		{ "fan_attic_on_binary_sensor", "command_topic", NULL },
		{ "fan_attic_speed_sensor", "unit_of_measurement", "%" },
		{ "door_lock_front_locked_lock", NULL, NULL },
		{ "door_lock_front_locked_binary_sensor", "device_class", "lock" },
		{ "door_lock_front_locked_binary_sensor", "value_template", "{{ 'OFF' if value_json.locked else 'ON' }}" },
		{ "door_lock_front_acknowledge_button", NULL, NULL },
		{ "door_lock_front_alert_binary_sensor", "device_class", "safety" },
	};
	_cleanup_(json_freep) struct json_object *payload = whole_payload(NULL, allows_none);

	(void)state;
	assert_int_equal(check_rows(payload, rows, ELEMENTS(rows)), 0);
	assert_null(strstr(json_object_to_json_string_ext(payload, JSON_C_TO_STRING_NOSLASHESCAPE), "/set\""));
}

static void test_press(void **state)
{
	static const struct expected rows[] = {
		{ "button_bell_press_event", "state_topic", "roomd/" HUB "/button/bell/event" },
		{ "button_bell_press_event", "event_types", "[\"single\",\"double\",\"long\"]" },
		{ "button_bell_press_event", "device_class", "button" },
		{ "button_bell_press_event", "name", "Bell button" },
		{ "button_bell_pressed_binary_sensor", NULL, NULL },
	};
	_cleanup_(json_freep) struct json_object *payload = one_payload("Button", "bell", "");

	(void)state;
	assert_int_equal(check_rows(payload, rows, ELEMENTS(rows)), 0);
}

static void test_hub(void **state)
{
	static const struct expected rows[] = {
		{ "bridge_edges_lost_sensor", "value_template", "{{ value_json.edges_lost }}" },
		{ "bridge_edges_lost_sensor", "state_topic", "roomd/" HUB "/bridge/state" },
		{ "bridge_edges_lost_sensor", "entity_category", "diagnostic" },
		{ "bridge_edges_lost_sensor", "availability", "[{\"topic\":\"roomd/" HUB "/availability\"}]" },
		{ "bridge_read_errors_sensor", "state_class", "total_increasing" },
		{ "bridge_version_sensor", "state_class", NULL },
		{ "bridge_queue_sensor", "state_class", "measurement" },
		{ "bridge_dropped_sensor", "default_entity_id", "sensor.garden_pi_dropped" },
	};
	_cleanup_(json_freep) struct json_object *payload = payload_of(NULL, NULL, NULL);

	(void)state;
	assert_int_equal(check_payload(payload), 0);
	assert_int_equal(check_rows(payload, rows, ELEMENTS(rows)), 0);
	assert_int_equal(json_object_object_length(member_of(payload, "components")), 5);
	assert_string_equal(member_text(member_of(payload, "device"), "sw_version"), "1.2.3");
	assert_string_equal(member_text(member_of(payload, "device"), "name"), HUB);
	assert_string_equal(
		json_object_to_json_string_ext(member_of(member_of(payload, "device"), "identifiers"), PLAIN),
		"[\"roomd_" HUB "\"]");
	assert_string_equal(member_text(member_of(payload, "origin"), "name"), "roomd");
}

/* --- what is odd ----------------------------------------------------------------------------- */

static size_t entities_of(const char *kind, const char *name)
{
	_cleanup_(json_freep) struct json_object *payload = one_payload(kind, name, "Here");

	assert_int_equal(check_payload(payload), 0);
	return (size_t)json_object_object_length(member_of(payload, "components")) - 5;
}

static void test_odd_descriptions(void **state)
{
	(void)state;
	assert_int_equal(entities_of("Bare", "a"), 0);
	assert_int_equal(entities_of("Strange", "a"), 0);
	assert_int_equal(entities_of("NoPath", "a"), 0);
	assert_int_equal(entities_of("Text", "a"), 0);
	assert_int_equal(entities_of("Unknown", "a"), 0);
	assert_int_equal(entities_of("MotionSensor", "a"), 3);
	assert_int_equal(entities_of("MotionSensor", ""), 0);
	assert_int_equal(entities_of("MotionSensor", "a/b"), 0);
	assert_int_equal(entities_of("MotionSensor", "a+"), 0);
	assert_int_equal(entities_of("MotionSensor", "#"), 0);
}

static void test_odd_rooms(void **state)
{
	_cleanup_(json_freep) struct json_object *text =
		payload_of(json_object_new_string("x"), json_object_new_string("y"), NULL);
	_cleanup_(json_freep) struct json_object *twice = NULL;
	struct json_object *components = json_object_new_array();

	(void)state;
	json_object_array_add(components, NULL);
	json_object_array_add(components, json_object_new_int(7));
	add(components, "Switch", "a", NULL);
	add(components, "Switch", "a", NULL);
	twice = payload_of(load_kinds(), components, allows_all);
	assert_int_equal(check_payload(text), 0);
	assert_int_equal(check_payload(twice), 0);
	assert_int_equal(json_object_object_length(member_of(twice, "components")), 5 + 2);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *location, *said, *id;
	} rows[] = {
		{ "hall", NULL, "Hall light", "light.garden_pi_hall_light" },
		{ "hall_light", NULL, "Hall light", "light.garden_pi_hall_light" },
		{ "HallLight", NULL, "Hall light", "light.garden_pi_hall_light" },
		{ "hall-2", "", "Hall 2 light", "light.garden_pi_hall_2_light" },
		{ "hall", "Upper hall", "Upper hall light", "light.garden_pi_hall_light" },
		{ "hall", "Night Light", "Night Light", "light.garden_pi_hall_light" },
		{ "hall", "skylight", "Skylight light", "light.garden_pi_hall_light" },
		{ "hall", "K\xc3\xbc" "che \"S\xc3\xbc" "d\"", "K\xc3\xbc" "che \"S\xc3\xbc" "d\" light", "light.garden_pi_hall_light" },
		{ "hall", "a\nb\x1b[0m", "A?b?[0m light", "light.garden_pi_hall_light" },
		{ "hall", "\xff", "? light", "light.garden_pi_hall_light" },
		{ "hall", "{{ 1 }}", "{{ 1 }} light", "light.garden_pi_hall_light" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(json_freep) struct json_object *payload = one_payload("LightController", rows[i].name, rows[i].location);
		char key[128];
		struct json_object *light;

		snprintf(key, sizeof key, "light_controller_%s_on_light", rows[i].name);
		light = member_of(member_of(payload, "components"), key);
		wrong += check_payload(payload);
		if (strcmp(member_text(light, "name"), rows[i].said) != 0 ||
		    strcmp(member_text(light, "default_entity_id"), rows[i].id) != 0)
			wrong += row_fails("%s, %s: '%s', '%s'", rows[i].name, rows[i].location ? rows[i].location : "",
			                   member_text(light, "name"), member_text(light, "default_entity_id"));
	}
	assert_int_equal(wrong, 0);
}

/* Two in one place are told apart by their names; a light and a switch are by what they are. */
static void test_one_place(void **state)
{
	static const struct expected rows[] = {
		{ "light_controller_ceiling_on_light", "name", "Hall ceiling light" },
		{ "light_controller_hall_on_light", "name", "Hall light" },
		{ "switch_socket_on_switch", "name", "Hall switch" },
	};
	_cleanup_(json_freep) struct json_object *payload = NULL;
	struct json_object *components = json_object_new_array();

	(void)state;
	add(components, "LightController", "ceiling", "Hall");
	add(components, "LightController", "hall", "hall");
	add(components, "Switch", "socket", "Hall");
	payload = payload_of(load_kinds(), components, allows_all);
	assert_int_equal(check_payload(payload), 0);
	assert_int_equal(check_rows(payload, rows, ELEMENTS(rows)), 0);
}

static void test_long_names(void **state)
{
	_cleanup_(json_freep) struct json_object *payload = NULL;
	char location[2000], name[64];

	(void)state;
	memset(location, 'x', sizeof location);
	location[sizeof location - 1] = '\0';
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	payload = one_payload("DoorLock", name, location);
	assert_int_equal(check_payload(payload), 0);
}

/* --- as time goes by ------------------------------------------------------------------------- */

static void test_moved(void **state)
{
	_cleanup_(json_freep) struct json_object *hall = whole_payload("Hall", allows_all);
	_cleanup_(json_freep) struct json_object *attic = whole_payload("Attic", allows_all);
	struct json_object *after = member_of(attic, "components"), *before = member_of(hall, "components");

	(void)state;
	assert_int_equal(json_object_object_length(before), json_object_object_length(after));
	json_object_object_foreach(before, key, entity)
	{
		struct json_object *moved = member_of(after, key);

		assert_string_equal(member_text(entity, "unique_id"), member_text(moved, "unique_id"));
		assert_string_equal(member_text(entity, "default_entity_id"), member_text(moved, "default_entity_id"));
	}
	assert_false(json_object_equal(hall, attic));
	assert_null(home_assistant_removal(hall, attic));
}

static void test_removal(void **state)
{
	static const struct expected rows[] = {
		{ "motion_sensor_hall_motion_binary_sensor", NULL, "{\"platform\":\"binary_sensor\"}" },
		{ "door_lock_front_locked_lock", NULL, "{\"platform\":\"lock\"}" },
		{ "button_bell_press_event", NULL, "{\"platform\":\"event\"}" },
		{ "switch_socket-2_on_switch", "unique_id", "roomd_" HUB "_switch_socket-2_on_switch" },
	};
	_cleanup_(json_freep) struct json_object *said = whole_payload(NULL, allows_all);
	_cleanup_(json_freep) struct json_object *next = one_payload("Switch", "socket-2", NULL);
	_cleanup_(json_freep) struct json_object *between = home_assistant_removal(said, next);
	_cleanup_(json_freep) struct json_object *again = one_payload("Switch", "socket-2", NULL);

	(void)state;
	assert_non_null(between);
	assert_int_equal(check_rows(between, rows, ELEMENTS(rows)), 0);
	assert_int_equal(json_object_object_length(member_of(between, "components")),
	                 json_object_object_length(member_of(said, "components")));
	assert_true(json_object_equal(member_of(between, "device"), member_of(next, "device")));
	assert_true(json_object_equal(next, again));
	assert_null(home_assistant_removal(next, said));
}

/* The light is another entity then: its platform does not change under one id. */
static void test_removal_of_a_platform(void **state)
{
	static const struct expected rows[] = {
		{ "light_controller_hall_on_light", NULL, "{\"platform\":\"light\"}" },
		{ "light_controller_hall_on_binary_sensor", "device_class", "light" },
	};
	_cleanup_(json_freep) struct json_object *said = whole_payload(NULL, allows_all);
	_cleanup_(json_freep) struct json_object *next = whole_payload(NULL, allows_none);
	_cleanup_(json_freep) struct json_object *between = home_assistant_removal(said, next);

	(void)state;
	assert_int_equal(check_rows(between, rows, ELEMENTS(rows)), 0);
}

/* What lies at the broker anybody may have written. */
static void test_removal_of_anything(void **state)
{
	static const char *const said[] = {
		"{}", "[]", "7", "{\"components\":7}", "{\"components\":[{\"platform\":\"light\"}]}", "{\"components\":{\"a\":7}}",
		"{\"components\":{\"a\":{}}}", "{\"components\":{\"a\":{\"platform\":7}}}", "{\"components\":{\"a\":null}}",
	};
	_cleanup_(json_freep) struct json_object *next = one_payload("Switch", "a", NULL);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(said); i++) {
		_cleanup_(json_freep) struct json_object *object = json_tokener_parse(said[i]);

		assert_null(home_assistant_removal(object, next));
	}
	assert_null(home_assistant_removal(NULL, next));
	assert_null(home_assistant_removal(next, NULL));
}

static void test_size(void **state)
{
	_cleanup_(json_freep) struct json_object *payload = NULL;
	_cleanup_(cleanup_free) char *text = NULL;
	struct json_object *components = json_object_new_array();
	int n;

	(void)state;
	add(components, "MotionSensor", "hall", "Hall");
	add(components, "LightController", "hall", "Hall");
	add(components, "TemperatureSensor", "attic", "Attic");
	add(components, "Fan", "attic", "Attic");
	payload = payload_of(load_kinds(), components, allows_all);
	n = json_object_object_length(member_of(payload, "components"));
	text = payload_text(payload);
	print_message("# %d entities: %zu bytes\n", n, strlen(text));
	assert_int_equal(n, 15);
	assert_in_range(strlen(text), 1, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_not_allowed),
		cmocka_unit_test(test_press),
		cmocka_unit_test(test_hub),
		cmocka_unit_test(test_odd_descriptions),
		cmocka_unit_test(test_odd_rooms),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_one_place),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_removal),
		cmocka_unit_test(test_removal_of_a_platform),
		cmocka_unit_test(test_removal_of_anything),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
