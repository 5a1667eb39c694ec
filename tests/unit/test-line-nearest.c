/* The line that somebody meant: never one of another number. */
#include "io/line-nearest.h"

#include <string.h>

#include "helpers.h"

typedef char line_name[GPIO_NAME_MAX + 1];

/* As trees of Raspberry Pis have them. */
static const line_name header[] = {
	"ID_SDA", "ID_SCL",    "GPIO2", "GPIO3", "GPIO_GCLK", "GPIO5",
	"GPIO6",  "SPI_CE1_N", "-",     "",      "GPIO10",    "GPIO17",
};
static const line_name room[] = { "PIR_HALL", "PIR_DOOR", "Relay 1", "Relay 2", "", "P9_14 [ehrpwm1a]" };

static const struct line_names chips[] = { { header, ELEMENTS(header) }, { room, ELEMENTS(room) } };

static void test_table(void **state)
{
	static const struct {
		const char *text, *nearest;
	} table[] = {
		/* Case, and what stands between. */
		{ "gpio17", "GPIO17" },
		{ "GPIO 17", "GPIO17" },
		{ "GPIO_17", "GPIO17" },
		{ "GPIO017", "GPIO17" },
		{ "GPI017", "GPIO17" }, /* a zero for the O */
		{ "relay-2", "Relay 2" },
		{ "RELAY2", "Relay 2" },
		{ "p9_14", "P9_14 [ehrpwm1a]" },
		/* A typing error. */
		{ "PIR_HAL", "PIR_HALL" },
		{ "PIR_DOR", "PIR_DOOR" },
		/* Another number is another pin. */
		{ "GPIO7", "SPI_CE1_N" },
		{ "GPIO1", "ID_SCL" },
		{ "GPIO18", NULL },
		{ "GPIO100", NULL },
		{ "Relay 3", NULL },
		{ "PIR_HALL2", NULL },
		/* What is at the offset that the name has. */
		{ "GPIO4", "GPIO_GCLK" },
		{ "gpio 4", "GPIO_GCLK" },
		{ "GPIO8", NULL },
		{ "GPIO9", NULL },
		{ "BCM4", NULL },
		{ "4", NULL },
		{ "", NULL },
		{ "WINDOW", NULL },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const char *nearest = line_nearest(table[i].text, chips, ELEMENTS(chips));
		const char *expected = table[i].nearest;

		if (!nearest != !expected || (nearest && strcmp(nearest, expected) != 0))
			failures += row_fails("\"%s\": \"%s\" instead of \"%s\"", table[i].text,
			                      nearest ? nearest : "(none)", expected ? expected : "(none)");
	}
	assert_int_equal(failures, 0);
}

static void test_no_chips(void **state)
{
	(void)state;
	assert_null(line_nearest("GPIO4", NULL, 0));
	assert_null(line_nearest_word("GPIO4", NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_chips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
