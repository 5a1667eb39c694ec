#include "floor-lines.h"

#include <stdio.h>
#include <stdlib.h>

void floor_fail(const char *what)
{
	perror(what);
	exit(1);
}

struct floor_lines floor_parse(int argc, char **argv)
{
	struct floor_lines lines = { .n = argc > 3 ? ((size_t)argc - 2) / 2 : 0 };

	if (lines.n < 1 || lines.n > FLOOR_LINES_MAX) {
		fprintf(stderr, "usage: %s CHIP INPUT-OFFSET OUTPUT-OFFSET...\n", argv[0]);
		exit(2);
	}
	for (size_t i = 0; i < lines.n; i++) {
		lines.in[i] = (unsigned)atoi(argv[2 + 2 * i]);
		lines.out[i] = (unsigned)atoi(argv[3 + 2 * i]);
	}
	lines.chip = gpiod_chip_open(argv[1]);
	if (!lines.chip)
		floor_fail(argv[1]);
	return lines;
}

struct gpiod_line_request *floor_request(const struct floor_lines *lines, const unsigned *offsets, size_t n,
                                         enum gpiod_line_direction direction, enum gpiod_line_edge edges)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *line_config = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *request;

	if (!settings || !line_config || !config)
		floor_fail("no memory");
	gpiod_line_settings_set_direction(settings, direction);
	gpiod_line_settings_set_edge_detection(settings, edges);
	if (gpiod_line_config_add_line_settings(line_config, offsets, n, settings) < 0)
		floor_fail("configuring lines");
	gpiod_request_config_set_consumer(config, "floor");
	request = gpiod_chip_request_lines(lines->chip, config, line_config);
	if (!request)
		floor_fail("requesting lines");
	return request;
}

enum gpiod_line_value floor_level(struct gpiod_edge_event *event)
{
	return gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE
	               ? GPIOD_LINE_VALUE_ACTIVE
	               : GPIOD_LINE_VALUE_INACTIVE;
}

void floor_say_ready(void)
{
	puts("ready");
	fflush(stdout);
}
