#define _GNU_SOURCE
#include "daemon/service-view.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "config/files.h"
#include "util/clock.h"
#include "util/problem.h"

#define UNIT "roomd.service"
#define SYSTEMD "org.freedesktop.systemd1"
#define ANSWER_USEC (2 * USEC_PER_SEC)

#define GROUPS_MAX 64
#define NAME_SIZE 64
/* As the kernel has it. */
#define LINKS_MAX 40

struct view {
	bool hides_homes, hides_tmp;
	char user[NAME_SIZE];
	bool user_is_known;
	uid_t uid;
	gid_t groups[GROUPS_MAX];
	size_t groups_n;
};

static const struct {
	const char *folder;
	size_t hides; /* offset of a bool */
	const char *by;
} hidden[] = {
	{ "/home", offsetof(struct view, hides_homes), "ProtectHome=" },
	{ "/root", offsetof(struct view, hides_homes), "ProtectHome=" },
	{ "/run/user", offsetof(struct view, hides_homes), "ProtectHome=" },
	{ "/tmp", offsetof(struct view, hides_tmp), "PrivateTmp=" },
	{ "/var/tmp", offsetof(struct view, hides_tmp), "PrivateTmp=" },
};

/* --- the unit -------------------------------------------------------------------------------- */

static void free_names(char ***names)
{
	for (char **name = *names; name && *name; name++)
		free(*name);
	free(*names);
}

static void add_group(struct view *view, const char *name)
{
	const struct group *group = getgrnam(name);

	if (group && view->groups_n < GROUPS_MAX)
		view->groups[view->groups_n++] = group->gr_gid;
}

/* A user who is not known yet, or is made when the service starts, may own anything. */
static void set_user(struct view *view, const char *user)
{
	const struct passwd *entry = getpwnam(*user ? user : "root");
	int n = GROUPS_MAX;

	view->user_is_known = entry && getgrouplist(entry->pw_name, entry->pw_gid, view->groups, &n) >= 0;
	if (!view->user_is_known)
		return;
	snprintf(view->user, sizeof view->user, "%s", entry->pw_name);
	view->uid = entry->pw_uid;
	view->groups_n = (size_t)n;
}

/* What stands in systemd/roomd.service.in. */
static void take_shipped_unit(struct view *view)
{
	view->hides_homes = view->hides_tmp = true;
	set_user(view, "roomd");
	add_group(view, "gpio");
}

static int get_text(sd_bus *bus, const char *unit, const char *interface, const char *name, char **ret)
{
	return sd_bus_get_property_string(bus, SYSTEMD, unit, interface, name, NULL, ret);
}

static int take_homes(struct view *view, sd_bus *bus, const char *unit)
{
	_cleanup_(cleanup_free) char *homes = NULL;
	int r = get_text(bus, unit, SYSTEMD ".Service", "ProtectHome", &homes);

	if (r >= 0)
		view->hides_homes = strcmp(homes, "yes") == 0 || strcmp(homes, "tmpfs") == 0;
	return r;
}

static int take_tmp(struct view *view, sd_bus *bus, const char *unit)
{
	int tmp, r;

	r = sd_bus_get_property_trivial(bus, SYSTEMD, unit, SYSTEMD ".Service", "PrivateTmp", NULL, 'b',
	                                &tmp);
	if (r >= 0)
		view->hides_tmp = tmp;
	return r;
}

static int take_user(struct view *view, sd_bus *bus, const char *unit)
{
	_cleanup_(cleanup_free) char *user = NULL, *group = NULL;
	_cleanup_(free_names) char **groups = NULL;
	int r;

	r = get_text(bus, unit, SYSTEMD ".Service", "User", &user);
	if (r >= 0)
		r = get_text(bus, unit, SYSTEMD ".Service", "Group", &group);
	if (r >= 0)
		r = sd_bus_get_property_strv(bus, SYSTEMD, unit, SYSTEMD ".Service", "SupplementaryGroups",
		                             NULL, &groups);
	if (r < 0)
		return r;
	set_user(view, user);
	add_group(view, group);
	for (char **name = groups; name && *name; name++)
		add_group(view, *name);
	return 0;
}

/* 0; -ENOENT: there is no such unit; another negative errno: systemd does not say. */
static int take_loaded_unit(struct view *view, sd_bus *bus)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(cleanup_free) char *state = NULL;
	const char *unit;
	int r;

	sd_bus_set_method_call_timeout(bus, ANSWER_USEC);
	r = sd_bus_call_method(bus, SYSTEMD, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "LoadUnit",
	                       NULL, &reply, "s", UNIT);
	if (r >= 0)
		r = sd_bus_message_read(reply, "o", &unit);
	if (r >= 0)
		r = get_text(bus, unit, SYSTEMD ".Unit", "LoadState", &state);
	if (r >= 0 && strcmp(state, "loaded") != 0)
		return -ENOENT;
	if (r >= 0)
		r = take_homes(view, bus, unit);
	if (r >= 0)
		r = take_tmp(view, bus, unit);
	return r < 0 ? r : take_user(view, bus, unit);
}

/* False: nobody here runs as that service. */
static bool view_take(struct view *view)
{
	sd_bus *bus = NULL;
	int r;

	if (sd_booted() <= 0)
		return false;
	r = sd_bus_open_system(&bus);
	if (r >= 0)
		r = take_loaded_unit(view, bus);
	sd_bus_flush_close_unref(bus);
	if (r < 0 && r != -ENOENT) {
		*view = (struct view){ 0 };
		take_shipped_unit(view);
	}
	return r != -ENOENT;
}

/* --- looking as the service does ------------------------------------------------------------- */

static bool has_group(const struct view *view, gid_t gid)
{
	for (size_t i = 0; i < view->groups_n; i++)
		if (view->groups[i] == gid)
			return true;
	return false;
}

/* `wanted` are bits of others, such as S_IROTH. With a list of access, the mode does not tell. */
static bool may(const struct view *view, const char *path, const struct stat *st, mode_t wanted)
{
	mode_t mode = view->uid == st->st_uid       ? st->st_mode >> 6
	              : has_group(view, st->st_gid) ? st->st_mode >> 3
	                                            : st->st_mode;

	return !view->user_is_known || view->uid == 0 || (mode & wanted) == wanted ||
	       lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

static int check_hidden(const struct view *view, const char *at, struct problem *problem)
{
	for (size_t i = 0; i < ELEMENTS(hidden); i++)
		if (strcmp(at, hidden[i].folder) == 0 &&
		    *(const bool *)((const char *)view + hidden[i].hides))
			return problem_set(problem, -EACCES,
			                   "it is in %s, which the unit hides from the service (%s)", at,
			                   hidden[i].by);
	return 0;
}

static int check_mode(const struct view *view, const char *at, const struct stat *st, bool is_end,
                      struct problem *problem)
{
	bool is_folder = S_ISDIR(st->st_mode);
	mode_t wanted = (is_end ? S_IROTH : 0) | (is_folder ? S_IXOTH : 0);

	if (may(view, at, st, wanted))
		return 0;
	return problem_set(problem, -EACCES, "the user %s may not %s %s (mode %04o, owner %u, group %u)",
	                   view->user, is_end ? "read" : "search", at, (unsigned)st->st_mode & 07777,
	                   (unsigned)st->st_uid, (unsigned)st->st_gid);
}

static int follow(const struct view *view, const char *path, unsigned links, struct problem *problem);

/* Goes on where the link at path[0..length) leads. */
static int follow_link(const struct view *view, const char *path, size_t length, unsigned links,
                       struct problem *problem)
{
	char target[PATH_MAX], next[3 * PATH_MAX];
	ssize_t n;
	size_t folder = length;

	while (folder > 0 && path[folder - 1] != '/')
		folder--;
	snprintf(next, sizeof next, "%.*s", (int)length, path);
	n = readlink(next, target, sizeof target - 1);
	if (n < 0 || links == LINKS_MAX)
		return 0;
	target[n] = '\0';
	if (snprintf(next, sizeof next, "%.*s%s%s", *target == '/' ? 0 : (int)folder, path, target,
	             path + length) >= PATH_MAX)
		return 0;
	return follow(view, next, links + 1, problem);
}

/* Each folder on the way, and its end, links followed. -EACCES and a problem that completes "the service
 * cannot read it: ..."; what the one who checks does not see, nobody knows of: 0. */
static int follow(const struct view *view, const char *path, unsigned links, struct problem *problem)
{
	for (const char *end = path; *end;) {
		char at[PATH_MAX];
		struct stat st;
		int r;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		snprintf(at, sizeof at, "%.*s", (int)(end - path), path);
		if (lstat(at, &st) < 0)
			return 0;
		if (S_ISLNK(st.st_mode))
			return follow_link(view, path, (size_t)(end - path), links, problem);
		r = check_hidden(view, at, problem);
		if (r >= 0)
			r = check_mode(view, at, &st, !end[strspn(end, "/")], problem);
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- what there is to see -------------------------------------------------------------------- */

static void check_path(const struct view *view, const char *path, struct config_errors *warnings)
{
	struct problem problem;

	if (follow(view, path, 0, &problem) < 0)
		config_error(warnings, &(struct config_place){ .file = path },
		             "the service cannot read it: %s", problem.text);
}

static bool is_the_services(const char *path)
{
	char file[PATH_MAX];

	for (size_t i = 0; path && config_folders[i]; i++) {
		snprintf(file, sizeof file, "%s/" CONFIG_FILE, config_folders[i]);
		if (strcmp(path, file) == 0)
			return true;
	}
	return !path;
}

void service_view_check(const struct config *config, const char *path, struct config_errors *warnings)
{
	struct view view = { 0 };

	if (!is_the_services(path) || !view_take(&view))
		return;
	for (size_t i = 0; i < config->text.files_n; i++)
		check_path(&view, config->text.files[i], warnings);
	for (size_t i = 0; config_folders[i]; i++) {
		char dropins[PATH_MAX];

		snprintf(dropins, sizeof dropins, "%s/" CONFIG_FILE ".d", config_folders[i]);
		check_path(&view, dropins, warnings);
	}
}
