#include "mqtt/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"
#include "util/clock.h"

/* Reads this text as a configuration. */
static int load(const char *text, struct mqtt_config **ret, struct config_errors *errors)
{
	char path[] = "/tmp/mqtt-config-XXXXXX";
	int fd = mkstemp(path), r;
	FILE *file = fdopen(fd, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	r = mqtt_config_load(path, ret, errors);
	unlink(path);
	return r;
}

static void test_defaults(void **state)
{
	_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };

	(void)state;
	assert_int_equal(load("[Broker]\nUri=mqtts://broker\n[Hub]\nName=pi\n", &config, &errors), 0);
	assert_string_equal(config->broker->uri->host, "broker");
	assert_null(config->broker->user);
	assert_int_equal(config->broker->keep_alive_ns, 10 * NSEC_PER_SEC);
	assert_string_equal(config->hub_name, "pi");
	assert_int_equal(config->queue->events, 10000);
	assert_true(config->home_assistant->discovery);
	assert_string_equal(config->home_assistant->prefix, "homeassistant");
}

static void test_host_name(void **state)
{
	_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	char host[256] = "";

	(void)state;
	gethostname(host, sizeof host - 1);
	assert_int_equal(load("[Broker]\nUri=mqtt://localhost\n", &config, &errors), 0);
	assert_int_equal(strncmp(host, config->hub_name, strlen(config->hub_name)), 0);
	assert_true(topic_hub_is_valid(config->hub_name));
}

/* What is printed is read back as the same. */
static void test_printed(void **state)
{
	static const char text[] = "[Broker]\nUri=mqtts://broker:1234\nUser=me\nCaFile=/etc/ca.pem\nKeepAliveSec=1min\n"
				   "[Hub]\nName=pi\nAllowCommands=light door_lock/front\n[Queue]\nEvents=5\n"
				   "[HomeAssistant]\nDiscovery=no\n";
	char *printed[2] = { NULL };
	size_t size;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
		_cleanup_(config_errors_free) struct config_errors errors = { 0 };
		FILE *stream = open_memstream(&printed[i], &size);

		assert_int_equal(load(i ? printed[0] : text, &config, &errors), 0);
		mqtt_config_print(config, stream);
		fclose(stream);
	}
	assert_non_null(strstr(printed[0], "AllowCommands=light door_lock/front\n"));
	assert_string_equal(strchr(printed[0], '\n'), strchr(printed[1], '\n'));
	free(printed[0]);
	free(printed[1]);
}

static void test_allowed(void **state)
{
	static const struct {
		const char *allow, *class, *kind, *name;
		bool allowed;
	} rows[] = {
		{ NULL, "light", "light_controller", "hall", true },
		{ NULL, "lock", "door_lock", "front", false },
		{ NULL, "", "light", "switch", false },
		{ "none", "light", "light_controller", "hall", false },
		{ "lock", "lock", "door_lock", "front", true },
		{ "lock", "light", "light_controller", "hall", false },
		{ "door_lock/front", "lock", "door_lock", "front", true },
		{ "door_lock/front", "lock", "door_lock", "back", false },
		{ "light door_lock/front", "light", "light_controller", "hall", true },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
		_cleanup_(config_errors_free) struct config_errors errors = { 0 };
		char text[256];

		snprintf(text, sizeof text, "[Broker]\nUri=mqtt://localhost\n[Hub]\nName=x\n%s%s\n",
		         rows[i].allow ? "AllowCommands=" : "", rows[i].allow ? rows[i].allow : "");
		assert_int_equal(load(text, &config, &errors), 0);
		if (mqtt_config_allows(config, rows[i].class, rows[i].kind, rows[i].name) != rows[i].allowed)
			wrong += row_fails("%s: %s/%s", rows[i].allow ? rows[i].allow : "default", rows[i].kind, rows[i].name);
	}
	assert_int_equal(wrong, 0);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expected; /* what one of the errors has */
	} rows[] = {
		{ "", "Uri= is missing; expected mqtts://HOST" },
		{ "[Broker]\n", ":1: [Broker]: Uri= is missing" },
		{ "[Broker]\nUri=broker\n", ":2: [Broker] Uri=broker: expected mqtts://HOST" },
		{ "[Broker]\nUri=mqtt://broker\n", "Uri=mqtt://broker: expected mqtts:// to another machine" },
		{ "[Broker]\nUri=mqtt://localhost\nCaFile=/x\n", "CaFile=/x: expected nothing without TLS" },
		{ "[Broker]\nUri=mqtt://localhost\nClientCertificate=/x\n", "expected nothing without TLS" },
		{ "[Broker]\nUri=mqtt://localhost\nUri=mqtt://localhost\n", "expected Uri= once" },
		{ "[Broker]\nUri=mqtt://localhost\nUser=a\nUsr=b\n", "Usr=b: unknown key; did you mean User=?" },
		{ "[Broker]\nUri=mqtt://localhost\nPassword=b\n", "unknown key; expected one of Uri, User" },
		{ "[Broker]\nUri=mqtt://localhost\nKeepAliveSec=1s\n", "KeepAliveSec=1s: expected" },
		{ "[Broker]\nUri=mqtt://localhost\nInsecure=perhaps\n", "Insecure=perhaps: expected" },
		{ "[Broker]\nUri=mqtt://localhost\n[Hub]\nName=a/b\n", "Name=a/b: expected letters" },
		{ "[Broker]\nUri=mqtt://localhost\n[Hub]\nAllowCommands=Light\n", "AllowCommands=Light: expected classes" },
		{ "[Broker]\nUri=mqtt://localhost\n[Hub]\nAllowCommands=\n", "AllowCommands=: expected classes or components, or none" },
		{ "[Broker]\nUri=mqtt://localhost\n[Hub]\nAllowCommands=door_lock/\n", "expected classes" },
		{ "[Broker]\nUri=mqtt://localhost\n[Hub]\nAllowCommands=/x\n", "expected classes" },
		{ "[Broker]\nUri=mqtt://localhost\n[HomeAssistant]\nPrefix=a/#\n", "Prefix=a/#: expected the beginning" },
		{ "[Broker]\nUri=mqtt://localhost\n[Queue]\nEvents=0\n", "Events=0: expected" },
		{ "[Broker]\nUri=mqtt://localhost\n[Brokr]\nUri=x\n", "unknown section; did you mean [Broker]?" },
		{ "[Broker]\nUri=mqtt://localhost\n[Lamp]\nUri=x\n", "unknown section; expected [Broker], [Hub]" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
		_cleanup_(config_errors_free) struct config_errors errors = { 0 };
		int r = load(rows[i].text, &config, &errors);
		bool found = false;

		for (size_t j = 0; j < errors.n; j++)
			found = found || strstr(errors.texts[j], rows[i].expected);
		if (r != -EBADMSG || !found)
			wrong += row_fails("%s\n  %d, %s", rows[i].text, r, errors.n ? errors.texts[0] : "no error");
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_host_name),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
