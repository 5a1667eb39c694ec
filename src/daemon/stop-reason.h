/* Why the service ends. */
#pragma once

#include <stdbool.h>

/* True if another instance is about to follow, because the unit is being restarted (an upgrade does that,
 * too). False if it is stopped, or was ended by another process's signal, or is not a unit, or if systemd
 * does not answer. Asks systemd over D-Bus, for a second at most (org.freedesktop.systemd1(5): the unit's Job
 * and the job's JobType). Blocks, so call it after the loop. */
bool stop_is_restart(void);
