/* The table of event types, and the text of an event. */
#include "roomd/event.h"

#include <string.h>

#include "helpers.h"

static void test_names(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < EVENT_TYPES; i++) {
		const char *name = event_types[i].name;

		if (!name || !*name) {
			failures += row_fails("event type %zu has no name", i);
			continue;
		}
		if (strspn(name, letters) != strlen(name) || name[0] == '_' ||
		    name[strlen(name) - 1] == '_' || strstr(name, "__"))
			failures += row_fails("%s: not snake_case", name);
		/* The one line that is not an event, but says that some are missing. */
		if (strcmp(name, "events_lost") == 0)
			failures += row_fails("%s: the name of a gap", name);
		for (size_t j = 0; j < i; j++)
			if (event_types[j].name && strcmp(name, event_types[j].name) == 0)
				failures += row_fails("%s: twice", name);
	}
	assert_int_equal(failures, 0);
}

/* What goes by a type's number must notice when that is another type's. */
static void test_id_of_the_table(void **state)
{
	struct event_type_info types[EVENT_TYPES];
	uint64_t id = event_types_id(event_types, EVENT_TYPES);

	(void)state;
	memcpy(types, event_types, sizeof types);
	assert_true(event_types_id(types, EVENT_TYPES) == id);
	assert_true(event_types_id(types, EVENT_TYPES - 1) != id);
	types[3] = event_types[4];
	types[4] = event_types[3];
	assert_true(event_types_id(types, EVENT_TYPES) != id);
	memcpy(&types[3], &event_types[2], (EVENT_TYPES - 3) * sizeof *types);
	types[2].name = "between";
	assert_true(event_types_id(types, EVENT_TYPES) != id);
}

/* They are for ever: people's scripts know them. */
static void test_names_stay(void **state)
{
	static const char *const names[EVENT_TYPES] = {
		[EVENT_MOTION_DETECTED] = "motion_detected",
		[EVENT_MOTION_CLEARED] = "motion_cleared",
		[EVENT_TEMPERATURE_UPDATE] = "temperature_update",
		[EVENT_TEMPERATURE_HIGH] = "temperature_high",
		[EVENT_TEMPERATURE_LOW] = "temperature_low",
		[EVENT_TEMPERATURE_NORMAL] = "temperature_normal",
		[EVENT_SENSOR_AVAILABLE] = "sensor_available",
		[EVENT_SENSOR_UNAVAILABLE] = "sensor_unavailable",
		[EVENT_SENSOR_SUSPECT] = "sensor_suspect",
		[EVENT_OUTPUT_AVAILABLE] = "output_available",
		[EVENT_OUTPUT_UNAVAILABLE] = "output_unavailable",
		[EVENT_EDGES_LOST] = "edges_lost",
		[EVENT_LIGHT_ON] = "light_on",
		[EVENT_LIGHT_OFF] = "light_off",
		[EVENT_LIGHT_LOOP] = "light_loop",
		[EVENT_LOCKED] = "locked",
		[EVENT_UNLOCKED] = "unlocked",
		[EVENT_LOCK_ALERT] = "lock_alert",
		[EVENT_LOCK_ACKNOWLEDGED] = "lock_acknowledged",
	};

	(void)state;
	for (size_t i = 0; i < EVENT_TYPES; i++)
		if (names[i])
			assert_string_equal(event_types[i].name, names[i]);
}

static void test_texts_have_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENT_TYPES; i++) {
		const char *name = event_types[i].text_name;

		if (name && strcmp(name, "cause") != 0)
			assert_string_equal(name, "reason");
	}
}

static void test_text_is_cut_to_the_room(void **state)
{
	char text[EVENT_TEXT_SIZE + 1];
	struct event event;

	(void)state;
	memset(text, 'x', sizeof text);
	text[EVENT_TEXT_SIZE - 1] = '\0';
	event_set_text(&event, text);
	assert_string_equal(event.text, text);

	text[EVENT_TEXT_SIZE - 1] = 'y';
	text[EVENT_TEXT_SIZE] = '\0';
	event_set_text(&event, text);
	assert_int_equal(strlen(event.text), EVENT_TEXT_SIZE - 1);
	assert_memory_equal(event.text, text, EVENT_TEXT_SIZE - 4);
	assert_string_equal(event.text + EVENT_TEXT_SIZE - 4, "…");

	event_set_text(&event, "");
	assert_string_equal(event.text, "");
}

/* Texts go into the journal and into JSON, which are UTF-8: a letter is kept or cut as a whole. */
static void test_text_is_cut_between_letters(void **state)
{
	static const char *const letters[] = { "é", "°", "€", "😀" };
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(letters); i++)
		for (size_t kept = 0; kept < strlen(letters[i]); kept++) {
			char text[EVENT_TEXT_SIZE + 8];
			size_t before = EVENT_TEXT_SIZE - 1 - strlen("…") - kept;
			struct event event;

			memset(text, 'x', before);
			strcpy(text + before, letters[i]);
			strcat(text, "yyyy");
			event_set_text(&event, text);
			if (strcmp(event.text + before, "…") != 0)
				failures += row_fails("%zu bytes of %s were kept", kept, letters[i]);
		}
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_id_of_the_table),
		cmocka_unit_test(test_names_stay),
		cmocka_unit_test(test_texts_have_a_name),
		cmocka_unit_test(test_text_is_cut_to_the_room),
		cmocka_unit_test(test_text_is_cut_between_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
