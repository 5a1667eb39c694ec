/* roomd-try on a terminal, on virtual time: what is pressed, what is shown, and how the terminal is left. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>
#include <unistd.h>

#include "files.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define CONFIG "/tmp/live.conf"
#define TEST "/tmp/live.roomtest"
#define SILENCE_MS 20000 /* nothing new for so long: it will not come */
#define SIZE (1 << 20)

struct session {
	pid_t pid;
	int terminal, other; /* its end, and the program's */
	struct termios before;
	char *written;       /* since the last picture that was looked at */
	size_t n;
	char picture[1 << 14]; /* the last complete one, without sequences */
};

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* --- the terminal ---------------------------------------------------------------------------- */

static void start(struct session *session, const char *const *arguments)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	*session = (struct session){ .written = calloc(1, SIZE) };
	assert_non_null(session->written);
	assert_return_code(openpty(&session->terminal, &session->other, NULL, NULL, &size), errno);
	assert_return_code(tcgetattr(session->other, &session->before), errno);
	session->pid = fork();
	if (session->pid == 0) {
		login_tty(dup(session->other));
		setenv("TERM", "xterm", 1);
		execv(arguments[0], (char *const *)arguments);
		_exit(127);
	}
}

static void play_with(struct session *session, const char *config)
{
	write_text(CONFIG, config);
	start(session, (const char *const[]){ getenv("ROOMD_TRY"), CONFIG, NULL });
}

static void press(struct session *session, const char *keys)
{
	assert_int_equal(write(session->terminal, keys, strlen(keys)), strlen(keys));
}

/* The text between two places without what steers a terminal. */
static void take_picture(struct session *session, const char *from, const char *to)
{
	size_t n = 0;

	while (from < to && n + 1 < sizeof session->picture) {
		if (*from == '\033') {
			from += from[1] == '[' ? 2 + strcspn(from + 2, "ABCDHJKRmnhl") + 1 : 2;
			continue;
		}
		if (*from != '\r')
			session->picture[n++] = *from;
		from++;
	}
	session->picture[n] = '\0';
}

/* A picture begins at home, and ends when what is below is cleared. */
static bool look(struct session *session)
{
	char *end = memmem(session->written, session->n, "\033[J", 3), *begin;

	if (!end)
		return false;
	*end = '\0';
	begin = strstr(session->written, "\033[H");
	if (begin)
		take_picture(session, begin, end);
	end += 3;
	session->n -= (size_t)(end - session->written);
	memmove(session->written, end, session->n + 1);
	return true;
}

static bool read_more(struct session *session)
{
	struct pollfd fd = { .fd = session->terminal, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, SILENCE_MS) <= 0)
		return false;
	n = read(session->terminal, session->written + session->n, SIZE - 1 - session->n);
	if (n <= 0)
		return false;
	session->n += (size_t)n;
	session->written[session->n] = '\0';
	return true;
}

static void expect(struct session *session, const char *words)
{
	for (int pictures = 0; pictures < 60;) {
		if (*session->picture && strstr(session->picture, words))
			return;
		if (look(session))
			pictures++;
		else if (!read_more(session))
			break;
	}
	fail_msg("the picture never has '%s':\n%s\n%s", words, session->picture, session->written);
}

/* Its exit status; the terminal is as it was. */
static int end(struct session *session)
{
	struct termios after;
	int status = -1;

	while (waitpid(session->pid, &status, WNOHANG) == 0)
		read_more(session);
	assert_return_code(tcgetattr(session->other, &after), errno);
	assert_int_equal(after.c_lflag, session->before.c_lflag);
	assert_int_equal(after.c_iflag, session->before.c_iflag);
	close(session->terminal);
	close(session->other);
	free(session->written);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* --- a room ---------------------------------------------------------------------------------- */

#define ROOM                                                                                       \
	"[MotionSensor hall]\nLine=PIR\n[LightController hall]\nLine=LIGHT\nOffDelaySec=2s\n"      \
	"[ContactSensor window]\nLine=WINDOW\n[Button hall]\nLine=BUTTON\n"                        \
	"[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=500ms\nHigh=28\n"                    \
	"[MotionSensor gate]\nRemote=far/motion_sensor/gate\n[Schedule evening]\nFrom=18:00\nTo=23:00\n"

static void test_sensors(void **state)
{
	struct session session;

	(void)state;
	play_with(&session, ROOM);
	expect(&session, "MotionSensor hall       no motion");
	expect(&session, "PIR \u25cb");
	press(&session, "m");
	expect(&session, "> motion hall");
	expect(&session, "PIR \u25cf");
	expect(&session, "LIGHT \u25cf");
	press(&session, "m");
	expect(&session, "> no motion hall");
	expect(&session, "roomd: light_off (LightController hall: off-delay");
	press(&session, "c");
	expect(&session, "> open window");
	expect(&session, "WINDOW \u25cf");
	press(&session, "b");
	expect(&session, "> press hall single");
	press(&session, "s");
	expect(&session, "gate \u25cf");
	press(&session, "q");
	assert_int_equal(end(&session), 0);
}

static void test_values(void **state)
{
	struct session session;

	(void)state;
	play_with(&session, ROOM);
	expect(&session, "tmp117 20.00 \u00b0C");
	press(&session, "t++");
	expect(&session, "tmp117 22.00 \u00b0C");
	press(&session, "\033[D");
	expect(&session, "tmp117 21.00 \u00b0C");
	press(&session, "=3x");
	expect(&session, "temperature in \u00b0C, Enter: 3x_");
	press(&session, "\1771.5\r");
	expect(&session, "31.50 \u00b0C, high");
	press(&session, "=99999\r");
	expect(&session, "  expected ");
	press(&session, "=7\033");
	expect(&session, "letter, Space");
	expect(&session, "tmp117 31.50 \u00b0C");
	press(&session, "\003");
	assert_int_equal(end(&session), 0);
}

static void test_unplugged(void **state)
{
	struct session session;

	(void)state;
	play_with(&session, ROOM);
	expect(&session, "tmp117 20");
	press(&session, "tU");
	expect(&session, "tmp117 unplugged");
	expect(&session, "TemperatureSensor hall  unavailable");
	press(&session, "U");
	expect(&session, "TemperatureSensor hall  20.00 \u00b0C");
	press(&session, "mU");
	expect(&session, "PIR unplugged");
	press(&session, "m");
	expect(&session, "its chip is unplugged");
	press(&session, "Q");
	assert_int_equal(end(&session), 0);
}

static pid_t pid_of_roomd(void)
{
	char text[64];
	FILE *pids = popen("pidof -s roomd", "re");
	pid_t pid = 0;

	assert_non_null(pids);
	if (fgets(text, sizeof text, pids))
		pid = (pid_t)strtol(text, NULL, 10);
	pclose(pids);
	return pid;
}

static void test_lives(void **state)
{
	struct session session;

	(void)state;
	play_with(&session, ROOM);
	expect(&session, "no motion");
	press(&session, "m");
	expect(&session, "LIGHT \u25cf");
	press(&session, "R");
	expect(&session, "> restart");
	press(&session, "K");
	expect(&session, "> kill");
	expect(&session, "LIGHT \u25cf");
	assert_return_code(kill(pid_of_roomd(), SIGSEGV), errno);
	expect(&session, "roomd has ended");
	expect(&session, "R starts it again");
	press(&session, "R");
	expect(&session, "LightController hall    on");
	press(&session, "J");
	expect(&session, "put forward by an hour");
	assert_return_code(kill(session.pid, SIGTERM), errno);
	assert_int_equal(end(&session), 0);
}

/* A fault of the program itself. */
static void test_fault(void **state)
{
	struct session session;

	(void)state;
	play_with(&session, ROOM);
	expect(&session, "no motion");
	assert_return_code(kill(session.pid, SIGSEGV), errno);
	assert_int_equal(end(&session), 128 + SIGSEGV);
}

/* --- sizes ----------------------------------------------------------------------------------- */

static void write_large_room(void)
{
	FILE *file = fopen(CONFIG, "we");

	assert_non_null(file);
	for (int i = 1; i <= 20; i++)
		fprintf(file, "[MotionSensor m%d]\nLine=PIR%d\n[LightController m%d]\nLine=LIGHT%d\nMotion=m%d\n"
		              "[HumiditySensor h%d]\nDevice=sht%d\n",
		        i, i, i, i, i, i, i);
	assert_int_equal(fclose(file), 0);
}

static void test_sixty(void **state)
{
	struct session session;
	struct winsize small = { .ws_row = 12, .ws_col = 50 };

	(void)state;
	write_large_room();
	start(&session, (const char *const[]){ getenv("ROOMD_TRY"), CONFIG, NULL });
	expect(&session, "components 1 to 14 of 60");
	press(&session, "\033[F");
	expect(&session, "components 47 to 60 of 60");
	expect(&session, ">   HumiditySensor h20");
	press(&session, "+");
	expect(&session, "sht20 52.0 %");
	assert_return_code(ioctl(session.terminal, TIOCSWINSZ, &small), errno);
	expect(&session, "components 55 to 60 of 60");
	press(&session, "\033[9;40R"); /* the terminal says so */
	expect(&session, "components 57 to 60 of 60");
	press(&session, "\033[Hq");
	assert_int_equal(end(&session), 0);
}

/* --- a test that is played ------------------------------------------------------------------- */

static int play(struct session *session, const char *test, const char *words)
{
	write_text(CONFIG, ROOM);
	write_text(TEST, test);
	start(session, (const char *const[]){ getenv("ROOMD_TRY"), "--play", TEST, CONFIG, NULL });
	expect(session, words);
	return 0;
}

static void test_play(void **state)
{
	struct session session;

	(void)state;
	play(&session, "# Somebody comes in.\nmotion hall\nexpect LightController/hall on\nafter 10s\n",
	     "\u2714 expect LightController/hall on");
	expect(&session, "Somebody comes in.");
	expect(&session, "all lines are released");
	assert_int_equal(end(&session), 0);
	play(&session, "motion hall\nexpect LightController/hall off\n", "\u2718 expect LightController/hall off");
	assert_int_equal(end(&session), 1);
}

static void test_play_is_ended(void **state)
{
	struct session session;

	(void)state;
	play(&session, "motion hall\nrepeat 100000 times\nafter 1s\nend\n", "> motion hall");
	press(&session, "q");
	assert_int_equal(end(&session), 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sensors), cmocka_unit_test(test_values), cmocka_unit_test(test_unplugged),
	cmocka_unit_test(test_lives),   cmocka_unit_test(test_fault),  cmocka_unit_test(test_sixty),
	cmocka_unit_test(test_play),    cmocka_unit_test(test_play_is_ended),
};

RUN_TESTS(tests)
