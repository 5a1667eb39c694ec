#include "mqtt/uri.h"

#include <errno.h>
#include <string.h>

#include "helpers.h"

static void test_uris(void **state)
{
	static const struct {
		const char *text, *host; /* NULL: none */
		uint16_t port;
		bool tls, local;
	} rows[] = {
		{ "mqtts://broker.example.org", "broker.example.org", 8883, true, false },
		{ "mqtts://broker.example.org:1234", "broker.example.org", 1234, true, false },
		{ "MQTTS://broker/", "broker", 8883, true, false },
		{ "mqtt://localhost", "localhost", 1883, false, true },
		{ "mqtt://127.0.0.1:1884", "127.0.0.1", 1884, false, true },
		{ "mqtt://127.1.2.3", "127.1.2.3", 1883, false, true },
		{ "mqtt://128.0.0.1", "128.0.0.1", 1883, false, false },
		{ "mqtt://[::1]:1884", "::1", 1884, false, true },
		{ "mqtts://[fe80::1%eth0]", 0 },
		{ "mqtts://[2001:db8::1]", "2001:db8::1", 8883, true, false },
		{ "mqtt://localhost.example.org", "localhost.example.org", 1883, false, false },
		{ "mqtt://host:65535", "host", 65535, false, false },
		{ "mqtt://host:65536", 0 },
		{ "mqtt://host:99999999999999999999", 0 },
		{ "mqtt://host:0", 0 },
		{ "mqtt://host:", 0 },
		{ "mqtt://host:12x", 0 },
		{ "mqtt://", 0 },
		{ "mqtt://:1883", 0 },
		{ "mqtt://user:secret@host", 0 },
		{ "mqtt://host/path", 0 },
		{ "mqtt://-host", 0 },
		{ "mqtt://a b", 0 },
		{ "mqtt://[::1", 0 },
		{ "http://host", 0 },
		{ "host", 0 },
		{ "", 0 },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(mqtt_uri_freep) struct mqtt_uri *uri = NULL;
		int r = mqtt_uri_parse(rows[i].text, &uri);

		if (!rows[i].host) {
			if (r != -EINVAL)
				wrong += row_fails("%s: %d, expected -EINVAL", rows[i].text, r);
		} else if (r < 0 || strcmp(uri->host, rows[i].host) != 0 || uri->port != rows[i].port ||
		           uri->tls != rows[i].tls || mqtt_uri_is_local(uri) != rows[i].local) {
			wrong += row_fails("%s: %d, %s, %u", rows[i].text, r, r < 0 ? "-" : uri->host, r < 0 ? 0 : uri->port);
		}
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
