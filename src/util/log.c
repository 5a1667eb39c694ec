/* Why not sd_journal_sendv(3): it waits for a journald that does not read, and with it the loop and the
 * relays would wait. The journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL) is a datagram of
 * KEY=VALUE lines. */
#define _GNU_SOURCE
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "util/cut.h"

#define MESSAGE_MAX 1024

/* A field that does not fit is left out; the longest is a location, as long as a configuration's line may be.
 */
#define DATAGRAM_MAX 8192

static const char *log_name = "roomd";
static const struct sockaddr_un journal = { .sun_family = AF_UNIX,
	                                    .sun_path = "/run/systemd/journal/socket" };

static int max_level = LOG_INFO;
static int journal_fd = -1; /* a socket, if messages go to the journal */
static bool patient = true;
static unsigned long dropped;

/* True if standard error is the stream that systemd connected to the journal; $JOURNAL_STREAM holds its
 * device and inode, so that a service whose standard error was redirected since is not fooled. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_set_name(const char *name)
{
	log_name = name;
}

void log_open(int level)
{
	max_level = level;
	if (stderr_is_journal())
		journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void log_set_patient(bool wait)
{
	patient = wait;
}

bool log_shows(int level)
{
	return level <= max_level;
}

/* Who uses a line, and what chips are called, comes from outside: a terminal must not obey it, nor a newline
 * begin another field. C0, DEL, and C1 as UTF-8 become a question mark each. */
static void replace_controls(char *text)
{
	unsigned char *to = (unsigned char *)text;

	for (const unsigned char *from = to; *from; from++) {
		bool c1 = from[0] == 0xc2 && from[1] >= 0x80 && from[1] < 0xa0;

		*to++ = *from < 0x20 || *from == 0x7f || c1 ? '?' : *from;
		from += c1;
	}
	*to = '\0';
}

/* Adds "NAME=value" and a newline, which separates fields. */
static size_t add_field(char *datagram, size_t length, const char *name, const char *value)
{
	int n = snprintf(datagram + length, DATAGRAM_MAX - length, "%s=%s", name, value);

	if (n < 0 || length + (size_t)n + 2 > DATAGRAM_MAX)
		return length;
	replace_controls(datagram + length);
	length += strlen(datagram + length);
	datagram[length++] = '\n';
	return length;
}

/* Not connected, so that a journald that was restarted is found again. */
static int send_to_journal(int level, const struct log_field *fields, size_t n, const char *message)
{
	const char priority[] = { (char)('0' + level), '\0' };
	char datagram[DATAGRAM_MAX];
	size_t length = 0;

	length = add_field(datagram, length, "MESSAGE", message);
	length = add_field(datagram, length, "PRIORITY", priority);
	length = add_field(datagram, length, "SYSLOG_IDENTIFIER", log_name);
	for (size_t i = 0; i < n; i++)
		if (fields[i].value)
			length = add_field(datagram, length, fields[i].name, fields[i].value);
	if (sendto(journal_fd, datagram, length, MSG_NOSIGNAL | (patient ? 0 : MSG_DONTWAIT),
	           (const struct sockaddr *)&journal, sizeof journal) < 0)
		return -errno;
	return 0;
}

/* -EAGAIN if whoever should read has stopped. So much fits into a pipe that is said to be writable, pipe(7).
 * A disk that is full takes the beginning of a line; the next one is not glued to it. */
static int write_to_stderr(int level, const char *message)
{
	struct pollfd poll_fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	static bool half_line;
	const char *prefix = "";
	char line[PIPE_BUF];
	int length;
	ssize_t n;

	if (!patient && poll(&poll_fd, 1, 0) <= 0)
		return -EAGAIN;
	if (level <= LOG_ERR)
		prefix = "error: ";
	else if (level == LOG_WARNING)
		prefix = "warning: ";
	length = snprintf(line, sizeof line, "%s%s: %s%s\n", half_line ? "\n" : "", log_name, prefix, message);
	n = write(STDERR_FILENO, line, (size_t)length);
	if (n < 0)
		return -errno;
	half_line = n < length;
	return half_line ? -ENOSPC : 0;
}

static int put(int level, const struct log_field *fields, size_t n, const char *message)
{
	int r = -ENOTCONN;

	if (journal_fd >= 0)
		r = send_to_journal(level, fields, n, message);
	return r >= 0 || r == -EAGAIN ? r : write_to_stderr(level, message);
}

/* Says how many messages are missing, once there is room again. */
static int put_dropped(void)
{
	char message[128];
	int r;

	snprintf(message, sizeof message,
	         "%lu messages were dropped here: nobody read them, or there was no room for them", dropped);
	r = put(LOG_WARNING, NULL, 0, message);
	if (r >= 0)
		dropped = 0;
	return r;
}

static int say(int level, const struct log_field *fields, size_t n, const char *format, va_list arguments)
	PRINTF_LIKE(4, 0);

static int say(int level, const struct log_field *fields, size_t n, const char *format, va_list arguments)
{
	char message[MESSAGE_MAX];
	int r = 0;

	if (vsnprintf(message, sizeof message, format, arguments) >= (int)sizeof message)
		cut_end(message, sizeof message);
	replace_controls(message);
	if (dropped > 0)
		r = put_dropped();
	return r < 0 ? r : put(level, fields, n, message);
}

void log_fields(int level, const struct log_field *fields, size_t n, const char *format, ...)
{
	int saved_errno = errno;
	va_list arguments;

	if (!log_shows(level))
		return;
	va_start(arguments, format);
	if (say(level, fields, n, format, arguments) < 0)
		dropped++;
	va_end(arguments);
	errno = saved_errno;
}

int log_fields_or_later(int level, const struct log_field *fields, size_t n, const char *format, ...)
{
	va_list arguments;
	int r;

	if (!log_shows(level))
		return 0;
	va_start(arguments, format);
	r = say(level, fields, n, format, arguments);
	va_end(arguments);
	if (r < 0 && r != -EAGAIN)
		dropped++;
	return r == -EAGAIN ? r : 0;
}

/* An empty datagram is ignored by the journal; when it has been read, what came before has been dealt with.
 * The kernel wakes nobody when a receiver has read, so this asks, a thousand times at most. */
void log_drain(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int unread = 0;

	if (journal_fd < 0 || sendto(journal_fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT,
	                             (const struct sockaddr *)&journal, sizeof journal) < 0)
		return;
	for (int i = 0; i < 1000 && ioctl(journal_fd, SIOCOUTQ, &unread) == 0 && unread > 0; i++)
		nanosleep(&pause, NULL);
}

int log_level_from_name(const char *name)
{
	static const char *const names[] = { "emerg",   "alert",  "crit", "err",
		                             "warning", "notice", "info", "debug" };

	for (int level = 0; level < (int)ELEMENTS(names); level++)
		if (strcmp(name, names[level]) == 0 || (name[0] == '0' + level && !name[1]))
			return level;
	return -EINVAL;
}
