/* Values that a device shows although it has not measured them: its value at power-on, a value that stands
 * for an error, a value that a copy of the device encodes in another way. Pure. */
#pragma once

/* Says why this value of a quantity ("temperature") is not a reading, as the end of a sentence; NULL: it is
 * one, as far as is known. The value is the device's, in the quantity's unit, before the configuration's
 * corrections. `device` is the device's name, "tmp117"; "" if it has none. The table names the data sheet for
 * each value. */
const char *no_value_reason(const char *quantity, const char *device, double value);
