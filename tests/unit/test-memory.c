/* Memory that outlives the process: what a successor finds, after an orderly end and after any other. */
#define _GNU_SOURCE
#include "util/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"
#include "util/problem.h"

struct thing {
	bool on;
	int mode;
	uint64_t at_ns;
	double value;
};

static const struct kept_field fields[] = {
	{ "on", KEPT_BOOL, offsetof(struct thing, on), KEPT_OVER_RESTART },
	{ "mode", KEPT_INT, offsetof(struct thing, mode), KEPT_OVER_RESTART },
	{ "at_ns", KEPT_U64, offsetof(struct thing, at_ns), KEPT_OVER_RESTART },
	{ "value", KEPT_DOUBLE, offsetof(struct thing, value), KEPT_OVER_RESTART },
	{ 0 },
};

static struct memory *new_memory(int fd)
{
	struct memory *memory = NULL;
	struct problem problem;

	if (memory_new(fd, &memory, &problem) < 0)
		fail_msg("no memory: %s", problem.text);
	return memory;
}

/* Ends the process that has it, as far as the memory can tell, and gives it to the next. */
static struct memory *succeed(struct memory *memory)
{
	int fd = dup(memory_fd(memory));

	memory_free(memory);
	return new_memory(fd);
}

static void test_what_was_committed_is_recalled(void **state)
{
	struct thing a = { true, -5, UINT64_MAX, -2.5 }, b = { 0 }, later = { 0 };
	struct memory *memory = new_memory(-1);

	(void)state;
	assert_int_equal(memory_keep(memory, "a", fields, &a), 0);
	assert_int_equal(memory_keep(memory, "b", fields, &b), 0);
	memory_commit(memory);
	b = (struct thing){ true, 1, 2, 3 };
	memory_commit(memory);
	a.mode = 77; /* and not committed */
	memory = succeed(memory);
	assert_int_equal(memory_keep(memory, "a", fields, &later), 1);
	assert_true(later.on && later.mode == -5 && later.at_ns == UINT64_MAX &&
	            fabs(later.value + 2.5) < 1e-9);
	assert_int_equal(memory_keep(memory, "b", fields, &later), 1);
	assert_true(later.on && later.mode == 1 && later.at_ns == 2 && fabs(later.value - 3) < 1e-9);
	assert_int_equal(memory_keep(memory, "c", fields, &a), 0);
	memory_free(memory);
}

/* Without a commit: as it was when it was registered. */
static void test_what_was_registered_is_recalled(void **state)
{
	struct thing a = { .mode = 3 }, later = { 0 };
	struct memory *memory = new_memory(-1);

	(void)state;
	memory_commit(memory);
	assert_int_equal(memory_keep(memory, "a", fields, &a), 0);
	memory = succeed(memory);
	assert_int_equal(memory_keep(memory, "a", fields, &later), 1);
	assert_int_equal(later.mode, 3);
	memory_free(memory);
}

/* Another version of the program: fields that are new keep their value, those of another type too. */
static void test_other_fields(void **state)
{
	static const struct kept_field others[] = {
		{ "fresh", KEPT_INT, offsetof(struct thing, mode), KEPT_OVER_RESTART },
		{ "value", KEPT_U64, offsetof(struct thing, at_ns), KEPT_OVER_RESTART },
		{ "on", KEPT_BOOL, offsetof(struct thing, on), KEPT_OVER_RESTART },
		{ 0 },
	};
	struct thing a = { true, 1, 2, 3 }, later = { false, 10, 20, 30 };
	struct memory *memory = new_memory(-1);

	(void)state;
	memory_keep(memory, "a", fields, &a);
	memory = succeed(memory);
	assert_int_equal(memory_keep(memory, "a", others, &later), 1);
	assert_true(later.on && later.mode == 10 && later.at_ns == 20);
	later.mode = 11;
	memory_commit(memory);
	memory = succeed(memory);
	later.mode = 0;
	assert_int_equal(memory_keep(memory, "a", others, &later), 1);
	assert_int_equal(later.mode, 11);
	memory_free(memory);
}

static void test_blocks(void **state)
{
	struct memory *memory = new_memory(-1);
	void *a, *b;

	(void)state;
	assert_int_equal(memory_block(memory, "a", 1000, &a), 0);
	assert_int_equal(memory_block(memory, "b", 1, &b), 0);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(((char *)a)[i], 0);
	strcpy(a, "what was in it");
	memory = succeed(memory);
	assert_int_equal(memory_block(memory, "a", 1000, &a), 1);
	assert_string_equal(a, "what was in it");
	assert_int_equal(memory_block(memory, "a", 2000, &a), 0);
	assert_int_equal(*(char *)a, 0);
	memory_free(memory);
}

/* Whatever lies before it: some processors refuse to read a number that is not aligned. */
static void test_alignment(void **state)
{
	struct memory *memory = new_memory(-1);
	struct thing a = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t size = 1; size <= 20; size++) {
			char block_name[16], fields_name[16];
			void *block;

			snprintf(block_name, sizeof block_name, "block %zu", size);
			snprintf(fields_name, sizeof fields_name, "fields %zu", size);
			assert_int_equal(memory_block(memory, block_name, size, &block), round);
			assert_true((uintptr_t)block % alignof(max_align_t) == 0);
			assert_int_equal(memory_keep(memory, fields_name, fields, &a), round);
		}
		memory_commit(memory);
		memory = succeed(memory);
	}
	memory_free(memory);
}

static void test_forgotten(void **state)
{
	struct thing a = { .mode = 1 }, b = { .mode = 2 };
	struct memory *memory = new_memory(-1);
	void *block;

	(void)state;
	memory_keep(memory, "a", fields, &a);
	memory_keep(memory, "b", fields, &b);
	memory_block(memory, "c", 64, &block);
	memory_forget(memory, "a");
	memory_forget(memory, "nobody");
	memory_commit(memory);
	memory = succeed(memory);
	assert_int_equal(memory_keep(memory, "a", fields, &a), 0);
	memory_forget_unused(memory);
	assert_int_equal(memory_keep(memory, "b", fields, &b), 0);
	assert_int_equal(memory_block(memory, "c", 64, &block), 0);
	memory_free(memory);
}

/* As a reload does it: the instance goes, its successor comes later. */
static void test_left(void **state)
{
	struct thing *a = calloc(1, sizeof *a), later = { 0 };
	struct memory *memory = new_memory(-1);

	(void)state;
	a->mode = 9;
	memory_keep(memory, "a", fields, a);
	memory_commit(memory);
	memory_leave(memory, "a");
	free(a);
	memory_commit(memory);
	memory_commit(memory);
	memory_forget_unused(memory);
	assert_int_equal(memory_keep(memory, "a", fields, &later), 1);
	assert_int_equal(later.mode, 9);
	memory_free(memory);
}

/* Components come and go for ever; the space of those that went is used again. */
static void test_space_is_used_again(void **state)
{
	struct memory *memory = new_memory(-1);
	struct thing a = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		assert_int_equal(memory_keep(memory, i % 2 ? "a" : "b", fields, &a), 0);
		memory_forget(memory, i % 2 ? "a" : "b");
	}
	memory_free(memory);
}

static void test_too_much(void **state)
{
	struct memory *memory = new_memory(-1);
	char name[200];
	void *block;

	(void)state;
	assert_int_equal(memory_block(memory, "a", SIZE_MAX, &block), -ENOSPC);
	assert_int_equal(memory_block(memory, "a", (size_t)1 << 26, &block), -ENOSPC);
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(memory_block(memory, name, 1, &block), -EINVAL);
	memory_free(memory);
}

static void refuse(int fd, const char *words)
{
	struct memory *memory = NULL;
	struct problem problem = { 0 };

	assert_int_equal(memory_new(fd, &memory, &problem), -EBADMSG);
	assert_null(memory);
	assert_non_null(strstr(problem.text, words));
	assert_true(fcntl(fd, F_GETFD) >= 0); /* still the caller's */
	close(fd);
}

static void test_what_is_no_memory_is_refused(void **state)
{
	struct memory *memory = new_memory(-1);
	unsigned char *bytes;
	int pipes[2], fd;
	off_t size;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	close(pipes[1]);
	refuse(pipes[0], "memfd");
	refuse(memfd_create("other", MFD_ALLOW_SEALING), "memfd");
	size = lseek(memory_fd(memory), 0, SEEK_END);
	memory_free(memory);

	fd = memfd_create("other", MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(fd, size), 0);
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
	refuse(fd, "not written by roomd");

	/* Every part of the header that is used to find the rest, turned into nonsense. */
	for (size_t offset = 16; offset < 1024; offset += 4) {
		struct thing a = { 0 };

		memory = new_memory(-1);
		memory_keep(memory, "a", fields, &a);
		bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd(memory), 0);
		memset(bytes + offset, 0xfe, 4);
		munmap(bytes, (size_t)size);
		fd = dup(memory_fd(memory));
		memory_free(memory);
		memory = NULL;
		if (memory_new(fd, &memory, &(struct problem){ 0 }) < 0)
			close(fd);
		else
			memory_keep(memory, "a", fields, &a); /* whatever it says, within its bounds */
		memory_free(memory);
	}
}

/* --- killed in the middle -------------------------------------------------------------------- */

#define THINGS 50
#define KILLS 60

static void work_until_killed(int fd)
{
	static struct thing things[THINGS];
	static char names[THINGS][8];
	struct memory *memory = new_memory(fd);

	for (int i = 0; i < THINGS; i++) {
		snprintf(names[i], sizeof names[i], "t%d", i);
		memory_keep(memory, names[i], fields, &things[i]);
	}
	for (uint64_t n = 1;; n++) {
		for (int i = 0; i < THINGS; i++)
			things[i] = (struct thing){ n % 2, (int)(n % 1000), n, (double)n };
		memory_commit(memory);
	}
}

/* All fields of all things are of the same commit. */
static void test_killed_while_it_commits(void **state)
{
	struct memory *memory = new_memory(-1);
	int fd = dup(memory_fd(memory));

	(void)state;
	memory_free(memory);
	for (int round = 0; round < KILLS; round++) {
		pid_t child = fork();
		struct thing first = { 0 }, thing = { 0 };
		char name[8];

		if (child == 0)
			work_until_killed(dup(fd));
		usleep((useconds_t)(500 + round * 37 % 400)); /* any moment will do */
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		memory = new_memory(dup(fd));
		memory_keep(memory, "t0", fields, &first);
		for (int i = 1; i < THINGS; i++) {
			snprintf(name, sizeof name, "t%d", i);
			if (memory_keep(memory, name, fields, &thing) == 0)
				continue; /* it did not come so far */
			if (first.at_ns > 0)
				assert_int_equal(thing.at_ns, first.at_ns);
			assert_int_equal(thing.mode, thing.at_ns % 1000);
			assert_int_equal(thing.on, thing.at_ns % 2);
		}
		memory_free(memory);
	}
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_committed_is_recalled),
		cmocka_unit_test(test_what_was_registered_is_recalled),
		cmocka_unit_test(test_other_fields),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_space_is_used_again),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_what_is_no_memory_is_refused),
		cmocka_unit_test(test_killed_while_it_commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
