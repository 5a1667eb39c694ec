#define _GNU_SOURCE
#include "try/live-screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
#define PLAIN "\033[0m"
/* As far down and to the right as it goes, "where am I?", and back: ECMA-48 and xterm. */
#define ASK_SIZE "\0337\033[999;999H\033[6n\0338"
#define ASK_EVERY_NS NSEC_PER_SEC
#define SIDE_MAX 1000u

static struct termios before; /* for a handler of signals */

bool screen_is_there(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* --- modes ----------------------------------------------------------------------------------- */

/* Only what a handler may call, signal-safety(7). The signal comes again when it returns, and is not handled then. */
static void on_fault(int number)
{
	ssize_t ignored = write(STDOUT_FILENO, PLAIN "\r\n", strlen(PLAIN "\r\n"));

	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(number);
}

static void handle_faults(bool ours)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT };
	const struct sigaction action = { .sa_handler = ours ? on_fault : SIG_DFL, .sa_flags = ours ? (int)SA_RESETHAND : 0 };

	for (size_t i = 0; i < ELEMENTS(faults); i++)
		sigaction(faults[i], &action, NULL);
}

int screen_open(struct live_screen *screen)
{
	struct termios raw;

	*screen = (struct live_screen){ 0 };
	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return -errno;
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	raw.c_iflag &= ~(tcflag_t)IXON;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	handle_faults(true);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return -errno;
	screen->is_open = true;
	for (size_t rows = screen_size(screen).rows; rows > 1; rows--) /* what is there moves up, where it can be looked at later */
		fputs("\r\n", stdout);
	fflush(stdout);
	return 0;
}

void screen_close(struct live_screen *screen)
{
	free(screen->shown);
	if (screen->is_open) {
		fputs(PLAIN "\r\n", stdout);
		fflush(stdout);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
		handle_faults(false);
	}
	*screen = (struct live_screen){ 0 };
}

/* --- pictures -------------------------------------------------------------------------------- */

static void resize(struct live_screen *screen, size_t rows, size_t columns)
{
	if (screen->size.rows == rows && screen->size.columns == columns)
		return;
	screen->size = (struct live_size){ rows, columns };
	free(screen->shown);
	screen->shown = NULL;
}

struct live_size screen_size(struct live_screen *screen)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	if (size.ws_row != screen->told.rows || size.ws_col != screen->told.columns)
		resize(screen, size.ws_row, size.ws_col);
	screen->told = (struct live_size){ size.ws_row, size.ws_col };
	return screen->size;
}

void screen_ask_size(struct live_screen *screen, uint64_t now_ns)
{
	if (screen->asked_ns > 0 && now_ns - screen->asked_ns < ASK_EVERY_NS)
		return;
	screen->asked_ns = now_ns;
	fputs(ASK_SIZE, stdout);
	fflush(stdout);
}

void screen_take_report(struct live_screen *screen, size_t rows, size_t columns)
{
	if (rows > 0 && columns > 0 && rows <= SIDE_MAX && columns <= SIDE_MAX)
		resize(screen, rows, columns);
}

static void write_lines(const char *text)
{
	fputs(HOME, stdout);
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		fwrite(text, 1, length, stdout);
		fputs(PLAIN CLEAR_LINE, stdout);
		if (text[length] == '\n')
			fputs("\r\n", stdout);
	}
	fputs(CLEAR_BELOW, stdout);
	fflush(stdout);
}

void screen_show(struct live_screen *screen, char *text)
{
	if (!screen->shown || strcmp(screen->shown, text) != 0)
		write_lines(text);
	free(screen->shown);
	screen->shown = text;
}

/* --- keys ------------------------------------------------------------------------------------ */

int screen_read(char *buffer, size_t size)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, 0) <= 0)
		return 0;
	n = read(STDIN_FILENO, buffer, size);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n > 0 ? (int)n : -EPIPE;
}
