/* Other processes, one on each processor, that run between two edges, as in a room, where minutes lie between
 * them. Otherwise what does nothing after an edge finds its pages and its instructions as it left them, and
 * what tells others of it does not; in an emulator, most of all. What fails, ends the program. */
#pragma once

/* Once a program; they end with it. */
void neighbours_start(void);

/* Each of them runs, and has nothing more to do when this returns; nothing, if they were not started. */
void neighbours_run(void);
