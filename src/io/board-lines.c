#define _GNU_SOURCE
#include "io/board-lines.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/problem.h"
#include "util/utf8.h"

#define DEBUGFS "/sys/kernel/debug"
#define DIGITS "0123456789"
#define WORD_SIZE 64

struct controller {
	char *ranges, *pinmux_pins, *pins; /* NULL: there is no such file */
};

struct board_pins {
	int error;  /* why debugfs cannot be read; 0: it can */
	char *gpio; /* its file of that name */
	struct controller *controllers;
	size_t n;
};

/* --- names ------------------------------------------------------------------------------------- */

/* Of the device trees of Raspberry Pis, BeagleBones and their like in the kernel (gpio-line-names). */
static const char *const numbered[] = { "SDA", "SCL", "TXD", "RXD", "CTS", "RTS" };
static const char *const prefixes[] = {
	"ID_S",    "SPI_",     "SPI0_", "SPI1_",  "SD_",        "SD0_",    "SD1_",  "SDIO",  "MMC",
	"EMMC",    "eMMC",     "RGMII", "RGMIO",  "ETH_",       "LAN_",    "HDMI",  "CAM_",  "CAM0_",
	"CAM1_",   "CD0_",     "CD1_",  "DISP_",  "BT_",        "WL_",     "WIFI_", "PWR_",  "PCIE_",
	"USB_",    "VBUS",     "VDD_",  "SMPS_",  "STATUS_LED", "FAN_",    "RP1_",  "2712_", "JTAG",
	"GLOBAL_", "RUN_BOOT", "PMIC",  "EEPROM", "AUDIO_",     "ACT_LED",
};

static bool is_numbered(const char *name, const char *word)
{
	size_t length = strlen(word);

	return strncmp(name, word, length) == 0 && name[length + strspn(name + length, DIGITS)] == '\0';
}

/* "[mmc0_dat3]": so the kernel's trees write what is not on a header. "NC" is connected to nothing. */
static bool is_internal(const char *name)
{
	size_t length = strlen(name);

	return (length > 2 && name[0] == '[' && name[length - 1] == ']') || strcmp(name, "NC") == 0 ||
	       strcmp(name, "-") == 0;
}

bool board_owns_name(const char *name)
{
	if (is_internal(name))
		return true;
	for (size_t i = 0; i < ELEMENTS(numbered); i++)
		if (is_numbered(name, numbered[i]))
			return true;
	for (size_t i = 0; i < ELEMENTS(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* Chips of a Raspberry Pi whose lines are on no header: its power, LEDs, cameras and radio. */
bool board_owns_chip(const char *label)
{
	return strcmp(label, "raspberrypi-exp-gpio") == 0 || strcmp(label, "brcmvirt-gpio") == 0 ||
	       strncmp(label, "gpio-brcmstb", strlen("gpio-brcmstb")) == 0;
}

/* --- debugfs' texts ---------------------------------------------------------------------------- */

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

long board_first_number(const char *gpio, const char *chip)
{
	size_t length = strlen(chip);
	long first;

	for (const char *line = gpio; *line; line = next_line(line))
		if (strncmp(line, chip, length) == 0 && sscanf(line + length, ": GPIOs %ld-", &first) == 1)
			return first;
	return -1;
}

/* The `index`-th of "{4, 5, 9}". */
static long pin_of_list(const char *list, long index)
{
	for (char *end; *list && *list != '}' && *list != '\n'; list = end) {
		long pin = strtol(list, &end, 10);

		if (end == list)
			end++;
		else if (index-- == 0)
			return pin;
	}
	return -1;
}

long board_pin_of(const char *ranges, long number)
{
	for (const char *line = ranges; *line; line = next_line(line)) {
		const char *gpios = memmem(line, strcspn(line, "\n"), " GPIOS [", strlen(" GPIOS ["));
		const char *pins =
			gpios ? memmem(gpios, strcspn(gpios, "\n"), " PINS ", strlen(" PINS ")) : NULL;
		long first, last, pin;

		if (!pins || sscanf(gpios, " GPIOS [%ld - %ld]", &first, &last) != 2 || number < first ||
		    number > last)
			continue;
		if (sscanf(pins, " PINS [%ld", &pin) == 1)
			return pin + number - first;
		return pin_of_list(pins + strlen(" PINS "), number - first);
	}
	return -1;
}

/* What stands behind "pin N (NAME)" in the line of this pin; NULL: no line is of it. */
static const char *line_of_pin(const char *text, long pin)
{
	for (const char *line = text; *line; line = next_line(line)) {
		const char *name_end;
		long number;

		if (sscanf(line, "pin %ld (", &number) != 1 || number != pin)
			continue;
		name_end = memchr(line, ')', strcspn(line, "\n"));
		if (name_end)
			return name_end + 1;
	}
	return NULL;
}

/* The word behind " function " in this line; "" if there is none. */
static void read_function(const char *line, char function[static WORD_SIZE])
{
	const char *found = memmem(line, strcspn(line, "\n"), " function ", strlen(" function "));

	if (!found || sscanf(found, " function %63s", function) != 1)
		*function = '\0';
}

/* Of "pinmux-pins": the device that has it; "" for none, or another line's request of it as GPIO. */
static void read_owner(const char *line, char owner[static WORD_SIZE])
{
	line += strspn(line, ": ");
	if (strncmp(line, "device ", strlen("device ")) == 0)
		line += strlen("device ");
	else if (strncmp(line, "GPIO ", strlen("GPIO ")) == 0)
		line = "";
	if (strncmp(line, "(MUX UNCLAIMED)", strlen("(MUX UNCLAIMED)")) == 0 ||
	    strncmp(line, "UNCLAIMED", strlen("UNCLAIMED")) == 0 || sscanf(line, "%63s", owner) != 1)
		*owner = '\0';
}

static bool is_of_gpio(const char *function)
{
	return strncasecmp(function, "gpio", strlen("gpio")) == 0;
}

/* What the firmware has set and no driver of the kernel's has claimed shows in "pins" only. */
bool board_pin_is_taken(const char *pinmux_pins, const char *pins, long pin, char who[static BOARD_WHO_SIZE])
{
	const char *mux = line_of_pin(pinmux_pins, pin), *now = line_of_pin(pins, pin);
	char owner[WORD_SIZE] = "", function[WORD_SIZE] = "";

	if (mux) {
		read_owner(mux, owner);
		read_function(mux, function);
	}
	if (*owner && is_of_gpio(function))
		return false; /* made ready for whoever requests the line */
	if (!*function && now)
		read_function(now, function);
	if (!*owner && (!*function || is_of_gpio(function) || strcmp(function, "none") == 0))
		return false;
	snprintf(who, BOARD_WHO_SIZE, "%.44s%s%.44s", owner, *owner && *function ? ", " : "", function);
	utf8_make(who);
	return true;
}

/* --- reading it -------------------------------------------------------------------------------- */

/* A file whole; NULL: it cannot be read. */
static char *read_file(const char *path, int *ret_error)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	*ret_error = 0;
	if (!file) {
		*ret_error = errno;
		return NULL;
	}
	n = getdelim(&text, &size, '\0', file);
	fclose(file);
	if (n >= 0)
		return text;
	free(text);
	return strdup(""); /* it is empty */
}

static char *read_of(const char *controller, const char *name)
{
	char path[PATH_MAX];
	int error;

	snprintf(path, sizeof path, DEBUGFS "/pinctrl/%s/%s", controller, name);
	return read_file(path, &error);
}

static int add_controller(struct board_pins *pins, const char *name)
{
	struct controller *grown;

	grown = reallocarray(pins->controllers, pins->n + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	pins->controllers = grown;
	grown[pins->n++] = (struct controller){
		.ranges = read_of(name, "gpio-ranges"),
		.pinmux_pins = read_of(name, "pinmux-pins"),
		.pins = read_of(name, "pins"),
	};
	return 0;
}

static int read_controllers(struct board_pins *pins)
{
	DIR *folder = opendir(DEBUGFS "/pinctrl");
	const struct dirent *entry;
	int r = 0;

	if (!folder)
		return 0; /* the kernel has no pinctrl */
	while (r >= 0 && (entry = readdir(folder)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			r = add_controller(pins, entry->d_name);
	closedir(folder);
	return r;
}

struct board_pins *board_pins_read(void)
{
	_cleanup_(board_pins_freep) struct board_pins *pins = calloc(1, sizeof *pins);

	if (!pins)
		return NULL;
	pins->gpio = read_file(DEBUGFS "/gpio", &pins->error);
	if (pins->gpio && read_controllers(pins) < 0)
		return NULL;
	return TAKE_PTR(pins);
}

struct board_pins *board_pins_free(struct board_pins *pins)
{
	if (!pins)
		return NULL;
	for (size_t i = 0; i < pins->n; i++) {
		free(pins->controllers[i].ranges);
		free(pins->controllers[i].pinmux_pins);
		free(pins->controllers[i].pins);
	}
	free(pins->controllers);
	free(pins->gpio);
	free(pins);
	return NULL;
}

/* --- a line ------------------------------------------------------------------------------------ */

/* Where the kernel has the chip: no device on these buses has pins that the board needs for something else.
 */
static bool is_peripheral(const char *path)
{
	static const char *const buses[] = { "/usb", "/i2c-", "/spi", "/gpio-sim" };

	for (size_t i = 0; i < ELEMENTS(buses); i++)
		if (strstr(path, buses[i]))
			return true;
	return false;
}

static bool is_firmwares(const char *path)
{
	char file[PATH_MAX + sizeof "/../firmware_node/hid"];

	snprintf(file, sizeof file, "%s/firmware_node/hid", path);
	if (access(file, F_OK) == 0)
		return true;
	snprintf(file, sizeof file, "%s/../firmware_node/hid", path);
	return access(file, F_OK) == 0;
}

static enum board_claim unknown(const struct board_pins *pins, char *reason)
{
	if ((pins->error == EACCES || pins->error == EPERM) && geteuid() != 0)
		snprintf(reason, BOARD_REASON_SIZE,
		         "only root can see whether the board uses it: try with sudo");
	else if (pins->error)
		snprintf(reason, BOARD_REASON_SIZE,
		         "whether the board uses it stands in " DEBUGFS ", which cannot be read: %s",
		         problem_errno(pins->error));
	else
		snprintf(reason, BOARD_REASON_SIZE, "the kernel does not say which pin of the board it is");
	return BOARD_UNKNOWN;
}

static enum board_claim claim_of_pin(const struct board_pins *pins, const char *chip, unsigned offset,
                                     char *reason)
{
	long first = pins->error ? -1 : board_first_number(pins->gpio, chip);

	if (pins->error || (first < 0 && pins->n > 0))
		return unknown(pins, reason);
	for (size_t i = 0; i < pins->n; i++) {
		const struct controller *controller = &pins->controllers[i];
		long pin = controller->ranges ? board_pin_of(controller->ranges, first + (long)offset) : -1;
		char who[BOARD_WHO_SIZE];

		if (pin < 0)
			continue;
		if (!controller->pinmux_pins && !controller->pins)
			return unknown(pins, reason);
		if (!board_pin_is_taken(controller->pinmux_pins ? controller->pinmux_pins : "",
		                        controller->pins ? controller->pins : "", pin, who))
			return BOARD_FREE;
		snprintf(reason, BOARD_REASON_SIZE, "its pin has another function: %s", who);
		return BOARD_USES;
	}
	return BOARD_FREE;
}

enum board_claim board_line_claim(const struct board_pins *pins, const char *chip, const char *label,
                                  unsigned offset, const char *name, char reason[static BOARD_REASON_SIZE])
{
	char link[PATH_MAX];
	_cleanup_(cleanup_free) char *path = NULL;

	if (board_owns_name(name) || board_owns_chip(label)) {
		snprintf(reason, BOARD_REASON_SIZE, "by the name of the %s it is the board's own",
		         board_owns_name(name) ? "line" : "chip");
		return BOARD_USES;
	}
	snprintf(link, sizeof link, "/sys/bus/gpio/devices/%s", chip);
	path = realpath(link, NULL);
	if (path && is_peripheral(path))
		return BOARD_FREE;
	if (path && is_firmwares(path)) {
		snprintf(reason, BOARD_REASON_SIZE, "its chip is the firmware's own");
		return BOARD_USES;
	}
	return claim_of_pin(pins, chip, offset, reason);
}
