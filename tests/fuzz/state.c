/* The state that survives power loss: a text whose length and checksum are right, and everything else is not; and the same bytes
 * as they are. What is written after that is read as the same. */
#define _GNU_SOURCE
#include "daemon/state-text.h"

#include <errno.h>
#include <inttypes.h>

#include "fuzz.h"
#include "room-fixture.h"
#include "util/problem.h"

/* As zlib has it. */
static uint32_t crc32(const uint8_t *data, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (UINT32_C(0xedb88320) & -(crc & 1));
	}
	return ~crc;
}

static char *with_header(const uint8_t *data, size_t size, size_t *ret_length)
{
	char *text = malloc(size + 64);
	int n;

	FUZZ_CHECK(text);
	n = snprintf(text, 64, "roomd state 1 bytes=%zu crc32=%08" PRIx32 "\n", size, crc32(data, size));
	memcpy(text + n, data, size);
	*ret_length = (size_t)n + size;
	return text;
}

static char *make(const struct component_room *room)
{
	char *text;

	FUZZ_CHECK(state_text_make(room->components, room->components_n, &text) == 0);
	return text;
}

static bool restore(const char *text, size_t length, const struct component_room *room)
{
	_cleanup_(state_text_freep) struct state_text *state = NULL;
	struct problem problem = { "" };

	if (state_text_parse(text, length, &state, &problem) < 0) {
		FUZZ_CHECK(*problem.text);
		return false;
	}
	for (size_t i = 0; i < room->components_n; i++)
		state_text_restore(state, room->components[i]);
	return true;
}

static struct room_fixture kept_room;
static char *at_first; /* what it keeps before anything was restored */

static void end_room(void)
{
	room_fixture_end(&kept_room);
	free(at_first);
}

static void make_room(void)
{
	FUZZ_CHECK(room_fixture_make(&kept_room, room_fixture_config(), NULL, NULL));
	at_first = make(room_shared(kept_room.room));
	atexit(end_room);
}

/* What a room makes of it, it makes of that again. The room is made once; it has been given all that it keeps. */
static void check(const char *text, size_t length)
{
	_cleanup_(cleanup_free) char *first = NULL, *second = NULL;

	const struct component_room *room;

	if (!at_first)
		make_room();
	room = room_shared(kept_room.room);
	FUZZ_CHECK(restore(at_first, strlen(at_first), room));
	if (!restore(text, length, room))
		return;
	first = make(room);
	FUZZ_CHECK(restore(first, strlen(first), room));
	second = make(room);
	FUZZ_CHECK_SAME(second, first);
}

/* A room starts with it, whatever it is. */
static void start(const char *text, size_t length)
{
	struct room_fixture room;
	struct problem problem;

	FUZZ_CHECK(room_fixture_make(&room, room_fixture_config(), NULL, NULL));
	if (restore(text, length, room_shared(room.room))) {
		FUZZ_CHECK(room_start(room.room, &problem) >= 0);
		room_fixture_run(&room);
	}
	room_fixture_end(&room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = NULL;
	_cleanup_(state_text_freep) struct state_text *state = NULL;
	struct problem problem;
	size_t length;

	FUZZ_CHECK(state_text_parse((const char *)data, size, &state, &problem) <= 0);
	text = with_header(data, size, &length);
	check(text, length);
	if (size % 8 == 0) /* it takes a hundred times as long */
		start(text, length);
	return 0;
}
