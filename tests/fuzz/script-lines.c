#define _GNU_SOURCE
#include "script-lines.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <unistd.h>

#include "fuzz.h"
#include "io/gpio.h"

struct script_line {
	int read_fd, write_fd;
	bool output, level, gone, open;
	char name[80];
};

static struct script_line lines[SCRIPT_LINES_MAX];
static unsigned lines_n;

static struct script_line *script_of(const struct gpio_line *line)
{
	return (struct script_line *)line;
}

static void close_line(struct script_line *line)
{
	if (line->open)
		close(line->read_fd);
	if (line->open && line->write_fd >= 0)
		close(line->write_fd);
	line->open = false;
}

void script_lines_forget(void)
{
	for (unsigned i = 0; i < lines_n; i++)
		close_line(&lines[i]);
	lines_n = 0;
}

unsigned script_lines(void)
{
	return lines_n;
}

const char *script_line_name(unsigned line)
{
	return lines[line].name;
}

bool script_line_is_output(unsigned line)
{
	return lines[line].output;
}

bool script_line_level(unsigned line)
{
	return lines[line].level;
}

void script_line_set_level(unsigned line, bool level)
{
	lines[line].level = level;
}

bool script_line_edge(unsigned line, bool active, uint64_t monotonic_ns, uint32_t seqno)
{
	const struct gpio_v2_line_event edge = {
		.timestamp_ns = monotonic_ns,
		.id = active ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE,
		.seqno = seqno,
		.line_seqno = seqno,
	};

	return lines[line].open && !lines[line].gone && write(lines[line].write_fd, &edge, sizeof edge) == sizeof edge;
}

void script_line_unplug(unsigned line)
{
	lines[line].gone = true;
	if (lines[line].open && lines[line].write_fd >= 0)
		close(lines[line].write_fd); /* a hang-up */
	lines[line].write_fd = -1;
}

/* --- what is asked of the kernel ---------------------------------------------------------------- */

static struct script_line *find(const char *name)
{
	for (unsigned i = 0; i < lines_n; i++)
		if (strcmp(lines[i].name, name) == 0)
			return &lines[i];
	return lines_n < SCRIPT_LINES_MAX ? &lines[lines_n++] : NULL;
}

static int open_line(const struct gpio_settings *settings, bool output, bool level, struct gpio_line **ret,
                     struct problem *problem)
{
	struct script_line *line = find(settings->line);
	int fds[2];

	if (!line || line->open)
		return problem_set(problem, -EBUSY, "line %s is busy", settings->line);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return problem_set(problem, -errno, "line %s: no pipe", settings->line);
	line->read_fd = fds[0];
	line->write_fd = fds[1];
	line->open = true;
	line->gone = false;
	line->output = output;
	line->level = output ? level : line->level;
	snprintf(line->name, sizeof line->name, "%s", settings->line);
	*ret = (struct gpio_line *)line;
	return 0;
}

int __wrap_gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem);
int __wrap_gpio_open_output(const struct gpio_settings *settings, bool active, struct gpio_line **ret, struct problem *problem);
int __wrap_gpio_get(const struct gpio_line *line);
int __wrap_gpio_set(const struct gpio_line *line, bool active);
int __wrap_gpio_fd(const struct gpio_line *line);
int __wrap_gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most);
const char *__wrap_gpio_place(const struct gpio_line *line);
struct gpio_line *__wrap_gpio_close(struct gpio_line *line);
int __wrap_gpio_reconfigure(struct gpio_line *line, const struct gpio_settings *settings, bool active);

int __wrap_gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem)
{
	return open_line(settings, false, false, ret, problem);
}

int __wrap_gpio_open_output(const struct gpio_settings *settings, bool active, struct gpio_line **ret, struct problem *problem)
{
	return open_line(settings, true, active, ret, problem);
}

int __wrap_gpio_get(const struct gpio_line *line)
{
	return script_of(line)->gone ? -ENODEV : script_of(line)->level;
}

int __wrap_gpio_set(const struct gpio_line *line, bool active)
{
	if (script_of(line)->gone)
		return -ENODEV;
	script_of(line)->level = active;
	return 0;
}

int __wrap_gpio_fd(const struct gpio_line *line)
{
	return script_of(line)->read_fd;
}

int __wrap_gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most)
{
	ssize_t n = read(script_of(line)->read_fd, edges, most * sizeof *edges);

	if (script_of(line)->gone)
		return -ENODEV;
	return n < 0 ? 0 : (int)((size_t)n / sizeof *edges);
}

const char *__wrap_gpio_place(const struct gpio_line *line)
{
	return script_of(line)->name;
}

struct gpio_line *__wrap_gpio_close(struct gpio_line *line)
{
	if (line)
		close_line(script_of(line));
	return NULL;
}

int __wrap_gpio_reconfigure(struct gpio_line *line, const struct gpio_settings *settings, bool active)
{
	(void)settings;
	if (script_of(line)->output)
		script_of(line)->level = active;
	return 0;
}
