/* Three steps, each a call that is not waited for: who is it (the bus), may he (polkit), tell the handler.
 * Nothing is kept from one call to the next: rules and groups change. */
#define _GNU_SOURCE
#include "bus/authority.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/absent.h"
#include "util/clock.h"
#include "util/problem.h"

/* Nobody has so many windows open that ask for a password; a script that does not wait for answers gets them
 * still. Root waits for none. */
#define ASKED_MAX 128
#define ASKED_OF_USER_MAX 32
#define PENDING_OF_CALLER_MAX 16

/* Those of whom the bus has yet to say who they are: it does so at once. More than all connections that the
 * bus lets one user have (256) can make. */
#define UNKNOWN_MAX 4096

#define UNKNOWN ((uid_t)-1)

#define GROUP "roomd"
#define WHAT_SIZE 128
#define WHERE_SIZE 64

/* A person looks for the password. */
#define INTERACTIVE_USEC (120 * USEC_PER_SEC)
#define POLKIT_USEC (20 * USEC_PER_SEC)

#define POLKIT "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define POLKIT_ALLOW_INTERACTION 1

#define DBUS "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

struct question {
	struct question *next;
	struct authority *authority;
	sd_bus_message *call;
	sd_bus_slot *slot; /* the step that is waited for */
	enum interface_right right;
	uid_t uid; /* UNKNOWN: the bus is asked */
	uint64_t id;
	bool at_polkit;
	char what[WHAT_SIZE], where[WHERE_SIZE];
};

struct authority {
	sd_bus *connection;
	authority_handler handler;
	void *userdata;
	struct question *questions;
	sd_bus_slot *leavers; /* while there are questions: callers that leave the bus */
	uint64_t last_id;
};

const char *authority_action(enum interface_right right)
{
	static const char *const actions[] = {
		[RIGHT_CONTROL] = "org.roomd1.control",
		[RIGHT_UNLOCK] = "org.roomd1.unlock",
		[RIGHT_MANAGE] = "org.roomd1.manage",
	};

	return actions[right];
}

/* --- users and groups ------------------------------------------------------------------------ */

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

/* NULL with 0: there is no such file; else a negative errno. */
static int open_list(const char *path, FILE **ret)
{
	int error;

	*ret = fopen(path, "re");
	error = errno;
	return *ret || path_is_absent(path) ? 0 : -error;
}

/* Only what was read to its end says that somebody is not in it. */
static int close_list(FILE *file, bool found)
{
	int r = found || !file || feof(file) ? 0 : -EIO;

	if (file)
		fclose(file);
	return r < 0 ? r : found;
}

/* The entry of a user in the local file: 1; 0: there is none; a negative errno: it cannot be read. */
static int find_user(uid_t uid, char name[static AUTHORITY_NAME_SIZE], gid_t *ret_gid)
{
	const struct passwd *entry = NULL;
	FILE *file;
	int r;

	r = open_list(USERS, &file);
	if (r < 0)
		return r;
	while (file && (entry = fgetpwent(file)) && entry->pw_uid != uid)
		;
	if (entry) {
		snprintf(name, AUTHORITY_NAME_SIZE, "%s", entry->pw_name);
		*ret_gid = entry->pw_gid;
	}
	return close_list(file, entry);
}

static bool is_in(const char *name, char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* Whether the group has this user: 1 or 0, or a negative errno. */
static int find_member(const char *name, gid_t gid)
{
	const struct group *entry;
	bool found = false;
	FILE *file;
	int r;

	r = open_list(GROUPS, &file);
	if (r < 0)
		return r;
	while (file && !found && (entry = fgetgrent(file)))
		found = strcmp(entry->gr_name, GROUP) == 0 &&
		        (entry->gr_gid == gid || is_in(name, entry->gr_mem));
	return close_list(file, found);
}

/* 1 or 0; or a negative errno, and the file that cannot be read. */
static int is_member(uid_t uid, const char **ret_file)
{
	char name[AUTHORITY_NAME_SIZE];
	gid_t gid;
	int r;

	*ret_file = USERS;
	r = find_user(uid, name, &gid);
	if (r <= 0)
		return r;
	*ret_file = GROUPS;
	return find_member(name, gid);
}

char *authority_who(uid_t uid, char buffer[static AUTHORITY_WHO_SIZE])
{
	char name[AUTHORITY_NAME_SIZE];
	gid_t gid;

	if (uid == UNKNOWN)
		snprintf(buffer, AUTHORITY_WHO_SIZE, "somebody unknown");
	else if (find_user(uid, name, &gid) > 0)
		snprintf(buffer, AUTHORITY_WHO_SIZE, "user %s (uid %u)", name, (unsigned)uid);
	else
		snprintf(buffer, AUTHORITY_WHO_SIZE, "uid %u", (unsigned)uid);
	return buffer;
}

/* --- questions ------------------------------------------------------------------------------- */

static void forget(struct question *question)
{
	struct authority *authority = question->authority;

	for (struct question **q = &authority->questions; *q; q = &(*q)->next)
		if (*q == question) {
			*q = question->next;
			break;
		}
	sd_bus_slot_unref(question->slot);
	sd_bus_message_unref(question->call);
	free(question);
	if (!authority->questions)
		authority->leavers = sd_bus_slot_unref(authority->leavers);
}

static void tell(struct question *question, const struct verdict *verdict)
{
	struct authority *authority = question->authority;

	authority->handler(question->call, verdict, authority->userdata);
	forget(question);
}

static void decide(struct question *question, bool allowed, const char *why)
{
	tell(question,
	     &(struct verdict){
		     .allowed = allowed, .uid = question->uid, .what = question->what, .why = why });
}

static void turn_away(struct question *question)
{
	tell(question, &(struct verdict){ .busy = true, .uid = question->uid, .what = question->what });
}

static void decide_without_polkit(struct question *question)
{
	char why[192] = "there is no polkit here, so only root and the group " GROUP " may";
	const char *file;
	int r;

	r = is_member(question->uid, &file);
	if (r < 0)
		snprintf(why, sizeof why,
		         "there is no polkit here, and who is in the group " GROUP
		         " cannot be told: %s cannot be read: %s",
		         file, problem_errno(r));
	decide(question, r > 0, why);
}

/* It is not there, or cannot be started; anything else, such as no answer, is a refusal. */
static bool polkit_is_absent(sd_bus_message *reply)
{
	static const char *const beginnings[] = { SD_BUS_ERROR_SERVICE_UNKNOWN,
		                                  SD_BUS_ERROR_NAME_HAS_NO_OWNER,
		                                  "org.freedesktop.DBus.Error.Spawn.",
		                                  "org.freedesktop.systemd1." };
	const char *name = sd_bus_message_get_error(reply)->name;

	for (size_t i = 0; i < ELEMENTS(beginnings); i++)
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

/* The connection has gone, and the caller with it: there is nobody to tell, and nothing was refused. */
static bool is_void(const struct question *question)
{
	return sd_bus_is_open(question->authority->connection) <= 0;
}

static int on_polkit(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct question *question = userdata;
	int authorized, challenge;
	char why[192];

	(void)error;
	question->at_polkit = false;
	if (is_void(question)) {
		forget(question);
		return 0;
	}
	if (sd_bus_message_is_method_error(reply, NULL)) {
		if (polkit_is_absent(reply)) {
			decide_without_polkit(question);
			return 0;
		}
		snprintf(why, sizeof why, "polkit did not say whether %s is allowed: %s",
		         authority_action(question->right), sd_bus_message_get_error(reply)->message);
		decide(question, false, why);
		return 0;
	}
	if (sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
	    sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
		authorized = challenge = false;
	snprintf(why, sizeof why, "polkit does not allow %s%s", authority_action(question->right),
	         challenge ? " without a password" : "");
	decide(question, authorized, why);
	return 0;
}

static int ask_polkit(struct question *question)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *ask = NULL;
	sd_bus *connection = question->authority->connection;
	bool interactive = sd_bus_message_get_allow_interactive_authorization(question->call) > 0;
	char id[32];
	int r;

	snprintf(id, sizeof id, "%" PRIu64, question->id);
	r = sd_bus_message_new_method_call(connection, &ask, POLKIT, POLKIT_PATH, POLKIT_INTERFACE,
	                                   "CheckAuthorization");
	if (r >= 0)
		r = sd_bus_message_append(ask, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
		                          sd_bus_message_get_sender(question->call),
		                          authority_action(question->right), 1, "component", question->where,
		                          interactive ? POLKIT_ALLOW_INTERACTION : 0, id);
	question->slot = sd_bus_slot_unref(question->slot);
	if (r >= 0)
		r = sd_bus_call_async(connection, &question->slot, ask, on_polkit, question,
		                      interactive ? INTERACTIVE_USEC : POLKIT_USEC);
	question->at_polkit = r >= 0;
	return r;
}

/* One user has room for so many, which leaves some for others. `question` is not counted. */
static bool is_asked_too_much(const struct question *question)
{
	size_t all = 0, of_user = 0;

	for (const struct question *q = question->authority->questions; q; q = q->next) {
		if (q == question || q->uid == UNKNOWN)
			continue;
		all++;
		of_user += q->uid == question->uid;
	}
	return all >= ASKED_MAX || of_user >= ASKED_OF_USER_MAX;
}

/* Root may, whatever polkit is asked; so it need not be. */
static int on_user(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct question *question = userdata;
	uint32_t uid;

	(void)error;
	if (is_void(question)) {
		forget(question);
		return 0;
	}
	if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "u", &uid) < 0) {
		decide(question, false, "the bus does not tell who asks");
		return 0;
	}
	question->uid = uid;
	if (uid == 0)
		decide(question, true, NULL);
	else if (is_asked_too_much(question))
		turn_away(question);
	else if (ask_polkit(question) < 0)
		decide(question, false, "polkit could not be asked");
	return 0;
}

/* Closes the window that asks for a password. */
static void cancel_at_polkit(const struct question *question)
{
	char id[32];

	snprintf(id, sizeof id, "%" PRIu64, question->id);
	sd_bus_call_method_async(question->authority->connection, NULL, POLKIT, POLKIT_PATH, POLKIT_INTERFACE,
	                         "CancelCheckAuthorization", NULL, NULL, "s", id);
}

static int on_leaver(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	struct authority *authority = userdata;
	const char *name;

	(void)error;
	if (sd_bus_message_read(signal, "s", &name) < 0)
		return 0;
	for (struct question *question = authority->questions, *next; question; question = next) {
		next = question->next;
		if (strcmp(sd_bus_message_get_sender(question->call), name) != 0)
			continue;
		if (question->at_polkit)
			cancel_at_polkit(question);
		forget(question);
	}
	return 0;
}

/* Without it a question ends when polkit says that the caller has gone: not at once, but it does. */
static int on_match(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	(void)reply, (void)userdata, (void)error;
	return 0;
}

static int watch_leavers(struct authority *authority)
{
	if (authority->leavers)
		return 0;
	return sd_bus_add_match_async(authority->connection, &authority->leavers,
	                              "type='signal',sender='" DBUS "',path='" DBUS_PATH "',interface='" DBUS
	                              "',member='NameOwnerChanged',arg2=''",
	                              on_leaver, on_match, authority);
}

/* Nobody knows yet whose call it is, root's for all we know: others are in its way for a moment only. */
static bool is_busy(const struct authority *authority, const char *sender)
{
	size_t unknown = 0, of_sender = 0;

	for (const struct question *q = authority->questions; q; q = q->next) {
		unknown += q->uid == UNKNOWN;
		of_sender += strcmp(sd_bus_message_get_sender(q->call), sender) == 0;
	}
	return unknown >= UNKNOWN_MAX || of_sender >= PENDING_OF_CALLER_MAX;
}

int authority_ask(struct authority *authority, sd_bus_message *call, enum interface_right right,
                  const char *what, const char *where)
{
	const char *sender = sd_bus_message_get_sender(call);
	struct question *question;
	int r;

	if (!sender)
		return -EINVAL;
	if (is_busy(authority, sender))
		return -EBUSY;
	question = calloc(1, sizeof *question);
	if (!question)
		return -ENOMEM;
	question->authority = authority;
	question->call = sd_bus_message_ref(call);
	question->right = right;
	question->uid = UNKNOWN;
	question->id = ++authority->last_id;
	snprintf(question->what, sizeof question->what, "%s", what);
	snprintf(question->where, sizeof question->where, "%s", where);
	question->next = authority->questions;
	authority->questions = question;
	r = watch_leavers(authority);
	if (r >= 0)
		r = sd_bus_call_method_async(authority->connection, &question->slot, DBUS, DBUS_PATH, DBUS,
		                             "GetConnectionUnixUser", on_user, question, "s", sender);
	if (r < 0)
		forget(question);
	return r < 0 ? r : 0;
}

int authority_new(sd_bus *connection, authority_handler handler, void *userdata, struct authority **ret)
{
	struct authority *authority = calloc(1, sizeof *authority);

	if (!authority)
		return -ENOMEM;
	*authority = (struct authority){ .connection = connection, .handler = handler, .userdata = userdata };
	*ret = authority;
	return 0;
}

struct authority *authority_free(struct authority *authority)
{
	while (authority && authority->questions)
		forget(authority->questions);
	free(authority);
	return NULL;
}
