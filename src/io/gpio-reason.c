#include "io/gpio-reason.h"

#include <errno.h>
#include <string.h>

#include "io/gpio.h"
#include "util/cleanup.h"

/* Which lines a reason is one of. */
enum of {
	OF_ALL,
	OF_INPUTS,
	OF_DEBOUNCED_INPUTS,
	OF_OUTPUTS,
};

/* The first that fits. */
static const struct {
	int error;
	enum of of;
	bool used; /* only if it is */
	const char *reason;
} reasons[] = {
	/* A pin that is not to be used as GPIO is in use, by nobody. */
	{ -EBUSY, OF_ALL, true, "the chip or its board uses this pin for something else" },
	/* An STM32 has an interrupt for all lines of one number, on whatever chip they are; a driver may have
	 * asked for a line's interrupt and not for the line; Intel's chips keep what is the firmware's. */
	{ -EBUSY, OF_INPUTS, false,
	  "nobody holds it, so its interrupt is taken, by a driver or by another line that shares it, or the "
	  "pin is the firmware's" },
	{ -EBUSY, OF_OUTPUTS, false, "nobody holds it, so its chip keeps it, for the firmware or a driver" },
	{ -ENXIO, OF_ALL, false,
	  "its chip has no interrupt for it, and an input needs one; if it has some for others, all may be "
	  "taken" },
	{ -EINVAL, OF_ALL, true, "the chip or its board uses this pin for something else" },
	/* Interrupts that are nested in another one, as those of I2C expanders are, cannot be debounced: the
	 * kernel's debouncer is not made for threads. A chip's own debouncer may have a limit. */
	{ -EINVAL, OF_DEBOUNCED_INPUTS, false,
	  "the kernel cannot debounce this chip's lines, or not for so long; a debounce time of 0 does without" },
	{ -EINVAL, OF_INPUTS, false, "Invalid argument; its interrupt may not be able to tell both edges" },
	/* What is a driver's interrupt cannot become an output; and a transfer to an expander may fail. */
	{ -EIO, OF_OUTPUTS, false,
	  "Input/output error; a driver has it as its interrupt, or its chip does not answer" },
};

static bool is_of(enum of of, const struct gpio_settings *settings, bool output)
{
	const bool is[] = {
		[OF_ALL] = true,
		[OF_INPUTS] = !output,
		[OF_DEBOUNCED_INPUTS] = !output && settings->debounce_ns > 0,
		[OF_OUTPUTS] = output,
	};

	return is[of];
}

const char *gpio_reason(const struct gpio_settings *settings, bool output, int error, bool used)
{
	for (size_t i = 0; i < ELEMENTS(reasons); i++)
		if (reasons[i].error == error && (used || !reasons[i].used) &&
		    is_of(reasons[i].of, settings, output))
			return reasons[i].reason;
	return problem_errno(error);
}

/* A driver may have a line's interrupt and not the line; the kernel has a name of its own for it then. */
const char *gpio_about_consumer(const char *consumer)
{
	return strcmp(consumer, "interrupt") == 0 ? ", as the kernel calls a driver that has its interrupt"
	                                          : "";
}
