/* Which lines the board uses itself: for its memory card, its console, its buses, its fans. A kernel does not
 * tell that with the line: "used" in a line's info is a request of the line, or, of some drivers only, that
 * the pin has another function. On a Raspberry Pi a pin that is the data line of I2C looks like a free input,
 * and requesting it takes it from the bus. So four things are asked here, the first one that says something
 * counts:
 *
 * - the line's name ("SDA1", "SD0_CLK", "[emmc]"), and the chip's label ("raspberrypi-exp-gpio");
 * - where the chip is: behind USB, I2C, SPI or the simulator no pin has another function that the board
 * needs;
 * - whether a PC's firmware (ACPI) has the chip, which is nobody's else then;
 * - what the kernel's pinctrl says of the pin, in debugfs (its Documentation/driver-api/pin-control.rst),
 * which only root can read. */
#pragma once

#include <stdbool.h>

#include "util/cleanup.h"

struct board_pins;

/* Reads what there is in debugfs. Never fails: what cannot be read is not known. NULL: no memory. */
struct board_pins *board_pins_read(void);
struct board_pins *board_pins_free(struct board_pins *pins);
DEFINE_CLEANUP(struct board_pins *, board_pins_free);

enum board_claim {
	BOARD_FREE,    /* nobody has a better right to it */
	BOARD_USES,    /* the board uses it */
	BOARD_UNKNOWN, /* it may be the board's: not to be touched either */
};

/* Of the line `offset` of a chip, "gpiochip0" with this label; `name` is the line's, "" if it has none.
 * Unless it is free, `reason` says why, as a part of a sentence: "its name says that the board uses it". */
#define BOARD_REASON_SIZE 160
enum board_claim board_line_claim(const struct board_pins *pins, const char *chip, const char *label,
                                  unsigned offset, const char *name, char reason[static BOARD_REASON_SIZE]);

/* --- pure: what the texts say --------------------------------------------------------------------- */

/* Whether boards call their own lines so. */
bool board_owns_name(const char *name);

/* Whether the whole chip with this label is the board's own. */
bool board_owns_chip(const char *label);

/* The number of the chip's first line, of "gpiochip0: GPIOs 512-569, parent: ..." in debugfs' file gpio; -1:
 * it is not there, or has no number. */
long board_first_number(const char *gpio, const char *chip);

/* The pin of the line with this number, of "0: LABEL GPIOS [512 - 569] PINS [0 - 57]" in a controller's file
 * gpio-ranges; -1: none of these ranges has it. */
long board_pin_of(const char *ranges, long number);

/* Who has the pin for something else than GPIO, of a controller's files pinmux-pins and pins. True, and
 * `who`: "fe804000.i2c, alt0". */
#define BOARD_WHO_SIZE 96
bool board_pin_is_taken(const char *pinmux_pins, const char *pins, long pin, char who[static BOARD_WHO_SIZE]);
