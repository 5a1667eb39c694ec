/* The family of kinds that watch a line for one thing, such as motion, which begins and is over. What they
 * have in common is here. A kind's own file has only its words.
 *
 * The first level is reported as an edge is. The same state is not reported twice in a row, and nothing is
 * reported while the sensor warms up. */
#pragma once

#include <syslog.h>

#include "io/input.h"
#include "io/remote.h"
#include "roomd/component.h"
#include "rules/delay.h"
#include "rules/suspect.h"

/* component_class.family of such a kind. */
struct on_off;
struct on_off_kind {
	const struct event_type *begun, *over; /* the events; their words are also those of the summary */
	/* If not NULL, these are called instead of emitting the events: with the level after the delays; and
	 * when the level is no longer known, because edges were lost or the line has gone. */
	void (*level)(struct on_off *sensor, bool begun, uint64_t monotonic_ns);
	void (*unknown)(struct on_off *sensor);
};

struct on_off_config {
	char *location;
	char *line;   /* NULL: a sensor of another hub */
	char *remote; /* NULL: a sensor of this hub */
	uint64_t remote_max_age_ns;
	bool active_low;
	int bias;
	uint64_t debounce_ns;
	uint64_t warmup_ns; /* 0 in a kind without such a key */
	uint64_t on_delay_ns, off_delay_ns;
	uint64_t stuck_ns; /* this and the next line: 0 in a kind without such keys */
	unsigned changes_per_hour, changes_hours;
};

/* The instance of such a kind, for the family itself. */
struct on_off {
	struct component component;
	char consumer[GPIO_CONSUMER_SIZE];
	char stored_as[COMPONENT_STORED_AS_SIZE];
	struct input *input;   /* NULL: a sensor of another hub */
	struct remote *remote; /* NULL: a sensor of this hub */
	bool gone;             /* no value of the other hub's sensor is passed in */
	sd_event_source *warmup; /* NULL: over */
	uint64_t warm_ns;        /* when the warm-up ended; CLOCK_MONOTONIC */
	struct delay delay;          /* OnDelaySec= and OffDelaySec=, if set */
	sd_event_source *delay_over; /* NULL: no delay is set */
	struct suspect suspect;
	sd_event_source *suspect_time; /* NULL: no key asks whether it is suspect */
	uint64_t suspect_at_ns;        /* when that timer expires; NEVER_NS: it is not set */
	bool reread;                 /* at the start: the level has to be read, because the known one is not certain */
	/* What was reported last; it is not repeated. */
	int said; /* enum said */
	uint64_t since_ns;
};

/* The kept fields of these kinds, for a kind that keeps more. */
#define ON_OFF_KEPT                                                                                            \
	{ "said", KEPT_INT, offsetof(struct on_off, said), KEPT_OVER_RESTART,                                  \
	  .about = ABOUT("what was said last of what it watches for") },                                       \
	{ "since_ns", KEPT_U64, offsetof(struct on_off, since_ns), KEPT_OVER_RESTART,                          \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when that is so") },                           \
	{ "delay_input", KEPT_INT, offsetof(struct on_off, delay.input), KEPT_OVER_RESTART,                    \
	  .about = ABOUT("the level of the last edge") },                                                      \
	{ "delay_input_ns", KEPT_U64, offsetof(struct on_off, delay.input_ns), KEPT_OVER_RESTART,              \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when that edge was") },                              \
	{ "delay_level", KEPT_INT, offsetof(struct on_off, delay.level), KEPT_OVER_RESTART,                    \
	  .about = ABOUT("the level that counts, after _OnDelaySec=_ and _OffDelaySec=_") },                   \
	{ "delay_since_ns", KEPT_U64, offsetof(struct on_off, delay.since_ns), KEPT_OVER_RESTART,              \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when it counts") },                            \
	{ "stuck", KEPT_BOOL, offsetof(struct on_off, suspect.stuck), KEPT_OVER_RESTART,                       \
	  .about = ABOUT("whether it is suspected to be stuck") },                                             \
	{ "too_many", KEPT_BOOL, offsetof(struct on_off, suspect.too_many), KEPT_OVER_RESTART,                 \
	  .about = ABOUT("whether it is suspected as it changes too often") },                                 \
	{ "hour_ns", KEPT_U64, offsetof(struct on_off, suspect.hour_ns), KEPT_OVER_RESTART,                    \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when the hour began in which changes are counted") }, \
	{ "changes", KEPT_U64, offsetof(struct on_off, suspect.changes), KEPT_OVER_RESTART,                    \
	  .about = ABOUT("changes in that hour, so far") },                                                    \
	{ "hours", KEPT_U64, offsetof(struct on_off, suspect.hours), KEPT_OVER_RESTART,                        \
	  .about = ABOUT("hours before it, in a row, with too many changes") }

/* What all these kinds have in common; see struct component_class. */
extern const struct kept_field on_off_kept[];
int on_off_init(struct component *component);
void on_off_restored(struct component *component, enum kept_over over);
void on_off_describe(const struct component *component, char *buffer, size_t size);
void on_off_why(const struct component *component, struct why *ret);
int on_off_start(struct component *component);
void on_off_deinit(struct component *component);

/* For properties: whether it has begun; since when it has been so; whether it warms up; whether it is
 * suspect; the sensor of another hub that it is, "" if it has its own line. */
void on_off_get(const struct component *component, union value *ret);
void on_off_get_since(const struct component *component, union value *ret);
void on_off_get_warming_up(const struct component *component, union value *ret);
void on_off_get_suspect(const struct component *component, union value *ret);
void on_off_get_remote(const struct component *component, union value *ret);

/* For states. */
enum truth on_off_is_begun(const struct component *component, uint64_t *ret_since_ns);
enum truth on_off_is_over(const struct component *component, uint64_t *ret_since_ns);

#define ON_OFF_FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct on_off_config, field_)

/* The keys of such a kind. `example_` is the line's name in the example; `begun_words` is what a low level
 * may mean. Both are string literals. */
#define ON_OFF_OPTIONS(example_, begun_words)                                                                  \
	OPTION_LOCATION(struct on_off_config),                                                                        \
		{ ON_OFF_FIELD("Line", line, line), .not_with = "Remote",                                                    \
		  .about = ABOUT("The line the sensor's output is wired to.", .example = example_) },          \
		{ ON_OFF_FIELD("ActiveLow", bool, active_low), .not_with = "Remote", .default_text = "no",                                         \
		  .about = ABOUT("_yes_ if a low level means " begun_words ".") },                             \
		{ ON_OFF_FIELD("Bias", word, bias), .not_with = "Remote", .default_text = "as-is", .words = input_biases,                          \
		  .about = ABOUT("The pull resistor of the line: _as-is_, _disabled_, _pull-up_ or "           \
		                 "_pull-down_.") },                                                                          \
		{ ON_OFF_FIELD("DebounceSec", timespan, debounce_ns), .not_with = "Remote", .default_text = "0",                                   \
		  .max = INPUT_DEBOUNCE_USEC_MAX, .expected = INPUT_DEBOUNCE_EXPECTED,                                       \
		  .about = ABOUT("The kernel ignores changes that are shorter than this. It has to wait to see " \
		                 "whether a change lasts, so it reports each change later by this time: the times "          \
		                 "of events are later, and so is whatever the sensor switches.") },                          \
		{ ON_OFF_FIELD("OnDelaySec", timespan, on_delay_ns), .default_text = "0",                                    \
		  .about = ABOUT("The sensor counts as active only after it has been active for this long. "   \
		                 "Anything shorter is ignored. The event comes at the end of that time, counted "            \
		                 "from the kernel's time of the edge.") },                                                   \
	{                                                                                                             \
		ON_OFF_FIELD("OffDelaySec", timespan, off_delay_ns), .default_text = "0",                                    \
			.about = ABOUT("The sensor counts as inactive only after it has been inactive for this " \
			               "long. If it becomes active again before that, it has been active all the "                  \
			               "time.")                                                                                     \
	}

/* The keys of a kind whose sensors may be of another hub. */
#define ON_OFF_REMOTE_OPTIONS(kind_)                                                                           \
	{ ON_OFF_FIELD("Remote", remote, remote), .default_text = "", .not_with = "Line",                      \
	  .about = ABOUT("A sensor of another hub instead of _Line=_: _HUB/" kind_ "/NAME_. Its state comes from " \
	                 "*roomd-mqtt*(8). It is unavailable while that hub, its bridge, the broker or the sensor "  \
	                 "is.", .unset = "none, the sensor has its own line") },                                     \
	{                                                                                                      \
		ON_OFF_FIELD("RemoteMaxAgeSec", timespan, remote_max_age_ns), .default_text = "5s",            \
		.min = 1e6, .max = 3600e6, .not_with = "Line",                                                 \
		.about = ABOUT("A change at the other hub that arrives later than this does not count as one. So " \
		               "the clocks of the two hubs must not differ by more than this.")                 \
	}

/* Its properties. `name_` is the name on D-Bus; for `class_` see struct interface_property. */
#define ON_OFF_PROPERTIES(name_, class_, about_)                                                               \
	{ name_, 'b', ABOUT(about_), on_off_get, .class = class_ },                                            \
	{ "Since", 't', ABOUT("Since when it has been so; 0: not known."), on_off_get_since, VALUE_CLOCK_MONOTONIC }

/* The property of a kind whose sensors may be of another hub. */
#define ON_OFF_REMOTE_PROPERTIES                                                                               \
	{ "Remote", 's', ABOUT("The sensor of another hub, if it is one; \"\": it has its own line."),         \
	  on_off_get_remote, .diagnostic = true }

/* Its states; both are string literals. */
#define ON_OFF_STATES(state_, no_state_) { state_, on_off_is_begun }, { no_state_, on_off_is_over }

/* The documentation of its events. */
#define ON_OFF_ABOUT ABOUT("The level at the start is such an event, too.")

/* Defines the class of a kind, and its events, which are called `begun_` and `over_`. The words for people,
 * and the states (one word each), are string literals. For `kind_class_` see struct component_class; `about_`
 * is the kind's ABOUT(). */
#define ON_OFF_KIND(class_, kind_, kind_class_, begun_, begun_words, state_, over_, over_words, no_state_, options_,        \
                    properties_, about_)                                                                       \
	static const struct event_type begun_ = {                                                              \
		.name = #begun_, .means = EVENT_MEANS_BEGUN, .level = LOG_DEBUG, .words = begun_words,         \
		.about = ON_OFF_ABOUT                                                                          \
	};                                                                                                     \
	static const struct event_type over_ = {                                                               \
		.name = #over_, .means = EVENT_MEANS_OVER, .level = LOG_DEBUG, .words = over_words,            \
		.about = ON_OFF_ABOUT                                                                          \
	};                                                                                                     \
	static const struct event_type *const begun_##_events[] = {                                            \
		&begun_, &over_, &event_sensor_available, &event_sensor_unavailable, &event_edges_lost,        \
		&event_sensor_suspect, &event_sensor_trusted, NULL,                                            \
	};                                                                                                     \
	static const struct component_state begun_##_states[] = { ON_OFF_STATES(state_, no_state_), { 0 } };    \
	static const struct on_off_kind begun_##_kind = { .begun = &begun_, .over = &over_ };                  \
	const struct component_class class_ = {                                                                \
		.kind = kind_,                                                                                 \
		.about = about_,                                                                               \
		.layer = COMPONENT_SENSOR,                                                                     \
		.kind_class = kind_class_,                                                                     \
		.instance_size = sizeof(struct on_off),                                                        \
		.config_size = sizeof(struct on_off_config),                                                   \
		.options = options_,                                                                           \
		.properties = properties_,                                                                     \
		.kept = on_off_kept,                                                                           \
		.events = begun_##_events,                                                                     \
		.states = begun_##_states,                                                                     \
		.family = &begun_##_kind,                                                                      \
		.init = on_off_init,                                                                           \
		.restored = on_off_restored,                                                                   \
		.describe = on_off_describe,                                                                   \
		.why = on_off_why,                                                                             \
		.start = on_off_start,                                                                         \
		.deinit = on_off_deinit,                                                                       \
	}
