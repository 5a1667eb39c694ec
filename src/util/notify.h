/* Messages to the service manager on a socket that stays, for whoever has many to send: sd_notify(3) opens
 * one for each, which is eleven system calls instead of one. The protocol is the one that is documented
 * there. */
#pragma once

/* Sends `text`, "NAME=value" one a line, with a copy of `fd` (-1: none) to $NOTIFY_SOCKET. `*socket_fd` is -1
 * at first, and the caller's to close in the end. Waits, as sd_notify(3) does, for a manager that has stopped
 * reading. 1; 0: there is no manager; a negative errno. */
int notify_send(int *socket_fd, const char *text, int fd);
