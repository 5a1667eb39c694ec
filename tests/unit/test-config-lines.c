/* Which lines there are in a file, whatever is in it. */
#define _GNU_SOURCE
#include "config/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/config.h"
#include "helpers.h"
#include "util/utf8.h"

/* --- what is found --------------------------------------------------------------------------- */

/* In a block of its own, so that valgrind and the sanitizers see each byte too many; to be freed. */
static char *copy_of(const char *bytes, size_t length)
{
	char *copy = malloc(length + 1);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	return copy;
}

/* A line for each that is found, "NUMBER: CONTENT", "NUMBER! PROBLEM", or "NUMBER[! PROBLEM" of a header; to
 * be freed. */
static char *found_in(const char *bytes, size_t length)
{
	_cleanup_(cleanup_free) char *copy = copy_of(bytes, length);
	struct config_lines lines;
	enum config_lines_found found;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	config_lines_begin(&lines, copy, length);
	while ((found = config_lines_next(&lines)) != CONFIG_LINES_END)
		if (found == CONFIG_LINES_LINE)
			fprintf(stream, "%u: %s\n", lines.number, lines.content);
		else
			fprintf(stream, "%u%s! %s\n", lines.number, lines.header ? "[" : "",
			        lines.problem.text);
	assert_int_equal(fclose(stream), 0);
	return text;
}

#define TOO_LONG "expected at most 4096 bytes on a line\n"
#define HIDDEN \
	"expected nothing behind the backslash that continues a line; there are spaces, which cannot be seen\n"
#define PROMISED "expected another line, as this one ends in a backslash; the file ends here\n"
#define COMMENT "expected a comment to have a line of its own\n"
#define UTF8 "expected UTF-8; this line has bytes that are not\n"
#define CONTROL "expected text; this line has a control character\n"

static const struct {
	const char *name, *text, *found;
} rows[] = {
	{ "nothing", "", "" },
	{ "one line", "a", "1: a\n" },
	{ "lines, and what is none", "\n a \n\t\n# b\n ; c\nd=e\n", "2: a\n6: d=e\n" },
	{ "other ends of lines", "a\r\nb\r\r\n\r\nc\r", "1: a\n2: b\n4: c\n" },
	{ "byte order mark", "\xEF\xBB\xBFx\ny", "1: x\n2: y\n" },

	/* --- a backslash becomes a space, and what stands behind it stays as it is */
	{ "continued", "K=a\\\nb\nc\n", "1: K=a b\n3: c\n" },
	{ "continued, with spaces around", "  K=a  \\\n   b  \nc", "1: K=a      b\n3: c\n" },
	{ "continued, CRLF", "K=a\\\r\n b\\\r\nc\r\nd\r\n", "1: K=a  b c\n4: d\n" },
	{ "a header", "[A\\\nb]\nc\n", "1: [A b]\n3: c\n" },
	{ "a header that begins one line later", "\\\n  [A b]\n", "2: [A b]\n" },
	{ "within a key", "Ke\\\ny=a\n", "1: Ke y=a\n" },
	{ "before the =", "Key\\\n=a\n", "1: Key =a\n" },
	{ "behind the =", "Key=\\\na\n", "1: Key= a\n" },
	{ "a value that looks like a header", "K=\\\n[A b]\n", "1: K= [A b]\n" },
	{ "a value that looks like a key", "K=a\\\nL=b\n", "1: K=a L=b\n" },
	{ "many times", "\\\n\\\n\n\\\nK=\\\n\\\na\\\n\\\n\n", "5: K=  a\n" },
	{ "an empty line ends it", "K=a\\\n\nb\n", "1: K=a\n3: b\n" },
	{ "a line with blanks ends it", "K=a\\\n \t \nb\n", "1: K=a\n3: b\n" },
	{ "nothing continued by nothing", "\\\n\\\n\nb\n", "4: b\n" },

	/* --- comments */
	{ "a comment does not continue", "# a\\\nb\n;c\\\nd\n", "2: b\n4: d\n" },
	{ "comments within", "K=a\\\n# b\n\t; c\\\n#\nd\ne\n", "1: K=a d\n6: e\n" },
	{ "a comment behind the last", "K=a\\\nb\n# c\\\nd\n", "1: K=a b\n4: d\n" },
	{ "a comment behind a value that goes on", "K=a\\\nb # c\\\nd\ne\n", "2! " COMMENT "4: e\n" },
	/* Who reads the whole line sees to the first one. */
	{ "a comment behind the beginning", "K=a # b\\\nc\n", "1: K=a # b c\n" },
	{ "no comment", "K=a\\\nb#c\n", "1: K=a b#c\n" },

	/* --- backslashes that continue nothing */
	{ "two of them", "K=a\\\\\nb\n", "1: K=a\\\\\n2: b\n" },
	{ "three of them", "K=a\\\\\\\nb\n", "1: K=a\\\\ b\n" },
	{ "in the middle", "K=\\a\nb\n", "1: K=\\a\n2: b\n" },
	{ "spaces behind it", "K=a\\ \nb\nc\n", "1! " HIDDEN "3: c\n" },
	{ "a tab behind it, CRLF", "K=a\\\t\r\nb\nc\n", "1! " HIDDEN "3: c\n" },
	{ "a no-break space behind it", "K=a\\\u00a0\nb\nc\n", "1! " HIDDEN "3: c\n" },
	{ "spaces behind the second one", "K=a\\\nb\\  \nc\nd\n", "2! " HIDDEN "4: d\n" },
	{ "spaces behind it in a header", "[A\\ \nb]\nc\n", "1[! " HIDDEN "3: c\n" },
	{ "spaces behind it in a comment", "# a\\ \nb\n", "2: b\n" },
	{ "spaces behind two of them", "K=a\\\\ \nb\n", "1: K=a\\\\\n2: b\n" },

	/* --- the end of the file */
	{ "at the end", "K=a\nL=b\\\n", "1: K=a\n2! " PROMISED },
	{ "at the very end", "K=a\\", "1! " PROMISED },
	{ "at the end, then comments", "K=a\\\n# b\n\t# c", "1! " PROMISED },
	{ "at the end of a header", "[A\\", "1[! " PROMISED },
	{ "nothing, at the end", "K=a\n\\", "1: K=a\n2! " PROMISED },
	{ "an empty line at the end", "K=a\\\n\n", "1: K=a\n" },
	{ "spaces behind it at the end", "K=a\\ ", "1! " HIDDEN },

	/* --- characters: of the very line they are in, and not once more of the whole */
	{ "no text in a part", "K=a\\\n\xff\\\nb\nc\n", "2! " UTF8 "4: c\n" },
	{ "no text in two parts", "K=a\\\n\xff\\\n\x01\nc\n", "2! " UTF8 "3! " CONTROL "4: c\n" },
	{ "no text in a header", "[A\\\n\xff]\nc\n", "2[! " UTF8 "3: c\n" },
	{ "no text in a comment within", "[A\\\n# \xff\\\nb]\nc\n", "2! " UTF8 "1: [A b]\n4: c\n" },
	{ "no text at the end", "K=\x01\\", "1! " CONTROL },
	{ "no-break spaces around", "\u00a0K\u00a0=\u00a0a\u00a0\\\n\u00a0\u2003b\u00a0\n",
	  "1: K = a    b\n" },
	{ "no-break spaces around the = of another line", "K\u00a0\\\n\u00a0=\u00a0a\n", "1: K   = a\n" },
	{ "no-break spaces around an = in a value", "K=a\\\nb\u00a0= c\n",
	  "2! expected characters that can be seen; there is U+00A0 (no-break space) at column 2, as comes with "
	  "copied text: write an ordinary space\n" },
};

static void test_rows(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(cleanup_free) char *found = found_in(rows[i].text, strlen(rows[i].text));

		if (strcmp(found, rows[i].found) != 0)
			failures +=
				row_fails("%s:\n%s--- instead of\n%s", rows[i].name, found, rows[i].found);
	}
	assert_int_equal(failures, 0);
}

/* Each row with CRLF is the same. */
static void test_rows_of_another_system(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(cleanup_free) char *text = calloc(2, strlen(rows[i].text) + 1), *found = NULL;
		char *to = text;

		for (const char *s = rows[i].text; *s; *to++ = *s++)
			if (*s == '\n')
				*to++ = '\r';
		found = found_in(text, strlen(text));
		if (strcmp(found, rows[i].found) != 0)
			failures +=
				row_fails("%s:\n%s--- instead of\n%s", rows[i].name, found, rows[i].found);
	}
	assert_int_equal(failures, 0);
}

static void test_zero_byte(void **state)
{
	static const char text[] = "K=a\\\n\0\\\nb\0\nc\n\0";
	_cleanup_(cleanup_free) char *found = found_in(text, sizeof text - 1);

	(void)state;
	assert_string_equal(found, "2! " CONTROL "3! " CONTROL "4: c\n5! " CONTROL);
}

/* --- how long a line may be ------------------------------------------------------------------ */

/* "K=", so many bytes, and what stands behind; to be freed. */
static char *long_line(size_t length, const char *behind)
{
	char *text = malloc(length + strlen(behind) + 1);

	assert_non_null(text);
	memset(text, 'x', length);
	memcpy(text, "K=", 2);
	strcpy(text + length, behind);
	return text;
}

static void assert_length(size_t length, const char *behind, const char *expected)
{
	_cleanup_(cleanup_free) char *text = long_line(length, behind);
	_cleanup_(cleanup_free) char *found = found_in(text, strlen(text));
	_cleanup_(cleanup_free) char *line = NULL;

	assert_true(asprintf(&line, "1: %.*s", (int)length, text) > 0);
	if (*expected == '1')
		assert_string_equal(found, expected);
	else if (strncmp(found, line, strlen(line)) != 0 || strcmp(found + strlen(line), expected) != 0)
		fail_msg("%zu bytes and \"%s\": %s", length, behind, found);
}

static void test_longest_line(void **state)
{
	(void)state;
	assert_length(4096, "", "\n");
	assert_length(4096, "\nb\n", "\n2: b\n");
	assert_length(4096, "  \t\r\nb\n", "\n2: b\n");
	assert_length(4097, "", "1! " TOO_LONG);
	assert_length(4097, "\nb\n", "1! " TOO_LONG "2: b\n");
	assert_length(1 << 20, "\nb\n", "1! " TOO_LONG "2: b\n");
	/* With all that continues it; blanks behind its text are none of it. */
	assert_length(4094, "\\\ny\nb\n", " y\n3: b\n");
	assert_length(4095, "\\\ny\nb\n", "1! " TOO_LONG "3: b\n");
	assert_length(4096, "\\\n\nb\n", "\n3: b\n");
	assert_length(1 << 20, "\\\ny\nb\n", "1! " TOO_LONG "3: b\n");
}

/* A letter of two bytes is two. */
static void test_length_is_in_bytes(void **state)
{
	_cleanup_(cleanup_free) char *found = NULL;
	char text[2 * 2048 + 3] = "K";

	(void)state;
	for (size_t i = 1; i < 4097; i += 2)
		memcpy(text + i, "ü", 2);
	found = found_in(text, strlen(text));
	assert_string_equal(found, "1! " TOO_LONG);
}

static void test_long_comment(void **state)
{
	_cleanup_(cleanup_free) char *text = long_line(1 << 20, "\\\nb\n"), *found = NULL;

	(void)state;
	text[0] = '#';
	found = found_in(text, strlen(text));
	assert_string_equal(found, "2: b\n");
}

/* "K=", and so many lines of "a\", comments and blank ones among them; then "b". */
static char *found_in_continued(unsigned n, bool comments)
{
	char *text = NULL, *found;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	fputs("K=\\\n", stream);
	for (unsigned i = 0; i < n; i++)
		fputs(comments ? "# a\n" : "a\\\n", stream);
	fputs("b\nc\n", stream);
	assert_int_equal(fclose(stream), 0);
	found = found_in(text, size);
	free(text);
	return found;
}

static void test_many_thousand_continuations(void **state)
{
	_cleanup_(cleanup_free) char *some = found_in_continued(2046, false);
	_cleanup_(cleanup_free) char *more = found_in_continued(2047, false);
	_cleanup_(cleanup_free) char *many = found_in_continued(200000, false);
	_cleanup_(cleanup_free) char *comments = found_in_continued(200000, true);

	(void)state;
	assert_int_equal(strlen(some), strlen("1: K= ") + 2046 * 2 + strlen("b\n2049: c\n"));
	assert_string_equal(more, "1! " TOO_LONG "2050: c\n");
	assert_string_equal(many, "1! " TOO_LONG "200003: c\n");
	assert_string_equal(comments, "1: K= b\n200003: c\n");
}

/* --- anything -------------------------------------------------------------------------------- */

/* The same numbers on every machine. */
static unsigned next_random(uint64_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned)(*seed >> 32) % n;
}

static bool is_text(const char *text)
{
	for (; *text; text += utf8_length(text))
		if (utf8_length(text) == 0 || ((unsigned char)*text < 0x20 && *text != '\t'))
			return false;
	return true;
}

static void check_found(const struct config_lines *lines, enum config_lines_found found, unsigned n)
{
	size_t length;

	assert_in_range(lines->number, 1, n);
	if (found == CONFIG_LINES_PROBLEM) {
		assert_int_not_equal(lines->problem.text[0], '\0');
		return;
	}
	length = strlen(lines->content);
	assert_in_range(length, 1, CONFIG_LINE_MAX);
	assert_null(strchr(" \t#;", lines->content[0]));
	assert_null(strchr(" \t", lines->content[length - 1]));
	assert_true(is_text(lines->content));
}

static unsigned count_lines(const char *bytes, size_t length)
{
	unsigned n = 1;

	for (size_t i = 0; i < length; i++)
		n += bytes[i] == '\n';
	return n;
}

/* As many as there are lines at most, and one more of a file that ends too early. */
static void check_lines(const char *bytes, size_t length)
{
	_cleanup_(cleanup_free) char *copy = copy_of(bytes, length);
	unsigned n = count_lines(bytes, length), found_n = 0, last = 0;
	struct config_lines lines;
	enum config_lines_found found;

	config_lines_begin(&lines, copy, length);
	while ((found = config_lines_next(&lines)) != CONFIG_LINES_END) {
		check_found(&lines, found, n);
		if (found == CONFIG_LINES_LINE)
			assert_true(lines.number > last);
		if (found == CONFIG_LINES_LINE)
			last = lines.number;
		assert_true(++found_n <= n + 1);
	}
	assert_int_equal(config_lines_next(&lines), CONFIG_LINES_END);
}

/* The print of a configuration, to be freed; NULL if it is wrong, which is said then. */
static char *print_of(const char *bytes, size_t length)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	char path[32], *print = NULL;
	int fd = memfd_create("config", MFD_CLOEXEC), r;
	size_t size;
	FILE *stream = open_memstream(&print, &size);

	assert_non_null(stream);
	assert_int_equal(write(fd, bytes, length), length);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	r = config_load(path, &config, &errors);
	assert_int_equal(r<0, errors.n> 0);
	if (r >= 0)
		config_print(config, stream);
	close(fd);
	fclose(stream);
	if (r < 0)
		free(TAKE_PTR(print));
	return print;
}

/* Either there are errors, or it is a configuration, and what is printed of it is the same one. */
static bool check_configuration(const char *bytes, size_t length)
{
	_cleanup_(cleanup_free) char *print = print_of(bytes, length), *again = NULL;

	if (!print)
		return false;
	again = print_of(print, strlen(print));
	assert_non_null(again);
	assert_string_equal(again, print);
	return true;
}

static void test_any_bytes(void **state)
{
	uint64_t seed = 20240229;
	char bytes[300];

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		size_t length = next_random(&seed, sizeof bytes);

		for (size_t j = 0; j < length; j++)
			bytes[j] = (char)next_random(&seed, 256);
		check_lines(bytes, length);
		check_configuration(bytes, length);
	}
}

/* What has a meaning, in any order: of this some is valid. */
static void test_any_pieces(void **state)
{
	static const char *const pieces[] = {
		"[MotionSensor a]\nLine=A\n",
		"[MotionSensor b]\nLine=B\n",
		"[LightController a]\nLine=C\nMotion=a\\\n\n",
		"[LightController a]\n",
		"\nMotion=a b\n",
		"\nMotion=",
		"\n[MotionSensor a]\nLocation=",
		"\n[MotionSensor \\\n a]\nLine \\\n = \\\n A\n",
		"a",
		"b \\\n",
		"\\\n",
		"\\",
		"\\ \n",
		"\n",
		"\r\n",
		" ",
		"\t",
		"=",
		"x\\\r\n",
		"ü",
		"\u00a0",
		"\u200b",
		"\n# comment\n",
		"\n\t; comment \\\n",
		" # comment",
		"\n",
		"\n\n",
		"\n\n\n",
	};
	uint64_t seed = 20240229;
	unsigned valid = 0;
	char text[2048];

	(void)state;
	for (unsigned i = 0; i < 1500; i++) {
		strcpy(text, pieces[next_random(&seed, 2)]);
		for (unsigned n = next_random(&seed, 12); n > 0; n--)
			strcat(text, pieces[next_random(&seed, ELEMENTS(pieces))]);
		check_lines(text, strlen(text));
		valid += check_configuration(text, strlen(text));
	}
	/* Or nothing was tried. */
	assert_in_range(valid, 150, 1350);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rows_of_another_system),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_length_is_in_bytes),
		cmocka_unit_test(test_long_comment),
		cmocka_unit_test(test_many_thousand_continuations),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_any_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
