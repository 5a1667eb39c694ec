/* The kernel's side of GPIO lines, for targets with a room: each line that is asked for is there; its edges come through a pipe
 * and are those that the target sends; its level is the one that the target says. meson.build puts it in the place of the functions
 * of io/gpio.h that use a line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SCRIPT_LINES_MAX 16

/* All lines are closed: the next room asks for its own. */
void script_lines_forget(void);

/* How many have been asked for so far; each has its number, in the order of being asked for. */
unsigned script_lines(void);

/* The name under which it was asked for. */
const char *script_line_name(unsigned line);
bool script_line_is_output(unsigned line);

/* What roomd has set it to, or the input's level. */
bool script_line_level(unsigned line);
void script_line_set_level(unsigned line, bool level);

/* An edge that waits to be read. False: there is no room for more; it is lost. */
bool script_line_edge(unsigned line, bool active, uint64_t monotonic_ns, uint32_t seqno);

/* The chip goes: every use of the line fails from now on, until it is asked for again. */
void script_line_unplug(unsigned line);
