/* Messages to the service manager, on one socket of the process that stays: sd_notify(3) opens one for each,
 * which is eleven system calls instead of one. The protocol is the one that is documented there. */
#pragma once

/* Sends `text`, "NAME=value" one a line, with a copy of `fd` (-1: none) to $NOTIFY_SOCKET. Waits, as
 * sd_notify(3) does, for a manager that has stopped reading. One thread. 1; 0: there is no manager; a
 * negative errno. */
int notify_send(const char *text, int fd);

/* Closes the socket, if there is one; notify_send() opens it again. */
void notify_close(void);
