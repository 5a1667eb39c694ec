/* Whoever asks for the password that polkit wants: pkttyagent(1), on this terminal. */
#pragma once

#include <sys/types.h>

/* Starts it and waits until it is ready. Its process, or 0 if there is none: it is not installed, or there is
 * no terminal to ask on. */
pid_t agent_start(void);

/* Ends it. */
void agent_stop(pid_t agent);
