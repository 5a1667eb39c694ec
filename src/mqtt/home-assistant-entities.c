/* Classes become entities: a table of what there is, and nothing that knows a kind's name. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "client/json.h"
#include "mqtt/home-assistant-internal.h"
#include "util/snake.h"

#define KEY_SIZE 64

/* A press that comes so many seconds late, because the broker was away, does nothing any more. */
#define LATE_SEC "60"

/* A property, while its entity is made. */
struct shown {
	const struct subject *subject;
	const struct json_object *property;
	const char *key; /* in the state's JSON */
};

/* What a property of a class is. Of the rows that fit it is the first. */
struct row {
	const char *kind;   /* class of the kind; NULL: any */
	const char *class;  /* of the property */
	const char *name;   /* of the property; NULL: any */
	const char *type;   /* of the property, as on D-Bus */
	const char *action; /* only where the kind has it, and commands are allowed; NULL: always */
	const char *platform;     /* NULL: no entity */
	const char *device_class; /* NULL: none */
	const char *unit;         /* the unit that the device class wants; NULL: none */
	const char *words;        /* NULL: the property's name */
	void (*add)(struct json_object *entity, const struct shown *shown);
};

/* --- looking into the description ------------------------------------------------------------ */

static struct json_object *find_with(const struct subject *subject, const char *list, const char *key,
                                     const char *value)
{
	struct json_object *all = member_of(subject->description, list);
	size_t n = json_object_is_type(all, json_type_array) ? json_object_array_length(all) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *it = json_object_array_get_idx(all, i);

		if (strcmp(member_text(it, key), value) == 0)
			return it;
	}
	return NULL;
}

static bool may(const struct subject *subject, const char *action)
{
	return subject->allowed && find_with(subject, "actions", "name", action);
}

/* As in a template: letters, digits and "_". */
static bool to_key(const char *name, char key[static KEY_SIZE])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	if (strlen(snake_case(name, key, KEY_SIZE)) >= KEY_SIZE - 1 || !*key || !strchr(letters, *key))
		return false;
	return key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* The key of the property with the class. False: the kind has none. */
static bool find_key(const struct subject *subject, const char *class, char key[static KEY_SIZE])
{
	return to_key(member_text(find_with(subject, "properties", "class", class), "name"), key);
}

/* --- what an entity has beside what each has ------------------------------------------------- */

static void add_template(struct json_object *entity, const char *member, const char *yes, const char *key,
                         const char *no)
{
	char text[ENTITY_TEXT_SIZE];

	snprintf(text, sizeof text, "{{ '%s' if value_json.%s else '%s' }}", yes, key, no);
	json_add_text(entity, member, text);
}

static void add_number(struct json_object *entity, const char *key)
{
	char text[ENTITY_TEXT_SIZE];

	snprintf(text, sizeof text, "{{ value_json.%s }}", key);
	json_add_text(entity, "value_template", text);
}

static void add_on_off(struct json_object *entity, const struct shown *shown)
{
	add_template(entity, "value_template", "ON", shown->key, "OFF");
}

/* Home Assistant's lock that is "on" is open. */
static void add_unlocked(struct json_object *entity, const struct shown *shown)
{
	add_template(entity, "value_template", "OFF", shown->key, "ON");
}

/* Only an action has such a text: "idle", "running" or "failed". */
static void add_running(struct json_object *entity, const struct shown *shown)
{
	char text[ENTITY_TEXT_SIZE];

	snprintf(text, sizeof text, "{{ 'ON' if value_json.%s == 'running' else 'OFF' }}", shown->key);
	json_add_text(entity, "value_template", text);
}

static void add_switch(struct json_object *entity, const struct shown *shown)
{
	add_on_off(entity, shown);
	entity_add_topic(entity, shown->subject, "command_topic", "set");
}

static void add_light(struct json_object *entity, const struct shown *shown)
{
	add_template(entity, "state_value_template", "ON", shown->key, "OFF");
	entity_add_topic(entity, shown->subject, "command_topic", "set");
}

/* Its percentage has to be a whole number, which "33.0" is not. */
static void add_percentage(struct json_object *entity, const char *key)
{
	char text[ENTITY_TEXT_SIZE];

	snprintf(text, sizeof text, "{{ value_json.%s | default(0, true) | round | int }}", key);
	json_add_text(entity, "percentage_value_template", text);
}

static void add_fan(struct json_object *entity, const struct shown *shown)
{
	char key[KEY_SIZE];

	add_light(entity, shown);
	if (!may(shown->subject, "SetSpeed") || !find_key(shown->subject, "speed", key))
		return;
	entity_add_topic(entity, shown->subject, "percentage_state_topic", "state");
	add_percentage(entity, key);
	entity_add_topic(entity, shown->subject, "percentage_command_topic", "set");
}

/* What is jammed is not locked, whatever it says. There is no code: who may unlock, the broker and polkit say. */
static void add_lock(struct json_object *entity, const struct shown *shown)
{
	char text[ENTITY_TEXT_SIZE], key[KEY_SIZE], jammed[2 * KEY_SIZE] = "";

	if (find_key(shown->subject, "jammed", key))
		snprintf(jammed, sizeof jammed, "'JAMMED' if value_json.%s else ", key);
	snprintf(text, sizeof text, "{{ %s'LOCKED' if value_json.%s else 'UNLOCKED' }}", jammed, shown->key);
	json_add_text(entity, "value_template", text);
	entity_add_topic(entity, shown->subject, "command_topic", "set");
	if (may(shown->subject, "Open"))
		json_add_text(entity, "payload_open", "OPEN");
}

static void add_measurement(struct json_object *entity, const struct shown *shown)
{
	const char *unit = member_text(shown->property, "unit");
	struct json_object *precision = member_of(shown->property, "precision");

	add_number(entity, shown->key);
	json_add_text(entity, "state_class", "measurement");
	if (*unit)
		json_add_text(entity, "unit_of_measurement", unit);
	if (json_object_is_type(precision, json_type_int))
		json_add(entity, "suggested_display_precision", json_object_get(precision));
}

/* --- the table ------------------------------------------------------------------------------- */

#define BINARY .type = "b", .platform = "binary_sensor"
#define MEASURED(class_, device_class_, unit_)                                                                 \
	{                                                                                                      \
		.class = class_, .type = "d", .platform = "sensor", .device_class = device_class_, .unit = unit_, \
		.words = "", .add = add_measurement                                                            \
	}

static const struct row rows[] = {
	{ .kind = "light", .class = "on", .type = "b", .action = "SetOn", .platform = "light", .words = "", .add = add_light },
	{ .kind = "light", .class = "on", BINARY, .device_class = "light", .words = "", .add = add_on_off },
	{ .kind = "fan", .class = "on", .type = "b", .action = "SetOn", .platform = "fan", .words = "", .add = add_fan },
	{ .class = "on", .type = "b", .action = "SetOn", .platform = "switch", .words = "", .add = add_switch },
	{ .class = "on", BINARY, .device_class = "power", .words = "", .add = add_on_off },
	{ .class = "locked", .type = "b", .action = "Unlock", .platform = "lock", .words = "", .add = add_lock },
	{ .class = "locked", BINARY, .device_class = "lock", .words = "", .add = add_unlocked },
	{ .class = "motion", BINARY, .device_class = "motion", .words = "", .add = add_on_off },
	{ .kind = "opening", .class = "opening", BINARY, .device_class = "door", .words = "", .add = add_on_off },
	{ .class = "opening", BINARY, .device_class = "door", .words = "door", .add = add_on_off },
	{ .class = "jammed", BINARY, .device_class = "problem", .words = "jammed", .add = add_on_off },
	{ .class = "alert", BINARY, .device_class = "safety", .words = "alert", .add = add_on_off },
	{ .class = "problem", BINARY, .device_class = "problem", .add = add_on_off },
	{ .kind = "schedule", .class = "active", BINARY, .words = "", .add = add_on_off },
	{ .class = "active", BINARY, .add = add_on_off },
	{ .class = "running", BINARY, .device_class = "running", .add = add_on_off },
	{ .kind = "action", .class = "", .name = "State", .type = "s", .platform = "binary_sensor", .device_class = "running",
	  .words = "", .add = add_running },
	{ .class = "manual", BINARY, .words = "by hand", .add = add_on_off },
	MEASURED("temperature", "temperature", "°C"),
	MEASURED("humidity", "humidity", "%"),
	MEASURED("illuminance", "illuminance", "lx"),
	MEASURED("pressure", "pressure", "hPa"),
	MEASURED("carbon_dioxide", "carbon_dioxide", "ppm"),
	{ .kind = "fan", .class = "speed", .type = "d", .action = "SetSpeed" }, /* the fan shows it */
	{ .class = "speed", .type = "d", .platform = "sensor", .words = "speed", .add = add_measurement },
};

static bool fits(const struct row *row, const struct shown *shown)
{
	const struct subject *subject = shown->subject;

	if (row->kind && strcmp(row->kind, subject->class) != 0)
		return false;
	if (row->name && strcmp(row->name, member_text(shown->property, "name")) != 0)
		return false;
	if (strcmp(row->class, member_text(shown->property, "class")) != 0 ||
	    strcmp(row->type, member_text(shown->property, "type")) != 0)
		return false;
	return !row->action || may(subject, row->action);
}

/* A device class with another unit than its own is an error at Home Assistant's. */
static bool has_unit_of(const struct row *row, const struct shown *shown)
{
	return !row->unit || strcmp(row->unit, member_text(shown->property, "unit")) == 0;
}

static void add_row(struct json_object *components, const struct row *row, const struct shown *shown)
{
	char words[KEY_SIZE];
	struct entity entity = { .platform = row->platform, .property = shown->key, .words = row->words };
	struct json_object *it;

	if (!entity.words)
		entity.words = entity_words(shown->key, words, sizeof words);
	it = entity_add(components, shown->subject, &entity);
	if (!it)
		return;
	entity_add_topic(it, shown->subject, "state_topic", "state");
	if (row->device_class && has_unit_of(row, shown))
		json_add_text(it, "device_class", row->device_class);
	if (member_bool(shown->property, "diagnostic"))
		json_add_text(it, "entity_category", "diagnostic");
	row->add(it, shown);
}

static void add_property(struct json_object *components, const struct subject *subject,
                         const struct json_object *property)
{
	char key[KEY_SIZE];
	struct shown shown = { .subject = subject, .property = property, .key = key };

	if (!to_key(member_text(property, "name"), key))
		return;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (!fits(&rows[i], &shown))
			continue;
		if (rows[i].platform)
			add_row(components, &rows[i], &shown);
		return;
	}
}

/* --- what is pressed here, and what is pressed there ----------------------------------------- */

/* A button of Home Assistant's. */
static const struct {
	const char *action, *payload, *words;
} buttons[] = {
	{ "SetAutomatic", "AUTO", "automatic" },
	{ "Acknowledge", "ACKNOWLEDGE", "acknowledge alert" },
	{ "Start", "START", "start" },
};

static void add_button(struct json_object *components, const struct subject *subject, size_t i)
{
	char key[KEY_SIZE];
	struct entity entity = { .platform = "button", .property = key, .words = buttons[i].words };
	struct json_object *it;

	if (!may(subject, buttons[i].action) || !to_key(buttons[i].action, key))
		return;
	it = entity_add(components, subject, &entity);
	if (!it)
		return;
	entity_add_topic(it, subject, "command_topic", "set");
	json_add_text(it, "payload_press", buttons[i].payload);
}

static void add_event_types(struct json_object *entity)
{
	static const char *const types[] = { "single", "double", "long" };
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; list && i < ELEMENTS(types); i++)
		json_object_array_add(list, json_object_new_string(types[i]));
	json_add(entity, "event_types", list);
}

/* What else the component says, and what is late, is an empty text, which Home Assistant ignores. */
#define PRESS_TEMPLATE                                                                                         \
	"{{ {'event_type': value_json.press, 'time': value_json.realtime} | tojson if value_json.press is defined " \
	"and as_timestamp(now()) - as_timestamp(value_json.realtime, 0) < " LATE_SEC " else '' }}"

/* A push button of the room: its kind has an event that says how it was pressed. */
static void add_press(struct json_object *components, const struct subject *subject)
{
	const struct entity entity = { .platform = "event", .property = "press", .words = "" };
	struct json_object *it;

	if (!find_with(subject, "events", "text", "press"))
		return;
	it = entity_add(components, subject, &entity);
	if (!it)
		return;
	entity_add_topic(it, subject, "state_topic", "event");
	json_add_text(it, "device_class", "button");
	add_event_types(it);
	json_add_text(it, "value_template", PRESS_TEMPLATE);
}

void entities_add(struct json_object *components, const struct subject *subject)
{
	struct json_object *properties = member_of(subject->description, "properties");
	size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;

	for (size_t i = 0; i < n; i++)
		add_property(components, subject, json_object_array_get_idx(properties, i));
	add_press(components, subject);
	for (size_t i = 0; i < ELEMENTS(buttons); i++)
		add_button(components, subject, i);
}
