/* Shared by the parts of the bridge. Each part has a struct of its own, and below it the functions that other
 * parts may call. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "client/mirror.h"
#include "mqtt/broker.h"
#include "mqtt/config.h"
#include "mqtt/queue.h"
#include "mqtt/topic.h"

struct bridge;

/* --- outbox.c: what is to be said, and in which order ---------------------------------------- */

/* How many messages that cannot be made again may wait. */
#define OUTBOX_MAX 512
#define OUTBOX_ANSWERS_MAX 64

struct outbox_message {
	struct outbox_message *next;
	char *topic, *payload;
	size_t length;
	void *correlation; /* NULL: none */
	size_t correlation_length;
	bool retained;
};

struct outbox {
	struct outbox_message *first, *last;
	size_t n;
	uint64_t handed; /* the sequence of the newest event that was sent in this connection */
	struct {
		int id; /* 0: free */
		uint64_t sequence;
	} in_flight[BROKER_IN_FLIGHT_MAX]; /* the events that wait for their PUBACK */
};

/* Adds a message at the end; copies the payload; `correlation` may be NULL. Does nothing without a
 * connection. */
void outbox_add(struct bridge *bridge, const char *topic, const char *payload, bool retained);
void outbox_add_answer(struct bridge *bridge, const char *topic, const char *payload, const void *correlation,
                       size_t correlation_length);

/* Sends as much as may be under way. To be called whenever there may be something to send. */
void outbox_pump(struct bridge *bridge);

/* A connection begins; it has ended. */
void outbox_begin(struct bridge *bridge);
void outbox_end(struct bridge *bridge);

/* The broker has accepted the message, or (with a reason) refuses it for good. */
void outbox_published(struct bridge *bridge, int id);
void outbox_refused(struct bridge *bridge, int id, const char *reason);

/* --- calls.c: commands ----------------------------------------------------------------------- */

#define CALLS_MAX 16

struct call {
	struct bridge *bridge; /* NULL: free */
	sd_bus_slot *slot;
	char topic[TOPIC_SIZE]; /* of the result */
	char action[64];
	void *correlation;
	size_t correlation_length;
};

struct calls {
	struct call all[CALLS_MAX];
};

/* A command has come on this topic. Its result is sent on the topic "result" of the same component. */
void calls_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message);
void calls_deinit(struct bridge *bridge);

/* --- remotes.c: sensors of other hubs -------------------------------------------------------- */

#define REMOTE_SESSION_SIZE 64

struct remote {
	struct remote *next;
	char *id; /* "HUB/kind/name", as roomd wants it */
	struct topic topic; /* id, taken apart */
	bool wanted;        /* for remotes_want() */
	char hub_session[REMOTE_SESSION_SIZE]; /* of the last "online"; "": none, or not told */
	uint64_t hub_heard_usec;               /* of the last "online", CLOCK_BOOTTIME */
	bool hub_online, known;                /* `known`: a state has come in this connection */
	bool hub_silent;                       /* not online, because its heartbeat is missing */
	struct json_object *state;
	bool available;   /* as reported to roomd; */
	char reason[128]; /* and why not */
};

struct remotes {
	struct remote *first;
	sd_event_source *silence; /* when the next hub counts as silent */
};

/* A hub regularly repeats that it is online; without that for REMOTES_SILENCE_USEC, it counts as away. This
 * is for a broker that is restarted: it keeps "online", but forgets the last will of a hub that goes away
 * meanwhile. */
#define BRIDGE_HEARTBEAT_USEC (5 * 60 * USEC_PER_SEC)
#define REMOTES_SILENCE_MINUTES 12
#define REMOTES_SILENCE_USEC (REMOTES_SILENCE_MINUTES * 60 * USEC_PER_SEC)

int remotes_init(struct bridge *bridge);

/* roomd's list of wanted sensors has come, or has changed. */
void remotes_want(struct bridge *bridge);
/* A connection begins: subscribes. It has ended. */
void remotes_begin(struct bridge *bridge);
void remotes_end(struct bridge *bridge);
/* A message of another hub. */
void remotes_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message);
/* roomd is there (again): passes everything that is known to it. */
void remotes_tell_all(struct bridge *bridge);
void remotes_deinit(struct bridge *bridge);

/* --- discovery.c: Home Assistant ------------------------------------------------------------- */

struct discovery {
	struct json_object *said;  /* the last description that Home Assistant got, maybe from an earlier process; NULL: none */
	struct json_object *removal; /* the last removal message; NULL: none since Home Assistant's last birth message */
	sd_event_source *again;    /* set while everything will be sent again soon */
	sd_event_source *later;
	char topic[TOPIC_SIZE];    /* of the description */
	char birth_topic[TOPIC_SIZE];
	bool born;    /* sent again because of a birth message */
	bool settled; /* it is known what an earlier process has sent */
};

int discovery_init(struct bridge *bridge);
void discovery_deinit(struct bridge *bridge);
void discovery_begin(struct bridge *bridge);
/* Sends the description, or, if it is not settled yet, as soon as it is. Sends nothing if it is the same as
 * the last one, unless `again`. */
void discovery_say(struct bridge *bridge, bool again);
/* The same, after the present change is complete: a component that is being removed is still there now. */
void discovery_say_later(struct bridge *bridge);
void discovery_settle(struct bridge *bridge);
/* The connection has ended: changes are sent in the next one. */
void discovery_end(struct bridge *bridge);
/* True if the message was for Home Assistant's discovery. */
bool discovery_take(struct bridge *bridge, const struct broker_message *message);

/* --- ghosts.c: retained topics of components that are no more -------------------------------- */

void ghosts_begin(struct bridge *bridge);
void ghosts_end(struct bridge *bridge);
void ghosts_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message);
void ghosts_remove(struct bridge *bridge, const char *kind, const char *name);

/* --- view.c: the bridge on the bus ----------------------------------------------------------- */

#define VIEW_LAST 10

struct view {
	sd_bus_slot *slot;
	struct {
		uint64_t realtime_usec; /* 0: free */
		bool sent;
		char topic[TOPIC_SIZE], payload[96];
	} last[VIEW_LAST];
	size_t next;
};

int view_init(struct bridge *bridge);
void view_deinit(struct bridge *bridge);
void view_note(struct bridge *bridge, bool sent, const char *topic, const char *payload, size_t length);
void view_changed(struct bridge *bridge);

/* --- bridge.c -------------------------------------------------------------------------------- */

/* How long roomd may be away, such as in a restart, before its hub is reported as offline. */
#define BRIDGE_GONE_USEC (5 * USEC_PER_SEC)

/* The state of roomd. */
enum bridge_room {
	ROOM_UNKNOWN, /* the process has just begun */
	ROOM_THERE,   /* it may be away for a moment */
	ROOM_AWAY,
};

struct bridge {
	sd_event *event;
	sd_bus *bus;
	const struct mqtt_config *config;
	struct mirror *mirror;
	struct broker *broker;
	struct queue *queue;
	struct outbox outbox;
	struct calls calls;
	struct remotes remotes;
	struct discovery discovery;
	struct view view;
	sd_event_source *save, *settle, *gone, *heartbeat;
	char session[REMOTE_SESSION_SIZE]; /* of this connection */
	uint64_t connected_usec;           /* CLOCK_REALTIME; 0: not connected */
	uint64_t sent, received, missed, dropped_said;
	enum bridge_room room;
	bool stopping;
	int farewell;  /* the id of the last message; 0: none */
};

/* Makes a timer of the bridge, which is off. */
int bridge_add_timer(struct bridge *bridge, sd_event_source **ret, sd_event_time_handler_t handler);
/* Sets a timer; plans the next write of the queue, after anything that changed it. */
void bridge_arm(sd_event_source *timer, uint64_t in_usec);
void bridge_plan_save(struct bridge *bridge);
/* bridge-room.c: what the mirror calls, and the timer `gone`. */
extern const struct mirror_callbacks bridge_room_callbacks;
int bridge_on_heartbeat(sd_event_source *source, uint64_t usec, void *userdata);
int bridge_on_still_gone(sd_event_source *source, uint64_t usec, void *userdata);
/* Sends the hub's own state, "bridge/state", and its availability. */
void bridge_say_state(struct bridge *bridge);
void bridge_say_availability(struct bridge *bridge);
/* Sends everything about the room. */
void bridge_say_room(struct bridge *bridge);
const char *bridge_hub(const struct bridge *bridge);
/* Connected, and the room is known: looks for a moment at the messages that the broker still has from this
 * hub. */
void bridge_settle(struct bridge *bridge);
/* The process ends, with this as the reason. */
void bridge_fail(struct bridge *bridge, const char *why);
/* True if commands for this component are allowed. */
bool bridge_allows(const struct bridge *bridge, const struct mirror_component *component);
