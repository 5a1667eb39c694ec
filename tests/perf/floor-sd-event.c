/* The floor that roomd is measured against: the same job on plain sd-event and libgpiod, as whoever knows
 * them would write it. Each sensor is an I/O source of the loop: read one event, set one value, nothing else.
 *
 * floor-sd-event CHIP INPUT-OFFSET OUTPUT-OFFSET [INPUT-OFFSET OUTPUT-OFFSET]... */
#include <systemd/sd-event.h>

#include "floor-lines.h"

struct lane {
	struct gpiod_line_request *sensor, *light;
	struct gpiod_edge_event_buffer *buffer;
	unsigned light_offset;
};

static int on_edge(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct lane *lane = userdata;

	(void)source, (void)fd, (void)revents;
	if (gpiod_line_request_read_edge_events(lane->sensor, lane->buffer, 1) < 0 ||
	    gpiod_line_request_set_value(lane->light, lane->light_offset,
	                                 floor_level(gpiod_edge_event_buffer_get_event(lane->buffer, 0))) < 0)
		floor_fail("an edge");
	return 0;
}

static void watch(sd_event *event, const struct floor_lines *lines, size_t i, struct lane *lane)
{
	*lane = (struct lane){
		.sensor = floor_request(lines, &lines->in[i], 1, GPIOD_LINE_DIRECTION_INPUT,
		                        GPIOD_LINE_EDGE_BOTH),
		.light = floor_request(lines, &lines->out[i], 1, GPIOD_LINE_DIRECTION_OUTPUT,
		                       GPIOD_LINE_EDGE_NONE),
		.buffer = gpiod_edge_event_buffer_new(1),
		.light_offset = lines->out[i],
	};
	if (!lane->buffer ||
	    sd_event_add_io(event, NULL, gpiod_line_request_get_fd(lane->sensor), EPOLLIN, on_edge, lane) < 0)
		floor_fail("watching a line");
}

int main(int argc, char **argv)
{
	static struct lane lanes[FLOOR_LINES_MAX];
	struct floor_lines lines = floor_parse(argc, argv);
	sd_event *event = NULL;

	if (sd_event_default(&event) < 0)
		floor_fail("no loop");
	for (size_t i = 0; i < lines.n; i++)
		watch(event, &lines, i, &lanes[i]);
	floor_say_ready();
	return sd_event_loop(event) < 0;
}
