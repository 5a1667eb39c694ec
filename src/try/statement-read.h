/* One statement of a line. Internal to src/try. */
#pragma once

#include "try/reader.h"

/* Reads the statement that begins with the word in hand, which is there, and goes behind its last word: the next one may
 * follow at once only after AT and AFTER. `*ret` is to be freed with statement_release(), also after an error. REPEAT and
 * END have no partner yet. The name of a TEST, or a ZONE, is `word`. -EINVAL: reader->problem, reader->bad. -ENOMEM. */
int statement_read(struct reader *reader, struct statement *ret);

void statement_release(struct statement *statement);
