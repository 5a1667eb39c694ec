#include "kinds/action-config.h"

#include <errno.h>
#include <string.h>

#include "daemon/components.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/nearest.h"
#include "util/problem.h"

#define UNIT_PREFIX "roomd-action-"
#define UNIT_SUFFIX ".service"
/* As systemd has it: UNIT_NAME_MAX. */
#define UNIT_NAME_MAX 255

#define EVENT_TYPES_MAX 256

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct action_config, field_)

const struct option action_options[] = {
	OPTION_LOCATION(struct action_config),
	{ FIELD("On", string, on),
	  .default_text = "",
	  .expected = "an event, such as lock_alert, or a component and one of its events, such as \"front lock_alert\"",
	  .about = ABOUT("The event that starts the unit. An event's name alone means that event of any component; "
	                 "with a component's name, or its kind and name, before it, it means that component only. "
	                 "It cannot be an event of this action itself. *roomd*(8) lists all events. Either this or "
	                 "_When=_ is set.",
	                 .example = "lock_alert", .unset = "none, and When= is set") },
	{ FIELD("When", condition, when),
	  .default_text = "",
	  .about = ABOUT("The condition that starts the unit each time it becomes true, whether it was false or "
	                 "not known before; see CONDITIONS. A condition that is true before and after a restart of "
	                 "the service starts nothing; one that became true during the restart does. A condition "
	                 "that is true already when it is first known, as after a boot, starts nothing. The unit "
	                 "gets the event _condition_met_.",
	                 .unset = "none, and On= is set") },
	{ FIELD("Unit", string, unit),
	  .expected = "the name of a service that begins with " UNIT_PREFIX ", such as " UNIT_PREFIX "push" UNIT_SUFFIX,
	  .about = ABOUT("The unit. Its name has to begin with _" UNIT_PREFIX "_: roomd may start no other unit (a "
	                 "polkit rule says so). The event is stored as JSON in the file _" ACTION_FOLDER
	                 "/action-NAME.json_. The unit may take it from there as a credential, whatever user it "
	                 "runs as.", .example = UNIT_PREFIX "push" UNIT_SUFFIX) },
	{ FIELD("AtMostEverySec", timespan, at_most_every_ns),
	  .default_text = "10s",
	  .min = USEC_PER_SEC, /* two that start each other would have no end */
	  .max = CLOCK_TIMER_MAX_USEC,
	  .expected = "a time span of at least 1s, such as 10s",
	  .about = ABOUT("The unit is started at most once in this time, and not while it runs. Of the events that "
	                 "come in the meantime, the last one starts it afterwards.") },
	{ 0 },
};

const char *action_event(const char *on, size_t *ret_who)
{
	const char *space = strrchr(on, ' ');

	*ret_who = space ? strcspn(on, " ") : 0;
	return space ? space + 1 : on;
}

/* Of all kinds, each once. */
static size_t event_names(const char **names, size_t size)
{
	size_t n = 0;

	for (const struct component_class *const *class = component_classes; *class; class++)
		for (const struct event_type *const *type = (*class)->events; *type && n < size; type++)
			names[n++] = (*type)->name;
	return n;
}

static int check_event(const char *name, struct problem *problem)
{
	const char *names[EVENT_TYPES_MAX], *nearest;
	size_t n = event_names(names, ELEMENTS(names));

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return 0;
	nearest = nearest_word(name, names, n);
	return problem_set(problem, -EINVAL, "an event of a component, which '%s' is not%s%s%s", name,
	                   nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

/* What a file or a unit could be called by is not asked of systemd: only letters, digits and what stands between. */
static bool is_unit(const char *unit)
{
	size_t length = strlen(unit), prefix = strlen(UNIT_PREFIX), suffix = strlen(UNIT_SUFFIX);

	return length > prefix + suffix && length <= UNIT_NAME_MAX && strncmp(unit, UNIT_PREFIX, prefix) == 0 &&
	       strcmp(unit + length - suffix, UNIT_SUFFIX) == 0 &&
	       strspn(unit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@:-") == length;
}

int action_check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem)
{
	const struct action_config *c = config;
	size_t who;

	(void)class;
	*ret_key = "Unit"; /* a key that is missing is said already */
	if (c->unit && !is_unit(c->unit))
		return problem_set(problem, -EINVAL, "the name of a service that begins with " UNIT_PREFIX ", such as " UNIT_PREFIX
		                                     "push" UNIT_SUFFIX);
	*ret_key = "When";
	if (!c->on == !c->when.text)
		return problem_set(problem, -EINVAL, "either On=, an event, or When=, a condition");
	*ret_key = "On";
	return c->on ? check_event(action_event(c->on, &who), problem) : 0;
}
