/* Secrets, which systemd gives the service as files that nobody else can read: systemd.exec(5), "Credentials". */
#pragma once

#include "util/problem.h"

#define CREDENTIAL_PASSWORD "mqtt.password"
#define CREDENTIAL_KEY "mqtt.key"

/* The path of the file with this name: in $CREDENTIALS_DIRECTORY, or in /etc/credstore if that is unset
 * because a person tries the configuration. NULL: there is no such file. To be freed. */
char *credential_path(const char *name);

/* Reads its text, without a newline at the end. 0 and NULL: there is none; -EBADMSG (it is longer than a
 * password, or not text) or another negative errno, and `problem` says it. To be freed, with
 * explicit_bzero(3) before. */
int credential_read(const char *name, char **ret, struct problem *problem);
