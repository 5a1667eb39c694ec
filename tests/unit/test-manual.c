/* The manual, the completion and the catalog against the tables they describe: every message id, verb,
 * option, right and error is in them. What follows from the kinds' tables is scripts/generate's, and
 * test-generate's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/authority.h"
#include "bus/manager.h"
#include "helpers.h"
#include "roomctl/command-line.h"
#include "roomctl/verbs.h"
#include "roomd/message-ids.h"

#define TEXT_SIZE 65536

/* A file of the source tree, $SOURCE_ROOT. */
static const char *read_source(const char *name)
{
	static char text[TEXT_SIZE];
	char path[4096];
	size_t length;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", getenv("SOURCE_ROOT"), name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s cannot be read", path);
	length = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[length] = '\0';
	return text;
}

/* What stands between the line `heading` and the next one that begins with `mark`; freed by the caller. */
static char *section_of(const char *text, const char *heading, const char *mark)
{
	const char *start = strstr(text, heading), *end;

	if (!start)
		fail_msg("there is no section '%s'", heading);
	start += strlen(heading);
	end = strstr(start, mark);
	return strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static void expect_in(const char *text, const char *words, const char *where)
{
	if (!strstr(text, words))
		fail_msg("%s does not have %s", where, words);
}

static void test_every_message_id_is_in_the_catalog(void **state)
{
	static const char *const ids[] = {
		ROOMD_MESSAGE_ALERT,      ROOMD_MESSAGE_UNAVAILABLE,   ROOMD_MESSAGE_AVAILABLE,
		ROOMD_MESSAGE_EDGES_LOST, ROOMD_MESSAGE_EVENTS_LOST,   ROOMD_MESSAGE_CONFIG_INVALID,
		ROOMD_MESSAGE_REFUSED,    ROOMD_MESSAGE_STATE_DAMAGED, ROOMD_MESSAGE_STATE_NOT_WRITTEN,
		ROOMD_MESSAGE_LIGHT_LOOP, ROOMD_MESSAGE_SUSPECT,       ROOMD_MESSAGE_TRUSTED,
		ROOMD_MESSAGE_ACTION_FAILED, ROOMD_MESSAGE_JAMMED,     ROOMD_MESSAGE_OPEN_TOO_LONG,
	};
	char words[64];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(ids); i++) {
		snprintf(words, sizeof words, "\n-- %s\nSubject: ", ids[i]);
		expect_in(read_source("systemd/roomd.catalog"), words, "the catalog");
	}
	/* And none that the header does not have. */
	for (const char *s = read_source("systemd/roomd.catalog"); (s = strstr(s, "\n-- ")); s++)
		n++;
	assert_int_equal(n, ELEMENTS(ids));
}

/* --- org.roomd1(5) --------------------------------------------------------------------------- */

static const char *bus_manual(void)
{
	return read_source("man/org.roomd1.5.scd");
}

/* "*On* (b)", also in a list of names. */
static void expect_property(const char *section, const char *name, const char *type, const char *where)
{
	char words[64], in_list[64];
	const char *at;

	snprintf(words, sizeof words, "*%s* (%s)\n\t", name, type);
	if (strstr(section, words))
		return;
	snprintf(in_list, sizeof in_list, "*%s*", name);
	expect_in(section, in_list, where);
	at = strstr(section, in_list);
	snprintf(words, sizeof words, "(%s", type);
	at = strchr(at, '(');
	if (!at || strncmp(at, words, strlen(words)) != 0)
		fail_msg("%s does not have the type of %s", where, name);
}

static void test_what_all_kinds_have_is_in_the_bus_manual(void **state)
{
	char *section = section_of(bus_manual(), "\n# COMPONENTS\n", "\n# ");

	(void)state;
	expect_property(section, "Configuration", "a{ss}", "COMPONENTS");
	expect_property(section, "Since", "t", "COMPONENTS");
	free(section);
}

static void test_manager_is_in_the_bus_manual(void **state)
{
	char *section = section_of(bus_manual(), "\n# /org/roomd1\n", "\n# ");
	char words[64];

	(void)state;
	for (const sd_bus_vtable *v = manager_vtable; v->type != _SD_BUS_VTABLE_END; v++) {
		if (v->type == _SD_BUS_VTABLE_PROPERTY)
			expect_property(section, v->x.property.member, v->x.property.signature,
			                "the manager");
		if (v->type != _SD_BUS_VTABLE_METHOD)
			continue;
		snprintf(words, sizeof words, "\n*%s*(", v->x.method.member);
		expect_in(section, words, "the manager");
	}
	free(section);
}

/* polkit's file, its rules and the manual have the same rights. */
static void test_every_right_is_everywhere(void **state)
{
	char words[64];

	(void)state;
	for (enum interface_right right = 0; right < RIGHTS; right++) {
		snprintf(words, sizeof words, "*%s*", authority_action(right));
		expect_in(bus_manual(), words, "org.roomd1(5)");
		snprintf(words, sizeof words, "<action id=\"%s\">", authority_action(right));
		expect_in(read_source("dbus/org.roomd1.policy"), words, "org.roomd1.policy");
		snprintf(words, sizeof words, "\"%s\"", authority_action(right));
		expect_in(read_source("dbus/60-roomd.rules"), words, "60-roomd.rules");
	}
}

/* Whoever types a password to unlock one door has not unlocked the others. */
static void test_unlocking_is_authorized_each_time(void **state)
{
	char *section = section_of(read_source("dbus/org.roomd1.policy"), "<action id=\"org.roomd1.unlock\">",
	                           "</action>");

	(void)state;
	expect_in(section, "<allow_active>auth_admin</allow_active>", "org.roomd1.policy");
	assert_null(strstr(section, "_keep"));
	free(section);
}

static void test_every_error_is_in_the_bus_manual(void **state)
{
	char *calls = strdup(read_source("src/bus/calls.c")), *section;
	char words[64];

	(void)state;
	assert_non_null(calls);
	section = section_of(bus_manual(), "\n# ERRORS\n", "\n# ");
	for (const char *s = calls; (s = strstr(s, "BUS_ERROR(\"")); s++) {
		snprintf(words, sizeof words, "*org.roomd1.Error.%.*s*",
		         (int)strcspn(s + strlen("BUS_ERROR(\""), "\""), s + strlen("BUS_ERROR(\""));
		expect_in(section, words, "ERRORS");
	}
	free(section);
	free(calls);
}

/* --- roomctl(1) ------------------------------------------------------------------------------ */

static void test_every_verb_and_option_of_roomctl_is_described(void **state)
{
	char *verb_section = section_of(read_source("man/roomctl.1.scd"), "\n# VERBS\n", "\n# ");
	char *option_section = section_of(read_source("man/roomctl.1.scd"), "\n# OPTIONS\n", "\n# ");
	char words[64];

	(void)state;
	for (const struct verb *verb = verbs + 1; verb->name; verb++) {
		snprintf(words, sizeof words, "*%s*", verb->name);
		expect_in(verb_section, words, "VERBS of roomctl(1)");
	}
	for (const struct command_option *option = command_options; option->name; option++) {
		if (*option->name)
			snprintf(words, sizeof words, "*--%s*%s", option->name,
			         option->argument ? option->argument[0] == '[' && option->argument[1] == '='
			                                    ? "[=_"
			                                    : "="
			                          : "\n");
		else
			snprintf(words, sizeof words, "\n*-%c*\n", option->letter);
		expect_in(option_section, words, "OPTIONS of roomctl(1)");
		if (option->letter && *option->name) {
			snprintf(words, sizeof words, "\n*-%c*, *--%s*", option->letter, option->name);
			expect_in(option_section, words, "OPTIONS of roomctl(1)");
		}
	}
	free(verb_section);
	free(option_section);
}

static void test_completion_knows_every_verb_and_option(void **state)
{
	const char *text = read_source("src/roomctl/completion.bash");
	char words[64];

	(void)state;
	for (const struct verb *verb = verbs + 1; verb->name; verb++) {
		snprintf(words, sizeof words, " %s ", verb->name);
		expect_in(text, words, "the completion");
	}
	for (const struct command_option *option = command_options; option->name; option++) {
		if (!*option->name)
			continue;
		snprintf(words, sizeof words, " --%s ", option->name);
		expect_in(text, words, "the completion");
	}
}

/* A verb for an action is offered after --can=, and with the components that it is for. */
static void test_completion_knows_every_action(void **state)
{
	const char *text = read_source("src/roomctl/completion.bash");
	const char *can = strstr(text, "--can)\n"), *names = strstr(text, "monitor:*)");
	char words[64], offered[256], with_names[256];

	(void)state;
	assert_non_null(can);
	assert_non_null(names);
	snprintf(offered, sizeof offered, "%.*s", (int)(strstr(can, "return") - can), can);
	snprintf(with_names, sizeof with_names, "%.*s", (int)(strstr(names, "check-config") - names), names);
	for (const struct component_action *action = component_actions; action->verb; action++) {
		bool is_verb = false;

		for (const struct verb *verb = verbs + 1; verb->name; verb++)
			is_verb |= strcmp(verb->name, action->verb) == 0;
		assert_true(is_verb);
		snprintf(words, sizeof words, " %s", action->verb);
		expect_in(offered, words, "what the completion offers after --can=");
		snprintf(words, sizeof words, "%s:0", action->verb);
		expect_in(with_names, words, "what the completion offers components for");
	}
}

/* --- roomd-mqtt(8) --------------------------------------------------------------------------- */

/* Each word of the source that stands behind `before`, up to what cannot be in one, is in a section of the manual, between `left`
 * and `right`. Returns how many there are. */
static size_t expect_each(const char *file, const char *before, const char *heading, const char *left, const char *right)
{
	char *source = strdup(read_source(file)), *section;
	char words[96];
	size_t n = 0;

	assert_non_null(source);
	section = section_of(read_source("man/roomd-mqtt.8.scd"), heading, "\n# ");
	for (const char *s = source; (s = strstr(s, before)); n++) {
		s += strlen(before);
		snprintf(words, sizeof words, "%s%.*s%s", left, (int)strcspn(s, "\" ,\\"), s, right);
		expect_in(section, words, "roomd-mqtt(8)");
	}
	free(section);
	free(source);
	return n;
}

static void test_what_the_bridge_offers_is_in_its_manual(void **state)
{
	(void)state;
	assert_in_range(expect_each("src/mqtt/arguments.c", " --", "\n# OPTIONS\n", "*--", "*"), 8, 20);
	assert_in_range(expect_each("src/mqtt/view.c", "\tSD_BUS_PROPERTY(\"", "\n# D-BUS\n", "*", "* ("), 15, 40);
	assert_in_range(expect_each("src/mqtt/calls.c", ", OWN_ERROR(\"", "\n# COMMANDS\n", "\n*org.roomd1.Mqtt.Error.", "*\n"),
	                5, 20);
	assert_in_range(expect_each("src/mqtt/command.c", "\t{ \"", "\n# COMMANDS\n", "_", "_"), 8, 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_message_id_is_in_the_catalog),
		cmocka_unit_test(test_what_all_kinds_have_is_in_the_bus_manual),
		cmocka_unit_test(test_manager_is_in_the_bus_manual),
		cmocka_unit_test(test_every_right_is_everywhere),
		cmocka_unit_test(test_unlocking_is_authorized_each_time),
		cmocka_unit_test(test_every_error_is_in_the_bus_manual),
		cmocka_unit_test(test_every_verb_and_option_of_roomctl_is_described),
		cmocka_unit_test(test_completion_knows_every_verb_and_option),
		cmocka_unit_test(test_completion_knows_every_action),
		cmocka_unit_test(test_what_the_bridge_offers_is_in_its_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
