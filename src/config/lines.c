#include "config/lines.h"

#include <errno.h>
#include <string.h>

#include "config/characters.h"

#define BLANKS " \t"

/* Some editors begin a file with it. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

void config_lines_begin(struct config_lines *lines, char *bytes, size_t length)
{
	size_t mark = strlen(BYTE_ORDER_MARK);

	*lines = (struct config_lines){ .rest = bytes, .end = bytes + length };
	if (length >= mark && memcmp(bytes, BYTE_ORDER_MARK, mark) == 0)
		lines->rest += mark;
}

/* --- one line of the file -------------------------------------------------------------------- */

/* Without its end; NULL: there is no more. A zero byte does not end it. */
static char *take_line(struct config_lines *lines, size_t *ret_length)
{
	char *line = lines->rest, *end;

	if (line == lines->end)
		return NULL;
	end = memchr(line, '\n', (size_t)(lines->end - line));
	lines->rest = end ? end + 1 : lines->end;
	if (!end)
		end = lines->end;
	while (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	lines->taken++;
	*ret_length = (size_t)(end - line);
	return line;
}

static bool is_comment(const char *line)
{
	line += strspn(line, BLANKS);
	return *line == '#' || *line == ';';
}

/* Two of them are none, as for systemd. */
static bool ends_in_backslash(const char *line, const char *end)
{
	const char *s = end;

	while (s > line && s[-1] == '\\')
		s--;
	return (end - s) % 2 == 1;
}

static char *without_blanks(char *line, char *end)
{
	while (end > line && strchr(BLANKS, end[-1]))
		end--;
	return end;
}

/* Whether the next line belongs to this one; the backslash that says so is taken off. */
static bool take_backslash(char *line, size_t length)
{
	if (!ends_in_backslash(line, line + length))
		return false;
	line[length - 1] = '\0';
	return true;
}

/* systemd would end the line there, and nobody sees why. */
static bool hides_backslash(char *line)
{
	char *end = line + strlen(line), *content_end = without_blanks(line, end);

	return content_end < end && ends_in_backslash(line, content_end);
}

/* Spaces around the = count for nothing, and behind it those at the ends of lines. */
static void make_spaces_plain(const struct config_lines *lines, char *line)
{
	if (lines->assigns)
		config_plain_ends(line);
	else
		config_plain_spaces(line);
}

/* --- the line that was meant ----------------------------------------------------------------- */

static void begin_joining(struct config_lines *lines, char *line)
{
	lines->joined = lines->joined_end = line;
	lines->begins = 0;
	lines->assigns = lines->bad = false;
}

/* There is room: the space is where the backslash was. */
static void join(struct config_lines *lines, const char *line, bool continues)
{
	size_t length;

	if (lines->begins == 0) {
		line += strspn(line, BLANKS);
		lines->begins = *line ? lines->taken : 0;
	}
	length = strlen(line);
	lines->assigns = lines->assigns || memchr(line, '=', length);
	memmove(lines->joined_end, line, length);
	lines->joined_end += length;
	if (lines->begins && continues)
		*lines->joined_end++ = ' ';
}

/* Also behind what cannot be seen. */
static bool looks_like_header(const struct config_lines *lines)
{
	const char *s = lines->joined;

	while (s < lines->joined_end && (unsigned char)*s >= 0x80)
		s++;
	return s < lines->joined_end && *s == '[';
}

static enum config_lines_found found_problem(struct config_lines *lines, unsigned number)
{
	lines->number = number;
	lines->header = looks_like_header(lines);
	lines->bad = true;
	return CONFIG_LINES_PROBLEM;
}

static int check_line(struct config_lines *lines, char *line, bool continues)
{
	int r = config_check_visible(line, &lines->problem);

	if (r >= 0 && !continues && hides_backslash(line))
		r = problem_set(
			&lines->problem, -EINVAL,
			"expected nothing behind the backslash that continues a line; there are spaces, which cannot be seen");
	if (r >= 0 && lines->backslash)
		r = config_check_comment(line, &lines->problem);
	return r;
}

/* Whatever is wrong with it, it is joined, so that what follows is not taken for something else. */
static enum config_lines_found take_in(struct config_lines *lines, char *line, size_t length)
{
	int r = config_check_text(line, length, &lines->problem);
	bool continues = take_backslash(line, length);

	if (r >= 0)
		make_spaces_plain(lines, line);
	if (is_comment(line)) {
		lines->number = lines->taken;
		lines->header = false;
		return r < 0 ? CONFIG_LINES_PROBLEM : CONFIG_LINES_END;
	}
	if (r >= 0)
		r = check_line(lines, line, continues);
	continues = continues || hides_backslash(line);
	lines->backslash = continues ? lines->taken : 0;
	join(lines, line, continues);
	return r < 0 ? found_problem(lines, lines->taken) : CONFIG_LINES_END;
}

static enum config_lines_found found_line(struct config_lines *lines)
{
	char *end = without_blanks(lines->joined, lines->joined_end);

	*end = '\0';
	lines->number = lines->begins;
	lines->content = lines->joined;
	if (end - lines->joined <= CONFIG_LINE_MAX)
		return CONFIG_LINES_LINE;
	problem_set(&lines->problem, -E2BIG, "expected at most %d bytes on a line", CONFIG_LINE_MAX);
	return found_problem(lines, lines->begins);
}

/* Half a line must not be taken for a whole one. */
static enum config_lines_found found_end(struct config_lines *lines)
{
	unsigned backslash = lines->backslash;

	lines->backslash = 0;
	if (backslash == 0 || lines->bad)
		return CONFIG_LINES_END;
	problem_set(&lines->problem, -EINVAL,
	            "expected another line, as this one ends in a backslash; the file ends here");
	return found_problem(lines, backslash);
}

enum config_lines_found config_lines_next(struct config_lines *lines)
{
	size_t length;
	char *line;

	while ((line = take_line(lines, &length))) {
		if (lines->backslash == 0)
			begin_joining(lines, line);
		if (take_in(lines, line, length) == CONFIG_LINES_PROBLEM)
			return CONFIG_LINES_PROBLEM;
		if (lines->backslash == 0 && lines->begins && !lines->bad)
			return found_line(lines);
	}
	return found_end(lines);
}
