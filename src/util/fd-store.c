#define _GNU_SOURCE
#include "util/fd-store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>


/* What systemd has. */
struct stored {
	char *name;
	int fd; /* -1: it was taken, or put by this process */
};

struct fd_store {
	struct stored *stored;
	size_t n;
	char **refusals;
	size_t refusals_n;
	bool told;                      /* something, since the last barrier */
	fd_store_failed_handler failed; /* NULL: nobody is to be told (any more) */
};

static struct stored *add(struct fd_store *store, char *name, int fd)
{
	struct stored *grown = reallocarray(store->stored, store->n + 1, sizeof *grown);

	if (!grown)
		return NULL;
	store->stored = grown;
	grown[store->n] = (struct stored){ .name = name, .fd = fd };
	return &grown[store->n++];
}

static struct stored *find(const struct fd_store *store, const char *name)
{
	for (size_t i = 0; i < store->n; i++)
		if (strcmp(store->stored[i].name, name) == 0)
			return &store->stored[i];
	return NULL;
}

/* Forgets an entry; its descriptor is somebody else's, or closed. */
static void forget(struct fd_store *store, struct stored *stored)
{
	free(stored->name);
	memmove(stored, stored + 1, (size_t)(store->stored + --store->n - stored) * sizeof *stored);
}

int fd_store_new(struct fd_store **ret)
{
	_cleanup_(fd_store_freep) struct fd_store *store = calloc(1, sizeof *store);
	char **names = NULL;
	int n, r = 0;

	if (!store)
		return -ENOMEM;
	n = sd_listen_fds_with_names(true, &names);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (r < 0 || !add(store, names[i], SD_LISTEN_FDS_START + i)) {
			r = -ENOMEM;
			free(names[i]);
			close(SD_LISTEN_FDS_START + i);
		}
	free(names);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(store);
	return 0;
}

struct fd_store *fd_store_free(struct fd_store *store)
{
	if (!store)
		return NULL;
	while (store->n > 0) {
		if (store->stored[0].fd >= 0)
			close(store->stored[0].fd);
		forget(store, &store->stored[0]);
	}
	for (size_t i = 0; i < store->refusals_n; i++)
		free(store->refusals[i]);
	free(store->refusals);
	free(store->stored);
	free(store);
	return NULL;
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if (name[i] == ':' || (unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return length > 0 && length <= FD_STORE_NAME_MAX;
}

/* 0, also without systemd, or a negative errno. */
static int tell(struct fd_store *store, const char *what, const char *name, int fd)
{
	char text[FD_STORE_NAME_MAX + 64];
	int r;

	snprintf(text, sizeof text, "%s=1\nFDNAME=%s", what, name);
	r = sd_pid_notify_with_fds(0, false, text, &fd, fd >= 0);
	if (r > 0)
		store->told = true;
	return r < 0 ? r : 0;
}

int fd_store_take(struct fd_store *store, const char *name)
{
	int fd = -1;
	size_t n = 0;

	if (!store)
		return -ENOENT;
	for (size_t i = 0; i < store->n; i++) {
		struct stored *stored = &store->stored[i];

		if (stored->fd < 0 || strcmp(stored->name, name) != 0)
			continue;
		if (fd >= 0)
			close(fd);
		fd = stored->fd;
		stored->fd = -1;
		n++;
	}
	if (fd < 0)
		return -ENOENT;
	if (n > 1) /* systemd removes by name only: all of them go, and the one comes back */
		fd_store_put(store, name, fd);
	return fd;
}

static int put(struct fd_store *store, const char *name, int fd)
{
	char *copy;

	if (!is_name(name))
		return -EINVAL;
	fd_store_drop(store, name);
	copy = strdup(name);
	if (!copy || !add(store, copy, -1)) {
		free(copy);
		return -ENOMEM;
	}
	return tell(store, "FDSTORE", name, fd);
}

int fd_store_put(struct fd_store *store, const char *name, int fd)
{
	fd_store_failed_handler failed;
	int r;

	if (!store)
		return 0;
	r = put(store, name, fd);
	failed = store->failed;
	if (r >= 0 || !failed)
		return r;
	store->failed = NULL;
	failed(name, r);
	return r;
}

void fd_store_on_failure(struct fd_store *store, fd_store_failed_handler failed)
{
	store->failed = failed;
}

void fd_store_give_back(struct fd_store *store, const char *name, int fd)
{
	struct stored *stored = store ? find(store, name) : NULL;

	if (stored && stored->fd < 0)
		stored->fd = fd;
	else
		close(fd);
}

void fd_store_drop(struct fd_store *store, const char *name)
{
	struct stored *stored = store ? find(store, name) : NULL;
	char copy[FD_STORE_NAME_MAX + 1]; /* `name` may be the entry's own */

	if (!stored)
		return;
	snprintf(copy, sizeof copy, "%s", name);
	do {
		if (stored->fd >= 0)
			close(stored->fd);
		forget(store, stored);
	} while ((stored = find(store, copy)));
	/* If it cannot be told, systemd has gone, and its store with it. */
	tell(store, "FDSTOREREMOVE", copy, -1);
}

const char *fd_store_left(const struct fd_store *store, int *ret_fd)
{
	for (size_t i = 0; i < store->n; i++)
		if (store->stored[i].fd >= 0) {
			*ret_fd = store->stored[i].fd;
			return store->stored[i].name;
		}
	return NULL;
}

static void keep_refusal(struct fd_store *store, const char *text)
{
	char **grown = reallocarray(store->refusals, store->refusals_n + 1, sizeof *grown);

	if (!grown)
		return;
	store->refusals = grown;
	grown[store->refusals_n] = strdup(text);
	if (grown[store->refusals_n])
		store->refusals_n++;
}

void fd_store_refuse(struct fd_store *store, const char *name, int fd, const char *text)
{
	close(fd);
	fd_store_drop(store, name);
	keep_refusal(store, text);
}

const char *fd_store_refusal(const struct fd_store *store, size_t i)
{
	return i < store->refusals_n ? store->refusals[i] : NULL;
}

/* sd_notify_barrier(3) in two halves: systemd closes its end of the pipe when it has come so far. */
int fd_store_begin_barrier(struct fd_store *store, int *ret_fd)
{
	int fds[2], r;

	if (!store->told)
		return 0;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	r = sd_pid_notify_with_fds(0, false, "BARRIER=1", &fds[1], 1);
	close(fds[1]);
	if (r <= 0) {
		close(fds[0]);
		return r;
	}
	store->told = false;
	*ret_fd = fds[0];
	return 1;
}

int fd_store_barrier(struct fd_store *store, uint64_t timeout_usec)
{
	int r;

	if (!store->told)
		return 0;
	r = sd_notify_barrier(false, timeout_usec);
	if (r < 0)
		return r;
	store->told = false;
	return 0;
}
