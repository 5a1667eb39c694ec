/* Descriptors that outlive the process: systemd's descriptor store (sd_notify(3), FDSTORE=1). A descriptor
 * that is put there comes back, under its name, to the next process of this service: after a restart, an
 * upgrade, a crash. Without systemd the store is empty, and putting something there has no effect.
 *
 * A name is "KIND/NAME/KEY", the kind in snake case: "light_controller/hall/Line". */
#pragma once

#include <stdint.h>

#include "util/cleanup.h"

/* The longest name that systemd accepts, without the zero. A name has neither ':' nor control characters. */
#define FD_STORE_NAME_MAX 255

struct fd_store;

/* Collects the descriptors that systemd handed over, and removes them from the environment. To be called once
 * in a process, before there are threads. The descriptors are closed on exec. 0 and the store, which the
 * caller frees; or a negative errno. */
int fd_store_new(struct fd_store **ret);

/* Takes NULL; returns NULL. Closes the descriptors that were not taken; systemd keeps its copies. */
struct fd_store *fd_store_free(struct fd_store *store);
DEFINE_CLEANUP(struct fd_store *, fd_store_free);

/* Takes the descriptor that was handed over under exactly this name. The caller owns it from now on;
 * systemd's store still has it. -ENOENT: there is none (any more). If several have the name, this is the last
 * one; the others are closed and leave the store. `store` may be NULL: -ENOENT. */
int fd_store_take(struct fd_store *store, const char *name);

/* Gives systemd a copy of `fd`, which stays the caller's. It replaces the one that systemd has under this
 * name. 0, even without systemd; -EINVAL: not a valid name; another negative errno: systemd did not get the
 * message, and does not have the copy. systemd does not report it if it has too many
 * (FileDescriptorStoreMax=). `store` may be NULL. */
int fd_store_put(struct fd_store *store, const char *name, int fd);

/* The name that could not be put, and the negative errno of fd_store_put(). */
typedef void (*fd_store_failed_handler)(const char *name, int error);

/* The first time that fd_store_put() fails, it calls `failed`; not again after that. */
void fd_store_on_failure(struct fd_store *store, fd_store_failed_handler failed);

/* Gives back a descriptor that was taken or put: the store owns `fd` from now on, for the next
 * fd_store_take() in this process. systemd keeps its copy. If there is no such entry, `fd` is closed. `store`
 * may be NULL. */
void fd_store_give_back(struct fd_store *store, const char *name, int fd);

/* Makes systemd close what it has under this name. A descriptor that was taken stays open; one that was not
 * is closed. `store` may be NULL. */
void fd_store_drop(struct fd_store *store, const char *name);

/* The name of the first descriptor that was not taken, and the descriptor, which stays the store's; NULL:
 * there is none. To remove it, call fd_store_drop(). */
const char *fd_store_left(const struct fd_store *store, int *ret_fd);

/* To be called if a descriptor that was taken does not fit its name: closes `fd`, drops the name, and keeps
 * the sentence. systemd closes its copy a little later; see fd_store_barrier(). */
void fd_store_refuse(struct fd_store *store, const char *name, int fd, const char *text);

/* The i-th sentence of fd_store_refuse(), from 0; NULL: there are no more. */
const char *fd_store_refusal(const struct fd_store *store, size_t i);

/* Asks systemd to report when it has handled all messages of this store. 1 and a descriptor, the caller's,
 * which hangs up (EPOLLHUP) then; 0: there is nothing to wait for; or a negative errno. */
int fd_store_begin_barrier(struct fd_store *store, int *ret_fd);

/* Waits until systemd has handled all messages of this store. 0; -ETIMEDOUT. */
int fd_store_barrier(struct fd_store *store, uint64_t timeout_usec);
