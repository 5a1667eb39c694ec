/* Which of the kernel's messages are of a device that a room may use, and where there are any. */
#define _GNU_SOURCE
#include "io/uevent.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"

/* The bytes of a literal, with the zero at its end. */
#define MESSAGE(text) text, sizeof(text)
#define CHIP "/devices/platform/gpio-sim.0/gpiochip1"

static const struct {
	const char *message;
	size_t size;
	bool expected;
} messages[] = {
	{ MESSAGE("add@" CHIP "\0ACTION=add\0DEVPATH=" CHIP "\0SUBSYSTEM=gpio\0MAJOR=254\0MINOR=1\0"
	          "DEVNAME=gpiochip1\0DEVTYPE=gpio_chip\0SEQNUM=812"),
	  true },
	{ MESSAGE("remove@" CHIP "\0ACTION=remove\0DEVPATH=" CHIP "\0SUBSYSTEM=gpio"), true },
	{ MESSAGE("change@" CHIP "\0ACTION=change\0DEVPATH=" CHIP "\0SUBSYSTEM=gpio\0SYNTH_UUID=0"), true },
	{ MESSAGE("add@/i\0ACTION=add\0SUBSYSTEM=iio"), true },
	{ MESSAGE("add@/h\0ACTION=add\0SUBSYSTEM=hwmon"), true },
	{ MESSAGE("add@/w\0ACTION=add\0SUBSYSTEM=w1"), true },
	{ MESSAGE("add@/w\0SUBSYSTEM=w1\0ACTION=add"), true },
	{ MESSAGE("change@/p\0ACTION=change\0DEVPATH=/p\0SUBSYSTEM=pwm\0EXPORT=pwm1"), true },
	/* others' */
	{ MESSAGE("add@/b\0ACTION=add\0SUBSYSTEM=block"), false },
	{ MESSAGE("add@/b\0ACTION=add\0SUBSYSTEM=gpio-keys"), false },
	{ MESSAGE("add@/b\0ACTION=add\0SUBSYSTEM=gpi"), false },
	{ MESSAGE("add@/b\0ACTION=add\0SUBSYSTEM="), false },
	{ MESSAGE("bind@" CHIP "\0ACTION=bind\0SUBSYSTEM=gpio"), false },
	{ MESSAGE("add@/b\0ACTION=added\0SUBSYSTEM=gpio"), false },
	/* that say nothing */
	{ MESSAGE("add@" CHIP "\0ACTION=add"), false },
	{ MESSAGE("add@" CHIP "\0SUBSYSTEM=gpio"), false },
	{ MESSAGE("add@" CHIP "\0XACTION=add\0XSUBSYSTEM=gpio"), false },
	{ MESSAGE("add@/ACTION=add/SUBSYSTEM=gpio"), false },
	{ MESSAGE("libudev\0\376\355\312\376ACTION=add\0SUBSYSTEM=gpi"), false },
	{ "", 0, false },
	{ MESSAGE(""), false },
	{ MESSAGE("\0\0\0\0"), false },
};

/* In memory of its own of this size, so that whoever reads on is seen. */
static bool is_of_room(const char *message, size_t size)
{
	char *copy = malloc(size);
	bool r;

	assert_non_null(copy);
	memcpy(copy, message, size);
	r = uevent_is_of_room(copy, size);
	free(copy);
	return r;
}

static void test_messages(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(messages); i++)
		if (is_of_room(messages[i].message, messages[i].size) != messages[i].expected)
			failed += row_fails("message %zu: %s", i, messages[i].message);
	assert_int_equal(failed, 0);
}

/* One that was cut, wherever, is one that says less: it is never taken for another. */
static void test_cut_messages(void **state)
{
	static const char whole[] = "add@/i\0ACTION=add\0SUBSYSTEM=iio";

	(void)state;
	for (size_t size = 0; size < sizeof whole; size++)
		assert_false(is_of_room(whole, size));
	assert_true(is_of_room(whole, sizeof whole));
}

/* Of a process with these namespaces of its own: what uevent_open() says, 0 for a descriptor; -EPERM if it may
 * not have them. */
static int open_in(int namespaces)
{
	int fds[2], r = -EIO;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		r = unshare(namespaces) < 0 ? -EPERM : uevent_open();
		(void)!write(fds[1], &r, sizeof r);
		raise(SIGKILL); /* an end that no tool has a status of its own for */
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(read(fds[0], &r, sizeof r), sizeof r);
	close(fds[0]);
	close(fds[1]);
	return r < 0 ? r : 0;
}

/* The kernel tells a network namespace nothing that belongs to a container's users; but one that systemd made
 * for a unit, whose users come after it. */
static void test_namespaces(void **state)
{
	int r = open_in(CLONE_NEWUSER);

	(void)state;
	if (r == -EPERM)
		return; /* under QEMU's user emulation, or where nobody may have any */
	assert_int_equal(r, 0);
	assert_int_equal(open_in(CLONE_NEWUSER | CLONE_NEWNET), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_cut_messages),
		cmocka_unit_test(test_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
