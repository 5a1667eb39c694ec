/* The standard descriptors of a program. */
#pragma once

/* Opens /dev/null for standard input, output and error if they were closed before the start. Otherwise the
 * next file that is opened would get such a descriptor, and messages would be written into it. */
void descriptors_occupy_standard(void);
