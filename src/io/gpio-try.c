#include "io/gpio-try.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The level at the pin: these requests are never active low. */
static int read_level(int fd)
{
	struct gpio_v2_line_values values = { .mask = 1 };

	return ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0 ? -errno : (int)(values.bits & 1);
}

int gpio_try_open(const struct gpio_found *line, const char *consumer, struct gpio_try *ret)
{
	struct gpio_v2_line_request request = { .offsets = { line->info.offset }, .num_lines = 1 };
	int level;

	snprintf(request.consumer, sizeof request.consumer, "%s", consumer);
	if (ioctl(line->chip_fd, GPIO_V2_GET_LINE_IOCTL, &request) < 0)
		return -errno;
	level = read_level(request.fd);
	if (level < 0) {
		close(request.fd);
		return level;
	}
	*ret = (struct gpio_try){
		.fd = request.fd,
		.was_output = line->info.flags & GPIO_V2_LINE_FLAG_OUTPUT,
		.level = level,
	};
	return 0;
}

int gpio_try_set(const struct gpio_try *line, bool high)
{
	struct gpio_v2_line_config config = { .flags = GPIO_V2_LINE_FLAG_OUTPUT, .num_attrs = 1 };

	config.attrs[0] = (struct gpio_v2_line_config_attribute){
		.attr = { .id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, .values = high }, .mask = 1
	};
	return ioctl(line->fd, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config) < 0 ? -errno : 0;
}

int gpio_try_restore(const struct gpio_try *line)
{
	struct gpio_v2_line_config config = { .flags = GPIO_V2_LINE_FLAG_INPUT };

	if (line->was_output)
		return gpio_try_set(line, line->level);
	return ioctl(line->fd, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config) < 0 ? -errno : 0;
}

void gpio_try_close(struct gpio_try *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}
