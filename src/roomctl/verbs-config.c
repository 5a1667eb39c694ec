/* The verbs about the configuration: what is wrong with it is said of all of it at once. */
#include <errno.h>

#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/service-view.h"
#include "roomctl/client.h"
#include "roomctl/verbs.h"
#include "util/problem.h"

#define VALUE_TEXT_SIZE 16384

/* {"valid": ..., "errors": [...]} and what else there is. */
static struct json_object *make_report(struct json_object *errors)
{
	struct json_object *report = json_object_new_object();

	if (!report)
		return NULL;
	json_add(report, "valid", json_object_new_boolean(json_object_array_length(errors) == 0));
	json_add(report, "errors", json_object_get(errors));
	return report;
}

/* --- check-config ---------------------------------------------------------------------------- */

static struct json_object *configuration_of(const struct config_component *component)
{
	struct json_object *configuration = json_object_new_object();

	for (const struct option *option = component->class->options; configuration && option->key;
	     option++) {
		char value[VALUE_TEXT_SIZE];

		option->type->format(option, config_field(component, option), value, sizeof value);
		json_add_text(configuration, option->key, value);
	}
	return configuration;
}

static struct json_object *configured_components(const struct config *config)
{
	struct json_object *components = json_object_new_array();

	for (size_t i = 0; components && i < config->n; i++) {
		struct json_object *component = json_object_new_object();

		if (!component)
			continue;
		json_add_text(component, "kind", config->components[i].class->kind);
		json_add_text(component, "name", config->components[i].name);
		json_add(component, "configuration", configuration_of(&config->components[i]));
		json_object_array_add(components, component);
	}
	return components;
}

static struct json_object *texts_of(const struct config_errors *errors)
{
	struct json_object *texts = json_object_new_array();

	for (size_t i = 0; texts && i < errors->n; i++)
		json_object_array_add(texts, json_object_new_string(errors->texts[i]));
	return texts;
}

static enum status check_as_json(const char *path, enum json_mode mode)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 }, warnings = { 0 };
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(json_freep) struct json_object *texts = NULL, *report = NULL;
	enum status status;
	int r;

	r = config_load(path, &config, &errors);
	if (r < 0 && r != -EBADMSG)
		return say(STATUS_FAILED, "the configuration cannot be read: %s", problem_errno(r));
	texts = texts_of(&errors);
	report = texts ? make_report(texts) : NULL;
	if (!report)
		return say_no_memory();
	if (config) {
		service_view_check(config, path, &warnings);
		json_add(report, "warnings", texts_of(&warnings));
		json_add(report, "components", configured_components(config));
	}
	status = json_print(report, mode);
	return status == STATUS_DONE && r < 0 ? STATUS_CONFIG : status;
}

enum status verb_check_config(const struct command_line *line)
{
	const char *path = line->arguments[0]; /* NULL: the standard places */
	int r;

	if (line->transport != TRANSPORT_LOCAL)
		return say(STATUS_USAGE,
		           "check-config reads files here; --host and --machine are not for it");
	if (line->json != JSON_OFF)
		return check_as_json(path, line->json);
	r = daemon_check_config(path);
	return r >= 0 ? STATUS_DONE : r == -EBADMSG ? STATUS_CONFIG : STATUS_FAILED;
}

/* --- reload ---------------------------------------------------------------------------------- */

static void say_lines(const char *text)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		say(STATUS_CONFIG, "%.*s", (int)length, text);
	}
}

static enum status say_errors(const struct json_object *errors)
{
	size_t n = json_object_array_length(errors);

	for (size_t i = 0; i < n; i++)
		say_lines(json_object_get_string(json_object_array_get_idx(errors, i)));
	return say(STATUS_CONFIG, "the configuration has %zu error%s; the room goes on with the former one; "
	                          "correct it, then: roomctl reload",
	           n, n == 1 ? "" : "s");
}

static enum status report_reload(const struct command_line *line, struct json_object *errors)
{
	_cleanup_(json_freep) struct json_object *report = NULL;
	bool valid = json_object_array_length(errors) == 0;

	if (line->json == JSON_OFF)
		return valid ? STATUS_DONE : say_errors(errors);
	report = make_report(errors);
	if (!report)
		return say_no_memory();
	return json_print(report, line->json) == STATUS_DONE && !valid ? STATUS_CONFIG : STATUS_DONE;
}

enum status verb_reload(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *errors = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum status status;

	status = client_open(&client, line);
	if (status == STATUS_DONE)
		status = client_act(&client, CLIENT_PATH, CLIENT_MANAGER, "Reload", &errors, NULL);
	if (status != STATUS_DONE && status != STATUS_CONFIG)
		return status;
	if (!errors)
		errors = json_object_new_array();
	return errors ? report_reload(line, errors) : say_no_memory();
}
