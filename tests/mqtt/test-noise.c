/* The bridge's reader of commands held against what the manual says of them: whatever it takes for a command of a light, the
 * oracle allows. */
#include "noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "command-oracle.h"
#include "helpers.h"
#include "mqtt/command.h"

#define PAYLOADS 200000

static const char light[] =
	"{\"actions\":[{\"name\":\"SetOn\",\"arguments\":[[\"on\",\"b\"]]},"
	"{\"name\":\"SetOnFor\",\"arguments\":[[\"on\",\"b\"],[\"usec\",\"t\"]]},{\"name\":\"SetAutomatic\",\"arguments\":[]}]}";

static void test_oracle(void **state)
{
	static const struct {
		const char *payload;
		bool allowed;
	} rows[] = {
		{ "ON", true },
		{ "oFf", true },
		{ "auto", true },
		{ "{\"action\":\"SetOn\",\"on\":true}", true },
		{ " { \"on\" : false , \"action\" : \"\\u0053etOn\" } ", true },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":60000000}", true },
		{ "{\"action\":\"SetAutomatic\"}", true },
		{ "{\"action\":1,\"action\":\"SetOn\",\"on\":true}", true }, /* nobody knows */
		{ "", false },
		{ "O", false },
		{ "ONN", false },
		{ "on ", false },
		{ "UNLOCK", false },
		{ "55", false },
		{ "\"ON\"", false },
		{ "{\"action\":\"SetOn\",\"on\":1}", false },
		{ "{\"action\":\"SetOn\",\"on\":\"true\"}", false },
		{ "{\"action\":\"SetOn\",\"on\":True}", false },
		{ "{\"action\":\"SetOn\",\"on\":true,}", false },
		{ "{\"action\":\"SetOn\",\"on\":true}x", false },
		{ "{\"action\":\"SetOn\",\"on\":true", false },
		{ "{\"action\":\"SetOn\\u0000\",\"on\":true}", false },
		{ "{\"action\":\"SetOn\",\"on\\u0000\":true}", false },
		{ "{'action':'SetOn','on':true}", false },
		{ "{\"action\":\"SetOn\",\"on\":true,\"x\":1}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":-1}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":1.5}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":007}", false },
		{ "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":100000000000000000000000}", false },
		{ "{\"action\":\"SetAutomatic\",\"on\":true}", false },
		{ "{\"action\":{\"action\":\"SetAutomatic\"}}", false },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (command_oracle_allows(rows[i].payload, strlen(rows[i].payload)) != rows[i].allowed)
			wrong += row_fails("%s: expected %sallowed", rows[i].payload, rows[i].allowed ? "" : "not ");
	assert_int_equal(wrong, 0);
}

static void test_against_reader(void **state)
{
	_cleanup_(json_freep) struct json_object *description = json_tokener_parse(light);
	static struct noise noise;
	unsigned taken = 0, allowed = 0, wrong = 0;
	const char *payloads = getenv("PAYLOADS");
	uint64_t seed = 1;

	(void)state;
	for (unsigned long i = payloads ? strtoul(payloads, NULL, 10) : PAYLOADS; i > 0 && wrong < 10; i--) {
		struct problem problem;
		struct command command;
		bool oracle;

		noise_make_payload(&noise, &seed);
		oracle = command_oracle_allows(noise.payload, noise.length);
		allowed += oracle;
		if (command_parse(noise.payload, noise.length, description, &command, &problem) < 0)
			continue;
		taken++;
		if (!oracle)
			wrong += row_fails("taken for %s: %.*s", command.action, (int)noise.length, noise.payload);
	}
	printf("# %u taken, %u allowed\n", taken, allowed);
	assert_int_equal(wrong, 0);
	assert_true(taken > 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oracle),
		cmocka_unit_test(test_against_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
