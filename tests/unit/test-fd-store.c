/* Descriptors that systemd keeps: what was handed over, by name, and what systemd is told. */
#define _GNU_SOURCE
#include "util/fd-store.h"

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
#include "util/clock.h"

/* Where systemd puts them. */
#define FIRST 3
#define HANDED_MAX 4

#define WAIT_USEC 10000000

struct world {
	struct service_manager manager;
	struct fd_store *store;
	ino_t inodes[HANDED_MAX]; /* of what was handed over */
};

static ino_t inode_of(int fd)
{
	struct stat st;

	assert_return_code(fstat(fd, &st), errno);
	return st.st_ino;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Its number may be another file's by now. */
static bool is_open_as(int fd, ino_t inode)
{
	return is_open(fd) && inode_of(fd) == inode;
}

static int new_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_return_code(fd, errno);
	return fd;
}

static void set_number(const char *name, long number)
{
	char text[24];

	snprintf(text, sizeof text, "%ld", number);
	setenv(name, text, 1);
}

/* As if systemd had started this process with so many, and their names. */
static void hand_over(struct world *world, int n, const char *names)
{
	for (int i = 0; i < n; i++) {
		int fd = new_file();

		world->inodes[i] = inode_of(fd);
		assert_int_equal(dup2(fd, FIRST + i), FIRST + i);
		close(fd);
	}
	set_number("LISTEN_PID", getpid());
	set_number("LISTEN_FDS", n);
	setenv("LISTEN_FDNAMES", names, 1);
	assert_int_equal(fd_store_new(&world->store), 0);
}

/* Nothing else gets the numbers of what is to be handed over. */
static void fill_places(void)
{
	for (int fd = FIRST; fd < FIRST + HANDED_MAX; fd++)
		if (!is_open(fd))
			assert_int_equal(dup2(STDERR_FILENO, fd), fd);
}

static int setup(void **state)
{
	static struct world world;

	world = (struct world){ 0 };
	*state = &world;
	fill_places();
	service_manager_start(&world.manager);
	setenv("NOTIFY_SOCKET", world.manager.path, 1);
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	fd_store_free(world->store);
	service_manager_stop(&world->manager);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return 0;
}

/* After all that was told has been done. */
static size_t kept(struct world *world, const char *name)
{
	assert_int_equal(fd_store_barrier(world->store, WAIT_USEC), 0);
	return service_manager_count_named(&world->manager, name);
}

static void test_taken_by_name(void **state)
{
	struct world *world = *state;
	int fd, left = -1;

	hand_over(world, 3, "a:b/c:memory");
	assert_null(getenv("LISTEN_FDS"));
	fd = fd_store_take(world->store, "b/c");
	assert_true(fd >= 0 && inode_of(fd) == world->inodes[1]);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fd_store_take(world->store, "b/c"), -ENOENT);
	assert_int_equal(fd_store_take(world->store, "b"), -ENOENT);
	assert_string_equal(fd_store_left(world->store, &left), "a");
	assert_true(inode_of(left) == world->inodes[0]);
	fd_store_drop(world->store, "a");
	assert_false(is_open_as(left, world->inodes[0]));
	assert_string_equal(fd_store_left(world->store, &left), "memory");
	world->store = fd_store_free(world->store);
	assert_false(is_open_as(left, world->inodes[2]));
	assert_true(is_open(fd));
	close(fd);
}

static void test_nothing_handed_over(void **state)
{
	struct world *world = *state;
	int fd;

	assert_int_equal(fd_store_new(&world->store), 0);
	assert_int_equal(fd_store_take(world->store, "a"), -ENOENT);
	assert_null(fd_store_left(world->store, &fd));
	assert_null(fd_store_refusal(world->store, 0));
	assert_int_equal(fd_store_take(NULL, "a"), -ENOENT);
	assert_int_equal(fd_store_put(NULL, "a", 0), 0);
	fd_store_drop(NULL, "a");
}

static void test_handed_over_to_somebody_else(void **state)
{
	struct world *world = *state;

	set_number("LISTEN_PID", getpid() + 1L);
	setenv("LISTEN_FDS", "2", 1);
	assert_int_equal(fd_store_new(&world->store), 0);
	assert_int_equal(fd_store_take(world->store, "unknown"), -ENOENT);
}

static void test_put_and_drop(void **state)
{
	struct world *world = *state;
	int a = new_file(), b = new_file();

	assert_int_equal(fd_store_new(&world->store), 0);
	assert_int_equal(fd_store_put(world->store, "a", a), 0);
	assert_int_equal(kept(world, "a"), 1);
	assert_true(inode_of(service_manager_find(&world->manager, "a")) == inode_of(a));
	assert_int_equal(fd_store_put(world->store, "a", b), 0); /* in its place */
	assert_int_equal(kept(world, "a"), 1);
	assert_true(inode_of(service_manager_find(&world->manager, "a")) == inode_of(b));
	fd_store_drop(world->store, "a");
	assert_int_equal(kept(world, "a"), 0);
	assert_true(is_open(a) && is_open(b)); /* the caller's */
	close(a);
	close(b);
}

static void test_names(void **state)
{
	struct world *world = *state;
	char longest[FD_STORE_NAME_MAX + 2];
	int fd = new_file();

	assert_int_equal(fd_store_new(&world->store), 0);
	memset(longest, 'x', sizeof longest);
	longest[FD_STORE_NAME_MAX + 1] = '\0';
	assert_int_equal(fd_store_put(world->store, longest, fd), -EINVAL);
	longest[FD_STORE_NAME_MAX] = '\0';
	assert_int_equal(fd_store_put(world->store, longest, fd), 0);
	assert_int_equal(kept(world, longest), 1);
	assert_int_equal(fd_store_put(world->store, "", fd), -EINVAL);
	assert_int_equal(fd_store_put(world->store, "a:b", fd), -EINVAL);
	assert_int_equal(fd_store_put(world->store, "a\nFDSTOREREMOVE=1", fd), -EINVAL);
	assert_int_equal(service_manager_count(&world->manager), 1);
	close(fd);
}

/* The last one counts; systemd is told, because it can remove by name only. */
static void test_same_name_twice(void **state)
{
	struct world *world = *state;
	int fd;

	hand_over(world, 3, "a:a:b");
	service_manager_put(&world->manager, "a", FIRST);
	service_manager_put(&world->manager, "a", FIRST + 1);
	fd = fd_store_take(world->store, "a");
	assert_true(inode_of(fd) == world->inodes[1]);
	assert_false(is_open_as(FIRST, world->inodes[0]));
	assert_int_equal(fd_store_take(world->store, "a"), -ENOENT);
	assert_int_equal(kept(world, "a"), 1);
	assert_true(inode_of(service_manager_find(&world->manager, "a")) == world->inodes[1]);
	close(fd);
}

static void test_given_back(void **state)
{
	struct world *world = *state;
	int fd;

	hand_over(world, 1, "a");
	fd = fd_store_take(world->store, "a");
	fd_store_give_back(world->store, "a", fd);
	assert_int_equal(fd_store_take(world->store, "a"), fd);
	fd_store_give_back(world->store, "b", fd); /* there is none */
	assert_false(is_open(fd));
}

/* What it held is free when systemd has got that far. */
static void test_refused(void **state)
{
	struct world *world = *state;
	int fd;

	hand_over(world, 1, "a");
	service_manager_put(&world->manager, "a", FIRST);
	fd = fd_store_take(world->store, "a");
	fd_store_refuse(world->store, "a", fd, "a is something else");
	assert_false(is_open_as(fd, world->inodes[0]));
	assert_int_equal(fd_store_barrier(world->store, 10 * USEC_PER_SEC), 0);
	assert_int_equal(service_manager_count(&world->manager), 0);
	assert_string_equal(fd_store_refusal(world->store, 0), "a is something else");
	assert_null(fd_store_refusal(world->store, 1));
}

static void test_barrier(void **state)
{
	struct world *world = *state;
	int fd = new_file();

	assert_int_equal(fd_store_new(&world->store), 0);
	assert_int_equal(fd_store_barrier(world->store, WAIT_USEC), 0);
	assert_int_equal(world->manager.barriers, 0); /* nothing was told */
	fd_store_put(world->store, "a", fd);
	assert_int_equal(fd_store_barrier(world->store, WAIT_USEC), 0);
	assert_int_equal(fd_store_barrier(world->store, WAIT_USEC), 0);
	service_manager_stop(&world->manager);
	assert_int_equal(world->manager.barriers, 1);
	close(fd);
}

static void test_systemd_that_does_not_answer(void **state)
{
	struct world *world = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int deaf = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), fd = new_file();

	snprintf(address.sun_path, sizeof address.sun_path, "%s.deaf", world->manager.path);
	assert_return_code(bind(deaf, (struct sockaddr *)&address, sizeof address), errno);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	assert_int_equal(fd_store_new(&world->store), 0);
	assert_int_equal(fd_store_put(world->store, "a", fd), 0);
	assert_int_equal(fd_store_barrier(world->store, 1000), -ETIMEDOUT);
	unlink(address.sun_path);
	close(deaf);
	assert_true(fd_store_put(world->store, "b", fd) < 0); /* has gone */
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(fd_store_put(world->store, "c", fd), 0); /* never was */
	close(fd);
}

static unsigned failures;

static void count_failure(const char *name, int error)
{
	assert_string_equal(name, "a");
	assert_int_equal(error, -ENOENT);
	failures++;
}

static void test_failure_is_told_once(void **state)
{
	struct world *world = *state;
	int fd = new_file();

	assert_int_equal(fd_store_new(&world->store), 0);
	fd_store_on_failure(world->store, count_failure);
	assert_int_equal(fd_store_put(world->store, "b", fd), 0);
	assert_int_equal(failures, 0);
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	assert_int_equal(fd_store_put(world->store, "a", fd), -ENOENT);
	assert_int_equal(fd_store_put(world->store, "b", fd), -ENOENT);
	assert_int_equal(failures, 1);
	close(fd);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(test_taken_by_name),
		test(test_nothing_handed_over),
		test(test_handed_over_to_somebody_else),
		test(test_put_and_drop),
		test(test_names),
		test(test_same_name_twice),
		test(test_given_back),
		test(test_refused),
		test(test_barrier),
		test(test_systemd_that_does_not_answer),
		test(test_failure_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
