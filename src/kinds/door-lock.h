/* A lock, for its own files: door-lock.c (what it does), door-lock-look.c (what is seen of it). */
#pragma once

#include "rules/lock-rules.h"
#include "io/input.h"
#include "output/output.h"
#include "roomd/component.h"

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
};

extern const struct interface_property lock_properties[];
extern const struct component_state lock_states[];
void lock_describe(const struct component *component, char *buffer, size_t size);
void lock_why(const struct component *component, struct why *ret);
