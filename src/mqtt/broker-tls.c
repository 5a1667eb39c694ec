#define _GNU_SOURCE
#include "mqtt/broker-tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- the broker's certificate ---------------------------------------------------------------- */

static void format_time(const ASN1_TIME *time, char *buffer, size_t size)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		snprintf(buffer, size, "an unknown day");
	else
		snprintf(buffer, size, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* The names that it is for, as far as there is room; "" if there are none. */
static void format_names(const X509 *certificate, char *buffer, size_t size)
{
	GENERAL_NAMES *names = certificate ? X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL) : NULL;
	size_t length = 0;

	*buffer = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && length + 1 < size; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char text[INET6_ADDRSTRLEN] = "";

		if (name->type == GEN_IPADD)
			inet_ntop(ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6,
			          ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text);
		else if (name->type != GEN_DNS)
			continue;
		length += (size_t)snprintf(buffer + length, size - length, "%s%s", length > 0 ? ", " : "",
		                           *text ? text : (const char *)ASN1_STRING_get0_data(name->d.dNSName));
	}
	GENERAL_NAMES_free(names);
}

static void describe_mismatch(struct broker_tls *tls, const X509 *certificate)
{
	char names[200];

	format_names(certificate, names, sizeof names);
	for (char *c = names; *c; c++) /* a stranger's */
		if (*c < ' ' || *c > '~')
			*c = '?';
	snprintf(tls->words, sizeof tls->words,
	         "the certificate of the broker is not for %s, but for %s: write one of its names into "
	         "Uri=, or give it a certificate for this name",
	         tls->host, *names ? names : "no name at all (subjectAltName)");
}

/* Why it is not believed, and what to do. */
static void describe(struct broker_tls *tls, int error, const X509 *certificate)
{
	char *words = tls->words, day[32];

	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		format_time(certificate ? X509_get0_notAfter(certificate) : NULL, day, sizeof day);
		snprintf(words, sizeof tls->words,
		         "the certificate of %s, or one that it depends on, expired on %s: renew it there, "
		         "or check this machine's clock",
		         tls->host, day);
		return;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		format_time(certificate ? X509_get0_notBefore(certificate) : NULL, day, sizeof day);
		snprintf(words, sizeof tls->words,
		         "the certificate of %s is valid from %s on only: is this machine's clock right?", tls->host, day);
		return;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		describe_mismatch(tls, certificate);
		return;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		snprintf(words, sizeof tls->words,
		         "the certificate of %s is signed by an authority that is not trusted (%s): CaFile= "
		         "has to name the certificate of that authority",
		         tls->host, X509_verify_cert_error_string(error));
		return;
	default:
		snprintf(words, sizeof tls->words, "the certificate of %s is not trusted: %s", tls->host,
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

/* --- what the broker says of us -------------------------------------------------------------- */

static const char *alert_advice(const struct broker_tls *tls, int alert)
{
	switch (alert) {
	case SSL3_AD_HANDSHAKE_FAILURE:
	case TLS13_AD_CERTIFICATE_REQUIRED:
		return tls->has_certificate ? "does it trust the authority that signed ClientCertificate=? See its log"
		                            : "it wants a client certificate: ClientCertificate=, and its key";
	case SSL3_AD_CERTIFICATE_EXPIRED:
		return "our ClientCertificate= has expired, or the clock there is wrong: renew it";
	case SSL3_AD_CERTIFICATE_REVOKED:
		return "our ClientCertificate= is revoked";
	case TLS1_AD_UNKNOWN_CA:
	case TLS1_AD_DECRYPT_ERROR:
	case SSL3_AD_BAD_CERTIFICATE:
	case SSL3_AD_UNSUPPORTED_CERTIFICATE:
	case SSL3_AD_CERTIFICATE_UNKNOWN:
		return "it does not trust our ClientCertificate=: that has to be signed by a CA that the "
			"broker knows (mosquitto's cafile)";
	case TLS1_AD_PROTOCOL_VERSION:
		return "it has no TLS 1.2 or later: update it";
	case TLS1_AD_UNRECOGNIZED_NAME:
		return "it does not serve this name: is Uri= right?";
	default:
		return "see its log";
	}
}

static void hold(struct broker_tls *tls, SSL *ssl)
{
	if (tls->ssl || tls->settled)
		return;
	tls->fd = fcntl(SSL_get_fd(ssl), F_DUPFD_CLOEXEC, 3);
	if (tls->fd >= 0 && SSL_up_ref(ssl) == 1)
		tls->ssl = ssl;
}

/* What it says, an alert, comes after the handshake was done here; libmosquitto keeps it for itself. */
static void on_info(const SSL *ssl, int where, int code)
{
	struct broker_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (where & SSL_CB_HANDSHAKE_START) {
		/* libmosquitto asks for what it connects to, which may be an address of the name. */
		SSL_set_tlsext_host_name((SSL *)ssl, tls->host);
		hold(tls, (SSL *)ssl);
	}
	if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || code >> 8 != SSL3_AL_FATAL || *tls->words)
		return;
	snprintf(tls->words, sizeof tls->words, "%s refuses TLS with us (it says \"%s\"): %s", tls->host,
	         (code & 0xff) == TLS13_AD_CERTIFICATE_REQUIRED ? "certificate required" : SSL_alert_desc_string_long(code), alert_advice(tls, code & 0xff));
}

void broker_tls_hear(struct broker_tls *tls)
{
	char byte;

	if (!tls->ssl || *tls->words)
		return;
	if (SSL_set_rfd(tls->ssl, tls->fd) == 1)
		SSL_read(tls->ssl, &byte, 1); /* comes to on_info() */
	ERR_clear_error();
}

static void let_go(struct broker_tls *tls)
{
	if (!tls->ssl)
		return;
	SSL_free(tls->ssl);
	tls->ssl = NULL;
	close(tls->fd);
}

void broker_tls_settle(struct broker_tls *tls)
{
	let_go(tls);
	tls->settled = true;
}

/* --- the context ----------------------------------------------------------------------------- */

/* The first error or the last one: which of them says why depends on OpenSSL's version. */
static bool is_reason(unsigned long first, unsigned long last, int reason)
{
	return (ERR_GET_LIB(first) == ERR_LIB_PEM && ERR_GET_REASON(first) == reason) ||
	       (ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == reason);
}

/* OpenSSL's words for what has failed last. */
static int fail(struct problem *problem, const char *key, const char *file)
{
	unsigned long error = ERR_peek_error(), last = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(error);

	if (ERR_SYSTEM_ERROR(error))
		reason = problem_errno(ERR_GET_REASON(error));
	else if (is_reason(error, last, PEM_R_BAD_PASSWORD_READ))
		reason = "it has a passphrase, which a service cannot type: remove it (openssl pkey)";
	else if (is_reason(error, last, PEM_R_NO_START_LINE))
		reason = "it does not contain what it should (PEM)";
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
	if (SSL_CTX_use_PrivateKey_file(context, settings->key_file, SSL_FILETYPE_PEM) == 1 &&
	    SSL_CTX_check_private_key(context) == 1)
		return 0;
	if (ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_X509) /* it could be read, but is another's */
		return problem_set(problem, -EINVAL, "the key %s is not that of ClientCertificate= %s", settings->key_file,
		                   settings->certificate_file);
	return fail(problem, "the key", settings->key_file);
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
	SSL_CTX_set_info_callback(tls->context, on_info);
	tls->has_certificate = settings->certificate_file;
	r = expect_name(tls->context, settings->host);
	if (r < 0)
		return problem_set(problem, r, "no memory for TLS");
	r = load_authorities(tls->context, settings, problem);
	return r < 0 ? r : load_own(tls->context, settings, problem);
}

void broker_tls_deinit(struct broker_tls *tls)
{
	let_go(tls);
	SSL_CTX_free(tls->context);
	tls->context = NULL;
}
