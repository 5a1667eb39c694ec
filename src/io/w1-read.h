/* Reading 1-Wire thermometers (a DS18B20 and its relatives) with the kernel's driver w1_therm. Read from
 * /sys/bus/w1/devices, without a library. */
#pragma once

#include "io/reading-source.h"

/* A device is "w1:" and its id as the kernel writes it: the family (two hexadecimal digits) and a number
 * (twelve digits): "w1:28-0123456789ab". It has one channel, without a name. A reading takes 0.75 s, during
 * which the kernel reads no other device of the same bus. Errors are those of other sources, and of
 * w1_text_parse(). */
extern const struct reading_source w1_source;
