/* Values that a device shows although it has measured nothing, or something else: what it has at power-on,
 * what stands for an error, what a copy of it encodes in its own way. Pure. */
#pragma once

/* Why this reading of a quantity ("temperature"), in its unit and as the device has it, without what a
 * configuration adds, is none, as the end of a sentence; NULL: it is one, as far as anybody knows. `device` is the
 * device's name, "tmp117"; "" if it has none. Where a value is known from is in the table, with the data sheet.
 */
const char *no_value_reason(const char *quantity, const char *device, double value);
