#define _GNU_SOURCE
#include "try/room-words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "roomd/event.h"
#include "roomd/quantity.h"
#include "try/moment.h"
#include "try/room-find.h"
#include "try/words.h"
#include "util/cut.h"
#include "util/nearest.h"
#include "util/number.h"

#define LIST_SIZE 400
#define WORDS_MAX 64

struct check {
	struct roomtest *test;
	const struct roomtest_room *room;
	struct config_errors *errors;
	unsigned errors_n;
	const char **names; /* as many as there are components, for the nearest */
};

/* Words that may be meant, and the list that is shown of them. */
struct choice {
	const char *words[WORDS_MAX];
	size_t n;
	char list[LIST_SIZE];
};

static void choose(struct choice *choice, const char *word)
{
	for (size_t i = 0; i < choice->n; i++)
		if (strcmp(choice->words[i], word) == 0)
			return;
	if (choice->n < WORDS_MAX)
		choice->words[choice->n++] = word;
	cut_add(choice->list, sizeof choice->list, "%s", word);
}

/* --- what is wrong --------------------------------------------------------------------------- */

/* `expected`, and the nearest of the words to `word`, which stands at the column. */
static void say(struct check *check, const struct statement *statement, unsigned column, const char *word,
                const char *const *words, size_t n, const char *expected)
{
	const char *nearest = n > 0 ? nearest_word(word, words, n) : NULL;
	unsigned length = words_count_characters(word, word + strlen(word));

	if (check->errors_n++ >= ROOMTEST_ERRORS_MAX)
		return;
	roomtest_error(check->test, statement->line, column, length, check->errors, "%s%s%s%s", expected,
	               nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static void say_choice(struct check *check, const struct statement *statement, unsigned column, const char *word,
                       const struct choice *choice, const char *before, const char *behind)
{
	char expected[LIST_SIZE + 200];

	snprintf(expected, sizeof expected, "%s%s%s", before, choice->list, behind);
	say(check, statement, column, word, choice->words, choice->n, expected);
}

/* --- names ----------------------------------------------------------------------------------- */

static const char *const kind_words[] = { "motion", "contact", "button", "sensor",   "light",
	                                  "switch", "fan",     "lock",   "schedule", "action" };

static bool is_any_kind(const char *word)
{
	for (const struct component_class *const *class = component_classes; *class; class++)
		if (roomtest_is_kind(*class, word))
			return true;
	return false;
}

static void say_unknown_kind(struct check *check, const struct statement *statement)
{
	struct choice choice = { 0 };

	for (size_t i = 0; i < ELEMENTS(kind_words); i++)
		choose(&choice, kind_words[i]);
	for (const struct component_class *const *class = component_classes; *class; class++)
		choose(&choice, (*class)->kind);
	say_choice(check, statement, statement->name_column, statement->component_kind, &choice,
	           "expected a kind before the name, one of ", "");
}

/* Of those that are able, or else of all. */
static size_t names_for(struct check *check, const struct statement *statement, bool able)
{
	size_t n = 0;

	for (size_t i = 0; i < check->room->n; i++) {
		const struct roomtest_component *component = &check->room->components[i];

		if (statement->component_kind && !roomtest_is_kind(component->class, statement->component_kind))
			continue;
		if (!able || room_is_able(component, statement))
			check->names[n++] = component->name;
	}
	return n;
}

static void say_unknown_name(struct check *check, const struct statement *statement)
{
	const char *kind = statement->component_kind;
	size_t n = names_for(check, statement, true);
	char expected[256];

	if (n == 0 || !nearest_word(statement->name, check->names, n))
		n = names_for(check, statement, false);
	snprintf(expected, sizeof expected, "expected a component; there is no %s%s%s", kind ? kind : "", kind ? "/" : "",
	         statement->name);
	say(check, statement, statement->name_column, statement->name, check->names, n, expected);
}

static bool any_is_able(const struct check *check, const struct statement *statement)
{
	for (size_t i = 0; i < check->room->n; i++)
		if (room_may_be_meant(&check->room->components[i], statement) &&
		    room_is_able(&check->room->components[i], statement))
			return true;
	return false;
}

static void say_ambiguous(struct check *check, const struct statement *statement)
{
	bool able = any_is_able(check, statement);
	char list[LIST_SIZE] = "", expected[LIST_SIZE + 100];

	for (size_t i = 0; i < check->room->n; i++) {
		const struct roomtest_component *component = &check->room->components[i];

		if (room_may_be_meant(component, statement) && (!able || room_is_able(component, statement)))
			cut_add(list, sizeof list, "%s/%s", component->class->kind, component->name);
	}
	snprintf(expected, sizeof expected, "expected kind and name, because several could be meant: %s", list);
	say(check, statement, statement->name_column, statement->name, NULL, 0, expected);
}

/* NULL: it was said. */
static const struct roomtest_component *find(struct check *check, struct statement *statement)
{
	size_t n;
	const struct roomtest_component *component = room_find(check->room, statement, &n);

	if (component)
		statement->subject = (size_t)(component - check->room->components);
	else if (statement->component_kind && !is_any_kind(statement->component_kind))
		say_unknown_kind(check, statement);
	else if (n == 0)
		say_unknown_name(check, statement);
	else
		say_ambiguous(check, statement);
	return component;
}

/* --- what can be done to it ------------------------------------------------------------------ */

static const char *needed(enum statement_kind kind)
{
	switch (kind) {
	case STATEMENT_MOTION:
	case STATEMENT_NO_MOTION:
		return "a MotionSensor";
	case STATEMENT_OPEN:
	case STATEMENT_CLOSE:
		return "a ContactSensor";
	case STATEMENT_PRESS:
		return "a Button, or a DoorLock with ButtonLine=";
	case STATEMENT_VALUE:
		return "a sensor that measures something";
	case STATEMENT_UNPLUG:
	case STATEMENT_PLUG:
		return "a component with a device";
	default:
		return "one that has a number";
	}
}

static const char *article(const char *kind)
{
	return strchr("AEIO", *kind) ? "an" : "a";
}

static void say_not_able(struct check *check, const struct statement *statement, const struct component_class *class)
{
	size_t n = names_for(check, statement, true);
	char expected[256];

	snprintf(expected, sizeof expected, "expected %s; %s is %s %s", needed(statement->kind), statement->name,
	         article(class->kind), class->kind);
	say(check, statement, statement->name_column, statement->name, check->names, n, expected);
}

static void check_able(struct check *check, struct statement *statement)
{
	const struct roomtest_component *component = find(check, statement);

	if (component && !room_is_able(component, statement))
		say_not_able(check, statement, component->class);
}

static void check_unit(struct check *check, const struct statement *statement)
{
	const struct component_class *class;
	const struct quantity *quantity;
	const char *property;
	char expected[160];

	if (statement->subject == STATEMENT_NO_SUBJECT || !statement->unit)
		return;
	class = check->room->components[statement->subject].class;
	quantity = roomtest_quantity(class, &property);
	if (!quantity || strcmp(quantity->unit, statement->unit) == 0)
		return;
	snprintf(expected, sizeof expected, "expected %s, the unit of %s %s, or none, not '%.40s'", quantity->unit,
	         article(class->kind), class->kind, statement->unit);
	say(check, statement, statement->unit_column, statement->unit, NULL, 0, expected);
}

static void check_state(struct check *check, struct statement *statement)
{
	const struct roomtest_component *component = find(check, statement);
	const struct component_state *state;
	struct choice choice = { 0 };
	char behind[96];

	if (!component || component_state_find(component->class, statement->word))
		return;
	for (unsigned i = 0; (state = component_state_at(component->class, i)); i++)
		choose(&choice, state->name);
	snprintf(behind, sizeof behind, ", which %s %s can be", article(component->class->kind), component->class->kind);
	say_choice(check, statement, statement->word_column, statement->word, &choice, "expected one of ", behind);
}

/* --- events ---------------------------------------------------------------------------------- */

static void choose_events(struct choice *choice, const struct component_class *class)
{
	for (const struct event_type *const *type = class->events; type && *type; type++)
		choose(choice, (*type)->name);
}

/* Of the component, or, NULL, of any in the room; NULL: it was said. */
static const struct event_type *find_event(struct check *check, const struct statement *statement,
                                           const struct roomtest_component *component)
{
	size_t n = component ? 1 : check->room->n;
	const struct roomtest_component *first = component ? component : check->room->components;
	struct choice choice = { 0 };
	char behind[96] = ", as this room has them";

	for (size_t i = 0; i < n; i++) {
		const struct event_type *type = room_event(first[i].class, statement->word);

		if (type)
			return type;
		choose_events(&choice, first[i].class);
	}
	if (component)
		snprintf(behind, sizeof behind, ", which %s %s has", article(component->class->kind), component->class->kind);
	say_choice(check, statement, statement->word_column, statement->word, &choice, "expected an event, one of ", behind);
	return NULL;
}

static void say_of_pair(struct check *check, const struct statement *statement, const struct statement_pair *pair,
                        const struct choice *choice, const char *word, const char *before)
{
	say_choice(check, statement, pair->column, word, choice, before, "");
}

static void check_by(struct check *check, const struct statement *statement, const struct statement_pair *pair)
{
	struct choice choice = { 0 };

	for (size_t i = 0; i < check->room->n; i++) {
		if (strcmp(check->room->components[i].name, pair->value) == 0)
			return;
		choose(&choice, check->room->components[i].name);
	}
	say_of_pair(check, statement, pair, &choice, pair->value, "expected a component after by=, one of ");
}

static void check_pair(struct check *check, const struct statement *statement, const struct statement_pair *pair,
                       const struct event_type *type)
{
	const char *number = event_number_name(type->number);
	struct choice choice = { 0 };
	double value;

	if (*number)
		choose(&choice, number);
	if (type->text_name)
		choose(&choice, type->text_name);
	choose(&choice, "by");
	choose(&choice, "location");
	for (size_t i = 0; i < choice.n; i++) {
		if (strcmp(choice.words[i], pair->key) != 0)
			continue;
		if (strcmp(pair->key, "by") == 0)
			check_by(check, statement, pair);
		else if (number && strcmp(pair->key, number) == 0 && number_parse(pair->value, &value) < 0)
			say(check, statement, pair->column, pair->key, NULL, 0, "expected a number after the =");
		return;
	}
	say_of_pair(check, statement, pair, &choice, pair->key, "expected a member of this event, one of ");
}

static void check_event(struct check *check, struct statement *statement)
{
	const struct roomtest_component *component = statement->name ? find(check, statement) : NULL;
	const struct event_type *type;

	if (statement->name && !component)
		return;
	type = find_event(check, statement, component);
	for (size_t i = 0; type && i < statement->pairs_n; i++)
		check_pair(check, statement, &statement->pairs[i], type);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void check_statement(struct check *check, struct statement *statement)
{
	statement->subject = STATEMENT_NO_SUBJECT;
	switch (statement->kind) {
	case STATEMENT_EXPECT:
		check_state(check, statement);
		break;
	case STATEMENT_EXPECT_EVENT:
	case STATEMENT_EXPECT_NO_EVENT:
		check_event(check, statement);
		break;
	default:
		if (!statement->name)
			break;
		check_able(check, statement);
		check_unit(check, statement);
	}
}

static void check_case(struct check *check, struct roomtest_case *test)
{
	const struct statement zone = { .line = test->zone_line };

	if (!moment_zone_is_known(test->zone))
		say(check, &zone, test->zone_column, test->zone, NULL, 0,
		    "expected a time zone that this machine knows, such as Europe/Berlin");
	for (size_t i = 0; i < test->n; i++)
		check_statement(check, &test->statements[i]);
}

int roomtest_check(struct roomtest *test, const struct roomtest_room *room, struct config_errors *errors)
{
	_cleanup_(cleanup_free) const char **names = calloc(room->n + 1, sizeof *names);
	struct check check = { .test = test, .room = room, .errors = errors, .names = names };

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < test->n; i++)
		check_case(&check, &test->cases[i]);
	if (check.errors_n > ROOMTEST_ERRORS_MAX)
		config_error(errors, &(struct config_place){ .file = test->path },
		             "there is more that is wrong; only the first %u are shown", ROOMTEST_ERRORS_MAX);
	return check.errors_n > 0 ? -EINVAL : 0;
}
