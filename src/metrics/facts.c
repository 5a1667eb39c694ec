#include "metrics/facts.h"

#include "client/mirror.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define BRIDGE "org.roomd1.Mqtt"
#define BRIDGE_PATH "/org/roomd1/mqtt"
#define SYSTEMD "org.freedesktop.systemd1"
#define UNIT_PATH "/org/freedesktop/systemd1/unit/roomd_2eservice"
#define UNIT_INTERFACE "org.freedesktop.systemd1.Service"

bool facts_are_outstanding(const struct facts *facts)
{
	for (size_t i = 0; i < FACT_QUESTIONS; i++)
		if (facts->asked[i])
			return true;
	return false;
}

static void end_question(struct facts *facts, enum fact_question question)
{
	facts->asked[question] = sd_bus_slot_unref(facts->asked[question]);
	if (!facts_are_outstanding(facts))
		facts->answered(facts->userdata);
}

/* The answer as JSON; NULL: it is an error, or no answer to this question. */
static struct json_object *read_answer(sd_bus_message *reply, const char *types)
{
	struct json_object *value = NULL;

	if (sd_bus_message_is_method_error(reply, NULL) || json_from_answer(reply, types, &value) < 0)
		return NULL;
	return value;
}

static int on_service(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct facts *facts = userdata;

	(void)error;
	facts->service = read_answer(reply, "a{sv}");
	end_question(facts, FACT_SERVICE);
	return 0;
}

static int on_bridge(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct facts *facts = userdata;

	(void)error;
	facts->bridge = read_answer(reply, "a{sv}");
	end_question(facts, FACT_BRIDGE);
	return 0;
}

static int on_restarts(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct facts *facts = userdata;
	struct json_object *value = read_answer(reply, "v");

	(void)error;
	facts->unit.restarts_known = value != NULL;
	facts->unit.restarts = json_object_get_uint64(value);
	json_free(value);
	end_question(facts, FACT_RESTARTS);
	return 0;
}

static int on_start(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct facts *facts = userdata;
	struct json_object *value = read_answer(reply, "v");

	(void)error;
	facts->unit.start_known = value != NULL;
	facts->unit.start_usec = json_object_get_uint64(value);
	json_free(value);
	end_question(facts, FACT_START);
	return 0;
}

/* Nobody is started for it. */
static void ask(struct facts *facts, enum fact_question question, const char *service, const char *path, const char *method,
                sd_bus_message_handler_t handler, const char *interface, const char *property)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(facts->bus, &call, service, path, PROPERTIES, method);

	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, false);
	if (r >= 0)
		r = sd_bus_message_append_basic(call, 's', interface);
	if (r >= 0 && property)
		r = sd_bus_message_append_basic(call, 's', property);
	if (r >= 0)
		sd_bus_call_async(facts->bus, &facts->asked[question], call, handler, facts, 0);
}

void facts_ask(struct facts *facts)
{
	facts_deinit(facts);
	ask(facts, FACT_BRIDGE, BRIDGE, BRIDGE_PATH, "GetAll", on_bridge, BRIDGE, NULL);
	ask(facts, FACT_RESTARTS, SYSTEMD, UNIT_PATH, "Get", on_restarts, UNIT_INTERFACE, "NRestarts");
	ask(facts, FACT_START, SYSTEMD, UNIT_PATH, "Get", on_start, UNIT_INTERFACE, "ExecMainStartTimestamp");
	ask(facts, FACT_SERVICE, MIRROR_SERVICE, MIRROR_ROOT, "GetAll", on_service, "", NULL);
}

void facts_deinit(struct facts *facts)
{
	for (size_t i = 0; i < FACT_QUESTIONS; i++)
		facts->asked[i] = sd_bus_slot_unref(facts->asked[i]);
	facts->service = json_free(facts->service);
	facts->bridge = json_free(facts->bridge);
	facts->unit = (struct unit_facts){ 0 };
}
