/* The agent that asks for the password that polkit needs: pkttyagent(1), on this terminal. */
#pragma once

#include <sys/types.h>

/* Starts the agent and waits until it is ready. Returns its process; 0: it is not installed, or there is no
 * terminal. */
pid_t agent_start(void);

/* Ends the agent. */
void agent_stop(pid_t agent);
