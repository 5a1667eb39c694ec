#include "roomctl/next.h"

#include <stddef.h>
#include <string.h>

#include "daemon/config.h"
#include "util/cleanup.h"

bool next_is_unconfigured(void)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(config_freep) struct config *config = NULL;

	return config_load(NULL, &config, &errors) >= 0 && config->n == 0 && !config->empty_room.file;
}

/* Words of the reasons, the first that is there counts; what they come from stands in io/gpio-find.c, gpio.c,
 * gpio-reason.c, iio-read.c, hwmon-read.c, w1-read.c, iio-library.c and pwm-find.c. */
static const struct {
	const char *words, *next;
} steps[] = {
	{ "ermission denied",
	  "Give the service access: 'ls -l /dev/gpiochip*' has to show the group gpio, which the package's "
	  "udev rule sets; sudo udevadm trigger --subsystem-match=gpio" },
	{ "is busy",
	  "Stop the program that holds it ('gpioinfo' shows which), or write another line into the configuration." },
	{ "did you mean", "Correct its name in the configuration, then: sudo systemctl reload roomd" },
	{ "searched:",
	  "'sudo roomctl find' shows all lines. Correct the name, then: sudo systemctl reload roomd. Or "
	  "plug in the chip: roomd finds it by itself." },
	{ "found:",
	  "'roomctl find' shows all sensors. Correct the name, then: sudo systemctl reload roomd. Or plug "
	  "in the sensor: roomd finds it by itself." },
	{ "no such",
	  "'roomctl find' shows all sensors and lines. Correct the name, then: sudo systemctl reload roomd" },
	{ "both ",
	  "Write the right one into the configuration, as it says, then: sudo systemctl reload roomd" },
	{ "this name is on",
	  "Write the right one into the configuration, as it says, then: sudo systemctl reload roomd" },
	{ "libiio", "Install it: sudo apt install libiio0" },
	{ "its hub", "Check that hub, and the bridge here: roomctl mqtt" },
};

const char *next_for_reason(const char *reason)
{
	for (size_t i = 0; i < ELEMENTS(steps); i++)
		if (strstr(reason, steps[i].words))
			return steps[i].next;
	return "Check its wires and its power. roomd tries again by itself; journalctl -u roomd shows what happened.";
}
