#include "bus/remote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bus/internal.h"
#include "io/remote.h"
#include "util/log.h"
#include "util/memory.h"

const char remote_interface[] = BUS_NAME ".Remote";

/* --- who feeds ------------------------------------------------------------------------------- */

/* NameOwnerChanged: name, old owner, new owner. The bridge has left; it may be back in a moment, as it is when it is
 * restarted. Only the bus itself may say so. */
static int on_feeder_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	const char *name, *old_owner, *new_owner;
	struct bus *bus = userdata;

	(void)error;
	if (strcmp(sd_bus_message_get_sender(signal), "org.freedesktop.DBus") != 0 ||
	    sd_bus_message_read(signal, "sss", &name, &old_owner, &new_owner) < 0 || strcmp(name, bus->feeder_name) != 0 ||
	    *new_owner)
		return 0;
	bus->feeder_name[0] = '\0';
	remotes_hold(bus->room->remotes);
	return 0;
}

/* One at a time: the last one that has. Nothing is waited for (sd_bus_track_add_sender(3) would). */
static int note_feeder(struct bus *bus, sd_bus_message *call)
{
	const char *sender = sd_bus_message_get_sender(call);
	char match[320];

	if (!sender || strcmp(sender, bus->feeder_name) == 0)
		return 0;
	snprintf(bus->feeder_name, sizeof bus->feeder_name, "%s", sender);
	snprintf(match, sizeof match,
	         "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
	         "member='NameOwnerChanged',arg0='%.128s'", sender);
	bus->feeder = sd_bus_slot_unref(bus->feeder);
	return sd_bus_add_match_async(bus->connection, &bus->feeder, match, on_feeder_changed, NULL, bus);
}

/* --- what is fed ----------------------------------------------------------------------------- */

static int read_value(sd_bus_message *call, struct remote_feed *feed)
{
	const char *contents;
	int r, truth;
	char type;

	r = sd_bus_message_peek_type(call, &type, &contents);
	if (r < 0)
		return r;
	feed->type = REMOTE_OTHER;
	if (strcmp(contents, "b") == 0) {
		feed->type = REMOTE_LEVEL;
		r = sd_bus_message_read(call, "v", "b", &truth);
		feed->level = r >= 0 && truth;
		return r;
	}
	if (strcmp(contents, "d") == 0) {
		feed->type = REMOTE_NUMBER;
		return sd_bus_message_read(call, "v", "d", &feed->number);
	}
	return sd_bus_message_skip(call, "v");
}

static int read_feed(sd_bus_message *call, const char **ret_name, struct remote_feed *feed)
{
	int r, available, fresh;

	r = sd_bus_message_read(call, "sbs", ret_name, &available, &feed->reason);
	if (r >= 0)
		r = read_value(call, feed);
	if (r >= 0)
		r = sd_bus_message_read(call, "tb", &feed->realtime_usec, &fresh);
	if (r < 0)
		return r;
	feed->available = available;
	feed->fresh = fresh;
	return 0;
}

static int on_feed(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	struct bus *bus = userdata;
	struct remote_feed feed = { 0 };
	struct problem problem;
	const char *name;
	int r;

	r = read_feed(call, &name, &feed);
	if (r >= 0)
		r = note_feeder(bus, call);
	if (r < 0)
		return r;
	r = remotes_feed(bus->room->remotes, name, &feed, &problem);
	if (r < 0)
		return sd_bus_error_set(error, r == -ENOENT ? BUS_ERROR("NoSuchSensor") : BUS_ERROR("InvalidArgument"),
		                        problem.text);
	if (r > 0)
		log_warning("%s", problem.text);
	if (bus->room->memory)
		memory_commit(bus->room->memory);
	return sd_bus_reply_method_return(call, NULL);
}

/* --- what is wanted -------------------------------------------------------------------------- */

static int get_wanted(sd_bus *connection, const char *path, const char *interface, const char *name,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct bus *bus = userdata;
	const struct remote *position = NULL;
	const char *wanted;
	int r;

	(void)connection, (void)path, (void)interface, (void)name, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "s");
	while (r >= 0 && (wanted = remotes_next(bus->room->remotes, &position)))
		r = sd_bus_message_append_basic(reply, 's', wanted);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Wanted", "as", get_wanted, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_METHOD_WITH_NAMES("Feed", "sbsvtb",
	                         SD_BUS_PARAM(sensor) SD_BUS_PARAM(available) SD_BUS_PARAM(reason) SD_BUS_PARAM(value)
	                                 SD_BUS_PARAM(realtime_usec) SD_BUS_PARAM(fresh),
	                         "", "", on_feed, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

void remote_tell_wanted(struct bus *bus)
{
	sd_bus_emit_properties_changed(bus->connection, BUS_ROOT, remote_interface, "Wanted", NULL);
}

int remote_connect(struct bus *bus)
{
	return sd_bus_add_object_vtable(bus->connection, NULL, BUS_ROOT, remote_interface, vtable, bus);
}

void remote_disconnect(struct bus *bus)
{
	if (bus->feeder)
		remotes_hold(bus->room->remotes);
	bus->feeder = sd_bus_slot_unref(bus->feeder);
	bus->feeder_name[0] = '\0';
}
