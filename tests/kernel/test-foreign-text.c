/* Names and labels as a driver, a device tree or another program has made them, which is any bytes: what is
 * said of them is UTF-8 wherever it is said. On virtual time. */
#include <stdlib.h>
#include <string.h>

#include "iio-folder.h"
#include "journal.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/utf8.h"

/* All of it in Latin-1. */
static const char *const first_device[] = {
	"name",
	"Geh\xe4use",
	"label",
	"K\xfc"
	"che",
	"in_temp0_raw",
	"21000",
	"in_temp1_T\xfcr_raw",
	"21000",
	"in_temp1_T\xfcr_scale",
	"k\xe4lter",
	NULL,
};

static const char config[] = "[MotionSensor taken]\nLine=PIR_HALL\n"
			     "[MotionSensor absent]\nLine=NOWHERE\n"
			     "[TemperatureSensor absent]\nDevice=nobody\n"
			     "[TemperatureSensor value]\nDevice=iio:device0\nChannel=T?r\n"
			     "ErrorsUntilUnavailable=1\n"
			     "[TemperatureSensor shown]\nDevice=K?che\nChannel=temp0\n";

static const struct {
	const char *kind, *name, *path, *words;
} parts[] = {
	{ "MotionSensor", "taken", ROOMD_PATH "/motion_sensor/taken", "label R?hre) is busy: held by 'T?r'" },
	{ "MotionSensor", "absent", ROOMD_PATH "/motion_sensor/absent", "(R?hre)" },
	{ "TemperatureSensor", "absent", ROOMD_PATH "/temperature_sensor/absent", "(Geh?use, label K?che)" },
	{ "TemperatureSensor", "value", ROOMD_PATH "/temperature_sensor/value",
	  "in_temp1_T?r_scale: it is 'k?lter'; expected a number" },
};

static struct message_bus bus;
static struct journal journal;
static struct client client;

static int setup(void **state)
{
	struct room_fixture *room;

	iio_folder_make();
	iio_folder_plug(0, first_device);
	message_bus_start(&bus);
	journal_start(&journal);
	room_setup(state);
	room = *state;
	sim_chip_label(&room->chip, "R\xf6hre");
	sim_chip_hog(&room->chip, PIR_HALL, "T\xfcr");
	return 0;
}

static int teardown(void **state)
{
	int r;

	client_stop(&client);
	r = room_teardown(state);
	journal_stop(&journal);
	message_bus_stop(&bus);
	iio_folder_remove();
	return r;
}

static void expect_utf8(const char *text)
{
	for (const char *s = text; *s; s += utf8_length(s))
		if (!utf8_length(s))
			fail_msg("not UTF-8: %s", text);
}

/* What --print-events says of each of them. */
static void expect_in_events(struct room_fixture *room)
{
	for (size_t i = 0; i < ELEMENTS(parts); i++) {
		const struct process_event *event;

		room->roomd.next = 0;
		do
			event = process_wait(&room->roomd, "sensor_unavailable", parts[i].name);
		while (strcmp(event->kind, parts[i].kind) != 0);
		expect_utf8(event->text);
		if (!strstr(event->text, parts[i].words))
			fail_msg("'%s' does not say '%s'", event->text, parts[i].words);
	}
}

static void expect_on_the_bus(void)
{
	for (size_t i = 0; i < ELEMENTS(parts); i++) {
		_cleanup_(cleanup_free) char *reason =
			client_get_text(&client, parts[i].path, parts[i].kind, "Reason");

		if (!strstr(reason, parts[i].words))
			fail_msg("'%s' does not say '%s'", reason, parts[i].words);
	}
}

static void expect_in_the_journal(void)
{
	const struct journal_entry *entries;
	size_t n, found = 0;

	entries = journal_read(&journal, &n);
	for (size_t i = 0; i < n; i++) {
		expect_utf8(entries[i].message);
		found += strcmp(entries[i].event, "sensor_unavailable") == 0;
	}
	assert_int_equal(found, ELEMENTS(parts));
}

static void test_bytes_from_outside(void **state)
{
	const struct process_options options = { .journal = true };
	struct room_fixture *room = *state;

	process_start_with(&room->roomd, config, &options);
	client_start(&client);
	expect_in_events(room);
	expect_on_the_bus();
	expect_in_the_journal();
	/* What is shown can be written. */
	room->roomd.next = 0;
	assert_true(process_wait(&room->roomd, "temperature_update", "shown")->value == 21);
}

/* A label that is UTF-8 stays so where a list is cut. */
static void test_a_list_that_is_cut(void **state)
{
	struct room_fixture *room = *state;
	char label[180];

	for (unsigned first = 0; first < 2; first++) {
		memset(label, 'x', sizeof label);
		for (size_t i = first; i + 3 < sizeof label; i += 2)
			memcpy(label + i, "\xc3\xbc", 2);
		label[sizeof label - 3] = '\0';
		iio_folder_set(0, "label", label);
		iio_folder_set(1, "name", "other");
		iio_folder_set(1, "label", label);
		process_start(&room->roomd, "[TemperatureSensor absent]\nDevice=nobody\n");
		expect_utf8(process_wait(&room->roomd, "sensor_unavailable", "absent")->text);
		process_stop(&room->roomd);
		expect_utf8(process_messages(&room->roomd));
		process_clean_up(&room->roomd);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_bytes_from_outside, setup, teardown),
	cmocka_unit_test_setup_teardown(test_a_list_that_is_cut, setup, teardown),
};

RUN_TESTS(tests)
