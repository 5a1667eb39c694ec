#include "io/input.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "util/clock.h"

/* Reads in one wake-up: all that the kernel can have kept. */
#define READS_MAX (GPIO_EDGES_KEPT / GPIO_EDGES_READ)

struct input {
	struct line_keeper keeper; /* first */
	const struct input_handlers *handlers;
	void *userdata;
	uint32_t last_seqno; /* the kernel's counter is 32 bits wide and wraps */
	/* The level was read after this time: an edge before it is contained in that level. */
	uint64_t known_ns;
};

/* The clock is read before the level: an edge between the two is then reported again, never left out. */
static int read_level(struct input *input)
{
	uint64_t now = clock_now_ns(CLOCK_MONOTONIC);
	int level = gpio_get(input->keeper.line);

	if (level < 0)
		return level;
	input->known_ns = now;
	input->handlers->level(level > 0, now, INPUT_READ, input->userdata);
	return 0;
}

/* Reports what was read; returns how many edges are missing in between. */
static uint64_t report_edges(struct input *input, const struct gpio_edge *edges, size_t n)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t missing = edges[i].line_seqno - input->last_seqno - 1;

		input->last_seqno = edges[i].line_seqno;
		if (missing > 0) {
			lost += missing;
			input->handlers->edges_lost(missing, edges[i].monotonic_ns, input->userdata);
		}
		if (edges[i].monotonic_ns >= input->known_ns)
			input->handlers->level(edges[i].active, edges[i].monotonic_ns, INPUT_EDGE,
			                       input->userdata);
	}
	return lost;
}

static int keeper_open(struct line_keeper *keeper, struct gpio_line **ret, struct problem *problem)
{
	return gpio_open_input(&keeper->settings, ret, problem);
}

static int keeper_opened(struct line_keeper *keeper)
{
	struct input *input = (struct input *)keeper;

	input->last_seqno = 0;
	return read_level(input);
}

static void keeper_ready(struct line_keeper *keeper, uint32_t events)
{
	struct input *input = (struct input *)keeper;
	struct gpio_edge edges[GPIO_EDGES_READ];
	unsigned reads = 0;
	uint64_t lost = 0;
	int n;

	/* A read that does not fill the buffer has taken all there was: no second system call to learn it. */
	do {
		n = gpio_read_edges(keeper->line, edges, GPIO_EDGES_READ);
		if (n > 0)
			lost += report_edges(input, edges, (size_t)n);
	} while (n == GPIO_EDGES_READ && ++reads < READS_MAX);

	if (n == 0 && (events & (EPOLLHUP | EPOLLERR)))
		n = -ENODEV;
	if (n >= 0 && lost > 0)
		n = read_level(input);
	if (n < 0)
		line_keeper_lost(keeper, n);
}

static const struct line_keeper_ops keeper_ops = {
	.open = keeper_open,
	.opened = keeper_opened,
	.ready = keeper_ready,
	.events = EPOLLIN,
};

int input_new(sd_event *event, const struct gpio_settings *settings, const struct input_handlers *handlers,
              void *userdata, struct input **ret)
{
	struct input *input = calloc(1, sizeof *input);
	int r;

	if (!input)
		return -ENOMEM;
	input->handlers = handlers;
	input->userdata = userdata;
	r = line_keeper_init(&input->keeper, event, settings, &keeper_ops, &handlers->availability, userdata);
	if (r < 0) {
		input_free(input);
		return r;
	}
	*ret = input;
	return 0;
}

struct input *input_free(struct input *input)
{
	if (!input)
		return NULL;
	line_keeper_deinit(&input->keeper);
	free(input);
	return NULL;
}

void input_start(struct input *input)
{
	line_keeper_start(&input->keeper);
}

void input_report_level(struct input *input)
{
	int r;

	if (!input->keeper.line)
		return;
	r = read_level(input);
	if (r < 0)
		line_keeper_lost(&input->keeper, r);
}
