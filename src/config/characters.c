#include "config/characters.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/invisible.h"
#include "util/problem.h"
#include "util/utf8.h"

int config_check_text(const char *line, size_t length, struct problem *problem)
{
	for (const char *s = line, *end = s + length; s < end;) {
		size_t n = utf8_length(s);

		if (n == 0)
			return problem_set(problem, -EINVAL,
			                   "expected UTF-8; this line has bytes that are not");
		if (n == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f) && *s != '\t')
			return problem_set(problem, -EINVAL,
			                   "expected text; this line has a control character");
		s += n;
	}
	return 0;
}

/* How many bytes the space has that begins here, of whatever kind; 0: none does. */
static size_t space_length(const char *s)
{
	const struct invisible *invisible;

	if (*s == ' ' || *s == '\t')
		return 1;
	invisible = invisible_find(utf8_decode(s));
	return invisible && invisible->kind == INVISIBLE_SPACE ? utf8_length(s) : 0;
}

static char *skip_spaces(char *s)
{
	size_t n;

	while ((n = space_length(s)) > 0)
		s += n;
	return s;
}

/* Where the spaces begin that end at `end`. */
static char *spaces_before(const char *begin, char *end)
{
	while (end > begin) {
		char *s = end - 1;

		while (s > begin && ((unsigned char)*s & 0xc0) == 0x80)
			s--;
		if (space_length(s) == 0)
			break;
		end = s;
	}
	return end;
}

/* What is between the two, all of it spaces. */
static void make_plain(char *begin, char *end)
{
	char *to = begin;

	for (char *from = begin; from < end;) {
		size_t n = utf8_length(from);

		*to++ = *from == '\t' ? '\t' : ' ';
		from += n;
	}
	memmove(to, end, strlen(end) + 1);
}

/* From the end on, so that what is still to be done stays where it is. */
void config_plain_spaces(char *line)
{
	char *equals = strchr(line, '='), *end = line + strlen(line);

	make_plain(spaces_before(line, end), end);
	if (equals) {
		make_plain(equals + 1, skip_spaces(equals + 1));
		make_plain(spaces_before(line, equals), equals);
	}
	make_plain(line, skip_spaces(line));
}

void config_plain_ends(char *line)
{
	char *end = line + strlen(line);

	make_plain(spaces_before(line, end), end);
	make_plain(line, skip_spaces(line));
}

/* Between letters of other scripts some have a meaning: Persian words have them, and pictures. The
 * ideographic space is the only one there is on a Japanese keyboard. */
static bool has_its_place(const struct invisible *invisible, uint32_t character, const char *line,
                          const char *s)
{
	bool follows_other_script = s > line && (unsigned char)s[-1] >= 0x80;

	return follows_other_script && (invisible->kind == INVISIBLE_JOINER || character == 0x3000);
}

int config_check_visible(const char *line, struct problem *problem)
{
	unsigned column = 1;

	for (const char *s = line; *s; s += utf8_length(s), column++) {
		uint32_t character = utf8_decode(s);
		const struct invisible *invisible = invisible_find(character);

		if (invisible && !has_its_place(invisible, character, line, s))
			return problem_set(
				problem, -EINVAL,
				"expected characters that can be seen; there is U+%04X (%s) at column %u, as comes with copied text: %s",
				character, invisible->name, column,
				invisible->kind == INVISIBLE_SPACE ? "write an ordinary space" : "delete it");
	}
	return 0;
}

int config_check_comment(const char *line, struct problem *problem)
{
	for (const char *s = strpbrk(line, "#;"); s; s = strpbrk(s + 1, "#;"))
		if (s > line && (s[-1] == ' ' || s[-1] == '\t'))
			return problem_set(problem, -EINVAL, "expected a comment to have a line of its own");
	return 0;
}
