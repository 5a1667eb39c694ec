/* Sensors of other hubs. Another program passes their values in, by name (src/bus/remote.c). A sensor of this
 * room registers for one name, gets its values, and learns when no program passes them in any more. There is
 * no thread and no device, only a timer while a sensor waits for its first value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"
#include "util/problem.h"

struct remote;

/* All remote sensors of a room; zero at first. */
struct remotes {
	struct remote *first;
};

/* How long after the start the predecessor's state counts, if no value arrives. */
#define REMOTE_HOLD_NS UINT64_C(10000000000)

enum remote_type {
	REMOTE_LEVEL,
	REMOTE_NUMBER,
	REMOTE_OTHER, /* a value of a type that no sensor takes */
};

struct remote_settings {
	const char *name; /* "gate-pi/motion_sensor/gate" */
	enum remote_type takes;
	uint64_t max_age_ns; /* the greatest age of a change, and of a state's given time */
};

/* Called from the event loop; none may free the remote. One of the first two is NULL, as `takes` says. Times
 * are CLOCK_MONOTONIC, never before the last one, and never in the future. */
struct remote_handlers {
	void (*level)(bool active, uint64_t monotonic_ns, void *userdata);
	void (*number)(double value, uint64_t monotonic_ns, void *userdata);
	/* The sensor is unavailable; `reason` says why. Called again if the reason changes. */
	void (*gone)(const char *reason, void *userdata);
};

/* One message about a sensor. */
struct remote_feed {
	bool available;
	const char *reason; /* if it is not available: why, in UTF-8; "": not known */
	enum remote_type type; /* of the value, if it is available */
	bool level;
	double number;
	uint64_t realtime_usec; /* when the value changed: CLOCK_REALTIME of the other hub */
	bool fresh; /* a change that has just happened; else the present state, however old it is */
};

/* From now on remotes_feed() finds it. The settings' text, the handlers and the room's list outlive it. 0,
 * -ENOMEM, or an error of sd_event_add_time(3). */
int remote_new(struct remotes *remotes, sd_event *event, const struct remote_settings *settings,
               const struct remote_handlers *handlers, void *userdata, struct remote **ret);

/* Takes NULL; returns NULL. */
struct remote *remote_free(struct remote *remote);
DEFINE_CLEANUP(struct remote *, remote_free);

/* The state that a predecessor has left. */
struct remote_known {
	bool active; /* the level */
	uint64_t since_ns; /* CLOCK_MONOTONIC; a time in the future counts as now */
};

/* If `known` is given, that state counts for REMOTE_HOLD_NS, or until a value arrives. If it is NULL, `gone`
 * is called before this returns. */
void remote_start(struct remote *remote, const struct remote_known *known);

/* How many changes were ignored because they came too late. */
uint64_t remote_late(const struct remote *remote);

/* Gives a message to each sensor with this name. A change that is too old does not count: a number is
 * ignored; a level that became active stays active if it was active before, and is inactive otherwise. 0; 1:
 * this is the first change in a row that is too old, and `problem` says so; -ENOENT: there is no such sensor;
 * -EINVAL: the sensor does not take such a value. With -ENOENT and -EINVAL, `problem` is filled, and nothing
 * is changed. */
int remotes_feed(struct remotes *remotes, const char *name, const struct remote_feed *feed,
                 struct problem *problem);

/* The program that called remotes_feed() has gone. remotes_lose(): all sensors that got values are
 * unavailable for this reason. remotes_hold(): their states count for REMOTE_HOLD_NS, as at a start. */
void remotes_lose(struct remotes *remotes, const char *reason);
void remotes_hold(struct remotes *remotes);

/* The next name, each once, in the order in which the sensors came; NULL: no more. `*position` is NULL before
 * the first call. No sensor may come or go between two calls. */
const char *remotes_next(const struct remotes *remotes, const struct remote **position);
