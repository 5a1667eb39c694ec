#define _GNU_SOURCE
#include "exposition-check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/utf8.h"

#define FAMILIES_MAX 256
#define LINE_MAX_ 65536

struct check {
	bool is_new;
	char names[FAMILIES_MAX][128]; /* of families, the last one is now */
	size_t names_n;
	char type[16]; /* of the family that is now; "": not said yet */
	bool has_help, has_unit, has_samples, is_over;
	char *seen; /* all series, each between two newlines */
	unsigned wrong;
};

static void wrong(struct check *check, const char *line, const char *why)
{
	check->wrong += row_fails("%s: '%.200s'", why, line);
}

static size_t name_length(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_", more[] = "abcdefghijklmnopqrstuvwxyz_0123456789";

	return strspn(text, letters) ? strspn(text, more) : 0;
}

/* --- families -------------------------------------------------------------------------------- */

static const char *family(const struct check *check)
{
	return check->names_n ? check->names[check->names_n - 1] : "";
}

/* A head's name: another one than the last begins a family, which there may not have been before. */
static void enter_family(struct check *check, const char *line, const char *name, size_t n)
{
	if (strlen(family(check)) == n && strncmp(family(check), name, n) == 0) {
		if (check->has_samples)
			wrong(check, line, "a head behind samples");
		return;
	}
	for (size_t i = 0; i < check->names_n; i++)
		if (strlen(check->names[i]) == n && strncmp(check->names[i], name, n) == 0)
			wrong(check, line, "a family for the second time");
	assert_true(check->names_n < FAMILIES_MAX && n < sizeof check->names[0]);
	snprintf(check->names[check->names_n++], sizeof check->names[0], "%.*s", (int)n, name);
	check->type[0] = '\0';
	check->has_help = check->has_unit = check->has_samples = false;
}

static bool is_escaped(const char *text, const char *may_follow, const char *may_not)
{
	for (; *text; text++)
		if (strchr(may_not, *text) || (*text == '\\' && (!*++text || !strchr(may_follow, *text))))
			return false;
	return true;
}

static void take_help(struct check *check, const char *line, const char *text)
{
	if (check->has_help || !*text)
		wrong(check, line, "a second help, or an empty one");
	if (!is_escaped(text, check->is_new ? "\\n\"" : "\\n", check->is_new ? "\"" : ""))
		wrong(check, line, "wrong escapes");
	check->has_help = true;
}

static void take_type(struct check *check, const char *line, const char *text)
{
	if (check->type[0])
		wrong(check, line, "a second type");
	if (strcmp(text, "gauge") != 0 && strcmp(text, "counter") != 0 && (strcmp(text, "info") != 0 || !check->is_new))
		wrong(check, line, "no such type");
	snprintf(check->type, sizeof check->type, "%s", text);
}

static void take_unit(struct check *check, const char *line, const char *text)
{
	size_t n = strlen(text), all = strlen(family(check));

	if (!check->is_new || check->has_unit || n == 0 || strcmp(check->type, "info") == 0)
		wrong(check, line, "a unit where none may be");
	if (all < n + 2 || strcmp(family(check) + all - n, text) != 0 || family(check)[all - n - 1] != '_')
		wrong(check, line, "the name does not end in the unit");
	check->has_unit = true;
}

static void take_head(struct check *check, const char *line)
{
	static const struct {
		const char *word;
		void (*take)(struct check *check, const char *line, const char *text);
	} heads[] = { { "# HELP ", take_help }, { "# TYPE ", take_type }, { "# UNIT ", take_unit } };

	if (strcmp(line, "# EOF") == 0 && check->is_new) {
		check->is_over = true;
		return;
	}
	for (size_t i = 0; i < ELEMENTS(heads); i++) {
		const char *name = line + strlen(heads[i].word);
		size_t n = strncmp(line, heads[i].word, strlen(heads[i].word)) == 0 ? name_length(name) : 0;

		if (n == 0 || name[n] != ' ')
			continue;
		enter_family(check, line, name, n);
		heads[i].take(check, line, name + n + 1);
		return;
	}
	wrong(check, line, "no head");
}

/* --- samples --------------------------------------------------------------------------------- */

/* What a sample of this family is called. */
static bool is_name_of_sample(const struct check *check, const char *name, size_t n)
{
	const char *suffix = !check->is_new                        ? ""
	                     : strcmp(check->type, "counter") == 0 ? "_total"
	                     : strcmp(check->type, "info") == 0    ? "_info"
	                                                           : "";
	size_t family_n = strlen(family(check));

	return n == family_n + strlen(suffix) && strncmp(name, family(check), family_n) == 0 &&
	       strncmp(name + family_n, suffix, n - family_n) == 0;
}

static bool has_reserved_end(const struct check *check)
{
	static const char *const ends[] = { "_total", "_info", "_count", "_sum", "_bucket", "_created" };
	const char *name = family(check);
	size_t n = strlen(name);

	for (size_t i = 0; i < ELEMENTS(ends); i++) {
		bool is_its_own = !check->is_new && ((i == 0 && strcmp(check->type, "counter") == 0) || i == 1);

		if (n > strlen(ends[i]) && strcmp(name + n - strlen(ends[i]), ends[i]) == 0 && !is_its_own)
			return true;
	}
	return !check->is_new && strcmp(check->type, "counter") == 0 && (n < 6 || strcmp(name + n - 6, "_total") != 0);
}

/* Where the value ends that begins behind the quotation mark; NULL: wrong. */
static const char *read_label_value(const char *at)
{
	while (*at && *at != '"') {
		size_t n = *at == '\\' ? 2 : utf8_length(at);

		if (n == 0 || (*at == '\\' && (!at[1] || !strchr("\\n\"", at[1]))))
			return NULL;
		at += n;
	}
	return *at == '"' ? at + 1 : NULL;
}

/* Where the labels end that begin here; NULL: wrong. */
static const char *read_labels(const char *at)
{
	char names[16][64];
	size_t names_n = 0;

	do {
		size_t n = name_length(++at);

		if (n == 0 || n >= sizeof names[0] || names_n == ELEMENTS(names) || strncmp(at + n, "=\"", 2) != 0)
			return NULL;
		snprintf(names[names_n], sizeof names[0], "%.*s", (int)n, at);
		for (size_t i = 0; i < names_n; i++)
			if (strcmp(names[i], names[names_n]) == 0)
				return NULL;
		names_n++;
		at = read_label_value(at + n + 2);
	} while (at && *at == ',');
	return at && *at == '}' ? at + 1 : NULL;
}

static void check_value(struct check *check, const char *line, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (!*text || *end || strspn(text, "0123456789+-.e") != strlen(text) || !isfinite(value))
		wrong(check, line, "the value is no number");
	if (strcmp(check->type, "counter") == 0 && value < 0)
		wrong(check, line, "a counter below zero");
	if (strcmp(check->type, "info") == 0 && value != 1)
		wrong(check, line, "an info that is not 1");
}

static void remember(struct check *check, const char *line, size_t n)
{
	char series[LINE_MAX_];
	size_t before = strlen(check->seen);

	snprintf(series, sizeof series, "\n%.*s\n", (int)n, line);
	if (strstr(check->seen, series))
		wrong(check, line, "a series for the second time");
	check->seen = realloc(check->seen, before + strlen(series) + 1);
	assert_non_null(check->seen);
	strcat(check->seen, series);
}

static void take_sample(struct check *check, const char *line)
{
	size_t n = name_length(line);
	const char *end = line[n] == '{' ? read_labels(line + n) : line + n;

	if (n == 0 || strncmp(line, "roomd_", 6) != 0 || !is_name_of_sample(check, line, n))
		wrong(check, line, "the name is not that of the family");
	if (!check->has_help || !check->type[0] || has_reserved_end(check))
		wrong(check, line, "the head is not whole, or the name's end goes with another type");
	check->has_samples = true;
	if (!end || *end != ' ') {
		wrong(check, line, "wrong labels");
		return;
	}
	check_value(check, line, end + 1);
	remember(check, line, (size_t)(end - line));
}

/* --- the whole ------------------------------------------------------------------------------- */

static void take_line(struct check *check, const char *line)
{
	if (check->is_over)
		wrong(check, line, "something behind the end");
	if (*line == '#')
		take_head(check, line);
	else
		take_sample(check, line);
}

unsigned exposition_check(const char *text, bool is_new)
{
	struct check check = { .is_new = is_new, .seen = strdup("") };
	_cleanup_(cleanup_free) char *copy = strdup(text);
	char *line = copy, *end;

	assert_non_null(copy);
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		take_line(&check, line);
	}
	if (*line)
		wrong(&check, line, "the last line has no end");
	if (is_new && !check.is_over)
		wrong(&check, "", "there is no end");
	free(check.seen);
	return check.wrong;
}

const char *exposition_value(const char *text, const char *series)
{
	static char value[64];
	size_t n = strlen(series);

	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(line, series, n) == 0 && line[n] == ' ') {
			snprintf(value, sizeof value, "%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
			return value;
		}
	return NULL;
}
