/* What a terminal gets of a message. */
#define _GNU_SOURCE
#include "util/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"

/* Says a text that came from outside; what standard error got is valid until the next call. */
static const char *say(const char *text)
{
	static char said[2048];
	int before = dup(STDERR_FILENO), pipe_fds[2];
	ssize_t n;

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	dup2(pipe_fds[1], STDERR_FILENO);
	log_warning("held by '%s'", text);
	dup2(before, STDERR_FILENO);
	n = read(pipe_fds[0], said, sizeof said - 1);
	assert_true(n > 0);
	said[n] = '\0';
	close(before);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return said;
}

static void test_terminal_obeys_nobody(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "gpiomon", "gpiomon" },
		{ "\033[2J\033]0;x\007", "?[2J?]0;x?" },
		{ "a\nroomd: error: b\r\tc\177\001", "a?roomd: error: b??c??" },
		{ "\302\233"
		  "31m\302\200\302\237",
		  "?31m??" }, /* C1 */
		{ "\302\240Tür \302\260C \342\202\254", "\302\240Tür \302\260C \342\202\254" },
		{ "cut \302", "cut \302" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char expected[256];
		const char *said = say(rows[i].text);

		snprintf(expected, sizeof expected, "roomd: warning: held by '%s'\n", rows[i].shown);
		if (strcmp(said, expected) != 0)
			failures += row_fails("%zu: %s", i, said);
	}
	assert_int_equal(failures, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal_obeys_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
