/* A command becomes a call of D-Bus like anybody else's: roomd asks polkit whether we may, says in its journal that it was
 * us, and answers in words. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/command.h"
#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "util/log.h"

/* Somebody who has to type a password is not there. */
#define CALL_USEC (10 * USEC_PER_SEC)

/* So much of a payload is shown to people. */
#define SHOWN_MAX 80

#define OWN_ERROR(name) "org.roomd1.Mqtt.Error." name

static void forget_call(struct call *call)
{
	sd_bus_slot_unref(call->slot);
	free(call->correlation);
	*call = (struct call){ 0 };
}

/* So many lines about commands that were not done in so long a time: the broker may be flooded. */
#define LINES 30
#define WINDOW_NS (10 * NSEC_PER_SEC)

static bool may_say(void)
{
	static uint64_t since_ns;
	static unsigned lines;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (since_ns == 0 || now_ns - since_ns >= WINDOW_NS) {
		since_ns = now_ns;
		lines = 0;
	}
	if (++lines == LINES)
		log_warning("very many commands are refused: those of the next seconds are not listed here");
	return lines < LINES;
}

/* --- results --------------------------------------------------------------------------------- */

static void say_result(struct bridge *bridge, const char *topic, const char *action, const char *error, const char *message,
                       const void *correlation, size_t correlation_length)
{
	_cleanup_(json_freep) struct json_object *result = json_object_new_object();
	_cleanup_(cleanup_free) char *text = NULL;

	if (!result)
		return;
	if (*action)
		json_add_text(result, "action", action);
	json_add(result, "ok", json_object_new_boolean(!error));
	if (error) {
		json_add_text(result, "error", error);
		json_add_text(result, "message", message);
	}
	json_add(result, "time", payload_time("realtime", clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC));
	text = payload_text(result);
	if (text)
		outbox_add_answer(bridge, topic, text, correlation, correlation_length);
	outbox_pump(bridge);
}

static const char *words_of(const sd_bus_error *error)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) || sd_bus_error_has_name(error, SD_BUS_ERROR_TIMEOUT))
		return "roomd has not answered; it may still be done";
	return error && error->message ? error->message : "";
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
	struct call *call = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(reply);

	(void)unused;
	if (error && error->name && may_say())
		log_notice("%s: %s: not done: %s", call->topic, call->action, words_of(error));
	say_result(call->bridge, call->topic, call->action, error ? error->name : NULL, words_of(error), call->correlation,
	           call->correlation_length);
	forget_call(call);
	return 0;
}

/* --- asking ---------------------------------------------------------------------------------- */

static struct call *find_free(struct bridge *bridge)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (!bridge->calls.all[i].bridge)
			return &bridge->calls.all[i];
	return NULL;
}

static int send_call(struct call *call, const struct mirror_component *component, const struct command *command)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
	sd_bus *bus = call->bridge->bus;
	int r;

	r = sd_bus_message_new_method_call(bus, &message, MIRROR_SERVICE, component->path, component->interface,
	                                   command->action);
	if (r >= 0)
		r = command_append(command, message);
	return r < 0 ? r : sd_bus_call_async(bus, &call->slot, message, on_reply, call, CALL_USEC);
}

static int keep_correlation(struct call *call, const struct broker_message *message)
{
	if (!message->correlation)
		return 0;
	call->correlation = malloc(message->correlation_length + 1);
	if (!call->correlation)
		return -ENOMEM;
	memcpy(call->correlation, message->correlation, message->correlation_length);
	call->correlation_length = message->correlation_length;
	return 0;
}

static int start_call(struct bridge *bridge, const char *result, const struct mirror_component *component,
                      const struct command *command, const struct broker_message *message, struct problem *problem)
{
	struct call *call = find_free(bridge);
	int r;

	if (!call)
		return problem_set(problem, -EBUSY, "expected at most %d commands at once; send the command again", CALLS_MAX);
	call->bridge = bridge;
	strcpy(call->topic, result);
	strcpy(call->action, command->action);
	r = keep_correlation(call, message);
	if (r >= 0)
		r = send_call(call, component, command);
	if (r < 0) {
		forget_call(call);
		return problem_set(problem, r, "roomd cannot be asked: %s", problem_errno(r));
	}
	return 0;
}

/* --- commands -------------------------------------------------------------------------------- */

/* 0; or a negative errno, and `problem` says what is wrong. */
static int check(struct bridge *bridge, const struct topic *topic, const struct broker_message *message,
                 struct mirror_component **ret, struct problem *problem)
{
	struct mirror_component *component;

	if (message->retained)
		return problem_set(problem, -EPERM,
		                   "expected a command that is not retained: a retained one would be repeated at each connection");
	if (!mirror_is_ready(bridge->mirror))
		return problem_set(problem, -ENOTCONN, "roomd is not on the bus at the moment");
	component = mirror_find_named(bridge->mirror, topic->kind, topic->name);
	if (!component)
		return problem_set(problem, -ENOENT, "there is no %s %s", topic->kind, topic->name);
	if (!bridge_allows(bridge, component))
		return problem_set(problem, -EACCES, "commands for %s/%s are not allowed (AllowCommands= in mqtt.conf)",
		                   topic->kind, topic->name);
	*ret = component;
	return 0;
}

static const char *error_of(int r)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ -EPERM, OWN_ERROR("Retained") }, { -ENOTCONN, OWN_ERROR("NoRoom") },   { -ENOENT, OWN_ERROR("NoComponent") },
		{ -EACCES, OWN_ERROR("NotAllowed") }, { -EBUSY, OWN_ERROR("Busy") }, { -EINVAL, OWN_ERROR("InvalidCommand") },
	};

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (names[i].error == r)
			return names[i].name;
	return OWN_ERROR("Failed");
}

void calls_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message)
{
	struct mirror_component *component = NULL;
	char result[TOPIC_SIZE], shown[SHOWN_MAX];
	struct command command = { 0 };
	struct problem problem;
	int r;

	if (message->length == 0) /* somebody has removed a retained one */
		return;
	topic_of_component(topic->hub, topic->kind, topic->name, "result", result);
	r = check(bridge, topic, message, &component, &problem);
	if (r >= 0)
		r = command_parse(message->payload, message->length, component->description, &command, &problem);
	if (r >= 0)
		r = start_call(bridge, result, component, &command, message, &problem);
	if (r >= 0)
		return;
	payload_shown(message->payload, message->length, shown, sizeof shown);
	if (may_say())
		log_notice("%s: \"%s\": not done: %s", message->topic, shown, problem.text);
	say_result(bridge, result, command.action, error_of(r), problem.text, message->correlation,
	           message->correlation_length);
}

void calls_deinit(struct bridge *bridge)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		forget_call(&bridge->calls.all[i]);
}
