/* What the kernel's driver of 1-Wire thermometers says in w1_slave (Documentation/w1/slaves/w1_therm.rst):
 *
 *   72 01 4b 46 7f ff 0e 10 57 : crc=57 YES
 *   72 01 4b 46 7f ff 0e 10 57 t=23125
 *
 * Pure. */
#pragma once

#include "util/problem.h"

/* Reads the temperature, in m°C. -ENODATA: the text is empty; the driver does that when the device did not
 * answer, or not understandably; -EBADMSG: the checksum is wrong, or the text has another form and is quoted
 * (sysfs_quote()); -EIO: all bytes are zero. Each with the end of a sentence ("it is empty: ..."). */
int w1_text_parse(char *text, double *ret_milli, struct problem *problem);
