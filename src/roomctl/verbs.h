/* The verbs. Each prints its errors. */
#pragma once

#include "roomctl/command-line.h"

/* An action on a component: the verb, and its method on D-Bus. */
struct component_action {
	const char *verb;
	const char *method;
};

/* Ended by one without a verb. */
extern const struct component_action component_actions[];

/* NULL if there is none. */
const struct component_action *find_component_action(const char *verb);

/* verbs-look.c */
enum status verb_overview(const struct command_line *line);
enum status verb_list(const struct command_line *line);
enum status verb_show(const struct command_line *line);
/* verbs-act.c */
enum status verb_switch(const struct command_line *line);
enum status verb_light(const struct command_line *line);
enum status verb_act(const struct command_line *line);
/* verbs-why.c */
enum status verb_why(const struct command_line *line);
/* verbs-history.c */
enum status verb_history(const struct command_line *line);
/* verbs-config.c */
enum status verb_reload(const struct command_line *line);
enum status verb_check_config(const struct command_line *line);
/* verbs-find.c */
enum status verb_find(const struct command_line *line);
/* verbs-init.c */
enum status verb_init(const struct command_line *line);
/* verbs-mqtt.c */
enum status verb_mqtt(const struct command_line *line);
/* monitor.c */
enum status verb_monitor(const struct command_line *line);
