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
#include "util/fd-store.h"
#include "util/memory.h"
#include "util/problem.h"

#define EDGES_MAX 4096
#define SAID_MAX 8192

/* --- the kernel's side ------------------------------------------------------------------------------------
 */

static struct gpio_raw_edge script[EDGES_MAX]; /* what is still to be read */
static size_t script_n, script_next, reads;
static int level, fd = -1;
static bool endless;      /* an edge for every read, always */
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

int gpio_check_stored(const struct gpio_settings *settings, int handed_over, struct problem *problem)
{
	(void)settings, (void)handed_over, (void)problem;
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
		assert_true(edges[i].monotonic_ns == 0);
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
	*ret = (struct gpio_edge){ .active = raw->id == 1,
		                   .monotonic_ns = raw->monotonic_ns,
		                   .line_seqno = raw->line_seqno };
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

static void on_edge_contained(void *userdata)
{
	(void)userdata;
	say("contained ");
}

static void on_unavailable(const char *reason, void *userdata)
{
	(void)reason, (void)userdata;
	say("unavailable ");
}

static const struct input_handlers handlers = {
	.level = on_level,
	.edge_contained = on_edge_contained,
	.edges_lost = on_edges_lost,
	.availability = { .unavailable = on_unavailable, .available = on_unavailable },
};

struct world {
	sd_event *event;
	struct lines lines;
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
	lines_init(&world.lines, world.event, NULL);
	assert_true(input_new(&world.lines, NULL, NULL, &settings, &handlers, NULL, &world.input) >= 0);
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

/* An edge from before the level was read is contained in it; acting on it would be a step back. It is no
 * loss, and it is not passed over in silence either: all edges are counted. */
static void test_edge_before_the_level(void **state)
{
	add_edge(1, true, 1);
	add_edge(2, true, soon());
	wake_up(*state);
	assert_string_equal(said, "level 0 contained edge 1 ");
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

/* One read a turn, so that other lines have theirs, and no read more than it takes to know that it was all.
 */
static void test_one_read_a_turn(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 1; i <= 2 * GPIO_EDGES_READ + 3; i++)
		add_edge(i, i % 2, soon());
	wake_up(world);
	assert_int_equal(reads, 1);
	assert_int_equal(script_next, GPIO_EDGES_READ);
	while (sd_event_run(world->event, 0) > 0)
		;
	assert_int_equal(script_next, script_n);
	assert_int_equal(reads, 3);
}

/* The level would contain the edges that the next turn reads. */
static void test_loss_before_more_than_a_turn_takes(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 1; i <= GPIO_EDGES_READ + 1; i++)
		add_edge(i + 3, true, soon());
	wake_up(world);
	assert_null(strstr(said + strlen("level 0 "), "level"));
	assert_true(sd_event_run(world->event, 0) > 0);
	assert_string_equal(strstr(said + strlen("level 0 "), "level"), "level 0 ");
	assert_string_equal(said + strlen(said) - strlen("edge 1 edge 1 level 0 "), "edge 1 edge 1 level 0 ");
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

/* --- lines of a predecessor
 * ----------------------------------------------------------------------------------
 */

#define STORED_AS "motion_sensor/hall/Line"

struct successor {
	sd_event *event;
	struct lines lines;
	struct fd_store *store;
	struct memory *memory;
	struct input *input;
	struct gpio_raw_edge *inbox;
};

static bool active_low; /* of the next life */

static void new_life(struct successor *s)
{
	const struct gpio_settings settings = {
		.line = "PIR", .consumer = "test", .stored_as = STORED_AS, .active_low = active_low
	};

	said[0] = '\0';
	assert_true(input_new(&s->lines, s->store, s->memory, &settings, &handlers, NULL, &s->input) >= 0);
}

/* It stops; the line is in the store, and what is in the memory is there for the next one. */
static void end_life(struct successor *s)
{
	s->input = input_free(s->input);
	fd_store_give_back(s->store, STORED_AS, dup(fd));
	script_n = script_next = 0;
}

static int setup_successor(void **state)
{
	static struct successor s;
	struct problem problem;
	void *inbox;

	s = (struct successor){ 0 };
	*state = &s;
	script_n = script_next = reads = 0;
	level = 0;
	endless = reconfigured = active_low = false;
	unsetenv("NOTIFY_SOCKET");
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_true(sd_event_new(&s.event) >= 0);
	lines_init(&s.lines, s.event, NULL);
	assert_int_equal(fd_store_new(&s.store), 0);
	assert_int_equal(memory_new(-1, &s.memory, &problem), 0);
	assert_int_equal(memory_block(s.memory, STORED_AS "/inbox",
	                              GPIO_EDGES_READ * sizeof(struct gpio_raw_edge), &inbox),
	                 0);
	s.inbox = inbox;
	new_life(&s);
	input_start(s.input);
	return 0;
}

static int teardown_successor(void **state)
{
	struct successor *s = *state;

	input_free(s->input);
	fd_store_free(s->store);
	memory_free(s->memory);
	sd_event_unref(s->event);
	close(fd);
	return 0;
}

static uint64_t now(void)
{
	return clock_now_ns(CLOCK_MONOTONIC);
}

static void handle(struct successor *s, uint32_t seqno, bool active)
{
	uint64_t one = 1;

	add_edge(seqno, active, now());
	assert_int_equal(write(fd, &one, sizeof one), sizeof one);
	assert_true(sd_event_run(s->event, 0) >= 0);
}

/* What the kernel had handed out, then what it has, and no reading of a level that follows from them. */
static void test_inbox_then_kernel(void **state)
{
	struct successor *s = *state;

	handle(s, 1, true);
	end_life(s);
	s->inbox[0] = raw_edge(2, false, now());
	s->inbox[1] = raw_edge(3, true, now());
	s->inbox[2] = raw_edge(4, false, now());
	add_edge(5, true, now());
	add_edge(6, true, now()); /* a pulse that was over when the kernel looked */
	new_life(s);
	level = 1;
	input_start(s->input);
	assert_string_equal(said, "edge 0 edge 1 edge 0 edge 1 edge 1 ");
	end_life(s);
	new_life(s);
	input_start(s->input);
	assert_string_equal(said, "");
}

/* Killed in the middle of an inbox: the ones before are done. */
static void test_inbox_that_was_begun(void **state)
{
	struct successor *s = *state;

	handle(s, 1, true);
	handle(s, 2, false);
	end_life(s);
	s->inbox[0] = raw_edge(1, true, now());
	s->inbox[1] = raw_edge(2, false, now());
	s->inbox[2] = raw_edge(3, true, now());
	new_life(s);
	input_start(s->input);
	assert_string_equal(said, "edge 1 ");
}

static void test_inbox_when_the_number_wraps(void **state)
{
	struct successor *s = *state;

	handle(s, UINT32_MAX - 1, true);
	end_life(s);
	s->inbox[0] = raw_edge(UINT32_MAX - 1, true, now());
	s->inbox[1] = raw_edge(UINT32_MAX, false, now());
	s->inbox[2] = raw_edge(0, true, now());
	s->inbox[3] = raw_edge(1, false, now());
	add_edge(2, true, now());
	new_life(s);
	input_start(s->input);
	assert_string_equal(said, "edge 0 edge 1 edge 0 edge 1 ");
}

static void test_loss_over_the_gap(void **state)
{
	struct successor *s = *state;

	handle(s, 1, true);
	end_life(s);
	s->inbox[0] = raw_edge(2, false, now());
	add_edge(10, true, now());
	new_life(s);
	level = 1;
	input_start(s->input);
	assert_string_equal(said, "edge 0 lost 7 edge 1 level 1 ");
}

/* What makes no sense is left out, and missed when the next edge comes. */
static void test_damaged_inbox(void **state)
{
	struct successor *s = *state;

	handle(s, 1, true);
	end_life(s);
	memset(s->inbox, 0xff, GPIO_EDGES_READ * sizeof *s->inbox);
	s->inbox[3] = raw_edge(1, false, now());          /* was before */
	s->inbox[4] = raw_edge(2, false, UINT64_MAX / 2); /* will be */
	s->inbox[5] = raw_edge(UINT32_MAX, false, now()); /* was long before */
	new_life(s);
	input_start(s->input);
	assert_string_equal(said, "");
	handle(s, 3, true);
	assert_string_equal(said, "lost 1 edge 1 level 0 ");
}

/* A level that was read in the future would make all edges until then count for nothing. */
static void test_damaged_time(void **state)
{
	static const struct kept_field known[] = { { "known_ns", KEPT_U64, 0, KEPT_OVER_RESTART },
		                                   { "last_seqno", KEPT_INT, 8, KEPT_OVER_RESTART },
		                                   { "counting", KEPT_BOOL, 12, KEPT_OVER_RESTART },
		                                   { 0 } };
	struct {
		uint64_t known_ns;
		int last_seqno;
		bool counting;
	} kept = { 0 };
	struct successor *s = *state;

	handle(s, 1, true);
	end_life(s);
	assert_int_equal(memory_keep(s->memory, STORED_AS, known, &kept), 1);
	assert_true(kept.known_ns > 0 && kept.last_seqno == 1 && kept.counting);
	kept.known_ns = UINT64_MAX;
	memory_commit(s->memory);
	memory_leave(s->memory, STORED_AS);
	new_life(s);
	level = 1;
	input_start(s->input);
	assert_string_equal(said, "level 1 ");
	handle(s, 2, false);
	assert_string_equal(said, "level 1 edge 0 ");
}

/* With other settings an edge may mean something else: the level is read, and it contains those before. */
static void test_reconfigured(void **state)
{
	struct successor *s = *state;
	uint64_t before, one = 1;

	handle(s, 1, true);
	end_life(s);
	before = now();
	s->inbox[0] = raw_edge(2, false, before);
	new_life(s);
	level = 1;
	reconfigured = true;
	input_start(s->input);
	assert_string_equal(said, "level 1 contained ");
	add_edge(3, true, before);
	add_edge(4, false, now());
	assert_int_equal(write(fd, &one, sizeof one), sizeof one);
	assert_true(sd_event_run(s->event, 0) >= 0);
	assert_string_equal(said, "level 1 contained contained edge 0 ");
}

/* Without a memory: what the kernel has, and the level. */
static void test_adopted_without_a_memory(void **state)
{
	struct successor *s = *state;
	struct memory *memory = s->memory;

	end_life(s);
	s->memory = NULL;
	add_edge(7, true, now());
	new_life(s);
	level = 1;
	input_start(s->input);
	s->memory = memory;
	assert_string_equal(said, "edge 1 level 1 ");
}

#define successor(test) cmocka_unit_test_setup_teardown(test, setup_successor, teardown_successor)

/* A predecessor has changed the line's settings, and was killed before it read the level: to the kernel the line is as it
 * should be, but what is known of it has another meaning. */
static void test_killed_after_reconfiguring(void **state)
{
	struct successor *s = *state;

	handle(s, 1, true);
	end_life(s);
	active_low = true;
	add_edge(2, true, now());
	new_life(s);
	level = 1;
	input_start(s->input);
	assert_string_equal(said, "level 1 ");
	said[0] = '\0';
	assert_true(sd_event_run(s->event, 0) >= 0);
	end_life(s);
	new_life(s);
	level = 0;
	input_start(s->input);
	assert_string_equal(said, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		successor(test_inbox_then_kernel),
		successor(test_inbox_that_was_begun),
		successor(test_inbox_when_the_number_wraps),
		successor(test_loss_over_the_gap),
		successor(test_damaged_inbox),
		successor(test_damaged_time),
		successor(test_reconfigured),
		successor(test_killed_after_reconfiguring),
		successor(test_adopted_without_a_memory),
		cmocka_unit_test_setup_teardown(test_first_level_then_edges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edge_before_the_level, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loss, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loss_before_the_first_edge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sequence_numbers_wrap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_read_a_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loss_before_more_than_a_turn_takes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line_that_chatters_without_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
