/* Room tests against the room: what there is in it, and when it is what the clock shows. */
#include "try/room-words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/components.h"
#include "helpers.h"
#include "roomd/quantity.h"
#include "try/moment.h"

#define PATH "hall.roomtest"

/* --- the room -------------------------------------------------------------------------------- */

static const struct {
	const char *kind, *name;
	bool has_button;
} things[] = {
	{ "MotionSensor", "hall" },      { "TemperatureSensor", "hall" }, { "LightController", "hall" },
	{ "IlluminanceSensor", "garden" }, { "ContactSensor", "front" },    { "DoorLock", "front", true },
	{ "DoorLock", "back" },          { "Button", "bell" },            { "Fan", "rack" },
	{ "Schedule", "evening" },       { "Switch", "pump" },            { "Action", "alarm" },
	{ "LightController", "attic" },  { "TemperatureSensor", "rack" }, { "MotionSensor", "gate" },
	{ "LightController", "porch" },
};

static struct roomtest_component components[ELEMENTS(things)];
static const struct roomtest_room room = { components, ELEMENTS(things) };

static int make_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(things); i++) {
		components[i].class = component_class_find(things[i].kind);
		components[i].name = things[i].name;
		components[i].has_button = things[i].has_button;
		assert_non_null(components[i].class);
	}
	return 0;
}

/* What is said of the test, which is freed by the caller as is `*ret`; empty: nothing. */
static char *check(const char *text, struct roomtest **ret)
{
	struct config_errors errors = { 0 };
	char *said;
	int r = roomtest_parse(PATH, text, strlen(text), ret, &errors);

	if (r >= 0)
		r = roomtest_check(*ret, &room, &errors);
	assert_int_equal(r, errors.n > 0 ? -EINVAL : 0);
	said = config_errors_join(&errors);
	config_errors_free(&errors);
	return said;
}

/* --- what is meant --------------------------------------------------------------------------- */

static const struct {
	const char *text, *kind, *name;
} meant[] = {
	{ "motion hall", "MotionSensor", "hall" },
	{ "no motion motion hall", "MotionSensor", "hall" },
	{ "hall 21 °C", "TemperatureSensor", "hall" },
	{ "hall 21", "TemperatureSensor", "hall" },
	{ "temperature hall 21", "TemperatureSensor", "hall" },
	{ "sensor hall 21", "TemperatureSensor", "hall" },
	{ "garden 20000 lx", "IlluminanceSensor", "garden" },
	{ "open front", "ContactSensor", "front" },
	{ "close contact front", "ContactSensor", "front" },
	{ "press bell", "Button", "bell" },
	{ "press front long", "DoorLock", "front" },
	{ "unplug light hall", "LightController", "hall" },
	{ "unplug light_controller hall", "LightController", "hall" },
	{ "plug MotionSensor/hall", "MotionSensor", "hall" },
	{ "unplug back", "DoorLock", "back" },
	{ "expect light hall on", "LightController", "hall" },
	{ "expect hall on", "LightController", "hall" },
	{ "expect hall motion", "MotionSensor", "hall" },
	{ "expect hall high", "TemperatureSensor", "hall" },
	{ "expect sensor hall clear", "MotionSensor", "hall" },
	{ "expect hall manual", "LightController", "hall" },
	{ "expect light hall unavailable", "LightController", "hall" },
	{ "expect motion hall suspect", "MotionSensor", "hall" },
	{ "expect lock front locked", "DoorLock", "front" },
	{ "expect front closed", "ContactSensor", "front" },
	{ "expect evening active", "Schedule", "evening" },
	{ "expect alarm idle", "Action", "alarm" },
	{ "expect hall above 20 °C", "TemperatureSensor", "hall" },
	{ "expect fan rack 60 %", "Fan", "rack" },
	{ "expect fan rack above 59", "Fan", "rack" },
	{ "expect event light_on hall cause=motion by=hall", "LightController", "hall" },
	{ "expect event temperature_high hall value=30.5", "TemperatureSensor", "hall" },
	{ "expect event button_pressed bell press=double", "Button", "bell" },
	{ "expect event edges_lost motion hall count=5 location=Hall", "MotionSensor", "hall" },
	{ "expect no event light_off hall", "LightController", "hall" },
	{ "expect no event light_off", NULL, NULL },
	{ "expect no event light_off cause=hand", NULL, NULL },
	{ "restart", NULL, NULL },
	{ "zone Europe/Berlin; restart", NULL, NULL },
};

static unsigned check_meant(size_t i)
{
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = check(meant[i].text, &test);
	const struct roomtest_component *component;
	size_t subject;

	if (*said)
		return row_fails("%s", said);
	subject = test->cases[0].statements[0].subject;
	component = subject < room.n ? &room.components[subject] : NULL;
	if (!component && !meant[i].kind)
		return 0;
	if (!component || !meant[i].kind || strcmp(component->class->kind, meant[i].kind) != 0 ||
	    strcmp(component->name, meant[i].name) != 0)
		return row_fails("'%s' is about %s", meant[i].text, component ? component->class->kind : "nothing");
	return 0;
}

static void test_what_is_meant(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(meant); i++)
		failed += check_meant(i);
	assert_int_equal(failed, 0);
}

/* --- what is not there ----------------------------------------------------------------------- */

#define SEVERAL "expected kind and name, because several could be meant: "

static const struct {
	const char *text;
	unsigned column;
	const char *words;
} wrong[] = {
	{ "motion hal", 8, "expected a component; there is no hal; did you mean hall?" },
	{ "motion kitchen", 8, "expected a component; there is no kitchen" },
	{ "motion MotionSensor/hal", 8, "expected a component; there is no MotionSensor/hal; did you mean hall?" },
	{ "expect light front on", 8, "expected a component; there is no light/front" },
	{ "expect ligth hall on", 8, "expected a kind before the name, one of motion, contact, button, sensor, light, switch, fan, "
	                             "lock, schedule, action, " },
	{ "motion front", 8, SEVERAL "ContactSensor/front, DoorLock/front" },
	{ "motion bell", 8, "expected a MotionSensor; bell is a Button" },
	{ "open back", 6, "expected a ContactSensor; back is a DoorLock" },
	{ "press back", 7, "expected a Button, or a DoorLock with ButtonLine=; back is a DoorLock" },
	{ "press garden", 7, "expected a Button, or a DoorLock with ButtonLine=; garden is an IlluminanceSensor" },
	{ "bell 5", 1, "expected a sensor that measures something; bell is a Button" },
	{ "fan rack 5 %", 1, "expected a sensor that measures something; rack is a Fan" },
	{ "unplug evening", 8, "expected a component with a device; evening is a Schedule" },
	{ "unplug hall", 8, SEVERAL "MotionSensor/hall, TemperatureSensor/hall, LightController/hall" },
	{ "garden 5 lux", 10, "expected lx, the unit of an IlluminanceSensor, or none, not 'lux'" },
	{ "garden 5lux", 9, "expected lx, the unit of an IlluminanceSensor, or none, not 'lux'" },
	{ "expect hall above 20 C", 22, "expected °C, the unit of a TemperatureSensor, or none, not 'C'" },
	{ "expect pump above 20", 8, "expected one that has a number; pump is a Switch" },
	{ "expect light hall onn", 19, "expected one of on, off, manual, available, unavailable, which a LightController can be; did "
	                               "you mean on?" },
	{ "expect hall available", 8, SEVERAL "MotionSensor/hall, TemperatureSensor/hall, LightController/hall" },
	{ "expect motion hall moton", 20, "expected one of motion, clear, available, unavailable, suspect, which a MotionSensor can "
	                                  "be; did you mean motion?" },
	{ "expect event ligt_on light hall", 14, "expected an event, one of light_on, " },
	{ "expect event light_on motion hall", 14, "expected an event, one of motion_detected, " },
	{ "expect no event ligt_on", 17, "expected an event, one of motion_detected, " },
	{ "expect event light_on hall couse=x", 28, "expected a member of this event, one of cause, by, location; did you mean "
	                                           "cause?" },
	{ "expect event light_on hall value=1", 28, "expected a member of this event, one of cause, by, location" },
	{ "expect event temperature_high hall value=hot", 36, "expected a number after the =" },
	{ "expect no event light_on by=hal", 26, "expected a component after by=, one of hall, garden, "
	                                         "front, back, bell, rack, evening, pump, alarm, attic, "
	                                         "gate, porch; did you mean hall?" },
	{ "zone Europe/Berlim; restart", 6, "expected a time zone that this machine knows, such as Europe/Berlin" },
	{ "zone Europe; restart", 6, "expected a time zone that this machine knows, such as Europe/Berlin" },
};

/* Its column and the beginning of its words. */
static unsigned check_wrong(size_t i)
{
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = check(wrong[i].text, &test);
	char expected[512];

	if (!wrong[i].words)
		return 0;
	snprintf(expected, sizeof expected, PATH ":1:%u: %s", wrong[i].column, wrong[i].words);
	return strncmp(said, expected, strlen(expected)) == 0 ? 0 : row_fails("expected %s\nsaid     %s", expected, said);
}

static void test_what_is_not_there(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		failed += check_wrong(i);
	assert_int_equal(failed, 0);
}

static void test_the_place_is_shown(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = check("restart\n\tmotion kitchen; motion hall; motion terrace", &test);

	(void)state;
	assert_string_equal(said, PATH ":2:9: expected a component; there is no kitchen\n  \tmotion kitchen; motion hall; motion terrace\n"
	                               "  \t       ^~~~~~~\n" PATH ":2:38: expected a component; there is no terrace\n"
	                               "  \tmotion kitchen; motion hall; motion terrace\n  \t                                    ^~~~~~~");
}

static void test_numbers(void **state)
{
	const char *property = "";

	(void)state;
	assert_string_equal(roomtest_quantity(component_class_find("TemperatureSensor"), &property)->unit, "°C");
	assert_null(property);
	assert_string_equal(roomtest_quantity(component_class_find("Fan"), &property)->unit, "%");
	assert_string_equal(property, "Speed");
	assert_null(roomtest_quantity(component_class_find("Switch"), &property));
}

/* --- the manual ------------------------------------------------------------------------------ */

/* The page's text, to be freed. */
static char *read_manual(void)
{
	char path[4096], *text = calloc(1, 65536);
	FILE *file;

	snprintf(path, sizeof path, "%s/man/roomd-test.5.scd", getenv("SOURCE_ROOT"));
	file = fopen(path, "r");
	assert_non_null(file);
	assert_in_range(fread(text, 1, 65535, file), 1, 65534);
	fclose(file);
	return text;
}

/* They stand between two lines of ``` each. */
static void test_the_examples_of_the_manual(void **state)
{
	_cleanup_(cleanup_free) char *text = read_manual();
	unsigned n = 0;

	(void)state;
	for (char *begin = text, *end; (begin = strstr(begin, "\n```\n")); begin = end + 5, n++) {
		_cleanup_(roomtest_freep) struct roomtest *test = NULL;
		_cleanup_(cleanup_free) char *said = NULL;

		begin += 5;
		end = strstr(begin, "\n```\n");
		assert_non_null(end);
		*end = '\0';
		said = check(begin, &test);
		if (*said)
			fail_msg("%s", said);
	}
	assert_int_equal(n, 5);
}

/* --- moments --------------------------------------------------------------------------------- */

/* All in UTC, but for what the statement says; NULL: it is over. */
static const struct {
	const char *zone, *now, *statement, *moment;
} moments[] = {
	{ "UTC", "2027-01-01 00:00:00", "at 22:30", "2027-01-01 22:30:00" },
	{ "UTC", "2027-01-01 22:30:00", "at 22:30", "2027-01-01 22:30:00" },
	{ "UTC", "2027-01-01 22:30:01", "at 22:30", "2027-01-02 22:30:00" },
	{ "UTC", "2027-12-31 23:59:59", "at 00:00", "2028-01-01 00:00:00" },
	{ "UTC", "2028-02-28 12:00:00", "at 11:00", "2028-02-29 11:00:00" },
	{ "UTC", "2027-01-01 00:00:00", "at 2027-03-28 01:59", "2027-03-28 01:59:00" },
	{ "UTC", "2027-03-28 01:59:00", "at 2027-03-28 01:59", "2027-03-28 01:59:00" },
	{ "UTC", "2027-03-28 01:59:01", "at 2027-03-28 01:59", NULL },
	{ "UTC", "2027-01-01 00:00:00", "at 1970-01-01 00:00", NULL },
	{ "UTC", "2027-01-01 00:00:00", "at 9999-12-31 23:59:59", "9999-12-31 23:59:59" },
	{ "UTC", "2027-01-01 00:00:00", "at 2400-02-29 00:00", "2400-02-29 00:00:00" },
	{ "Europe/Berlin", "2027-01-01 00:00:00", "at 22:30", "2027-01-01 21:30:00" },
	{ "Europe/Berlin", "2027-07-01 00:00:00", "at 22:30", "2027-07-01 20:30:00" },
	{ "Europe/Berlin", "2027-01-01 23:30:00", "at 00:00", "2027-01-02 23:00:00" },
	/* put forward on 2027-03-28 at 01:00 UTC: 2:00 becomes 3:00 */
	{ "Europe/Berlin", "2027-03-28 00:00:00", "at 2:30", "2027-03-28 01:00:00" },
	{ "Europe/Berlin", "2027-03-28 01:00:00", "at 2:30", "2027-03-28 01:00:00" },
	{ "Europe/Berlin", "2027-03-28 01:00:01", "at 2:30", "2027-03-29 00:30:00" },
	{ "Europe/Berlin", "2027-03-27 12:00:00", "at 2027-03-28 03:00", "2027-03-28 01:00:00" },
	/* put back on 2027-10-31 at 01:00 UTC: 3:00 becomes 2:00, and 2:30 comes twice */
	{ "Europe/Berlin", "2027-10-31 00:00:00", "at 2:30", "2027-10-31 00:30:00" },
	{ "Europe/Berlin", "2027-10-31 00:45:00", "at 2:30", "2027-11-01 01:30:00" },
	{ "Europe/Berlin", "2027-10-31 00:45:00", "at 3:00", "2027-10-31 02:00:00" },
	/* there was no 30th of December: all its times are the midnight before the 31st */
	{ "Pacific/Apia", "2011-12-30 00:00:00", "at 12:00", "2011-12-30 10:00:00" },
	{ "Pacific/Apia", "2011-12-30 10:00:01", "at 12:00", "2011-12-30 22:00:00" },
	{ "UTC", "2027-01-01 12:00:00", "clock 11:00", "2027-01-01 11:00:00" },
	{ "UTC", "2027-01-01 12:00:00", "clock 13:00", "2027-01-01 13:00:00" },
	{ "UTC", "2027-01-01 12:00:00", "clock 1999-12-31 23:59", "1999-12-31 23:59:00" },
	{ "Europe/Berlin", "2027-01-01 23:30:00", "clock 11:00", "2027-01-02 10:00:00" },
};

static int64_t utc(const char *text)
{
	struct tm tm = { 0 };

	assert_int_equal(sscanf(text, "%d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec),
	                 6);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

static unsigned check_moment(size_t i)
{
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	const struct statement *statement;
	int64_t moment = -1;
	int r = 0;

	free(check(moments[i].statement, &test));
	assert_non_null(test);
	statement = test->cases[0].statements;
	setenv("TZ", moments[i].zone, 1);
	tzset();
	if (statement->kind == STATEMENT_AT)
		r = moment_of_at(&statement->time, utc(moments[i].now), &moment);
	else
		moment = moment_of_clock(&statement->time, utc(moments[i].now));
	if (moments[i].moment ? r < 0 || moment != utc(moments[i].moment) : r != -ERANGE || moment != -1)
		return row_fails("%s, %s UTC, %s: %d, %" PRId64 " s from what is right", moments[i].zone, moments[i].now,
		                 moments[i].statement, r, moments[i].moment ? moment - utc(moments[i].moment) : 0);
	return 0;
}

static void test_moments(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(moments); i++)
		failed += check_moment(i);
	assert_int_equal(failed, 0);
}

static void test_zones(void **state)
{
	(void)state;
	assert_true(moment_zone_is_known("UTC"));
	assert_true(moment_zone_is_known("Europe/Berlin"));
	assert_false(moment_zone_is_known("Europe/Berlim"));
	assert_false(moment_zone_is_known("Europe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_meant),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_the_place_is_shown),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_the_examples_of_the_manual),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_zones),
	};

	return cmocka_run_group_tests(tests, make_room, NULL);
}
