/* The characters of a configuration's line, before anybody asks what it says. */
#pragma once

#include <stddef.h>

struct problem;

/* That the line is UTF-8 and has no control characters but tabs. 0, or -EINVAL and what was expected. */
int config_check_text(const char *line, size_t length, struct problem *problem);

/* Where spaces count for nothing, at both ends and around the first '=', spaces of other kinds, which web
 * pages have, become ordinary ones: as many characters, fewer bytes. The line is UTF-8. */
void config_plain_spaces(char *line);

/* The same, but at both ends only: of a line that continues a value. */
void config_plain_ends(char *line);

/* That everything in the line can be seen, and spaces are ordinary. The line is UTF-8. 0, or -EINVAL and the
 * first character that is not so, with its column, counted in characters from 1. */
int config_check_visible(const char *line, struct problem *problem);

/* That there is no comment behind what the line says. 0, or -EINVAL and what was expected. */
int config_check_comment(const char *line, struct problem *problem);
