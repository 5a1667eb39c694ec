/* Questions to the person at the terminal. Written to standard error, answered on standard input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True if there is a person to ask: standard input is a terminal. */
bool ask_is_possible(void);

/* Asks "QUESTION [y/N] ", or "[Y/n]" if Enter means yes (`otherwise`), until there is a valid answer. The end
 * of the input means no, whatever Enter means. The caller escapes foreign text in `question` (see text.h). */
bool ask_yes(const char *question, bool otherwise);

/* Asks "QUESTION [OTHERWISE]: " for a line of text, without blanks at its ends. Enter means `otherwise`,
 * which may be "". False: the input has ended. */
bool ask_text(const char *question, const char *otherwise, char *buffer, size_t size);

/* --- pure ----------------------------------------------------------------------------------------- */

/* The meaning of an answer to a yes/no question: 1, 0, or -1 for neither. */
int ask_understand(const char *answer, bool otherwise);
