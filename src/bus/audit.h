/* Logs who did what, or was refused, in one line each. A client that asks without end does not fill the log. */
#pragma once

#include <sys/types.h>

/* The action that was asked for, and of which component. */
struct audit_action {
	const char *kind, *component; /* NULL: the room as a whole */
	const char *action;           /* "SetOn" */
	const char *what;             /* "LightController hall: SetOn(true)" */
};

void audit_done(const struct audit_action *action, uid_t uid);

/* The action was allowed, but failed: `why`. */
void audit_failed(const struct audit_action *action, uid_t uid, const char *why);

void audit_refused(const struct audit_action *action, uid_t uid, const char *why);
