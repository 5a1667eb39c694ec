#include "bus/audit.h"

#include <stdbool.h>
#include <stdio.h>

#include "bus/authority.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/log.h"

/* So many lines of one user in so long a time. */
#define LINES 30
#define WINDOW_NS (10 * NSEC_PER_SEC)

/* Of so many users; one more takes the place of the one that has been quiet longest. */
#define USERS 16

struct user {
	uid_t uid;
	uint64_t since_ns; /* 0: nobody */
	unsigned lines;    /* since then */
};

static struct user *find_user(uid_t uid)
{
	static struct user users[USERS];
	struct user *oldest = users;

	for (struct user *user = users; user < users + USERS; user++) {
		if (user->since_ns > 0 && user->uid == uid)
			return user;
		if (user->since_ns < oldest->since_ns)
			oldest = user;
	}
	*oldest = (struct user){ .uid = uid };
	return oldest;
}

/* True if a line may be written; the last one that may says so. */
static bool may_say(uid_t uid, bool *ret_last)
{
	struct user *user = find_user(uid);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (user->since_ns == 0 || now_ns - user->since_ns >= WINDOW_NS)
		*user = (struct user){ .uid = uid, .since_ns = now_ns };
	*ret_last = ++user->lines == LINES;
	return user->lines <= LINES;
}

static void say(int level, const char *message_id, const struct audit_action *action, uid_t uid,
                const char *outcome, const char *why)
{
	char who[AUTHORITY_WHO_SIZE], uid_text[16];
	const struct log_field fields[] = {
		{ "ROOMD_COMPONENT", action->component },
		{ "ROOMD_KIND", action->kind },
		{ "ROOMD_ACTION", action->action },
		{ "ROOMD_UID", uid == (uid_t)-1 ? NULL : uid_text },
		{ "MESSAGE_ID", message_id },
	};
	bool last;

	if (!may_say(uid, &last))
		return;
	snprintf(uid_text, sizeof uid_text, "%u", (unsigned)uid);
	log_fields(level, fields, ELEMENTS(fields), "%s: %s, for %s%s%s", action->what, outcome,
	           authority_who(uid, who), why ? ": " : "", why ? why : "");
	if (last)
		log_warning(
			"%s makes very many calls: those of the next seconds are not listed here",
			who);
}

void audit_done(const struct audit_action *action, uid_t uid)
{
	say(LOG_NOTICE, NULL, action, uid, "done", NULL);
}

void audit_failed(const struct audit_action *action, uid_t uid, const char *why)
{
	say(LOG_NOTICE, NULL, action, uid, "not done", why);
}

void audit_refused(const struct audit_action *action, uid_t uid, const char *why)
{
	say(LOG_WARNING, ROOMD_MESSAGE_REFUSED, action, uid, "refused", why);
}
