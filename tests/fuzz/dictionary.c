/* Prints the words of the tables, as a dictionary for libFuzzer: kinds, keys, words of keys, states, actions, statements. */
#include <stdio.h>

#include "daemon/components.h"
#include "roomctl/verbs.h"
#include "try/forms.h"

static void print(const char *word)
{
	if (word && *word)
		printf("\"%s\"\n", word);
}

static void print_option(const struct option *option)
{
	print(option->key);
	for (const char *const *word = option->words; word && *word; word++)
		print(*word);
}

static void print_kind(const struct component_class *class)
{
	print(class->kind);
	for (const struct option *option = class->options; option->key; option++)
		print_option(option);
	for (const struct component_state *state = class->states; state && state->name; state++)
		print(state->name);
	for (const struct interface_action *action = class->actions; action && action->name; action++)
		print(action->name);
	for (const struct kept_field *field = class->kept; field && field->name; field++)
		print(field->name);
	for (const struct event_type *const *event = class->events; event && *event; event++)
		print((*event)->name);
}

int main(void)
{
	static const char *const others[] = { "above", "below", "and", "or", "not", "for", "min", "ms", "sunrise", "sunset",
		                              "Mon..Fri", "gpiochip0:", "unavailable", "---\\x0a", "[Empty room]" };

	for (size_t i = 0; i < ELEMENTS(others); i++)
		print(others[i]);
	for (size_t i = 0; component_classes[i]; i++)
		print_kind(component_classes[i]);
	for (const struct statement_form *form = statement_forms; form->words; form++)
		print(form->words);
	return 0;
}
