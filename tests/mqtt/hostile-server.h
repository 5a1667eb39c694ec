/* A server on 127.0.0.1, a process of its own, that does with each connection what a test wants of it. */
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Shared with the process. */
struct hostile_seen {
	volatile unsigned connections;
	volatile unsigned ended;        /* connections whose function has returned */
	volatile unsigned protocol[16]; /* of the CONNECT of each connection: 5, 4; 0: none came */
	char name[64];                  /* that TLS was told (SNI) */
};

struct hostile_connection {
	int fd;
	unsigned nth; /* from 0 */
	struct hostile_seen *seen;
	const void *userdata;
};

typedef void hostile_function(struct hostile_connection *connection);

struct hostile_server {
	uint16_t port;
	pid_t pid;
	struct hostile_seen *seen;
};

/* Connections are taken one after the other; a connection ends when `function` returns. */
void hostile_start(struct hostile_server *it, hostile_function *function, const void *userdata);
void hostile_stop(struct hostile_server *it);

/* --- for the functions ----------------------------------------------------------------------- */

/* Reads and throws away until the other side ends it. */
void hostile_listen(struct hostile_connection *connection);
void hostile_send(struct hostile_connection *connection, const void *data, size_t length);

/* Reads one packet of MQTT; its first byte, -1 at the end. Of a CONNECT the version is noted. */
int hostile_read_packet(struct hostile_connection *connection);

/* TLS of a server, not connected to anything; the certificate is `userdata`, a path without ".pem" and ".key". It lives as
 * long as the process. */
SSL *hostile_tls_new(struct hostile_connection *connection);

/* The same after the handshake with the connection. NULL if it fails. */
SSL *hostile_tls(struct hostile_connection *connection);
int hostile_tls_read_packet(SSL *ssl);

#define CONNACK_5 "\x20\x03\x00\x00\x00"
#define CONNACK_4 "\x20\x02\x00\x00"

/* --- servers that keep silent ---------------------------------------------------------------- */

/* The first half of what a server answers to the ClientHello, and no more; `userdata` as for hostile_tls(). */
void hostile_answer_half(struct hostile_connection *connection);

/* TLS, and then no word of MQTT. */
void hostile_keep_silent_in_tls(struct hostile_connection *connection);

/* A port of this address (0: any, which is returned) to which nobody answers: more wait to be accepted than there is room
 * for. It is there until the caller closes the descriptors. */
#define HOSTILE_FULL_FDS 5
uint16_t hostile_make_full_port(const char *at, uint16_t port, int fds[static HOSTILE_FULL_FDS]);
