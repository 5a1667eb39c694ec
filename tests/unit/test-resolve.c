/* Which components a name means. */
#include "roomctl/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"

static const struct component_id ids[] = {
	{ "MotionSensor", "hall" },
	{ "LightController", "hall" },
	{ "DoorLock", "front-door" },
};

static void test_matches(void **state)
{
	static const struct {
		const char *text;
		bool matches[ELEMENTS(ids)];
	} table[] = {
		{ "hall", { true, true, false } },
		{ "LightController/hall", { false, true, false } },
		{ "light_controller/hall", { false, true, false } },
		{ "lightcontroller/hall", { false, true, false } },
		{ "front-door", { false, false, true } },
		{ "door_lock/front-door", { false, false, true } },
		/* Names are names, */
		{ "Hall", { false, false, false } },
		{ "hal", { false, false, false } },
		{ "", { false, false, false } },
		{ "DoorLock/hall", { false, false, false } },
		{ "LightController/", { false, false, false } },
		{ "/hall", { false, false, false } },
		/* and part of a kind is none. */
		{ "Light/hall", { false, false, false } },
		{ "LightControllers/hall", { false, false, false } },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++)
		for (size_t j = 0; j < ELEMENTS(ids); j++)
			if (resolve_matches(table[i].text, &ids[j]) != table[i].matches[j])
				wrong += row_fails("'%s' and %s/%s", table[i].text, ids[j].kind, ids[j].name);
	assert_int_equal(wrong, 0);
}

static void test_suggest(void **state)
{
	static const struct {
		const char *text, *suggestion;
	} table[] = {
		{ "hal", "hall" },
		{ "Hall", "hall" },
		{ "frontdoor", "front-door" },
		{ "garden", NULL },
		{ "LightControler/hall", "LightController/hall" },
		{ "DoorLock/frnt-door", "DoorLock/front-door" },
		{ "Kettle/kitchen", NULL },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char *suggestion = resolve_suggest(table[i].text, ids, ELEMENTS(ids));

		if (!suggestion != !table[i].suggestion ||
		    (suggestion && strcmp(suggestion, table[i].suggestion) != 0))
			wrong += row_fails("'%s': %s", table[i].text, suggestion ? suggestion : "nothing");
		free(suggestion);
	}
	assert_int_equal(wrong, 0);
	assert_null(resolve_suggest("hall", ids, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
