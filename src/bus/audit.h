/* Who did what, or was not let, one line each in the log; a client that never ends asking does not fill it.
 */
#pragma once

#include <sys/types.h>

/* What was asked for, of whom. */
struct audit_action {
	const char *kind, *component; /* NULL: the room as a whole */
	const char *action;           /* "SetOn" */
	const char *what;             /* "LightController hall: SetOn(true)" */
};

void audit_done(const struct audit_action *action, uid_t uid);

/* It was allowed, and did not work out: `why`. */
void audit_failed(const struct audit_action *action, uid_t uid, const char *why);

void audit_refused(const struct audit_action *action, uid_t uid, const char *why);
