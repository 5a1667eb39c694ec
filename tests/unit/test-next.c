/* What to do about a reason. */
#include "roomctl/next.h"

#include <string.h>

#include "helpers.h"

static void test_reasons(void **state)
{
	static const struct {
		const char *reason, *next;
	} table[] = {
		{ "line PIR_HAL: not found: no line has this name; searched: gpiochip0 (room); did you mean PIR_HALL?",
		  "Correct its name" },
		{ "line X: not found: no line has this name; searched: gpiochip0 (room)", "roomctl find" },
		{ "line X: not found: no line has this name; searched: no chip; /dev/gpiochip0 cannot be opened: Permission "
		  "denied (the service's user has to be in its group)",
		  "the group gpio" },
		{ "line X (gpiochip0:1, label room) is busy: held by 'gpiomon'", "gpioinfo" },
		{ "device tmp117: no IIO device has this name, label, id or path in local:; found: none",
		  "shows all sensors" },
		{ "channel temp2: device hwmon:lm75 has no such channel; it has: temp1",
		  "Correct the name" },
		{ "line GPIO4: both gpiochip0 and gpiochip1 have the label 'x'; write gpiochip0:4 or gpiochip1:4",
		  "the right one" },
		{ "reading failed: Input/output error", "wires" },
		{ "", "wires" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++)
		if (!strstr(next_for_reason(table[i].reason), table[i].next))
			fail_msg("%s: %s", table[i].reason, next_for_reason(table[i].reason));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
