/* What the kernel means by an error of a line: most of its errors have several causes. Pure. Used by gpio.c
 * only. */
#pragma once

#include <stdbool.h>

struct gpio_settings;

/* Says in words why a request of a line with these settings, or a change of its settings, failed with this
 * negative errno. `output`: as an output, not an input. `used`: the kernel says that the line is in use;
 * gpio-find.c and gpio.c ask for that afterwards. The text has no name in it. The comment beside each reason
 * says where the kernel's drivers give that error. */
const char *gpio_reason(const struct gpio_settings *settings, bool output, int error, bool used);

/* An explanation of a consumer's name, to be put after the name; "": none. */
const char *gpio_about_consumer(const char *consumer);
