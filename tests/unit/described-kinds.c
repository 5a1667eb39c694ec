#include "described-kinds.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/describe.h"
#include "client/json.h"
#include "daemon/components.h"
#include "helpers.h"

/* A message needs a connection, but not that anybody is at the other end. */
static sd_bus *new_connection(int ret_ends[static 2])
{
	sd_bus *connection;

	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_ends), errno);
	assert_int_equal(sd_bus_new(&connection), 0);
	assert_int_equal(sd_bus_set_fd(connection, ret_ends[0], ret_ends[0]), 0);
	assert_return_code(sd_bus_start(connection), 0);
	return connection;
}

static struct json_object *read_answer(sd_bus_message *message)
{
	struct json_object *rows, *kinds = json_object_new_object();

	assert_int_equal(sd_bus_message_seal(message, 1, 0), 0);
	assert_string_equal(sd_bus_message_get_signature(message, true), DESCRIBE_SIGNATURE);
	assert_return_code(json_from_message(message, &rows), 0);
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		json_add(kinds, json_object_get_string(json_object_array_get_idx(row, 0)),
		         json_object_get(json_object_array_get_idx(row, 1)));
	}
	json_free(rows);
	return kinds;
}

struct json_object *described_kinds(void)
{
	struct json_object *kinds;
	sd_bus_message *message;
	sd_bus *connection;
	int ends[2];

	connection = new_connection(ends);
	assert_return_code(sd_bus_message_new_signal(connection, &message, "/a", "a.b", "C"), 0);
	assert_return_code(describe_kinds(message, component_classes), 0);
	kinds = read_answer(message);
	sd_bus_message_unref(message);
	sd_bus_close_unref(connection);
	close(ends[1]);
	return kinds;
}
