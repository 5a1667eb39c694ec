/* roomd on D-Bus, as a client sees it. Knows no kind of component: it takes what it is told. */
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

/* Connects to the bus. What fails is said, here and below. */
enum status client_open(struct client *client, const struct command_line *line);
void client_close(struct client *client); /* for _cleanup_ */

/* STATUS_NOT_RUNNING, said, unless the service is on the bus. */
enum status client_expect_service(struct client *client);

/* Whether it is; nothing is said. */
bool client_is_service_there(struct client *client);

/* All there is: {"service": {"version": ...}, "components": [{"kind": ..., "name": ...}, ...]}, components in
 * the order of the configuration. The manual has the members. */
enum status client_read_room(struct client *client, struct json_object **ret);

/* Whether the component's interface has this method. */
enum status client_can(struct client *client, const struct json_object *component, const char *method,
                       bool *ret);

/* Calls a method that changes something, with arguments as in sd_bus_message_append(3); asks for
 * authorization if the user allows it. `object` is the path, `interface` the whole name. `ret_errors`, which
 * may be NULL, gets what is wrong with a configuration, an array of texts, with STATUS_CONFIG; that is not
 * said then. */
enum status client_act(struct client *client, const char *path, const char *interface, const char *method,
                       struct json_object **ret_errors, const char *types, ...);

/* Says why a call failed. */
enum status client_fail(const struct client *client, const sd_bus_error *error, int r);

/* The same of a call of the program beside the service whose unit is `unit`, "roomd-mqtt". If it is not on the bus,
 * `say_not_running` says what to do. */
enum status client_fail_beside(const struct client *client, const char *unit,
                               enum status (*say_not_running)(const struct command_line *line),
                               const sd_bus_error *error, int r);
