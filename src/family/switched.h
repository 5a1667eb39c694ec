/* The family of kinds that switch one line, by rules of their own and by hand: all they do alike is here, and a kind's
 * page has only what is its own, its rules.
 *
 * What a person has set holds until somebody ends it, or its time is over. The line is switched first, then it is said;
 * nothing is said twice, nor while the line is absent. */
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

/* What has led to it. The numbers are kept over restarts: new ones come at the end. */
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

/* Why it is as it is. */
struct switched_why {
	uint64_t at_ns;
	const struct hub_source *by; /* NULL: nobody */
	int cause; /* enum switched_cause */
};

/* component_class.family of such a kind. */
struct switched;
struct switched_kind {
	const struct event_type *on, *off; /* what is said */
	/* The mode is another one: shows what follows, for this reason. */
	void (*decide)(struct switched *output, struct switched_why why);
	/* What its rules would do next, into ret->then and ret->then_ns; not asked while it is set by hand. */
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
	int why_by; /* its source's number, for a successor */
	bool on;      /* what is shown, where the line is there */
	bool said_on; /* what was said last */
	struct output *line; /* NULL: its configuration has none, and the kind shows it by itself */
	bool wanted;         /* then: what it is to show */
	struct output_demand demand, at_stop;
};

/* Shows on or off, and says it. True if that is another than before. */
bool switched_show(struct switched *output, bool on, struct switched_why why);

/* Sets it by hand for that time, in µs, 0: until it is ended; or makes it automatic. The kind decides. */
void switched_set_mode(struct switched *output, enum switched_mode mode, uint64_t for_usec,
                       const struct hub_source *by, enum switched_cause cause);

/* A press of a button: single is the other state by hand, long is automatic again. */
void switched_press(struct switched *output, const struct event *event);

/* As struct component_class says. A kind that has its own calls these within: `init` first and `deinit` last;
 * `start` after it has shown what is right. */
int switched_init(struct component *component);
void switched_restored(struct component *component, enum kept_over over);
void switched_clock_set(struct component *component);
void switched_describe(const struct component *component, char *buffer, size_t size);
void switched_why(const struct component *component, struct why *ret);
int switched_start(struct component *component);
void switched_stop(struct component *component);
bool switched_stops(const struct component *component);
void switched_deinit(struct component *component);

/* At the start, before anything is shown: what a person had set may be over, while nobody ran. */
void switched_end_manual(struct switched *output, uint64_t now_ns);

int switched_set_on(struct component *component, const union value *arguments, struct problem *problem);
int switched_set_on_for(struct component *component, const union value *arguments, struct problem *problem);
int switched_set_automatic(struct component *component, const union value *arguments, struct problem *problem);

/* SetOn, SetOnFor, SetAutomatic, for a kind that has more; and the table of one that has not. */
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

/* The keys that such a kind begins with, and the one that it ends with. `example_` is what the line is called in the
 * example, a text. */
#define SWITCHED_OPTIONS(example_)                                                                             \
	OPTION_LOCATION(struct switched_config),                                                               \
		{ SWITCHED_FIELD("Line", line, line),                                  \
		  .about = ABOUT("The line the relay is wired to.", .example = example_) },                    \
	{                                                                                                      \
		SWITCHED_FIELD("ActiveLow", bool, active_low), .default_text = "no",   \
			.about = ABOUT("_yes_ if a low level switches the relay on.")                          \
	}
/* The buttons that switch it, which have a key and a field of their own in each kind: option_names. */
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
/* The line or the device of its own has gone, or is there again: for a kind without a line. */
extern const struct line_availability switched_availability;

void switched_get_on(const struct component *component, union value *ret);
void switched_get_mode(const struct component *component, union value *ret);
void switched_get_manual_until(const struct component *component, union value *ret);

/* Its fields that are kept. */
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

/* Its class, but for what is its own: name, words, sizes, tables, `init`, `restored`, `ask`, `start`, `deinit`; `kind_` is
 * the struct switched_kind. What a kind does in another way it says behind this. */
#define SWITCHED_CLASS(kind_)                                                                                  \
	.layer = COMPONENT_CONTROLLER, .states = switched_states, .family = &(kind_),                          \
	.clock_set = switched_clock_set, .stops = switched_stops

/* Its two events; `words_` is what people say of it, a text. */
#define SWITCHED_EVENT(name_, words_)                                                                          \
	{ .name = name_, .text_name = "cause", .level = LOG_INFO, .words = words_,                             \
	  .about = ABOUT("Its relay has switched. _by_ is the sensor that led to it.") }
