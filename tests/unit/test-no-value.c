/* Values that a device shows and has not measured. */
#include "sensor/no-value.h"

#include <stddef.h>
#include <string.h>

#include "helpers.h"

/* A humidity may be what no temperature is. */
static void test_another_quantity(void **state)
{
	(void)state;
	assert_null(no_value_reason("humidity", "tmp117", -256));
}

static void test_values(void **state)
{
	static const struct {
		const char *device;
		double celsius;
		const char *words; /* of the reason; NULL: it is a temperature */
	} rows[] = {
		{ "tmp117", -256, "SNOSD82" },
		{ "tmp116", -256, "SBOS740" },
		{ "tmp117", -255.9921875, NULL }, /* a step above */
		{ "tmp117", 25, NULL },
		{ "tmp1170", -256, NULL }, /* others may mean it */
		{ "tmp", -256, NULL },
		{ "", -256, NULL },
		{ "dht11", -3276.7, "AM2302" }, /* -0.1 °C, */
		{ "dht11@4", -3275.9, "AM2302" },
		{ "dht22", -3236.8, "AM2302" }, /* -40 °C */
		{ "dht11", -40, NULL },
		{ "dht11", -0.1, NULL },
		{ "other", -3275.9, NULL },
		{ "", 2000, NULL }, /* a thermocouple */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *reason = no_value_reason("temperature", rows[i].device, rows[i].celsius);

		if (!reason != !rows[i].words || (reason && !strstr(reason, rows[i].words)))
			fail_msg("%s, %g: %s", rows[i].device, rows[i].celsius, reason ? reason : "is one");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_another_quantity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
