/* Values that a device shows although it has measured nothing, or something else: what it has at power-on,
 * what stands for an error, what a copy of it encodes in its own way. Pure. */
#pragma once

/* Why this reading (°C, as the device has it, without what a configuration adds) is no temperature, as the
 * end of a sentence; NULL: it is one, as far as anybody knows. `device` is the device's name in IIO,
 * "tmp117"; "" if it has none. Where a value is known from is in the table, with the data sheet. */
const char *no_value_reason(const char *device, double celsius);
