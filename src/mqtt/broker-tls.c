#define _GNU_SOURCE
#include "mqtt/broker-tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/* --- the broker's certificate ---------------------------------------------------------------- */

static void format_time(const ASN1_TIME *time, char *buffer, size_t size)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		snprintf(buffer, size, "an unknown day");
	else
		snprintf(buffer, size, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* Why it is not believed, and what to do. */
static void describe(struct broker_tls *tls, int error, X509 *certificate)
{
	char *words = tls->words, day[32];

	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		format_time(certificate ? X509_get0_notAfter(certificate) : NULL, day, sizeof day);
		snprintf(words, sizeof tls->words,
		         "the certificate of %s, or one that it rests on, has expired on %s: renew it there, or see whether this machine's clock is right",
		         tls->host, day);
		return;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		format_time(certificate ? X509_get0_notBefore(certificate) : NULL, day, sizeof day);
		snprintf(words, sizeof tls->words,
		         "the certificate of %s is valid from %s on only: is this machine's clock right?", tls->host, day);
		return;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		snprintf(words, sizeof tls->words,
		         "the certificate of the broker is not for the name %s: write into Uri= the name that it is for", tls->host);
		return;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		snprintf(words, sizeof tls->words,
		         "the certificate of %s is signed by somebody who is not believed (%s): CaFile= has to name the certificate of who signed it",
		         tls->host, X509_verify_cert_error_string(error));
		return;
	default:
		snprintf(words, sizeof tls->words, "the certificate of %s is not believed: %s", tls->host,
		         X509_verify_cert_error_string(error));
	}
}

static int on_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct broker_tls *tls = ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;

	if (!ok && tls)
		describe(tls, X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store));
	return ok;
}

/* --- the context ----------------------------------------------------------------------------- */

/* OpenSSL's words for what has failed last. */
static int fail(struct problem *problem, const char *key, const char *file)
{
	unsigned long error = ERR_get_error();
	const char *reason = ERR_reason_error_string(error);

	if (ERR_SYSTEM_ERROR(error))
		reason = problem_errno(ERR_GET_REASON(error));
	ERR_clear_error();
	return problem_set(problem, -EINVAL, "%s %s cannot be used: %s", key, file, reason ? reason : "it has no certificate, or no key");
}

static int load_authorities(SSL_CTX *context, const struct broker_settings *settings, struct problem *problem)
{
	if (!settings->ca_file)
		return SSL_CTX_set_default_verify_paths(context) == 1 ? 0 : fail(problem, "the system's", "certificates");
	if (SSL_CTX_load_verify_locations(context, settings->ca_file, NULL) != 1)
		return fail(problem, "CaFile=", settings->ca_file);
	return 0;
}

static int load_own(SSL_CTX *context, const struct broker_settings *settings, struct problem *problem)
{
	if (!settings->certificate_file)
		return 0;
	if (SSL_CTX_use_certificate_chain_file(context, settings->certificate_file) != 1)
		return fail(problem, "ClientCertificate=", settings->certificate_file);
	if (SSL_CTX_use_PrivateKey_file(context, settings->key_file, SSL_FILETYPE_PEM) != 1)
		return fail(problem, "the key", settings->key_file);
	if (SSL_CTX_check_private_key(context) != 1)
		return problem_set(problem, -EINVAL, "the key %s is not that of ClientCertificate= %s", settings->key_file,
		                   settings->certificate_file);
	return 0;
}

/* A key with a passphrase is an error: nobody is there to type it. */
static int no_passphrase(char *buffer, int size, int writing, void *userdata)
{
	(void)buffer, (void)size, (void)writing, (void)userdata;
	return 0;
}

static int expect_name(SSL_CTX *context, const char *host)
{
	X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(context);
	struct in6_addr address;

	if (inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 ? 0 : -ENOMEM;
	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1 ? 0 : -ENOMEM;
}

int broker_tls_init(struct broker_tls *tls, const struct broker_settings *settings, struct problem *problem)
{
	int r;

	snprintf(tls->host, sizeof tls->host, "%s", settings->host);
	ERR_clear_error();
	tls->context = SSL_CTX_new(TLS_client_method());
	if (!tls->context)
		return problem_set(problem, -ENOMEM, "no memory for TLS");
	SSL_CTX_set_app_data(tls->context, tls);
	SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
	SSL_CTX_set_mode(tls->context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_default_passwd_cb(tls->context, no_passphrase);
	SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, on_verify);
	r = expect_name(tls->context, settings->host);
	if (r >= 0)
		r = load_authorities(tls->context, settings, problem);
	return r < 0 ? r : load_own(tls->context, settings, problem);
}

void broker_tls_deinit(struct broker_tls *tls)
{
	SSL_CTX_free(tls->context);
	tls->context = NULL;
}
