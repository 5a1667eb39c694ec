#define _GNU_SOURCE
#include "client/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/cleanup.h"

#define DEFAULT_WIDTH 80
#define DEFAULT_HEIGHT 24
#define SIZE_ON_SCREEN_MAX 10000

/* What an environment variable says, and what the terminal does; 0 if that is nothing that can be. */
static size_t size_of(const char *variable, unsigned short terminal)
{
	const char *value = getenv(variable);
	unsigned long size = value ? strtoul(value, NULL, 10) : 0;

	return size > 0 && size <= SIZE_ON_SCREEN_MAX ? size : terminal;
}

void terminal_size(size_t *ret_width, size_t *ret_height)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){ 0 };
	*ret_width = size_of("COLUMNS", size.ws_col);
	*ret_height = size_of("LINES", size.ws_row);
	if (*ret_width == 0)
		*ret_width = DEFAULT_WIDTH;
	if (*ret_height == 0)
		*ret_height = DEFAULT_HEIGHT;
}

static size_t look_for_width(void)
{
	size_t width, height;

	terminal_size(&width, &height);
	return width;
}

/* A boolean as systemd reads it, or how many colours there are. 1 or 0; -1: neither. */
static int wants_colours(const char *word)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on", "16", "256", "24bit" };
	static const char *const no[] = { "0", "no", "n", "false", "f", "off" };

	for (size_t i = 0; i < ELEMENTS(yes); i++)
		if (strcasecmp(word, yes[i]) == 0)
			return 1;
	for (size_t i = 0; i < ELEMENTS(no); i++)
		if (strcasecmp(word, no[i]) == 0)
			return 0;
	return -1;
}

static bool look_for_colours(bool is_terminal)
{
	const char *wanted = getenv("SYSTEMD_COLORS"), *unwanted = getenv("NO_COLOR"), *term = getenv("TERM");

	if (wanted && wants_colours(wanted) >= 0)
		return wants_colours(wanted);
	return is_terminal && !(unwanted && *unwanted) && term && strcmp(term, "dumb") != 0;
}

struct terminal terminal_look(void)
{
	bool is_terminal = isatty(STDOUT_FILENO);

	return (struct terminal){
		.is_terminal = is_terminal,
		.width = is_terminal ? look_for_width() : 0,
		.colours = look_for_colours(is_terminal),
	};
}

void terminal_print(const struct terminal *terminal, FILE *stream, enum terminal_style style,
                    const char *text)
{
	static const char *const codes[] = {
		[TERMINAL_BOLD] = "1",
		[TERMINAL_GOOD] = "1;32",
		[TERMINAL_WARNING] = "1;33",
		[TERMINAL_BAD] = "1;31",
	};

	if (terminal->colours && style != TERMINAL_PLAIN)
		fprintf(stream, "\x1b[%sm%s\x1b[0m", codes[style], text);
	else
		fputs(text, stream);
}
