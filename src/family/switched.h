/* The family of kinds that switch one line, by rules of their own and by hand. What they have in common is
 * here. A kind's own file has only its rules.
 *
 * What a person has set holds until somebody ends it, or its time is over. The line is switched first; then
 * the event is emitted. The same state is not reported twice in a row, and nothing is reported while the line
 * is absent. */
#pragma once

#include <syslog.h>

#include "rules/manual-end.h"
#include "output/output.h"
#include "roomd/component.h"

enum switched_mode {
	SWITCHED_AUTOMATIC,
	SWITCHED_OFF_BY_HAND,
	SWITCHED_ON_BY_HAND,
	SWITCHED_MODES,
};

/* What has switched it. The numbers are kept over restarts: new ones come at the end. */
enum switched_cause {
	SWITCHED_AT_START,
	SWITCHED_BY_MOTION,
	SWITCHED_BY_NO_MOTION,
	SWITCHED_BY_OFF_DELAY,
	SWITCHED_BY_SENSOR_UNAVAILABLE,
	SWITCHED_BY_SENSOR_SUSPECT,
	SWITCHED_BY_HAND,
	SWITCHED_BY_BUTTON,
	SWITCHED_AUTOMATIC_AGAIN,
	SWITCHED_MANUAL_TIME_OVER,
	SWITCHED_LINE_AVAILABLE,
	SWITCHED_SERVICE_STOPPED,
	SWITCHED_BY_CONDITION,
	SWITCHED_BY_TIME,
	SWITCHED_BY_MAX_ON,
	SWITCHED_BY_PULSE,
	SWITCHED_BY_TEMPERATURE,
	SWITCHED_BY_EXCLUSION,
	SWITCHED_CAUSES,
};

/* Why it is on or off. */
struct switched_why {
	uint64_t at_ns;
	const struct hub_source *by; /* NULL: nobody */
	int cause; /* enum switched_cause */
};

/* component_class.family of such a kind. */
struct switched;
struct switched_kind {
	const struct event_type *on, *off; /* its events */
	/* The mode has changed: shows what follows from that, for this reason. */
	void (*decide)(struct switched *output, struct switched_why why);
	/* Writes what its rules will do next to ret->then and ret->then_ns. Not called while it is set by
	 * hand. */
	void (*then)(const struct switched *output, struct why *ret);
};

/* What the configuration of such a kind begins with. */
struct switched_config {
	char *location;
	char *line;
	bool active_low;
	int stop_value;
};

/* What the instance of such a kind begins with. */
struct switched {
	struct component component;
	char consumer[GPIO_CONSUMER_SIZE];
	char stored_as[COMPONENT_STORED_AS_SIZE];
	int mode; /* enum switched_mode */
	struct manual_end manual_end;
	sd_event_source *manual_timer;
	struct switched_why why;
	int why_by; /* the number of why.by, for a successor */
	bool on;      /* what the line shows while it is there */
	bool said_on; /* what was reported last */
	struct output *line; /* NULL: the configuration has no line, and the kind itself shows what is wanted */
	bool wanted;         /* what the kind shows, if there is no line */
	struct output_demand demand, at_stop;
};

/* Switches it on or off, and emits the event. True if it has changed. */
bool switched_show(struct switched *output, bool on, struct switched_why why);

/* Sets it by hand for this time, in µs (0: until somebody ends it), or makes it automatic. Then calls the
 * kind's `decide`. */
void switched_set_mode(struct switched *output, enum switched_mode mode, uint64_t for_usec,
                       const struct hub_source *by, enum switched_cause cause);

/* A button was pressed: a single press sets the other state by hand, a long one makes it automatic again. */
void switched_press(struct switched *output, const struct event *event);

/* See struct component_class. A kind that has functions of its own calls these from them: `init` first,
 * `deinit` last, and `start` after the kind has shown the right state. */
int switched_init(struct component *component);
void switched_restored(struct component *component, enum kept_over over);
void switched_clock_set(struct component *component);
void switched_describe(const struct component *component, char *buffer, size_t size);
void switched_why(const struct component *component, struct why *ret);
int switched_start(struct component *component);
void switched_stop(struct component *component);
bool switched_stops(const struct component *component);
void switched_deinit(struct component *component);

/* At the start, before anything is shown: ends a manual state whose time has passed while no process ran. */
void switched_end_manual(struct switched *output, uint64_t now_ns);

int switched_set_on(struct component *component, const union value *arguments, struct problem *problem);
int switched_set_on_for(struct component *component, const union value *arguments, struct problem *problem);
int switched_set_automatic(struct component *component, const union value *arguments, struct problem *problem);

/* SetOn, SetOnFor and SetAutomatic, for a kind that has more actions; and the table of a kind that has only
 * these. */
#define SWITCHED_ACTIONS                                                                                       \
	{ .name = "SetOn",                                                                                     \
	  .arguments = { { "on", 'b' } },                                                                      \
	  .about = ABOUT("Switches it on or off by hand, until SetAutomatic."),                                \
	  .right = RIGHT_CONTROL,                                                                              \
	  .run = switched_set_on },                                                                            \
		{ .name = "SetOnFor",                                                                          \
		  .arguments = { { "on", 'b' }, { "usec", 't' } },                                             \
		  .about = ABOUT("Switches it on or off by hand for so many microseconds, at most ten years; " \
		                 "then it is automatic again."),                                               \
		  .right = RIGHT_CONTROL,                                                                      \
		  .run = switched_set_on_for },                                                                \
	{                                                                                                      \
		.name = "SetAutomatic", .about = ABOUT("Ends the manual setting: its rules decide again."),    \
		.right = RIGHT_CONTROL, .run = switched_set_automatic                                          \
	}
extern const struct interface_action switched_actions[];
/* "on", "off" and "manual". */
extern const struct component_state switched_states[];

#define SWITCHED_FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct switched_config, field_)

/* The keys that such a kind begins with, and the one that it ends with. `example_` is the line's name in the
 * example, a string literal. */
#define SWITCHED_OPTIONS(example_)                                                                             \
	OPTION_LOCATION(struct switched_config),                                                               \
		{ SWITCHED_FIELD("Line", line, line),                                  \
		  .about = ABOUT("The line the relay is wired to.", .example = example_) },                    \
	{                                                                                                      \
		SWITCHED_FIELD("ActiveLow", bool, active_low), .default_text = "no",   \
			.about = ABOUT("_yes_ if a low level switches the relay on.")                          \
	}
/* The buttons that switch it. Each kind has a key and a field of its own for them, of type option_names. */
#define SWITCHED_BUTTONS                                                                                       \
	.default_text = "", .refers_to = "Button", .unset_is_none = true,                                      \
	.about = ABOUT("Names of the buttons that switch it by hand, separated by spaces. A single press switches " \
	               "it on or off; a long press makes it automatic again.",                                 \
	               .unset = "none")
#define SWITCHED_OPTION_STOP_VALUE                                                                             \
	{                                                                                                      \
		SWITCHED_FIELD("StopValue", word, stop_value), .default_text = "keep", \
			.words = output_stop_values, .about = OUTPUT_STOP_ABOUT("its line")                    \
	}

/* Its properties. */
#define SWITCHED_PROPERTIES(about_)                                                                            \
	{ "On", 'b', ABOUT(about_), switched_get_on, .class = "on" },                                          \
		{ "Mode", 's', ABOUT("\"automatic\", or \"manual\" after SetOn or SetOnFor."), switched_get_mode }, \
	{                                                                                                      \
		"ManualUntil", 't',                                                                            \
			ABOUT("When the manual state ends; the time changes when the clock is set. 0: not before " \
			      "SetAutomatic, or it is not manual."),                                           \
			switched_get_manual_until, VALUE_CLOCK_REALTIME                                    \
	}
/* For a kind without a line: its device has gone, or is there again. */
extern const struct line_availability switched_availability;

void switched_get_on(const struct component *component, union value *ret);
void switched_get_mode(const struct component *component, union value *ret);
void switched_get_manual_until(const struct component *component, union value *ret);

/* Its kept fields. */
#define SWITCHED_KEPT                                                                                          \
	{ "said_on", KEPT_BOOL, offsetof(struct switched, said_on), KEPT_OVER_RESTART,                         \
	  .about = ABOUT("whether the last event said that it is on") },                                       \
	{ "why_ns", KEPT_U64, offsetof(struct switched, why.at_ns), KEPT_OVER_RESTART,                         \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when it was switched last") },                       \
	{ "why_by", KEPT_INT, offsetof(struct switched, why_by), KEPT_OVER_RESTART,                            \
	  .about = ABOUT("the component that led to that") },                                                  \
	{ "why_cause", KEPT_INT, offsetof(struct switched, why.cause), KEPT_OVER_RESTART,                      \
	  .about = ABOUT("why it was switched") },                                                             \
	{ "manual_until_ns", KEPT_U64, offsetof(struct switched, manual_end.at_ns), KEPT_OVER_RESTART,         \
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when the manual state ends, by that clock") },       \
	{ "manual_by_wall_clock", KEPT_BOOL, offsetof(struct switched, manual_end.by_wall_clock), KEPT_OVER_RESTART, \
	  .about = ABOUT("whether the wall clock's time counts instead") },                                    \
	{ "manual_until_usec", KEPT_U64, offsetof(struct switched, manual_end.at_usec), KEPT_OVER_POWER_LOSS,  \
	  .clock = VALUE_CLOCK_REALTIME, .about = ABOUT("when the manual state ends, by the wall clock") },    \
	{ "manual_for_usec", KEPT_U64, offsetof(struct switched, manual_end.for_usec), KEPT_OVER_POWER_LOSS,   \
	  .about = ABOUT("for how long it was set, in µs") },                                                  \
	{ "mode", KEPT_INT, offsetof(struct switched, mode), KEPT_OVER_POWER_LOSS,                             \
	  .about = ABOUT("whether it is automatic, or was switched on or off by hand") }

/* The members of its class that all these kinds have in common. The kind adds its name, words, sizes, tables,
 * `init`, `restored`, `ask`, `start` and `deinit`. `kind_` is the struct switched_kind. A kind that differs
 * sets the member again after this. */
#define SWITCHED_CLASS(kind_)                                                                                  \
	.layer = COMPONENT_CONTROLLER, .states = switched_states, .family = &(kind_),                          \
	.clock_set = switched_clock_set, .stops = switched_stops

/* Its two events; `words_` is what people call it, a string literal. */
#define SWITCHED_EVENT(name_, words_)                                                                          \
	{ .name = name_, .text_name = "cause", .level = LOG_INFO, .words = words_,                             \
	  .about = ABOUT("Its relay has switched. _by_ is the sensor that led to it.") }
