#include "daemon/status.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "config/error.h"
#include "util/clock.h"
#include "util/ranks.h"

/* A line of systemctl's, and one more while there is a configuration that was not taken. */
#define ROOM_SIZE 512
#define REFUSED_SIZE 512
#define TEXT_SIZE (REFUSED_SIZE + ROOM_SIZE)
#define TEXT_ROOM (TEXT_SIZE - sizeof "; and 18446744073709551615 more")

#define INTERVAL_USEC USEC_PER_SEC

struct status {
	struct component_room *room;
	struct room_watch watch;
	sd_event_source *timer; /* until something may be said again */
	char refused[REFUSED_SIZE]; /* what is said of a configuration that was not taken; "" */
	char text[TEXT_SIZE], said[TEXT_SIZE];
};

/* LightController is "light": the first word tells kinds apart. */
static int add_component(char *text, size_t size, const struct component *component)
{
	char summary[COMPONENT_SUMMARY_SIZE], kind[32];
	size_t n = 0;

	do
		kind[n] = (char)tolower((unsigned char)component->class->kind[n]);
	while (++n < sizeof kind - 1 && islower((unsigned char)component->class->kind[n]));
	kind[n] = '\0';
	component_summary(component, summary);
	return snprintf(text, size, "; %s %s %s", kind, component_name(component), summary);
}

/* What people set and what is missing; a sensor that works is not news. */
static bool is_worth_saying(const struct component *component)
{
	return component->class->layer == COMPONENT_CONTROLLER || component->missing > 0;
}

/* What is missing is said first if not everything has room. */
static int urgency(const struct component *component)
{
	return !is_worth_saying(component) ? 0 : component->missing == 0 ? 1 : 2;
}

static size_t add_components(const struct component_room *room, int of_urgency, char *text, size_t *left_out)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < room->components_n; i++) {
		char one[TEXT_SIZE];
		size_t n;

		if (urgency(room->components[i]) != of_urgency)
			continue;
		n = (size_t)add_component(one, sizeof one, room->components[i]);
		if (*left_out > 0 || length + n > TEXT_ROOM) {
			++*left_out;
			continue;
		}
		memcpy(text + length, one, n + 1);
		length += n;
	}
	return length;
}

const char *status_text(struct status *status)
{
	const struct component_room *room = status->room;
	size_t left_out = 0, length;

	snprintf(status->text, sizeof status->text, "%s%zu component%s", status->refused, room->components_n,
	         room->components_n == 1 ? "" : "s");
	add_components(room, 2, status->text, &left_out);
	length = add_components(room, 1, status->text, &left_out);
	if (left_out > 0)
		snprintf(status->text + length, sizeof status->text - length, "; and %zu more", left_out);
	return status->text;
}

/* Nothing is allocated: this is said at every light that is switched. */
static void say(struct status *status)
{
	char notification[sizeof "STATUS=" + TEXT_SIZE];

	if (strcmp(status_text(status), status->said) == 0)
		return;
	memcpy(status->said, status->text, sizeof status->said);
	snprintf(notification, sizeof notification, "STATUS=%s", status->said);
	sd_notify(false, notification);
	sd_event_source_set_time_relative(status->timer, INTERVAL_USEC);
	sd_event_source_set_enabled(status->timer, SD_EVENT_ONESHOT);
}

static bool is_waiting(const struct status *status)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(status->timer, &enabled);
	return enabled != SD_EVENT_OFF;
}

static void on_changed(struct component *component, void *userdata)
{
	(void)component;
	if (!is_waiting(userdata))
		say(userdata);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	say(userdata);
	return 0;
}

int status_new(struct component_room *room, struct status **ret)
{
	_cleanup_(status_freep) struct status *status = calloc(1, sizeof *status);
	int r;

	if (!status)
		return -ENOMEM;
	status->room = room;
	r = sd_event_add_time(room->event, &status->timer, CLOCK_MONOTONIC, 0, 0, on_timer, status);
	if (r >= 0)
		r = sd_event_source_set_enabled(status->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_priority(status->timer, RANK_LAST);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(status);
	return 0;
}

void status_start(struct status *status)
{
	room_watch(status->room, &status->watch, on_changed, status);
	say(status);
}

void status_room_changed(struct status *status)
{
	status->refused[0] = '\0';
	on_changed(NULL, status);
}

void status_refused(struct status *status, const struct config_errors *errors)
{
	static const char before[] = "NEW CONFIGURATION NOT TAKEN, ", after[] = " -- the one before is in force: ";
	char summary[REFUSED_SIZE - sizeof before - sizeof after];

	snprintf(status->refused, sizeof status->refused, "%s%s%s", before,
	         config_errors_summarize(errors, summary, sizeof summary), after);
	on_changed(NULL, status);
}

void status_say_not_started(const struct config_errors *errors)
{
	char summary[REFUSED_SIZE], notification[REFUSED_SIZE + 64];

	snprintf(notification, sizeof notification, "STATUS=Not started, the configuration is wrong, %s",
	         config_errors_summarize(errors, summary, sizeof summary));
	sd_notify(false, notification);
}

struct status *status_free(struct status *status)
{
	if (!status)
		return NULL;
	room_unwatch(status->room, &status->watch);
	sd_event_source_disable_unref(status->timer);
	free(status);
	return NULL;
}
