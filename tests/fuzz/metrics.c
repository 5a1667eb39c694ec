/* HTTP at the metrics' socket: any bytes, in pieces, on several connections. Whoever gets an answer gets one of HTTP. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz.h"
#include "metrics/render.h"
#include "metrics/server.h"

#define CONNECTIONS_MAX 4
#define STEPS_MAX 64
#define TURNS_MAX 10000

struct world {
	sd_event *event;
	struct server *server;
	struct sockaddr_un address;
	socklen_t address_n;
	bool asked;
};

static struct world world;

static void asked(void *userdata)
{
	(void)userdata;
	world.asked = true;
}

/* Of a room that is not there. */
static int render(enum exposition_format format, char **ret, size_t *ret_n, void *userdata)
{
	static const struct metrics_room room;

	(void)userdata;
	return metrics_render(&room, format, ret, ret_n);
}

static const struct server_callbacks callbacks = { asked, render };

static void end(void)
{
	server_free(world.server);
	sd_event_unref(world.event);
}

static void set_up(void)
{
	struct problem problem;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	world.address.sun_family = AF_UNIX;
	world.address_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	                               (size_t)sprintf(world.address.sun_path + 1, "roomd-fuzz-http-%d", getpid()));
	FUZZ_CHECK(bind(fd, (const struct sockaddr *)&world.address, world.address_n) == 0 && listen(fd, 16) == 0);
	FUZZ_CHECK(sd_event_new(&world.event) >= 0);
	FUZZ_CHECK(server_new(world.event, &fd, 1, &callbacks, NULL, &world.server, &problem) >= 0);
	atexit(end);
}

static void run(void)
{
	unsigned turns = 0;

	do {
		if (world.asked) {
			world.asked = false;
			server_answer(world.server);
		}
		while (sd_event_run(world.event, 0) > 0)
			FUZZ_CHECK(turns++ < TURNS_MAX);
	} while (world.asked);
}

static int new_connection(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	FUZZ_CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&world.address, world.address_n) == 0);
	return fd;
}

/* Some of the bytes that are left; or the head of a request that is right. */
static void send_some(struct fuzz *fuzz, int fd)
{
	static const char *const pieces[] = { "GET /metrics HTTP/1.1\r\nHost: x\r\n", "HEAD /metrics HTTP/1.0\r\n", "\r\n",
		                              "Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3\r\n",
		                              "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
		                              "POST / HTTP/1.1\r\n", "Connection: keep-alive\r\n", "Accept: ", "GET " };
	unsigned i = fuzz_choice(fuzz, 2 * ELEMENTS(pieces)), n = fuzz_choice(fuzz, 64);

	if (i < ELEMENTS(pieces)) {
		(void)!send(fd, pieces[i], strlen(pieces[i]), MSG_NOSIGNAL);
		return;
	}
	n = n < fuzz->left ? n : (unsigned)fuzz->left;
	(void)!send(fd, fuzz->data, n, MSG_NOSIGNAL);
	fuzz->data += n;
	fuzz->left -= n;
}

static void check_answer(int fd)
{
	char text[4096];
	ssize_t n = recv(fd, text, sizeof text - 1, 0);

	if (n <= 0)
		return;
	text[n] = '\0';
	FUZZ_CHECK(strncmp(text, "HTTP/1.", strlen("HTTP/1.")) == 0);
	if (strstr(text, " 200 OK\r\n") && strstr(text, "\r\n\r\n") && strstr(text, "\r\n\r\n")[4])
		FUZZ_CHECK(strstr(text, "roomd_up 0"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = fuzz_all_text(data, size);
	struct fuzz fuzz = { data, size };
	int fds[CONNECTIONS_MAX];
	size_t n = 1 + fuzz_choice(&fuzz, CONNECTIONS_MAX);

	if (!world.server)
		set_up();
	exposition_accepted(text);
	for (size_t i = 0; i < n; i++)
		fds[i] = new_connection();
	for (unsigned i = 0; i < STEPS_MAX && fuzz.left > 0; i++) {
		send_some(&fuzz, fds[fuzz_choice(&fuzz, n)]);
		if (fuzz_bool(&fuzz))
			run();
	}
	run();
	for (size_t i = 0; i < n; i++) {
		check_answer(fds[i]);
		close(fds[i]);
	}
	run();
	FUZZ_CHECK(!server_is_busy(world.server));
	return 0;
}
