/* Edges as roomd counts them, and those that nobody was told of. */
#pragma once

#include <stdint.h>

/* Of all lines, since the start: that were handled, and that were reported lost. */
struct edge_count {
	uint64_t handled, reported;
};

/* As roomd shows them on the system bus, when nothing more comes: whoever is behind has caught up. */
struct edge_count edge_count_settled(void);

/* `edges` are those that the kernel has counted meanwhile. Prints samples of one value: MEASURE with the
 * edges there were, MEASURE-lost with those that were not handled, MEASURE-silent with those of them that
 * were not reported. */
void edge_count_print(const char *measure, const char *variant, uint64_t edges, struct edge_count before,
                      struct edge_count after);
