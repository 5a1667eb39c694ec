/* Who may do what: polkit is asked, without waiting for it. Where there is no polkit, root and the members of
 * the group roomd may. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "roomd/interface.h"
#include "util/cleanup.h"

/* Room for a name of a user and "user NAME (uid N)". */
#define AUTHORITY_NAME_SIZE 64
#define AUTHORITY_WHO_SIZE (AUTHORITY_NAME_SIZE + 32)

struct authority;

struct verdict {
	bool allowed;
	bool busy; /* too many calls of this user, or of all, wait for an answer: nothing was decided */
	uid_t uid; /* of the caller; (uid_t)-1: the bus did not tell */
	/* What was asked for, as authority_ask() was told. */
	const char *what;
	/* If not allowed, nor busy, why: a sentence's end for the caller and the log. */
	const char *why;
};

/* Called at most once for a call: never if the caller leaves first. */
typedef void (*authority_handler)(sd_bus_message *call, const struct verdict *verdict, void *userdata);

/* On this connection, which it does not outlive. -ENOMEM. */
int authority_new(sd_bus *connection, authority_handler handler, void *userdata, struct authority **ret);

/* Forgets all that is pending. Takes NULL; returns NULL. */
struct authority *authority_free(struct authority *authority);
DEFINE_CLEANUP(struct authority *, authority_free);

/* May the sender of `call` do this? `what` says it in words, for the log, and `where` to the one who is asked
 * for a password; both are copied. 0: the handler is told later. -EBUSY: too many of this caller, or of
 * callers that the bus has yet to tell the users of, are pending; another negative errno. */
int authority_ask(struct authority *authority, sd_bus_message *call, enum interface_right right,
                  const char *what, const char *where);

/* The action of polkit: "org.roomd1.control". */
const char *authority_action(enum interface_right right);

/* "user alice (uid 1000)", from /etc/passwd and nothing else, which might have to be waited for. Returns
 * `buffer`. */
char *authority_who(uid_t uid, char buffer[static AUTHORITY_WHO_SIZE]);
