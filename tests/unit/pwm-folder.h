/* A folder of files in the place of sysfs, with chips that have a duty cycle: what is written to it is noted, and
 * answered as the kernel does. For tests that are linked with -Wl,--wrap=sysfs_write. What fails, fails the test. */
#pragma once

#include "helpers.h"

/* The folder, from pwm_folder_make() on. */
extern char pwm_folder[];

int pwm_folder_make(void **state);
int pwm_folder_remove(void **state);

/* An attribute, with the folders that it is in. */
void pwm_folder_put(const char *path, const char *text);
void pwm_folder_expect(const char *path, const char *text);

/* A chip in class/pwm, part of the device devices/NAME; and a hardware monitor in class/hwmon. */
void pwm_folder_plug_chip(const char *id, const char *name, const char *channels);
void pwm_folder_plug_fan(const char *id, const char *name, const char *pwm, const char *enable);
void pwm_folder_unplug(const char *path);

/* Writing to the file fails so from now on, so many times; -1: always. NULL: nothing fails. A file is what it is
 * called at the end: "pwm1/enable". May be called while a thread writes. */
void pwm_folder_fail(const char *file, int error, int times);

/* Writing takes until pwm_folder_go_on(). pwm_folder_wait_*() is for a thread that is to have come so far: it hangs,
 * or has written something. */
void pwm_folder_hang(void);
void pwm_folder_go_on(void);
void pwm_folder_wait_hanging(void);
void pwm_folder_wait_written(void);

/* What was written since the last call, "export=1 pwm1/period=40000". Valid until the next one. */
const char *pwm_folder_written(void);
