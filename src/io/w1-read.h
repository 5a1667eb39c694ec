/* Reading 1-Wire thermometers (a DS18B20 and its relatives), which the kernel's w1_therm does. By hand, from
 * /sys/bus/w1/devices. */
#pragma once

#include "io/reading-source.h"

/* A device is "w1:" and its id as the kernel writes it: the family, of two hexadecimal digits, and a number
 * of twelve
 * ("w1:28-0123456789ab"). It has one channel, which has no name. A reading takes 0.75 s, in which the kernel
 * reads no other device of the same bus. Errors as of other sources, and w1_text_parse()'s. */
extern const struct reading_source w1_source;
