#define _GNU_SOURCE
#include "roomctl/find-output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "io/board-lines.h"
#include "io/gpio-try.h"
#include "io/gpio.h"
#include "roomctl/ask.h"
#include "client/text.h"
#include "util/problem.h"
#include "util/utf8.h"

#define TIMES 3
#define HALF_MS 1000

/* It belongs to the service, which can switch it itself. */
static enum status refuse_used(const char *text, const struct gpio_found *found)
{
	char consumer[GPIO_NAME_MAX + 1];

	utf8_copy(found->info.consumer, consumer, sizeof consumer);
	if (strncmp(consumer, GPIO_CONSUMER_PREFIX, strlen(GPIO_CONSUMER_PREFIX)) == 0)
		return say(
			STATUS_REFUSED,
			"line %s is used by roomd, as '%s': it is not touched. To switch it: roomctl on NAME, "
			"roomctl auto NAME",
			text, consumer + strlen(GPIO_CONSUMER_PREFIX));
	return say(STATUS_REFUSED,
	           "line %s is in use%s%s%s: it is not touched. 'gpioinfo' shows who has which line", text,
	           *consumer ? ", held by '" : "", consumer, *consumer ? "'" : "");
}

/* STATUS_DONE: it may be touched. */
static enum status judge(const char *text, const struct gpio_found *found)
{
	_cleanup_(board_pins_freep) struct board_pins *pins = board_pins_read();
	char name[GPIO_NAME_MAX + 1], reason[BOARD_REASON_SIZE];

	if (!pins)
		return say_no_memory();
	if (found->info.flags & GPIO_V2_LINE_FLAG_USED)
		return refuse_used(text, found);
	utf8_copy(found->info.name, name, sizeof name);
	if (board_line_claim(pins, found->chip_name, found->chip_label, found->info.offset, name, reason) ==
	    BOARD_FREE)
		return STATUS_DONE;
	return say(STATUS_REFUSED, "line %s is not touched: %s", text, reason);
}

static enum status ask(const char *text, const struct gpio_found *found, bool yes)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(text);
	char question[512];

	if (yes)
		return STATUS_DONE;
	if (!ask_is_possible())
		return say(STATUS_USAGE, "there is no terminal to ask on; with --yes nothing is asked");
	snprintf(
		question, sizeof question,
		"Line %s (%s:%u) will change its level %d times, for %d s each. What is wired to it is switched: a relay "
		"clicks, a motor turns, a door may open. If a sensor is wired to it, say no: it may be damaged. Go on?",
		escaped ? escaped : "", found->chip_name, found->info.offset, TIMES, HALF_MS / 1000);
	return ask_yes(question, false) ? STATUS_DONE : say(STATUS_NOTHING_TO_DO, "nothing was touched");
}

/* False: Ctrl-C. */
static bool wait_a_moment(int signals)
{
	struct pollfd fd = { .fd = signals, .events = POLLIN };

	return poll(&fd, 1, HALF_MS) == 0;
}

static int blink(const struct gpio_try *line, int signals)
{
	int r = 0;

	for (unsigned i = 0; i < 2 * TIMES && r >= 0; i++) {
		bool high = line->level == (i % 2 != 0);

		r = gpio_try_set(line, high);
		if (r >= 0 && i % 2 == 0)
			fprintf(stderr, "%u: %s\n", i / 2 + 1, high ? "high" : "low");
		if (r >= 0 && !wait_a_moment(signals))
			break;
	}
	return r;
}

/* What has come is taken, or it would end the process once it is not blocked any more. */
static void take_signals(int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof info) > 0)
		;
	close(fd);
}

/* Ctrl-C and SIGTERM wait until the line is what it was. */
static int blink_and_restore(const struct gpio_try *line)
{
	sigset_t signals, before;
	int fd, r, restored;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &before);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	r = fd < 0 ? -errno : blink(line, fd);
	restored = fd < 0 ? 0 : gpio_try_restore(line);
	if (fd >= 0)
		take_signals(fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r < 0 ? r : restored;
}

static void say_next(const char *text, const struct gpio_try *line)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(text);

	printf("Line %s is as before: %s, %s.\n"
	       "Was its relay on while the level was %s? Then its section is, with a name of your choice:\n\n"
	       "[LightController NAME]\nLine=%s\n%s",
	       escaped ? escaped : "", line->was_output ? "an output" : "an input",
	       line->level ? "high" : "low", line->level ? "low" : "high", escaped ? escaped : "",
	       line->level ? "ActiveLow=yes\n" : "");
}

/* With the chips held. */
static enum status run(const char *text, bool yes)
{
	_cleanup_(gpio_try_close) struct gpio_try line = { .fd = -1 };
	struct gpio_found found;
	struct problem problem;
	enum status status;
	int r = gpio_find(text, &found, &problem);

	if (r < 0)
		return say(r == -EACCES ? STATUS_REFUSED : STATUS_FAILED, "%s%s", problem.text,
		           r == -EACCES ? "; try with sudo" : "; 'roomctl find' shows all lines");
	status = judge(text, &found);
	if (status == STATUS_DONE)
		status = ask(text, &found, yes);
	if (status != STATUS_DONE)
		return status;
	r = gpio_try_open(&found, "roomctl", &line);
	if (r >= 0)
		r = blink_and_restore(&line);
	if (r < 0)
		return say(STATUS_FAILED, "line %s cannot be switched: %s", text, problem_errno(r));
	say_next(text, &line);
	return STATUS_DONE;
}

enum status find_output(const char *text, bool yes)
{
	enum status status;

	gpio_hold_chips();
	status = run(text, yes);
	gpio_release_chips();
	return status;
}
