/* The room, live: a simulated GPIO chip and a simulated thermometer with their real kernel drivers, roomd
 * between them, and somebody who walks through. What is shown of lines and levels comes from the kernel; what
 * roomd says is shown as what it says. With --interactive the person at the terminal plays.
 *
 * Exit status: 0 if every step was seen to happen. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#include <gpiod.h>

#include "cmocka-all.h"
#include "daemon-process.h"
#include "files.h"
#include "screen.h"
#include "sim-chip.h"
#include "thermometer.h"
#include "util/clock.h"

#define FRAME_MS 50
#define STEP_MS_MAX 15000
#define HIGH 28.0

static const char config[] =
	"[MotionSensor hall]\nLine=PIR_HALL\nLocation=Hall\n"
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=4s\n"
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nAlertIntervalSec=10s\n"
	"[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=500ms\nHigh=28\n";

enum { PIR, RELAY, LED, BUTTON, LINES };

struct demo {
	struct sim_chip chip;
	struct process roomd;
	struct screen screen;
	struct screen_line lines[LINES];
	uint64_t start_ns;
	size_t told;          /* events that were told */
	unsigned led_changes; /* that the kernel showed */
	bool plugged, interactive, failed;
};

static double seconds(const struct demo *demo)
{
	return (double)(clock_now_ns(CLOCK_MONOTONIC) - demo->start_ns) / 1e9;
}

/* --- looking --------------------------------------------------------------------------------- */

/* Everything on display that is a fact comes from here: levels and consumers from the kernel's GPIO chip. */
static void look_at_kernel(struct demo *demo)
{
	char path[64];
	struct gpiod_chip *chip;

	snprintf(path, sizeof path, "/dev/%s", demo->chip.device);
	chip = gpiod_chip_open(path);
	for (unsigned i = 0; chip && i < LINES; i++) {
		struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, i);
		const char *consumer =
			info && gpiod_line_info_is_used(info) ? gpiod_line_info_get_consumer(info) : "";
		bool level = sim_chip_level(&demo->chip, i);

		if (i == LED && level != demo->lines[i].level)
			demo->led_changes++;
		demo->lines[i].level = level;
		snprintf(demo->lines[i].consumer, sizeof demo->lines[i].consumer, "%s",
		         consumer ? consumer : "");
		gpiod_line_info_free(info);
	}
	gpiod_chip_close(chip);
	demo->screen.celsius = demo->plugged ? thermometer_read() : NAN;
}

static void tell_events(struct demo *demo)
{
	for (; demo->told < demo->roomd.events_n; demo->told++) {
		const struct process_event *event = &demo->roomd.events[demo->told];

		if (strcmp(event->event, "temperature_update") == 0)
			continue;
		if (isnan(event->value))
			screen_tell(seconds(demo), "roomd: %s (%s %s%s%.36s%s)", event->event, event->kind,
			            event->source, event->text[0] ? ": " : "", event->text,
			            strlen(event->text) > 36 ? "\u2026" : "");
		else
			screen_tell(seconds(demo), "roomd: %s (%s %s: %.1f °C)", event->event, event->kind,
			            event->source, event->value);
	}
}

/* One frame: events in, levels read, screen drawn. */
static void frame(struct demo *demo)
{
	process_let_pass_ms(&demo->roomd, FRAME_MS);
	look_at_kernel(demo);
	tell_events(demo);
	screen_show(&demo->screen);
}

static void watch(struct demo *demo, unsigned ms)
{
	uint64_t until = clock_now_ns(CLOCK_MONOTONIC) + ms * UINT64_C(1000000);

	while (clock_now_ns(CLOCK_MONOTONIC) < until)
		frame(demo);
}

/* Watches until it is so; says whether it came to be. */
static void expect(struct demo *demo, bool (*is_so)(const struct demo *), const char *what)
{
	uint64_t until = clock_now_ns(CLOCK_MONOTONIC) + STEP_MS_MAX * UINT64_C(1000000);
	bool seen;

	while (!(seen = is_so(demo)) && clock_now_ns(CLOCK_MONOTONIC) < until)
		frame(demo);
	screen_tell(seconds(demo), seen ? "  \u2714 %s" : "  \u2718 NOT SEEN: %s", what);
	demo->failed |= !seen;
	frame(demo);
}

static bool light_is_on(const struct demo *demo)
{
	return demo->lines[RELAY].level;
}

static bool light_is_off(const struct demo *demo)
{
	return !demo->lines[RELAY].level;
}

static bool led_blinks(const struct demo *demo)
{
	return demo->led_changes >= 4 && process_count(&demo->roomd, "lock_alert", "front") == 1;
}

static bool alert_is_acknowledged(const struct demo *demo)
{
	return process_count(&demo->roomd, "lock_acknowledged", "front") == 1;
}

static bool led_is_steady(const struct demo *demo)
{
	return demo->led_changes == 0 && demo->lines[LED].level;
}

static bool is_too_warm(const struct demo *demo)
{
	return demo->screen.celsius > HIGH && process_count(&demo->roomd, "temperature_high", "hall") == 1;
}

static bool is_normal_again(const struct demo *demo)
{
	return demo->screen.celsius < HIGH && process_count(&demo->roomd, "temperature_normal", "hall") == 1;
}

/* --- acting ---------------------------------------------------------------------------------- */

static void press_button(struct demo *demo)
{
	sim_chip_pull(&demo->chip, BUTTON, true);
	watch(demo, 250);
	sim_chip_pull(&demo->chip, BUTTON, false);
}

static void change_temperature(struct demo *demo, double to)
{
	double now = thermometer_read();

	while (fabs(to - now) > 0.01) {
		now += fmin(fmax(to - now, -1), 1);
		thermometer_set(now);
		watch(demo, 600);
	}
}

static void play_story(struct demo *demo)
{
	screen_tell(seconds(demo), "An empty room, the door is locked.");
	watch(demo, 3000);

	screen_tell(seconds(demo), "Somebody comes in.");
	sim_chip_pull(&demo->chip, PIR, true);
	demo->led_changes = 0;
	expect(demo, light_is_on, "the relay is on");
	expect(demo, led_blinks, "the alert is raised, the LED blinks");
	watch(demo, 4000);

	screen_tell(seconds(demo), "The button is pressed.");
	press_button(demo);
	expect(demo, alert_is_acknowledged, "the alert is acknowledged");
	demo->led_changes = 0;
	watch(demo, 1000);
	expect(demo, led_is_steady, "the LED is steady");

	screen_tell(seconds(demo), "It gets warm.");
	change_temperature(demo, 30);
	expect(demo, is_too_warm, "the temperature is above its limit");
	watch(demo, 2000);
	screen_tell(seconds(demo), "It cools down.");
	change_temperature(demo, 24);
	expect(demo, is_normal_again, "the temperature is normal again");

	screen_tell(seconds(demo), "The room empties; the light waits for four seconds.");
	sim_chip_pull(&demo->chip, PIR, false);
	watch(demo, 2000);
	expect(demo, light_is_on, "the relay is still on");
	expect(demo, light_is_off, "the relay is off");
	watch(demo, 1000);
}

static void unplug_or_plug(struct demo *demo)
{
	demo->plugged = !demo->plugged;
	if (demo->plugged)
		thermometer_plug();
	else
		thermometer_unplug();
	screen_tell(seconds(demo),
	            demo->plugged ? "The thermometer is plugged in." : "The thermometer is unplugged.");
}

/* False: the person has had enough. */
static bool obey(struct demo *demo, char key)
{
	switch (key) {
	case 'm':
		sim_chip_pull(&demo->chip, PIR, !demo->lines[PIR].level);
		break;
	case 'b':
		press_button(demo);
		break;
	case 't':
	case 'T':
		if (demo->plugged)
			change_temperature(demo, thermometer_read() + (key == 't' ? 1 : -1));
		break;
	case 'u':
		unplug_or_plug(demo);
		break;
	case 'q':
	case 3: /* control-C, of a terminal that does not make a signal of it */
		return false;
	}
	return true;
}

static void play_interactively(struct demo *demo)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };
	struct termios before, raw;
	char key = 0;

	tcgetattr(STDIN_FILENO, &before);
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	do {
		key = 0;
		frame(demo);
		if (poll(&keyboard, 1, 0) > 0 && read(STDIN_FILENO, &key, 1) <= 0)
			break;
	} while (obey(demo, key));
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void set_up(struct demo *demo)
{
	static const char *const names[] = { "PIR_HALL", "LIGHT_RELAY", "LOCK_LED", "LOCK_BUTTON", NULL };
	static const struct screen_line lines[LINES] = {
		[PIR] = { "PIR_HALL", "PIR sensor", "motion", "no motion", .level = false },
		[RELAY] = { "LIGHT_RELAY", "relay", "on", "off", .level = false },
		[LED] = { "LOCK_LED", "lock LED", "lit", "dark", .level = false },
		[BUTTON] = { "LOCK_BUTTON", "button", "pressed", "released", .level = false },
	};
	struct utsname kernel;
	char title[160];

	memcpy(demo->lines, lines, sizeof lines);
	demo->screen = (struct screen){ .lines = demo->lines, .lines_n = LINES, .high = HIGH };
	if (demo->interactive)
		demo->screen.keys = "  m motion on/off   b button   t/T warmer/colder   u unplug   q quit";
	sim_chip_make(&demo->chip, "room", names);
	thermometer_make();
	thermometer_set(24);
	demo->plugged = true;
	uname(&kernel);
	snprintf(title, sizeof title,
	         "roomd on Linux %.60s: chip %s (gpio-sim), thermometer tmp117 on i2c-stub", kernel.release,
	         demo->chip.device);
	screen_open(title);
	demo->start_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_start(&demo->roomd, config);
	process_wait(&demo->roomd, "temperature_update", "hall");
}

/* Ends roomd and looks whether it let go of every line. */
static void tear_down(struct demo *demo)
{
	bool released = true;

	process_stop(&demo->roomd);
	look_at_kernel(demo);
	for (unsigned i = 0; i < LINES; i++)
		released &= demo->lines[i].consumer[0] == '\0';
	demo->failed |= !released;
	screen_tell(seconds(demo), released ? "  \u2714 roomd was stopped, all lines are released"
	                                    : "  \u2718 roomd was stopped, but lines are still held");
	screen_show(&demo->screen);
	screen_close();
	process_clean_up(&demo->roomd);
	sim_chip_remove(&demo->chip);
}

int main(int argc, char **argv)
{
	static struct demo demo;

	demo.interactive = argc == 2 && strcmp(argv[1], "--interactive") == 0;
	if (argc > 1 && !demo.interactive) {
		fprintf(stderr, "Usage: demo-room [--interactive]\n");
		return 2;
	}
	set_up(&demo);
	if (demo.interactive)
		play_interactively(&demo);
	else
		play_story(&demo);
	tear_down(&demo);
	if (!demo.interactive)
		puts(demo.failed
		             ? "Something did NOT happen as it should: look for the \u2718 above."
		             : "Everything happened as it should. Play yourself: scripts/demo --interactive");
	return demo.failed ? 1 : 0;
}
