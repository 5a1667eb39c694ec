/* The terminal of somebody who plays with a room: keys as they are pressed, and a picture over the one before. The picture
 * stands on the terminal's ordinary screen and nothing about the cursor is changed, so that whatever ends this program, only
 * the terminal's modes have to be put right: screen_close() does so, and a signal of a fault. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_size {
	size_t rows, columns;
};

struct live_screen {
	bool is_open;
	char *shown;                /* the picture that is there; NULL: none, or it is to be written again */
	struct live_size size;      /* of the terminal */
	struct live_size told;      /* what the kernel said of that last */
	uint64_t asked_ns;          /* when the terminal itself was asked */
};

/* Standard input and standard output are a terminal that can show a picture. */
bool screen_is_there(void);

/* Takes over the terminal: a key comes at once, unseen, and control-C is one of them. 0; a negative errno. */
int screen_open(struct live_screen *screen);

/* As it was; the picture stays above. Also one that is not open. */
void screen_close(struct live_screen *screen);

/* How large it is now: as the kernel says it when that changes, or else as the terminal has reported it. 80x24 if nobody
 * knows. */
struct live_size screen_size(struct live_screen *screen);

/* Asks the terminal for its size, once in a second at most: the console of the test kernel does not hear of a new one. The
 * answer is typed, and screen_take_report() takes it. */
void screen_ask_size(struct live_screen *screen, uint64_t now_ns);
void screen_take_report(struct live_screen *screen, size_t rows, size_t columns);

/* Shows this text, unless it is there already. Takes over `text`, which malloc() has made. */
void screen_show(struct live_screen *screen, char *text);

/* What has been typed: how many bytes; 0: nothing; -EPIPE: the terminal is gone. */
int screen_read(char *buffer, size_t size);
