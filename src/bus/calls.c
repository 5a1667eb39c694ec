#define _GNU_SOURCE
#include "bus/calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/audit.h"
#include "bus/internal.h"
#include "bus/object.h"
#include "bus/text.h"
#include "util/memory.h"
#include "util/problem.h"

#define WHAT_SIZE 128
#define REFUSAL_SIZE 512

#define BUSY_TEXT "too many calls wait for authorization; try again when they are answered"

/* --- asking ---------------------------------------------------------------------------------- */

/* The arguments are what the vtable says, so reading them does not fail; texts are the message's. */
static int read_arguments(sd_bus_message *call, const struct interface_action *action,
                          union value arguments[static INTERFACE_ARGUMENTS_MAX])
{
	int r;

	r = sd_bus_message_rewind(call, true);
	for (size_t i = 0; r >= 0 && i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++) {
		char type = action->arguments[i].type;
		int truth = 0;

		r = sd_bus_message_read_basic(call, type, type == 'b' ? (void *)&truth : &arguments[i]);
		if (type == 'b')
			arguments[i].b = truth;
	}
	return r;
}

static void format_value(char type, const union value *value, char *buffer, size_t size)
{
	switch (type) {
	case 'b':
		snprintf(buffer, size, "%s", value->b ? "true" : "false");
		break;
	case 't':
		snprintf(buffer, size, "%" PRIu64, value->t);
		break;
	case 'd':
		snprintf(buffer, size, "%g", value->d);
		break;
	default:
		snprintf(buffer, size, "\"%.32s\"", value->s);
	}
}

/* "LightController hall: SetOnFor(true, 600000000)" */
static void format_call(const struct object *object, const struct interface_action *action,
                        const union value *arguments, char what[static WHAT_SIZE])
{
	size_t length = (size_t)snprintf(what, WHAT_SIZE, "%s %s: %s(", object->kind->class->kind,
	                                 component_name(object->component), action->name);

	for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name && length < WHAT_SIZE;
	     i++) {
		char value[48];

		format_value(action->arguments[i].type, &arguments[i], value, sizeof value);
		length += (size_t)snprintf(what + length, WHAT_SIZE - length, "%s%s", i ? ", " : "", value);
	}
	if (length < WHAT_SIZE)
		snprintf(what + length, WHAT_SIZE - length, ")");
}

static int ask(struct bus *bus, sd_bus_message *call, enum interface_right right, const char *what,
               const char *where, sd_bus_error *error)
{
	int r;

	r = authority_ask(bus->authority, call, right, what, where);
	if (r == -EBUSY)
		return sd_bus_error_set(error, BUS_ERROR("Busy"), BUSY_TEXT);
	return r < 0 ? sd_bus_error_setf(error, BUS_ERROR("Failed"), "authorization cannot be asked for: %s",
	                                 problem_errno(r))
	             : 1;
}

int calls_on_action(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const struct object *object = userdata;
	const struct interface_action *action =
		kind_action(object->kind->class, sd_bus_message_get_member(call));
	union value arguments[INTERFACE_ARGUMENTS_MAX] = { 0 };
	char what[WHAT_SIZE], where[WHAT_SIZE];
	int r;

	r = read_arguments(call, action, arguments);
	if (r < 0)
		return r;
	format_call(object, action, arguments, what);
	snprintf(where, sizeof where, "%s %s", object->kind->class->kind, component_name(object->component));
	return ask(object->bus, call, action->right, what, where, error);
}

int calls_on_reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return ask(userdata, call, RIGHT_MANAGE, "Reload()", "the room", error);
}

/* --- doing ----------------------------------------------------------------------------------- */

/* An error's name for what run() returned. */
static const char *error_name(int r)
{
	switch (r) {
	case -EINVAL:
		return BUS_ERROR("InvalidArgument");
	case -EALREADY:
		return BUS_ERROR("NothingToDo");
	case -EBADMSG:
		return BUS_ERROR("ConfigInvalid");
	default:
		return BUS_ERROR("Failed");
	}
}

/* There is always an answer: the text may have the name of a file, which is any bytes, or be cut anywhere. */
static void reply_error(sd_bus_message *call, const char *name, const char *text)
{
	_cleanup_(cleanup_free) char *valid = text_dup_utf8(text);

	sd_bus_reply_method_errorf(call, name, "%s", valid ? valid : "");
}

static void answer(sd_bus_message *call, const struct audit_action *audit, uid_t uid, int r, const char *text)
{
	if (r >= 0) {
		audit_done(audit, uid);
		sd_bus_reply_method_return(call, NULL);
	} else {
		audit_failed(audit, uid, text);
		reply_error(call, error_name(r), text);
	}
}

static void refuse(sd_bus_message *call, const struct audit_action *audit, const struct verdict *verdict)
{
	char text[REFUSAL_SIZE];

	audit_refused(audit, verdict->uid, verdict->why);
	snprintf(text, sizeof text, "%s: %s", audit->what, verdict->why);
	reply_error(call, BUS_ERROR("NotAuthorized"), text);
}

static void act(struct object *object, sd_bus_message *call, const struct verdict *verdict)
{
	const struct interface_action *action =
		kind_action(object->kind->class, sd_bus_message_get_member(call));
	const struct audit_action audit = {
		.kind = object->kind->class->kind,
		.component = component_name(object->component),
		.action = action->name,
		.what = verdict->what,
	};
	union value arguments[INTERFACE_ARGUMENTS_MAX] = { 0 };
	struct problem problem = { "" };
	int r;

	if (!verdict->allowed) {
		refuse(call, &audit, verdict);
		return;
	}
	r = read_arguments(call, action, arguments);
	if (r >= 0)
		r = action->run(object->component, arguments, &problem);
	/* Before anybody is told: it is done, also for a successor of a roomd that is killed now. */
	memory_commit(object->bus->room->memory);
	answer(call, &audit, verdict->uid, r, problem.text[0] ? problem.text : problem_errno(r));
}

static void reload(struct bus *bus, sd_bus_message *call, const struct verdict *verdict)
{
	const struct audit_action audit = { .action = "Reload", .what = verdict->what };
	_cleanup_(cleanup_free) char *text = NULL;
	int r;

	if (!verdict->allowed) {
		refuse(call, &audit, verdict);
		return;
	}
	r = bus->callbacks->reload(bus->userdata, &text);
	memory_commit(bus->room->memory);
	answer(call, &audit, verdict->uid, r, text ? text : problem_errno(r));
}

/* The object is looked for again: it may have gone since the question. */
void calls_on_verdict(sd_bus_message *call, const struct verdict *verdict, void *userdata)
{
	struct bus *bus = userdata;
	const char *path = sd_bus_message_get_path(call);
	struct object *object = object_find(bus, path);

	if (verdict->busy)
		reply_error(call, BUS_ERROR("Busy"), BUSY_TEXT);
	else if (object)
		act(object, call, verdict);
	else if (strcmp(path, BUS_ROOT) == 0)
		reload(bus, call, verdict);
	else
		sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_OBJECT, "%s is gone", path);
}
