/* TLS to a broker: the authorities that we trust, our certificate, and errors in words. Uses OpenSSL's own
 * check of names, so that its result can be reported. */
#pragma once

#include <openssl/ssl.h>

#include "mqtt/broker.h"

#define BROKER_TLS_WORDS_SIZE 600

struct broker_tls {
	SSL_CTX *context;                  /* NULL: none */
	char host[256];
	SSL *ssl;                          /* of the connection, and a duplicate of its socket: libmosquitto frees its own */
	int fd;                            /* before what has come is read; NULL: none */
	bool settled;
	bool has_certificate;              /* our own */
	char words[BROKER_TLS_WORDS_SIZE]; /* what was wrong with the broker's certificate, or what the broker said; "": nothing */
};

/* Makes the context that the settings describe; reads the files. A negative errno, and `problem` says why. It may not move
 * until broker_tls_deinit(). */
int broker_tls_init(struct broker_tls *tls, const struct broker_settings *settings, struct problem *problem);

/* Nothing can be written any more, or the connection has ended: reads an alert that the broker may have sent
 * before, and puts it into `words`. */
void broker_tls_hear(struct broker_tls *tls);

/* The broker has accepted us: gives up what broker_tls_hear() needs. */
void broker_tls_settle(struct broker_tls *tls);
void broker_tls_deinit(struct broker_tls *tls);
