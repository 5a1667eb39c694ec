/* An output with a duty cycle, by hand in sysfs: a channel of the kernel's pwm class, or a fan of hwmon's. All of
 * this blocks: for as long as a chip behind I2C takes (a millisecond for a PCA9685), or until a driver that reads
 * its sensors lets go of its lock (seconds, with some of hwmon's). So it is for a thread: io/pwm.h.
 *
 * The state is the kernel's: an exported channel stays exported, and goes on, when the process ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "io/pwm-find.h"

/* 25 kHz, which is what fans with four wires are made for, and beyond what people hear. */
#define PWM_PERIOD_DEFAULT_NS UINT64_C(40000)

struct pwm_settings {
	const char *channel; /* Pwm=, see io/pwm-find.h */
	uint64_t period_ns;  /* of a channel of the pwm class; 0: PWM_PERIOD_DEFAULT_NS. A hwmon chip has its own */
	bool inverted;       /* more is less: a transistor inverts it */
	const char *root;    /* of sysfs; NULL: "/sys" */
};

/* All zero: closed. */
struct pwm_channel {
	bool open;
	struct pwm_name name;
	struct pwm_place place;
	char attributes[32]; /* "pwm1": a folder of the chip's, or of hwmon the attribute */
	/* Stays when it is closed: */
	bool taken; /* a fan that was the chip's own to control, */
	int mode;   /* which this was, of pwm1_enable */
};

/* The output has so many percent, 0 to 100, from now on. Finds it and takes it, if it is closed or has gone: exports
 * the channel, or sets the fan to manual control. Writes only what is not so already; a duty cycle is never longer
 * than its period meanwhile. A negative errno with a sentence, that of the kernel, or
 *
 *     -ENODEV     there is no such device or channel
 *     -ENOTUNIQ   two are called so
 *     -EACCES     it may not be written; or not yet: udev gives a channel that was just exported its group
 *     -EROFS      the service's sandbox has it read-only
 *     -EBUSY      a driver of the kernel's has the channel, or a thermal zone the fan
 *
 * and what can be used no more is closed. */
int pwm_channel_show(struct pwm_channel *channel, const struct pwm_settings *settings, int percent,
                     struct problem *problem);

/* The fan is the chip's own to control again, in this mode. Does nothing to a channel of the pwm class. Errors as
 * above. */
int pwm_channel_give_back(struct pwm_channel *channel, const struct pwm_settings *settings, int mode,
                          struct problem *problem);

/* The output stays as it is. */
void pwm_channel_close(struct pwm_channel *channel);

/* Where it is, for people: "pwmchip0 (fe20c000.pwm), channel 1". Of one that is open. Returns `text`. */
#define PWM_WHERE_SIZE (SYSFS_TEXT_SIZE + 96)
char *pwm_channel_where(const struct pwm_channel *channel, char text[static PWM_WHERE_SIZE]);
