/* roomd.conf(5): the states of each kind, those of kinds that have the same ones together; and those of every kind. */
#include <stdbool.h>
#include <stdio.h>

#include "daemon/components.h"
#include "generate.h"

static void write_names(const struct component_class *const *first, const struct component_class *const *end, FILE *stream)
{
	for (const struct component_class *const *class = first; class < end; class++)
		fprintf(stream, "%s%s", class == first ? "" : ", ", (*class)->kind);
}

static void write_own(const struct component_class *class, FILE *stream)
{
	fputs("\n:< ", stream);
	for (const struct component_state *state = class->states; state->name; state++)
		fprintf(stream, "%s_%s_", state == class->states ? "" : ", ", state->name);
	fprintf(stream, "%s\n|  ", class->measure ? "; _above_ and _below_ a number" : "");
}

static unsigned count_own(const struct component_class *class)
{
	unsigned n = 0;

	while (class->states && class->states[n].name)
		n++;
	return n;
}

static bool have_all(const char *state)
{
	for (const struct component_class *const *class = component_classes; *class; class++)
		if (!component_state_find(*class, state))
			return false;
	return true;
}

/* Of the one that has most of them. */
static void write_common(FILE *stream)
{
	const struct component_class *most = component_classes[0];
	const struct component_state *state;
	const char *lead = "";

	fputs("every kind\n:< ", stream);
	for (const struct component_class *const *class = component_classes; *class; class++)
		if (component_state_find(*class, "suspect"))
			most = *class;
	for (unsigned i = count_own(most); (state = component_state_at(most, i)); i++, lead = ", ")
		fprintf(stream, "%s_%s_", have_all(state->name) ? lead : "; those that can be, ", state->name);
	fputs("\n\n", stream);
}

void write_states(FILE *stream)
{
	const struct component_class *const *class = component_classes, *const *first;

	fputs("\n|[ ", stream);
	while (*class) {
		for (first = class; *class && (*class)->states == (*first)->states; class++)
			;
		if (!(*first)->states)
			continue;
		write_names(first, class, stream);
		write_own(*first, stream);
	}
	write_common(stream);
}
