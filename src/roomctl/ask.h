/* Questions to whoever sits at the terminal. Written on standard error, answered on standard input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether there is anybody to ask: standard input is a terminal. */
bool ask_is_possible(void);

/* Asks "QUESTION [y/N] ", or, if yes is what Enter means (`otherwise`), "[Y/n]", until the answer is one. The
 * end of the input is no, whatever Enter means. `question` is escaped (see text.h) by whoever made it of
 * foreign text. */
bool ask_yes(const char *question, bool otherwise);

/* Asks "QUESTION [OTHERWISE]: " for a line of text, without blanks at its ends; Enter is `otherwise`, which
 * may be
 * "". False: the input has ended. */
bool ask_text(const char *question, const char *otherwise, char *buffer, size_t size);

/* --- pure ----------------------------------------------------------------------------------------- */

/* What an answer to a question for yes or no means: 1, 0, or -1 for neither. */
int ask_understand(const char *answer, bool otherwise);
