/* A lock, for its own files: door-lock.c (what it does), door-lock-keys.c, door-lock-door.c (its strike and
 * its contact), door-lock-look.c (what people and programs see). */
#pragma once

#include "io/input.h"
#include "output/output.h"
#include "roomd/component.h"
#include "rules/door.h"
#include "rules/lock-rules.h"

enum initial_state {
	INITIAL_LOCKED,
	INITIAL_UNLOCKED,
	INITIAL_LAST,
};

/* The bounds of StrikeSec=. */
#define STRIKE_USEC_MIN 50000
#define STRIKE_USEC_MAX 300000000

struct lock_config {
	char *location;
	char *led_line;
	bool active_low;
	struct option_name_list motion;
	int initial_state;
	uint64_t alert_interval_ns;
	char *button_line;
	bool button_active_low;
	int button_bias;
	uint64_t button_debounce_ns;
	int stop_value;
	struct option_name_list contact;
	uint64_t open_too_long_ns, relock_ns;
	char *strike_line;
	bool strike_active_low;
	uint64_t strike_ns;
};

/* What has led to its state. The numbers are kept over restarts: they do not change. */
enum lock_cause {
	LOCK_AT_START,
	LOCK_BY_HAND,
	LOCK_BY_BUTTON,
	LOCK_BY_MOTION,
	LOCK_BY_FORCE,
	LOCK_CLOSED,     /* for RelockSec= */
	LOCK_NOT_OPENED, /* within RelockSec= */
	LOCK_NOT_KNOWN,  /* whether it is open, for RelockSec= */
	LOCK_CAUSES,
};

struct door_lock {
	struct component component;
	char consumer[GPIO_CONSUMER_SIZE];
	char led_stored_as[COMPONENT_STORED_AS_SIZE], button_stored_as[COMPONENT_STORED_AS_SIZE];
	struct lock_rules rules;
	struct output *led;
	struct output_demand demand, at_stop;
	uint64_t blink_ns;    /* since when it blinks; 0: it does not */
	struct input *button; /* NULL: none */
	bool pressed;
	struct hub_subscription *motion; /* one for each of component.peers */
	uint64_t since_ns;               /* since when it is locked, or not; 0: that is not known */
	int cause;                       /* enum lock_cause, of that */
	/* The door. */
	struct door door;
	char strike_stored_as[COMPONENT_STORED_AS_SIZE];
	struct output *strike; /* NULL: none */
	struct output_demand strike_demand;
	const struct component_peer *contact; /* NULL: none */
	int contact_id;                       /* the number of the contact that `door` was told of; 0: none */
	uint64_t begun_ns;                    /* when this instance began; nothing that it does is dated before that */
	struct hub_subscription contact_events;
	sd_event_source *door_time;
};

/* Emits the event of an outcome, and shows it; does nothing with LOCK_NOTHING. `by` may be NULL. */
void lock_carry_out(struct door_lock *lock, enum lock_outcome outcome, uint64_t at_ns, const struct hub_source *by,
                    enum lock_cause cause);

/* Called when one of the lock's outputs or inputs is absent, or is there again. */
extern const struct line_availability lock_line_availability;

/* door-lock-door.c. See struct component_class; the lock's own functions call these. */
int lock_door_init(struct door_lock *lock, const char *consumer);
void lock_door_restored(struct door_lock *lock, uint64_t now_ns);
void lock_door_ask(struct door_lock *lock);
void lock_door_begin(struct door_lock *lock, uint64_t now_ns); /* at its start, before anything happens to it */
void lock_door_start(struct door_lock *lock, uint64_t now_ns); /* at its start: opens its lines */
void lock_door_deinit(struct door_lock *lock);
struct door_settings lock_door_settings(const struct door_lock *lock);

/* Something has happened to the door: sets the strike, then reports and does what is due. */
void lock_door_follow(struct door_lock *lock);

extern const struct event_type lock_jammed, door_open_too_long;
extern const struct kept_field lock_door_kept[]; /* what is kept where there is a door */
extern const struct option lock_options[];
int lock_check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem);

extern const char *const lock_causes[LOCK_CAUSES];

extern const struct interface_property lock_properties[];
extern const struct component_state lock_states[];
void lock_describe(const struct component *component, char *buffer, size_t size);
void lock_why(const struct component *component, struct why *ret);
