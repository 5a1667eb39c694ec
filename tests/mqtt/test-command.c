#include "mqtt/command.h"

#include <errno.h>
#include <string.h>

#include "client/json.h"
#include "helpers.h"
#include "fixture/random.h"

static const char light[] =
	"{\"actions\":[{\"name\":\"SetOn\",\"right\":\"control\",\"arguments\":[[\"on\",\"b\"]]},"
	"{\"name\":\"SetOnFor\",\"right\":\"control\",\"arguments\":[[\"on\",\"b\"],[\"duration_usec\",\"t\"]]},"
	"{\"name\":\"SetAutomatic\",\"right\":\"control\",\"arguments\":[]}]}";
static const char fan[] =
	"{\"actions\":[{\"name\":\"SetOn\",\"arguments\":[[\"on\",\"b\"]]},"
	"{\"name\":\"SetSpeed\",\"arguments\":[[\"percent\",\"d\"]]}]}";
static const char lock[] = "{\"actions\":[{\"name\":\"Lock\",\"arguments\":[]},{\"name\":\"Unlock\",\"arguments\":[]},"
			   "{\"name\":\"Say\",\"arguments\":[[\"words\",\"s\"]]},{\"name\":\"Acknowledge\",\"arguments\":[]}]}";
static const char sensor[] = "{\"actions\":[]}";

/* "SetOn(true)", as a text. */
static void write_command(const struct command *command, char *text, size_t size)
{
	size_t length = (size_t)snprintf(text, size, "%s(", command->action);

	for (size_t i = 0; i < command->arguments_n; i++) {
		const char *comma = i ? "," : "";

		switch (command->arguments[i].type) {
		case 'b':
			length += (size_t)snprintf(text + length, size - length, "%s%s", comma, command->arguments[i].b ? "true" : "false");
			break;
		case 't':
			length += (size_t)snprintf(text + length, size - length, "%s%llu", comma, (unsigned long long)command->arguments[i].t);
			break;
		case 'd':
			length += (size_t)snprintf(text + length, size - length, "%s%g", comma, command->arguments[i].d);
			break;
		default:
			length += (size_t)snprintf(text + length, size - length, "%s'%s'", comma, command->arguments[i].s);
		}
	}
	snprintf(text + length, size - length, ")");
}

static void test_commands(void **state)
{
	static const struct {
		const char *kind, *payload, *expected; /* with a "(": the command; else what the problem begins with */
	} rows[] = {
		{ light, "ON", "SetOn(true)" },
		{ light, "off", "SetOn(false)" },
		{ light, "Auto", "SetAutomatic()" },
		{ light, "{\"action\":\"SetOn\",\"on\":true}", "SetOn(true)" },
		{ light, "{\"on\":false,\"action\":\"SetOn\"}", "SetOn(false)" },
		{ light, "{\"action\":\"SetOnFor\",\"on\":true,\"duration_usec\":60000000}", "SetOnFor(true,60000000)" },
		{ light, "{\"action\":\"SetAutomatic\"}", "SetAutomatic()" },
		{ fan, "55", "SetSpeed(55)" },
		{ fan, "0", "SetSpeed(0)" },
		{ fan, "100.0", "SetSpeed(100)" },
		{ fan, "ON", "SetOn(true)" },
		{ fan, "{\"action\":\"SetSpeed\",\"percent\":33}", "SetSpeed(33)" },
		{ lock, "UNLOCK", "Unlock()" },
		{ lock, "ACKNOWLEDGE", "Acknowledge()" },
		{ lock, "{\"action\":\"Say\",\"words\":\"caf\xc3\xa9\"}", "Say('caf\xc3\xa9')" },
		/* and what is none */
		{ light, "", "expected a word such as ON or OFF, or {\"action\": ...} with one of SetOn, SetOnFor, SetAutomatic" },
		{ light, "TOGGLE", "expected a word" },
		{ light, "UNLOCK", "expected a word" },
		{ light, "ON ", "expected a word" },
		{ light, "ONX", "expected a word" },
		{ light, "55", "expected a word" },
		{ light, "true", "expected a word" },
		{ light, "[\"SetOn\"]", "expected a word" },
		{ light, "{", "expected a JSON object" },
		{ light, "{\"action\":\"SetOn\",\"on\":true", "expected a JSON object" },
		{ light, "{\"action\":\"SetOn\",\"on\":true}x", "expected a JSON object" },
		{ light, "{\"action\":\"SetOn\",\"on\":{\"a\":{\"b\":{\"c\":{}}}}}", "expected a JSON object" },
		{ light, "{}", "expected a word" },
		{ light, "{\"action\":1}", "expected a word" },
		{ light, "{\"action\":\"Unlock\"}", "expected a word" },
		{ light, "{\"action\":\"SetOn\"}", "expected 1 argument of SetOn" },
		{ light, "{\"action\":\"SetOn\",\"off\":true}", "expected the argument \"on\" of SetOn" },
		{ light, "{\"action\":\"SetOn\",\"on\":true,\"x\":1}", "expected 1 argument of SetOn" },
		{ light, "{\"action\":\"SetAutomatic\",\"on\":true}", "expected 0 arguments of SetAutomatic" },
		{ light, "{\"action\":\"SetOn\",\"on\":1}", "expected \"on\" to be true or false" },
		{ light, "{\"action\":\"SetOn\",\"on\":\"true\"}", "expected \"on\" to be true or false" },
		{ light, "{\"action\":\"SetOn\",\"on\":null}", "expected \"on\" to be true or false" },
		{ light, "{\"action\":\"SetOnFor\",\"on\":true,\"duration_usec\":-1}", "expected \"duration_usec\" to be a whole" },
		{ light, "{\"action\":\"SetOnFor\",\"on\":true,\"duration_usec\":1.5}", "expected \"duration_usec\" to be a whole" },
		{ light, "{\"action\":\"SetOnFor\",\"on\":true,\"duration_usec\":18446744073709551616}",
		  "expected \"duration_usec\" to be a smaller" },
		{ fan, "101", "expected a speed" },
		{ fan, "-1", "expected a speed" },
		{ fan, "nan", "expected a word" },
		{ fan, "1e2", "expected a word" },
		{ fan, "{\"action\":\"SetSpeed\",\"percent\":\"33\"}", "expected \"percent\" to be a number" },
		{ lock, "{\"action\":\"Say\",\"words\":\"\xff\"}", "expected" },
		{ lock, "{\"action\":\"Say\",\"words\":\"a\\u0000b\"}", "expected a JSON object, without" },
		{ lock, "{\"action\":\"Say\",\"words\":\"a\\\\u0000b\"}", "Say('a\\u0000b')" },
		{ lock, "{\"action\":\"Lock\\u0000\"}", "expected a JSON object, without" },
		{ light, "{\"action\":\"SetOn\",\"on\\u0000\":true}", "expected a JSON object, without" },
		{ sensor, "ON", "expected no command: this kind can only be read" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(json_freep) struct json_object *description = json_tokener_parse(rows[i].kind);
		struct problem problem = { "" };
		struct command command;
		char text[512];
		int r = command_parse(rows[i].payload, strlen(rows[i].payload), description, &command, &problem);

		if (r >= 0)
			write_command(&command, text, sizeof text);
		else
			snprintf(text, sizeof text, "%s", problem.text);
		if (strncmp(text, rows[i].expected, strlen(rows[i].expected)) != 0 || (r < 0 && r != -EINVAL))
			wrong += row_fails("%s: %s, expected %s", rows[i].payload, text, rows[i].expected);
	}
	assert_int_equal(wrong, 0);
}

static void test_size(void **state)
{
	_cleanup_(json_freep) struct json_object *description = json_tokener_parse(light);
	char payload[COMMAND_PAYLOAD_MAX + 1];
	struct problem problem;
	struct command command;

	(void)state;
	memset(payload, ' ', sizeof payload);
	memcpy(payload, "{\"action\":\"SetAutomatic\"", 24);
	payload[sizeof payload - 1] = payload[sizeof payload - 2] = '}';
	assert_int_equal(command_parse(payload, sizeof payload - 1, description, &command, &problem), 0);
	assert_int_equal(command_parse(payload, sizeof payload, description, &command, &problem), -EINVAL);
	assert_int_equal(command_parse("ON\0", 3, description, &command, &problem), -EINVAL);
}

/* Bytes that come from nowhere, and commands with some bytes changed: what is taken is a command of the kind's. */
static void test_any_bytes(void **state)
{
	static const char *const seeds[] = { "ON", "55", "{\"action\":\"SetOn\",\"on\":true}",
		                             "{\"action\":\"SetOnFor\",\"on\":true,\"duration_usec\":60000000}" };
	_cleanup_(json_freep) struct json_object *description = json_tokener_parse(light);
	uint64_t seed_of_all = 1;
	unsigned taken = 0, wrong = 0;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		const char *seed = seeds[random_between(&seed_of_all, 0, ELEMENTS(seeds) - 1)];
		size_t length = strlen(seed);
		struct problem problem;
		struct command command;
		char payload[128];

		memcpy(payload, seed, length + 1);
		for (unsigned changes = (unsigned)random_between(&seed_of_all, 0, 3); changes > 0; changes--)
			payload[random_between(&seed_of_all, 0, length - 1)] = (char)random_between(&seed_of_all, 0, 255);
		if (command_parse(payload, length, description, &command, &problem) < 0)
			continue;
		taken++;
		wrong += strcmp(command.action, "SetOn") != 0 && strcmp(command.action, "SetOnFor") != 0 &&
		         strcmp(command.action, "SetAutomatic") != 0;
	}
	assert_int_equal(wrong, 0);
	assert_true(taken > 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
