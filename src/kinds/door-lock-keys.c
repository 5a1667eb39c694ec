/* The keys of a DoorLock. */
#include <errno.h>

#include "kinds/door-lock.h"
#include "util/clock.h"
#include "util/problem.h"

static const char *const initial_states[] = {
	[INITIAL_LOCKED] = "locked",
	[INITIAL_UNLOCKED] = "unlocked",
	[INITIAL_LAST] = "last",
	NULL,
};

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct lock_config, field_)

const struct option lock_options[] = {
	OPTION_LOCATION(struct lock_config),
	{ FIELD("LedLine", line, led_line),
	  .about = ABOUT(
		  "The line of the LED. On means locked, off means unlocked, blinking (2 Hz) means an alert that "
		  "nobody has acknowledged.",
		  .example = "LOCK_LED") },
	{ FIELD("ActiveLow", bool, active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level lights the LED.") },
	{ FIELD("Motion", names, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor",
	  .about = ABOUT("Names of the motion sensors near the door, separated by spaces.",
	                 .unset = "all of them") },
	{ FIELD("InitialState", word, initial_state),
	  .default_text = "locked",
	  .words = initial_states,
	  .about = ABOUT(
		  "The state at the start: _locked_, _unlocked_ or _last_, which is the state before the restart "
		  "or the power failure, or locked if nothing was kept (see *roomd*(8), FILES).") },
	{ FIELD("AlertIntervalSec", timespan, alert_interval_ns),
	  .default_text = "30s",
	  .about = ABOUT("In this time there is at most one alert for motion, and at most one for a door that was "
	                 "forced.") },
	{ FIELD("ButtonLine", line, button_line),
	  .default_text = "",
	  .about = ABOUT(
		  "The line of a push button or key switch, indoors. It acknowledges an open alert; if there is "
		  "none, it unlocks or locks.",
		  .example = "LOCK_BUTTON") },
	{ FIELD("ButtonActiveLow", bool, button_active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if the button pulls the line low.") },
	{ FIELD("ButtonBias", word, button_bias),
	  .default_text = "as-is",
	  .words = input_biases,
	  .about = ABOUT(
		  "The pull resistor of the button's line: _as-is_, _disabled_, _pull-up_ or _pull-down_. A button "
		  "that is wired to ground and has no resistor needs _pull-up_, and _ButtonActiveLow=yes_.") },
	/* A contact of a push button bounces for a few ms, and nobody presses one for less than the default.
	 */
	{ FIELD("ButtonDebounceSec", timespan, button_debounce_ns),
	  .default_text = "20ms",
	  .max = INPUT_DEBOUNCE_USEC_MAX,
	  .expected = INPUT_DEBOUNCE_EXPECTED,
	  .about = ABOUT(
		  "The kernel ignores changes that are shorter than this, so a press counts later by this time. If "
		  "a contact bounces for longer, one press unlocks, locks and unlocks again: set a longer time for "
		  "a worn contact. With _0_ each bounce is a press; use that only if the kernel cannot debounce "
		  "the chip's lines, and the button is debounced by its circuit.") },
	{ FIELD("Contact", names, contact),
	  .default_text = "",
	  .refers_to = "ContactSensor",
	  .unset_is_none = true,
	  .about = ABOUT("The name of the door's contact. If the door is opened while it is locked, it was forced, "
	                 "and there is an alert. If it is locked while it is open, it is jammed.",
	                 .example = "front", .unset = "none, and whether the door is open is not known") },
	{ FIELD("OpenTooLongSec", timespan, open_too_long_ns),
	  .default_text = "0",
	  .about = ABOUT("If the door is open for longer than this, it is reported, once each time. _0_: never.") },
	{ FIELD("RelockSec", timespan, relock_ns),
	  .default_text = "0",
	  .about = ABOUT("The door is locked again this long after it was closed, or after it was unlocked if "
	                 "nobody opens it. This also holds for a door that is unlocked from the start. It is not "
	                 "locked while it is open. _0_: it stays unlocked.") },
	{ FIELD("StrikeLine", line, strike_line),
	  .default_text = "",
	  .about = ABOUT("The line of the relay of an electric strike, which lets the door be opened while it is "
	                 "on. The strike is on for _StrikeSec=_ when the door is unlocked or somebody is let in, "
	                 "and at no other time. A restart, a reload or a stop of the service switches it off, and "
	                 "so does the next start after a crash. If there is no next start, as after too many "
	                 "crashes or when the kernel hangs, the strike stays on. Where that matters, use a strike "
	                 "whose own electronics guard against it.",
	                 .example = "STRIKE", .unset = "none") },
	{ FIELD("StrikeActiveLow", bool, strike_active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level switches that relay on.") },
	{ FIELD("StrikeSec", timespan, strike_ns),
	  .default_text = "3s",
	  .min = STRIKE_USEC_MIN,
	  .max = STRIKE_USEC_MAX,
	  .expected = "a time span from 50ms to 5min, such as 3s",
	  .about = ABOUT("How long the strike is on.") },
	{ FIELD("StopValue", word, stop_value),
	  .default_text = "keep",
	  .words = output_stop_values,
	  .about = OUTPUT_STOP_ABOUT("the LED") },
	{ 0 },
};

int lock_check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem)
{
	const struct lock_config *c = config;

	(void)class;
	*ret_key = "Contact";
	if (c->contact.n > 1)
		return problem_set(problem, -EINVAL, "the name of one contact");
	*ret_key = "RelockSec";
	if (c->relock_ns > 0 && c->relock_ns < (c->strike_line && c->strike_ns > NSEC_PER_SEC ? c->strike_ns : NSEC_PER_SEC))
		return problem_set(problem, -EINVAL, "a time span of at least 1s and StrikeSec=, or 0");
	*ret_key = "Contact";
	if (c->open_too_long_ns > 0 && c->contact.n == 0)
		return problem_set(problem, -EINVAL, "the name of a contact, as OpenTooLongSec= is set");
	return 0;
}
