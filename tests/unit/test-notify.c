/* What the service manager gets of a message, however its socket is named. */
#define _GNU_SOURCE
#include "util/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fixture/service-manager.h"
#include "helpers.h"

static int new_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_return_code(fd, errno);
	return fd;
}

static void test_path(void **state)
{
	struct service_manager manager;
	int socket_fd, next_fd;

	(void)state;
	service_manager_start(&manager);
	setenv("NOTIFY_SOCKET", manager.path, 1);
	socket_fd = new_file(); /* the number that it will have */
	close(socket_fd);
	assert_int_equal(notify_send("READY=1\nSTATUS=it works", -1), 1);
	assert_int_equal(fcntl(socket_fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	next_fd = new_file();
	close(next_fd);
	assert_int_equal(notify_send("WATCHDOG=1", -1), 1);
	assert_int_equal(new_file(), next_fd); /* it has opened nothing more */
	close(next_fd);
	notify_close();
	service_manager_stop(&manager); /* has read all of it */
	assert_int_equal(manager.ready, 1);
	assert_int_equal(manager.watchdogs, 1);
	assert_string_equal(manager.status, "it works");
}

/* The descriptor is that file's, and the caller's stays open. */
static void test_descriptor(void **state)
{
	struct service_manager manager;
	struct stat ours, theirs;
	int fd = new_file(), fds[2];
	char byte;

	(void)state;
	service_manager_start(&manager);
	setenv("NOTIFY_SOCKET", manager.path, 1);
	assert_int_equal(notify_send("FDSTORE=1\nFDNAME=a", fd), 1);
	assert_return_code(pipe2(fds, O_CLOEXEC), errno);
	assert_int_equal(notify_send("BARRIER=1", fds[1]), 1);
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	assert_return_code(fstat(fd, &ours), errno);
	assert_return_code(fstat(service_manager_find(&manager, "a"), &theirs), errno);
	assert_true(ours.st_ino == theirs.st_ino);
	close(fd);
	notify_close();
	service_manager_stop(&manager);
}

static void test_abstract_name(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(sa_family_t);
	char name[64], text[32];

	(void)state;
	snprintf(name, sizeof name, "@roomd-test-notify-%d", (int)getpid());
	memcpy(address.sun_path, name, strlen(name));
	address.sun_path[0] = '\0';
	length += (socklen_t)strlen(name);
	assert_return_code(bind(server, (struct sockaddr *)&address, length), errno);
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1", -1), 1);
	assert_int_equal(recv(server, text, sizeof text, 0), strlen("READY=1"));
	assert_memory_equal(text, "READY=1", strlen("READY=1"));
	notify_close();
	close(server);
}

/* Nobody, nobody there, and what only libsystemd may know. */
static void test_nobody(void **state)
{
	char longest[sizeof((struct sockaddr_un){ 0 }).sun_path + 2] = "/";

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_send("READY=1", -1), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	assert_true(notify_send("READY=1", -1) <= 0);
	setenv("NOTIFY_SOCKET", "pigeon:1", 1);
	assert_true(notify_send("READY=1", -1) < 0);
	memset(longest + 1, 'x', sizeof longest - 2);
	setenv("NOTIFY_SOCKET", longest, 1);
	assert_true(notify_send("READY=1", -1) < 0);
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	assert_int_equal(notify_send("READY=1", -1), -ENOENT);
	notify_close();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_abstract_name),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
