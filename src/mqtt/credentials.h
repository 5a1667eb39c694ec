/* Secrets, which systemd gives the service as files that nobody else can read: systemd.exec(5), "Credentials". */
#pragma once

#include "util/problem.h"

#define CREDENTIAL_PASSWORD "mqtt.password"
#define CREDENTIAL_KEY "mqtt.key"

/* Where the file of this name is: in $CREDENTIALS_DIRECTORY; where there is none, because a person tries the
 * configuration, in /etc/credstore. NULL: there is none. To be freed. */
char *credential_path(const char *name);

/* What is in it, without a newline at its end. 0 and NULL: there is none; -EBADMSG (it is longer than a password, or not
 * text) or another negative errno, and `problem` says it. To be freed, with explicit_bzero(3) before. */
int credential_read(const char *name, char **ret, struct problem *problem);
