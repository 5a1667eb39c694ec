#define _GNU_SOURCE
#include "roomctl/resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/nearest.h"

/* The same but for case and '_', from here to the ends. */
static bool same_kind(const char *text, const char *end, const char *kind)
{
	for (;;) {
		while (text < end && *text == '_')
			text++;
		while (*kind == '_')
			kind++;
		if (text == end || !*kind)
			return text == end && !*kind;
		if (tolower((unsigned char)*text++) != tolower((unsigned char)*kind++))
			return false;
	}
}

bool resolve_matches(const char *text, const struct component_id *id)
{
	const char *slash = strchr(text, '/');

	if (!slash)
		return strcmp(text, id->name) == 0;
	return same_kind(text, slash, id->kind) && strcmp(slash + 1, id->name) == 0;
}

static char *nearest(const char *text, const char *const *words, size_t n)
{
	const char *word = nearest_word(text, words, n);

	return word ? strdup(word) : NULL;
}

static char *nearest_name(const char *text, const struct component_id *ids, size_t n)
{
	_cleanup_(cleanup_free) const char **names = calloc(n, sizeof *names);

	if (!names)
		return NULL;
	for (size_t i = 0; i < n; i++)
		names[i] = ids[i].name;
	return nearest(text, names, n);
}

static char *nearest_full_name(const char *text, const struct component_id *ids, size_t n)
{
	_cleanup_(cleanup_free) char **names = calloc(n, sizeof *names);
	char *found = NULL;
	bool complete = names;

	for (size_t i = 0; complete && i < n; i++)
		if (asprintf(&names[i], "%s/%s", ids[i].kind, ids[i].name) < 0) {
			names[i] = NULL;
			complete = false;
		}
	if (complete)
		found = nearest(text, (const char *const *)names, n);
	for (size_t i = 0; names && i < n; i++)
		free(names[i]);
	return found;
}

char *resolve_suggest(const char *text, const struct component_id *ids, size_t n)
{
	if (n == 0)
		return NULL;
	return strchr(text, '/') ? nearest_full_name(text, ids, n) : nearest_name(text, ids, n);
}
