#define _GNU_SOURCE
#include "mqtt/uri.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253

struct mqtt_uri *mqtt_uri_free(struct mqtt_uri *uri)
{
	if (!uri)
		return NULL;
	free(uri->text);
	free(uri->host);
	free(uri);
	return NULL;
}

static const char *skip_scheme(const char *text, struct mqtt_uri *uri)
{
	static const struct {
		const char *beginning;
		bool tls;
		uint16_t port;
	} schemes[] = { { "mqtts://", true, 8883 }, { "mqtt://", false, 1883 } };

	for (size_t i = 0; i < ELEMENTS(schemes); i++) {
		size_t length = strlen(schemes[i].beginning);

		if (strncasecmp(text, schemes[i].beginning, length) != 0)
			continue;
		uri->tls = schemes[i].tls;
		uri->port = schemes[i].port;
		return text + length;
	}
	return NULL;
}

/* ":8883", or nothing, and perhaps a slash. */
static int parse_port(const char *text, struct mqtt_uri *uri)
{
	unsigned port = 0;
	size_t digits;

	if (*text == ':') {
		digits = strspn(++text, "0123456789");
		for (size_t i = 0; i < digits && port <= UINT16_MAX; i++)
			port = port * 10 + (unsigned)(text[i] - '0');
		if (port < 1 || port > UINT16_MAX)
			return -EINVAL;
		uri->port = (uint16_t)port;
		text += digits;
	}
	return strcmp(text, "") == 0 || strcmp(text, "/") == 0 ? 0 : -EINVAL;
}

static bool is_host(const char *host, size_t length, bool in_brackets)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

	if (length == 0 || length > HOST_MAX || host[0] == '-')
		return false;
	return in_brackets ? strspn(host, "0123456789abcdefABCDEF:.") >= length : strspn(host, letters) >= length;
}

static int parse_host(const char *text, struct mqtt_uri *uri)
{
	bool in_brackets = *text == '[';
	size_t length;

	text += in_brackets;
	length = strcspn(text, in_brackets ? "]" : ":/");
	if (!is_host(text, length, in_brackets) || (in_brackets && text[length] != ']'))
		return -EINVAL;
	uri->host = strndup(text, length);
	if (!uri->host)
		return -ENOMEM;
	return parse_port(text + length + in_brackets, uri);
}

int mqtt_uri_parse(const char *text, struct mqtt_uri **ret)
{
	_cleanup_(mqtt_uri_freep) struct mqtt_uri *uri = calloc(1, sizeof *uri);
	const char *rest;
	int r;

	if (!uri)
		return -ENOMEM;
	rest = skip_scheme(text, uri);
	if (!rest)
		return -EINVAL;
	r = parse_host(rest, uri);
	if (r < 0)
		return r;
	uri->text = strdup(text);
	if (!uri->text)
		return -ENOMEM;
	*ret = TAKE_PTR(uri);
	return 0;
}

bool mqtt_uri_is_local(const struct mqtt_uri *uri)
{
	struct in6_addr six;
	struct in_addr four;

	if (strcasecmp(uri->host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, uri->host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, uri->host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}
