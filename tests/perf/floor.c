/* The floor that roomd is compared with: a loop written by hand for one line, or for several. Wait, read one
 * event, set one value; nothing else. floor CHIP INPUT-OFFSET OUTPUT-OFFSET [INPUT-OFFSET OUTPUT-OFFSET]...
 * says "ready" when it waits. */
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

#define LINES_MAX 64
#define OFFSETS_MAX 1024

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Ownership is left to the end of the process. */
static struct gpiod_line_request *request(struct gpiod_chip *chip, const unsigned *offsets, size_t n,
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
	if (gpiod_line_config_add_line_settings(lines, offsets, n, settings) < 0)
		fail("configuring lines");
	gpiod_request_config_set_consumer(config, "floor");
	request = gpiod_chip_request_lines(chip, config, lines);
	if (!request)
		fail("requesting lines");
	return request;
}

int main(int argc, char **argv)
{
	struct gpiod_edge_event_buffer *buffer = gpiod_edge_event_buffer_new(1);
	unsigned in[LINES_MAX], out[LINES_MAX], behind[OFFSETS_MAX] = { 0 };
	size_t n = argc > 3 ? ((size_t)argc - 2) / 2 : 0;
	struct gpiod_line_request *inputs, *outputs;
	struct gpiod_chip *chip;

	if (n < 1 || n > LINES_MAX || !buffer) {
		fprintf(stderr, "usage: floor CHIP INPUT-OFFSET OUTPUT-OFFSET...\n");
		return 2;
	}
	for (size_t i = 0; i < n; i++) {
		in[i] = (unsigned)atoi(argv[2 + 2 * i]);
		out[i] = (unsigned)atoi(argv[3 + 2 * i]);
		if (in[i] >= OFFSETS_MAX)
			return 2;
		behind[in[i]] = out[i];
	}
	chip = gpiod_chip_open(argv[1]);
	if (!chip)
		fail(argv[1]);
	inputs = request(chip, in, n, GPIOD_LINE_DIRECTION_INPUT, GPIOD_LINE_EDGE_BOTH);
	outputs = request(chip, out, n, GPIOD_LINE_DIRECTION_OUTPUT, GPIOD_LINE_EDGE_NONE);
	puts("ready"); /* for whoever measures the start */
	fflush(stdout);
	for (;;) {
		struct gpiod_edge_event *event;

		if (gpiod_line_request_wait_edge_events(inputs, -1) < 0 ||
		    gpiod_line_request_read_edge_events(inputs, buffer, 1) < 0)
			fail("reading an edge");
		event = gpiod_edge_event_buffer_get_event(buffer, 0);
		if (gpiod_line_request_set_value(outputs, behind[gpiod_edge_event_get_line_offset(event)],
		                                 gpiod_edge_event_get_event_type(event) ==
		                                                 GPIOD_EDGE_EVENT_RISING_EDGE
		                                         ? GPIOD_LINE_VALUE_ACTIVE
		                                         : GPIOD_LINE_VALUE_INACTIVE) < 0)
			fail("setting a value");
	}
}
