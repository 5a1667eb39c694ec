/* Memory that outlives the process: the next process goes on where this one stopped, even if this one was
 * killed halfway.
 *
 * It is a memfd, which systemd keeps in its descriptor store while no process has it. It contains two sorts
 * of things, each under a name:
 *  - fields of structures, which memory_commit() copies all at once: if the process is killed while it copies,
 *    the copy before is still the one that counts;
 *  - blocks, which are used in place.
 *
 * After start-up nothing here makes a system call. SIGKILL stops a process between two instructions: stores
 * before that point have happened, later ones have not. So only compiler barriers are needed. (A power loss
 * erases all of it. That is right, because the clock of its times starts again, too.) */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "roomd/kept.h"
#include "util/cleanup.h"

struct memory;
struct problem;

/* Longest name, without the zero. */
#define MEMORY_NAME_MAX 127

/* Takes over what a predecessor left in `fd` (a memfd that memory_new() has made, perhaps in another
 * version), or with -1 begins anew. The descriptor is the memory's from now on. 0; -EBADMSG: it is not such a
 * memory (a problem says why; `fd` is still the caller's); -ENOMEM and what memfd_create(2) and mmap(2) say.
 */
int memory_new(int fd, struct memory **ret, struct problem *problem);

/* Takes NULL; returns NULL. What is in the descriptor stays. */
struct memory *memory_free(struct memory *memory);
DEFINE_CLEANUP(struct memory *, memory_free);

/* The memfd; owned by the memory. */
int memory_fd(const struct memory *memory);

/* From now on these fields of the structure are kept under this name. If a predecessor had fields of this
 * name, those of the same name and type are set to what it committed last, and 1 is returned; else 0.
 * -ENOMEM; -ENOSPC: no room is left; -EINVAL: too long a name. `fields` and the structure outlive the memory,
 * or memory_forget() is called. */
int memory_keep(struct memory *memory, const char *name, const struct kept_field *fields, void *structure);

/* The block of this name and size, all zero if it is new: 0, or 1 if a predecessor had it; the same errors.
 * It is valid until the memory is freed. One of another size is forgotten. A page of a new one is fetched
 * when it is first written to: whoever must not wait for that later writes to it at once. */
int memory_block(struct memory *memory, const char *name, size_t size, void **ret);

/* The name is free again. Does nothing if there is none. */
void memory_forget(struct memory *memory, const char *name);

/* The same for all names that begin so. */
void memory_forget_below(struct memory *memory, const char *prefix);

/* The structure is about to go away, and another will be given by memory_keep() under this name: its fields
 * as they were committed last are kept until then. */
void memory_leave(struct memory *memory, const char *name);

/* Forgets all that no memory_keep() and no memory_block() has asked for. */
void memory_forget_unused(struct memory *memory);

/* From now on a successor will see all fields as they are now. */
void memory_commit(struct memory *memory);
