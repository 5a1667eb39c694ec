/* Lines before all else, but not instead of it: eventfds stand for lines. */
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helpers.h"
#include "io/lines.h"
#include "util/clock.h"
#include "util/ranks.h"

#define LINES 2
/* So many turns without anybody else's are too many, however slow the machine. */
#define TURNS_TOO_MANY 100000
#define SLOW_TURNS_TOO_MANY 100

struct world {
	sd_event *event;
	struct lines lines;
	struct line {
		struct line_source source;
		int fd;
		unsigned handled, handled_at; /* the last time */
		struct line_source *forgets;
	} line[LINES];
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
		lines_forget(line->forgets);
}

static void on_chatter(uint32_t events, void *userdata)
{
	(void)events;
	take(userdata);
	make_ready(userdata);
	if (world.turn > TURNS_TOO_MANY)
		fail_msg("nobody but lines had a turn");
}

static void chatter(struct line *line)
{
	line->source.handler = on_chatter;
	make_ready(line);
}

static int setup(void **state)
{
	(void)state;
	world = (struct world){ 0 };
	assert_true(sd_event_new(&world.event) >= 0);
	lines_init(&world.lines, world.event, NULL);
	for (size_t i = 0; i < LINES; i++) {
		struct line *line = &world.line[i];

		line->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		assert_int_equal(lines_watch(&world.lines, &line->source, line->fd, EPOLLIN, on_ready, line),
		                 0);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		lines_forget(&world.line[i].source);
		close(world.line[i].fd);
	}
	sd_event_unref(world.event);
	return 0;
}

static void run_once(void)
{
	assert_true(sd_event_run(world.event, 0) > 0);
}

static int on_deferred(sd_event_source *source, void *userdata)
{
	(void)source, (void)userdata;
	world.deferred_at = ++world.turn;
	return sd_event_exit(world.event, 7);
}

static void defer(int rank)
{
	sd_event_source *source;

	assert_true(sd_event_add_defer(world.event, &source, on_deferred, NULL) >= 0);
	assert_true(sd_event_source_set_priority(source, rank) >= 0);
	assert_true(sd_event_source_set_floating(source, true) >= 0);
	sd_event_source_unref(source);
}

static void test_lines_come_first(void **state)
{
	(void)state;
	defer(SD_EVENT_PRIORITY_NORMAL);
	make_ready(&world.line[1]);
	run_once();
	run_once();
	assert_int_equal(world.line[1].handled_at, 1);
	assert_int_equal(world.deferred_at, 2);
	assert_int_equal(world.line[0].handled, 0);
}

static int on_exit_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec, (void)userdata;
	return sd_event_exit(world.event, 7);
}

static void test_chatter_leaves_timers_their_turn(void **state)
{
	(void)state;
	chatter(&world.line[0]);
	assert_true(sd_event_add_time_relative(world.event, NULL, CLOCK_MONOTONIC, 1000, 1, on_exit_time,
	                                       NULL) >= 0);
	assert_int_equal(sd_event_loop(world.event), 7);
	assert_true(world.line[0].handled > 0);
}

static uint64_t slow_ns; /* what a turn takes */

static void on_slow_chatter(uint32_t events, void *userdata)
{
	uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

	while (clock_now_ns(CLOCK_MONOTONIC) - begin_ns < slow_ns)
		;
	on_chatter(events, userdata);
	if (world.turn > SLOW_TURNS_TOO_MANY)
		fail_msg("nobody but a slow line had a turn");
}

/* A turn that takes long is worth several: so few of them fit into a window that it would never be used up.
 */
static void test_slow_chatter_leaves_timers_their_turn(void **state)
{
	static const uint64_t slow_usec[] = { 1000, LINES_WINDOW_USEC / 2, 2 * LINES_WINDOW_USEC };

	for (size_t i = 0; i < ELEMENTS(slow_usec); i++) {
		slow_ns = slow_usec[i] * NSEC_PER_USEC;
		chatter(&world.line[0]);
		world.line[0].source.handler = on_slow_chatter;
		assert_true(sd_event_add_time_relative(world.event, NULL, CLOCK_MONOTONIC, 1, 1, on_exit_time,
		                                       NULL) >= 0);
		assert_int_equal(sd_event_loop(world.event), 7);
		teardown(state);
		setup(state);
	}
}

static void test_chatter_leaves_signals_their_turn(void **state)
{
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	chatter(&world.line[0]);
	assert_true(sd_event_add_signal(world.event, NULL, SIGTERM, NULL, NULL) >= 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(sd_event_loop(world.event), 0);
}

static void test_chatter_leaves_the_last_their_turn(void **state)
{
	(void)state;
	chatter(&world.line[0]);
	defer(RANK_LAST);
	assert_int_equal(sd_event_loop(world.event), 7);
	assert_true(world.line[0].handled > 1); /* how many it has first depends on how long each takes */
}

static void test_all_lines_chatter(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++)
		chatter(&world.line[i]);
	defer(RANK_LAST);
	assert_int_equal(sd_event_loop(world.event), 7);
	assert_true(world.line[0].handled > 0 && world.line[1].handled > 0);
}

static void chatter_until(bool waits)
{
	while (world.line[0].source.waits != waits)
		run_once();
}

/* It has its rank, whatever another one does, and has it again after one that chattered has been still. */
static void test_other_lines_keep_their_rank(void **state)
{
	(void)state;
	chatter(&world.line[0]);
	chatter_until(true);
	make_ready(&world.line[1]);
	run_once();
	assert_int_equal(world.line[1].handled_at, world.turn);
	assert_false(world.line[1].source.waits);
	chatter_until(false);
}

/* The rank is not lost while there are turns left; on a slow machine some are worth several. */
static void test_some_turns_are_free(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LINES_TURNS_FIRST; i++) {
		make_ready(&world.line[0]);
		run_once();
		assert_int_equal(world.line[0].source.waits, world.lines.turns > LINES_TURNS_FIRST);
	}
}

/* Both are ready; whichever comes first forgets the other one, which may have been freed. */
static void test_forgotten_while_it_is_ready(void **state)
{
	(void)state;
	world.line[0].forgets = &world.line[1].source;
	world.line[1].forgets = &world.line[0].source;
	make_ready(&world.line[0]);
	make_ready(&world.line[1]);
	run_once();
	assert_int_equal(sd_event_run(world.event, 0), 0);
	assert_int_equal(world.line[0].handled + world.line[1].handled, 1);
}

/* As systemd has one of each line that it keeps. */
static void test_forgotten_with_a_duplicate(void **state)
{
	int duplicate = dup(world.line[0].fd);

	(void)state;
	make_ready(&world.line[0]);
	lines_forget(&world.line[0].source);
	assert_int_equal(close(world.line[0].fd), 0);
	world.line[0].fd = duplicate;
	assert_int_equal(sd_event_run(world.event, 0), 0);
	assert_int_equal(world.line[0].handled, 0);
}

static void test_a_line_forgets_itself(void **state)
{
	(void)state;
	world.line[0].forgets = &world.line[0].source;
	make_ready(&world.line[0]);
	run_once();
	make_ready(&world.line[0]);
	assert_int_equal(sd_event_run(world.event, 0), 0);
	assert_int_equal(world.line[0].handled, 1);
	lines_forget(&world.line[0].source); /* once more */
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
	world.line[0].source.handler = on_ready_exit;
	make_ready(&world.line[0]);
	assert_int_equal(sd_event_loop(world.event), 3);
}

static void test_what_is_no_line(void **state)
{
	struct line_source source = { 0 };

	(void)state;
	assert_int_equal(lines_watch(&world.lines, &source, -1, EPOLLIN, on_ready, NULL), -EBADF);
	assert_null(source.source);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_lines_come_first),
	TEST(test_chatter_leaves_timers_their_turn),
	TEST(test_slow_chatter_leaves_timers_their_turn),
	TEST(test_chatter_leaves_signals_their_turn),
	TEST(test_chatter_leaves_the_last_their_turn),
	TEST(test_all_lines_chatter),
	TEST(test_other_lines_keep_their_rank),
	TEST(test_some_turns_are_free),
	TEST(test_forgotten_while_it_is_ready),
	TEST(test_forgotten_with_a_duplicate),
	TEST(test_a_line_forgets_itself),
	TEST(test_a_line_ends_the_loop),
	TEST(test_what_is_no_line),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
