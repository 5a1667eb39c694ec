/* Descriptors that outlive the process: systemd's descriptor store (sd_notify(3), FDSTORE=1). What is put
 * there comes back, under its name, to whoever runs as this service next: after a restart, an upgrade, a
 * crash. Without systemd nothing was given, and what is put goes nowhere.
 *
 * A name is "KIND/NAME/KEY", the kind in snake case: "light_controller/hall/Line". */
#pragma once

#include <stdint.h>

#include "util/cleanup.h"

/* The longest name, without the zero, that systemd takes; it has neither ':' nor control characters. */
#define FD_STORE_NAME_MAX 255

struct fd_store;

/* Collects what systemd handed over, and takes it out of the environment: once in a process, before there are
 * threads. The descriptors are closed on exec. 0 and the store, which the caller frees; a negative errno. */
int fd_store_new(struct fd_store **ret);

/* Takes NULL; returns NULL. Closes what nobody took; systemd's copies stay with systemd. */
struct fd_store *fd_store_free(struct fd_store *store);
DEFINE_CLEANUP(struct fd_store *, fd_store_free);

/* The descriptor that was handed over under exactly this name, which is the caller's from now on and is still
 * in systemd's store; -ENOENT: there is none (any more). Of several with one name it is the last, and the
 * others are closed and leave the store. `store` may be NULL: -ENOENT. */
int fd_store_take(struct fd_store *store, const char *name);

/* Gives systemd a copy of `fd`, which stays the caller's, in the place of what it has under this name. 0,
 * also without systemd; -EINVAL: not such a name; a negative errno: systemd could not be told, and does not
 * have it. systemd says nothing if it has too many (FileDescriptorStoreMax=). `store` may be NULL. */
int fd_store_put(struct fd_store *store, const char *name, int fd);

/* The name of what could not be put, and the negative errno of fd_store_put(). */
typedef void (*fd_store_failed_handler)(const char *name, int error);

/* Has `failed` called the first time that something cannot be put, from within fd_store_put(), and not again.
 */
void fd_store_on_failure(struct fd_store *store, fd_store_failed_handler failed);

/* What was taken or put comes back: `fd` is the store's from now on, for whoever takes it next in this
 * process; systemd's copy stays. Closed if there is no such entry. `store` may be NULL. */
void fd_store_give_back(struct fd_store *store, const char *name, int fd);

/* systemd closes what it has under this name. What was taken stays open, what nobody took is closed. `store`
 * may be NULL. */
void fd_store_drop(struct fd_store *store, const char *name);

/* The name of the first descriptor that nobody took, and the descriptor, which stays the store's; NULL: there
 * is none. fd_store_drop() is how to be rid of it. */
const char *fd_store_left(const struct fd_store *store, int *ret_fd);

/* What was taken is not what its name says: `fd` is closed, the name dropped, and the sentence kept. systemd
 * closes its copy a little later; see fd_store_barrier(). */
void fd_store_refuse(struct fd_store *store, const char *name, int fd, const char *text);

/* The i-th sentence so far, from 0; NULL: there are no more. */
const char *fd_store_refusal(const struct fd_store *store, size_t i);

/* Asks systemd to say when it has done all that it was told here, if there is anything. 1 and a descriptor,
 * the caller's, that hangs up (EPOLLHUP) then; 0: there is nothing to wait for; a negative errno. */
int fd_store_begin_barrier(struct fd_store *store, int *ret_fd);

/* Waits until systemd has done all that it was told here, if there is anything. 0; -ETIMEDOUT. */
int fd_store_barrier(struct fd_store *store, uint64_t timeout_usec);
