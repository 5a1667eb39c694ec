/* What a terminal sends for a key, and which key is whose. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Beside these: the character itself. */
enum live_key {
	LIVE_KEY_NONE = 256, /* a sequence that means nothing here */
	LIVE_KEY_UP,
	LIVE_KEY_DOWN,
	LIVE_KEY_LEFT,
	LIVE_KEY_RIGHT,
	LIVE_KEY_HOME,
	LIVE_KEY_END,
	LIVE_KEY_PAGE_UP,
	LIVE_KEY_PAGE_DOWN,
};

#define LIVE_KEY_ESCAPE 27
#define LIVE_KEY_INTERRUPT 3 /* control-C */

/* The first key of `n` bytes, as xterm and its relatives send it (ECMA-48, control sequences). How many bytes it takes; 0:
 * there is none yet, more bytes have to come. `is_all`: no more come, so what has begun is no sequence. */
size_t live_key_next(const char *bytes, size_t n, bool is_all, int *ret);

/* The same of the terminal's answer to "where is the cursor?" (ECMA-48, CPR): its row and column; 0: the bytes are something
 * else. */
size_t live_size_next(const char *bytes, size_t n, size_t *ret_row, size_t *ret_column);

/* A key for each of `n` components for which something can be done, in `ret`; 0: none. A letter of the kind's words, else
 * one of the name, else the next that is free of a to z and 0 to 9. None gets q. `names`: "MotionSensor hall". */
void live_keys_assign(const char *const *names, const bool *wanted, size_t n, char *ret);
