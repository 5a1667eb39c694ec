/* The table of verbs. */
#include "roomctl/verbs.h"

#include <string.h>

const struct verb verbs[] = {
	{ "", NULL, 0, 0, "", verb_overview },
	{ "list", NULL, 0, 0, "The components, one a line", verb_list },
	{ "show", "NAME...", 1, ARGUMENTS_ANY, "Everything about components", verb_show },
	{ "monitor", "[NAME...]", 0, ARGUMENTS_ANY, "The events as they come, until Ctrl-C", verb_monitor },
	{ "why", "NAME...", 1, ARGUMENTS_ANY, "Why components are as they are, and what comes next", verb_why },
	{ "history", "NAME...", 1, ARGUMENTS_ANY, "What was recorded: a table, or a plot", verb_history },
	{ "on", "NAME", 1, 1, "Switch on by hand", verb_switch },
	{ "off", "NAME", 1, 1, "Switch off by hand", verb_switch },
	{ "auto", "NAME", 1, 1, "Follow its rules again", verb_switch },
	{ "light", "NAME on|off|auto", 2, 2, "The same for a light", verb_light },
	{ "lock", "NAME", 1, 1, "Lock a door", verb_act },
	{ "unlock", "NAME", 1, 1, "Unlock a door; this ends its alert", verb_act },
	{ "open", "NAME", 1, 1, "Let somebody in: unlock, and switch the strike on", verb_act },
	{ "acknowledge", "NAME", 1, 1, "End the alert of a door, which stays locked", verb_act },
	{ "find", NULL, 0, 0, "Find the line of a sensor; show what measures here", verb_find },
	{ "init", "[FILE]", 0, 1, "Write a first configuration, step by step", verb_init },
	{ "check-config", "[FILE]", 0, 1, "Check the configuration on this machine",
	  verb_check_config },
	{ "reload", NULL, 0, 0, "Make the service read its configuration again", verb_reload },
	{ "mqtt", NULL, 0, 0, "What the bridge to the MQTT broker is doing", verb_mqtt },
	{ 0 },
};

const struct component_action component_actions[] = {
	{ "on", "SetOn" },
	{ "off", "SetOn" },
	{ "auto", "SetAutomatic" },
	{ "light", "SetOn" },
	{ "lock", "Lock" },
	{ "unlock", "Unlock" },
	{ "open", "Open" },
	{ "acknowledge", "Acknowledge" },
	{ 0 },
};

const struct component_action *find_component_action(const char *verb)
{
	for (const struct component_action *action = component_actions; action->verb; action++)
		if (strcmp(action->verb, verb) == 0)
			return action;
	return NULL;
}
