/* Reads one statement. Internal to src/try. */
#pragma once

#include "try/reader.h"

/* Reads the statement that begins with the present word, which has to be there, and goes on to the word after
 * it. Only after AT and AFTER may the next statement follow at once. Free `*ret` with statement_release(),
 * even after an error. REPEAT and END have no partner yet. The name of a TEST, or a ZONE, is in `word`.
 * -EINVAL: reader->problem, reader->bad. -ENOMEM. */
int statement_read(struct reader *reader, struct statement *ret);

void statement_release(struct statement *statement);
