/* The keys of a terminal, and the keys of components. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* All other keys are the character itself. */
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

/* Gets the first key from `n` bytes, as xterm and similar terminals send it (ECMA-48, control sequences).
 * Returns how many bytes it takes; 0: more bytes have to come. `is_all`: no more bytes come, so an incomplete
 * sequence is not one. */
size_t live_key_next(const char *bytes, size_t n, bool is_all, int *ret);

/* The same for the terminal's report of the cursor's row and column (ECMA-48, CPR). 0: the bytes are
 * something else. */
size_t live_size_next(const char *bytes, size_t n, size_t *ret_row, size_t *ret_column);

/* Assigns a key in `ret` to each of `n` components that is `wanted`; 0: none. It is a letter of the kind's
 * words, else of the name, else the next free one of a to z and 0 to 9. q is never assigned. `names`:
 * "MotionSensor hall". */
void live_keys_assign(const char *const *names, const bool *wanted, size_t n, char *ret);
