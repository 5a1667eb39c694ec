/* A client of roomd on D-Bus. Knows no kind of component: everything comes from the service. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "roomctl/command-line.h"
#include "roomctl/json.h"

#define CLIENT_NAME "org.roomd1"
#define CLIENT_PATH "/org/roomd1"
#define CLIENT_MANAGER "org.roomd1.Manager"

struct client {
	const struct command_line *line;
	sd_bus *bus;
	pid_t agent;
};

/* Connects to the bus. This function and those below print a message if they fail. */
enum status client_open(struct client *client, const struct command_line *line);
void client_close(struct client *client); /* for _cleanup_ */

/* STATUS_NOT_RUNNING, with a message, unless the service is on the bus. */
enum status client_expect_service(struct client *client);

/* True if the service is on the bus; prints nothing. */
bool client_is_service_there(struct client *client);

/* Reads everything: {"service": {"version": ...}, "components": [{"kind": ..., "name": ...}, ...]},
 * components in the order of the configuration. The manual has the members. */
enum status client_read_room(struct client *client, struct json_object **ret);

/* Finds out whether the component's interface has this method. */
enum status client_can(struct client *client, const struct json_object *component, const char *method,
                       bool *ret);

/* Calls a method that changes something, with arguments as in sd_bus_message_append(3); asks for
 * authorization if the user allows it. `object` is the path, `interface` the whole name. `ret_errors`, which
 * may be NULL, gets the errors of a configuration, as an array of texts, with STATUS_CONFIG; they are not
 * printed then. */
enum status client_act(struct client *client, const char *path, const char *interface, const char *method,
                       struct json_object **ret_errors, const char *types, ...);

/* Prints why a call failed. */
enum status client_fail(const struct client *client, const sd_bus_error *error, int r);

/* The same for a call of a program beside the service, with the unit `unit` ("roomd-mqtt"). If the program is
 * not on the bus, `say_not_running` prints what to do. */
enum status client_fail_beside(const struct client *client, const char *unit,
                               enum status (*say_not_running)(const struct command_line *line),
                               const sd_bus_error *error, int r);
