/* What the parts of the bridge share. Each part has what it needs in a struct of its own, and says below what others may
 * ask of it. */
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

/* So many messages that cannot be made again wait at most. */
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
	uint64_t handed; /* the sequence of the newest event that the broker was given in this connection */
	struct {
		int id; /* 0: free */
		uint64_t sequence;
	} in_flight[BROKER_IN_FLIGHT_MAX]; /* the events among what has no PUBACK yet */
};

/* Puts a message at the end; the payload is copied; `correlation` of another's message may be NULL. Nothing while there is
 * no connection. */
void outbox_add(struct bridge *bridge, const char *topic, const char *payload, bool retained);
void outbox_add_answer(struct bridge *bridge, const char *topic, const char *payload, const void *correlation,
                       size_t correlation_length);

/* Says as much as may be under way. To be called whenever there may be something to say. */
void outbox_pump(struct bridge *bridge);

/* There is a new connection; or none any more. */
void outbox_begin(struct bridge *bridge);
void outbox_end(struct bridge *bridge);

/* The broker has taken it, or (with a reason) never will. */
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

/* A command has come on this topic. What comes of it is said on the topic "result" beside it. */
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
	bool hub_silent;                       /* not online, because it has not said so again */
	struct json_object *state;
	bool available;   /* as roomd was told; */
	char reason[128]; /* and why not */
};

struct remotes {
	struct remote *first;
	sd_event_source *silence; /* when the next hub has been silent for too long */
};

/* A hub says again that it is online every so often; one that has not for so long is taken to be away. A broker that is
 * restarted keeps "online", and forgets the last will of a hub that goes away meanwhile. */
#define BRIDGE_HEARTBEAT_USEC (5 * 60 * USEC_PER_SEC)
#define REMOTES_SILENCE_MINUTES 12
#define REMOTES_SILENCE_USEC (REMOTES_SILENCE_MINUTES * 60 * USEC_PER_SEC)

int remotes_init(struct bridge *bridge);

/* roomd's list of sensors that it wants has come, or is another one. */
void remotes_want(struct bridge *bridge);
/* There is a connection: subscribes. There is none any more. */
void remotes_begin(struct bridge *bridge);
void remotes_end(struct bridge *bridge);
/* A message of another hub's. */
void remotes_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message);
/* roomd is there (again): tells it what is known. */
void remotes_tell_all(struct bridge *bridge);
void remotes_deinit(struct bridge *bridge);

/* --- discovery.c: Home Assistant ------------------------------------------------------------- */

struct discovery {
	struct json_object *said;  /* what Home Assistant has been told, or was by an earlier process; NULL: nothing */
	struct json_object *removal; /* what was said to remove what has gone; NULL: nothing has since its last birth */
	sd_event_source *again;    /* set while all is to be said again soon */
	sd_event_source *later;
	char topic[TOPIC_SIZE];    /* where it is told */
	char birth_topic[TOPIC_SIZE];
	bool born;    /* ... because of its birth message */
	bool settled; /* what an earlier process has said is known, or there is nothing */
};

int discovery_init(struct bridge *bridge);
void discovery_deinit(struct bridge *bridge);
void discovery_begin(struct bridge *bridge);
/* Now, or, if it is not settled yet, then. Nothing if it was said already, unless `again`. */
void discovery_say(struct bridge *bridge, bool again);
/* The same, when what is being done is done: a component is still among the others. */
void discovery_say_later(struct bridge *bridge);
void discovery_settle(struct bridge *bridge);
/* There is no connection any more: what changes is said at the next one. */
void discovery_end(struct bridge *bridge);
/* True: the message was for it. */
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

/* So long roomd may be away (it is restarted, say) before its hub is said to be offline. */
#define BRIDGE_GONE_USEC (5 * USEC_PER_SEC)

/* Whether roomd is there. */
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

/* A timer of the bridge's that is off. */
int bridge_add_timer(struct bridge *bridge, sd_event_source **ret, sd_event_time_handler_t handler);
/* Sets a timer; plans the next write of the queue, after anything that changed it. */
void bridge_arm(sd_event_source *timer, uint64_t in_usec);
void bridge_plan_save(struct bridge *bridge);
/* bridge-room.c: what the mirror calls, and the timer `gone`. */
extern const struct mirror_callbacks bridge_room_callbacks;
int bridge_on_heartbeat(sd_event_source *source, uint64_t usec, void *userdata);
int bridge_on_still_gone(sd_event_source *source, uint64_t usec, void *userdata);
/* The hub's own state, "bridge/state", and whether it is there. */
void bridge_say_state(struct bridge *bridge);
void bridge_say_availability(struct bridge *bridge);
/* Everything about the room is to be said. */
void bridge_say_room(struct bridge *bridge);
const char *bridge_hub(const struct bridge *bridge);
/* Connected, and the room is known: what the broker still has of us is looked at, for a moment. */
void bridge_settle(struct bridge *bridge);
/* The process ends, with this as the reason. */
void bridge_fail(struct bridge *bridge, const char *why);
/* Whether commands for it are allowed. */
bool bridge_allows(const struct bridge *bridge, const struct mirror_component *component);
