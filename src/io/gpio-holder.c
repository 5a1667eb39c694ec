#include "io/gpio-holder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io/gpio-find.h"
#include "io/gpio.h"
#include "util/problem.h"

/* The kernel says so of a line that was requested, which has a consumer; not of an interrupt that a driver has
 * without the line, nor of a pin that the board uses for something else. */
static bool will_be_let_go(const struct gpio_v2_line_info *info)
{
	return (info->flags & GPIO_V2_LINE_FLAG_USED) && info->consumer[0] &&
	       strcmp(info->consumer, "interrupt") != 0;
}

/* A descriptor of its own, because the one that the line was found with is others', too. The chip has its
 * number as long as that one is open. */
static int open_chip(const struct gpio_found *found)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/dev/%s", found->chip_name);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Watched first and looked at then, by the one call: nothing is missed in between. */
static int find_and_watch(const char *line, int *ret_fd)
{
	struct gpio_v2_line_info info = { 0 };
	struct gpio_found found;
	struct problem ignored;
	int r, fd;

	r = gpio_find(line, &found, &ignored);
	if (r < 0)
		return r;
	fd = open_chip(&found);
	if (fd < 0)
		return fd;
	info.offset = found.info.offset;
	r = ioctl(fd, GPIO_V2_GET_LINEINFO_WATCH_IOCTL, &info) < 0 ? -errno : 0;
	if (r >= 0 && !will_be_let_go(&info))
		r = -EAGAIN;
	if (r < 0)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

int gpio_watch_holder(const char *line, int *ret_fd)
{
	int r;

	gpio_hold_chips();
	r = find_and_watch(line, ret_fd);
	gpio_release_chips();
	return r;
}

/* What else it says, that the line's settings have changed, or that somebody has it again, is passed over. */
bool gpio_was_let_go(int fd)
{
	struct gpio_v2_line_info_changed change;
	bool let_go = false;
	ssize_t n;

	while ((n = read(fd, &change, sizeof change)) == sizeof change)
		let_go = let_go || change.event_type == GPIO_V2_LINE_CHANGED_RELEASED;
	return let_go || n >= 0 || errno != EAGAIN;
}
