/* Button: a push button, which is pressed once, twice, or long. */
#include "family/on-off.h"
#include "kinds/kinds.h"
#include "rules/press.h"
#include "util/clock.h"
#include "util/timer.h"

struct button_config {
	struct on_off_config on_off;
	struct press_settings press;
};

#define PRESS_FIELD(key_, field_) \
	.key = key_, .type = &option_timespan, .offset = offsetof(struct button_config, press.field_)

static const struct option options[] = {
	ON_OFF_OPTIONS("HALL_BUTTON", "pressed"),
	{ PRESS_FIELD("DoubleSec", double_ns),
	  .default_text = "400ms",
	  .about = ABOUT("If the button is pressed again within this time after its release, the press is a "
	                 "_double_ one. A _single_ press is reported when that time is over. _0_: there are no "
	                 "double presses, and a single press is reported when the button is released.") },
	{ PRESS_FIELD("LongSec", long_ns),
	  .default_text = "800ms",
	  .about = ABOUT("If the button is held for this long, the press is a _long_ one, which is reported at "
	                 "that moment. _0_: there are no long presses; with _DoubleSec=0_ a press is then reported "
	                 "at once.") },
	{ 0 },
};

struct button {
	struct on_off on_off;
	struct press press;
	sd_event_source *timer; /* to when it is certain what a press means */
};

static const struct event_type pressed = { .words = "pressed" }, released = { .words = "released" };

static const struct event_type button_pressed = {
	.name = "button_pressed",
	.means = EVENT_MEANS_PRESS,
	.text_name = "press",
	.level = LOG_INFO,
	.words = "pressed",
	.about = ABOUT("_press_ is _single_, _double_ or _long_. A button that is held when roomd first reads it "
	               "is ignored until its release."),
};

static const struct event_type *const events[] = {
	&button_pressed, &event_sensor_available, &event_sensor_unavailable, &event_edges_lost, NULL,
};

static const struct press_settings *settings_of(const struct button *button)
{
	return &((const struct button_config *)button->on_off.component.config)->press;
}

static void say(struct button *button, const struct press_said *said)
{
	static const char *const words[] = {
		[PRESS_SINGLE] = "single",
		[PRESS_DOUBLE] = "double",
		[PRESS_LONG] = "long",
	};

	component_emit(&button->on_off.component, &button_pressed, said->at_ns, NULL, words[said->meaning]);
}

static void arm(struct button *button)
{
	timer_set(button->timer, press_next_ns(&button->press, settings_of(button)));
}

static void on_level(struct on_off *sensor, bool is_pressed, uint64_t monotonic_ns)
{
	struct button *button = (struct button *)sensor;
	struct press_said said[PRESS_SAID_MAX];
	unsigned n = press_input(&button->press, settings_of(button), is_pressed, monotonic_ns, said);

	for (unsigned i = 0; i < n; i++)
		say(button, &said[i]);
	arm(button);
	component_changed(&sensor->component);
	component_tell(&sensor->component, monotonic_ns);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct button *button = userdata;
	struct press_said said;

	(void)source, (void)usec;
	if (press_time(&button->press, settings_of(button), clock_now_ns(CLOCK_MONOTONIC), &said))
		say(button, &said);
	arm(button);
	return 0;
}

static void on_unknown(struct on_off *sensor)
{
	struct button *button = (struct button *)sensor;

	button->press = (struct press){ 0 };
	arm(button);
}

static const struct on_off_kind kind = {
	.begun = &pressed,
	.over = &released,
	.level = on_level,
	.unknown = on_unknown,
};

static const struct interface_property properties[] = {
	ON_OFF_PROPERTIES("Pressed", "pressed", "Whether it is pressed."),
	{ 0 },
};

static const struct component_state states[] = { ON_OFF_STATES("pressed", "released"), { 0 } };

static const struct kept_field kept[] = {
	ON_OFF_KEPT,
	{ "press", KEPT_INT, offsetof(struct button, press.state), KEPT_OVER_RESTART,
	  .about = ABOUT("what is known of the press that is going on") },
	{ "press_ns", KEPT_U64, offsetof(struct button, press.since_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when") },
	{ 0 },
};

static void restored(struct component *component, enum kept_over over)
{
	struct button *button = (struct button *)component;

	on_off_restored(component, over);
	/* What the predecessor knew of the level is of no use without what it meant. */
	if (!press_restored(&button->press, clock_now_ns(CLOCK_MONOTONIC)))
		button->on_off.said = 0;
}

static int init(struct component *component)
{
	struct button *button = (struct button *)component;
	int r = timer_new(component->room->event, &button->timer, on_time, button);

	return r < 0 ? r : on_off_init(component);
}

static int start(struct component *component)
{
	int r = on_off_start(component);

	arm((struct button *)component);
	return r;
}

static void deinit(struct component *component)
{
	struct button *button = (struct button *)component;

	button->timer = sd_event_source_disable_unref(button->timer);
	on_off_deinit(component);
}

const struct component_class button_class = {
	.kind = "Button",
	.about = ABOUT("A push button, such as one at the wall that is wired to ground (_ActiveLow=yes_, "
	               "_Bias=pull-up_, and _DebounceSec=20ms_ for its bounces).",
	               .example = "hall"),
	.layer = COMPONENT_SENSOR,
	.kind_class = "button",
	.instance_size = sizeof(struct button),
	.config_size = sizeof(struct button_config),
	.options = options,
	.properties = properties,
	.kept = kept,
	.events = events,
	.states = states,
	.family = &kind,
	.init = init,
	.restored = restored,
	.describe = on_off_describe,
	.why = on_off_why,
	.start = start,
	.deinit = deinit,
};
