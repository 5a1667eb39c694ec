/* Fan: a relay, or an output with a duty cycle, that follows a temperature. Its speed is rules/fan.c's. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "family/switched.h"
#include "io/pwm-find.h"
#include "io/pwm.h"
#include "kinds/kinds.h"
#include "roomd/quantity.h"
#include "rules/fan.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/problem.h"
#include "util/timer.h"

/* Of a stop: so long a slow chip has for what it is to show then. */
#define STOP_NS (2 * NSEC_PER_SEC)
#define HERTZ_MAX 1000000

static const struct quantity speed = { .name = "speed", .unit = "%", .least = 0, .most = 100 };

static const struct event_type fan_on = SWITCHED_EVENT("fan_on", "on");
static const struct event_type fan_off = SWITCHED_EVENT("fan_off", "off");
static const struct event_type fan_speed = {
	.name = "fan_speed",
	.number = EVENT_NUMBER_VALUE,
	.quantity = &speed,
	.level = LOG_DEBUG,
	.words = "speed",
	.about = ABOUT("The speed at which it turns from now on."),
};

struct fan_config {
	struct switched_config switched;
	char *pwm;
	unsigned hertz;
	struct option_name_list temperature;
	double off_below, full_above;
	unsigned min_percent, start_percent;
	int when_unknown;
};

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct fan_config, field_)

static const struct option options[] = {
	OPTION_LOCATION(struct switched_config),
	{ FIELD("Line", line, switched.line),
	  .default_text = "",
	  .about = ABOUT("The line of the relay that switches the fan; it is only on or off then.",
	                 .unset = "none, and Pwm= is set") },
	{ FIELD("ActiveLow", bool, switched.active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level switches the relay on, or, with _Pwm=_, if the fan turns while the "
	                 "output is low.") },
	{ FIELD("Pwm", pwm, pwm),
	  .default_text = "",
	  .expected = "a channel of a chip, such as pwmchip0:1 or fe20c000.pwm:1, or hwmon:NAME:pwm1",
	  .about = ABOUT("The output with a duty cycle that sets the speed. It is a channel of the kernel's pwm "
	                 "class, named by its chip, or by the device that the chip is part of (which stays the "
	                 "same); or it is the fan of a hardware monitor. The unit needs a drop-in that lets it "
	                 "write there, /usr/share/doc/roomd/examples/roomd-pwm.conf.",
	                 .example = "fe20c000.pwm:1") },
	{ FIELD("PwmHertz", count, hertz),
	  .default_text = "25000",
	  .min = 1,
	  .max = HERTZ_MAX,
	  .expected = "a whole number from 1 to 1000000",
	  .about = ABOUT("The frequency of a channel of the pwm class. Fans with four wires need 25 kHz.") },
	{ FIELD("Temperature", names, temperature),
	  .refers_to = "TemperatureSensor",
	  .about = ABOUT("The name of the thermometer that it follows.", .example = "hall") },
	{ FIELD("OffBelow", number, off_below),
	  .about = ABOUT("At this temperature, in °C, the fan begins to turn. It stops again when the temperature "
	                 "is below it by the thermometer's _Hysteresis=_.",
	                 .example = "40") },
	{ FIELD("FullAbove", number, full_above),
	  .about = ABOUT("From this temperature on, in °C, the fan turns at full speed. Between _OffBelow=_ and "
	                 "this, its speed is in proportion.", .example = "60") },
	{ FIELD("MinPercent", count, min_percent),
	  .default_text = "30",
	  .min = 1,
	  .max = 100,
	  .expected = "a whole number from 1 to 100",
	  .about = ABOUT("The lowest speed of the fan while it turns, in percent. Behind a relay it is always 100.") },
	{ FIELD("StartPercent", count, start_percent),
	  .default_text = "0",
	  .max = 100,
	  .expected = "a whole number from 0 to 100",
	  .about = ABOUT("The speed, in percent, that the fan gets for a second when it starts to turn, if that is "
	                 "more than its own speed.") },
	{ FIELD("WhenUnknown", word, when_unknown),
	  .default_text = "on",
	  .words = fan_unknown_words,
	  .about = ABOUT("What the fan does while the thermometer is unavailable. _on_: full speed, because the "
	                 "place may be hot. _off_: it stands still. _keep_: it goes on as it was.") },
	{ FIELD("StopValue", word, switched.stop_value),
	  .default_text = "keep",
	  .words = output_stop_values,
	  .about = OUTPUT_STOP_ABOUT("its line") },
	{ 0 },
};

struct fan_controller {
	struct switched switched;
	struct fan fan;
	int asked;  /* the speed that a person asks for */
	int shown;  /* what was said last, in percent */
	struct pwm *pwm; /* NULL: it has a line */
	struct pwm_kept pwm_kept;
	struct hub_subscription temperature;
	sd_event_source *timer;
};

static const struct fan_config *config_of(const struct fan_controller *it)
{
	return it->switched.component.config;
}

static struct component *thermometer_of(const struct fan_controller *it)
{
	return component_of(it->switched.component.peers[0].source);
}

static double hysteresis_of(const struct fan_controller *it)
{
	const struct component *thermometer = thermometer_of(it);

	return thermometer ? thermometer->class->measure->hysteresis(thermometer) : 0;
}

static struct fan_settings settings_of(const struct fan_controller *it)
{
	const struct fan_config *config = config_of(it);

	return (struct fan_settings){
		.off_below = config->off_below,
		.full_above = config->full_above,
		.hysteresis = hysteresis_of(it),
		.min_percent = it->pwm ? (int)config->min_percent : 100,
		.start_percent = (int)config->start_percent,
		.unknown = (enum fan_unknown)config->when_unknown,
	};
}

static void say_speed(struct fan_controller *it, uint64_t at_ns)
{
	if (!it->pwm || it->shown == it->fan.percent || it->switched.component.missing > 0)
		return;
	it->shown = it->fan.percent;
	component_emit_value(&it->switched.component, &fan_speed, at_ns, it->fan.percent);
}

/* First the fan, then everything else. */
static void carry_out(struct fan_controller *it, struct switched_why why)
{
	const struct fan_settings settings = settings_of(it);

	if (it->pwm)
		pwm_set(it->pwm, it->fan.percent); /* what fails is told later */
	switched_show(&it->switched, it->fan.percent > 0, why);
	say_speed(it, why.at_ns);
	timer_set(it->timer, fan_next_ns(&it->fan, &settings));
}

static void decide(struct switched *output, struct switched_why why)
{
	struct fan_controller *it = (struct fan_controller *)output;
	const struct fan_settings settings = settings_of(it);

	if (output->mode == SWITCHED_AUTOMATIC)
		fan_set_automatic(&it->fan, &settings, why.at_ns);
	else
		fan_set_manual(&it->fan, &settings, output->mode == SWITCHED_ON_BY_HAND ? it->asked : 0, why.at_ns);
	carry_out(it, why);
}

/* One that has not read anything yet has said nothing. */
static bool look(struct fan_controller *it, uint64_t at_ns)
{
	const struct fan_settings settings = settings_of(it);
	const struct component *thermometer = thermometer_of(it);
	uint64_t read_ns;
	double celsius;

	if (!thermometer)
		return false;
	celsius = thermometer->class->measure->value(thermometer, &read_ns);
	return (!isnan(celsius) || thermometer->missing > 0) && fan_temperature(&it->fan, &settings, celsius, at_ns);
}

static void on_temperature(const struct event *event, void *userdata)
{
	struct fan_controller *it = userdata;
	bool gone = event->type == &event_sensor_unavailable;

	if (look(it, event->monotonic_ns))
		carry_out(it, (struct switched_why){ event->monotonic_ns, event->source,
		                                     gone ? SWITCHED_BY_SENSOR_UNAVAILABLE : SWITCHED_BY_TEMPERATURE });
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct fan_controller *it = userdata;
	const struct fan_settings settings = settings_of(it);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)source, (void)usec;
	if (fan_time(&it->fan, &settings, now_ns))
		carry_out(it, (struct switched_why){ now_ns, NULL, it->switched.why.cause });
	return 0;
}

/* --- by hand --------------------------------------------------------------------------------- */

static int set_speed(struct component *component, const union value *arguments, struct problem *problem)
{
	struct fan_controller *it = (struct fan_controller *)component;
	double percent = arguments[0].d;

	if (!(percent >= 0 && percent <= 100))
		return problem_set(problem, -EINVAL, "expected a speed from 0 to 100 %%, got %g", percent);
	if (!it->pwm && percent > 0 && percent < 100)
		return problem_set(problem, -EINVAL, "expected 0 or 100 %%, as it is behind a relay, got %g", percent);
	it->asked = percent > 0 && percent < 1 ? 1 : (int)lround(percent);
	switched_set_mode(&it->switched, it->asked > 0 ? SWITCHED_ON_BY_HAND : SWITCHED_OFF_BY_HAND, 0, NULL, SWITCHED_BY_HAND);
	it->asked = 100;
	return 0;
}

static const struct interface_action actions[] = {
	SWITCHED_ACTIONS,
	{ .name = "SetSpeed",
	  .arguments = { { "percent", 'd' } },
	  .about = ABOUT("Sets its speed by hand, from 0 to 100 %, until SetAutomatic."),
	  .right = RIGHT_CONTROL,
	  .run = set_speed },
	{ 0 },
};

/* --- what is seen of it ---------------------------------------------------------------------- */

static void get_speed(const struct component *component, union value *ret)
{
	const struct fan_controller *it = (const struct fan_controller *)component;

	ret->d = component->missing > 0 ? 0 : it->fan.percent;
}

static const struct interface_property properties[] = {
	SWITCHED_PROPERTIES("Whether it turns."),
	{ "Speed", 'd', ABOUT("The speed at which it turns."), get_speed, .quantity = &speed },
	{ 0 },
};

static const struct event_type *const events[] = {
	&fan_on, &fan_off, &fan_speed, &event_output_available, &event_output_unavailable, NULL,
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	const struct fan_controller *it = (const struct fan_controller *)component;
	const char *manual = it->switched.mode == SWITCHED_AUTOMATIC ? "" : ", manual";

	if (it->pwm && it->switched.said_on)
		snprintf(buffer, size, "%d %%%s", it->fan.percent, manual);
	else
		snprintf(buffer, size, "%s%s", it->switched.said_on ? "on" : "off", manual);
}

static void then(const struct switched *output, struct why *ret)
{
	const struct fan_controller *it = (const struct fan_controller *)output;
	const struct fan_config *config = config_of(it);

	if (it->fan.percent > 0)
		snprintf(ret->then, sizeof ret->then, "off below %.15g °C, full speed from %.15g °C on",
		         config->off_below - hysteresis_of(it), config->full_above);
	else
		snprintf(ret->then, sizeof ret->then, "on from %.15g °C on", config->off_below);
}

/* Whom it follows, however it was switched. */
static void why(const struct component *component, struct why *ret)
{
	switched_why(component, ret);
	if (!ret->by && ((const struct switched *)component)->mode == SWITCHED_AUTOMATIC)
		ret->by = component->peers[0].source;
}

/* --- what survives --------------------------------------------------------------------------- */

/* What follows are a clock and words. */
#define KEPT_FAN(name_, type_, field_, ...) \
	{ name_, type_, offsetof(struct fan_controller, field_), KEPT_OVER_RESTART, __VA_ARGS__ }

static const struct kept_field kept[] = {
	SWITCHED_KEPT,
	KEPT_FAN("sight", KEPT_INT, fan.sight, .about = ABOUT("what was said last of the thermometer")),
	KEPT_FAN("celsius", KEPT_DOUBLE, fan.celsius, .about = ABOUT("the last temperature")),
	KEPT_FAN("automatic", KEPT_INT, fan.automatic, .about = ABOUT("the speed that the temperature asks for, in %")),
	KEPT_FAN("starting", KEPT_BOOL, fan.starting, .about = ABOUT("whether it is at the speed of its start")),
	KEPT_FAN("start_ns", KEPT_U64, fan.start_ns, .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("until when that is so")),
	KEPT_FAN("percent", KEPT_INT, fan.percent, .about = ABOUT("the speed that its output is to show, in %")),
	KEPT_FAN("shown", KEPT_INT, shown, .about = ABOUT("the speed that was told last, in %")),
	KEPT_FAN("pwm_taken", KEPT_BOOL, pwm_kept.taken, .about = ABOUT("whether a fan was taken from its own control")),
	KEPT_FAN("pwm_mode", KEPT_INT, pwm_kept.mode, .about = ABOUT("the mode that this fan had before")),
	{ "manual", KEPT_BOOL, offsetof(struct fan_controller, fan.manual), KEPT_OVER_POWER_LOSS,
	  .about = ABOUT("whether a person has set the speed") },
	{ "manual_percent", KEPT_INT, offsetof(struct fan_controller, fan.manual_percent), KEPT_OVER_POWER_LOSS,
	  .about = ABOUT("the speed that was set, in %") },
	{ 0 },
};

static void restored(struct component *component, enum kept_over over)
{
	struct fan_controller *it = (struct fan_controller *)component;

	switched_restored(component, over);
	it->fan.manual = it->switched.mode != SWITCHED_AUTOMATIC;
}

/* --- life ------------------------------------------------------------------------------------ */

static int check_temperatures(const struct fan_config *c, const char **ret_key, struct problem *problem)
{
	*ret_key = "Temperature";
	if (c->temperature.n != 1)
		return problem_set(problem, -EINVAL, "the name of one thermometer");
	*ret_key = "OffBelow";
	if (c->off_below >= c->full_above)
		return problem_set(problem, -EINVAL, "less than FullAbove=%.15g", c->full_above);
	return 0;
}

static int check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem)
{
	const struct fan_config *c = config;
	struct pwm_name name;

	(void)class;
	*ret_key = "Pwm";
	if (!c->switched.line == !c->pwm)
		return problem_set(problem, -EINVAL, "either Line= or Pwm=");
	if (c->pwm && pwm_parse(c->pwm, &name, problem) < 0)
		return -EINVAL;
	return check_temperatures(c, ret_key, problem);
}

static int init_pwm(struct fan_controller *it)
{
	const struct fan_config *config = config_of(it);
	const struct component_room *room = it->switched.component.room;
	struct pwm_settings settings = {
		.channel = config->pwm,
		.period_ns = NSEC_PER_SEC / config->hertz,
		.inverted = config->switched.active_low,
	};

	if (!config->pwm)
		return 0;
	return pwm_new(room->event, room->arrivals, &settings, &it->pwm_kept, &switched_availability, it, &it->pwm);
}

static int init(struct component *component)
{
	struct fan_controller *it = (struct fan_controller *)component;
	int r = switched_init(component);

	it->asked = 100;
	if (r >= 0)
		r = init_pwm(it);
	if (r >= 0)
		r = timer_new(component->room->event, &it->timer, on_time, it);
	if (r >= 0)
		hub_subscribe(component->room->hub, &it->temperature, component->peers[0].source, on_temperature, it);
	return r;
}

static void ask(struct component *component)
{
	struct fan_controller *it = (struct fan_controller *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (look(it, now_ns) && component->started)
		carry_out(it, (struct switched_why){ now_ns, component->peers[0].source, SWITCHED_BY_TEMPERATURE });
}

static int start(struct component *component)
{
	struct fan_controller *it = (struct fan_controller *)component;
	const struct fan_settings settings = settings_of(it);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	switched_end_manual(&it->switched, now_ns);
	it->fan.manual = it->switched.mode != SWITCHED_AUTOMATIC;
	fan_restored(&it->fan, &settings, now_ns);
	look(it, now_ns);
	carry_out(it, (struct switched_why){ now_ns, NULL, SWITCHED_AT_START });
	return switched_start(component);
}

/* What it is to show then must be shown before the process ends. */
static void stop(struct component *component)
{
	struct fan_controller *it = (struct fan_controller *)component;

	switched_stop(component);
	if (!it->pwm || !switched_stops(component))
		return;
	pwm_set(it->pwm, it->switched.wanted ? 100 : 0);
	pwm_wait(it->pwm, clock_now_ns(CLOCK_MONOTONIC) + STOP_NS);
}

static void deinit(struct component *component)
{
	struct fan_controller *it = (struct fan_controller *)component;

	hub_unsubscribe(&it->temperature);
	it->timer = sd_event_source_disable_unref(it->timer);
	it->pwm = pwm_free(it->pwm);
	switched_deinit(component);
}

static const struct switched_kind kind = { .on = &fan_on, .off = &fan_off, .decide = decide, .then = then };

const struct component_class fan_class = {
	.kind = "Fan",
	.about = ABOUT("A fan that follows a temperature, behind a relay or an output with a duty cycle.", .example = "rack"),
	SWITCHED_CLASS(kind),
	.kind_class = "fan",
	.instance_size = sizeof(struct fan_controller),
	.config_size = sizeof(struct fan_config),
	.options = options,
	.properties = properties,
	.actions = actions,
	.kept = kept,
	.events = events,
	.check = check,
	.init = init,
	.restored = restored,
	.ask = ask,
	.describe = describe,
	.why = why,
	.start = start,
	.stop = stop,
	.deinit = deinit,
};
