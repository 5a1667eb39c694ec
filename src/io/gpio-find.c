#define _GNU_SOURCE
#include "io/gpio-find.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "io/gpio.h"
#include "io/line-nearest.h"
#include "util/cleanup.h"
#include "util/cut.h"
#include "util/problem.h"
#include "util/utf8.h"

#define CHIPS_MAX 64
#define SEARCHED_SIZE 170 /* of a message, for the chips that were searched */
#define NEAREST_SIZE 56   /* and for what may have been meant */

struct chip {
	struct gpiod_chip *chip;
	char name[24]; /* "gpiochip0" */
	char label[32];
	size_t lines;
	char (*names)[GPIO_NAME_MAX + 1]; /* of its lines; NULL: nobody has asked yet */
};

/* The chips that were there at one moment. */
struct chips {
	bool opened;       /* or else nobody has looked yet */
	int refused_error; /* of the first one that could not be opened; 0: there was none */
	char refused[128]; /* which one that was */
	size_t n;
	struct chip chips[CHIPS_MAX];
};

static unsigned holders;
static struct chips held;

/* --- the chips --------------------------------------------------------------------------------- */

static void close_chips(struct chips *chips)
{
	for (size_t i = 0; i < chips->n; i++) {
		gpiod_chip_close(chips->chips[i].chip);
		free(chips->chips[i].names);
	}
	chips->n = 0;
	chips->refused_error = 0;
	chips->opened = false;
}

void gpio_hold_chips(void)
{
	holders++;
}

void gpio_release_chips(void)
{
	assert(holders > 0);
	if (--holders == 0)
		close_chips(&held);
}

/* For _cleanup_. */
static void free_directory(struct dirent ***pointer)
{
	free(*pointer);
}

/* Links are left out: some systems keep old numbers as links to new ones, and a chip is looked at once. */
static int is_chip(const struct dirent *entry)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof path, "/dev/%s", entry->d_name);
	return strncmp(entry->d_name, "gpiochip", strlen("gpiochip")) == 0 && lstat(path, &st) == 0 &&
	       S_ISCHR(st.st_mode);
}

/* The first one is remembered. */
static void refuse_chip(struct chips *chips, const char *name, int error)
{
	if (chips->refused_error)
		return;
	chips->refused_error = error;
	snprintf(chips->refused, sizeof chips->refused, "/dev/%.64s", name);
	utf8_make(chips->refused);
}

/* Opens one chip; one that cannot be opened is remembered and passed over, because the line may well be on
 * another. */
static void open_chip(struct chips *chips, const char *name)
{
	struct chip *chip = &chips->chips[chips->n];
	struct gpiod_chip_info *info;
	char path[300];

	*chip = (struct chip){ 0 };
	snprintf(path, sizeof path, "/dev/%s", name);
	chip->chip = gpiod_chip_open(path);
	info = chip->chip ? gpiod_chip_get_info(chip->chip) : NULL;
	if (!info) {
		refuse_chip(chips, name, errno);
		if (chip->chip)
			gpiod_chip_close(chip->chip);
		return;
	}
	snprintf(chip->name, sizeof chip->name, "%s", gpiod_chip_info_get_name(info));
	utf8_copy(gpiod_chip_info_get_label(info), chip->label, sizeof chip->label);
	chip->lines = gpiod_chip_info_get_num_lines(info);
	gpiod_chip_info_free(info);
	chips->n++;
}

static void open_chips(struct chips *chips)
{
	_cleanup_(free_directory) struct dirent **entries = NULL;
	int n;

	chips->opened = true;
	n = scandir("/dev", &entries, is_chip, versionsort);
	if (n < 0)
		refuse_chip(chips, "", errno);
	for (int i = 0; i < n; i++) {
		if (chips->n < CHIPS_MAX)
			open_chip(chips, entries[i]->d_name);
		free(entries[i]);
	}
}

/* One ioctl a line. A line that cannot be asked has no name. */
static int read_names(struct chips *chips, struct chip *chip)
{
	chip->names = calloc(chip->lines + 1, sizeof *chip->names);
	if (!chip->names)
		return -ENOMEM;
	for (unsigned offset = 0; offset < chip->lines; offset++) {
		struct gpiod_line_info *info = gpiod_chip_get_line_info(chip->chip, offset);
		const char *name = info ? gpiod_line_info_get_name(info) : NULL;

		if (!info)
			refuse_chip(chips, chip->name, errno);
		utf8_copy(name ? name : "", chip->names[offset], sizeof chip->names[offset]);
		gpiod_line_info_free(info);
	}
	return 0;
}

/* "gpiochip0 (pinctrl-rp1), gpiochip1 (...)"; where there are too many for a message, without their labels.
 */
static void describe_chips(const struct chips *chips, char *buffer, size_t size)
{
	size_t room = SEARCHED_SIZE / (chips->n + 1);

	*buffer = '\0';
	for (size_t i = 0; i < chips->n; i++) {
		const struct chip *chip = &chips->chips[i];
		bool with_label = strlen(chip->name) + strlen(chip->label) + strlen(" (), ") <= room;

		cut_add(buffer, size, "%s%s%s%s", chip->name, with_label ? " (" : "",
		        with_label ? chip->label : "", with_label ? ")" : "");
	}
	if (chips->n == 0)
		cut_add(buffer, size, "no chip");
}

static const char *describe_refusal(int error)
{
	if (error == EACCES)
		return " (the service's user has to be in its group)";
	return error == EPERM ? " (the service's unit has to allow it, DeviceAllow=)" : "";
}

/* What was searched, and where else it may be. */
static void describe_search(const struct chips *chips, const char *nearest, char *buffer, size_t size)
{
	size_t length;

	describe_chips(chips, buffer, nearest ? SEARCHED_SIZE : SEARCHED_SIZE + NEAREST_SIZE);
	length = strlen(buffer);
	if (nearest)
		length += (size_t)snprintf(buffer + length, size - length, "; did you mean %s?", nearest);
	if (chips->refused_error && length < size)
		snprintf(buffer + length, size - length, "; %s cannot be opened: %s%s", chips->refused,
		         problem_errno(chips->refused_error), describe_refusal(chips->refused_error));
	utf8_end(buffer);
}

/* --- a line ------------------------------------------------------------------------------------ */

bool gpio_split_place(const char *text, struct gpio_written_place *ret)
{
	static const char device[] = "/dev/gpiochip";
	const char *colon = strrchr(text, ':');

	if (!colon || colon == text || !colon[1] || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	if (strncmp(text, device, strlen(device)) == 0)
		text += strlen("/dev/");
	*ret = (struct gpio_written_place){
		.chip = text,
		.chip_length = (size_t)(colon - text),
		.offset = (unsigned)strtoul(colon + 1, NULL, 10),
	};
	return true;
}

static bool is_chip_word(const struct gpio_written_place *place, const char *word)
{
	return strlen(word) == place->chip_length && memcmp(place->chip, word, place->chip_length) == 0;
}

static struct chip *chip_of_name(struct chips *chips, const struct gpio_written_place *place)
{
	for (size_t i = 0; i < chips->n; i++)
		if (is_chip_word(place, chips->chips[i].name))
			return &chips->chips[i];
	return NULL;
}

/* The device that libgpiod's tools take for it: a number's, that of this path, or of this name in /dev. */
static bool find_device(const struct gpio_written_place *place, dev_t *ret)
{
	bool is_path = place->chip[0] == '/';
	bool is_number = strspn(place->chip, "0123456789") == place->chip_length;
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "%s%.*s",
	         is_path     ? ""
	         : is_number ? "/dev/gpiochip"
	                     : "/dev/",
	         (int)place->chip_length, place->chip);
	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return false;
	*ret = st.st_rdev;
	return true;
}

/* Links lead to chips that have another name: udev's, and the old numbers that some systems keep. */
static struct chip *chip_of_device(struct chips *chips, const struct gpio_written_place *place)
{
	struct stat st;
	dev_t device;

	if (!find_device(place, &device))
		return NULL;
	for (size_t i = 0; i < chips->n; i++)
		if (fstat(gpiod_chip_get_fd(chips->chips[i].chip), &st) == 0 && st.st_rdev == device)
			return &chips->chips[i];
	return NULL;
}

/* 0 with NULL: none. */
static int chip_of_label(struct chips *chips, const char *text, const struct gpio_written_place *place,
                         struct chip **ret, struct problem *problem)
{
	struct chip *found = NULL;

	for (size_t i = 0; i < chips->n; i++) {
		struct chip *chip = &chips->chips[i];

		if (!is_chip_word(place, chip->label))
			continue;
		if (found)
			return problem_set(
				problem, -ENOTUNIQ,
				"line %s: both %s and %s have the label '%s'; write %s:%u or %s:%u", text,
				found->name, chip->name, chip->label, found->name, place->offset, chip->name,
				place->offset);
		found = chip;
	}
	*ret = found;
	return 0;
}

/* "CHIP:OFFSET". -ENODEV without a problem if no chip is called so: it may be a line's name after all. */
static int find_by_place(struct chips *chips, const char *text, const struct gpio_written_place *place,
                         struct chip **ret_chip, struct problem *problem)
{
	struct chip *found = chip_of_name(chips, place);
	int r = 0;

	if (!found)
		r = chip_of_label(chips, text, place, &found, problem);
	if (r < 0)
		return r;
	if (!found)
		found = chip_of_device(chips, place);
	if (!found)
		return -ENODEV;
	if (place->offset >= found->lines)
		return problem_set(
			problem, -ENODEV,
			"line %s: %s (label %s) has lines 0 to %zu; an offset in this range is needed", text,
			found->name, found->label, found->lines - 1);
	*ret_chip = found;
	return 0;
}

/* With their labels, which stay, unless two chips have the same one. */
static int refuse_both(const char *name, const struct chip *one, unsigned one_offset,
                       const struct chip *other, unsigned other_offset, struct problem *problem)
{
	bool by_label = one == other || strcmp(one->label, other->label) != 0;

	return problem_set(
		problem, -ENOTUNIQ, "line %s: this name is on %s:%u and on %s:%u; write %s:%u or %s:%u", name,
		one->name, one_offset, other->name, other_offset, by_label ? one->label : one->name,
		one_offset, by_label ? other->label : other->name, other_offset);
}

/* A name may be given to several lines, on one chip or on two; guessing would switch the wrong relay. */
static int find_by_name(struct chips *chips, const char *name, struct chip **ret_chip, unsigned *ret_offset,
                        struct problem *problem)
{
	struct chip *found = NULL;
	unsigned found_offset = 0;

	for (size_t i = 0; i < chips->n; i++) {
		struct chip *chip = &chips->chips[i];

		if (!chip->names && read_names(chips, chip) < 0)
			return problem_set(problem, -ENOMEM, "line %s: out of memory", name);
		for (unsigned offset = 0; offset < chip->lines; offset++) {
			if (!chip->names[offset][0] || strcmp(chip->names[offset], name) != 0)
				continue;
			if (found)
				return refuse_both(name, found, found_offset, chip, offset, problem);
			found = chip;
			found_offset = offset;
		}
	}
	if (!found)
		return -ENODEV;
	*ret_chip = found;
	*ret_offset = found_offset;
	return 0;
}

/* What somebody meant by a name; NULL: nobody knows. */
static const char *nearest_line(const struct chips *chips, const char *text)
{
	struct line_names names[CHIPS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < chips->n; i++)
		if (chips->chips[i].names)
			names[n++] = (struct line_names){ chips->chips[i].names, chips->chips[i].lines };
	return line_nearest(text, names, n);
}

/* By a label; a device of another number is another chip. */
static const char *nearest_label(const struct chips *chips, const struct gpio_written_place *place)
{
	const char *labels[CHIPS_MAX];
	char chip[GPIO_NAME_MAX + 1];

	snprintf(chip, sizeof chip, "%.*s", (int)place->chip_length, place->chip);
	for (size_t i = 0; i < chips->n; i++)
		labels[i] = chips->chips[i].label;
	return line_nearest_word(chip, labels, chips->n);
}

static int not_found(const struct chips *chips, const char *text, const struct gpio_written_place *place,
                     struct problem *problem)
{
	const char *name = nearest_line(chips, text), *label = place ? nearest_label(chips, place) : NULL;
	char searched[2 * SEARCHED_SIZE], nearest[64];
	bool may_be_there = chips->refused_error == EACCES || problem_passes(chips->refused_error);

	if (label)
		snprintf(nearest, sizeof nearest, "%s:%u", label, place->offset);
	else
		snprintf(nearest, sizeof nearest, "%s", name ? name : "");
	describe_search(chips, *nearest ? nearest : NULL, searched, sizeof searched);
	return problem_set(problem, may_be_there ? -chips->refused_error : -ENODEV,
	                   "line %s: not found: %s; searched: %s", text,
	                   place ? "no chip has this name or label" : "no line has this name", searched);
}

/* As chip and offset first, which costs little to find out; then as a name, for which every line of every
 * chip is asked once. */
static int look_up(struct chips *chips, const char *text, struct chip **ret_chip, unsigned *ret_offset,
                   struct problem *problem)
{
	struct gpio_written_place place;
	bool is_place = gpio_split_place(text, &place);
	int r = -ENODEV;

	problem->text[0] = '\0';
	if (is_place) {
		*ret_offset = place.offset;
		r = find_by_place(chips, text, &place, ret_chip, problem);
	}
	if (r == -ENODEV && !problem->text[0])
		r = find_by_name(chips, text, ret_chip, ret_offset, problem);
	if (r == -ENODEV && !problem->text[0])
		r = not_found(chips, text, is_place ? &place : NULL, problem);
	return r;
}

static struct gpio_found found_on(const struct chip *chip, const struct gpio_v2_line_info *info)
{
	return (struct gpio_found){
		.chip = chip->chip,
		.chip_fd = gpiod_chip_get_fd(chip->chip),
		.chip_name = chip->name,
		.chip_label = chip->label,
		.info = *info,
	};
}

/* The line among these chips, and what the kernel says of it now: -ENODEV if its chip has gone since. */
static int find_among(struct chips *chips, const char *text, struct gpio_found *ret, struct problem *problem)
{
	struct gpio_v2_line_info info = { 0 };
	struct chip *chip = NULL;
	int r;

	r = look_up(chips, text, &chip, &info.offset, problem);
	if (r < 0)
		return r;
	if (ioctl(gpiod_chip_get_fd(chip->chip), GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0) {
		r = -errno;
		return problem_set(problem, r, "line %s (%s:%u, label %s) cannot be requested: %s", text,
		                   chip->name, info.offset, chip->label, problem_errno(r));
	}
	*ret = found_on(chip, &info);
	return 0;
}

int gpio_find(const char *text, struct gpio_found *ret, struct problem *problem)
{
	int r;

	assert(holders > 0);
	if (held.opened) {
		r = find_among(&held, text, ret, problem);
		if (r >= 0)
			return r;
		close_chips(&held);
	}
	open_chips(&held);
	return find_among(&held, text, ret, problem);
}

static int each_line_of(const struct chip *chip, gpio_line_handler handler, void *userdata)
{
	int r = 0;

	for (unsigned offset = 0; offset < chip->lines && r >= 0; offset++) {
		struct gpio_v2_line_info info = { .offset = offset };
		struct gpio_found found;

		if (ioctl(gpiod_chip_get_fd(chip->chip), GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0)
			continue;
		found = found_on(chip, &info);
		r = handler(&found, userdata);
	}
	return r;
}

int gpio_each_line(gpio_line_handler handler, void *userdata, struct problem *problem)
{
	int r = 0;

	assert(holders > 0);
	close_chips(&held);
	open_chips(&held);
	for (size_t i = 0; i < held.n && r >= 0; i++)
		r = each_line_of(&held.chips[i], handler, userdata);
	if (r >= 0 && held.refused_error)
		r = problem_set(problem, -held.refused_error, "%s cannot be opened: %s", held.refused,
		                problem_errno(held.refused_error));
	return r < 0 ? r : 0;
}
