/* Lines before all else, but not instead of it: eventfds stand for lines. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helpers.h"
#include "io/line-loop.h"

#define LINES 2

struct world {
	sd_event *event;
	struct line_loop *loop;
	struct line {
		struct line_source source;
		int fd;
		unsigned handled, handled_at; /* the last time */
		struct line_source *forgets;
	} lines[LINES];
	unsigned turn; /* counts what was handled */
	unsigned deferred_at;
};

static struct world world;

static void make_ready(struct line *line)
{
	uint64_t one = 1;

	assert_int_equal(write(line->fd, &one, sizeof one), sizeof one);
}

static void take(struct line *line)
{
	uint64_t count;

	line->handled++;
	line->handled_at = ++world.turn;
	assert_int_equal(read(line->fd, &count, sizeof count), sizeof count);
}

static void on_ready(uint32_t events, void *userdata)
{
	struct line *line = userdata;

	assert_int_equal(events, EPOLLIN);
	take(line);
	if (line->forgets)
		line_loop_forget(line->forgets);
}

static int setup(void **state)
{
	(void)state;
	world = (struct world){ 0 };
	assert_true(sd_event_new(&world.event) >= 0);
	assert_int_equal(line_loop_new(world.event, &world.loop), 0);
	for (size_t i = 0; i < LINES; i++) {
		struct line *line = &world.lines[i];

		line->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		assert_int_equal(
			line_loop_watch(world.loop, &line->source, line->fd, EPOLLIN, on_ready, line), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		line_loop_forget(&world.lines[i].source);
		close(world.lines[i].fd);
	}
	line_loop_free(world.loop);
	sd_event_unref(world.event);
	return 0;
}

static int on_deferred(sd_event_source *source, void *userdata)
{
	(void)source, (void)userdata;
	world.deferred_at = ++world.turn;
	return 0;
}

/* A turn without anything is not waited for. */
static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	assert_int_equal(world.turn, 0);
}

static void test_lines_come_first(void **state)
{
	(void)state;
	assert_true(sd_event_add_defer(world.event, NULL, on_deferred, NULL) >= 0);
	make_ready(&world.lines[1]);
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	assert_int_equal(world.lines[1].handled_at, 1);
	assert_int_equal(world.deferred_at, 2);
	assert_int_equal(world.lines[0].handled, 0);
}

/* Each line once in a turn, and then the others. */
static void on_chatter(uint32_t events, void *userdata)
{
	(void)events;
	take(userdata);
	make_ready(userdata);
}

static int on_exit_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec, (void)userdata;
	return sd_event_exit(world.event, 7);
}

static void test_a_line_that_chatters_is_not_alone(void **state)
{
	(void)state;
	world.lines[0].source.handler = on_chatter;
	make_ready(&world.lines[0]);
	assert_true(sd_event_add_time_relative(world.event, NULL, CLOCK_MONOTONIC, 1000, 1, on_exit_time,
	                                       NULL) >= 0);
	assert_int_equal(line_loop_run(world.loop), 7);
	assert_true(world.lines[0].handled > 0);
}

/* Both are ready; whichever comes first forgets the other one, which may have been freed. */
static void test_forgotten_while_it_is_ready(void **state)
{
	(void)state;
	world.lines[0].forgets = &world.lines[1].source;
	world.lines[1].forgets = &world.lines[0].source;
	make_ready(&world.lines[0]);
	make_ready(&world.lines[1]);
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	assert_int_equal(world.lines[0].handled + world.lines[1].handled, 1);
}

static void test_a_line_forgets_itself(void **state)
{
	(void)state;
	world.lines[0].forgets = &world.lines[0].source;
	make_ready(&world.lines[0]);
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	make_ready(&world.lines[0]);
	assert_int_equal(line_loop_turn(world.loop, 0), 0);
	assert_int_equal(world.lines[0].handled, 1);
	line_loop_forget(&world.lines[0].source); /* once more */
}

static void on_ready_exit(uint32_t events, void *userdata)
{
	(void)events;
	take(userdata);
	assert_true(sd_event_exit(world.event, 3) >= 0);
}

static void test_a_line_ends_the_loop(void **state)
{
	(void)state;
	world.lines[0].source.handler = on_ready_exit;
	make_ready(&world.lines[0]);
	assert_int_equal(line_loop_run(world.loop), 3);
}

static void test_what_is_no_line(void **state)
{
	struct line_source source = { 0 };

	(void)state;
	assert_int_equal(line_loop_watch(world.loop, &source, -1, EPOLLIN, on_ready, NULL), -EBADF);
	assert_null(source.loop);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_nothing),
	TEST(test_lines_come_first),
	TEST(test_a_line_that_chatters_is_not_alone),
	TEST(test_forgotten_while_it_is_ready),
	TEST(test_a_line_forgets_itself),
	TEST(test_a_line_ends_the_loop),
	TEST(test_what_is_no_line),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
