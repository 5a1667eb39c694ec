/* What roomd does once it knows what is asked for. */
#pragma once

#include "daemon/arguments.h"

/* 0; -EBADMSG: the configuration is wrong, which was said; any other negative errno: said too. */
int daemon_check_config(const char *path);
int daemon_run(const struct arguments *arguments);
