/* Who may do what. Asks polkit, without waiting for it. Without polkit, root and the members of the group
 * roomd may do everything. */
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
	bool busy; /* too many calls of this user, or of all users, wait for an answer: nothing was decided */
	uid_t uid; /* of the caller; (uid_t)-1: the bus did not tell */
	/* `what` of authority_ask(). */
	const char *what;
	/* If neither allowed nor busy: why, as the end of a sentence for the caller and the log. */
	const char *why;
};

/* Called at most once for a call: never if the caller leaves first. */
typedef void (*authority_handler)(sd_bus_message *call, const struct verdict *verdict, void *userdata);

/* Works on this connection, which outlives it. 0 or -ENOMEM. */
int authority_new(sd_bus *connection, authority_handler handler, void *userdata, struct authority **ret);

/* Forgets all pending calls. Takes NULL; returns NULL. */
struct authority *authority_free(struct authority *authority);
DEFINE_CLEANUP(struct authority *, authority_free);

/* Asks whether the sender of `call` may do this. `what` describes it for the log, `where` for the person who
 * is asked for a password; both are copied. 0: the handler is called later. -EBUSY: too many calls are
 * pending, of this user or of callers whose users the bus has not named yet; or another negative errno. */
int authority_ask(struct authority *authority, sd_bus_message *call, enum interface_right right,
                  const char *what, const char *where);

/* The action of polkit: "org.roomd1.control". */
const char *authority_action(enum interface_right right);

/* Writes "user alice (uid 1000)". Looks only at /etc/passwd, because other databases could make it wait.
 * Returns `buffer`. */
char *authority_who(uid_t uid, char buffer[static AUTHORITY_WHO_SIZE]);
