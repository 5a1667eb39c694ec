#define _GNU_SOURCE
#include "roomctl/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/agent.h"
#include "roomctl/next.h"
#include "util/clock.h"
#include "util/problem.h"
#include "util/snake.h"

#define INTERFACE_PREFIX "org.roomd1."
#define INTERFACE_DEVICE "org.roomd1.Device"

/* A name on D-Bus has at most 255 letters. */
#define KEY_SIZE 512

/* Somebody may have to find a password first. */
#define ACT_USEC (300 * USEC_PER_SEC)

/* --- the connection -------------------------------------------------------------------------- */

enum status client_open(struct client *client, const struct command_line *line)
{
	int r;

	*client = (struct client){ .line = line };
	switch (line->transport) {
	case TRANSPORT_HOST:
		r = sd_bus_open_system_remote(&client->bus, line->address);
		break;
	case TRANSPORT_MACHINE:
		r = sd_bus_open_system_machine(&client->bus, line->address);
		break;
	default:
		r = sd_bus_open_system(&client->bus);
	}
	if (r >= 0)
		return STATUS_DONE;
	return say(STATUS_NOT_RUNNING, "the system bus%s%s cannot be reached: %s; %s%s%s",
	           line->address ? " of " : "", line->address ? line->address : "", problem_errno(r),
	           line->transport == TRANSPORT_HOST      ? "try the way there: ssh "
	           : line->transport == TRANSPORT_MACHINE ? "see whether it runs: machinectl status "
	                                                  : "see whether it runs: systemctl status dbus",
	           line->address ? line->address : "", line->transport == TRANSPORT_HOST ? " true" : "");
}

void client_close(struct client *client)
{
	client->bus = sd_bus_flush_close_unref(client->bus);
	agent_stop(client->agent);
	client->agent = 0;
}

static enum status not_running(const struct client *client)
{
	if (client->line->address)
		return say(STATUS_NOT_RUNNING,
		           "roomd does not run on %s (no " CLIENT_NAME " on the bus); start it there with: systemctl "
		           "start roomd",
		           client->line->address);
	return say(STATUS_NOT_RUNNING,
	           "roomd does not run (no " CLIENT_NAME " on the bus); start it with: systemctl start roomd%s",
	           next_is_unconfigured() ? "; nothing is configured yet: " NEXT_BEGIN
	                                  : "; why it has ended: systemctl status roomd");
}

static enum status refused(const sd_bus_error *error)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
		return say(STATUS_REFUSED,
		           "refused: this needs a password; leave out --no-ask-password, be root, or join "
		           "the group roomd");
	return say(STATUS_REFUSED,
	           "refused%s%s; this needs root, the group roomd, or authorization by polkit: try with "
	           "sudo, or, for good, sudo usermod -aG roomd NAME",
	           error->message ? ": " : "", error->message ? error->message : "");
}

/* What the errors that a user can do something about come to. */
static const struct {
	const char *name;
	enum status status;
} known_errors[] = {
	{ SD_BUS_ERROR_SERVICE_UNKNOWN, STATUS_NOT_RUNNING },
	{ SD_BUS_ERROR_NAME_HAS_NO_OWNER, STATUS_NOT_RUNNING },
	{ SD_BUS_ERROR_ACCESS_DENIED, STATUS_REFUSED },
	{ SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, STATUS_REFUSED },
	{ "org.roomd1.Error.NotAuthorized", STATUS_REFUSED },
	{ "org.roomd1.Error.NothingToDo", STATUS_NOTHING_TO_DO },
	{ "org.roomd1.Error.InvalidArgument", STATUS_USAGE },
	{ "org.roomd1.Error.ConfigInvalid", STATUS_CONFIG },
	{ SD_BUS_ERROR_UNKNOWN_OBJECT, STATUS_NO_COMPONENT }, /* gone since it was looked up */
};

static enum status status_of(const sd_bus_error *error)
{
	for (size_t i = 0; i < ELEMENTS(known_errors); i++)
		if (sd_bus_error_has_name(error, known_errors[i].name))
			return known_errors[i].status;
	return STATUS_FAILED;
}

enum status client_fail(const struct client *client, const sd_bus_error *error, int r)
{
	enum status status = status_of(error);

	if (r == -ENOTCONN || r == -ECONNRESET || r == -EPIPE)
		return say(STATUS_NOT_RUNNING, "the connection to the system bus%s%s has failed",
		           client->line->address ? " of " : "",
		           client->line->address ? client->line->address : "");
	if (!sd_bus_error_is_set(error))
		return say(STATUS_FAILED, "the call of roomd failed: %s; see: journalctl -u roomd", problem_errno(r));
	if (status == STATUS_NOT_RUNNING)
		return not_running(client);
	if (status == STATUS_REFUSED)
		return refused(error);
	if (status == STATUS_NOTHING_TO_DO && client->line->quiet)
		return status;
	return say(status, "%s", error->message && *error->message ? error->message : error->name);
}

enum status client_fail_beside(const struct client *client, const char *unit,
                               enum status (*say_not_running)(const struct command_line *line),
                               const sd_bus_error *error, int r)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return say_not_running(client->line);
	if (r == -ETIMEDOUT || sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		return say(STATUS_FAILED, "%s does not answer; its last messages: journalctl -u %s", unit, unit);
	return client_fail(client, error, r);
}

static int look_for_owner(struct client *client, sd_bus_error *error)
{
	return sd_bus_call_method(client->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
	                          "org.freedesktop.DBus", "GetNameOwner", error, NULL, "s", CLIENT_NAME);
}

bool client_is_service_there(struct client *client)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	return look_for_owner(client, &error) >= 0;
}

enum status client_expect_service(struct client *client)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = look_for_owner(client, &error);

	return r < 0 ? client_fail(client, &error, r) : STATUS_DONE;
}

/* --- the room -------------------------------------------------------------------------------- */

/* A reply whose only value, of these types, becomes JSON. */
static enum status call_for_json(struct client *client, const char *interface, const char *method,
                                 const char *argument, const char *types, struct json_object **ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r;

	r = sd_bus_call_method(client->bus, CLIENT_NAME, CLIENT_PATH, interface, method, &error, &reply,
	                       argument ? "s" : NULL, argument);
	if (r < 0)
		return client_fail(client, &error, r);
	r = json_from_answer(reply, types, ret);
	return r < 0 ? say(STATUS_FAILED, "the answer of roomd cannot be read: %s", problem_errno(r))
	             : STATUS_DONE;
}

/* Moves a member; nothing if there is none. */
static void move(struct json_object *from, const char *key, struct json_object *to, const char *new_key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(from, key, &value))
		return;
	json_add(to, new_key, json_object_get(value));
	json_object_object_del(from, key);
}

/* What to do about one that is unavailable; programs that show a room get the sentence from here. */
static void add_next(struct json_object *component)
{
	if (!json_object_get_boolean(member_of(component, "available")))
		json_add_text(component, "next", next_for_reason(member_text(component, "reason")));
}

/* What every component has, then what is its kind's. `properties` are emptied of the first. */
static struct json_object *make_component(const char *path, const char *interface,
                                          struct json_object *properties, struct json_object *interfaces)
{
	static const char *const common[] = { "Kind",   "Name",    "Location",     "Available",
		                              "Reason", "Summary", "Configuration" };
	struct json_object *component = json_object_new_object(), *device;

	if (!component)
		return NULL;
	for (size_t i = 0; i < ELEMENTS(common); i++) {
		char key[KEY_SIZE];

		move(properties, common[i], component, snake_case(common[i], key, sizeof key));
	}
	add_next(component);
	json_add(component, "properties", json_object_get(properties));
	device = member_of(interfaces, INTERFACE_DEVICE);
	if (device)
		move(device, "Since", component, "device_since");
	json_add_text(component, "path", path);
	json_add_text(component, "interface", interface);
	return component;
}

/* The component at an object of GetManagedObjects; NULL if it is none. */
static struct json_object *find_component(struct json_object *objects, const char *path)
{
	struct json_object *interfaces = member_of(objects, path);

	if (!json_object_is_type(interfaces, json_type_object))
		return NULL;
	json_object_object_foreach(interfaces, interface, properties)
	{
		if (strncmp(interface, INTERFACE_PREFIX, strlen(INTERFACE_PREFIX)) == 0 &&
		    strcmp(interface, INTERFACE_DEVICE) != 0 && member_of(properties, "Name"))
			return make_component(path, interface, properties, interfaces);
	}
	return NULL;
}

static void add_component(struct json_object *components, struct json_object *objects, const char *path)
{
	struct json_object *component = find_component(objects, path);

	if (component)
		json_object_array_add(components, component);
}

/* `order` is the property Components: [kind, name, path] of each. What is not in it came since. */
static struct json_object *make_components(struct json_object *order, struct json_object *objects)
{
	struct json_object *components = json_object_new_array();

	if (!components)
		return NULL;
	for (size_t i = 0; json_object_is_type(order, json_type_array) && i < json_object_array_length(order);
	     i++) {
		struct json_object *entry = json_object_array_get_idx(order, i);
		const char *ordered = json_object_get_string(json_element(entry, 2));

		if (!ordered)
			continue;
		add_component(components, objects, ordered);
		json_object_object_del(objects, ordered);
	}
	json_object_object_foreach(objects, path, interfaces)
	{
		(void)interfaces;
		add_component(components, objects, path);
	}
	return components;
}

static struct json_object *make_service(struct json_object *manager)
{
	struct json_object *service = json_object_new_object();

	if (!service)
		return NULL;
	json_object_object_foreach(manager, name, value)
	{
		char key[KEY_SIZE];

		if (strcmp(name, "Components") != 0)
			json_add(service, snake_case(name, key, sizeof key), json_object_get(value));
	}
	return service;
}

enum status client_read_room(struct client *client, struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *manager = NULL, *objects = NULL;
	_cleanup_(json_freep) struct json_object *room = json_object_new_object();
	enum status status;

	if (!room)
		return say_no_memory();
	status = call_for_json(client, "org.freedesktop.DBus.Properties", "GetAll", CLIENT_MANAGER, "a{sv}",
	                       &manager);
	if (status == STATUS_DONE)
		status = call_for_json(client, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
		                       NULL, "a{oa{sa{sv}}}", &objects);
	if (status != STATUS_DONE)
		return status;
	json_add(room, "service", make_service(manager));
	json_add(room, "components", make_components(member_of(manager, "Components"), objects));
	*ret = TAKE_PTR(room);
	return STATUS_DONE;
}

/* --- methods --------------------------------------------------------------------------------- */

/* Whether introspection data have the method in one of roomd's interfaces. */
static bool has_method(const char *xml, const char *method)
{
	char wanted[128];

	snprintf(wanted, sizeof wanted, "<method name=\"%s\"", method);
	while ((xml = strstr(xml, "<interface name=\"" INTERFACE_PREFIX))) {
		const char *end = strstr(xml, "</interface>"), *found = strstr(xml, wanted);

		if (found && (!end || found < end))
			return true;
		xml++;
	}
	return false;
}

enum status client_can(struct client *client, const struct json_object *component, const char *method,
                       bool *ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *xml;
	int r;

	r = sd_bus_call_method(client->bus, CLIENT_NAME, member_text(component, "path"),
	                       "org.freedesktop.DBus.Introspectable", "Introspect", &error, &reply, NULL);
	if (r >= 0)
		r = sd_bus_message_read(reply, "s", &xml);
	if (r < 0)
		return client_fail(client, &error, r);
	*ret = has_method(xml, method);
	return STATUS_DONE;
}

/* How long the first error is: a line, and those that begin with a space, which are a drawing of it. */
static size_t error_length(const char *message)
{
	size_t length = strcspn(message, "\n");

	while (message[length] == '\n' && message[length + 1] == ' ')
		length += 1 + strcspn(message + length + 1, "\n");
	return length;
}

static struct json_object *split_errors(const char *message)
{
	struct json_object *errors = json_object_new_array();

	while (errors && *message) {
		size_t length = error_length(message);

		if (length > 0)
			json_object_array_add(errors, json_object_new_string_len(message, (int)length));
		message += length + (message[length] == '\n');
	}
	return errors;
}

static int make_call(struct client *client, const char *path, const char *interface, const char *method,
                     const char *types, va_list arguments, sd_bus_message **ret)
{
	bool ask = !client->line->no_ask_password;
	int r;

	r = sd_bus_message_new_method_call(client->bus, ret, CLIENT_NAME, path, interface, method);
	if (r >= 0)
		r = sd_bus_message_set_allow_interactive_authorization(*ret, ask);
	if (r >= 0 && types)
		r = sd_bus_message_appendv(*ret, types, arguments);
	return r;
}

enum status client_act(struct client *client, const char *path, const char *interface, const char *method,
                       struct json_object **ret_errors, const char *types, ...)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	va_list arguments;
	int r;

	if (!client->line->no_ask_password && client->line->transport == TRANSPORT_LOCAL && !client->agent)
		client->agent = agent_start();
	va_start(arguments, types);
	r = make_call(client, path, interface, method, types, arguments, &call);
	va_end(arguments);
	if (r >= 0)
		r = sd_bus_call(client->bus, call, ACT_USEC, &error, NULL);
	if (r >= 0)
		return STATUS_DONE;
	if (ret_errors && status_of(&error) == STATUS_CONFIG) {
		*ret_errors = split_errors(error.message ? error.message : "");
		return *ret_errors ? STATUS_CONFIG : say_no_memory();
	}
	return client_fail(client, &error, r);
}
