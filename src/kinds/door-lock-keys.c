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
		  "The LED's line: on is locked, off is unlocked, blinking (2 Hz) is an alert that nobody has "
		  "acknowledged.",
		  .example = "LOCK_LED") },
	{ FIELD("ActiveLow", bool, active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level lights the LED.") },
	{ FIELD("Motion", names, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor",
	  .about = ABOUT("Names of the motion sensors near the door, with spaces between.",
	                 .unset = "all of them") },
	{ FIELD("InitialState", word, initial_state),
	  .default_text = "locked",
	  .words = initial_states,
	  .about = ABOUT(
		  "_locked_, _unlocked_ or _last_: as it was before the restart or the power failure, or locked if "
		  "nothing is kept (see *roomd*(8), FILES).") },
	{ FIELD("AlertIntervalSec", timespan, alert_interval_ns),
	  .default_text = "30s",
	  .about = ABOUT("At most one alert for motion in this time, and one for a door that was forced.") },
	{ FIELD("ButtonLine", line, button_line),
	  .default_text = "",
	  .about = ABOUT(
		  "A push button or key switch, indoors. It acknowledges an open alert; with none open it "
		  "unlocks or locks.",
		  .example = "LOCK_BUTTON") },
	{ FIELD("ButtonActiveLow", bool, button_active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if the button pulls the line low.") },
	{ FIELD("ButtonBias", word, button_bias),
	  .default_text = "as-is",
	  .words = input_biases,
	  .about = ABOUT(
		  "The pull resistor of the button's line: _as-is_, _disabled_, _pull-up_ or _pull-down_. A button "
		  "to ground without a resistor of its own needs _pull-up_, and _ButtonActiveLow=yes_.") },
	/* A contact of a push button bounces for a few ms, and nobody presses one for less than the default.
	 */
	{ FIELD("ButtonDebounceSec", timespan, button_debounce_ns),
	  .default_text = "20ms",
	  .max = INPUT_DEBOUNCE_USEC_MAX,
	  .expected = INPUT_DEBOUNCE_EXPECTED,
	  .about = ABOUT(
		  "The kernel ignores changes that are shorter than this, and a press counts so much later. A contact "
		  "that chatters for longer unlocks, locks and unlocks again: give a worn one more. With _0_ each bounce "
		  "is a press; that is for chips whose lines the kernel cannot debounce and whose button is debounced by "
		  "its circuit.") },
	{ FIELD("Contact", names, contact),
	  .default_text = "",
	  .refers_to = "ContactSensor",
	  .unset_is_none = true,
	  .about = ABOUT("The name of the contact of the door. Opened while locked, it was forced, which is an alert; locked while "
	                 "it is open, it is jammed.",
	                 .example = "front", .unset = "whether it is open is not known") },
	{ FIELD("OpenTooLongSec", timespan, open_too_long_ns),
	  .default_text = "0",
	  .about = ABOUT("That the door is open for longer is said, once each time that it is. _0_: it may be.") },
	{ FIELD("RelockSec", timespan, relock_ns),
	  .default_text = "0",
	  .about = ABOUT("So long after it was closed, or after it was unlocked and not opened, it is locked again, also one that is "
	                 "unlocked from the start; not while it is open. _0_: it stays unlocked.") },
	{ FIELD("StrikeLine", line, strike_line),
	  .default_text = "",
	  .about = ABOUT("The line of the relay of an electric strike, which lets the door be opened while it is on. It is on for "
	                 "_StrikeSec=_ when the door is unlocked or somebody is let in, and at no other time. A restart, a reload "
	                 "or a stop of the service switches it off, and whoever starts after a crash does. Where nobody starts any "
	                 "more, as after too many crashes or with a kernel that hangs, it stays on: let the strike's own "
	                 "electronics guard against that where it matters.",
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
