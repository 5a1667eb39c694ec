/* What an input makes of edges: sequence numbers, losses, edges that a level contains. The kernel's side is a
 * script here, because a real one cannot be made to lose just this edge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helpers.h"
#include "io/input.h"
#include "util/clock.h"

#define EDGES_MAX 4096
#define SAID_MAX 8192

/* --- the kernel's side ------------------------------------------------------------------------------------
 */

static struct gpio_raw_edge script[EDGES_MAX]; /* what is still to be read */
static size_t script_n, script_next, reads;
static int level, fd = -1;
static bool endless; /* an edge for every read, always */
static bool reconfigured; /* when it was adopted */

int gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem)
{
	(void)settings, (void)problem;
	*ret = (struct gpio_line *)&level;
	return 0;
}

int gpio_adopt_input(const struct gpio_settings *settings, int handed_over, struct gpio_line **ret,
                     bool *ret_reconfigured, struct problem *problem)
{
	(void)settings, (void)problem;
	close(handed_over);
	*ret = (struct gpio_line *)&level;
	*ret_reconfigured = reconfigured;
	return 0;
}

struct gpio_line *gpio_close(struct gpio_line *line)
{
	(void)line;
	return NULL;
}

const char *gpio_place(const struct gpio_line *line)
{
	(void)line;
	return "gpiochip0:0";
}

int gpio_fd(const struct gpio_line *line)
{
	(void)line;
	return fd;
}

int gpio_get(const struct gpio_line *line)
{
	(void)line;
	return level;
}

int gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most)
{
	size_t n = 0;
	uint64_t count;

	(void)line;
	reads++;
	for (size_t i = 0; i < most; i++) /* a successor must not take an old entry for a new one */
		assert_int_equal(edges[i].line_seqno, 0);
	while (n < most && script_next < script_n)
		edges[n++] = script[script_next++];
	if (endless)
		script_next = 0;
	else if (script_next == script_n)
		(void)!read(fd, &count, sizeof count);
	return (int)n;
}

void gpio_decode_edge(const struct gpio_raw_edge *raw, struct gpio_edge *ret)
{
	*ret = (struct gpio_edge){
		.active = raw->id == 1, .monotonic_ns = raw->monotonic_ns, .line_seqno = raw->line_seqno
	};
}

static struct gpio_raw_edge raw_edge(uint32_t seqno, bool active, uint64_t ns)
{
	return (struct gpio_raw_edge){ .id = active ? 1 : 2, .monotonic_ns = ns, .line_seqno = seqno };
}

static void add_edge(uint32_t seqno, bool active, uint64_t ns)
{
	assert_true(script_n < EDGES_MAX);
	script[script_n++] = raw_edge(seqno, active, ns);
}

/* --- the owner's side -------------------------------------------------------------------------------------
 */

static char said[SAID_MAX];

static void say(const char *format, ...) PRINTF_LIKE(1, 2);

static void say(const char *format, ...)
{
	size_t length = strlen(said);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said + length, sizeof said - length, format, arguments);
	va_end(arguments);
}

static void on_level(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	(void)monotonic_ns, (void)userdata;
	say("%s%d ", from == INPUT_EDGE ? "edge " : "level ", active);
}

static void on_edges_lost(uint64_t count, uint64_t monotonic_ns, void *userdata)
{
	(void)monotonic_ns, (void)userdata;
	say("lost %llu ", (unsigned long long)count);
}

static void on_unavailable(const char *reason, void *userdata)
{
	(void)reason, (void)userdata;
	say("unavailable ");
}

static const struct input_handlers handlers = {
	.level = on_level,
	.edges_lost = on_edges_lost,
	.availability = { .unavailable = on_unavailable, .available = on_unavailable },
};

struct world {
	sd_event *event;
	struct input *input;
};

static int setup(void **state)
{
	static struct world world;
	static const struct gpio_settings settings = { .line = "PIR", .consumer = "test" };

	script_n = script_next = reads = 0;
	level = 0;
	endless = false;
	said[0] = '\0';
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_true(sd_event_new(&world.event) >= 0);
	assert_true(input_new(world.event, NULL, NULL, &settings, &handlers, NULL, &world.input) >= 0);
	input_start(world.input);
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	world->input = input_free(world->input);
	world->event = sd_event_unref(world->event);
	close(fd);
	return 0;
}

/* One turn of the loop with the script to be read. */
static void wake_up(struct world *world)
{
	uint64_t one = 1;

	assert_int_equal(write(fd, &one, sizeof one), sizeof one);
	assert_true(sd_event_run(world->event, 0) >= 0);
}

static uint64_t soon(void)
{
	return clock_now_ns(CLOCK_MONOTONIC) + NSEC_PER_SEC;
}

static void test_first_level_then_edges(void **state)
{
	add_edge(1, true, soon());
	add_edge(2, false, soon());
	wake_up(*state);
	assert_string_equal(said, "level 0 edge 1 edge 0 ");
}

/* An edge from before the level was read is contained in it; acting on it would be a step back. */
static void test_edge_before_the_level(void **state)
{
	add_edge(1, true, 1);
	add_edge(2, true, soon());
	wake_up(*state);
	assert_string_equal(said, "level 0 edge 1 ");
}

/* The level is read again after a loss, and edges from before that reading are not acted on. */
static void test_loss(void **state)
{
	add_edge(1, true, soon());
	add_edge(5, true, soon());
	level = 0;
	wake_up(*state);
	assert_string_equal(said, "level 0 edge 1 lost 3 edge 1 level 0 ");
}

static void test_loss_before_the_first_edge(void **state)
{
	add_edge(3, true, soon());
	level = 1;
	wake_up(*state);
	assert_string_equal(said, "level 0 lost 2 edge 1 level 1 ");
}

static void test_sequence_numbers_wrap(void **state)
{
	add_edge(UINT32_MAX, true, soon());
	wake_up(*state);
	said[0] = '\0';
	add_edge(0, false, soon());
	add_edge(2, true, soon());
	level = 1;
	wake_up(*state);
	assert_string_equal(said, "edge 0 lost 1 edge 1 level 1 ");
}

/* As many as there are in one wake-up, and no read more than it takes to know. */
static void test_reads_until_there_are_no_more(void **state)
{
	for (uint32_t i = 1; i <= 2 * GPIO_EDGES_READ + 3; i++)
		add_edge(i, i % 2, soon());
	wake_up(*state);
	assert_int_equal(script_next, script_n);
	assert_int_equal(reads, 3);
}

/* A line that has always more does not keep the loop for itself: not in one wake-up, and not over many. */
static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	return sd_event_exit(userdata, 0);
}

static void test_line_that_chatters_without_end(void **state)
{
	struct world *world = *state;
	uint64_t one = 1;

	for (uint32_t i = 1; i <= GPIO_EDGES_READ; i++)
		add_edge(i, i % 2, 1);
	endless = true;
	assert_int_equal(write(fd, &one, sizeof one), sizeof one);
	assert_true(sd_event_add_time_relative(world->event, NULL, CLOCK_MONOTONIC, 1000, 1, on_timer,
	                                       world->event) >= 0);
	assert_true(sd_event_loop(world->event) >= 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_level_then_edges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edge_before_the_level, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loss, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loss_before_the_first_edge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sequence_numbers_wrap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reads_until_there_are_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line_that_chatters_without_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
