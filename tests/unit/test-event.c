/* The types of events, and the text of an event. */
#include "roomd/event.h"

#include <string.h>
#include <syslog.h>

#include "fixture/event-types.h"
#include "helpers.h"

static void test_names(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	const struct event_type *types[EVENT_TYPES_MAX];
	size_t n = event_types_all(types);
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const char *name = types[i]->name;

		if (!name) {
			failures += row_fails("a type has no name");
			continue;
		}
		if (strspn(name, letters) != strlen(name) || name[0] == '_' ||
		    name[strlen(name) - 1] == '_' || strstr(name, "__"))
			failures += row_fails("%s: not snake_case", name);
		/* The one line that is not an event, but says that some are missing. */
		if (strcmp(name, "events_lost") == 0)
			failures += row_fails("%s: the name of a gap", name);
		for (size_t j = 0; j < i; j++)
			if (strcmp(name, types[j]->name) == 0)
				failures += row_fails("%s: twice", name);
	}
	assert_int_equal(failures, 0);
}

/* Who goes by a type's place must notice when that is another type's. */
static void test_id_of_a_table(void **state)
{
	static const struct event_type a = { .name = "a" }, b = { .name = "b" }, ab = { .name = "ab" };
	const struct event_type *const types[] = { &a, &b, NULL }, *const turned[] = { &b, &a, NULL },
					*const fewer[] = { &a, NULL }, *const joined[] = { &ab, NULL };
	uint64_t id = event_types_id(types);

	(void)state;
	assert_true(event_types_id(types) == id);
	assert_true(event_types_id(turned) != id);
	assert_true(event_types_id(fewer) != id);
	assert_true(event_types_id(joined) != id);
	assert_true(event_types_id(NULL) != 0);
}

/* They are for ever: people's scripts know them. */
static void test_names_stay(void **state)
{
	static const char *const names[] = {
		"motion_detected",    "motion_cleared",    "temperature_update", "temperature_high",
		"temperature_low",    "temperature_normal", "sensor_available",   "sensor_unavailable",
		"sensor_suspect",     "output_available",  "output_unavailable", "edges_lost",
		"light_on",           "light_off",         "light_loop",         "locked",
		"unlocked",           "lock_alert",        "lock_acknowledged",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(names); i++)
		assert_string_equal(event_type_named(names[i])->name, names[i]);
}

static void test_texts_have_a_name(void **state)
{
	const struct event_type *types[EVENT_TYPES_MAX];
	size_t n = event_types_all(types);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const char *name = types[i]->text_name;

		if (name && strcmp(name, "cause") != 0 && strcmp(name, "press") != 0 && strcmp(name, "condition") != 0)
			assert_string_equal(name, "reason");
	}
}

/* Whoever reads the journal has to have words, and a value a unit. */
static void test_every_type_is_whole(void **state)
{
	const struct event_type *types[EVENT_TYPES_MAX];
	size_t n = event_types_all(types);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (!types[i]->words || !*types[i]->words)
			fail_msg("%s has no words", types[i]->name);
		if ((types[i]->number == EVENT_NUMBER_VALUE) != (types[i]->quantity != NULL))
			fail_msg("%s: a quantity is for a value", types[i]->name);
		assert_in_range(types[i]->level, LOG_WARNING, LOG_DEBUG);
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
		cmocka_unit_test(test_id_of_a_table),
		cmocka_unit_test(test_names_stay),
		cmocka_unit_test(test_texts_have_a_name),
		cmocka_unit_test(test_every_type_is_whole),
		cmocka_unit_test(test_text_is_cut_to_the_room),
		cmocka_unit_test(test_text_is_cut_between_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
