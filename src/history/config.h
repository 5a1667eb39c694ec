/* The configuration of roomd-history, /etc/roomd/history.conf: roomd-history.conf(5). */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "config/fixed.h"

/* Below the folders where configuration is, config/files.h. */
#define HISTORY_CONFIG_FILE "roomd/history.conf"

struct history_keep_config {
	unsigned raw_days, days, bytes;
};

struct history_config {
	struct config_fixed file;
	const struct history_keep_config *keep; /* its section's values */
};

/* Reads and checks the configuration in `path` and its drop-ins, or (NULL) in the standard places, where
 * there may be none. 0 and the configuration, which the caller frees; -EBADMSG: `errors` has all its errors;
 * -ENOMEM. */
int history_config_load(const char *path, struct history_config **ret, struct config_errors *errors);

/* Takes NULL; returns NULL. */
struct history_config *history_config_free(struct history_config *config);
DEFINE_CLEANUP(struct history_config *, history_config_free);

/* Prints the effective configuration with all defaults, in the syntax of the file. */
void history_config_print(const struct history_config *config, FILE *stream);

/* The sections, for the manual; ended by one without a name. */
extern const struct config_fixed_section history_config_sections[];
