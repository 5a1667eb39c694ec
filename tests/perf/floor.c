/* The limit that roomd is shown beside: a loop written by hand for one line, or for several. Wait, read one
 * event, set one value; nothing else. floor CHIP INPUT-OFFSET OUTPUT-OFFSET [INPUT-OFFSET OUTPUT-OFFSET]...
 */
#include "floor-lines.h"

#define OFFSETS_MAX 1024

int main(int argc, char **argv)
{
	struct gpiod_edge_event_buffer *buffer = gpiod_edge_event_buffer_new(1);
	struct floor_lines lines = floor_parse(argc, argv);
	struct gpiod_line_request *inputs, *outputs;
	unsigned behind[OFFSETS_MAX] = { 0 };

	if (!buffer)
		floor_fail("no memory");
	for (size_t i = 0; i < lines.n; i++) {
		if (lines.in[i] >= OFFSETS_MAX)
			return 2;
		behind[lines.in[i]] = lines.out[i];
	}
	inputs = floor_request(&lines, lines.in, lines.n, GPIOD_LINE_DIRECTION_INPUT, GPIOD_LINE_EDGE_BOTH);
	outputs =
		floor_request(&lines, lines.out, lines.n, GPIOD_LINE_DIRECTION_OUTPUT, GPIOD_LINE_EDGE_NONE);
	floor_say_ready();
	for (;;) {
		struct gpiod_edge_event *event;

		if (gpiod_line_request_wait_edge_events(inputs, -1) < 0 ||
		    gpiod_line_request_read_edge_events(inputs, buffer, 1) < 0)
			floor_fail("reading an edge");
		event = gpiod_edge_event_buffer_get_event(buffer, 0);
		if (gpiod_line_request_set_value(outputs, behind[gpiod_edge_event_get_line_offset(event)],
		                                 floor_level(event)) < 0)
			floor_fail("setting a value");
	}
}
