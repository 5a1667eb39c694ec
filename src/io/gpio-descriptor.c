#define _GNU_SOURCE
#include "io/gpio-descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/problem.h"
#include "util/utf8.h"

/* The link in /proc says what kind a descriptor is of; only the kernel makes the names without a '/'. */
static int read_link(int fd, char *link, size_t size)
{
	char path[32];
	ssize_t n;
	int r;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, link, size - 1);
	r = n < 0 ? -errno : 0;
	link[n > 0 ? n : 0] = '\0';
	utf8_make(link);
	return r;
}

int gpio_read_place(int fd, char place[static GPIO_PLACE_SIZE])
{
	char text[1024], link[64], chip[32];
	char *chip_entry, *line_entry;
	unsigned offset;
	ssize_t n;
	int info, r;

	r = read_link(fd, link, sizeof link);
	if (problem_passes(r))
		return r;
	if (strcmp(link, "anon_inode:gpio-line") != 0)
		return -EBADF;
	snprintf(text, sizeof text, "/proc/self/fdinfo/%d", fd);
	info = open(text, O_RDONLY | O_CLOEXEC);
	n = info >= 0 ? read(info, text, sizeof text - 1) : -1;
	r = n < 0 ? -errno : 0;
	if (info >= 0)
		close(info);
	if (problem_passes(r))
		return r;
	text[n > 0 ? n : 0] = '\0';
	chip_entry = strstr(text, "gpio-chip:");
	line_entry = strstr(text, "gpio-line:");
	if (!chip_entry || !line_entry || sscanf(chip_entry, "gpio-chip: %31s", chip) != 1 ||
	    sscanf(line_entry, "gpio-line: %u", &offset) != 1)
		return -EOPNOTSUPP;
	if (strstr(line_entry + 1, "gpio-line:"))
		return -EBADF;
	snprintf(place, GPIO_PLACE_SIZE, "%s:%u", chip, offset);
	return 0;
}

char *gpio_describe(int fd, char buffer[static GPIO_DESCRIPTION_SIZE])
{
	char link[64], place[GPIO_PLACE_SIZE];
	int r = gpio_read_place(fd, place);

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
