/* An output with a duty cycle, in sysfs: a channel of the kernel's pwm class, or a fan of hwmon. All of this
 * blocks: for as long as a chip on I2C takes (a millisecond for a PCA9685), or until a driver that reads its
 * sensors releases its lock (seconds, with some hwmon drivers). So a thread does it: io/pwm.h.
 *
 * The state is the kernel's: an exported channel stays exported, and goes on, when the process ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "io/pwm-find.h"

/* 25 kHz: fans with four wires are made for it, and people do not hear it. */
#define PWM_PERIOD_DEFAULT_NS UINT64_C(40000)

struct pwm_settings {
	const char *channel; /* Pwm=, see io/pwm-find.h */
	uint64_t period_ns;  /* of a channel of the pwm class; 0: PWM_PERIOD_DEFAULT_NS. A hwmon chip has its own */
	bool inverted;       /* a transistor inverts it: a longer duty cycle means less */
	const char *root;    /* of sysfs; NULL: "/sys" */
};

/* All zero: closed. */
struct pwm_channel {
	bool open;
	struct pwm_name name;
	struct pwm_place place;
	char attributes[32]; /* "pwm1": a folder of the chip's, or of hwmon the attribute */
	/* Kept when it is closed: */
	bool taken; /* a fan that its chip controlled itself, */
	int mode;   /* in this mode of pwm1_enable */
};

/* Sets the output to this many percent, 0 to 100. If the channel is closed or has gone, finds it and takes it: exports it,
 * or sets the fan to manual control. Writes only what has to change; meanwhile the duty cycle is never longer than the
 * period. 0; or a negative errno with a sentence, the kernel's error or
 *
 *     -ENODEV     there is no such device or channel
 *     -ENOTUNIQ   two devices have the name
 *     -EACCES     it may not be written; or not yet: udev gives a channel that was just exported its group
 *     -EROFS      the service's sandbox has it read-only
 *     -EBUSY      a driver of the kernel has the channel, or a thermal zone the fan
 *
 * A channel that cannot be used any more is closed. */
int pwm_channel_show(struct pwm_channel *channel, const struct pwm_settings *settings, int percent,
                     struct problem *problem);

/* Lets the chip control the fan itself again, in this mode. Does nothing to a channel of the pwm class.
 * Errors are those of pwm_channel_show(). */
int pwm_channel_give_back(struct pwm_channel *channel, const struct pwm_settings *settings, int mode,
                          struct problem *problem);

/* Closes the channel. The output stays as it is. */
void pwm_channel_close(struct pwm_channel *channel);

/* Describes for people where an open channel is: "pwmchip0 (fe20c000.pwm), channel 1". Returns `text`. */
#define PWM_WHERE_SIZE (SYSFS_TEXT_SIZE + 96)
char *pwm_channel_where(const struct pwm_channel *channel, char text[static PWM_WHERE_SIZE]);
