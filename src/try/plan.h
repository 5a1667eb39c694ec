/* What a configuration needs from a machine: lines, devices, sensors of other hubs, outputs with a duty
 * cycle. Pure: it follows from the types and names of keys, so no kind is known here. */
#pragma once

#include "daemon/config.h"
#include "io/gpio.h"
#include "roomd/quantity.h"

struct plan_line {
	const struct config_component *component;
	const char *text; /* as in the configuration, which owns it */
	bool input, active_low;
	uint64_t debounce_ns;
	size_t chip; /* in plan.chips */
	unsigned offset;
};

/* How the configuration names a chip. */
enum plan_chip_kind {
	PLAN_CHIP_OF_NAMES, /* not at all: its lines have names */
	PLAN_CHIP_OF_NODE,  /* by the name of its node in /dev: "gpiochip0" */
	PLAN_CHIP_OF_LABEL,
};

struct plan_chip {
	enum plan_chip_kind kind;
	char word[GPIO_NAME_MAX + 1]; /* the node's name, or the label */
	unsigned lines;
	const char *names[256];       /* of PLAN_CHIP_OF_NAMES: the names of its lines, ended by NULL */
};

enum plan_device_kind {
	PLAN_IIO,
	PLAN_HWMON,
	PLAN_W1,
	PLAN_DEVICE_KINDS,
};

struct plan_device {
	enum plan_device_kind kind;
	const char *word; /* the word after "hwmon:" or "w1:", owned by the configuration */
	unsigned number;  /* of the device: hwmon3 */
};

struct plan_channel {
	const struct config_component *component;
	const struct quantity *quantity;
	const char *channel; /* owned by the configuration; "" if there is no such key */
	uint64_t interval_ns;
	size_t device;       /* in plan.devices */
};

struct plan_remote {
	const struct config_component *component;
	const char *text;
	const struct quantity *quantity; /* NULL: it has two states */
};

struct plan_pwm {
	const struct config_component *component;
	const char *text;
};

struct plan {
	struct plan_line *lines;
	struct plan_chip *chips;
	struct plan_device *devices;
	struct plan_channel *channels;
	struct plan_remote *remotes;
	struct plan_pwm *pwms;
	size_t lines_n, chips_n, devices_n, channels_n, remotes_n, pwms_n;
};

/* Adds what this configuration needs; the configuration outlives the plan. `alone` may be NULL. Otherwise, if
 * it returns true for a component, that component's lines with names get a chip of their own, so that they
 * can be unplugged alone. 0, or a negative errno with a sentence; -EOPNOTSUPP: it cannot be simulated. */
int plan_add(struct plan *plan, const struct config *config,
             bool (*alone)(const struct config_component *component, void *userdata), void *userdata,
             struct problem *problem);

void plan_free(struct plan *plan);

/* The component's time span with this key; 0: it has no such key. */
uint64_t plan_timespan(const struct config_component *component, const char *key);
