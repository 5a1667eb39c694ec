/* The configuration of roomd-mqtt, /etc/roomd/mqtt.conf: roomd-mqtt.conf(5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/fixed.h"
#include "mqtt/topic.h"
#include "mqtt/uri.h"

/* Below the folders where configuration is, config/files.h. */
#define MQTT_CONFIG_FILE "roomd/mqtt.conf"

struct mqtt_broker_config {
	struct mqtt_uri *uri; /* never NULL */
	char *user, *ca_file, *client_certificate; /* NULL: unset */
	bool insecure;
	uint64_t keep_alive_ns;
};

struct mqtt_hub_config {
	char *name;                          /* NULL: the host's */
	struct option_name_list allow_commands; /* classes of kinds ("light"), or "kind/name" */
};

struct mqtt_queue_config {
	unsigned events, bytes;
	uint64_t max_age_ns;
};

struct mqtt_home_assistant_config {
	bool discovery;
	char *prefix; /* NULL: unset */
};

struct mqtt_config {
	struct config_fixed file;
	/* Its sections' values. */
	const struct mqtt_broker_config *broker;
	const struct mqtt_hub_config *hub;
	const struct mqtt_queue_config *queue;
	const struct mqtt_home_assistant_config *home_assistant;
	char hub_name[TOPIC_HUB_MAX + 1];
};

/* Reads and checks the configuration in `path` and its drop-ins, or (NULL) in the standard places. 0 and the
 * configuration, which the caller frees; -EBADMSG: `errors` has all its errors; -ENOMEM. */
int mqtt_config_load(const char *path, struct mqtt_config **ret, struct config_errors *errors);

/* Takes NULL; returns NULL. */
struct mqtt_config *mqtt_config_free(struct mqtt_config *config);
DEFINE_CLEANUP(struct mqtt_config *, mqtt_config_free);

/* Prints the effective configuration with all defaults, in the syntax of the file. */
void mqtt_config_print(const struct mqtt_config *config, FILE *stream);

/* Whether commands are allowed for a component of this class of kinds ("light"; may be empty), kind in snake case, name. */
bool mqtt_config_allows(const struct mqtt_config *config, const char *class, const char *kind, const char *name);

/* The sections, also for the manual. */
extern const struct config_fixed_section mqtt_config_sections[];
