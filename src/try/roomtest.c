/* A file of room tests: its lines, tests and blocks. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/characters.h"
#include "try/statement-read.h"

#define SUFFIX ".roomtest"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define CASES_MAX 1000
#define ZONE_DEFAULT "UTC"

static const struct statement_time start_default = { .has_date = true, .year = 2027, .month = 1, .day = 1 };

/* A file while it is read. */
struct parse {
	struct roomtest *test;
	struct config_errors *errors;
	unsigned errors_n;
	unsigned line;
	size_t statements_n; /* of the file */
	bool has_header;     /* the case in hand has one; before the first one, what stands there is for all */
	char *zone;          /* for all; NULL: none was given */
	unsigned zone_line, zone_column;
	struct statement_time start; /* for all */
	size_t open[ROOMTEST_DEPTH_MAX]; /* the blocks that have no end yet: where they begin in the case */
	unsigned depth;
	unsigned too_deep; /* blocks that are open and are none of those */
};

static struct roomtest_case *present(struct parse *parse)
{
	return &parse->test->cases[parse->test->n - 1];
}

/* --- what is wrong --------------------------------------------------------------------------- */

/* Counts it; false: enough was said. */
static bool may_say(struct parse *parse)
{
	struct config_place place = { .file = parse->test->path };

	if (parse->errors_n == ROOMTEST_ERRORS_MAX)
		config_error(parse->errors, &place, "there is more that is wrong; only the first %u are shown",
		             ROOMTEST_ERRORS_MAX);
	return parse->errors_n++ < ROOMTEST_ERRORS_MAX;
}

static int wrong(struct parse *parse, unsigned line, unsigned column, unsigned length, const char *words)
{
	if (may_say(parse))
		roomtest_error(parse->test, line, column, length, parse->errors, "%s", words);
	return 0;
}

/* About a statement that could be read. */
static int wrong_here(struct parse *parse, const struct statement *statement, const char *words)
{
	return wrong(parse, statement->line, statement->column, 1, words);
}

/* Nothing after it is read. */
static int too_many(struct parse *parse, const struct statement *statement, const char *words)
{
	wrong_here(parse, statement, words);
	return -E2BIG;
}

/* --- tests ----------------------------------------------------------------------------------- */

/* `name` is the new one's then, also after an error. */
static int begin_case(struct parse *parse, char *name, unsigned line)
{
	struct roomtest *test = parse->test;
	struct roomtest_case *grown = name ? reallocarray(test->cases, test->n + 1, sizeof *grown) : NULL;
	char *zone = strdup(parse->zone ? parse->zone : ZONE_DEFAULT);

	if (!grown || !zone) {
		test->cases = grown ? grown : test->cases;
		free(name);
		free(zone);
		return -ENOMEM;
	}
	test->cases = grown;
	test->cases[test->n++] = (struct roomtest_case){
		.name = name,
		.line = line,
		.zone = zone,
		.zone_line = parse->zone_line,
		.zone_column = parse->zone_column,
		.start = parse->start,
	};
	return 0;
}

/* The block that is open begins at this statement. */
static void end_case(struct parse *parse)
{
	while (parse->depth > 0)
		wrong_here(parse, &present(parse)->statements[parse->open[--parse->depth]],
		           "expected \"end\" after the repeated statements; the test ends without it");
	parse->too_deep = 0;
	if (present(parse)->n == 0 && parse->errors_n == 0)
		wrong(parse, present(parse)->line, parse->has_header, 4,
		      parse->has_header ? "expected a statement after the name of the test"
		                        : "expected a statement; the file has none");
}

static void check_is_new(struct parse *parse, const struct statement *header)
{
	char words[96];

	for (size_t i = 0; i < parse->test->n; i++) {
		if (strcmp(parse->test->cases[i].name, header->word) != 0)
			continue;
		snprintf(words, sizeof words, "expected another name: the test of line %u has this one",
		         parse->test->cases[i].line);
		wrong(parse, header->line, header->word_column, 1, words);
		return;
	}
}

static int take_header(struct parse *parse, struct statement *header)
{
	struct roomtest_case *before = present(parse);

	if (parse->has_header) {
		end_case(parse);
		if (parse->test->n == CASES_MAX)
			return too_many(parse, header, "expected at most 1000 tests in a file");
		check_is_new(parse, header);
		return begin_case(parse, TAKE_PTR(header->word), header->line);
	}
	if (before->n > 0)
		return wrong_here(parse, header, "expected no statement before the first test; there are some above");
	parse->has_header = true;
	free(before->name);
	before->name = TAKE_PTR(header->word);
	before->line = header->line;
	return 0;
}

static int keep_for_all(struct parse *parse, const struct roomtest_case *now)
{
	free(parse->zone);
	parse->zone = strdup(now->zone);
	parse->zone_line = now->zone_line;
	parse->zone_column = now->zone_column;
	parse->start = now->start;
	return parse->zone ? 0 : -ENOMEM;
}

/* ZONE or START. */
static int take_setting(struct parse *parse, struct statement *setting)
{
	struct roomtest_case *now = present(parse);

	if (now->n > 0)
		return wrong_here(parse, setting, "expected zone and start before the first statement of a test");
	if (setting->kind == STATEMENT_START) {
		now->start = setting->time;
		if (!setting->time.has_date) {
			now->start = start_default;
			now->start.second_of_day = setting->time.second_of_day;
		}
	} else {
		free(now->zone);
		now->zone = TAKE_PTR(setting->word);
		now->zone_line = setting->line;
		now->zone_column = setting->word_column;
	}
	return parse->has_header ? 0 : keep_for_all(parse, now);
}

/* --- statements ------------------------------------------------------------------------------ */

static int open_block(struct parse *parse, const struct statement *repeat)
{
	if (parse->depth == ROOMTEST_DEPTH_MAX) {
		parse->too_deep++;
		wrong_here(parse, repeat, "expected at most 4 blocks within one another");
		return -EINVAL;
	}
	parse->open[parse->depth++] = present(parse)->n;
	return 0;
}

static int close_block(struct parse *parse, struct statement *end)
{
	size_t partner;

	if (parse->too_deep > 0) {
		parse->too_deep--;
		return -EINVAL;
	}
	if (parse->depth == 0) {
		wrong_here(parse, end, "expected \"repeat N times\" before \"end\"; no block is open here");
		return -EINVAL;
	}
	partner = parse->open[--parse->depth];
	if (partner + 1 == present(parse)->n) {
		wrong_here(parse, end, "expected a statement to repeat before \"end\"");
		return -EINVAL;
	}
	end->partner = partner;
	present(parse)->statements[partner].partner = present(parse)->n;
	return 0;
}

/* Its partner, if it has one; then it is the case's. `*statement` is empty then. */
static int add(struct parse *parse, struct statement *statement)
{
	struct roomtest_case *now = present(parse);
	struct statement *grown = now->statements;
	int r = statement->kind == STATEMENT_REPEAT ? open_block(parse, statement)
	        : statement->kind == STATEMENT_END  ? close_block(parse, statement)
	                                            : 0;

	if (r < 0)
		return 0;
	if ((now->n & (now->n - 1)) == 0) {
		grown = reallocarray(now->statements, now->n > 0 ? 2 * now->n : 1, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		now->statements = grown;
	}
	grown[now->n++] = *statement;
	*statement = (struct statement){ 0 };
	return 0;
}

/* -E2BIG: it is one too many, which was said. */
static int take_statement(struct parse *parse, struct statement *statement)
{
	statement->line = parse->line;
	if (parse->statements_n == ROOMTEST_STATEMENTS_MAX)
		return too_many(parse, statement,
		                "expected at most 100000 statements in a file; write what repeats as a block");
	parse->statements_n++;
	if (statement->kind == STATEMENT_TEST)
		return take_header(parse, statement);
	if (statement->kind == STATEMENT_ZONE || statement->kind == STATEMENT_START)
		return take_setting(parse, statement);
	return add(parse, statement);
}

/* --- lines ----------------------------------------------------------------------------------- */

/* -EINVAL: what follows on the line belongs to something that nobody knows. */
static int read_statement(struct parse *parse, struct reader *reader)
{
	struct statement statement;
	int r = statement_read(reader, &statement);

	if (r == -EINVAL)
		wrong(parse, parse->line, reader->bad.column, reader->bad.length, reader->problem.text);
	else if (r >= 0)
		r = take_statement(parse, &statement);
	statement_release(&statement);
	return r;
}

static int read_words(struct parse *parse, const struct words *words)
{
	struct reader reader = { .words = words->list, .n = words->n };
	int r = 0;

	while (r >= 0 && reader.at < reader.n) {
		if (words->list[reader.at].separator)
			reader.at++;
		else
			r = read_statement(parse, &reader);
	}
	return r == -EINVAL ? 0 : r;
}

static int check_bytes(struct parse *parse, const char *line, size_t length)
{
	struct problem problem;
	int r = config_check_text(line, length, &problem);

	if (r >= 0 && length > ROOMTEST_LINE_MAX)
		r = problem_set(&problem, -EINVAL, "expected at most %u bytes on a line", ROOMTEST_LINE_MAX);
	if (r < 0)
		wrong(parse, parse->line, 0, 0, problem.text);
	return r;
}

static int read_line(struct parse *parse, const char *line, size_t length)
{
	_cleanup_(cleanup_free) char *copy = strndup(line, length);
	struct problem problem;
	struct words words = { 0 };
	struct word bad;
	int r;

	if (!copy)
		return -ENOMEM;
	if (check_bytes(parse, line, length) < 0)
		return 0;
	r = words_split(copy, &words, &bad, &problem);
	if (r == -EINVAL)
		return wrong(parse, parse->line, bad.column, bad.length, problem.text);
	if (r >= 0)
		r = read_words(parse, &words);
	words_free(&words);
	return r;
}

/* There is a zero behind the end. */
static int read_lines(struct parse *parse, const char *text, const char *end)
{
	int r = 0;

	while (text < end && r >= 0) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((line_end ? line_end : end) - text);

		parse->line++;
		while (length > 0 && text[length - 1] == '\r')
			length--;
		r = read_line(parse, text, length);
		text = line_end ? line_end + 1 : end;
	}
	return r == -E2BIG ? 0 : r;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* How often a statement of the case is done: at most so often in all, or it was said. */
static void check_run(struct parse *parse, const struct roomtest_case *test)
{
	uint64_t times[ROOMTEST_DEPTH_MAX + 1] = { 1 }, sum = 0;
	unsigned depth = 0;

	for (size_t i = 0; i < test->n && sum <= ROOMTEST_RUN_MAX; i++) {
		const struct statement *statement = &test->statements[i];

		if (statement->kind == STATEMENT_REPEAT) {
			times[depth + 1] = times[depth] * statement->count;
			if (times[++depth] > ROOMTEST_RUN_MAX)
				sum = times[depth];
		} else if (statement->kind == STATEMENT_END) {
			depth--;
		} else {
			sum += times[depth];
		}
		if (sum > ROOMTEST_RUN_MAX)
			wrong_here(parse, statement, "expected at most 10000000 statements in a test, each counted as often "
			                             "as it is repeated");
	}
}

/* "hall" of "tests/hall.roomtest"; NULL: no memory. */
static char *name_of_file(const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t length = strlen(name), suffix = strlen(SUFFIX);

	if (length > suffix && strcmp(name + length - suffix, SUFFIX) == 0)
		length -= suffix;
	return strndup(name, length);
}

/* A zero in the text, which is wrong and will be said, becomes another character that is none, as it would end the copy. */
static struct roomtest *new_roomtest(const char *path, const char *text, size_t length)
{
	struct roomtest *test = calloc(1, sizeof *test);

	if (!test)
		return NULL;
	test->path = strdup(path);
	test->text = malloc(length + 1);
	if (!test->path || !test->text)
		return roomtest_free(test);
	for (size_t i = 0; i < length; i++)
		test->text[i] = text[i] ? text[i] : '\x01';
	test->text[length] = '\0';
	return test;
}

static int read_file(struct parse *parse, size_t length)
{
	int r = begin_case(parse, name_of_file(parse->test->path), 1);

	if (r >= 0)
		r = read_lines(parse, parse->test->text, parse->test->text + length);
	if (r < 0)
		return r;
	end_case(parse);
	for (size_t i = 0; parse->errors_n == 0 && i < parse->test->n; i++)
		check_run(parse, &parse->test->cases[i]);
	return parse->errors_n > 0 ? -EINVAL : 0;
}

int roomtest_parse(const char *path, const char *text, size_t length, struct roomtest **ret,
                   struct config_errors *errors)
{
	size_t mark = strlen(BYTE_ORDER_MARK);
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	struct parse parse = { .errors = errors, .start = start_default };
	int r;

	mark = length >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;
	test = new_roomtest(path, text + mark, length - mark);
	parse.test = test;
	r = test ? read_file(&parse, length - mark) : -ENOMEM;
	free(parse.zone);
	if (r >= 0)
		*ret = TAKE_PTR(test);
	return r;
}

static void release_case(struct roomtest_case *test)
{
	for (size_t i = 0; i < test->n; i++)
		statement_release(&test->statements[i]);
	free(test->statements);
	free(test->name);
	free(test->zone);
}

struct roomtest *roomtest_free(struct roomtest *test)
{
	if (!test)
		return NULL;
	for (size_t i = 0; i < test->n; i++)
		release_case(&test->cases[i]);
	free(test->cases);
	free(test->path);
	free(test->text);
	free(test);
	return NULL;
}
