#define _GNU_SOURCE
#include "screen.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STORY_LINES 14
#define STORY_WIDTH 76
#define BAR_WIDTH 30
#define BAR_FROM 15.0
#define BAR_TO 35.0

static bool terminal;
static unsigned rows; /* drawn so far, to go back over */
static char story[STORY_LINES][4 * STORY_WIDTH];
static unsigned story_n;

/* What was printed last without a terminal, to print changes only. */
static struct {
	bool known, levels[16];
	double celsius;
} printed;

void screen_open(const char *title)
{
	terminal = isatty(STDOUT_FILENO) && getenv("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
	setvbuf(stdout, NULL, _IOFBF, 16384);
	printf("\n%s%s%s\n\n", terminal ? "\033[1m" : "", title, terminal ? "\033[0m" : "");
	fflush(stdout);
}

static void end_row(void)
{
	fputs("\033[K\r\n", stdout);
	rows++;
}

static void draw_line(const struct screen_line *line)
{
	printf("  %-12s %-13s %s %-10s\033[0m  \033[2m%s\033[0m", line->name, line->meaning,
	       line->level ? "\033[1;32m\u25cf" : "\033[2m\u25cb", line->level ? line->on : line->off,
	       line->consumer);
	end_row();
}

static void draw_temperature(const struct screen *screen)
{
	int filled = (int)lround((screen->celsius - BAR_FROM) / (BAR_TO - BAR_FROM) * BAR_WIDTH);
	int limit = (int)lround((screen->high - BAR_FROM) / (BAR_TO - BAR_FROM) * BAR_WIDTH);

	printf("  %-12s %-13s ", "tmp117", "thermometer");
	if (isnan(screen->celsius)) {
		printf("\033[1;31munplugged\033[0m");
	} else {
		printf("%s%5.1f \u00b0C\033[0m ", screen->celsius > screen->high ? "\033[1;31m" : "",
		       screen->celsius);
		for (int i = 0; i < BAR_WIDTH; i++)
			fputs(i == limit   ? "\033[31m\u2502\033[0m"
			      : i < filled ? "\u2588"
			                   : "\033[2m\u00b7\033[0m",
			      stdout);
	}
	end_row();
}

static void draw(const struct screen *screen)
{
	if (rows > 0)
		printf("\033[%uA\r", rows);
	rows = 0;
	for (size_t i = 0; i < screen->lines_n; i++)
		draw_line(&screen->lines[i]);
	draw_temperature(screen);
	end_row();
	for (unsigned i = 0; i < STORY_LINES; i++) {
		fputs(story[i], stdout);
		end_row();
	}
	if (screen->keys) {
		printf("\033[2m%s\033[0m", screen->keys);
		end_row();
	}
	fflush(stdout);
}

static void print_changes(const struct screen *screen)
{
	for (size_t i = 0; i < screen->lines_n; i++) {
		const struct screen_line *line = &screen->lines[i];

		if (!printed.known || printed.levels[i] != line->level)
			printf("           line %-12s %s\n", line->name, line->level ? line->on : line->off);
		printed.levels[i] = line->level;
	}
	if (!printed.known ||
	    (printed.celsius != screen->celsius && !(isnan(printed.celsius) && isnan(screen->celsius))))
		printf(isnan(screen->celsius) ? "           thermometer unplugged\n"
		                              : "           thermometer %.1f \u00b0C\n",
		       screen->celsius);
	printed.celsius = screen->celsius;
	printed.known = true;
	fflush(stdout);
}

void screen_show(const struct screen *screen)
{
	if (terminal)
		draw(screen);
	else
		print_changes(screen);
}

void screen_tell(double seconds, const char *format, ...)
{
	char text[3 * STORY_WIDTH];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (!terminal) {
		printf("%6.1f s   %s\n", seconds, text);
		fflush(stdout);
		return;
	}
	if (story_n == STORY_LINES) {
		memmove(story[0], story[1], sizeof story - sizeof story[0]);
		story_n--;
	}
	snprintf(story[story_n++], sizeof story[0], "\033[2m%6.1f s\033[0m  %s", seconds, text);
}

void screen_close(void)
{
	if (terminal)
		fputs("\033[0m\r\n", stdout);
	fflush(stdout);
}
