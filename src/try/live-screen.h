/* The terminal of a person who plays with a room: reads keys as they are pressed, and shows a picture over
 * the one before. The picture is on the terminal's ordinary screen, and the cursor is not hidden. So however
 * this program ends, only the terminal's modes have to be restored: screen_close() does so, and the handler
 * of fatal signals. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_size {
	size_t rows, columns;
};

struct live_screen {
	bool is_open;
	char *shown;                /* the present picture; NULL: none, or it has to be written again */
	struct live_size size;      /* of the terminal */
	struct live_size told;      /* the kernel's last answer about the size */
	uint64_t asked_ns;          /* when the terminal itself was asked for it */
};

/* True if standard input and output are a terminal that can show a picture. */
bool screen_is_there(void);

/* Takes over the terminal: keys come at once and without echo, and control-C is an ordinary key. 0, or a
 * negative errno. */
int screen_open(struct live_screen *screen);

/* Restores the terminal; the picture stays above the cursor. May be called for one that is not open. */
void screen_close(struct live_screen *screen);

/* The present size: the kernel's, when that changes, else the last report of the terminal, else 80x24. */
struct live_size screen_size(struct live_screen *screen);

/* Asks the terminal for its size, at most once a second: the console of the test kernel does not notice a new
 * size. The answer comes as input; then call screen_take_report(). */
void screen_ask_size(struct live_screen *screen, uint64_t now_ns);
void screen_take_report(struct live_screen *screen, size_t rows, size_t columns);

/* Shows this text, unless it is shown already. Owns `text`, which is freed with free(). */
void screen_show(struct live_screen *screen, char *text);

/* Reads what was typed. Returns the number of bytes; 0: nothing; -EPIPE: the terminal is gone. */
int screen_read(char *buffer, size_t size);
