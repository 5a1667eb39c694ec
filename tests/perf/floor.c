/* The floor that roomd is compared with: a loop written by hand for one line. Wait, read one event, set one
 * value; nothing else. floor CHIP INPUT-OFFSET OUTPUT-OFFSET; prints "ready" when it waits. */
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Ownership is left to the end of the process. */
static struct gpiod_line_request *request(struct gpiod_chip *chip, unsigned offset,
                                          enum gpiod_line_direction direction, enum gpiod_line_edge edges)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *request;

	if (!settings || !lines || !config)
		fail("no memory");
	gpiod_line_settings_set_direction(settings, direction);
	gpiod_line_settings_set_edge_detection(settings, edges);
	gpiod_line_config_add_line_settings(lines, &offset, 1, settings);
	gpiod_request_config_set_consumer(config, "floor");
	request = gpiod_chip_request_lines(chip, config, lines);
	if (!request)
		fail("requesting a line");
	return request;
}

int main(int argc, char **argv)
{
	struct gpiod_edge_event_buffer *buffer = gpiod_edge_event_buffer_new(1);
	struct gpiod_line_request *input, *output;
	struct gpiod_chip *chip;
	unsigned in, out;

	if (argc != 4 || !buffer) {
		fprintf(stderr, "usage: floor CHIP INPUT-OFFSET OUTPUT-OFFSET\n");
		return 2;
	}
	in = (unsigned)atoi(argv[2]);
	out = (unsigned)atoi(argv[3]);
	chip = gpiod_chip_open(argv[1]);
	if (!chip)
		fail(argv[1]);
	input = request(chip, in, GPIOD_LINE_DIRECTION_INPUT, GPIOD_LINE_EDGE_BOTH);
	output = request(chip, out, GPIOD_LINE_DIRECTION_OUTPUT, GPIOD_LINE_EDGE_NONE);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct gpiod_edge_event *event;

		if (gpiod_line_request_wait_edge_events(input, -1) < 0 ||
		    gpiod_line_request_read_edge_events(input, buffer, 1) < 0)
			fail("reading an edge");
		event = gpiod_edge_event_buffer_get_event(buffer, 0);
		if (gpiod_line_request_set_value(output, out,
		                                 gpiod_edge_event_get_event_type(event) ==
		                                                 GPIOD_EDGE_EVENT_RISING_EDGE
		                                         ? GPIOD_LINE_VALUE_ACTIVE
		                                         : GPIOD_LINE_VALUE_INACTIVE) < 0)
			fail("setting a value");
	}
}
