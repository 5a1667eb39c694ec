#define _GNU_SOURCE
#include "daemon/config-text.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "daemon/config-characters.h"
#include "util/problem.h"

/* inih takes the header of a section up to this length, and cuts longer ones. */
#define SECTION_MAX 49

/* So much of a line fits into inih's buffer, with a newline, a zero and one to spare. */
#define LINE_MAX_BYTES 197

/* No configuration is larger; what is, is something else. */
#define FILE_MAX_BYTES (1024 * 1024)

/* One file while inih reads it. inih reads on after an error and tells only the first one's line, without a
 * word about it; so each line is looked at as it passes. */
struct reading {
	FILE *stream;
	struct config_text *text;
	struct config_errors *errors;
	const char *file;
	unsigned line;
	char *section; /* of the last header; NULL: none yet, or a bad one */
	bool bad_section;
	int failed; /* reading did, with this errno */
	int error;
};

static char *strip(char *text)
{
	char *end;

	text += strspn(text, " \t\r\n\v\f");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n\v\f", end[-1]))
		end--;
	*end = '\0';
	return text;
}

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
	line->place =
		(struct config_place){ reading->file, reading->line, line->section, line->key, line->value };
	return line->section && (!key || line->key) && (!value || line->value) ? 0 : -ENOMEM;
}

static void bad_line(struct reading *reading, const char *why)
{
	struct config_place place = { reading->file, reading->line, reading->section, NULL, NULL };

	config_error(reading->errors, &place, "%s", why);
}

static const char *check_section(const char *line)
{
	const char *end = strchr(line, ']');

	if (!end || end[1])
		return "expected [Kind name] and nothing behind it";
	if (end - line - 1 > SECTION_MAX)
		return "expected [Kind name] of at most 49 bytes, the name of at most 25";
	return NULL;
}

/* What inih would take in another sense than a reader of systemd's files does. */
static const char *check_assignment(const char *line)
{
	size_t length = strlen(line);
	const char *equals = strpbrk(line, "=:");

	if (!equals || *equals == ':' || equals == line)
		return "expected Key=Value, [Kind name], or a comment that begins with #";
	if (line[length - 1] == '\\')
		return "expected the whole value on one line; a line cannot be continued with a backslash";
	/* Before the = as well, where inih would drop the whole line. */
	for (const char *s = line; (s = strpbrk(s + 1, "#;"));)
		if (s[-1] == ' ' || s[-1] == '\t')
			return "expected a comment to have a line of its own";
	return NULL;
}

static void begin_section(struct reading *reading, const char *line)
{
	free(reading->section);
	reading->section = strndup(line + 1, strlen(line) - 2);
	reading->bad_section = false;
	if (!reading->section || add_line(reading, NULL, NULL) < 0)
		reading->error = -ENOMEM;
}

/* What follows a header that is wrong belongs to nothing. */
static void end_section(struct reading *reading)
{
	free(TAKE_PTR(reading->section));
	reading->bad_section = true;
}

/* Looks at one stripped line before inih does; true if inih is to see it. */
static bool admit(struct reading *reading, const char *line)
{
	const char *why;

	if (!*line || *line == '#' || *line == ';')
		return false;
	if (*line == '[') {
		why = check_section(line);
		if (!why) {
			begin_section(reading, line);
			return true;
		}
		end_section(reading);
		bad_line(reading, why);
		return false;
	}
	if (reading->bad_section)
		return false;
	why = check_assignment(line);
	if (!why && !reading->section)
		why = "expected a section, [Kind name], before the first key";
	if (why)
		bad_line(reading, why);
	return !why;
}

/* Without the end of the line, and the mark that some editors begin a file with. NULL: the end, or a failure.
 */
static char *read_line(struct reading *reading, char **ret_buffer, size_t *ret_length)
{
	size_t room = 0;
	ssize_t length;

	errno = 0;
	length = getline(ret_buffer, &room, reading->stream);
	if (length < 0) {
		/* Half a configuration must not be taken for a whole one. */
		if (!feof(reading->stream))
			reading->failed = errno ? errno : EIO;
		return NULL;
	}
	reading->line++;
	while (length > 0 && ((*ret_buffer)[length - 1] == '\n' || (*ret_buffer)[length - 1] == '\r'))
		length--;
	(*ret_buffer)[length] = '\0';
	*ret_length = (size_t)length;
	if (reading->line > 1 || strncmp(*ret_buffer, "\xEF\xBB\xBF", 3) != 0)
		return *ret_buffer;
	*ret_length -= 3;
	return *ret_buffer + 3;
}

static bool is_comment(const char *content)
{
	return *content == '#' || *content == ';';
}

/* Also behind what cannot be seen. */
static bool looks_like_header(const char *content)
{
	while ((unsigned char)*content >= 0x80)
		content++;
	return *content == '[';
}

/* What is wrong with the line whatever it says; its content in any case. */
static int check_line(char *line, size_t length, char **ret_content, struct problem *problem)
{
	int r;

	r = config_check_text(line, length, problem);
	if (r >= 0)
		config_plain_spaces(line);
	if (r >= 0 && !is_comment(line + strspn(line, " \t")))
		r = config_check_visible(line, problem);
	*ret_content = strip(line);
	if (r >= 0 && strlen(*ret_content) > LINE_MAX_BYTES && !is_comment(*ret_content))
		r = problem_set(problem, -E2BIG, "expected at most 197 bytes on a line");
	return r;
}

/* inih's reader: the next line, as fgets() would give it; what inih should not see is empty. */
static char *next_line(char *buffer, int size, void *userdata)
{
	struct reading *reading = userdata;
	_cleanup_(cleanup_free) char *whole = NULL;
	char *line, *content;
	struct problem problem;
	size_t length;
	int r;

	if (reading->error < 0)
		return NULL;
	line = read_line(reading, &whole, &length);
	if (!line)
		return NULL;
	r = check_line(line, length, &content, &problem);
	if (r < 0 && looks_like_header(content))
		end_section(reading);
	if (r < 0)
		bad_line(reading, problem.text);
	buffer[0] = '\0';
	if (r >= 0 && admit(reading, content))
		snprintf(buffer, (size_t)size, "%s", content);
	/* Never an empty string, which would be the end for some readers. */
	strcat(buffer, "\n");
	return buffer;
}

/* inih's handler: one assignment. Non-zero is success there. */
static int on_assignment(void *userdata, const char *section, const char *key, const char *value)
{
	struct reading *reading = userdata;

	(void)section; /* cut at 49 bytes there; the same as reading->section */
	if (add_line(reading, key, value) < 0)
		reading->error = -ENOMEM;
	return 1;
}

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
	bad_file(reading, "cannot be read: ", why);
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
	} else if (st.st_size > FILE_MAX_BYTES) {
		bad_file(reading, "expected a file of at most ", "1 MiB");
	} else {
		return stream;
	}
	if (stream)
		fclose(stream);
	return NULL;
}

int config_text_read_file(const char *path, struct config_text *text, struct config_errors *errors)
{
	struct reading reading = { .text = text, .errors = errors };
	int r;

	r = add_file(text, path, &reading.file);
	if (r < 0)
		return r;
	reading.stream = open_file(&reading);
	if (!reading.stream)
		return 0;
	/* Its result, the first bad line, is known better from what was seen of each line. */
	ini_parse_stream(next_line, &reading, on_assignment, &reading);
	if (reading.failed)
		bad_file(&reading, "cannot be read to its end: ", problem_errno(reading.failed));
	fclose(reading.stream);
	free(reading.section);
	return reading.error;
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
