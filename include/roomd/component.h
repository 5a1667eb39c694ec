/* What a new kind of component needs: a class (const data and functions) and an instance that begins with a
 * struct component. docs/hacking.md shows the four places where a kind is added. */
#pragma once

#include <systemd/sd-event.h>

#include "roomd/hub.h"
#include "roomd/option.h"

struct component;
struct fd_store;
struct iio;
struct problem;

/* Sensors are started before controllers: a controller opens its outputs with the first levels known. */
enum component_layer {
	COMPONENT_SENSOR,
	COMPONENT_CONTROLLER,
	COMPONENT_LAYERS,
};

/* What everybody in a room shares. Owned by the room, outlives all components. */
struct component_room {
	sd_event *event;
	struct hub *hub;
	struct iio *iio;
	struct fd_store *store; /* descriptors that outlive the process; util/fd-store.h */
};

/* A kind of component. All of it is constant; what belongs to an instance is in the instance. */
struct component_class {
	/* The kind, as in a section's header: "MotionSensor". */
	const char *kind;
	enum component_layer layer;
	/* sizeof of the instance, which begins with a struct component, and of its configuration. */
	size_t instance_size, config_size;
	/* The keys of its section, ended by one without a key. The first key of every kind is Location=, as
	 * OPTION_LOCATION() defines it. */
	const struct option *options;

	/* May be NULL. Says what no single key can know, such as Low= above High=: a negative errno, with
	 * `*ret_key` the key to name and `problem` what was expected of its value. No side effects. */
	int (*check)(const void *config, const char **ret_key, struct problem *problem);

	/* Subscribes, makes event sources, takes its descriptors from the store (what nobody has taken by then is
	 * released); opens no device. Instances come zeroed, with struct component
	 * filled in. A negative errno ends the start of the service; `deinit` is then called all the same. */
	int (*init)(struct component *component);

	/* Opens devices and reports the first level or reading. A device that is absent is not an error: it
	 * is reported with component_unavailable() and tried again. */
	int (*start)(struct component *component);

	/* May be NULL. The service is stopped, not restarted, and nobody will run it next: outputs are set to what
	 * their StopValue= says. `deinit` follows. */
	void (*stop)(struct component *component);

	/* Undoes init and start, also half done. Emits nothing. Descriptors stay in the store. */
	void (*deinit)(struct component *component);
};

struct component {
	const struct component_class *class;
	const struct component_room *room;
	const struct hub_source *source;
	const void *config; /* of class->config_size; owned by the configuration, outlives the instance */
	/* Other components by kind and name, resolved before init: `sources[i]` belongs to the i-th name of
	 * the key that option_names() defines; unset: all of that kind. */
	const struct hub_source **peers;
	size_t peers_n;
};

/* The component's name. */
const char *component_name(const struct component *component);

/* What a descriptor of this component is called in the store, `key` being the key of its configuration:
 * "motion_sensor/hall/Line". Returns `buffer`. */
#define COMPONENT_STORED_AS_SIZE 96
char *component_stored_as(const struct component *component, const char *key,
                          char buffer[static COMPONENT_STORED_AS_SIZE]);

/* Emits an event of this component at this CLOCK_MONOTONIC time; `by` and `cause` may be NULL. */
void component_emit(struct component *component, enum event_type type, uint64_t monotonic_ns,
                    const struct hub_source *by, const char *cause);

/* Emits an event with a value in °C, or with a count. */
void component_emit_value(struct component *component, enum event_type type, uint64_t monotonic_ns,
                          double value);
void component_emit_count(struct component *component, enum event_type type, uint64_t monotonic_ns,
                          uint64_t count);

/* A part of the component cannot be reached, or can again: emitted as sensor_... or output_...
 * (by layer) with a `reason` that says which part, what was looked for and why it failed. */
void component_unavailable(struct component *component, const char *reason);
void component_available(struct component *component, const char *reason);
