/* The descriptors that every program has. */
#pragma once

/* Opens /dev/null for those of standard input, output and error that were closed before the start: they would
 * be given to the next file that is opened, and messages be written there. */
void descriptors_occupy_standard(void);
