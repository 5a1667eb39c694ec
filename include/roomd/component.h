/* What a new kind of component needs: a class (const data and functions) and an instance that begins with a
 * struct component. docs/hacking.md shows how a kind is added. */
#pragma once

#include <stdalign.h>
#include <systemd/sd-event.h>

#include "roomd/hub.h"
#include "roomd/interface.h"
#include "roomd/option.h"
#include "roomd/state.h"
#include "roomd/why.h"

struct arrivals;
struct component;
struct fd_store;
struct readers;
struct remotes;
struct memory;
struct problem;
struct unit_starter;

/* Sensors are started before controllers: a controller opens its outputs with the first levels known. */
enum component_layer {
	COMPONENT_SENSOR,
	COMPONENT_CONTROLLER,
	COMPONENT_LAYERS,
};

/* What has been counted since the start of the process. */
struct room_counters {
	uint64_t edges;       /* edges of input lines that were handled */
	uint64_t edges_lost;  /* edges that the kernel dropped */
	uint64_t read_errors; /* readings that failed */
};

/* A listener that wants to know when something about a component may have changed: a property, its
 * availability. It is called later, at idle priority, once for each component, however many changes there
 * were. Part of its owner. */
struct room_watch {
	struct room_watch *next;
	void (*changed)(struct component *component, void *userdata);
	void *userdata;
	/* May be set after room_watch(). `added`: a reload has made the component, which is not started yet.
	 * `removed`: a reload is about to end the component, for good, or to replace it by one of the same
	 * name with other settings, which is then added. */
	void (*added)(struct component *component, void *userdata);
	void (*removed)(struct component *component, void *userdata);
};

/* What all components of a room share. Owned by the room, outlives all components. */
struct component_room {
	sd_event *event;           /* for timers and the like */
	struct lines *lines;       /* the GPIO lines of the loop; io/lines.h */
	struct arrivals *arrivals; /* for components whose device is absent; io/arrivals.h */
	struct hub *hub;
	struct readers *readers;
	struct remotes *remotes; /* for sensors of other hubs; io/remote.h */
	struct component **components; /* in the order of the configuration */
	size_t components_n;
	struct room_counters counters;
	struct room_watch *watches;
	sd_event_source *changes; /* calls the watches; owned by the room */
	struct fd_store *store;   /* descriptors that outlive the process; util/fd-store.h */
	struct memory *memory;    /* and what roomd knows about them; util/memory.h */
	struct unit_starter *units; /* for components that start systemd units; roomd/unit-start.h; NULL: there are none */
};

/* Calls `changed` from now on, until room_unwatch(). */
void room_watch(struct component_room *room, struct room_watch *watch,
                void (*changed)(struct component *component, void *userdata), void *userdata);
void room_unwatch(struct component_room *room, struct room_watch *watch);

/* A kind of component. All of it is constant; what belongs to an instance is in the instance. */
struct component_class {
	/* The kind, as in a section's header: "MotionSensor". */
	const char *kind;
	const struct about *about; /* what it is; for roomd.conf(5) and the example */
	enum component_layer layer;
	/* Its class for programs that know no kind (Manager.Describe()), one of "motion", "opening",
	 * "button", "measure", "light", "switch", "fan", "lock", "schedule", "action"; NULL: none of these. */
	const char *kind_class;
	/* sizeof of the instance, which begins with a struct component, and of its configuration. */
	size_t instance_size, config_size;
	/* The keys of its section, ended by one without a key. The first key of every kind is Location=, as
	 * OPTION_LOCATION() defines it. */
	const struct option *options;
	/* Its properties, its actions, and the fields that have to be kept; each may be NULL. */
	const struct interface_property *properties;
	const struct interface_action *actions;
	const struct kept_field *kept;
	/* Fields that are kept in a record of their own, by `init`, only where an instance needs them; NULL: none. */
	const struct kept_field *kept_apart;
	/* The types of events that it emits, ended by NULL, the most urgent first. The events for available
	 * and unavailable are among them. */
	const struct event_type *const *events;
	/* What others may ask it; each may be NULL. roomd/state.h */
	const struct component_state *states;
	const struct component_measure *measure;

	/* The family's own data about the kind; NULL: it has no family. */
	const void *family;

	/* May be NULL. Loads, for good, the libraries that this component needs but not every room does.
	 * Called before `check`, maybe more than once, with a configuration that may lack keys. Returns a
	 * negative errno, with the whole sentence in `problem`; the sentence is the same for all components
	 * that lack the same library. */
	int (*load)(const struct component_class *class, const void *config, struct problem *problem);

	/* May be NULL. Finds errors that no single key can show, such as Low= above High=. Returns a negative
	 * errno, with the key to name in `*ret_key`, and what was expected of its value in `problem`. No side
	 * effects. */
	int (*check)(const struct component_class *class, const void *config, const char **ret_key,
	             struct problem *problem);

	/* Subscribes, makes event sources, and takes the component's descriptors from the store; opens no
	 * device. Descriptors that no component has taken after all `init` are released. The instance is all
	 * zero, except for struct component. A negative errno ends the start of the service; `deinit` is
	 * called even then. */
	int (*init)(struct component *component);

	/* May be NULL. Called after init and before any start, when the kept fields have been filled with the
	 * values of the previous instance (`over` says which fields). Updates everything that depends on
	 * them, and corrects values that make no sense: they may come from another version or configuration. */
	void (*restored)(struct component *component, enum kept_over over);

	/* May be NULL. The wall clock (CLOCK_REALTIME) was set, or the machine was suspended: the instance
	 * computes its times on that clock anew. May also be called when nothing has changed. */
	void (*clock_set)(struct component *component);

	/* Opens devices and reports the first level or reading. A device that is absent is not an error: it
	 * is reported with component_unavailable() and tried again. */
	int (*start)(struct component *component);

	/* May be NULL. Asks its peers for their states, as far as their predecessors knew them, because it
	 * has not heard events from before it subscribed. Called before any start, so that start can use the
	 * answers; and again when a reload makes other components anew. */
	void (*ask)(struct component *component);

	/* Its state in a few words for a person ("on, manual"; "21.50 °C"), UTF-8. Not called while it is
	 * unavailable and has nothing to say. */
	void (*describe)(const struct component *component, char *buffer, size_t size);

	/* May be NULL. Writes the reason for its present state to `*ret`, which is empty before. Pure. */
	void (*why)(const struct component *component, struct why *ret);

	/* May be NULL. The service is stopped, not restarted, and no process will follow: outputs are set to
	 * what their StopValue= says. `deinit` follows. */
	void (*stop)(struct component *component);
	/* Goes with `stop`: true if `stop` would change anything. */
	bool (*stops)(const struct component *component);

	/* Undoes init and start, even if they have failed halfway. Emits nothing. Descriptors stay in the
	 * store. */
	void (*deinit)(struct component *component);
};

#define COMPONENT_SUMMARY_SIZE 64

/* Another component that a component names in its configuration. */
struct component_peer {
	const struct hub_source *source; /* of the named component */
	const struct option *key;        /* the key that names it */
};

/* The component that emits as this source now; NULL: there is none, because it is being made anew. */
struct component *component_of(const struct hub_source *source);

struct component {
	/* Aligned for the instances, which begin with this struct and have times of 64 bits. */
	alignas(uint64_t) const struct component_class *class;
	struct component_room *room;
	const struct hub_source *source;
	const void *config; /* of class->config_size; owned by the configuration, outlives the instance */
	/* The other components that its configuration names, resolved before init, in the order of its keys
	 * and of the names in each. If a key is unset, and that means all components of a kind, all of these. */
	const struct component_peer *peers;
	size_t peers_n;
	bool recalled;    /* it goes on where its predecessor in the memory stopped */
	bool started;     /* set by the room */
	bool changed;     /* its watchers have not been told yet */
	unsigned missing; /* parts that are unavailable */
	uint64_t missing_ns; /* since when parts are missing, or none is; CLOCK_MONOTONIC, 0: since the start */
	/* Why, or where it was found again: the last component_unavailable() or component_available(). */
	char reason[EVENT_TEXT_SIZE];
};

/* The component's name. */
const char *component_name(const struct component *component);

/* Its state in a few words, from describe(); also while it is unavailable. */
void component_summary(const struct component *component, char buffer[static COMPONENT_SUMMARY_SIZE]);

/* One of its properties may have changed: its watchers are told later. component_emit() includes this. */
void component_changed(struct component *component);

/* The name of a descriptor of this component in the store. `key` is a key of its configuration:
 * "motion_sensor/hall/Line". Returns `buffer`. */
#define COMPONENT_STORED_AS_SIZE 96
char *component_stored_as(const struct component *component, const char *key,
                          char buffer[static COMPONENT_STORED_AS_SIZE]);

/* Emits an event of this component at this CLOCK_MONOTONIC time; `by` and `cause` may be NULL. */
void component_emit(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                    const struct hub_source *by, const char *cause);

/* Emits an event with a value in the unit of its type's quantity, or with a count. */
void component_emit_value(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                          double value);
void component_emit_count(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                          uint64_t count);

/* One of its states (roomd/state.h), or its measured value, may have changed at that time without an event:
 * its listeners ask again. */
void component_tell(struct component *component, uint64_t monotonic_ns);

/* A part of the component cannot be reached, or can again: emitted as sensor_... or output_...
 * (by layer) with a `reason` that says which part, what was looked for and why it failed. */
void component_unavailable(struct component *component, const char *reason);
void component_available(struct component *component, const char *reason);

/* It is unavailable already, and now for this reason; no event. */
void component_still_unavailable(struct component *component, const char *reason);
