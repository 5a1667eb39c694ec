/* What the kernel means by an error of a line: most of its errors have several causes. Pure. Only gpio.c
 * asks. */
#pragma once

#include <stdbool.h>

struct gpio_settings;

/* Why a request of a line with these settings, as an output or an input, or the change of its settings failed
 * with this negative errno, in words without a name in them. `used`: the kernel says that the line is in use,
 * which gpio-find.c and gpio.c ask for afterwards. What was read in its drivers stands beside each reason. */
const char *gpio_reason(const struct gpio_settings *settings, bool output, int error, bool used);

/* What a consumer's name does not say of itself, to be put behind it, or "". */
const char *gpio_about_consumer(const char *consumer);
