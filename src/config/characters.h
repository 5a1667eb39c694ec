/* Checks of the characters of a configuration's line, before anything looks at its meaning. */
#pragma once

#include <stddef.h>

struct problem;

/* Checks that the line is UTF-8 and has no control characters but tabs. 0, or -EINVAL and what was expected. */
int config_check_text(const char *line, size_t length, struct problem *problem);

/* Replaces spaces of other kinds, which web pages have, by ordinary ones, but only where spaces do not count:
 * at both ends and around the first '='. The line keeps its number of characters and gets fewer bytes. The
 * line is UTF-8. */
void config_plain_spaces(char *line);

/* The same at both ends only, for a line that continues a value. */
void config_plain_ends(char *line);

/* Checks that every character of the line is visible or an ordinary space. The line is UTF-8. 0, or -EINVAL
 * and the first character that is neither, with its column, counted in characters from 1. */
int config_check_visible(const char *line, struct problem *problem);

/* Checks that no comment follows on the same line. 0, or -EINVAL and what was expected. */
int config_check_comment(const char *line, struct problem *problem);
