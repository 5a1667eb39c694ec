#define _GNU_SOURCE
#include "roomctl/ask.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/cleanup.h"

#define ANSWER_SIZE 512
#define BLANKS " \t\r\n"

bool ask_is_possible(void)
{
	return isatty(STDIN_FILENO);
}

int ask_understand(const char *answer, bool otherwise)
{
	static const char *const yes[] = { "y", "yes" }, *const no[] = { "n", "no" };

	if (!*answer)
		return otherwise;
	for (size_t i = 0; i < ELEMENTS(yes); i++)
		if (strcasecmp(answer, yes[i]) == 0)
			return 1;
	for (size_t i = 0; i < ELEMENTS(no); i++)
		if (strcasecmp(answer, no[i]) == 0)
			return 0;
	return -1;
}

/* A line, without blanks at its ends. */
static bool read_answer(char answer[static ANSWER_SIZE])
{
	size_t begin, length;

	fflush(stdout);
	fflush(stderr);
	if (!fgets(answer, ANSWER_SIZE, stdin)) {
		fputs("\n", stderr);
		return false;
	}
	begin = strspn(answer, BLANKS);
	length = strlen(answer + begin);
	memmove(answer, answer + begin, length + 1);
	while (length > 0 && strchr(BLANKS, answer[length - 1]))
		answer[--length] = '\0';
	return true;
}

bool ask_yes(const char *question, bool otherwise)
{
	char answer[ANSWER_SIZE];

	for (;;) {
		int meant;

		fprintf(stderr, "%s [%s] ", question, otherwise ? "Y/n" : "y/N");
		if (!read_answer(answer))
			return false;
		meant = ask_understand(answer, otherwise);
		if (meant >= 0)
			return meant;
		fputs("Please answer y (yes) or n (no).\n", stderr);
	}
}

bool ask_text(const char *question, const char *otherwise, char *buffer, size_t size)
{
	char answer[ANSWER_SIZE];

	fprintf(stderr, "%s%s%s%s: ", question, *otherwise ? " [" : "", otherwise, *otherwise ? "]" : "");
	if (!read_answer(answer))
		return false;
	snprintf(buffer, size, "%s", *answer ? answer : otherwise);
	return true;
}
