/* Which lines the board uses: by names, and by what debugfs says of pins. */
#include "io/board-lines.h"

#include "helpers.h"

static void test_names(void **state)
{
	static const char *const own[] = { "ID_SDA",   "SDA1",        "SCL",     "TXD0",
		                           "SPI_MOSI", "SD0_CLK",     "[emmc]",  "RGMII_MDIO",
		                           "NC",       "PWR_LED_OFF", "eMMC_RST" };
	static const char *const others[] = {
		"",         "GPIO17", "PIR_HALL", "P9_12", "P9_14 [ehrpwm1a]", "SDA_OF_MINE", "LIGHT_RELAY",
		"Header-3", "NC1"
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(own); i++)
		if (!board_owns_name(own[i]))
			fail_msg("'%s' is the board's", own[i]);
	for (size_t i = 0; i < ELEMENTS(others); i++)
		if (board_owns_name(others[i]))
			fail_msg("'%s' is not the board's", others[i]);
	assert_true(board_owns_chip("raspberrypi-exp-gpio"));
	assert_true(board_owns_chip("gpio-brcmstb@107d508500"));
	assert_false(board_owns_chip("pinctrl-rp1"));
}

static const char gpio[] =
	"gpiochip1: GPIOs 504-511, parent: platform/firmware:gpio, raspberrypi-exp-gpio, can sleep:\n"
	" gpio-504 (BT_ON               |shutdown            ) out hi \n\n"
	"gpiochip10: GPIOs 600-607, can sleep:\n\n"
	"gpiochip0: GPIOs 512-569, parent: platform/fe200000.gpio, pinctrl-bcm2711:\n";

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(board_first_number(gpio, "gpiochip0"), 512);
	assert_int_equal(board_first_number(gpio, "gpiochip1"), 504);
	assert_int_equal(board_first_number(gpio, "gpiochip2"), -1);
	assert_int_equal(board_first_number("gpiochip0: 58 GPIOs, parent: x\n", "gpiochip0"), -1);
	assert_int_equal(board_first_number("", "gpiochip0"), -1);
}

static void test_pins(void **state)
{
	static const char ranges[] = "GPIO ranges handled:\n"
				     "0: pinctrl-bcm2711 GPIOS [512 - 569] PINS [0 - 57]\n"
				     "1: other GPIOS [600 - 602] PINS [100 - 102]\n"
				     "2: odd GPIOS [700 - 702] PINS {7, 3, 12}\n";

	(void)state;
	assert_int_equal(board_pin_of(ranges, 512), 0);
	assert_int_equal(board_pin_of(ranges, 529), 17);
	assert_int_equal(board_pin_of(ranges, 602), 102);
	assert_int_equal(board_pin_of(ranges, 701), 3);
	assert_int_equal(board_pin_of(ranges, 702), 12);
	assert_int_equal(board_pin_of(ranges, 570), -1);
	assert_int_equal(board_pin_of("", 512), -1);
}

/* As the kernel's pinmux.c writes it for drivers that let a pin have a function and be a line, too. */
static const char pinmux_pins[] =
	"Pinmux settings per pin\n"
	"Format: pin (name): mux_owner gpio_owner hog?\n"
	"pin 2 (gpio2): fe804000.i2c (GPIO UNCLAIMED) function alt0 group gpio2\n"
	"pin 14 (gpio14): (MUX UNCLAIMED) (GPIO UNCLAIMED)\n"
	"pin 17 (gpio17): (MUX UNCLAIMED) (GPIO UNCLAIMED)\n"
	"pin 22 (gpio22): (MUX UNCLAIMED) pinctrl-bcm2711:534\n"
	"pin 27 (gpio27): roomd-relay (GPIO UNCLAIMED) function gpio_in group gpio27\n"
	"pin 40 (gpio40): hdmi (GPIO UNCLAIMED) (HOG)\n";
static const char pins[] = "registered pins: 58\n"
			   "pin 2 (gpio2) 2:pinctrl-bcm2711 function alt0 in hi; irq 63 (none)\n"
			   "pin 14 (gpio14) 14:pinctrl-bcm2711 function alt5 in hi; irq 63 (none)\n"
			   "pin 17 (gpio17) 17:pinctrl-bcm2711 function gpio_in in lo; irq 63 (none)\n"
			   "pin 27 (gpio27) 27:pinctrl-bcm2711 function gpio_in in lo; irq 63 (none)\n";

static void test_functions(void **state)
{
	char who[BOARD_WHO_SIZE];

	(void)state;
	assert_true(board_pin_is_taken(pinmux_pins, pins, 2, who));
	assert_string_equal(who, "fe804000.i2c, alt0");
	/* Of the firmware, the serial console: no driver has claimed it. */
	assert_true(board_pin_is_taken(pinmux_pins, pins, 14, who));
	assert_string_equal(who, "alt5");
	assert_true(board_pin_is_taken(pinmux_pins, pins, 40, who));
	assert_string_equal(who, "hdmi");
	assert_false(board_pin_is_taken(pinmux_pins, pins, 17, who));
	assert_false(board_pin_is_taken(pinmux_pins, pins, 22, who));
	/* An overlay has made it ready. */
	assert_false(board_pin_is_taken(pinmux_pins, pins, 27, who));
	assert_false(board_pin_is_taken("", "", 2, who));
}

/* And for those that let it be only one of the two. */
static void test_strict(void **state)
{
	static const char strict[] = "Format: pin (name): mux_owner|gpio_owner (strict) hog?\n"
				     "pin 1 (PA1): device 40011000.serial function af7 group PA1\n"
				     "pin 2 (PA2): UNCLAIMED\n"
				     "pin 3 (PA3): GPIO GPIOA:3\n";
	char who[BOARD_WHO_SIZE];

	(void)state;
	assert_true(board_pin_is_taken(strict, "", 1, who));
	assert_string_equal(who, "40011000.serial, af7");
	assert_false(board_pin_is_taken(strict, "", 2, who));
	assert_false(board_pin_is_taken(strict, "", 3, who));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),     cmocka_unit_test(test_numbers), cmocka_unit_test(test_pins),
		cmocka_unit_test(test_functions), cmocka_unit_test(test_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
