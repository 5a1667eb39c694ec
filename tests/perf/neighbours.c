#define _GNU_SOURCE
#include "neighbours.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "cmocka-all.h"

#define NEIGHBOURS_MAX 64
#define ROOM_SIZE (256 * 1024) /* more than a small processor's first cache has */
#define LINE_SIZE 64           /* of the cache */

static int sockets[NEIGHBOURS_MAX];
static size_t neighbours_n;

/* For each byte it gets: goes through its memory, answers. */
static void live(int fd)
{
	static volatile char room[ROOM_SIZE];
	char byte;

	while (read(fd, &byte, 1) == 1) {
		for (size_t i = 0; i < ROOM_SIZE; i += LINE_SIZE)
			room[i]++;
		if (write(fd, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void start(int processor)
{
	int pair[2];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)processor, &set);
	assert_true(neighbours_n < NEIGHBOURS_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (sched_setaffinity(0, sizeof set, &set) < 0)
			_exit(1);
		close(pair[0]);
		live(pair[1]);
	}
	close(pair[1]);
	sockets[neighbours_n++] = pair[0];
}

void neighbours_start(void)
{
	for (int i = 0; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
		start(i);
}

void neighbours_run(void)
{
	char byte = 0;

	for (size_t i = 0; i < neighbours_n; i++)
		assert_int_equal(write(sockets[i], &byte, 1), 1);
	for (size_t i = 0; i < neighbours_n; i++)
		assert_int_equal(read(sockets[i], &byte, 1), 1);
}
