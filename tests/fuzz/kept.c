/* What a predecessor has left: a memory with any bytes in it, and descriptors of any kind under any names. The room starts with
 * it, or begins anew; and what this room leaves, the next one takes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daemon/handover.h"
#include "room-fixture.h"
#include "fuzz.h"
#include "util/fd-store.h"
#include "util/memory.h"
#include "util/problem.h"

/* Where systemd puts them. */
#define FIRST 3
#define HANDED_MAX 8
#define CHANGES_MAX 64

/* What a memory has at its beginning, where all names and places are. */
#define ENTRIES_OFFSET 40
#define ENTRY_SIZE 152
#define HEADER_SIZE (ENTRIES_OFFSET + 4096 * ENTRY_SIZE)
#define CONTENT_SIZE 200000
#define END_OFFSET 24 /* where it says how much of it is used */

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Nobody else gets the numbers of what is handed over. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	for (int fd = FIRST; fd < FIRST + HANDED_MAX; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			FUZZ_CHECK(dup2(STDERR_FILENO, fd) == fd);
	return 0;
}

/* --- memories ----------------------------------------------------------------------------------- */

/* What a room has left, as far as it is used: the values of its fields, a ring with events. */
static uint8_t *left;
static size_t left_n;

static void free_left(void)
{
	free(left);
}

static void make_left(struct config *config)
{
	struct room_fixture room;
	uint64_t end;

	FUZZ_CHECK(room_fixture_start(&room, config, NULL, NULL));
	room_fixture_run(&room);
	FUZZ_CHECK(pread(memory_fd(room.memory), &end, sizeof end, END_OFFSET) == sizeof end);
	left_n = end;
	left = malloc(left_n);
	FUZZ_CHECK(left && pread(memory_fd(room.memory), left, left_n, 0) == (ssize_t)left_n);
	room_fixture_end(&room);
	atexit(free_left);
}

/* A place in it: at its beginning, in an entry, or in what entries point to. */
static size_t choose_place(struct fuzz *fuzz)
{
	switch (fuzz_choice(fuzz, 4)) {
	case 0:
		return fuzz_choice(fuzz, ENTRIES_OFFSET);
	case 1: /* the entries that there are, not the free ones behind */
		return ENTRIES_OFFSET + fuzz_choice(fuzz, 64) * ENTRY_SIZE + fuzz_choice(fuzz, ENTRY_SIZE);
	default:
		return HEADER_SIZE + fuzz_u32(fuzz) % CONTENT_SIZE;
	}
}

static void change(struct fuzz *fuzz, uint8_t *bytes)
{
	for (unsigned i = 0; i < CHANGES_MAX && fuzz_bool(fuzz) && fuzz->left > 0; i++) {
		size_t place = choose_place(fuzz), n = 1 + fuzz_choice(fuzz, 8);
		uint8_t how = fuzz_u8(fuzz);

		for (size_t j = 0; j < n && place + j < left_n; j++)
			bytes[place + j] = how < 64 ? 0 : how < 128 ? 0xff : fuzz_u8(fuzz);
	}
}

static int damaged_memory(struct fuzz *fuzz)
{
	_cleanup_(memory_freep) struct memory *memory = NULL;
	_cleanup_(cleanup_free) uint8_t *bytes = malloc(left_n);
	struct problem problem;

	FUZZ_CHECK(bytes && memory_new(-1, &memory, &problem) >= 0);
	memcpy(bytes, left, left_n);
	change(fuzz, bytes);
	FUZZ_CHECK(pwrite(memory_fd(memory), bytes, left_n, 0) == (ssize_t)left_n);
	return dup(memory_fd(memory));
}

/* --- descriptors -------------------------------------------------------------------------------- */

static int pipe_end(int which)
{
	int fds[2];

	FUZZ_CHECK(pipe2(fds, O_CLOEXEC) == 0);
	close(fds[!which]);
	return fds[which];
}

static int small_memfd(struct fuzz *fuzz)
{
	int fd = memfd_create("roomd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char text[64];

	fuzz_text(fuzz, text, sizeof text);
	FUZZ_CHECK(write(fd, text, strlen(text)) >= 0);
	if (fuzz_bool(fuzz))
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
	return fd;
}

static int new_descriptor(struct fuzz *fuzz)
{
	switch (fuzz_choice(fuzz, 12)) {
	case 0:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 1:
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	case 2:
		return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case 3:
	case 4:
		return pipe_end(fuzz_bool(fuzz));
	case 5:
		return eventfd(fuzz_u8(fuzz), EFD_CLOEXEC);
	case 6:
		return epoll_create1(EPOLL_CLOEXEC);
	case 7:
		return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	case 8:
		return socket(AF_UNIX, fuzz_bool(fuzz) ? SOCK_STREAM : SOCK_DGRAM, 0);
	case 9:
		return small_memfd(fuzz);
	case 10:
		return open("/", O_PATH | O_CLOEXEC);
	default:
		return damaged_memory(fuzz);
	}
}

static const char *choose_name(struct fuzz *fuzz)
{
	static const char *const names[] = { "memory", "motion_sensor/hall/Line", "light_controller/hall/Line", "door_lock/front/LedLine",
		                             "door_lock/front/StrikeLine", "button/bell/Line", "switch/rack/Line", "x/y/z", "", "stored" };
	static char text[64];

	return fuzz_choice(fuzz, 8) > 0 ? fuzz_word(fuzz, names) : fuzz_text(fuzz, text, sizeof text);
}

static void hand_over(struct fuzz *fuzz)
{
	char names[HANDED_MAX * 66] = "", number[24];
	int n = 0;

	do {
		int fd = n == 0 ? damaged_memory(fuzz) : new_descriptor(fuzz);

		FUZZ_CHECK(fd >= 0 && dup2(fd, FIRST + n) == FIRST + n);
		close(fd);
		snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", n ? ":" : "", n ? choose_name(fuzz) : "memory");
		n++;
	} while (n < HANDED_MAX && fuzz_bool(fuzz));
	snprintf(number, sizeof number, "%d", n);
	setenv("LISTEN_FDS", number, 1);
	snprintf(number, sizeof number, "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
}

/* Their numbers are kept for the next. */
static void fill_places(void)
{
	for (int fd = FIRST; fd < FIRST + HANDED_MAX; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			FUZZ_CHECK(dup2(STDERR_FILENO, fd) == fd);
}

/* --- the next room ------------------------------------------------------------------------------ */

/* What was left can be taken over, whatever it was that the room began with. */
static void check_left(int fd)
{
	struct memory *memory = NULL;
	struct problem problem;

	FUZZ_CHECK(memory_new(fd, &memory, &problem) >= 0);
	memory_free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = room_fixture_config();
	struct fuzz fuzz = { data, size };
	struct handover handover = { 0 };
	struct room_fixture room;
	struct problem problem;
	int fd;

	if (!left)
		make_left(config);
	hand_over(&fuzz);
	if (handover_take(&handover, &problem) < 0) {
		fill_places();
		return 0;
	}
	fd = dup(memory_fd(handover.memory));
	if (room_fixture_start(&room, config, TAKE_PTR(handover.memory), handover.store)) {
		handover.memory = room.memory;
		handover_release_left(&handover, 0);
		handover_say_refusals(&handover);
		handover.memory = NULL;
		room_fixture_run(&room);
		room_fixture_end(&room);
		check_left(fd);
	} else {
		close(fd);
	}
	handover_end(&handover);
	fill_places();
	return 0;
}
