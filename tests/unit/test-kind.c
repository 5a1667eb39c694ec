/* A kind that the service does not have, by nothing but its page and a row in the table: configuration,
 * D-Bus, JSON, the journal, what survives power loss, roomctl and the documents know it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bell.h"
#include "bus/kind.h"
#include "daemon/components.h"
#include "daemon/config.h"
#include "daemon/state-text.h"
#include "generate.h"
#include "helpers.h"
#include "kinds/kinds.h"
#include "report/report.h"
#include "roomctl/times.h"
#include "util/problem.h"

/* Instead of the service's own. */
const struct component_class *const component_classes[] = { &bell_class, &motion_sensor_class, NULL };

static void expect_in(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no \"%s\" in:\n%s", words, text);
}

/* --- configuration --------------------------------------------------------------------------- */

/* What roomd --check-config says of this text, to be freed: the errors, or the effective configuration. */
static char *check(const char *text)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int fd = memfd_create("test-kind", MFD_CLOEXEC);
	char path[32], *said = NULL;
	size_t size;
	FILE *stream = open_memstream(&said, &size);

	assert_non_null(stream);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (config_load(path, &config, &errors) >= 0)
		config_print(config, stream);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stream, "%s\n", errors.texts[i]);
	assert_int_equal(fclose(stream), 0);
	close(fd);
	return said;
}

static void assert_check(const char *text, const char *said)
{
	_cleanup_(cleanup_free) char *all = check(text);

	expect_in(all, said);
}

static void test_configuration(void **state)
{
	(void)state;
	assert_check("[Bell front]\nLine=BELL\n", "\n[Bell front]\nLocation=\nLine=BELL\nTimesMax=3\n");
	assert_check("[Bell front]\nLine=BELL\nTimesMax=11\n",
	             ":3: [Bell front] TimesMax=11: expected a whole number from 1 to 10\n");
	assert_check("[Bell front]\nLine=BELL\nTimesMx=1\n", "did you mean TimesMax=");
	assert_check("[Bell front]\n", ":1: [Bell front]: Line= is missing; expected a line");
	assert_check("[Bel front]\n", "did you mean [Bell");
}

/* --- D-Bus ----------------------------------------------------------------------------------- */

static const sd_bus_vtable *member(const sd_bus_vtable *v, char type, const char *name)
{
	for (; v->type != _SD_BUS_VTABLE_END; v++) {
		const char *its = v->type == _SD_BUS_VTABLE_PROPERTY ? v->x.property.member
		                  : v->type == _SD_BUS_VTABLE_METHOD ? v->x.method.member
		                  : v->type == _SD_BUS_VTABLE_SIGNAL ? v->x.signal.member
		                                                     : "";

		if (v->type == type && strcmp(its, name) == 0)
			return v;
	}
	fail_msg("the vtable has no %s", name);
	return NULL;
}

static void test_bus(void **state)
{
	static const struct kind_handlers handlers = { 0 };
	_cleanup_(kind_freep) struct kind *kind = NULL;

	(void)state;
	assert_int_equal(kind_new(&bell_class, &handlers, &kind), 0);
	assert_string_equal(kind->interface, "org.roomd1.Bell");
	assert_string_equal(member(kind->vtable, _SD_BUS_VTABLE_PROPERTY, "RungAt")->x.property.signature,
	                    "t");
	assert_string_equal(member(kind->vtable, _SD_BUS_VTABLE_METHOD, "Ring")->x.method.signature, "b");
	member(kind->vtable, _SD_BUS_VTABLE_SIGNAL, "bell_rung");
}

/* --- events ---------------------------------------------------------------------------------- */

struct world {
	struct hub *hub;
	struct component_room room;
	struct bell bell;
	sd_event *event;
};

static int set_up(void **state)
{
	static struct world world;
	const struct hub_source *source;

	world = (struct world){ .bell.component = { .class = &bell_class, .room = &world.room } };
	if (sd_event_new(&world.event) < 0 || hub_new(2, &world.hub) < 0 ||
	    hub_add_source(world.hub, "Bell", bell_class.events, "front", "Front door", &source) < 0)
		return -1;
	world.bell.component.source = source;
	world.room.hub = world.hub;
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	world->hub = hub_free(world->hub);
	world->event = sd_event_unref(world->event);
	return 0;
}

static void ring(struct world *world)
{
	static const union value loud[] = { { .b = true } };
	struct problem problem;

	assert_int_equal(bell_class.actions[0].run(&world->bell.component, loud, &problem), 0);
}

static void test_json(void **state)
{
	struct world *world = *state;
	struct event event = { .type = &bell_rung,
		               .source = world->bell.component.source,
		               .location = "Front door",
		               .count = 7,
		               .text = "Ring" };
	_cleanup_(cleanup_free) char *line = json_event_line(&event, 0);

	expect_in(line, "\"event\":\"bell_rung\"");
	expect_in(line, "\"kind\":\"Bell\"");
	expect_in(line, "\"count\":7");
	expect_in(line, "\"cause\":\"Ring\"");
}

/* What standard error gets of what is reported. */
static void report_all(struct world *world, char *said, size_t size)
{
	int before = dup(STDERR_FILENO), pipe_fds[2];
	ssize_t n;

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	dup2(pipe_fds[1], STDERR_FILENO);
	while (hub_dispatch_late(world->hub, 1))
		;
	dup2(before, STDERR_FILENO);
	n = read(pipe_fds[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(before);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void test_journal(void **state)
{
	struct world *world = *state;
	_cleanup_(journal_report_freep) struct journal_report *report = NULL;
	char said[1024];

	assert_int_equal(journal_report_new(world->event, world->hub, &report), 0);
	ring(world);
	report_all(world, said, sizeof said);
	expect_in(said, "Bell front: rings: 1");
}

/* --- what survives --------------------------------------------------------------------------- */

static void test_state(void **state)
{
	struct world *world = *state;
	struct component *components[] = { &world->bell.component };
	_cleanup_(state_text_freep) struct state_text *parsed = NULL;
	_cleanup_(cleanup_free) char *text = NULL;
	struct problem problem;

	world->bell.times = 3;
	assert_int_equal(state_text_make(components, 1, &text), 0);
	expect_in(text, "\"Bell front\":{\n    \"times\":3\n  }");
	assert_int_equal(state_text_parse(text, strlen(text), &parsed, &problem), 0);
	world->bell.times = 0;
	assert_true(state_text_restore(parsed, &world->bell.component));
	assert_int_equal(world->bell.times, 3);
}

/* --- what people read ------------------------------------------------------------------------ */

static void test_roomctl_knows_times(void **state)
{
	(void)state;
	assert_int_equal(time_clock("Bell", "RungAt"), VALUE_CLOCK_MONOTONIC);
	assert_int_equal(time_clock("MotionSensor", "Motion"), VALUE_CLOCK_NONE);
	assert_int_equal(time_clock("MotionSensor", "RungAt"), VALUE_CLOCK_NONE);
	assert_int_equal(time_clock("DoorLock", "AlertAt"), VALUE_CLOCK_NONE); /* not in this table */
}

static void test_documents(void **state)
{
	static const struct {
		const char *file, *name, *words;
	} rows[] = {
		{ "man/roomd.conf.5.scd", "keys", "\n# [Bell name]\n\nA bell at a door.\n" },
		{ "man/roomd.conf.5.scd", "keys",
		  "\n*Line=*\n\tThe line the bell is wired to. Must be given.\n" },
		{ "man/roomd.conf.5.scd", "keys",
		  "\n*TimesMax=*\n\tIt is rung no more often than that. Then it is worn. Default: _3_.\n" },
		{ "docs/roomd.conf", "sections",
		  "\n# A bell at a door.\n[Bell front]\n# The place of the component, which is part of its "
		  "events. Unset: the component's name.\n#Location=front\n# The line the bell is wired to.\nLine=BELL\n# It is rung no more "
		  "often than that.\n#TimesMax=3\n" },
		{ "man/org.roomd1.5.scd", "kinds",
		  "\n# Bell\n\n*RungAt* (t)\n\tWhen it was rung last; 0: never. CLOCK_MONOTONIC, µs.\n\n"
		  "*Ring*(_loud_ b)\n\tRings it once. Right: _org.roomd1.control_.\n\nSignals: *bell_rung*.\n" },
		{ "man/roomd.8.scd", "events",
		  "\n*bell_rung*\n\tOf a Bell, with _count_ and _cause_. Somebody is at the door.\n" },
		{ "man/roomd.8.scd", "events",
		  "\n*motion_detected*, *motion_cleared*\n\tOf a MotionSensor." },
	};

	(void)state;
	assert_int_equal(say_what_lacks_words(stderr), 0);
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		for (const struct part *part = parts; part->file; part++) {
			_cleanup_(cleanup_free) char *text = part_text(part);

			if (strcmp(part->file, rows[i].file) == 0 && strcmp(part->name, rows[i].name) == 0)
				expect_in(text, rows[i].words);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_bus),
		cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_journal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_state, set_up, tear_down),
		cmocka_unit_test(test_roomctl_knows_times),
		cmocka_unit_test(test_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
