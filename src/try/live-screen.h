/* The terminal of somebody who plays with a room: keys as they are pressed, and a picture over the one before. The picture
 * stands on the terminal's ordinary screen and nothing about the cursor is changed, so that whatever ends this program, only
 * the terminal's modes have to be put right: screen_close() does so, and a signal of a fault. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct live_screen {
	bool is_open;
	char *shown; /* the picture that is there; */
	size_t rows, columns; /* for this size */
};

/* Standard input and standard output are a terminal that can show a picture. */
bool screen_is_there(void);

/* Takes over the terminal: a key comes at once, unseen, and control-C is one of them. 0; a negative errno. */
int screen_open(struct live_screen *screen);

/* As it was; the picture stays above. Also one that is not open. */
void screen_close(struct live_screen *screen);

/* Asked for anew at each picture: 80x24 if the terminal does not know. */
void screen_size(size_t *ret_rows, size_t *ret_columns);

/* Shows this text of so many rows, unless it is there already. Takes over `text`, which malloc() has made. */
void screen_show(struct live_screen *screen, char *text, size_t rows, size_t columns);

/* What has been typed: how many bytes; 0: nothing; -EPIPE: the terminal is gone. */
int screen_read(char *buffer, size_t size);
