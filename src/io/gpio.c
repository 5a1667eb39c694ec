#define _GNU_SOURCE
#include "io/gpio.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io/gpio-descriptor.h"
#include "io/gpio-find.h"
#include "io/gpio-reason.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/utf8.h"

/* libgpiod finds and requests a line, but it cannot adopt one; so what is done with a line is done through
 * its descriptor, wherever that came from. */
struct gpio_line {
	int fd; /* of a request of this one line */
	bool output;
	char place[GPIO_PLACE_SIZE];
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

char *gpio_consumer(const char *component, char buffer[static GPIO_CONSUMER_SIZE])
{
	snprintf(buffer, GPIO_CONSUMER_SIZE, GPIO_CONSUMER_PREFIX "%s", component);
	return buffer;
}

/* Why a request failed, as far as the kernel can tell, which is asked now who holds the line. `error` is
 * negative. */
static int explain_request(const struct gpio_found *found, const struct gpio_settings *settings, bool output,
                           int error, struct problem *problem)
{
	const unsigned offset = found->info.offset;
	_cleanup_(free_infop) struct gpiod_line_info *info = gpiod_chip_get_line_info(found->chip, offset);
	bool used = info && gpiod_line_info_is_used(info);
	const char *consumer = used ? gpiod_line_info_get_consumer(info) : NULL;
	char holder[GPIO_NAME_MAX + 1];

	if (error == -EBUSY && consumer)
		return problem_set(problem, error, "line %s (%s:%u, label %s) is busy: held by '%s'%s",
		                   settings->line, found->chip_name, offset, found->chip_label,
		                   utf8_copy(consumer, holder, sizeof holder), gpio_about_consumer(consumer));
	return problem_set(problem, error, "line %s (%s:%u, label %s) %s: %s", settings->line,
	                   found->chip_name, offset, found->chip_label,
	                   error == -EBUSY ? "is busy" : "cannot be requested",
	                   gpio_reason(settings, output, error, used));
}

static struct gpio_line *new_line(int fd, bool output, const struct gpio_found *found)
{
	struct gpio_line *line = calloc(1, sizeof *line);

	if (!line)
		return NULL;
	line->fd = fd;
	line->output = output;
	snprintf(line->place, sizeof line->place, "%s:%u", found->chip_name, found->info.offset);
	return line;
}

/* So that reading until there is no more does not wait for the next edge. */
static int set_nonblocking(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

/* With the chips held. */
static int find_and_request(const struct gpio_settings *settings, bool output,
                            struct gpiod_line_settings *line_settings, struct gpio_line **ret,
                            struct problem *problem)
{
	_cleanup_(free_configp) struct gpiod_line_config *config = gpiod_line_config_new();
	_cleanup_(free_request_configp) struct gpiod_request_config *request_config =
		gpiod_request_config_new();
	_cleanup_(free_requestp) struct gpiod_line_request *request = NULL;
	_cleanup_(gpio_closep) struct gpio_line *line = NULL;
	struct gpio_found found;
	int r;

	if (!config || !request_config)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	r = gpio_find(settings->line, &found, problem);
	if (r < 0)
		return r;
	line = new_line(-1, output, &found);
	if (!line)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	if (gpiod_line_config_add_line_settings(config, &found.info.offset, 1, line_settings) < 0)
		return explain_request(&found, settings, output, -errno, problem);
	gpiod_request_config_set_consumer(request_config, settings->consumer);
	gpiod_request_config_set_event_buffer_size(request_config, GPIO_EDGES_KEPT);
	request = gpiod_chip_request_lines(found.chip, request_config, config);
	if (!request)
		return explain_request(&found, settings, output, -errno, problem);
	/* The kernel's request lives as long as any descriptor of it, so libgpiod's object can go. */
	line->fd = fcntl(gpiod_line_request_get_fd(request), F_DUPFD_CLOEXEC, 3);
	r = line->fd < 0 ? -errno : set_nonblocking(line->fd);
	if (r < 0)
		return explain_request(&found, settings, output, r, problem);
	*ret = TAKE_PTR(line);
	return 0;
}

static int request(const struct gpio_settings *settings, bool output,
                   struct gpiod_line_settings *line_settings, struct gpio_line **ret, struct problem *problem)
{
	struct problem local;
	int r;

	gpio_hold_chips();
	r = find_and_request(settings, output, line_settings, ret, problem ? problem : &local);
	gpio_release_chips();
	return r;
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

static int refuse(const struct gpio_settings *settings, int error, int fd, const char *but,
                  struct problem *problem)
{
	char description[GPIO_DESCRIPTION_SIZE];

	return problem_set(problem, error, "the stored descriptor '%s' is %s, %s", settings->stored_as,
	                   gpio_describe(fd, description), but);
}

/* It may be the line: nothing is wrong with the descriptor. */
static int cannot_ask(const struct gpio_settings *settings, int error, struct problem *problem)
{
	return problem_set(problem, error, "line %s: what was kept of it cannot be looked at: %s", settings->line,
	                   problem_errno(error));
}

/* That the descriptor holds this line, for this consumer, and that the chip is still there. */
static int check_holds(const struct gpio_settings *settings, int fd, const struct gpio_found *found,
                       struct problem *problem)
{
	const struct gpio_v2_line_info *info = &found->info;
	struct pollfd poll_fd = { .fd = fd };
	char place[GPIO_PLACE_SIZE], wanted[GPIO_PLACE_SIZE], but[2 * GPIO_PLACE_SIZE], holder[GPIO_NAME_MAX + 1];
	int r;

	snprintf(wanted, sizeof wanted, "%s:%u", found->chip_name, info->offset);
	snprintf(but, sizeof but, "not line %s (%s)", settings->line, wanted);
	utf8_end(but);
	r = gpio_read_place(fd, place);
	if (problem_passes(r))
		return cannot_ask(settings, r, problem);
	if (r < 0 || strcmp(place, wanted) != 0)
		return refuse(settings, r < 0 ? r : -ESTALE, fd, but, problem);
	if (poll(&poll_fd, 1, 0) < 0)
		return cannot_ask(settings, -errno, problem);
	if (poll_fd.revents & (POLLHUP | POLLERR))
		return refuse(settings, -ENODEV, fd, "of a chip that has gone", problem);
	if (!(info->flags & GPIO_V2_LINE_FLAG_USED) ||
	    strncmp(info->consumer, settings->consumer, GPIO_NAME_MAX) != 0) {
		snprintf(holder, sizeof holder, "%.*s", GPIO_NAME_MAX, info->consumer);
		snprintf(but, sizeof but, "held as '%s' and not as '%s'", utf8_make(holder),
		         settings->consumer);
		return refuse(settings, -ESTALE, fd, but, problem);
	}
	return 0;
}

/* Finds the line of the configuration, and checks that the descriptor holds it. With the chips held. */
static int examine(const struct gpio_settings *settings, int fd, struct gpio_found *ret,
                   struct problem *problem)
{
	struct problem ignored;
	int r;

	r = gpio_find(settings->line, ret, &ignored);
	if (problem_passes(r))
		return cannot_ask(settings, r, problem);
	if (r < 0)
		return refuse(settings, r, fd, "and the line of the configuration is not to be found",
		              problem);
	return check_holds(settings, fd, ret, problem);
}

int gpio_check_stored(const struct gpio_settings *settings, int fd, struct problem *problem)
{
	struct gpio_found found;
	int r;

	gpio_hold_chips();
	r = examine(settings, fd, &found, problem);
	gpio_release_chips();
	return r;
}

/* With the chips held. */
static int find_and_adopt(const struct gpio_settings *settings, bool output, int fd, bool active,
                          struct gpio_line **ret, bool *ret_reconfigured, struct problem *problem)
{
	struct gpio_found found;
	struct gpio_line *line;
	char but[192];
	bool differs;
	int r;

	r = examine(settings, fd, &found, problem);
	if (r < 0)
		return r;
	line = new_line(fd, output, &found);
	if (!line)
		return problem_set(problem, -ENOMEM, "line %s: out of memory", settings->line);
	differs = !has_settings(&found.info, settings, output);
	r = set_nonblocking(fd);
	if (r >= 0 && differs)
		r = configure(fd, settings, output, active);
	if (r < 0) {
		free(line);
		snprintf(but, sizeof but, "whose settings cannot be changed: %s",
		         gpio_reason(settings, output, r, false));
		return refuse(settings, r, fd, but, problem);
	}
	*ret_reconfigured = differs;
	*ret = line;
	return 0;
}

static int adopt(const struct gpio_settings *settings, bool output, int fd, bool active,
                 struct gpio_line **ret, bool *ret_reconfigured, struct problem *problem)
{
	int r;

	gpio_hold_chips();
	r = find_and_adopt(settings, output, fd, active, ret, ret_reconfigured, problem);
	gpio_release_chips();
	return r;
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

HOT int gpio_set(const struct gpio_line *line, bool active)
{
	struct gpio_v2_line_values values = { .bits = active, .mask = 1 };

	return ioctl(line->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0 ? -errno : 0;
}

HOT int gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most)
{
	ssize_t n = read(line->fd, edges, most * sizeof *edges);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return (int)((size_t)n / sizeof *edges);
}

HOT void gpio_decode_edge(const struct gpio_raw_edge *raw, struct gpio_edge *ret)
{
	*ret = (struct gpio_edge){
		.active = raw->id == GPIO_V2_LINE_EVENT_RISING_EDGE,
		.monotonic_ns = raw->monotonic_ns,
		.line_seqno = raw->line_seqno,
	};
}
