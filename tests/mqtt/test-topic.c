#include "mqtt/topic.h"

#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "util/cleanup.h"

static void test_hubs(void **state)
{
	static const struct {
		const char *hub;
		bool valid;
	} rows[] = {
		{ "pi", true },
		{ "garden-2.example.org", true },
		{ "1st_floor", true },
		{ "123456789012345678901234567890123456789012345678901234567890123", true },
		{ "1234567890123456789012345678901234567890123456789012345678901234", false },
		{ "", false },
		{ "-pi", false },
		{ "a/b", false },
		{ "a+", false },
		{ "#", false },
		{ "$SYS", false },
		{ "caf\xc3\xa9", false },
		{ "a b", false },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (topic_hub_is_valid(rows[i].hub) != rows[i].valid)
			wrong += row_fails("'%s' is %svalid", rows[i].hub, rows[i].valid ? "not " : "");
	assert_int_equal(wrong, 0);
}

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static void test_parse(void **state)
{
	static const struct {
		const char *topic, *hub, *kind, *name, *leaf; /* hub NULL: none of ours */
	} rows[] = {
		{ "roomd/pi/availability", "pi", NULL, NULL, "availability" },
		{ "roomd/pi/motion_sensor/hall/state", "pi", "motion_sensor", "hall", "state" },
		{ "roomd/pi/light_controller/hall/set", "pi", "light_controller", "hall", "set" },
		{ "roomd/pi", 0 },
		{ "roomd/pi/a/b", 0 },
		{ "roomd/pi/a/b/c/d", 0 },
		{ "roomd/pi/a/b/c/d/e/f", 0 },
		{ "roomd//availability", 0 },
		{ "roomd/pi/", 0 },
		{ "roomd/pi/motion_sensor//state", 0 },
		{ "/roomd/pi/x", 0 },
		{ "room/pi/availability", 0 },
		{ "", 0 },
		{ "homeassistant/status", 0 },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct topic topic;
		bool ours = topic_parse(rows[i].topic, &topic);

		if (ours != !!rows[i].hub)
			wrong += row_fails("%s: %s", rows[i].topic, ours ? "ours" : "not ours");
		else if (ours && (strcmp(topic.hub, rows[i].hub) != 0 || strcmp(topic.leaf, rows[i].leaf) != 0 ||
		                  strcmp(or_none(topic.kind), or_none(rows[i].kind)) != 0 ||
		                  strcmp(or_none(topic.name), or_none(rows[i].name)) != 0))
			wrong += row_fails("%s: %s %s %s %s", rows[i].topic, topic.hub, or_none(topic.kind),
			                   or_none(topic.name), topic.leaf);
	}
	assert_int_equal(wrong, 0);
}

static void test_long_topic(void **state)
{
	char text[TOPIC_SIZE + 1];
	struct topic topic;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	memcpy(text, "roomd/pi/", 9);
	text[sizeof text - 1] = '\0';
	assert_false(topic_parse(text, &topic));
	text[sizeof text - 2] = '\0';
	assert_true(topic_parse(text, &topic));
	assert_int_equal(strlen(topic.leaf), TOPIC_SIZE - 1 - 9);
}

/* Whoever answers beside it has room to. */
static void test_long_name(void **state)
{
	char text[TOPIC_SIZE + 64], beside[TOPIC_SIZE];
	struct topic topic;

	(void)state;
	for (int n = 200; n < 240; n++) {
		snprintf(text, sizeof text, "roomd/pi/switch/%0*d/set", n, 0);
		if (topic_parse(text, &topic))
			assert_int_equal(strlen(topic_of_component(topic.hub, topic.kind, topic.name, "availability", beside)),
			                 strlen(text) + strlen("availability") - strlen("set"));
		else
			assert_true(strlen(text) + strlen("availability") - strlen("set") >= TOPIC_SIZE);
	}
}

static void test_made(void **state)
{
	char buffer[TOPIC_SIZE];

	(void)state;
	assert_string_equal(topic_of_hub("pi", "availability", buffer), "roomd/pi/availability");
	assert_string_equal(topic_of_component("pi", "door_lock", "front", "state", buffer),
	                    "roomd/pi/door_lock/front/state");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hubs),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_long_topic),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
