/* What happened while nobody was there, neither this process nor the hub: what the hub still knows of it are its events. A
 * reading that was an event is recorded at its time. Of everything else an event says that there was something, and not
 * what: what it was before holds until there, and what it is now begins when it is seen; between them is a gap. What is as
 * it was, without an event, has gone on. docs/history.md */
#define _GNU_SOURCE
#include "history/follow.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "client/mirror.h"
#include "util/log.h"

#define WRITE_USEC (60 * USEC_PER_SEC)
#define WRITE_ACCURACY_USEC USEC_PER_SEC

/* What the hub says of an absence that was longer is not looked at. */
#define AWAY_MAX_USEC (86400 * USEC_PER_SEC)

struct follower {
	sd_bus *bus;
	struct recorder *recorder;
	struct mirror *mirror;
	sd_event_source *timer;
	uint64_t target; /* the hub's serial when it was asked */
	bool catching_up; /* its events up to there are still to come */
	bool again;      /* ... as they were a minute ago */
	void (*on_write)(void *userdata);
	void *userdata;
};

struct moment follower_now(void)
{
	return (struct moment){
		.realtime = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC,
		.boot = clock_now_ns(CLOCK_BOOTTIME) / NSEC_PER_USEC,
	};
}

/* Looks at the clock before anything is recorded. */
static uint64_t now(struct follower *follower)
{
	struct moment moment = follower_now();

	recorder_clock(follower->recorder, &moment);
	return moment.realtime;
}

/* --- properties ------------------------------------------------------------------------------- */

/* What all kinds have, and what is no value in time: org.roomd1(5). */
static bool is_text_about(const char *property)
{
	static const char *const names[] = { "Name", "Kind", "Location", "Reason", "Summary" };

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (strcmp(property, names[i]) == 0)
			return true;
	return false;
}

static const char *component_name(const struct mirror_component *component, char *buffer, size_t size)
{
	char kind[RECORDER_NAME_MAX];

	mirror_kind_path(component, kind, sizeof kind);
	snprintf(buffer, size, "%s/%s", kind, component->name);
	return buffer;
}

#define COMPONENT_NAME_SIZE (2 * RECORDER_NAME_MAX)

/* A property as it is now. */
struct observation {
	struct series_about about;
	enum series_state state;
	double value;
	const char *text; /* of 's' */
};

/* Numbers and words are unavailable with their component; that it is, is a value. */
static void observe_value(const struct mirror_component *component, struct json_object *value, struct observation *it)
{
	bool available = member_bool(component->properties, "Available") || strcmp(it->about.property, "Available") == 0;

	it->state = available ? SERIES_KNOWN : SERIES_UNAVAILABLE;
	it->text = it->about.type == 's' ? json_object_get_string(value) : NULL;
	it->value = it->about.type == 'd' ? json_object_get_double(value) : json_object_get_boolean(value);
	if (it->about.type == 'd' && !isfinite(it->value))
		it->state = SERIES_UNAVAILABLE;
}

/* False: it is no value in time. */
static bool observe(const struct mirror_component *component, const char *name, struct json_object *property,
                    struct observation *ret)
{
	const char *type = member_text(property, "type");
	struct json_object *value;

	*ret = (struct observation){ .about = {
		.component = name,
		.property = member_text(property, "name"),
		.class = member_text(property, "class"),
		.unit = member_text(property, "unit"),
		.type = type[0],
		.precision = (unsigned)member_number(property, "precision"),
	} };
	value = member_of(component->properties, ret->about.property);
	if (!value || (strcmp(type, "d") != 0 && strcmp(type, "b") != 0 && strcmp(type, "s") != 0) ||
	    *member_text(property, "clock") || is_text_about(ret->about.property))
		return false;
	observe_value(component, value, ret);
	return true;
}

/* The number that is recorded. False: a word that there is no room for. */
static bool take_word(struct follower *follower, struct observation *it)
{
	if (it->about.type == 's' && it->state == SERIES_KNOWN)
		it->value = it->text ? recorder_word(follower->recorder, it->text) : 0;
	return it->about.type != 's' || it->state != SERIES_KNOWN || it->value > 0;
}

typedef void function_of_observation(struct follower *follower, struct observation *it, uint64_t time);

static void each_property(struct follower *follower, const struct mirror_component *component, uint64_t time,
                          function_of_observation *function)
{
	struct json_object *properties = member_of(component->description, "properties");
	size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;
	char name[COMPONENT_NAME_SIZE];
	struct observation it;

	component_name(component, name, sizeof name);
	for (size_t i = 0; i < n; i++)
		if (observe(component, name, json_object_array_get_idx(properties, i), &it))
			function(follower, &it, time);
}

/* A text that has always been empty is nothing. */
static void record(struct follower *follower, struct observation *it, uint64_t time)
{
	struct series *series = recorder_find(follower->recorder, it->about.component, it->about.property);

	if (!series && it->about.type == 's' && it->text && !*it->text)
		return;
	series = recorder_series(follower->recorder, &it->about);
	if (series && take_word(follower, it))
		recorder_set(follower->recorder, series, time, it->state, it->value);
}

/* --- what was while nobody was there ---------------------------------------------------------- */

static void set_gap(struct follower *follower, struct series *series, uint64_t time)
{
	recorder_set(follower->recorder, series, time, SERIES_GAP, 0);
}

/* What is other than it was has changed at some time. */
static void compare(struct follower *follower, struct observation *it, uint64_t time)
{
	struct series *series = recorder_find(follower->recorder, it->about.component, it->about.property);

	if (!series || !take_word(follower, it))
		return;
	if (series->state != it->state || (it->state == SERIES_KNOWN && series->value != it->value))
		set_gap(follower, series, time);
}

/* All series of a component, or those that are no numbers. */
static void gap_of(struct follower *follower, const char *name, bool numbers, uint64_t time)
{
	struct recorder *recorder = follower->recorder;

	for (unsigned i = 0; i < recorder->series_n; i++) {
		struct series *series = recorder->series[i];

		if (strcmp(recorder_component_name(recorder, series->component), name) == 0 && (numbers || series->type != 'd'))
			set_gap(follower, series, time);
	}
}

static bool is_there(const struct follower *follower, const char *name)
{
	char other[COMPONENT_NAME_SIZE];

	for (const struct mirror_component *component = mirror_components(follower->mirror); component;
	     component = component->next)
		if (strcmp(component_name(component, other, sizeof other), name) == 0)
			return true;
	return false;
}

/* The hub goes on with its count of events: whatever it does not tell has not happened. */
static void compare_all(struct follower *follower)
{
	struct recorder *recorder = follower->recorder;
	uint64_t since = recorder->time;

	for (unsigned i = 1; i <= recorder->components_n; i++)
		if (!is_there(follower, recorder_component_name(recorder, i)))
			gap_of(follower, recorder_component_name(recorder, i), true, since);
	for (const struct mirror_component *component = mirror_components(follower->mirror); component;
	     component = component->next)
		each_property(follower, component, since, compare);
}

static void settle(struct follower *follower)
{
	uint64_t time = now(follower);

	follower->catching_up = follower->again = false;
	recorder_go_on(follower->recorder);
	for (const struct mirror_component *component = mirror_components(follower->mirror); component;
	     component = component->next)
		each_property(follower, component, time, record);
	recorder_hub(follower->recorder, mirror_series(follower->mirror), mirror_serial(follower->mirror));
}

static void settle_if_all_is_there(struct follower *follower)
{
	if (follower->catching_up && mirror_serial(follower->mirror) >= follower->target)
		settle(follower);
}

/* --- events ----------------------------------------------------------------------------------- */

static struct json_object *event_type(const struct mirror_event *event)
{
	struct json_object *events = member_of(event->component->description, "events");
	size_t n = json_object_is_type(events, json_type_array) ? json_object_array_length(events) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *type = json_object_array_get_idx(events, i);

		if (strcmp(member_text(type, "name"), event->name) == 0)
			return type;
	}
	return NULL;
}

/* It has a number of the room, and (nobody need know) nothing else. */
static bool has_value(struct json_object *type)
{
	return type && strcmp(member_text(type, "number"), "value") == 0;
}

static bool is_reading(struct json_object *type)
{
	return has_value(type) && member_number(type, "level") == LOG_DEBUG;
}

/* The property that the reading is of: the number of this unit that is not about the device. */
static struct series *series_of_reading(struct follower *follower, const struct mirror_component *component, const char *name,
                                        const char *unit)
{
	struct json_object *properties = member_of(component->description, "properties");
	size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;
	struct observation it;

	for (size_t i = 0; i < n; i++) {
		struct json_object *property = json_object_array_get_idx(properties, i);

		if (observe(component, name, property, &it) && it.about.type == 'd' && !member_bool(property, "diagnostic") &&
		    strcmp(it.about.unit, unit) == 0)
			return recorder_series(follower->recorder, &it.about);
	}
	return NULL;
}

static void take_reading(struct follower *follower, const struct mirror_event *event, struct json_object *type,
                         const char *name, uint64_t time)
{
	struct series *series = series_of_reading(follower, event->component, name, member_text(type, "unit"));
	struct json_object *value = member_of(event->data, "value");

	if (series && value)
		recorder_set(follower->recorder, series, time, SERIES_KNOWN, json_object_get_double(value));
}

/* What it says beside what everybody knows; NULL: nothing, or no memory. */
static char *event_data(const struct mirror_event *event)
{
	_cleanup_(json_freep) struct json_object *object = json_object_new_object();
	const char *text;

	if (!object || !json_object_is_type(event->data, json_type_object))
		return NULL;
	json_object_object_foreach(event->data, name, value)
	{
		if (strcmp(name, "realtime_usec") != 0 && strcmp(name, "location") != 0)
			json_add(object, name, json_object_get(value));
	}
	if (json_object_object_length(object) == 0)
		return NULL;
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	return text ? strdup(text) : NULL;
}

static void on_event(const struct mirror_event *event, void *userdata)
{
	struct follower *follower = userdata;
	struct recorder *recorder = follower->recorder;
	struct json_object *type = event_type(event);
	uint64_t time = member_number(event->data, "realtime_usec");
	char name[COMPONENT_NAME_SIZE];

	now(follower);
	component_name(event->component, name, sizeof name);
	if (follower->catching_up && is_reading(type))
		take_reading(follower, event, type, name, time);
	else if (follower->catching_up)
		gap_of(follower, name, !has_value(type), time);
	if (!is_reading(type))
		recorder_event(recorder, recorder_component(recorder, name), time, recorder_word(recorder, event->name),
		               event_data(event));
	recorder_hub(recorder, mirror_series(follower->mirror), event->serial);
	settle_if_all_is_there(follower);
}

static void on_missed(uint64_t n, void *userdata)
{
	struct follower *follower = userdata;

	log_warning("%" PRIu64 " events of the room are missing: roomd no longer had them when roomd-history asked for them", n);
	if (follower->catching_up && follower->recorder->away)
		recorder_gap(follower->recorder, follower->recorder->time);
}

/* --- the hub ---------------------------------------------------------------------------------- */

static void on_ready(void *userdata)
{
	struct follower *follower = userdata;
	struct recorder *recorder = follower->recorder;
	uint64_t time = now(follower);

	follower->target = member_number(mirror_service(follower->mirror), "Serial");
	follower->catching_up = true;
	follower->again = false;
	if (recorder->away && (strcmp(recorder->hub, mirror_series(follower->mirror)) != 0 ||
	                       time - recorder->time > AWAY_MAX_USEC))
		recorder_gap(recorder, recorder->time);
	if (recorder->away)
		compare_all(follower);
	settle_if_all_is_there(follower);
}

static void on_gone(void *userdata)
{
	struct follower *follower = userdata;
	uint64_t time = now(follower);

	recorder_gap(follower->recorder, follower->recorder->away ? follower->recorder->time : time);
	follower->catching_up = false;
}

static void on_changed(struct mirror_component *component, void *userdata)
{
	struct follower *follower = userdata;

	if (!follower->catching_up)
		each_property(follower, component, now(follower), record);
}

static void on_removed(struct mirror_component *component, void *userdata)
{
	struct follower *follower = userdata;
	char name[COMPONENT_NAME_SIZE];

	if (mirror_is_ready(follower->mirror) && !follower->catching_up)
		gap_of(follower, component_name(component, name, sizeof name), true, now(follower));
}

static const struct mirror_callbacks callbacks = {
	.ready = on_ready,
	.gone = on_gone,
	.changed = on_changed,
	.removed = on_removed,
	.event = on_event,
	.missed = on_missed,
};

/* --- once a minute ---------------------------------------------------------------------------- */

/* Events that could not be told never come; and who is not there after a minute is away. */
static void end_waiting(struct follower *follower)
{
	if (follower->catching_up && follower->again)
		settle(follower);
	follower->again = follower->catching_up;
	if (!mirror_is_ready(follower->mirror) && follower->recorder->away)
		recorder_gap(follower->recorder, follower->recorder->time);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct follower *follower = userdata;
	struct moment moment;

	(void)usec;
	now(follower);
	end_waiting(follower);
	moment = follower_now();
	recorder_write(follower->recorder, &moment);
	if (follower->on_write)
		follower->on_write(follower->userdata);
	sd_event_source_set_time_relative(source, WRITE_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void follower_on_write(struct follower *follower, void (*function)(void *userdata), void *userdata)
{
	follower->on_write = function;
	follower->userdata = userdata;
}

int follower_new(sd_bus *bus, struct recorder *recorder, struct follower **ret)
{
	_cleanup_(follower_freep) struct follower *follower = calloc(1, sizeof *follower);
	int r;

	if (!follower)
		return -ENOMEM;
	follower->bus = sd_bus_ref(bus);
	follower->recorder = recorder;
	r = sd_event_add_time_relative(sd_bus_get_event(bus), &follower->timer, CLOCK_BOOTTIME, WRITE_USEC,
	                               WRITE_ACCURACY_USEC, on_timer, follower);
	if (r >= 0)
		r = mirror_new(bus, *recorder->hub ? recorder->hub : NULL, recorder->serial, &callbacks, follower, &follower->mirror);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(follower);
	return 0;
}

struct follower *follower_free(struct follower *follower)
{
	if (!follower)
		return NULL;
	mirror_free(follower->mirror);
	sd_event_source_disable_unref(follower->timer);
	sd_bus_unref(follower->bus);
	free(follower);
	return NULL;
}
