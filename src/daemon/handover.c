#include "daemon/handover.h"

#include <unistd.h>

#include "io/gpio-descriptor.h"
#include "util/fd-store.h"
#include "util/log.h"
#include "util/memory.h"
#include "util/problem.h"

/* What the memory is called in the store; lines have a '/' in their names. */
#define MEMORY_STORED_AS "memory"

/* A memory that cannot be used is no reason not to start: what was known is lost, which is said. One that there is no room for
 * now is: systemd keeps it for the next start. */
static int find_memory(struct handover *handover, struct problem *problem)
{
	int fd = fd_store_take(handover->store, MEMORY_STORED_AS), r;
	char description[GPIO_DESCRIPTION_SIZE];

	r = memory_new(fd, &handover->memory, problem);
	if (fd >= 0 && r >= 0)
		return 0;
	if (fd >= 0 && problem_passes(r)) {
		close(fd);
		return r;
	}
	if (fd >= 0) {
		log_warning("what was kept over the restart cannot be used: '" MEMORY_STORED_AS
		            "' is %s: %s; timers and states begin anew",
		            gpio_describe(fd, description), problem->text);
		fd_store_drop(handover->store, MEMORY_STORED_AS);
		close(fd);
		r = memory_new(-1, &handover->memory, problem);
	}
	if (r < 0)
		return r;
	fd_store_put(handover->store, MEMORY_STORED_AS, memory_fd(handover->memory));
	return 0;
}

/* Once, whatever else fails: if one line cannot be kept, most likely none can. */
static void on_not_kept(const char *name, int error)
{
	log_warning("systemd cannot be told to keep '%s': %s; the room works, but a restart will release its "
	            "lines and lose what roomd knows about them",
	            name, problem_errno(error));
}

int handover_take(struct handover *handover, struct problem *problem)
{
	int r;

	r = fd_store_new(&handover->store);
	if (r < 0)
		return problem_set(problem, r, "the descriptors of systemd's store cannot be taken: %s",
		                   problem_errno(r));
	fd_store_on_failure(handover->store, on_not_kept);
	return find_memory(handover, problem);
}

bool handover_has_lines(const struct handover *handover)
{
	int fd;

	return fd_store_left(handover->store, &fd);
}

void handover_release_left(struct handover *handover, uint64_t wait_usec)
{
	char description[GPIO_DESCRIPTION_SIZE];
	bool let_go = fd_store_refusal(handover->store, handover->refusals_said);
	const char *name;
	int fd, r = 0;

	memory_forget_unused(handover->memory);
	while ((name = fd_store_left(handover->store, &fd))) {
		log_notice("released %s: no component uses it any more (it was stored as '%s')",
		           gpio_describe(fd, description), name);
		fd_store_drop(handover->store, name);
		let_go = true;
	}
	if (let_go)
		r = fd_store_barrier(handover->store, wait_usec);
	if (r < 0)
		log_warning("systemd does not confirm that it has released them: %s", problem_errno(r));
}

void handover_say_refusals(struct handover *handover)
{
	const char *refusal;

	while ((refusal = fd_store_refusal(handover->store, handover->refusals_said))) {
		log_warning("%s", refusal);
		handover->refusals_said++;
	}
}

void handover_close_lines(struct handover *handover)
{
	handover->store = fd_store_free(handover->store);
}

void handover_end(struct handover *handover)
{
	handover_close_lines(handover);
	handover->memory = memory_free(handover->memory);
}
