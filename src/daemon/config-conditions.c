#include "daemon/config-conditions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "util/nearest.h"

#define WORDS_SIZE 512
#define DRAWING_SIZE (2 * CONDITION_TEXT_SIZE)

static bool has_own_state(const struct component_class *class, const struct condition_term *term)
{
	const struct component_state *state = class->states;

	if (term->test != CONDITION_STATE)
		return class->measure;
	while (state && state->name && strcmp(state->name, term->state) != 0)
		state++;
	return state && state->name;
}

static bool may_be_meant(const struct config_component *component, const struct condition_term *term)
{
	return strcmp(component->name, term->name) == 0 &&
	       (!*term->kind || strcmp(component->class->kind, term->kind) == 0);
}

/* Of those that may be meant the only one, or the only one that has the state. */
const struct config_component *config_condition_subject(const struct config *config, const struct condition_term *term)
{
	const struct config_component *only = NULL, *able = NULL;
	size_t n = 0, able_n = 0;

	for (size_t i = 0; i < config->n; i++) {
		const struct config_component *component = &config->components[i];

		if (!may_be_meant(component, term))
			continue;
		only = component;
		n++;
		if (has_own_state(component->class, term)) {
			able = component;
			able_n++;
		}
	}
	return n == 1 ? only : able_n == 1 ? able : NULL;
}

/* --- what is wrong --------------------------------------------------------------------------- */

struct check {
	const struct config *config;
	struct config_place place;
	const char *text;
	struct config_errors *errors;
};

/* With the text below it, and the place marked. */
static void say(const struct check *check, struct condition_place place, const char *words)
{
	char drawing[DRAWING_SIZE];

	config_error(check->errors, &check->place, "%s\n%s", words, condition_draw(check->text, place, drawing, sizeof drawing));
}

static void say_unknown_name(const struct check *check, const struct condition_term *term)
{
	_cleanup_(cleanup_free) const char **names = calloc(check->config->n + 1, sizeof *names);
	const char *nearest = NULL;
	char words[WORDS_SIZE];
	size_t n = 0;

	for (size_t i = 0; names && i < check->config->n; i++)
		if (!*term->kind || strcmp(check->config->components[i].class->kind, term->kind) == 0)
			names[n++] = check->config->components[i].name;
	if (n > 0)
		nearest = nearest_word(term->name, names, n);
	snprintf(words, sizeof words, "expected a component; there is no %s%s%s%s%s%s", term->kind, *term->kind ? "/" : "",
	         term->name, nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
	say(check, term->name_place, words);
}

static void say_ambiguous(const struct check *check, const struct condition_term *term)
{
	char words[WORDS_SIZE];
	size_t length = (size_t)snprintf(words, sizeof words, "expected kind and name, because several could be meant:");
	const char *before = "";
	bool able = false;

	for (size_t i = 0; i < check->config->n; i++)
		able |= may_be_meant(&check->config->components[i], term) && has_own_state(check->config->components[i].class, term);

	for (size_t i = 0; i < check->config->n && length < sizeof words; i++) {
		const struct config_component *component = &check->config->components[i];

		if (!may_be_meant(component, term) || (able && !has_own_state(component->class, term)))
			continue;
		length += (size_t)snprintf(words + length, sizeof words - length, "%s %s/%s", before, component->class->kind,
		                           component->name);
		before = ",";
	}
	say(check, term->name_place, words);
}

static void say_no_such_state(const struct check *check, const struct condition_term *term,
                              const struct component_class *class)
{
	const struct component_state *state;
	const char *names[32], *nearest;
	char words[WORDS_SIZE];
	size_t length = (size_t)snprintf(words, sizeof words, "expected one of");
	unsigned n = 0;

	for (; n < ELEMENTS(names) && (state = component_state_at(class, n)); n++) {
		names[n] = state->name;
		length += (size_t)snprintf(words + length, sizeof words - length, "%s %s", n ? "," : "", state->name);
	}
	if (class->measure)
		length += (size_t)snprintf(words + length, sizeof words - length, ", above, below");
	nearest = nearest_word(term->state, names, n);
	snprintf(words + length, sizeof words - length, ", which a %s can be%s%s%s", class->kind,
	         nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
	say(check, term->state_place, words);
}

static bool is_named(const struct config *config, const struct condition_term *term)
{
	for (size_t i = 0; i < config->n; i++)
		if (may_be_meant(&config->components[i], term))
			return true;
	return false;
}

static void check_term(const struct check *check, const struct condition_term *term)
{
	const struct config_component *subject = config_condition_subject(check->config, term);

	if (!is_named(check->config, term))
		say_unknown_name(check, term);
	else if (!subject)
		say_ambiguous(check, term);
	else if (term->test == CONDITION_STATE ? !component_state_find(subject->class, term->state) : !subject->class->measure)
		say_no_such_state(check, term, subject->class);
}

void config_check_condition(const struct config *config, const struct config_component *component,
                            const struct option *option, struct config_errors *errors)
{
	const struct option_condition_value *value = config_field(component, option);
	struct check check = { config, config_place_of(component, option), value->text, errors };
	struct condition_place place;
	struct condition condition;
	struct problem problem;

	if (!value->text)
		return;
	if (condition_parse(value->text, &condition, &problem, &place) < 0) {
		say(&check, place, problem.text);
		return;
	}
	for (unsigned i = 0; i < condition.terms_n; i++)
		check_term(&check, &condition.terms[i]);
}

/* --- cycles ---------------------------------------------------------------------------------- */

enum visit {
	NOT_VISITED,
	BEING_VISITED,
	VISITED,
};

struct search {
	const struct config *config;
	unsigned char *visits; /* enum visit, one for each component */
	struct config_errors *errors;
};

static void visit(struct search *search, size_t i);

/* Whoever is met again while it is visited waits for itself. */
static void follow(struct search *search, const struct config_component *component, const struct option *option,
                   const struct condition_term *term)
{
	const struct config_component *subject = config_condition_subject(search->config, term);
	struct config_place place = config_place_of(component, option);
	size_t i = subject ? (size_t)(subject - search->config->components) : 0;

	if (!subject)
		return;
	if (search->visits[i] == BEING_VISITED)
		config_error(search->errors, &place, "expected a condition that does not wait for itself; [%s %s] %s",
		             subject->class->kind, subject->name,
		             subject == component ? "is this one" : "has one that comes back here");
	else
		visit(search, i);
}

static void visit(struct search *search, size_t i)
{
	const struct config_component *component = &search->config->components[i];

	if (search->visits[i] != NOT_VISITED)
		return;
	search->visits[i] = BEING_VISITED;
	for (const struct option *option = component->class->options; option->key; option++) {
		const struct option_condition_value *value = config_field(component, option);

		if (option->type != &option_condition || !value->condition)
			continue;
		for (unsigned term = 0; term < value->condition->terms_n; term++)
			follow(search, component, option, &value->condition->terms[term]);
	}
	search->visits[i] = VISITED;
}

/* As deep as there are components that follow one from the other. */
void config_check_cycles(const struct config *config, struct config_errors *errors)
{
	_cleanup_(cleanup_free) unsigned char *visits = calloc(config->n + 1, 1);
	struct search search = { config, visits, errors };

	for (size_t i = 0; visits && i < config->n; i++)
		visit(&search, i);
}
