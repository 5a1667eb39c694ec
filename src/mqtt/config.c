#define _GNU_SOURCE
#include "mqtt/config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/option.h"
#include "roomd/about.h"

/* --- what stands in it ----------------------------------------------------------------------- */

static void release_uri(void *field)
{
	struct mqtt_uri *uri = *(struct mqtt_uri **)field;

	*(struct mqtt_uri **)field = mqtt_uri_free(uri);
}

static int parse_uri(const struct option *option, const char *text, void *field)
{
	(void)option;
	return mqtt_uri_parse(text, field);
}

static void format_uri(const struct option *option, const void *field, char *buffer, size_t size)
{
	const struct mqtt_uri *uri = *(struct mqtt_uri *const *)field;

	(void)option;
	snprintf(buffer, size, "%s", uri->text);
}

static const struct option_type option_uri = {
	.size = sizeof(struct mqtt_uri *),
	.expected = "mqtts://HOST, mqtts://HOST:PORT, or the same with mqtt:// for a connection without TLS",
	.parse = parse_uri,
	.format = format_uri,
	.release = release_uri,
};

/* A class of kinds, "light", or a component, "door_lock/front". */
static bool can_be_allowed(const char *word, size_t length)
{
	size_t kind = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_");
	char name[OPTION_NAME_MAX + 1];

	if (kind == length)
		return true;
	if (kind == 0 || kind > length || word[kind] != '/' || length - kind - 1 > OPTION_NAME_MAX)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)(length - kind - 1), word + kind + 1);
	return option_name_is_valid(name);
}

static int parse_allowed(const struct option *option, const char *text, void *field)
{
	struct option_name_list list = { 0 };

	(void)option;
	for (const char *word = text + strspn(text, " \t"); *word; word += strspn(word, " \t")) {
		size_t length = strcspn(word, " \t");
		char **grown = reallocarray(list.names, list.n + 1, sizeof *grown);

		if (grown)
			list.names = grown;
		if (!grown || !can_be_allowed(word, length) || !(grown[list.n] = strndup(word, length))) {
			option_names.release(&list);
			return grown ? -EINVAL : -ENOMEM;
		}
		list.n++;
		word += length;
	}
	*(struct option_name_list *)field = list;
	return 0;
}

static void format_allowed(const struct option *option, const void *field, char *buffer, size_t size)
{
	option_names.format(option, field, buffer, size);
}

static void release_allowed(void *field)
{
	option_names.release(field);
}

/* Not a list that goes on in the next line, as option_names is: a drop-in is to take something away, too. */
static const struct option_type option_allowed = {
	.size = sizeof(struct option_name_list),
	.expected = "classes such as light, switch, fan, lock, or components such as door_lock/front, with spaces between",
	.parse = parse_allowed,
	.format = format_allowed,
	.release = release_allowed,
};

static const struct option broker_options[] = {
	{ .key = "Uri", .type = &option_uri, .offset = offsetof(struct mqtt_broker_config, uri),
	  .about = ABOUT("The address of the broker: _mqtts://HOST:PORT_ with TLS, or _mqtt://HOST:PORT_ without. "
	                 "If no port is given, it is 8883 with TLS and 1883 without. Without TLS only a broker on "
	                 "this machine (_localhost_, _127.0.0.1_, _::1_) is accepted, unless _Insecure=yes_.",
	                 .example = "mqtts://broker.example.org") },
	{ .key = "User", .type = &option_string, .offset = offsetof(struct mqtt_broker_config, user), .default_text = "",
	  .about = ABOUT("The name of our user at the broker. The password is the credential _mqtt.password_.", .unset = "none") },
	{ .key = "CaFile", .type = &option_string, .offset = offsetof(struct mqtt_broker_config, ca_file), .default_text = "",
	  .about = ABOUT("A PEM file with the certificates of the authorities that may sign the broker's "
	                 "certificate.", .unset = "the system's") },
	{ .key = "ClientCertificate", .type = &option_string,
	  .offset = offsetof(struct mqtt_broker_config, client_certificate), .default_text = "",
	  .about = ABOUT("A PEM file with our own certificate, for a broker that asks for one. Its key is the "
	                 "credential _mqtt.key_.",
	                 .unset = "none") },
	{ .key = "Insecure", .type = &option_bool, .offset = offsetof(struct mqtt_broker_config, insecure),
	  .default_text = "no",
	  .about = ABOUT("Allows a connection without TLS to another machine. Everybody on the way can then read "
	                 "the password, and switch what _AllowCommands=_ allows.") },
	{ .key = "KeepAliveSec", .type = &option_timespan, .offset = offsetof(struct mqtt_broker_config, keep_alive_ns),
	  .default_text = "10s", .min = 10e6, .max = 3600e6,
	  .about = ABOUT("How often the connection is tested while nothing else is sent. If the broker hears "
	                 "nothing from us for one and a half times this long, it publishes that we are gone.") },
	{ 0 },
};

static const struct option hub_options[] = {
	{ .key = "Name", .type = &option_string, .offset = offsetof(struct mqtt_hub_config, name), .default_text = "",
	  .about = ABOUT("The name of this room at the broker, and for other rooms: letters, digits, \"\\_\", "
	                 "\"-\", \".\", at most 63. Before you change it, run *roomd-mqtt --forget*.",
	                 .unset = "the host's name") },
	{ .key = "AllowCommands", .type = &option_allowed, .offset = offsetof(struct mqtt_hub_config, allow_commands),
	  .default_text = "light switch fan",
	  .about = ABOUT("What may be switched from the broker: classes of components (_light_, _switch_, _fan_, _lock_, "
	                 "_action_), or single ones (_door\\_lock/front_); or _none_. polkit has to allow it, too: see *roomd-mqtt*(8). Each "
	                 "assignment replaces the one before.") },
	{ 0 },
};

static const struct option queue_options[] = {
	{ .key = "Events", .type = &option_count, .offset = offsetof(struct mqtt_queue_config, events),
	  .default_text = "10000", .min = 1, .max = 1000000,
	  .about = ABOUT("The number of events that wait while the broker is away. When there are more, the oldest "
	                 "is dropped and counted.") },
	{ .key = "Bytes", .type = &option_count, .offset = offsetof(struct mqtt_queue_config, bytes),
	  .default_text = "8000000", .min = 10000, .max = 1000000000,
	  .about = ABOUT("The number of bytes that these events may take.") },
	{ .key = "MaxAgeSec", .type = &option_timespan, .offset = offsetof(struct mqtt_queue_config, max_age_ns),
	  .default_text = "30d", .min = 60e6, .max = 366 * 86400e6,
	  .about = ABOUT("Events that are older than this are not sent; they are counted, too.") },
	{ 0 },
};

static const struct option home_assistant_options[] = {
	{ .key = "Discovery", .type = &option_bool, .offset = offsetof(struct mqtt_home_assistant_config, discovery),
	  .default_text = "yes",
	  .about = ABOUT("Whether to describe the room to Home Assistant, so that it finds the room by itself.") },
	{ .key = "Prefix", .type = &option_string, .offset = offsetof(struct mqtt_home_assistant_config, prefix),
	  .default_text = "homeassistant",
	  .about = ABOUT("The discovery prefix that Home Assistant's MQTT integration has.") },
	{ 0 },
};

const struct config_fixed_section mqtt_config_sections[] = {
	{ "Broker", broker_options, sizeof(struct mqtt_broker_config) },
	{ "Hub", hub_options, sizeof(struct mqtt_hub_config) },
	{ "Queue", queue_options, sizeof(struct mqtt_queue_config) },
	{ "HomeAssistant", home_assistant_options, sizeof(struct mqtt_home_assistant_config) },
	{ 0 },
};

/* --- reading --------------------------------------------------------------------------------- */

struct mqtt_config *mqtt_config_free(struct mqtt_config *config)
{
	if (!config)
		return NULL;
	config_fixed_free(&config->file);
	free(config);
	return NULL;
}

static int read_file(struct mqtt_config *config, const char *path, struct config_errors *errors)
{
	int r = config_fixed_read(&config->file, mqtt_config_sections, MQTT_CONFIG_FILE, path, errors);

	config->broker = config_fixed_values(&config->file, "Broker");
	config->hub = config_fixed_values(&config->file, "Hub");
	config->queue = config_fixed_values(&config->file, "Queue");
	config->home_assistant = config_fixed_values(&config->file, "HomeAssistant");
	return r;
}

/* --- checking -------------------------------------------------------------------------------- */

static void check_broker(const struct mqtt_config *config, struct config_errors *errors)
{
	const struct mqtt_broker_config *broker = config->broker;
	struct config_place place = config_fixed_place_of(&config->file, "Broker", "Uri");

	if (!broker->uri)
		return;
	if (!broker->uri->tls && !broker->insecure && !mqtt_uri_is_local(broker->uri))
		config_error(errors, &place,
		             "expected mqtts:// to another machine: without TLS everybody on the way can "
		             "read and switch; Insecure=yes allows it all the same");
	place = config_fixed_place_of(&config->file, "Broker", "CaFile");
	if (!broker->uri->tls && broker->ca_file)
		config_error(errors, &place, "expected nothing without TLS; Uri= begins with mqtt://");
	place = config_fixed_place_of(&config->file, "Broker", "ClientCertificate");
	if (!broker->uri->tls && broker->client_certificate)
		config_error(errors, &place, "expected nothing without TLS; Uri= begins with mqtt://");
}

/* Of the host's name the first label is enough, and what stands there may be none of ours. */
static void take_host_name(char name[static TOPIC_HUB_MAX + 1])
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof host - 1);
	snprintf(name, TOPIC_HUB_MAX + 1, "%.*s", (int)strcspn(host, "."), host);
}

static void check_hub(struct mqtt_config *config, struct config_errors *errors)
{
	struct config_place place = config_fixed_place_of(&config->file, "Hub", "Name");
	const char *name = config->hub->name;

	if (config_fixed_is_assigned(&config->file, "Hub", "AllowCommands") &&
	    !*config_fixed_place_of(&config->file, "Hub", "AllowCommands").value) {
		place = config_fixed_place_of(&config->file, "Hub", "AllowCommands");
		config_error(errors, &place, "expected classes or components, or none");
		place = config_fixed_place_of(&config->file, "Hub", "Name");
	}
	if (name && topic_hub_is_valid(name))
		snprintf(config->hub_name, sizeof config->hub_name, "%s", name);
	else if (name)
		config_error(errors, &place, "expected letters, digits, \"_\", \"-\", \".\", beginning with a letter or a "
		                             "digit, at most %d", TOPIC_HUB_MAX);
	else
		take_host_name(config->hub_name);
	if (!name && !topic_hub_is_valid(config->hub_name))
		config_error(errors, &place, "expected a name: the host's, \"%s\", cannot be one", config->hub_name);
}

static void check_prefix(const struct mqtt_config *config, struct config_errors *errors)
{
	struct config_place place = config_fixed_place_of(&config->file, "HomeAssistant", "Prefix");
	const char *prefix = config->home_assistant->prefix;

	if (!prefix || strpbrk(prefix, "+#") || prefix[0] == '/' || prefix[strlen(prefix) - 1] == '/' || prefix[0] == '$' ||
	    strlen(prefix) > TOPIC_SIZE / 2)
		config_error(errors, &place, "expected the beginning of a topic, such as homeassistant");
}

static void check(struct mqtt_config *config, struct config_errors *errors)
{
	config_fixed_check(&config->file, errors);
	check_broker(config, errors);
	check_hub(config, errors);
	check_prefix(config, errors);
}

int mqtt_config_load(const char *path, struct mqtt_config **ret, struct config_errors *errors)
{
	_cleanup_(mqtt_config_freep) struct mqtt_config *config = calloc(1, sizeof *config);
	int r;

	if (!config)
		return -ENOMEM;
	r = read_file(config, path, errors);
	if (r < 0)
		return r;
	if (errors->n == 0)
		check(config, errors);
	if (errors->out_of_memory)
		return -ENOMEM;
	if (errors->n > 0)
		return -EBADMSG;
	*ret = TAKE_PTR(config);
	return 0;
}

/* --- looking into it ------------------------------------------------------------------------- */

void mqtt_config_print(const struct mqtt_config *config, FILE *stream)
{
	config_fixed_print(&config->file, stream);
}

bool mqtt_config_allows(const struct mqtt_config *config, const char *class, const char *kind, const char *name)
{
	const struct option_name_list *list = &config->hub->allow_commands;
	char both[TOPIC_SIZE];

	snprintf(both, sizeof both, "%s/%s", kind, name);
	for (size_t i = 0; i < list->n; i++)
		if ((*class && strcmp(list->names[i], class) == 0) || strcmp(list->names[i], both) == 0)
			return true;
	return false;
}
