#define _GNU_SOURCE
#include "config/text.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "config/characters.h"
#include "config/lines.h"
#include "util/problem.h"

/* No configuration is larger; what is, is something else. */
#define FILE_MAX_BYTES (1024 * 1024)

/* One file while it is read. */
struct reading {
	struct config_text *text;
	struct config_errors *errors;
	const char *file;
	struct config_lines lines;
	char *section; /* of the last header; NULL: none yet, or a bad one */
	bool bad_section;
};

/* --- lines ----------------------------------------------------------------------------------- */

/* A header, if `key` is NULL, or an assignment. */
static int add_line(struct reading *reading, const char *key, const char *value)
{
	struct config_text *text = reading->text;
	struct config_line *grown = reallocarray(text->lines, text->lines_n + 1, sizeof *grown);
	struct config_line *line;

	if (!grown)
		return -ENOMEM;
	text->lines = grown;
	line = &text->lines[text->lines_n];
	*line = (struct config_line){
		.section = strdup(reading->section),
		.key = key ? strdup(key) : NULL,
		.value = value ? strdup(value) : NULL,
	};
	text->lines_n++;
	line->place = (struct config_place){ reading->file, reading->lines.number, line->section, line->key,
		                             line->value };
	return line->section && (!key || line->key) && (!value || line->value) ? 0 : -ENOMEM;
}

static void bad_line(struct reading *reading, const char *why)
{
	struct config_place place = { reading->file, reading->lines.number, reading->section, NULL, NULL };

	config_error(reading->errors, &place, "%s", why);
}

/* What follows a header that is wrong belongs to nothing. */
static void end_section(struct reading *reading)
{
	free(TAKE_PTR(reading->section));
	reading->bad_section = true;
}

static int begin_section(struct reading *reading, const char *header)
{
	size_t length = strlen(header);

	end_section(reading);
	if (strchr(header, ']') != header + length - 1) {
		bad_line(reading, "expected [Kind name] and nothing behind it");
		return 0;
	}
	reading->section = strndup(header + 1, length - 2);
	reading->bad_section = false;
	return reading->section ? add_line(reading, NULL, NULL) : -ENOMEM;
}

static int check_assignment(const struct reading *reading, const char *line, struct problem *problem)
{
	const char *equals = strpbrk(line, "=:");
	int r;

	/* Who writes a colon for the = has another kind of file in mind. */
	if (!equals || *equals == ':' || equals == line)
		return problem_set(problem, -EINVAL,
		                   "expected Key=Value, [Kind name], or a comment that begins with #");
	r = config_check_comment(line, problem);
	if (r >= 0 && !reading->section)
		r = problem_set(problem, -EINVAL, "expected a section, [Kind name], before the first key");
	return r;
}

static int take_assignment(struct reading *reading, char *line)
{
	struct problem problem;
	char *end, *value;

	if (reading->bad_section)
		return 0;
	if (check_assignment(reading, line, &problem) < 0) {
		bad_line(reading, problem.text);
		return 0;
	}
	end = strchr(line, '=');
	value = end + 1 + strspn(end + 1, " \t");
	while (strchr(" \t", end[-1]))
		end--;
	*end = '\0';
	return add_line(reading, line, value);
}

static void take_problem(struct reading *reading)
{
	if (reading->lines.header)
		end_section(reading);
	bad_line(reading, reading->lines.problem.text);
}

static int take_lines(struct reading *reading)
{
	int r = 0;

	while (r >= 0) {
		switch (config_lines_next(&reading->lines)) {
		case CONFIG_LINES_PROBLEM:
			take_problem(reading);
			break;
		case CONFIG_LINES_LINE:
			r = *reading->lines.content == '[' ? begin_section(reading, reading->lines.content)
			                                   : take_assignment(reading, reading->lines.content);
			break;
		case CONFIG_LINES_END:
			return 0;
		}
	}
	return r;
}

/* --- files ----------------------------------------------------------------------------------- */

static int add_file(struct config_text *text, const char *path, const char **ret)
{
	char **grown = reallocarray(text->files, text->files_n + 1, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	text->files = grown;
	text->files[text->files_n] = strdup(path);
	if (!text->files[text->files_n])
		return -ENOMEM;
	*ret = text->files[text->files_n++];
	return 0;
}

static void bad_file(struct reading *reading, const char *what, const char *why)
{
	struct config_place place = { .file = reading->file };

	config_error(reading->errors, &place, "%s%s", what, why);
}

/* Whoever wrote a link sees the file, and does not see why somebody else may not. */
static void cannot_be_opened(struct reading *reading, int error)
{
	char target[PATH_MAX], why[PATH_MAX + 128];
	ssize_t length = error == EACCES ? readlink(reading->file, target, sizeof target) : -1;

	snprintf(why, sizeof why, "%s%s%.*s", problem_errno(error), length > 0 ? "; it is a link to " : "",
	         length > 0 ? (int)length : 0, target);
	config_error_of_reading(reading->errors, error);
	bad_file(reading, "cannot be read: ", why);
}

static bool is_too_large(struct reading *reading, off_t size)
{
	if (size > FILE_MAX_BYTES)
		bad_file(reading, "expected a file of at most ", "1 MiB");
	return size > FILE_MAX_BYTES;
}

/* A file, a pipe that a shell made, or /dev/null (1:3), which stands for an empty one; NULL, which is said,
 * for anything that has no end or is no text. */
static FILE *open_file(struct reading *reading)
{
	FILE *stream = fopen(reading->file, "re");
	struct stat st;

	if (!stream || fstat(fileno(stream), &st) < 0) {
		cannot_be_opened(reading, errno);
	} else if (S_ISDIR(st.st_mode)) {
		bad_file(reading, "cannot be read: ", problem_errno(EISDIR));
	} else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && st.st_rdev != makedev(1, 3)) {
		bad_file(reading, "expected a file; this is ", "a device or a socket");
	} else if (!is_too_large(reading, st.st_size)) {
		return stream;
	}
	if (stream)
		fclose(stream);
	return NULL;
}

/* At once, as half a configuration must not be taken for a whole one; how much a pipe has is known only then.
 */
static int read_stream(struct reading *reading, FILE *stream)
{
	_cleanup_(cleanup_free) char *bytes = malloc(FILE_MAX_BYTES + 2);
	size_t length;

	if (!bytes)
		return -ENOMEM;
	length = fread(bytes, 1, FILE_MAX_BYTES + 1, stream);
	if (ferror(stream)) {
		config_error_of_reading(reading->errors, errno);
		bad_file(reading, "cannot be read to its end: ", problem_errno(errno));
		return 0;
	}
	if (is_too_large(reading, (off_t)length))
		return 0;
	config_lines_begin(&reading->lines, bytes, length);
	return take_lines(reading);
}

int config_text_read_file(const char *path, struct config_text *text, struct config_errors *errors)
{
	struct reading reading = { .text = text, .errors = errors };
	FILE *stream;
	int r;

	r = add_file(text, path, &reading.file);
	if (r < 0)
		return r;
	stream = open_file(&reading);
	if (!stream)
		return 0;
	r = read_stream(&reading, stream);
	fclose(stream);
	free(reading.section);
	return r;
}

void config_text_free(struct config_text *text)
{
	for (size_t i = 0; i < text->files_n; i++)
		free(text->files[i]);
	free(text->files);
	for (size_t i = 0; i < text->lines_n; i++) {
		free(text->lines[i].section);
		free(text->lines[i].key);
		free(text->lines[i].value);
	}
	free(text->lines);
	*text = (struct config_text){ 0 };
}

void config_text_print_heading(const struct config_text *text, FILE *stream)
{
	fputs("# The effective configuration", stream);
	for (size_t i = 0; i < text->files_n; i++)
		fprintf(stream, "%s%s", i ? ", " : " of ", text->files[i]);
	fputc('\n', stream);
}
