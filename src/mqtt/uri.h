/* The address of a broker, as people write it: "mqtts://broker.example.org:8883". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/cleanup.h"

struct mqtt_uri {
	char *text; /* as written */
	char *host; /* a name or an address, without brackets */
	uint16_t port;
	bool tls;
};

/* Schemes mqtt and mqtts, whose ports are 1883 and 8883 (IANA); a user, a password or a path are not
 * accepted. -EINVAL; -ENOMEM. The caller frees it. */
int mqtt_uri_parse(const char *text, struct mqtt_uri **ret);

/* Takes NULL; returns NULL. */
struct mqtt_uri *mqtt_uri_free(struct mqtt_uri *uri);
DEFINE_CLEANUP(struct mqtt_uri *, mqtt_uri_free);

/* True if it is this machine: localhost, 127.0.0.0/8, ::1. */
bool mqtt_uri_is_local(const struct mqtt_uri *uri);
