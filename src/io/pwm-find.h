/* Which output with a duty cycle Pwm= means, and where it is in sysfs:
 *
 *     pwmchip0:1            a channel of the kernel's pwm class (Documentation/ABI/testing/sysfs-class-pwm), by its
 *                           chip's number, which may be another one after the next boot;
 *     fe20c000.pwm:1        by the name of the device that the chip is part of, which is not;
 *     /sys/devices/...:1    or by a path, the chip's own or that device's
 *     hwmon:pwmfan:pwm1     a fan of a hardware monitor (Documentation/hwmon/sysfs-interface.rst), by the name,
 *                           label or path of its device
 *
 * All that is found, or fails, is found in a `root` that is "/sys" on a machine. Blocks, as sysfs may. */
#pragma once

#include <stdbool.h>

#include "io/sysfs.h"
#include "util/problem.h"

struct pwm_name {
	bool hwmon;
	char device[SYSFS_TEXT_SIZE]; /* as written, without "hwmon:" */
	unsigned channel;             /* of the chip; hwmon: the number of "pwm1" */
};

/* Reads the value of Pwm=. -EINVAL, with what was expected of it ("a channel of ..."). Opens nothing. */
int pwm_parse(const char *text, struct pwm_name *ret, struct problem *problem);

struct pwm_place {
	int folder;                       /* the chip's, to be closed with close(2) */
	char id[32];                      /* "pwmchip0", "hwmon2" */
	char name[SYSFS_TEXT_SIZE];       /* its other name: "fe20c000.pwm", "pwmfan" */
	char path[SYSFS_TEXT_SIZE + 128]; /* the folder's, in its class */
};

/* Looks for the device. `text` is the value of Pwm=, for messages. -ENODEV: there is none, with a list of the
 * devices that there are; -ENOTUNIQ: two have the name. */
int pwm_find(const char *root, const struct pwm_name *name, const char *text, struct pwm_place *ret,
             struct problem *problem);

/* -EBUSY, with a sentence, if the kernel sets the speed of this device's fans itself: one of its thermal
 * zones has a cooling device of that name, and is not disabled. If several fans have that name, sysfs does
 * not say which one it is; then the error is given for each of them. */
int pwm_check_zones(const char *root, const char *text, const struct pwm_place *place, struct problem *problem);

/* The device's path below /sys/devices, for people. It stays the same if the driver changes. Returns `path`. */
char *pwm_device_path(const struct pwm_place *place, char path[static SYSFS_TEXT_SIZE]);
