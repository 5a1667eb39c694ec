#include "io/lines.h"

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/ranks.h"

void lines_init(struct lines *lines, sd_event *event, struct arrivals *arrivals)
{
	*lines = (struct lines){ .event = event, .arrivals = arrivals };
}

/* Cannot fail for a source that exists, in the process that made it. */
static void set_waits(struct line_source *source, bool waits)
{
	if (source->waits == waits)
		return;
	source->waits = waits;
	sd_event_source_set_priority(source->source, waits ? RANK_LAST : RANK_LINES);
}

/* What a turn counts: one that takes long is worth several, or so few would fit into a window that it is
 * never used up. */
static HOT unsigned worth(uint64_t usec)
{
	return 1 + (unsigned)(usec < LINES_WINDOW_USEC ? usec / LINES_TURN_USEC : LINES_TURNS_FIRST);
}

/* Counts a turn that it has had since this wake-up. No window ends within a turn that came before others, or
 * right after it: with turns as long as windows, each would have one of its own. */
static HOT void count_turn(struct line_source *source)
{
	struct lines *lines = source->lines;
	uint64_t begin_usec = 0, end_usec = clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC;
	bool again;

	sd_event_now(lines->event, CLOCK_MONOTONIC, &begin_usec);
	if (begin_usec >= lines->until_usec) {
		lines->window++;
		lines->until_usec = begin_usec + LINES_WINDOW_USEC;
		lines->turns = 0;
	}
	if (!source->waits && lines->until_usec < end_usec + LINES_TURN_USEC)
		lines->until_usec = end_usec + LINES_TURN_USEC;
	again = source->window == lines->window;
	source->window = lines->window;
	lines->turns += worth(end_usec - begin_usec);
	set_waits(source, lines->turns > LINES_TURNS_FIRST && again);
}

static HOT int on_io(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct line_source *source = userdata;

	(void)event_source, (void)fd;
	source->handler(events, source->userdata);
	if (source->source)
		count_turn(source);
	return 0;
}

int lines_watch(struct lines *lines, struct line_source *source, int fd, uint32_t events,
                line_ready_handler handler, void *userdata)
{
	struct line_source watched = { .lines = lines, .handler = handler, .userdata = userdata };
	int r;

	r = sd_event_add_io(lines->event, &watched.source, fd, events, on_io, source);
	if (r >= 0)
		r = sd_event_source_set_priority(watched.source, RANK_LINES);
	if (r < 0)
		sd_event_source_disable_unref(watched.source);
	else
		*source = watched;
	return r;
}

void lines_forget(struct line_source *source)
{
	sd_event_source_disable_unref(source->source);
	*source = (struct line_source){ 0 };
}
