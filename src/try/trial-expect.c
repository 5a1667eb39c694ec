/* Statements that say what is to be seen. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "client/json.h"
#include "roomd/quantity.h"
#include "try/room-words.h"
#include "try/trial.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/number.h"

#define LIST_SIZE 320

bool trial_is_expectation(const struct statement *statement)
{
	return statement->kind == STATEMENT_EXPECT || statement->kind == STATEMENT_EXPECT_VALUE ||
	       statement->kind == STATEMENT_EXPECT_EVENT || statement->kind == STATEMENT_EXPECT_NO_EVENT;
}

/* --- a state --------------------------------------------------------------------------------- */

static int ask_json(struct trial *trial, const struct config_component *component, const char *method,
                    struct json_object **ret, struct problem *problem)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r = service_call(trial->service, component->class->kind, component->name, method, &reply, problem);

	if (r >= 0)
		r = json_from_message(reply, ret);
	return r < 0 ? problem_set(problem, r, "%s: its states cannot be read", component->name) : 0;
}

/* Of what is switched: its line, for what a component says of itself is not what a lamp does. 1: it shows that, or there is
 * none that could. */
static int see_output(struct trial *trial, const struct config_component *component, bool on, struct problem *problem)
{
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->lines_n; i++) {
		const struct plan_line *line = &plan->lines[i];
		bool is_on;
		int r;

		if (line->input || !world_is_same(line->component, component) || !trial->world->chips_plugged[line->chip])
			continue;
		r = world_get_line(trial->world, line, &is_on, problem);
		if (r < 0)
			return r;
		if (is_on != on)
			return problem_set(problem, 0, "expected line %s of %s/%s %s; it is %s, and %s says that it is %s",
			                   line->text, component->class->kind, component->name, on ? "on" : "off",
			                   is_on ? "on" : "off", component->name, on ? "on" : "off");
	}
	return 1;
}

/* What the component says of itself. 1: it is so; 0: it is not, and `problem` says what was seen instead. */
static int see_word(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	const struct config_component *component = trial_subject(trial, statement);
	_cleanup_(json_freep) struct json_object *states = NULL, *why = NULL;
	const char *truth;
	int r = ask_json(trial, component, "States", &states, problem);

	if (r < 0)
		return r;
	truth = member_text(states, statement->word);
	if (strcmp(truth, "yes") == 0)
		return 1;
	r = ask_json(trial, component, "Why", &why, problem);
	if (r >= 0)
		problem_set(problem, 0, "expected %s/%s %s; it is: %s%s", component->class->kind, component->name,
		            statement->word, member_text(why, "state"),
		            strcmp(truth, "unknown") == 0 ? " (whether it is so is unknown)" : "");
	return r < 0 ? r : 0;
}

/* --- a number -------------------------------------------------------------------------------- */

/* What it measures is the one of its properties that is `measured`. */
static const char *property_of(const struct component_class *class)
{
	const char *name;

	roomtest_quantity(class, &name);
	for (const struct interface_property *property = class->properties; !name && property && property->name; property++)
		if (property->measured && property->type == 'd')
			name = property->name;
	return name;
}

static bool compares(const struct statement *statement, double value, unsigned precision)
{
	switch (statement->compare) {
	case COMPARE_ABOVE:
		return value > statement->number;
	case COMPARE_BELOW:
		return value < statement->number;
	default:
		return fabs(value - statement->number) <= 0.5 * pow(10, -(double)precision) + 1e-9;
	}
}

static int see_number(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	static const char *const words[] = { [COMPARE_EQUAL] = "", [COMPARE_ABOVE] = "above ", [COMPARE_BELOW] = "below " };
	const struct config_component *component = trial_subject(trial, statement);
	const char *name, *property = property_of(component->class);
	const struct quantity *quantity = roomtest_quantity(component->class, &name);
	double value = NAN;
	int r;

	if (!property || !quantity)
		return problem_set(problem, -ENODATA, "%s has no number", component->name);
	r = service_number(trial->service, component->class->kind, component->name, property, &value, problem);
	if (r < 0)
		return r;
	if (compares(statement, value, quantity->precision))
		return 1;
	if (isnan(value))
		return problem_set(problem, 0, "expected %s/%s %s%g %s; it has no value", component->class->kind, component->name,
		                   words[statement->compare], statement->number, quantity->unit);
	return problem_set(problem, 0, "expected %s/%s %s%g %s; it is %.*f %s", component->class->kind, component->name,
	                   words[statement->compare], statement->number, quantity->unit, (int)quantity->precision, value,
	                   quantity->unit);
}

/* --- an event -------------------------------------------------------------------------------- */

static bool has_pair(const struct json_object *event, const struct statement_pair *pair)
{
	struct json_object *member = member_of(event, pair->key);
	double wanted;

	if (!member)
		return false;
	if (json_object_is_type(member, json_type_double) || json_object_is_type(member, json_type_int))
		return number_parse(pair->value, &wanted) >= 0 && fabs(json_object_get_double(member) - wanted) < 1e-6;
	return strcmp(json_object_get_string(member), pair->value) == 0;
}

static bool matches(const struct trial *trial, const struct statement *statement, const struct json_object *event)
{
	if (strcmp(member_text(event, "event"), statement->word) != 0)
		return false;
	if (statement->subject != STATEMENT_NO_SUBJECT) {
		const struct config_component *component = trial_subject(trial, statement);

		if (strcmp(member_text(event, "kind"), component->class->kind) != 0 ||
		    strcmp(member_text(event, "source"), component->name) != 0)
			return false;
	}
	for (size_t i = 0; i < statement->pairs_n; i++)
		if (!has_pair(event, &statement->pairs[i]))
			return false;
	return true;
}

static const struct json_object *find_event(const struct trial *trial, const struct statement *statement)
{
	for (size_t i = 0; i < trial->service->events_n; i++)
		if (matches(trial, statement, trial->service->events[i]))
			return trial->service->events[i];
	return NULL;
}

/* The newest of them: those are what it is about. */
static void list_events(const struct trial *trial, char *buffer, size_t size)
{
	size_t n = trial->service->events_n;

	*buffer = '\0';
	for (size_t i = n > 8 ? n - 8 : 0; i < n; i++)
		cut_add(buffer, size, "%s %s", member_text(trial->service->events[i], "event"),
		        member_text(trial->service->events[i], "source"));
	if (n == 0)
		cut_add(buffer, size, "none");
}

static int see_event(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	bool wanted = statement->kind == STATEMENT_EXPECT_EVENT;
	const struct json_object *event = find_event(trial, statement);
	char list[LIST_SIZE];

	if (!event != wanted)
		return 1;
	list_events(trial, list, sizeof list);
	if (wanted)
		return problem_set(problem, 0, "expected an event %s of %s since the last action; there were: %s",
		                   statement->word, statement->name ? statement->name : "anybody", list);
	return problem_set(problem, 0, "expected no event %s; there was: %s", statement->word,
	                   json_object_to_json_string_ext((struct json_object *)event, JSON_C_TO_STRING_PLAIN));
}

/* --- all of them ----------------------------------------------------------------------------- */

static int see_state(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	bool on = strcmp(statement->word, "on") == 0;
	int r = see_word(trial, statement, problem);

	if (r <= 0 || (!on && strcmp(statement->word, "off") != 0))
		return r;
	return see_output(trial, trial_subject(trial, statement), on, problem);
}

static int see(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	switch (statement->kind) {
	case STATEMENT_EXPECT:
		return see_state(trial, statement, problem);
	case STATEMENT_EXPECT_VALUE:
		return see_number(trial, statement, problem);
	default:
		return see_event(trial, statement, problem);
	}
}

/* Asked again after each event, and at the end of the time, for a state may change without one. */
int trial_expect(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	uint64_t until_ns = clock_later_ns(clock_now_ns(CLOCK_MONOTONIC), statement->within_ns);
	struct problem seen;
	int r = see(trial, statement, &seen);

	while (r == 0 && statement->has_within && clock_now_ns(CLOCK_MONOTONIC) < until_ns) {
		r = service_wait(trial->service, until_ns, true, problem);
		if (r < 0)
			return r;
		r = see(trial, statement, &seen);
	}
	return r > 0 ? 0 : problem_set(problem, r < 0 ? r : -EPROTO, "%s", seen.text);
}
