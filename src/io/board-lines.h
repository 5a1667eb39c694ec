/* Which lines the board uses itself: for its memory card, its console, its buses, its fans. The kernel's info
 * about a line does not tell: "used" there means that somebody has requested the line, or, with some drivers
 * only, that the pin has another function. On a Raspberry Pi a pin that is the data line of I2C looks like a
 * free input, and requesting it takes it from the bus. So four things are looked at here. The first one that
 * gives an answer counts:
 *
 * - the line's name ("SDA1", "SD0_CLK", "[emmc]"), and the chip's label ("raspberrypi-exp-gpio");
 * - where the chip is: on USB, I2C, SPI or the simulator no pin has another function that the board needs;
 * - whether the chip belongs to a PC's firmware (ACPI), and so to nobody else;
 * - what the kernel's pinctrl says of the pin, in debugfs (its Documentation/driver-api/pin-control.rst),
 *   which only root can read. */
#pragma once

#include <stdbool.h>

#include "util/cleanup.h"

struct board_pins;

/* Reads debugfs. What cannot be read there is not known. NULL: no memory. */
struct board_pins *board_pins_read(void);
struct board_pins *board_pins_free(struct board_pins *pins);
DEFINE_CLEANUP(struct board_pins *, board_pins_free);

enum board_claim {
	BOARD_FREE,    /* the board does not use it */
	BOARD_USES,    /* the board uses it */
	BOARD_UNKNOWN, /* the board may use it: not to be touched either */
};

/* Looks up the line `offset` of the chip ("gpiochip0") with this label; `name` is the line's name, "" if it
 * has none. Unless the line is free, `reason` says why not, as a part of a sentence: "its name says that the
 * board uses it". */
#define BOARD_REASON_SIZE 160
enum board_claim board_line_claim(const struct board_pins *pins, const char *chip, const char *label,
                                  unsigned offset, const char *name, char reason[static BOARD_REASON_SIZE]);

/* --- pure: what the texts say --------------------------------------------------------------------- */

/* True if boards give such names to the lines that they use themselves. */
bool board_owns_name(const char *name);

/* True if the board uses the whole chip with this label itself. */
bool board_owns_chip(const char *label);

/* The number of the chip's first line, from "gpiochip0: GPIOs 512-569, parent: ..." in debugfs' file gpio.
 * -1: the chip is not there, or has no number. */
long board_first_number(const char *gpio, const char *chip);

/* The pin of the line with this number, from "0: LABEL GPIOS [512 - 569] PINS [0 - 57]" in a controller's
 * file gpio-ranges. -1: none of these ranges has it. */
long board_pin_of(const char *ranges, long number);

/* Whether a pin is used for something other than GPIO, from a controller's files pinmux-pins and pins. If so,
 * `who` says for what: "fe804000.i2c, alt0". */
#define BOARD_WHO_SIZE 96
bool board_pin_is_taken(const char *pinmux_pins, const char *pins, long pin, char who[static BOARD_WHO_SIZE]);
