#include "io/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/memory.h"

const char *const input_biases[] = {
	[GPIO_BIAS_AS_IS] = "as-is",
	[GPIO_BIAS_DISABLED] = "disabled",
	[GPIO_BIAS_PULL_UP] = "pull-up",
	[GPIO_BIAS_PULL_DOWN] = "pull-down",
	NULL,
};

/* Reads of all that the kernel can have kept. */
#define READS_MAX (GPIO_EDGES_KEPT / GPIO_EDGES_READ)

/* Where the kernel puts edges. In memory that outlives the process, those that it has handed out and nobody
 * has handled yet are not lost: they are the ones with a time other than 0 that come after the last_seqno. */
struct input_inbox {
	struct gpio_raw_edge edges[GPIO_EDGES_READ];
};

/* How far an input has come. All zero: nothing is known. */
struct input_kept {
	/* The level was read after this time: an edge before it is contained in that level. 0: it never was.
	 */
	uint64_t known_ns;
	int last_seqno; /* of the last edge that was handled; 32 bits of the kernel's counter, which wraps */
	bool counting;  /* there is a last_seqno */
	/* settings_of() when the level was read; 0: an earlier version did not keep it. */
	int settings;
};

struct input {
	struct line_keeper keeper; /* first */
	const struct input_handlers *handlers;
	void *userdata;
	struct input_kept kept;
	struct memory *memory;
	struct input_inbox *inbox, own_inbox;
	size_t filled; /* so many entries of the inbox, from the first on, may not be clear */
	bool missed;   /* edges were lost, and the level has not been read since */
};

static const struct kept_field kept_fields[] = {
	{ "known_ns", KEPT_U64, offsetof(struct input, kept.known_ns), KEPT_OVER_RESTART },
	{ "last_seqno", KEPT_INT, offsetof(struct input, kept.last_seqno), KEPT_OVER_RESTART },
	{ "counting", KEPT_BOOL, offsetof(struct input, kept.counting), KEPT_OVER_RESTART },
	{ "settings", KEPT_INT, offsetof(struct input, kept.settings), KEPT_OVER_RESTART },
	{ 0 },
};

static void handled(struct input *input)
{
	if (input->memory)
		memory_commit(input->memory);
}

/* What a level and an edge mean depends on these. Never 0. */
static int settings_of(const struct input *input)
{
	return 1 + input->keeper.settings.active_low + 2 * (int)input->keeper.settings.bias;
}

/* The clock is read before the level: an edge between the two is then reported again, never left out. Edges
 * from `known_ns` on are not known to be contained in it; 0: from now on. */
static int read_level(struct input *input, uint64_t known_ns)
{
	uint64_t now = clock_now_ns(CLOCK_MONOTONIC);
	int level = gpio_get(input->keeper.line);

	if (level < 0)
		return level;
	input->kept.known_ns = known_ns > 0 ? known_ns : now;
	input->kept.settings = settings_of(input);
	input->missed = false;
	input->handlers->level(level > 0, now, INPUT_READ, input->userdata);
	handled(input);
	return 0;
}

static HOT void report_edge(struct input *input, const struct gpio_edge *edge)
{
	uint32_t missing = input->kept.counting ? edge->line_seqno - (uint32_t)input->kept.last_seqno - 1 : 0;

	input->kept.last_seqno = (int)edge->line_seqno;
	input->kept.counting = true;
	if (missing > 0) {
		input->missed = true;
		input->handlers->edges_lost(missing, edge->monotonic_ns, input->userdata);
	}
	if (edge->monotonic_ns >= input->kept.known_ns)
		input->handlers->level(edge->active, edge->monotonic_ns, INPUT_EDGE, input->userdata);
	else
		input->handlers->edge_contained(input->userdata);
	handled(input);
}

/* So that whoever finds the inbox can tell which entries the kernel has filled. */
static HOT void clear_inbox(struct input *input)
{
	for (size_t i = 0; i < input->filled; i++)
		input->inbox->edges[i].monotonic_ns = 0;
	input->filled = 0;
}

/* What another one was given by the kernel and did not handle any more. What cannot be an edge that has been
 * is left out, and so counted as lost when the next one comes. */
static void report_inbox(struct input *input)
{
	uint64_t now = clock_now_ns(CLOCK_MONOTONIC);

	for (size_t i = 0; i < GPIO_EDGES_READ; i++) {
		struct gpio_edge edge;

		gpio_decode_edge(&input->inbox->edges[i], &edge);
		if (edge.monotonic_ns != 0 && edge.monotonic_ns <= now && input->kept.counting &&
		    (int32_t)(edge.line_seqno - (uint32_t)input->kept.last_seqno) > 0)
			report_edge(input, &edge);
	}
}

/* What one read takes. How many those were, or a negative errno. Fewer than GPIO_EDGES_READ were all there
 * are: no second system call to learn it. */
static HOT int read_edges(struct input *input)
{
	int n;

	clear_inbox(input);
	n = gpio_read_edges(input->keeper.line, input->inbox->edges, GPIO_EDGES_READ);
	input->filled = n < 0 ? GPIO_EDGES_READ : (size_t)n;
	for (int i = 0; i < n; i++) {
		struct gpio_edge edge;

		gpio_decode_edge(&input->inbox->edges[i], &edge);
		report_edge(input, &edge);
	}
	return n;
}

/* All that waited. 0 or a negative errno. */
static int read_waiting(struct input *input)
{
	unsigned reads = 0;
	int n;

	do
		n = read_edges(input);
	while (n == GPIO_EDGES_READ && ++reads < READS_MAX);
	return n < 0 ? n : 0;
}

static int keeper_open(struct line_keeper *keeper, struct gpio_line **ret, struct problem *problem)
{
	return gpio_open_input(&keeper->settings, ret, problem);
}

static int keeper_adopt(struct line_keeper *keeper, int fd, struct gpio_line **ret, bool *ret_reconfigured,
                        struct problem *problem)
{
	return gpio_adopt_input(&keeper->settings, fd, ret, ret_reconfigured, problem);
}

/* What a predecessor has left may be from another version, or damaged: a time that is still to come would
 * make all edges until then count for nothing. */
static void check_kept(struct input *input)
{
	if (input->kept.known_ns > clock_now_ns(CLOCK_MONOTONIC))
		input->kept.known_ns = 0;
	if (input->kept.settings == 0)
		input->kept.settings = settings_of(input);
}

/* What came while nobody read, in its order and with its times; then the level, unless it follows from that.
 */
static int go_on(struct input *input)
{
	uint64_t start = clock_now_ns(CLOCK_MONOTONIC);
	bool known;
	int r;

	check_kept(input);
	known = input->kept.known_ns > 0;
	report_inbox(input);
	r = read_waiting(input);
	if (r < 0)
		return r;
	if (input->missed)
		return read_level(input, 0);
	/* None of the edges since `start` was left out by the reading above, so none is from now on. */
	return known ? 0 : read_level(input, start);
}

/* Also if a predecessor was killed between changing the line's settings and reading its level. */
static bool settings_are_new(const struct input *input, enum line_keeper_from from)
{
	return from == LINE_RECONFIGURED || (input->kept.settings != 0 && input->kept.settings != settings_of(input));
}

static int keeper_opened(struct line_keeper *keeper, enum line_keeper_from from, bool level)
{
	struct input *input = (struct input *)keeper;
	int r;

	(void)level;
	if (from != LINE_REQUESTED && !settings_are_new(input, from))
		return go_on(input);
	if (from == LINE_REQUESTED) { /* the kernel counts anew */
		clear_inbox(input);
		input->kept = (struct input_kept){ .counting = true };
	}
	r = read_level(input, 0);
	if (r >= 0) /* edges with other settings: they are in the level, and not lost */
		report_inbox(input);
	return r;
}

/* One read a turn: a line that has more is ready again, and its next turn comes after those of the other
 * lines. Until then the level is not read, for it contains the edges that still wait. */
static HOT void keeper_ready(struct line_keeper *keeper, uint32_t events)
{
	struct input *input = (struct input *)keeper;
	int n;

	n = read_edges(input);
	if (n == 0 && (events & (EPOLLHUP | EPOLLERR)))
		n = -ENODEV;
	if (n >= 0 && n < GPIO_EDGES_READ && input->missed)
		n = read_level(input, 0);
	if (n < 0)
		line_keeper_lost(keeper, n);
}

static const struct line_keeper_ops keeper_ops = {
	.open = keeper_open,
	.adopt = keeper_adopt,
	.opened = keeper_opened,
	.ready = keeper_ready,
	.events = EPOLLIN,
};

#define INBOX_NAME_SIZE (MEMORY_NAME_MAX + 1)

static const char *inbox_name(const struct input *input, char buffer[static INBOX_NAME_SIZE])
{
	snprintf(buffer, INBOX_NAME_SIZE, "%s/inbox", input->keeper.settings.stored_as);
	return buffer;
}

static int find_memory(struct input *input)
{
	char name[INBOX_NAME_SIZE];
	void *inbox;
	int r;

	r = memory_keep(input->memory, input->keeper.settings.stored_as, kept_fields, input);
	if (r >= 0)
		r = memory_block(input->memory, inbox_name(input, name), sizeof *input->inbox, &inbox);
	if (r >= 0)
		input->inbox = inbox;
	return r;
}

int input_new(struct lines *lines, struct fd_store *store, struct memory *memory,
              const struct gpio_settings *settings, const struct input_handlers *handlers, void *userdata,
              struct input **ret)
{
	_cleanup_(input_freep) struct input *input = calloc(1, sizeof *input);
	int r;

	if (!input)
		return -ENOMEM;
	input->handlers = handlers;
	input->userdata = userdata;
	input->inbox = &input->own_inbox;
	input->filled = GPIO_EDGES_READ; /* a predecessor's */
	r = line_keeper_init(&input->keeper, lines, store, settings, &keeper_ops, &handlers->availability,
	                     userdata);
	if (r >= 0 && memory) {
		input->memory = memory;
		r = find_memory(input);
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(input);
	return 0;
}

struct input *input_free(struct input *input)
{
	if (!input)
		return NULL;
	if (input->memory)
		memory_leave(input->memory, input->keeper.settings.stored_as);
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
	r = read_level(input, 0);
	if (r < 0)
		line_keeper_lost(&input->keeper, r);
}
