/* Which series are meant, which ones pictures leave out, and which limits numbers have. */
#include "roomctl/history-select.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "history-room.h"
#include "roomctl/history-limits.h"

static const struct {
	const char *component, *property;
	char type;
} series[] = {
	{ "temperature_sensor/hall", "Value", 'd' }, { "temperature_sensor/hall", "Limit", 's' },
	{ "motion_sensor/hall", "Motion", 'b' },     { "door_lock/front", "Locked", 'b' },
	{ "door_lock/front", "Alert", 'b' },         { "fan/rack", "Speed", 'd' },
};

static void set_up(struct history *history)
{
	*history = (struct history){ ROOM_BEGIN, ROOM_BEGIN + ROOM_HOUR, calloc(ELEMENTS(series), sizeof *history->series),
		                     ELEMENTS(series) };
	for (size_t i = 0; i < ELEMENTS(series); i++)
		history->series[i] = room_series(series[i].component, series[i].property, series[i].type);
}

/* What is there, as "component.property" with a space behind each. */
static const char *names_of(const struct history *history)
{
	static char text[512];
	size_t length = 0;

	*text = '\0';
	for (size_t i = 0; i < history->n; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s.%s ", history->series[i].component,
		                           history->series[i].property);
	return text;
}

static const struct {
	const char *names[4];
	const char *properties;
	const char *left, *unknown; /* with an unknown name or property nothing is left to look at */
} rows[] = {
	{ { "front" }, NULL, "door_lock/front.Locked door_lock/front.Alert ", NULL },
	{ { "DoorLock/front", "hall" },
	  NULL,
	  "door_lock/front.Locked door_lock/front.Alert temperature_sensor/hall.Value temperature_sensor/hall.Limit "
	  "motion_sensor/hall.Motion ",
	  NULL },
	{ { "hall", "hall" },
	  "value,motion",
	  "temperature_sensor/hall.Value motion_sensor/hall.Motion ",
	  NULL },
	{ { "motionsensor/hall" }, NULL, "motion_sensor/hall.Motion ", NULL },
	{ { "front", "rack" }, "Alert", "door_lock/front.Alert ", NULL },
	{ { "hal" }, NULL, NULL, "hal" },
	{ { "front", "DoorLock/hall" }, NULL, NULL, "DoorLock/hall" },
	{ { "front" }, "Value", NULL, NULL },
	{ { "front" }, "Alert,", "door_lock/front.Alert ", NULL },
	{ { "front" }, ",", NULL, NULL },
};

static void test_select(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(history_deinit) struct history history;
		const char *unknown;
		enum status status;

		set_up(&history);
		status = history_select(&history, (char *const *)rows[i].names, rows[i].properties, &unknown);
		if (status != (rows[i].left ? STATUS_DONE : STATUS_NO_COMPONENT) ||
		    (rows[i].left && strcmp(names_of(&history), rows[i].left) != 0) || !unknown != !rows[i].unknown ||
		    (unknown && strcmp(unknown, rows[i].unknown) != 0))
			failed += row_fails("row %zu: %d, '%s'", i, (int)status, names_of(&history));
	}
	assert_int_equal(failed, 0);
}

static void set_class(struct history_series *one, const char *class)
{
	free(one->class);
	one->class = strdup(class);
}

static void test_dull(void **state)
{
	_cleanup_(history_deinit) struct history history;

	(void)state;
	set_up(&history);
	room_word(&history.series[1], 60, "");
	set_class(&history.series[2], "available");
	room_on(&history.series[2], 60, 60);
	set_class(&history.series[3], "problem");
	room_on(&history.series[3], 60, 0);
	set_class(&history.series[4], "problem");
	room_on(&history.series[4], 60, 1);
	history_drop_dull(&history);
	assert_string_equal(names_of(&history), "temperature_sensor/hall.Value door_lock/front.Alert fan/rack.Speed ");
}

/* There is nothing else. */
static void test_all_dull(void **state)
{
	_cleanup_(history_deinit) struct history history;
	const char *unknown;

	(void)state;
	set_up(&history);
	assert_int_equal(history_select(&history, (char *const[]){ "front", NULL }, NULL, &unknown), STATUS_DONE);
	set_class(&history.series[0], "available");
	set_class(&history.series[1], "available");
	history_drop_dull(&history);
	assert_int_equal(history.n, 2);
}

static const char kinds[] = "[[\"TemperatureSensor\",{\"path\":\"temperature_sensor\",\"class\":\"measure\",\"states\":[\"high\",\"low\"],"
			    "\"properties\":[{\"name\":\"Value\",\"type\":\"d\",\"diagnostic\":false}]}],"
			    "[\"Fan\",{\"path\":\"fan\",\"class\":\"fan\",\"states\":[\"high\"],"
			    "\"properties\":[{\"name\":\"Speed\",\"type\":\"d\",\"diagnostic\":false}]}],[\"Odd\"],7]";
static const char components[] = "[{\"kind\":\"TemperatureSensor\",\"name\":\"hall\",\"configuration\":{\"High\":\"24.5\",\"Low\":\"\"}},"
				 "{\"kind\":\"Fan\",\"name\":\"rack\",\"configuration\":{\"High\":\"3\"}}]";

static void test_limits(void **state)
{
	_cleanup_(history_deinit) struct history history;
	_cleanup_(json_freep) struct json_object *described = json_tokener_parse(kinds), *room = json_tokener_parse(components);

	(void)state;
	set_up(&history);
	assert_true(described && room);
	history_limits_set(&history, room, described);
	history_limits_set(&history, room, described); /* once more is the same */
	assert_int_equal(history.series[0].limits_n, 1);
	assert_string_equal(history.series[0].limits[0].word, "high");
	assert_true(history.series[0].limits[0].value == 24.5);
	for (size_t i = 1; i < history.n; i++)
		assert_int_equal(history.series[i].limits_n, 0);
	history_limits_set(&history, NULL, described);
	history_limits_set(&history, described, room);
	assert_int_equal(history.series[0].limits_n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_dull),
		cmocka_unit_test(test_all_dull),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
