#define _GNU_SOURCE
#include "io/gpio.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define CHIPS_MAX 64
#define PLACE_SIZE 80
#define SEARCHED_SIZE 170 /* of a message, for the chips that were searched */

/* libgpiod finds and requests a line, but it cannot adopt one; so what is done with a line is done through
 * its descriptor, wherever that came from. */
struct gpio_line {
	int fd; /* of a request of this one line */
	bool output;
	unsigned offset;
	char place[PLACE_SIZE];
};

static_assert(sizeof(struct gpio_raw_edge) == sizeof(struct gpio_v2_line_event), "as the kernel has it");
static_assert(offsetof(struct gpio_raw_edge, monotonic_ns) ==
                              offsetof(struct gpio_v2_line_event, timestamp_ns) &&
                      offsetof(struct gpio_raw_edge, id) == offsetof(struct gpio_v2_line_event, id) &&
                      offsetof(struct gpio_raw_edge, offset) == offsetof(struct gpio_v2_line_event, offset) &&
                      offsetof(struct gpio_raw_edge, seqno) == offsetof(struct gpio_v2_line_event, seqno) &&
                      offsetof(struct gpio_raw_edge, line_seqno) ==
                              offsetof(struct gpio_v2_line_event, line_seqno),
              "as the kernel has it");

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

static struct gpiod_line_request *free_request(struct gpiod_line_request *r)
{
	gpiod_line_request_release(r);
	return NULL;
}
DEFINE_CLEANUP(struct gpiod_line_request *, free_request);

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

static struct gpio_line *new_line(int fd, bool output, const struct chip *chip, unsigned offset)
{
	struct gpio_line *line = calloc(1, sizeof *line);

	if (!line)
		return NULL;
	line->fd = fd;
	line->output = output;
	line->offset = offset;
	snprintf(line->place, sizeof line->place, "%s:%u", chip->name, offset);
	return line;
}

/* So that reading until there is no more does not wait for the next edge. */
static int set_nonblocking(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int request(const struct gpio_settings *settings, bool output,
                   struct gpiod_line_settings *line_settings, struct gpio_line **ret, struct problem *problem)
{
	_cleanup_(close_chips) struct chips chips = { 0 };
	_cleanup_(free_configp) struct gpiod_line_config *config = gpiod_line_config_new();
	_cleanup_(free_request_configp) struct gpiod_request_config *request_config =
		gpiod_request_config_new();
	_cleanup_(free_requestp) struct gpiod_line_request *request = NULL;
	_cleanup_(gpio_closep) struct gpio_line *line = NULL;
	struct problem local;
	struct chip *chip = NULL;
	unsigned offset;
	int r;

	if (!problem)
		problem = &local;
	if (!config || !request_config)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	open_chips(&chips);
	r = find_line(&chips, settings->line, &chip, &offset, problem);
	if (r < 0)
		return r;
	line = new_line(-1, output, chip, offset);
	if (!line)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	if (gpiod_line_config_add_line_settings(config, &offset, 1, line_settings) < 0)
		return explain_request(chip, offset, settings->line, -errno, problem);
	gpiod_request_config_set_consumer(request_config, settings->consumer);
	gpiod_request_config_set_event_buffer_size(request_config, GPIO_EDGES_KEPT);
	request = gpiod_chip_request_lines(chip->chip, request_config, config);
	if (!request)
		return explain_request(chip, offset, settings->line, -errno, problem);
	/* The kernel's request lives as long as any descriptor of it, so libgpiod's object can go. */
	line->fd = fcntl(gpiod_line_request_get_fd(request), F_DUPFD_CLOEXEC, 3);
	r = line->fd < 0 ? -errno : set_nonblocking(line->fd);
	if (r < 0)
		return explain_request(chip, offset, settings->line, r, problem);
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

	if (!line_settings)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	gpiod_line_settings_set_direction(line_settings, GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_edge_detection(line_settings, GPIOD_LINE_EDGE_BOTH);
	gpiod_line_settings_set_event_clock(line_settings, GPIOD_LINE_CLOCK_MONOTONIC);
	gpiod_line_settings_set_active_low(line_settings, settings->active_low);
	gpiod_line_settings_set_bias(line_settings, biases[settings->bias]);
	gpiod_line_settings_set_debounce_period_us(line_settings,
	                                           (unsigned long)(settings->debounce_ns / NSEC_PER_USEC));
	return request(settings, false, line_settings, ret, problem);
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
	return request(settings, true, line_settings, ret, problem);
}

/* --- lines that others have requested ----------------------------------------------------------------------
 */

/* What the kernel has for these settings, without GPIO_V2_LINE_FLAG_USED. */
static uint64_t flags_of(const struct gpio_settings *settings, bool output)
{
	static const uint64_t biases[] = {
		[GPIO_BIAS_AS_IS] = 0,
		[GPIO_BIAS_DISABLED] = GPIO_V2_LINE_FLAG_BIAS_DISABLED,
		[GPIO_BIAS_PULL_UP] = GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
		[GPIO_BIAS_PULL_DOWN] = GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
	};
	uint64_t flags = settings->active_low ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0;

	if (output)
		return flags | GPIO_V2_LINE_FLAG_OUTPUT;
	return flags | GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING |
	       GPIO_V2_LINE_FLAG_EDGE_FALLING | biases[settings->bias];
}

static uint32_t debounce_us_of(const struct gpio_settings *settings, bool output)
{
	return output ? 0 : (uint32_t)(settings->debounce_ns / NSEC_PER_USEC);
}

static bool has_settings(const struct gpio_v2_line_info *info, const struct gpio_settings *settings,
                         bool output)
{
	uint32_t debounce_us = 0;

	for (uint32_t i = 0; i < info->num_attrs; i++)
		if (info->attrs[i].id == GPIO_V2_LINE_ATTR_ID_DEBOUNCE)
			debounce_us = info->attrs[i].debounce_period_us;
	return (info->flags & ~(uint64_t)GPIO_V2_LINE_FLAG_USED) == flags_of(settings, output) &&
	       debounce_us == debounce_us_of(settings, output);
}

static int configure(int fd, const struct gpio_settings *settings, bool output, bool active)
{
	struct gpio_v2_line_config config = { .flags = flags_of(settings, output) };
	uint32_t debounce_us = debounce_us_of(settings, output);

	if (output)
		config.attrs[config.num_attrs++] = (struct gpio_v2_line_config_attribute){
			.attr = { .id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, .values = active }, .mask = 1
		};
	if (debounce_us > 0)
		config.attrs[config.num_attrs++] =
			(struct gpio_v2_line_config_attribute){ .attr = { .id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE,
			                                                  .debounce_period_us = debounce_us },
			                                        .mask = 1 };
	return ioctl(fd, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config) < 0 ? -errno : 0;
}

/* The link in /proc says what kind a descriptor is of; only the kernel makes the names without a '/'. */
static void read_link(int fd, char *link, size_t size)
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, link, size - 1);
	link[n > 0 ? n : 0] = '\0';
}

/* The chip and offset of a line's request, as "gpiochip0:3". -EBADF: not a line's request, or of several
 * lines; -EOPNOTSUPP: a kernel that does not tell. */
static int read_place(int fd, char place[static PLACE_SIZE])
{
	char text[1024], link[64], chip[32];
	char *chip_entry, *line_entry;
	unsigned offset;
	ssize_t n;
	int info;

	read_link(fd, link, sizeof link);
	if (strcmp(link, "anon_inode:gpio-line") != 0)
		return -EBADF;
	snprintf(text, sizeof text, "/proc/self/fdinfo/%d", fd);
	info = open(text, O_RDONLY | O_CLOEXEC);
	n = info >= 0 ? read(info, text, sizeof text - 1) : -1;
	if (info >= 0)
		close(info);
	text[n > 0 ? n : 0] = '\0';
	chip_entry = strstr(text, "gpio-chip:");
	line_entry = strstr(text, "gpio-line:");
	if (!chip_entry || !line_entry || sscanf(chip_entry, "gpio-chip: %31s", chip) != 1 ||
	    sscanf(line_entry, "gpio-line: %u", &offset) != 1)
		return -EOPNOTSUPP;
	if (strstr(line_entry + 1, "gpio-line:"))
		return -EBADF;
	snprintf(place, PLACE_SIZE, "%s:%u", chip, offset);
	return 0;
}

char *gpio_describe(int fd, char buffer[static GPIO_DESCRIPTION_SIZE])
{
	char link[64], place[PLACE_SIZE];
	int r = read_place(fd, place);

	read_link(fd, link, sizeof link);
	if (r >= 0)
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "line %s", place);
	else if (strcmp(link, "anon_inode:gpio-line") == 0)
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "%s",
		         r == -EOPNOTSUPP ? "a line that this kernel is too old to tell the name of"
		                          : "several lines");
	else if (strncmp(link, "/dev/gpiochip", strlen("/dev/gpiochip")) == 0)
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "the chip %s", link + strlen("/dev/"));
	else if (strncmp(link, "pipe:", strlen("pipe:")) == 0)
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "a pipe");
	else if (strncmp(link, "socket:", strlen("socket:")) == 0)
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "a socket");
	else
		snprintf(buffer, GPIO_DESCRIPTION_SIZE, "%s", link[0] ? link : "nothing");
	return buffer;
}

static int refuse(const struct gpio_settings *settings, int error, int fd, const char *but,
                  struct problem *problem)
{
	char description[GPIO_DESCRIPTION_SIZE];

	return problem_set(problem, error, "the stored descriptor '%s' is %s, %s", settings->stored_as,
	                   gpio_describe(fd, description), but);
}

/* That the descriptor holds this line, for this consumer, and that the chip is still there. */
static int check_holds(const struct gpio_settings *settings, int fd, const struct chip *chip, unsigned offset,
                       const struct gpio_v2_line_info *info, struct problem *problem)
{
	struct pollfd poll_fd = { .fd = fd };
	char place[PLACE_SIZE], wanted[PLACE_SIZE], but[2 * PLACE_SIZE];
	int r;

	snprintf(wanted, sizeof wanted, "%s:%u", chip->name, offset);
	snprintf(but, sizeof but, "not line %s (%s)", settings->line, wanted);
	r = read_place(fd, place);
	if (r < 0 || strcmp(place, wanted) != 0)
		return refuse(settings, r < 0 ? r : -ESTALE, fd, but, problem);
	if (poll(&poll_fd, 1, 0) < 0 || (poll_fd.revents & (POLLHUP | POLLERR)))
		return refuse(settings, -ENODEV, fd, "of a chip that has gone", problem);
	if (!(info->flags & GPIO_V2_LINE_FLAG_USED) ||
	    strncmp(info->consumer, settings->consumer, GPIO_NAME_MAX) != 0) {
		snprintf(but, sizeof but, "held as '%.*s' and not as '%s'", GPIO_NAME_MAX, info->consumer,
		         settings->consumer);
		return refuse(settings, -ESTALE, fd, but, problem);
	}
	return 0;
}

/* What the kernel knows of the line of the configuration, and that the descriptor holds it. */
static int examine(const struct gpio_settings *settings, int fd, struct chips *chips, struct chip **ret_chip,
                   struct gpio_v2_line_info *ret_info, struct problem *problem)
{
	struct problem ignored;
	unsigned offset;
	int r;

	open_chips(chips);
	r = find_line(chips, settings->line, ret_chip, &offset, &ignored);
	if (r < 0)
		return refuse(settings, r, fd, "and the line of the configuration is not to be found",
		              problem);
	*ret_info = (struct gpio_v2_line_info){ .offset = offset };
	if (ioctl(gpiod_chip_get_fd((*ret_chip)->chip), GPIO_V2_GET_LINEINFO_IOCTL, ret_info) < 0)
		return refuse(settings, -errno, fd, "whose settings cannot be read", problem);
	return check_holds(settings, fd, *ret_chip, offset, ret_info, problem);
}

int gpio_check_stored(const struct gpio_settings *settings, int fd, struct problem *problem)
{
	_cleanup_(close_chips) struct chips chips = { 0 };
	struct gpio_v2_line_info info;
	struct chip *chip;

	return examine(settings, fd, &chips, &chip, &info, problem);
}

static int adopt(const struct gpio_settings *settings, bool output, int fd, bool active,
                 struct gpio_line **ret, bool *ret_reconfigured, struct problem *problem)
{
	_cleanup_(close_chips) struct chips chips = { 0 };
	struct gpio_v2_line_info info;
	struct gpio_line *line;
	struct problem local;
	struct chip *chip;
	bool differs;
	int r;

	if (!problem)
		problem = &local;
	r = examine(settings, fd, &chips, &chip, &info, problem);
	if (r < 0)
		return r;
	line = new_line(fd, output, chip, info.offset);
	if (!line)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	differs = !has_settings(&info, settings, output);
	r = set_nonblocking(fd);
	if (r >= 0 && differs)
		r = configure(fd, settings, output, active);
	if (r < 0) {
		free(line);
		return refuse(settings, r, fd, "whose settings cannot be changed", problem);
	}
	*ret_reconfigured = differs;
	*ret = line;
	return 0;
}

int gpio_adopt_input(const struct gpio_settings *settings, int fd, struct gpio_line **ret,
                     bool *ret_reconfigured, struct problem *problem)
{
	return adopt(settings, false, fd, false, ret, ret_reconfigured, problem);
}

int gpio_adopt_output(const struct gpio_settings *settings, int fd, bool active, struct gpio_line **ret,
                      bool *ret_reconfigured, struct problem *problem)
{
	return adopt(settings, true, fd, active, ret, ret_reconfigured, problem);
}

int gpio_reconfigure(struct gpio_line *line, const struct gpio_settings *settings, bool active)
{
	return configure(line->fd, settings, line->output, active);
}

/* --- using a line -----------------------------------------------------------------------------------------
 */

struct gpio_line *gpio_close(struct gpio_line *line)
{
	if (!line)
		return NULL;
	if (line->fd >= 0)
		close(line->fd);
	free(line);
	return NULL;
}

const char *gpio_place(const struct gpio_line *line)
{
	return line->place;
}

int gpio_fd(const struct gpio_line *line)
{
	return line->fd;
}

int gpio_get(const struct gpio_line *line)
{
	struct gpio_v2_line_values values = { .mask = 1 };

	return ioctl(line->fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0 ? -errno : (int)(values.bits & 1);
}

int gpio_set(const struct gpio_line *line, bool active)
{
	struct gpio_v2_line_values values = { .bits = active, .mask = 1 };

	return ioctl(line->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0 ? -errno : 0;
}

int gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most)
{
	ssize_t n = read(line->fd, edges, most * sizeof *edges);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return (int)((size_t)n / sizeof *edges);
}

void gpio_decode_edge(const struct gpio_raw_edge *raw, struct gpio_edge *ret)
{
	*ret = (struct gpio_edge){
		.active = raw->id == GPIO_V2_LINE_EVENT_RISING_EDGE,
		.monotonic_ns = raw->monotonic_ns,
		.line_seqno = raw->line_seqno,
	};
}
