/* TLS to a broker: whom we believe, who we are, and in words what is wrong. OpenSSL's own check of names is used, so that
 * what it finds can be said. */
#pragma once

#include <openssl/ssl.h>

#include "mqtt/broker.h"

#define BROKER_TLS_WORDS_SIZE 600

struct broker_tls {
	SSL_CTX *context;                  /* NULL: none */
	char host[256];
	bool has_certificate;              /* of our own */
	char words[BROKER_TLS_WORDS_SIZE]; /* what was wrong with the broker's certificate, or what the broker said; "": nothing */
};

/* Makes the context that the settings describe; reads the files. A negative errno, and `problem` says why. It may not move
 * until broker_tls_deinit(). */
int broker_tls_init(struct broker_tls *tls, const struct broker_settings *settings, struct problem *problem);
void broker_tls_deinit(struct broker_tls *tls);
