/* Memory that outlives the process: the next process goes on where this one stopped, even if this one was
 * killed halfway.
 *
 * It is a memfd, which systemd keeps in its descriptor store while no process has it. It contains two sorts
 * of things, each under a name:
 *  - fields of structures, which memory_commit() copies all at once: if the process is killed while it copies,
 *    the copy before is still the one that counts;
 *  - blocks, which are used in place.
 *
 * After start-up these functions make no system calls. SIGKILL stops a process between two instructions: stores
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

/* Takes over the memory that a predecessor left in `fd` (a memfd that memory_new() has made, perhaps in
 * another version); with -1, begins anew. The memory owns the descriptor from now on. 0; -EBADMSG: it is not
 * such a memory (a problem says why; the caller still owns `fd`); -ENOMEM and the errors of memfd_create(2)
 * and mmap(2). */
int memory_new(int fd, struct memory **ret, struct problem *problem);

/* Takes NULL; returns NULL. The contents of the descriptor stay. */
struct memory *memory_free(struct memory *memory);
DEFINE_CLEANUP(struct memory *, memory_free);

/* The memfd; owned by the memory. */
int memory_fd(const struct memory *memory);

/* From now on these fields of the structure are kept under this name. If a predecessor kept fields under this
 * name, those with the same name and type are set to their last committed values, and 1 is returned; else 0.
 * -ENOMEM; -ENOSPC: no room is left; -EINVAL: the name is too long. `fields` and the structure outlive the
 * memory, or memory_forget() is called. */
int memory_keep(struct memory *memory, const char *name, const struct kept_field *fields, void *structure);

/* The block with this name and size, all zero if it is new. 0, or 1 if a predecessor had it; the same errors.
 * It is valid until the memory is freed. A block with this name and another size is forgotten. A page of a
 * new block is fetched when it is first written to: if you must not wait for that later, write to it at once. */
int memory_block(struct memory *memory, const char *name, size_t size, void **ret);

/* Forgets what is kept under this name. Does nothing if there is nothing. */
void memory_forget(struct memory *memory, const char *name);

/* The same for all names that begin with `prefix`. */
void memory_forget_below(struct memory *memory, const char *prefix);

/* The structure is about to go away, and memory_keep() will be called with another one under this name. The
 * last committed values of its fields are kept until then. */
void memory_leave(struct memory *memory, const char *name);

/* Forgets everything for which neither memory_keep() nor memory_block() was called. */
void memory_forget_unused(struct memory *memory);

/* Commits all fields: a successor will see their present values. */
void memory_commit(struct memory *memory);
