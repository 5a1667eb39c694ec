/* Channels by the names of their files. */
#include "io/sensor-list.h"

#include "helpers.h"

struct row {
	const char *file, *channel, *type;
};

static void expect(bool (*is_channel)(const char *file, struct sensor_channel *ret), const struct row *row)
{
	struct sensor_channel channel = { 0 };

	if (is_channel(row->file, &channel) != (row->channel != NULL))
		fail_msg("%s: %s a channel", row->file, row->channel ? "is" : "is not");
	if (!row->channel)
		return;
	assert_string_equal(channel.channel, row->channel);
	assert_string_equal(channel.type, row->type);
}

static void test_iio(void **state)
{
	static const struct row rows[] = {
		{ "in_temp_input", "temp", "temp" },
		{ "in_temp_raw", "temp", "temp" },
		{ "in_temp0_raw", "temp0", "temp" },
		{ "in_temp_ambient_raw", "temp_ambient", "temp_ambient" },
		{ "in_concentration_co2_raw", "concentration_co2", "concentration_co2" },
		{ "in_concentration1_co2_raw", "concentration1_co2", "concentration_co2" },
		{ "in_temp_scale", NULL, NULL },
		{ "out_voltage0_raw", NULL, NULL },
		{ "in__raw", NULL, NULL },
		{ "in_raw", NULL, NULL },
		{ "name", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		expect(sensor_iio_channel, &rows[i]);
}

static void test_hwmon(void **state)
{
	static const struct row rows[] = {
		{ "temp1_input", "temp1", "temp" },
		{ "humidity1_input", "humidity1", "humidity" },
		{ "in0_input", "in0", "in" },
		{ "temp1_crit", NULL, NULL },
		{ "temp_input", NULL, NULL },
		{ "temp1_input_x", NULL, NULL },
		{ "name", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		expect(sensor_hwmon_channel, &rows[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iio),
		cmocka_unit_test(test_hwmon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
