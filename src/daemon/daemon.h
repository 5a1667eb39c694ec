/* The modes of roomd, after its command line was read. */
#pragma once

#include "daemon/arguments.h"

/* 0; -EBADMSG: the configuration is wrong; or another negative errno. Errors have been logged. */
int daemon_check_config(const char *path);
int daemon_run(const struct arguments *arguments);
