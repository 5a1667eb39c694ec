#define _GNU_SOURCE
#include "io/gpio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define CHIPS_MAX 64
#define PLACE_SIZE 80
#define SEARCHED_SIZE 170 /* of a message, for the chips that were searched */

struct gpio_line {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *edges; /* inputs */
	unsigned offset;
	char place[PLACE_SIZE];
};

/* The chips that are there now. */
struct chips {
	struct chip {
		struct gpiod_chip *chip;
		char name[24]; /* "gpiochip0" */
		char label[32];
		size_t lines;
	} chips[CHIPS_MAX];
	size_t n;
	char refused[128]; /* the first one that could not be opened, and why */
	int refused_error;
};

static struct gpiod_line_settings *free_settings(struct gpiod_line_settings *s)
{
	gpiod_line_settings_free(s);
	return NULL;
}
DEFINE_CLEANUP(struct gpiod_line_settings *, free_settings);

static struct gpiod_line_config *free_config(struct gpiod_line_config *c)
{
	gpiod_line_config_free(c);
	return NULL;
}
DEFINE_CLEANUP(struct gpiod_line_config *, free_config);

static struct gpiod_request_config *free_request_config(struct gpiod_request_config *c)
{
	gpiod_request_config_free(c);
	return NULL;
}
DEFINE_CLEANUP(struct gpiod_request_config *, free_request_config);

static struct gpiod_line_info *free_info(struct gpiod_line_info *i)
{
	gpiod_line_info_free(i);
	return NULL;
}
DEFINE_CLEANUP(struct gpiod_line_info *, free_info);

static void close_chips(struct chips *chips)
{
	for (size_t i = 0; i < chips->n; i++)
		gpiod_chip_close(chips->chips[i].chip);
	chips->n = 0;
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

/* Opens one chip; one that cannot be opened is remembered and passed over, because the line may well be on
 * another. */
static void open_chip(struct chips *chips, const char *name)
{
	struct chip *chip = &chips->chips[chips->n];
	struct gpiod_chip_info *info;
	char path[300];

	snprintf(path, sizeof path, "/dev/%s", name);
	chip->chip = gpiod_chip_open(path);
	info = chip->chip ? gpiod_chip_get_info(chip->chip) : NULL;
	if (!info) {
		if (!chips->refused_error) {
			chips->refused_error = errno;
			snprintf(chips->refused, sizeof chips->refused, "/dev/%.64s", name);
		}
		if (chip->chip)
			gpiod_chip_close(chip->chip);
		return;
	}
	snprintf(chip->name, sizeof chip->name, "%s", gpiod_chip_info_get_name(info));
	snprintf(chip->label, sizeof chip->label, "%s", gpiod_chip_info_get_label(info));
	chip->lines = gpiod_chip_info_get_num_lines(info);
	gpiod_chip_info_free(info);
	chips->n++;
}

static void open_chips(struct chips *chips)
{
	_cleanup_(free_directory) struct dirent **entries = NULL;
	int n;

	n = scandir("/dev", &entries, is_chip, versionsort);
	for (int i = 0; i < n; i++) {
		if (chips->n < CHIPS_MAX)
			open_chip(chips, entries[i]->d_name);
		free(entries[i]);
	}
}

/* "gpiochip0 (pinctrl-rp1), gpiochip1 (...)"; where there are too many for a message, without their labels.
 */
static void describe_chips(const struct chips *chips, char *buffer, size_t size)
{
	size_t room = SEARCHED_SIZE / (chips->n + 1);
	size_t length = (size_t)snprintf(buffer, size, "%s", chips->n ? "" : "no chip");

	for (size_t i = 0; i < chips->n && length < size; i++) {
		const struct chip *chip = &chips->chips[i];
		bool with_label = strlen(chip->name) + strlen(chip->label) + strlen(" (), ") <= room;

		length += (size_t)snprintf(buffer + length, size - length, "%s%s%s%s%s", i ? ", " : "",
		                           chip->name, with_label ? " (" : "", with_label ? chip->label : "",
		                           with_label ? ")" : "");
	}
	if (chips->refused_error && length < size)
		snprintf(buffer + length, size - length, "; %s cannot be opened: %s%s", chips->refused,
		         problem_errno(chips->refused_error),
		         chips->refused_error == EACCES ? " (the service's user has to be in its group)"
		                                        : "");
}

char *gpio_consumer(const char *component, char buffer[static GPIO_CONSUMER_SIZE])
{
	snprintf(buffer, GPIO_CONSUMER_SIZE, GPIO_CONSUMER_PREFIX "%s", component);
	return buffer;
}

bool gpio_split_place(const char *text, size_t *ret_chip_length, unsigned *ret_offset)
{
	const char *colon = strrchr(text, ':');
	unsigned long offset;

	if (!colon || colon == text || !colon[1] || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	offset = strtoul(colon + 1, NULL, 10);
	*ret_chip_length = (size_t)(colon - text);
	*ret_offset = (unsigned)offset;
	return true;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* "CHIP:OFFSET". -ENODEV without a problem if no chip is called so: it may be a line's name after all. */
static int find_by_place(struct chips *chips, const char *text, size_t chip_length, unsigned offset,
                         struct chip **ret_chip, struct problem *problem)
{
	struct chip *found = NULL;

	for (size_t i = 0; i < chips->n; i++) {
		struct chip *chip = &chips->chips[i];

		if (is_word(text, chip_length, chip->name)) {
			found = chip;
			break;
		}
		if (!is_word(text, chip_length, chip->label))
			continue;
		if (found)
			return problem_set(
				problem, -ENOTUNIQ,
				"line %s: both %s and %s have the label '%s'; write %s:%u or %s:%u", text,
				found->name, chip->name, chip->label, found->name, offset, chip->name,
				offset);
		found = chip;
	}
	if (!found)
		return -ENODEV;
	if (offset >= found->lines)
		return problem_set(
			problem, -ENODEV,
			"line %s: %s (label %s) has lines 0 to %zu; an offset in this range is needed", text,
			found->name, found->label, found->lines - 1);
	*ret_chip = found;
	return 0;
}

/* A name may be given to several lines, on one chip or on two; guessing would switch the wrong relay. */
static int find_by_name(struct chips *chips, const char *name, struct chip **ret_chip, unsigned *ret_offset,
                        struct problem *problem)
{
	struct chip *found = NULL;
	unsigned found_offset = 0;

	for (size_t i = 0; i < chips->n; i++)
		for (unsigned offset = 0; offset < chips->chips[i].lines; offset++) {
			struct chip *chip = &chips->chips[i];
			_cleanup_(free_infop) struct gpiod_line_info *info =
				gpiod_chip_get_line_info(chip->chip, offset);
			const char *line_name = info ? gpiod_line_info_get_name(info) : NULL;

			if (!line_name || strcmp(line_name, name) != 0)
				continue;
			if (found)
				return problem_set(
					problem, -ENOTUNIQ,
					"line %s: this name is on %s:%u and on %s:%u; write one of these",
					name, found->name, found_offset, chip->name, offset);
			found = chip;
			found_offset = offset;
		}
	if (!found)
		return -ENODEV;
	*ret_chip = found;
	*ret_offset = found_offset;
	return 0;
}

/* As chip and offset first, which costs nothing to find out; then as a name, for which every line is asked.
 */
static int find_line(struct chips *chips, const char *text, struct chip **ret_chip, unsigned *ret_offset,
                     struct problem *problem)
{
	char searched[2 * SEARCHED_SIZE];
	size_t chip_length = 0;
	bool is_place = gpio_split_place(text, &chip_length, ret_offset);
	int r = -ENODEV;

	problem->text[0] = '\0';
	if (is_place)
		r = find_by_place(chips, text, chip_length, *ret_offset, ret_chip, problem);
	if (r == -ENODEV && !problem->text[0])
		r = find_by_name(chips, text, ret_chip, ret_offset, problem);
	if (r == -ENODEV && !problem->text[0]) {
		describe_chips(chips, searched, sizeof searched);
		problem_set(problem, r, "line %s: not found: %s; searched: %s", text,
		            is_place ? "no chip has this name or label" : "no line has this name", searched);
	}
	return r;
}

/* Why a request failed, as far as the kernel can tell. `error` is negative. */
static int explain_request(struct chip *chip, unsigned offset, const char *text, int error,
                           struct problem *problem)
{
	_cleanup_(free_infop) struct gpiod_line_info *info = gpiod_chip_get_line_info(chip->chip, offset);
	const char *consumer =
		info && gpiod_line_info_is_used(info) ? gpiod_line_info_get_consumer(info) : NULL;

	if (error == -EBUSY)
		return problem_set(problem, error, "line %s (%s:%u, label %s) is busy: held by '%s'", text,
		                   chip->name, offset, chip->label, consumer ? consumer : "(unnamed)");
	if (error == -ENXIO)
		return problem_set(
			problem, error,
			"line %s (%s:%u, label %s) cannot be requested: its chip has no interrupt for it",
			text, chip->name, offset, chip->label);
	return problem_set(problem, error, "line %s (%s:%u, label %s) cannot be requested: %s", text,
	                   chip->name, offset, chip->label, problem_errno(error));
}

static int request(const struct gpio_settings *settings, struct gpiod_line_settings *line_settings,
                   struct gpio_line **ret, struct problem *problem)
{
	_cleanup_(close_chips) struct chips chips = { 0 };
	_cleanup_(free_configp) struct gpiod_line_config *config = gpiod_line_config_new();
	_cleanup_(free_request_configp) struct gpiod_request_config *request_config =
		gpiod_request_config_new();
	_cleanup_(gpio_closep) struct gpio_line *line = calloc(1, sizeof *line);
	struct problem local;
	struct chip *chip = NULL;
	int r;

	if (!problem)
		problem = &local;
	if (!config || !request_config || !line)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	open_chips(&chips);
	r = find_line(&chips, settings->line, &chip, &line->offset, problem);
	if (r < 0)
		return r;
	snprintf(line->place, sizeof line->place, "%s:%u", chip->name, line->offset);
	if (gpiod_line_config_add_line_settings(config, &line->offset, 1, line_settings) < 0)
		return explain_request(chip, line->offset, settings->line, -errno, problem);
	gpiod_request_config_set_consumer(request_config, settings->consumer);
	gpiod_request_config_set_event_buffer_size(request_config, GPIO_EDGES_KEPT);
	line->request = gpiod_chip_request_lines(chip->chip, request_config, config);
	if (!line->request)
		return explain_request(chip, line->offset, settings->line, -errno, problem);
	/* So that reading until there is no more does not wait for the next edge. */
	if (fcntl(gpio_fd(line), F_SETFL, O_NONBLOCK) < 0)
		return explain_request(chip, line->offset, settings->line, -errno, problem);
	*ret = TAKE_PTR(line);
	return 0;
}

int gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem)
{
	static const enum gpiod_line_bias biases[] = {
		[GPIO_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
		[GPIO_BIAS_DISABLED] = GPIOD_LINE_BIAS_DISABLED,
		[GPIO_BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
		[GPIO_BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
	};
	_cleanup_(free_settingsp) struct gpiod_line_settings *line_settings = gpiod_line_settings_new();
	_cleanup_(gpio_closep) struct gpio_line *line = NULL;
	int r;

	if (!line_settings)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	gpiod_line_settings_set_direction(line_settings, GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_edge_detection(line_settings, GPIOD_LINE_EDGE_BOTH);
	gpiod_line_settings_set_event_clock(line_settings, GPIOD_LINE_CLOCK_MONOTONIC);
	gpiod_line_settings_set_active_low(line_settings, settings->active_low);
	gpiod_line_settings_set_bias(line_settings, biases[settings->bias]);
	gpiod_line_settings_set_debounce_period_us(line_settings,
	                                           (unsigned long)(settings->debounce_ns / NSEC_PER_USEC));
	r = request(settings, line_settings, &line, problem);
	if (r < 0)
		return r;
	line->edges = gpiod_edge_event_buffer_new(GPIO_EDGES_READ);
	if (!line->edges)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	*ret = TAKE_PTR(line);
	return 0;
}

int gpio_open_output(const struct gpio_settings *settings, bool active, struct gpio_line **ret,
                     struct problem *problem)
{
	_cleanup_(free_settingsp) struct gpiod_line_settings *line_settings = gpiod_line_settings_new();

	if (!line_settings)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	gpiod_line_settings_set_direction(line_settings, GPIOD_LINE_DIRECTION_OUTPUT);
	gpiod_line_settings_set_active_low(line_settings, settings->active_low);
	gpiod_line_settings_set_output_value(line_settings,
	                                     active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
	return request(settings, line_settings, ret, problem);
}

struct gpio_line *gpio_close(struct gpio_line *line)
{
	if (!line)
		return NULL;
	gpiod_edge_event_buffer_free(line->edges);
	if (line->request)
		gpiod_line_request_release(line->request);
	free(line);
	return NULL;
}

const char *gpio_place(const struct gpio_line *line)
{
	return line->place;
}

int gpio_fd(const struct gpio_line *line)
{
	return gpiod_line_request_get_fd(line->request);
}

int gpio_get(const struct gpio_line *line)
{
	enum gpiod_line_value value = gpiod_line_request_get_value(line->request, line->offset);

	return value == GPIOD_LINE_VALUE_ERROR ? -errno : value == GPIOD_LINE_VALUE_ACTIVE;
}

int gpio_set(const struct gpio_line *line, bool active)
{
	return gpiod_line_request_set_value(line->request, line->offset,
	                                    active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE) < 0
	               ? -errno
	               : 0;
}

int gpio_read_edges(struct gpio_line *line, struct gpio_edge *edges, size_t most)
{
	int n = gpiod_line_request_read_edge_events(line->request, line->edges, most);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		struct gpiod_edge_event *event =
			gpiod_edge_event_buffer_get_event(line->edges, (unsigned long)i);

		edges[i] = (struct gpio_edge){
			.active = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE,
			.monotonic_ns = gpiod_edge_event_get_timestamp_ns(event),
			.line_seqno = (uint32_t)gpiod_edge_event_get_line_seqno(event),
		};
	}
	return n;
}
