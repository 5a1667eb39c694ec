/* Finding lines while the chips are held (gpio_hold_chips()): what a start costs in system calls, and that
 * chips which come, go, and change places in between make no line absent, and none another one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "io/gpio.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"

#define STRACE_OUTPUT "/tmp/strace"

/* --- in this process ------------------------------------------------------------------------- */

static const char *const first_names[] = { "ALPHA", "BETA", NULL };
static const char *const turned_names[] = { "BETA", "ALPHA", NULL };
static const char *const second_names[] = { "GAMMA", "DELTA", NULL };

struct chips_fixture {
	struct sim_chip first, second;
	struct gpio_line *line;
	struct problem problem;
	unsigned holds;
};

static struct chips_fixture fixture;

static void hold(struct chips_fixture *f)
{
	gpio_hold_chips();
	f->holds++;
}

static void release(struct chips_fixture *f)
{
	gpio_release_chips();
	f->holds--;
}

static int setup(void **state)
{
	fixture = (struct chips_fixture){ 0 };
	sim_chip_make(&fixture.first, "first", first_names);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct chips_fixture *f = *state;

	while (f->holds > 0) /* a test that failed */
		release(f);
	f->line = gpio_close(f->line);
	sim_chip_remove(&f->first);
	sim_chip_remove(&f->second);
	return 0;
}

static struct gpio_settings settings_of(const char *line)
{
	return (struct gpio_settings){ .line = line, .consumer = "finder", .stored_as = "stored" };
}

static int try_open(struct chips_fixture *f, const char *line)
{
	struct gpio_settings settings = settings_of(line);

	f->line = gpio_close(f->line);
	return gpio_open_input(&settings, &f->line, &f->problem);
}

/* The line is found, and is this one; an input that is pulled shows which one it really is. */
static void expect_at(struct chips_fixture *f, const char *line, const struct sim_chip *chip, unsigned offset)
{
	char place[64];
	int r = try_open(f, line);

	if (r < 0)
		fail_msg("%s", f->problem.text);
	snprintf(place, sizeof place, "%s:%u", chip->device, offset);
	assert_string_equal(gpio_place(f->line), place);
	sim_chip_pull(chip, offset, true);
	assert_int_equal(gpio_get(f->line), 1);
	sim_chip_pull(chip, offset, false);
	assert_int_equal(gpio_get(f->line), 0);
}

static void expect_refused(struct chips_fixture *f, const char *line, int error, const char *part)
{
	assert_int_equal(try_open(f, line), error);
	if (!strstr(f->problem.text, part))
		fail_msg("'%s' is not in: %s", part, f->problem.text);
}

/* Another chip comes for it. Its device has another name as long as somebody has the one before open. */
static void replace(struct sim_chip *chip, const char *label, const char *const *names)
{
	sim_chip_remove(chip);
	sim_chip_make(chip, label, names);
}

static unsigned count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(folder);
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

static void test_chip_that_comes(void **state)
{
	struct chips_fixture *f = *state;

	hold(f);
	expect_at(f, "ALPHA", &f->first, 0);
	expect_refused(f, "GAMMA", -ENODEV,
	               "line GAMMA: not found: no line has this name; searched: gpiochip");
	sim_chip_make(&f->second, "second", second_names);
	expect_at(f, "GAMMA", &f->second, 0);
	expect_at(f, "second:1", &f->second, 1);
	expect_at(f, "BETA", &f->first, 1);
	release(f);
}

static void test_chip_that_goes(void **state)
{
	struct chips_fixture *f = *state;

	sim_chip_make(&f->second, "second", second_names);
	hold(f);
	expect_at(f, "GAMMA", &f->second, 0);
	sim_chip_unplug(&f->second);
	expect_refused(f, "DELTA", -ENODEV,
	               "line DELTA: not found: no line has this name; searched: gpiochip");
	assert_null(strstr(f->problem.text, "(second)"));
	expect_refused(f, "second:1", -ENODEV, "line second:1: not found: no chip has this name or label");
	expect_at(f, "ALPHA", &f->first, 0);
	sim_chip_plug(&f->second);
	expect_at(f, "DELTA", &f->second, 1);
	release(f);
}

static void test_chip_that_is_replaced(void **state)
{
	struct chips_fixture *f = *state;
	char place[64];

	hold(f);
	expect_at(f, "ALPHA", &f->first, 0);
	f->line = gpio_close(f->line);
	replace(&f->first, "first", turned_names);
	expect_at(f, "ALPHA", &f->first, 1);
	expect_at(f, "BETA", &f->first, 0);

	f->line = gpio_close(f->line);
	snprintf(place, sizeof place, "%s:1", f->first.device);
	expect_at(f, place, &f->first, 1);
	f->line = gpio_close(f->line);
	replace(&f->first, "first", first_names);
	expect_refused(f, place, -ENODEV, "no chip has this name or label");

	f->line = gpio_close(f->line);
	replace(&f->first, "first", turned_names);
	expect_at(f, "first:1", &f->first, 1);
	f->line = gpio_close(f->line);
	replace(&f->first, "other", first_names);
	expect_refused(f, "first:1", -ENODEV, "no chip has this name or label");
	expect_at(f, "other:1", &f->first, 1);
	release(f);
}

static void test_name_on_two_chips_until_one_goes(void **state)
{
	struct chips_fixture *f = *state;

	sim_chip_make(&f->second, "second", turned_names);
	hold(f);
	expect_refused(f, "ALPHA", -ENOTUNIQ, "line ALPHA: this name is on gpiochip");
	expect_refused(f, "BETA", -ENOTUNIQ, "line BETA: this name is on gpiochip");
	sim_chip_unplug(&f->second);
	expect_at(f, "ALPHA", &f->first, 0);
	release(f);
}

/* As if the line had been opened before the second chip came; who looks afterwards sees both. */
static void test_name_that_a_second_chip_brings(void **state)
{
	struct chips_fixture *f = *state;

	hold(f);
	expect_at(f, "ALPHA", &f->first, 0);
	sim_chip_make(&f->second, "second", first_names);
	expect_at(f, "BETA", &f->first, 1);
	release(f);
	hold(f);
	expect_refused(f, "BETA", -ENOTUNIQ, "line BETA: this name is on gpiochip");
	release(f);
	expect_refused(f, "ALPHA", -ENOTUNIQ, "line ALPHA: this name is on gpiochip");
}

/* Who holds a line is not remembered. */
static void test_holder_is_the_present_one(void **state)
{
	struct chips_fixture *f = *state;
	struct gpio_settings settings = settings_of("ALPHA");
	struct gpio_line *holder;

	hold(f);
	expect_at(f, "BETA", &f->first, 1);
	for (const char *const *name = (const char *const[]){ "one", "another", NULL }; *name; name++) {
		char text[64];

		settings.consumer = *name;
		assert_int_equal(gpio_open_input(&settings, &holder, &f->problem), 0);
		snprintf(text, sizeof text, "label first) is busy: held by '%s'", *name);
		expect_refused(f, "ALPHA", -EBUSY, text);
		gpio_close(holder);
	}
	expect_at(f, "ALPHA", &f->first, 0);
	release(f);
}

static void test_stored_line_of_a_chip_that_is_replaced(void **state)
{
	struct chips_fixture *f = *state;
	struct gpio_settings settings = settings_of("ALPHA"), other = settings_of("ALPHA");
	int stored;

	hold(f);
	expect_at(f, "ALPHA", &f->first, 0);
	stored = fcntl(gpio_fd(f->line), F_DUPFD_CLOEXEC, 3);
	assert_return_code(gpio_check_stored(&settings, stored, &f->problem), 0);
	other.consumer = "loser";
	assert_int_equal(gpio_check_stored(&other, stored, &f->problem), -ESTALE);
	assert_non_null(strstr(f->problem.text, "held as 'finder' and not as 'loser'"));

	f->line = gpio_close(f->line);
	replace(&f->first, "first", first_names);
	assert_int_equal(gpio_check_stored(&settings, stored, &f->problem), -ESTALE);
	assert_non_null(strstr(f->problem.text, "not line ALPHA"));
	close(stored);
	release(f);
}

static void test_nothing_stays_open(void **state)
{
	struct chips_fixture *f = *state;
	unsigned before = count_descriptors();

	hold(f);
	hold(f);
	expect_at(f, "ALPHA", &f->first, 0);
	release(f);
	expect_refused(f, "GAMMA", -ENODEV, "no line has this name");
	expect_at(f, "BETA", &f->first, 1);
	release(f);
	f->line = gpio_close(f->line);
	assert_int_equal(count_descriptors(), before);
	expect_at(f, "ALPHA", &f->first, 0);
	f->line = gpio_close(f->line);
	assert_int_equal(count_descriptors(), before);
}

/* --- roomd ----------------------------------------------------------------------------------- */

#define FEW 4
#define MANY 16
#define CALLS_A_LINE_MAX 8

/* Those of the few, and the others of the many. */
static const char *const many_names[FEW + MANY + 1] = {
	"L0",  "L1",  "L2",  "L3",  "L4",  "L5",  "L6",  "L7",  "L8",  "L9",
	"L10", "L11", "L12", "L13", "L14", "L15", "L16", "L17", "L18", "L19",
};

static const char *const strace[] = { "strace", "-D",          "-f",
	                              "-q",     "-e",          "trace=openat,ioctl,readlink",
	                              "-o",     STRACE_OUTPUT, NULL };

/* What is done with chips and lines, without looking for what is not theirs. */
struct calls {
	unsigned opened, asked, all;
};

static struct calls read_calls(void)
{
	FILE *file = fopen(STRACE_OUTPUT, "r");
	struct calls calls = { 0 };
	char line[1024];

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		bool opened = strstr(line, "openat(") && strstr(line, "/dev/gpiochip");

		calls.opened += opened;
		calls.asked += strstr(line, "GPIO_V2_GET_LINEINFO_IOCTL") != NULL;
		calls.all += opened || strstr(line, "GPIO") || strstr(line, "readlink(\"/sys");
	}
	fclose(file);
	return calls;
}

static void configure(char *config, size_t size, unsigned first, unsigned lines)
{
	size_t length = 0;

	for (unsigned i = first; i < first + lines; i++)
		length += (size_t)snprintf(config + length, size - length, "[MotionSensor s%u]\nLine=L%u\n",
		                           i, i);
}

static void expect_linear(const struct calls *few, const struct calls *many)
{
	assert_int_equal(many->opened, few->opened);
	assert_in_range(many->asked - few->asked, 0, (MANY - FEW) * 2);
	assert_in_range(many->all - few->all, 0, (MANY - FEW) * CALLS_A_LINE_MAX);
}

/* A start with these lines, and another one, which adopts them. Killed both times: LeakSanitizer does not
 * work under strace. */
static void count_starts(struct room_fixture *room, unsigned first, unsigned lines, struct calls *ret_start,
                         struct calls *ret_successor)
{
	struct service_manager manager = { 0 };
	struct process_options options = { .manager = &manager, .wrapper = strace };
	char config[1024];

	configure(config, sizeof config, first, lines);
	service_manager_start(&manager);
	process_start_with(&room->roomd, config, &options);
	service_manager_wait_ready(&manager, 1);
	*ret_start = read_calls();
	process_let_pass_ms(&room->roomd, 20);
	assert_int_equal(process_count(&room->roomd, "motion_cleared", NULL), lines);
	process_kill(&room->roomd);
	process_start_successor(&room->roomd, NULL);
	service_manager_wait_ready(&manager, 2);
	*ret_successor = read_calls();
	process_kill(&room->roomd);
	process_clean_up(&room->roomd);
	service_manager_stop(&manager);
}

/* A line more costs its own few calls, and the chips are opened as often as with one. */
static void test_calls_of_a_start_are_linear(void **state)
{
	struct room_fixture *room = *state;
	struct calls few, many, few_adopted, many_adopted;
	struct sim_chip chip;

	sim_chip_make(&chip, "many", many_names);
	count_starts(room, 0, FEW, &few, &few_adopted);
	count_starts(room, FEW, MANY, &many, &many_adopted);
	sim_chip_remove(&chip);

	assert_int_equal(few.opened, 2); /* each chip */
	expect_linear(&few, &many);
	assert_int_equal(few_adopted.opened, 4); /* what is stored is checked, and later adopted */
	expect_linear(&few_adopted, &many_adopted);
}

#define CHIPS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	CHIPS_TEST(test_chip_that_comes),
	CHIPS_TEST(test_chip_that_goes),
	CHIPS_TEST(test_chip_that_is_replaced),
	CHIPS_TEST(test_name_on_two_chips_until_one_goes),
	CHIPS_TEST(test_name_that_a_second_chip_brings),
	CHIPS_TEST(test_holder_is_the_present_one),
	CHIPS_TEST(test_stored_line_of_a_chip_that_is_replaced),
	CHIPS_TEST(test_nothing_stays_open),
	ROOM_TEST(test_calls_of_a_start_are_linear),
};

RUN_TESTS(tests)
