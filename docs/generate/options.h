/* Keys of a configuration: as a manual has them, and as an example. */
#pragma once

#include <stdio.h>

#include "config/option.h"
#include "roomd/about.h"

/* For the manual; `options` is the table that it is in. Returns the one after it, and after those that are told of together with it. */
const struct option *write_option(const struct option *options, const struct option *option, FILE *stream);

/* For the manual: all from this one to the end of the table. */
void write_options(const struct option *option, FILE *stream);

/* For an example: the first sentence about it, as a comment; and the key with its example, or, as a comment, its
 * default. */
void write_comment(const struct about *about, FILE *stream);
void write_assignment(const struct option *option, FILE *stream);
