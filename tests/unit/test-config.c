/* Configurations: what is wrong with bad ones, what good ones mean, and which files make one up.
 *
 * Each test has a folder of its own; "FILE" stands for the path of roomd.conf in it. */
#define _GNU_SOURCE
#include "daemon/config.h"
#include "config/option.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bad-configs.h"
#include "daemon/config-check.h"
#include "helpers.h"

/* --- files ----------------------------------------------------------------------------------- */

struct folder {
	char path[64];
	char file[128];    /* roomd.conf */
	char dropins[132]; /* roomd.conf.d */
};

static int set_up(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);

	if (!folder)
		return -1;
	*state = folder;
	snprintf(folder->path, sizeof folder->path, "/tmp/roomd-test-config-XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	snprintf(folder->file, sizeof folder->file, "%s/roomd.conf", folder->path);
	snprintf(folder->dropins, sizeof folder->dropins, "%s.d", folder->file);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	int r = nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(folder);
	return r;
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, n, stream), n);
	assert_int_equal(fclose(stream), 0);
}

static void write_file(const struct folder *folder, const char *text)
{
	write_bytes(folder->file, text, strlen(text));
}

static void dropin_path(const struct folder *folder, const char *name, char *path, size_t size)
{
	mkdir(folder->dropins, 0700);
	assert_true((size_t)snprintf(path, size, "%s/%s", folder->dropins, name) < size);
}

static void write_dropin(const struct folder *folder, const char *name, const char *text)
{
	char path[256];

	dropin_path(folder, name, path, sizeof path);
	write_bytes(path, text, strlen(text));
}

/* --- what is said, and what is meant --------------------------------------------------------- */

/* The text with FILE for the path of the file; to be freed. */
static char *without_path(const struct folder *folder, const char *text)
{
	char *result = NULL;
	size_t size, length = strlen(folder->file);
	FILE *stream = open_memstream(&result, &size);

	assert_non_null(stream);
	for (const char *path; (path = strstr(text, folder->file)); text = path + length)
		fprintf(stream, "%.*sFILE", (int)(path - text), text);
	fputs(text, stream);
	assert_int_equal(fclose(stream), 0);
	return result;
}

/* What config_load() says of the file, a line each, to be freed; empty if it is good. */
static char *errors_of(const struct folder *folder)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(cleanup_free) char *all = NULL;
	size_t size;
	FILE *stream = open_memstream(&all, &size);
	int r = config_load(folder->file, &config, &errors);

	assert_non_null(stream);
	assert_int_equal(r, errors.n > 0 ? -EBADMSG : 0);
	/* The caller's pointer is untouched on failure. */
	assert_true(!config == (r < 0));
	for (size_t i = 0; i < errors.n; i++) {
		assert_non_null(errors.texts[i]);
		fprintf(stream, "%s\n", errors.texts[i]);
	}
	assert_int_equal(fclose(stream), 0);
	return without_path(folder, all);
}

static void assert_errors(const struct folder *folder, const char *expected)
{
	_cleanup_(cleanup_free) char *errors = errors_of(folder);

	assert_string_equal(errors, expected);
}

/* What config_print() writes of the file, to be freed. */
static char *print_of(const struct folder *folder)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(cleanup_free) char *print = NULL;
	size_t size;
	FILE *stream = open_memstream(&print, &size);
	int r = config_load(folder->file, &config, &errors);

	assert_non_null(stream);
	if (r >= 0)
		config_print(config, stream);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stream, "%s\n", errors.texts[i]);
	assert_int_equal(fclose(stream), 0);
	return without_path(folder, print);
}

#define OF_FILE "# The effective configuration of FILE\n"

/* 1 if the file is not read as this, or if that, read back, is not the same. */
static unsigned reads_as(const struct folder *folder, const char *name, const char *expected)
{
	_cleanup_(cleanup_free) char *print = print_of(folder);
	_cleanup_(cleanup_free) char *again = NULL;

	if (strcmp(print, expected) != 0)
		return row_fails("%s: read as\n%s--- instead of\n%s", name, print, expected);
	write_file(folder, print);
	again = print_of(folder);
	if (strcmp(again, print) != 0)
		return row_fails("%s: read back as\n%s--- instead of\n%s", name, again, print);
	return 0;
}

static void assert_print(const struct folder *folder, const char *expected)
{
	_cleanup_(cleanup_free) char *print = print_of(folder);

	assert_string_equal(print, expected);
}

/* --- bad ones -------------------------------------------------------------------------------- */

static void test_bad(void **state)
{
	const struct folder *folder = *state;
	unsigned failures = 0;

	assert_true(bad_configs_n >= 70);
	for (size_t i = 0; i < bad_configs_n; i++) {
		const struct bad_config *bad = &bad_configs[i];
		_cleanup_(cleanup_free) char *errors = NULL;

		write_file(folder, bad->text);
		errors = errors_of(folder);
		if (strcmp(errors, bad->messages) != 0)
			failures += row_fails("%s:\n%s--- instead of\n%s", bad->name, errors, bad->messages);
	}
	assert_int_equal(failures, 0);
}

static void test_bad_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < bad_configs_n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(bad_configs[i].name, bad_configs[j].name);
}

static void test_zero_byte(void **state)
{
	static const char text[] = "[MotionSensor hall]\nLine=PIR\0HALL\nBias=up\n";
	const struct folder *folder = *state;

	write_bytes(folder->file, text, sizeof text - 1);
	assert_errors(folder,
	              "FILE:2: [MotionSensor hall]: expected text; this line has a control character\n"
	              "FILE:3: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, "
	              "pull-down\n"
	              "FILE:1: [MotionSensor hall]: Line= is missing; expected a line: its name (as gpioinfo "
	              "shows it), gpiochipN:OFFSET or LABEL:OFFSET; or Remote=\n");
}

/* 4096 bytes on a line are fine, however many blanks there are around them, and one more is not. */
static void test_longest_line(void **state)
{
	const struct folder *folder = *state;
	char text[8192];

	for (int length = 4096; length <= 4097; length++) {
		snprintf(text, sizeof text, "[MotionSensor hall]\n  Location=%0*d  \r\nLine=PIR_HALL\n",
		         length - (int)strlen("Location="), 0);
		write_file(folder, text);
		assert_errors(folder, length == 4096 ? ""
		                                     : "FILE:2: [MotionSensor hall]: expected at most 4096 "
		                                       "bytes on a line\n");
	}
}

/* Who reads the message sees that there is more of the value. */
static void test_error_of_a_long_value(void **state)
{
	const struct folder *folder = *state;
	_cleanup_(cleanup_free) char *errors = NULL;
	char text[4096];

	snprintf(text, sizeof text, "[MotionSensor hall]\nLine=PIR_HALL\nBias=%03000d\n", 0);
	write_file(folder, text);
	errors = errors_of(folder);
	assert_non_null(strstr(errors, "FILE:3: [MotionSensor hall] Bias=0000"));
	assert_non_null(strstr(errors, "000…: expected one of as-is, disabled, pull-up, pull-down\n"));
	assert_true(strlen(errors) < 600);
}

/* What is in a list is shown and compared as a whole, or refused. */
static void test_longest_list(void **state)
{
	const struct folder *folder = *state;
	_cleanup_(cleanup_free) char *text = NULL, *errors = NULL, *print = NULL;
	size_t size;

	for (int n = 630; n <= 631; n++) {
		FILE *stream = open_memstream(&text, &size);

		assert_non_null(stream);
		fputs("[DoorLock front]\nLedLine=LOCK_LED\nMotion=\n", stream);
		for (int i = 0; i < n; i++)
			fprintf(stream, "Motion=%025d\n", i);
		for (int i = 0; i < n; i++)
			fprintf(stream, "[MotionSensor %025d]\nLine=%d:1\n", i, i);
		assert_int_equal(fclose(stream), 0);
		write_file(folder, text);
		free(TAKE_PTR(text));
		if (n == 630) {
			print = print_of(folder);
			assert_non_null(strstr(print, "0000000000000629\nInitialState"));
			continue;
		}
		errors = errors_of(folder);
		assert_string_equal(
			errors, "FILE:634: [DoorLock front] Motion=0000000000000000000000630: expected names "
				"of at most 16383 bytes in all, with the spaces between\n");
	}
}

static void test_no_file(void **state)
{
	assert_errors(*state, "FILE: cannot be read: No such file or directory\n");
}

static void test_folder_as_file(void **state)
{
	const struct folder *folder = *state;

	assert_int_equal(mkdir(folder->file, 0700), 0);
	assert_errors(folder, "FILE: cannot be read: Is a directory\n");
}

/* --- good ones ------------------------------------------------------------------------------- */

static const char smallest[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			       "[TemperatureSensor hall]\nDevice=tmp117\n"
			       "[LightController hall]\nLine=LIGHT_RELAY\n"
			       "[DoorLock front]\nLedLine=LOCK_LED\n";

/* Of every on/off kind, by default. */
#define FILTERS "OnDelaySec=0\nOffDelaySec=0\n"
/* Of every kind that measures, by default. */
#define MEASURED_FILTERS                                                                           \
	"Factor=1\nReject=\nValidMin=\nValidMax=\nMaxStep=\nMedianOf=1\nSmooth=0\nReportDelta=\n" \
	"ReportSec=0\n"
#define SUSPECT "StuckSec=1d\nChangesPerHourMax=120\nChangesHours=24\n"
#define MOTION_BUT(active_low, bias, debounce)                                                  \
	"\n[MotionSensor hall]\nLocation=\nLine=PIR_HALL\nActiveLow=" active_low "\nBias=" bias \
	"\nDebounceSec=" debounce "\n" FILTERS "WarmupSec=0\n" SUSPECT
#define DOOR_DEFAULTS "Contact=\nOpenTooLongSec=0\nRelockSec=0\nStrikeLine=\nStrikeActiveLow=no\nStrikeSec=3s\n"
#define MOTION_DEFAULTS MOTION_BUT("no", "as-is", "0")

static const char defaults[] = OF_FILE MOTION_DEFAULTS
	"\n[TemperatureSensor hall]\nLocation=\nDevice=tmp117\nChannel=temp\nUri=local:\nIntervalSec=10s\n"
	"High=\nLow=\nHysteresis=0.5\nOffset=0\n" MEASURED_FILTERS "ErrorsUntilUnavailable=3\nFrozenReadings=0\n"
	"\n[LightController hall]\nLocation=\nLine=LIGHT_RELAY\nActiveLow=no\nMotion=\nButtons=\nOffDelaySec=2min\nOnlyWhen=\nMaxOnSec=0\nWhenUnknown=off\nIgnoreMotionAfterSwitchSec=0\nIgnoreSuspect=no\nStopValue=keep\n"
	"\n[DoorLock front]\nLocation=\nLedLine=LOCK_LED\nActiveLow=no\nMotion=\nInitialState=locked\n"
	"AlertIntervalSec=30s\nButtonLine=\nButtonActiveLow=no\nButtonBias=as-is\nButtonDebounceSec=20ms\n" DOOR_DEFAULTS "StopValue=keep\n";

/* What is not the default, in every key. */
static const char all_set[] = OF_FILE
	"\n[MotionSensor hall]\nLocation=The hall, \"down\"; no.#1\nLine=gpiochip0:17\nActiveLow=yes\n"
	"Bias=pull-down\nDebounceSec=20ms\n" FILTERS "WarmupSec=1min\nStuckSec=2d\nChangesPerHourMax=0\nChangesHours=1\n"
	"\n[MotionSensor Stairs-2_b]\nLocation=Büro 😀\nLine=pinctrl-rp1:4\nActiveLow=yes\n"
	"Bias=disabled\nDebounceSec=1h 11min 34s\n" FILTERS "WarmupSec=1us\nStuckSec=0\nChangesPerHourMax=1000\nChangesHours=48\n"
	"\n[Button wall]\nLocation=Wall\nLine=gpiochip0:18\nActiveLow=yes\nBias=pull-up\nDebounceSec=20ms\n"
	"OnDelaySec=30ms\nOffDelaySec=40ms\nDoubleSec=500ms\nLongSec=1s\n"
	"\n[TemperatureSensor hall]\nLocation=Hall\nDevice=iio:device3\nChannel=temp1\n"
	"Uri=ip:192.168.1.5\nIntervalSec=2min 30s\nHigh=28.5\nLow=-4.5\nHysteresis=0\nOffset=-0.3\n"
	"Factor=1.02\nReject=85 -127 0.5\nValidMin=-20\nValidMax=45.5\nMaxStep=5\nMedianOf=3\nSmooth=1min 30s\n"
	"ReportDelta=0.2\nReportSec=5min\n"
	"ErrorsUntilUnavailable=1000000\nFrozenReadings=8640\n"
	"\n[LightController hall]\nLocation=Hall\nLine=LIGHT_RELAY\nActiveLow=yes\n"
	"Motion=hall Stairs-2_b\nButtons=wall\nOffDelaySec=1w 2d 3h\nOnlyWhen=\nMaxOnSec=0\nWhenUnknown=off\nIgnoreMotionAfterSwitchSec=5s\nIgnoreSuspect=yes\nStopValue=off\n"
	"\n[DoorLock front]\nLocation=Front door\nLedLine=LOCK_LED\nActiveLow=yes\nMotion=hall\n"
	"InitialState=last\nAlertIntervalSec=1s 500ms\nButtonLine=LOCK_BUTTON\nButtonActiveLow=yes\nButtonBias=pull-up\nButtonDebounceSec=50ms\n" DOOR_DEFAULTS "StopValue=on\n";

static const struct {
	const char *name;
	const char *text;
	const char *print;
} good_configs[] = {
	{ "defaults", smallest, defaults },
	{ "everything set", all_set, all_set },
	{ "an empty file", "", OF_FILE "# No component is configured.\n" },
	{ "an empty room that is meant", "[Empty room]\n", OF_FILE "\n[Empty room]\n" },
	{ "comments only", "# one\n\n; two\n", OF_FILE "# No component is configured.\n" },
	{ "comments and blank lines",
	  "# Comment = one\n; [Comment two]\n\n  \t \n[MotionSensor hall]\n  # Line=X\n\t;Line=Y\n#\n;\n"
	  "Line=PIR_HALL\n# [end\n",
	  OF_FILE MOTION_DEFAULTS },
	{ "a comment longer than a line may be",
	  "# "
	  "34567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
	  "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
	  "90"
	  "12345\n[MotionSensor hall]\nLine=PIR_HALL\n",
	  OF_FILE MOTION_DEFAULTS },
	{ "CRLF", "[MotionSensor hall]\r\nLine=PIR_HALL\r\n\r\n# comment\r\nBias=pull-up\r\n",
	  OF_FILE MOTION_BUT("no", "pull-up", "0") },
	{ "byte order mark", "\xEF\xBB\xBF[MotionSensor hall]\nLine=PIR_HALL\n", OF_FILE MOTION_DEFAULTS },
	{ "no-break spaces where spaces count for nothing",
	  "\u00a0[MotionSensor hall]\u202f\n\u3000Line\u00a0=\u00a0 \u2003PIR_HALL \u00a0\n\u00a0\n",
	  OF_FILE MOTION_DEFAULTS },
	{ "what cannot be seen in a comment",
	  "# \u200b\u00a0\n\u00a0; \ufeff\n[MotionSensor hall]\nLine=PIR_HALL\n", OF_FILE MOTION_DEFAULTS },
	{ "byte order mark before a comment", "\xEF\xBB\xBF# comment\n[MotionSensor hall]\nLine=PIR_HALL\n",
	  OF_FILE MOTION_DEFAULTS },
	{ "no newline at the end", "[MotionSensor hall]\nLine=PIR_HALL", OF_FILE MOTION_DEFAULTS },
	/* Indented lines continue nothing. */
	{ "indentation",
	  "  [MotionSensor hall]\n\tLine=PIR_HALL\n    Bias=pull-up\n        DebounceSec=20ms   \n",
	  OF_FILE MOTION_BUT("no", "pull-up", "20ms") },
	{ "continued everywhere",
	  "\\\n[MotionSensor \\\n\\\n  hall]\nLine \\\n= \\\n# the one in the hall \\\n  PIR_HALL\n"
	  "\\\n\nBias=\\\n\tpull-up\\\n\nDebounceSec=1min\\\n\\\n2",
	  OF_FILE MOTION_BUT("no", "pull-up", "1min 2s") },
	{ "continued, CRLF",
	  "[MotionSensor\\\r\nhall]\r\nLine=\\\r\n\u00a0PIR_HALL\u00a0\\\r\n; Bias=pull-up\r\n\r\nBias=disabled\r\n",
	  OF_FILE MOTION_BUT("no", "disabled", "0") },
	{ "a location of several lines",
	  "[MotionSensor hall]\nLine=PIR_HALL\nLocation=The hall,\\\n  down=1\\\n;up\n[left]\\\\\n",
	  OF_FILE
	  "\n[MotionSensor hall]\nLocation=The hall,   down=1 [left]\\\\\nLine=PIR_HALL\nActiveLow=no\nBias=as-is\n"
	  "DebounceSec=0\n" FILTERS "WarmupSec=0\n" SUSPECT },
	{ "spaces", "[ MotionSensor \t hall ]\nLine  =   PIR_HALL  \nDebounceSec\t=\t20 ms\t\n",
	  OF_FILE MOTION_BUT("no", "as-is", "20ms") },
	{ "an empty value is back to the default",
	  "[MotionSensor hall]\nLine=PIR_HALL\nActiveLow=\nBias=\nDebounceSec=\nWarmupSec=\nLocation=\n"
	  "[TemperatureSensor hall]\nDevice=tmp117\nChannel=\nUri=\nIntervalSec=\nHigh=\nLow=\nHysteresis=\n"
	  "Offset=\nErrorsUntilUnavailable=\nFrozenReadings=\nLocation=\n"
	  "[LightController hall]\nLine=LIGHT_RELAY\nActiveLow=\nMotion=\nOffDelaySec=\nIgnoreMotionAfterSwitchSec=\nLocation=\n"
	  "[DoorLock front]\nLedLine=LOCK_LED\nActiveLow=\nMotion=\nInitialState=\nAlertIntervalSec=\n"
	  "ButtonLine=\nButtonActiveLow=\nButtonBias=\nButtonDebounceSec=\nLocation=\n",
	  defaults },
	{ "a section in two parts",
	  "[MotionSensor hall]\nLine=PIR_HALL\n[DoorLock front]\nLedLine=LOCK_LED\n"
	  "[MotionSensor hall]\nBias=pull-up\n",
	  OF_FILE MOTION_BUT(
		  "no", "pull-up",
		  "0") "\n[DoorLock "
	               "front]\nLocation=\nLedLine=LOCK_LED\nActiveLow=no\nMotion=\nInitialState=locked\n"
	               "AlertIntervalSec=30s\nButtonLine=\nButtonActiveLow=no\nButtonBias=as-is\nButtonDebounceSec=20ms\n" DOOR_DEFAULTS "StopValue=keep\n" },
	/* Names are looked up when all is read, and belong to a kind. */
	{ "a sensor that stands below who names it",
	  "[LightController hall]\nLine=LIGHT_RELAY\nMotion=  hall \n[MotionSensor hall]\nLine=PIR_HALL\n",
	  OF_FILE "\n[LightController hall]\nLocation=\nLine=LIGHT_RELAY\nActiveLow=no\nMotion=hall\nButtons=\n"
	          "OffDelaySec=2min\nOnlyWhen=\nMaxOnSec=0\nWhenUnknown=off\nIgnoreMotionAfterSwitchSec=0\nIgnoreSuspect=no\nStopValue=keep\n" MOTION_DEFAULTS },
	{ "limits as near as they may be",
	  "[TemperatureSensor hall]\nDevice=tmp117\nLow=27\nHigh=28\nHysteresis=0.4999\n",
	  OF_FILE "\n[TemperatureSensor hall]\nLocation=\nDevice=tmp117\nChannel=temp\nUri=local:\n"
	          "IntervalSec=10s\nHigh=28\nLow=27\nHysteresis=0.4999\nOffset=0\n"
	          MEASURED_FILTERS "ErrorsUntilUnavailable=3\nFrozenReadings=0\n" },
	{ "one limit goes with any hysteresis",
	  "[TemperatureSensor hall]\nDevice=tmp117\nLow=-273.15\nHysteresis=1000\n",
	  OF_FILE "\n[TemperatureSensor hall]\nLocation=\nDevice=tmp117\nChannel=temp\nUri=local:\n"
	          "IntervalSec=10s\nHigh=\nLow=-273.15\nHysteresis=1000\nOffset=0\n"
	          MEASURED_FILTERS "ErrorsUntilUnavailable=3\nFrozenReadings=0\n" },
	{ "lines that only look alike",
	  "[MotionSensor a]\nLine=gpiochip0:7\n[MotionSensor b]\nLine=gpiochip1:7\n"
	  "[MotionSensor c]\nLine=gpiochip0:70\n[MotionSensor d]\nLine=pir_hall\n",
	  OF_FILE
	  "\n[MotionSensor a]\nLocation=\nLine=gpiochip0:7\nActiveLow=no\nBias=as-is\nDebounceSec=0\n"
	  FILTERS "WarmupSec=0\n" SUSPECT
	  "\n[MotionSensor b]\nLocation=\nLine=gpiochip1:7\nActiveLow=no\nBias=as-is\nDebounceSec=0\n"
	  FILTERS "WarmupSec=0\n" SUSPECT
	  "\n[MotionSensor c]\nLocation=\nLine=gpiochip0:70\nActiveLow=no\nBias=as-is\nDebounceSec=0\n"
	  FILTERS "WarmupSec=0\n" SUSPECT
	  "\n[MotionSensor d]\nLocation=\nLine=pir_hall\nActiveLow=no\nBias=as-is\nDebounceSec=0\n"
	  FILTERS "WarmupSec=0\n" SUSPECT },
};

static void test_good(void **state)
{
	const struct folder *folder = *state;
	unsigned failures = 0;

	for (size_t i = 0; i < ELEMENTS(good_configs); i++) {
		write_file(folder, good_configs[i].text);
		failures += reads_as(folder, good_configs[i].name, good_configs[i].print);
	}
	assert_int_equal(failures, 0);
}

static void test_booleans(void **state)
{
	static const char *const words[] = { "yes", "y", "true",  "t", "on",  "1", "YES", "True",  "oN",
		                             "no",  "n", "false", "f", "off", "0", "No",  "FALSE", "oFF" };
	const struct folder *folder = *state;
	unsigned failures = 0;

	for (size_t i = 0; i < ELEMENTS(words); i++) {
		char text[128];

		snprintf(text, sizeof text, "[MotionSensor hall]\nLine=PIR_HALL\nActiveLow=%s\n", words[i]);
		write_file(folder, text);
		failures += reads_as(folder, words[i],
		                     i < ELEMENTS(words) / 2 ? OF_FILE MOTION_BUT("yes", "as-is", "0")
		                                             : OF_FILE MOTION_DEFAULTS);
	}
	assert_int_equal(failures, 0);
}

static void test_find(void **state)
{
	const struct folder *folder = *state;
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	const struct config_component *component;
	const struct option_name_list *peers;

	write_file(folder, "[MotionSensor hall]\nLine=A\n[MotionSensor stairs]\nLine=B\n"
	                   "[LightController hall]\nLine=C\nMotion=stairs hall\n"
	                   "[DoorLock front]\nLedLine=D\n");
	assert_int_equal(config_load(folder->file, &config, &errors), 0);
	assert_int_equal(config->n, 4);

	component = config_find(config, "LightController", "hall");
	assert_non_null(component);
	assert_string_equal(component->class->kind, "LightController");
	assert_string_equal(component->name, "hall");
	assert_string_equal(component->section.place.file, folder->file);
	assert_int_equal(component->section.place.line, 5);
	peers = config_field(component, option_find(component->class->options, "Motion"));
	assert_int_equal(peers->n, 2);
	assert_string_equal(peers->names[0], "stairs");
	assert_string_equal(peers->names[1], "hall");
	/* Unset: all of them, as an empty list says. */
	component = config_find(config, "DoorLock", "front");
	peers = config_field(component, option_find(component->class->options, "Motion"));
	assert_int_equal(peers->n, 0);

	assert_null(config_find(config, "LightController", "stairs"));
	assert_null(config_find(config, "MotionSensor", "Hall"));
	assert_null(config_find(config, "Fan", "hall"));
}

static void test_free_nothing(void **state)
{
	(void)state;
	assert_null(config_free(NULL));
}

/* --- drop-ins -------------------------------------------------------------------------------- */

/* In the order of their names, whatever the order in the folder; the later one wins, key by key. */
static void test_dropins(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\nBias=pull-up\n");
	write_dropin(folder, "90-z.conf", "[MotionSensor hall]\nDebounceSec=90ms\n");
	write_dropin(folder, "10-a.conf", "[MotionSensor hall]\nDebounceSec=10ms\nActiveLow=yes\n");
	write_dropin(folder, "50-m.conf",
	             "# nothing of the other two\n[MotionSensor hall]\nDebounceSec=50ms\n");
	assert_print(folder, "# The effective configuration of FILE, FILE.d/10-a.conf, FILE.d/50-m.conf, "
	                     "FILE.d/90-z.conf\n" MOTION_BUT("yes", "pull-up", "90ms"));
}

/* So many that no folder has them in order by chance. */
static void test_order_of_dropins(void **state)
{
	const struct folder *folder = *state;
	char expected[1024] = "# The effective configuration of FILE";

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	for (unsigned i = 0; i < 20; i++) {
		char name[16], text[64];
		unsigned number = i * 7 % 20;

		snprintf(name, sizeof name, "%02u.conf", number);
		snprintf(text, sizeof text, "[MotionSensor hall]\nDebounceSec=%ums\n", number);
		write_dropin(folder, name, text);
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
		         ", FILE.d/%02u.conf", i);
	}
	strcat(expected, "\n" MOTION_BUT("no", "as-is", "19ms"));
	assert_print(folder, expected);
}

/* A drop-in can take back what the file says, and add what is missing there. */
static void test_dropin_resets_and_adds(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nBias=pull-up\nActiveLow=yes\n");
	write_dropin(folder, "a.conf",
	             "[MotionSensor hall]\nBias=\nLine=PIR_HALL\n[DoorLock front]\n"
	             "LedLine=LOCK_LED\nMotion=hall\n");
	assert_print(
		folder,
		"# The effective configuration of FILE, FILE.d/a.conf\n" MOTION_BUT(
			"yes", "as-is",
			"0") "\n[DoorLock front]\nLocation=\nLedLine=LOCK_LED\n"
			     "ActiveLow=no\nMotion=hall\nInitialState=locked\n"
			     "AlertIntervalSec=30s\nButtonLine=\n"
			     "ButtonActiveLow=no\nButtonBias=as-is\nButtonDebounceSec=20ms\n" DOOR_DEFAULTS "StopValue=keep\n");
}

/* Its own sensor is another hub's from now on: what that has no meaning with is taken back. */
static void test_dropin_takes_back(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\nBias=pull-up\n");
	write_dropin(folder, "a.conf", "[MotionSensor hall]\nRemote=attic/motion_sensor/stairs\n");
	assert_errors(folder, "FILE:2: [MotionSensor hall] Line=PIR_HALL: expected either Line= or Remote= (FILE.d/a.conf:2)\n"
	                      "FILE:3: [MotionSensor hall] Bias=pull-up: expected it not to be set beside Remote= "
	                      "(FILE.d/a.conf:2), with which it has no meaning\n");
	write_dropin(folder, "a.conf", "[MotionSensor hall]\nLine=\nBias=\nRemote=attic/motion_sensor/stairs\n");
	assert_errors(folder, "");
	write_dropin(folder, "b.conf", "[MotionSensor hall]\nRemote=\n");
	assert_errors(folder, "FILE.d/a.conf:2: [MotionSensor hall] Line=: expected a line: its name (as gpioinfo shows it), "
	                      "gpiochipN:OFFSET or LABEL:OFFSET\n");
}

static void test_not_dropins(void **state)
{
	static const char *const names[] = { "10-a.conf~", "10-a.conf.bak", "conf",     "10-a.CONF", "README",
		                             ".conf",      ".10-a.conf",    "10-aconf", "#a.conf#" };
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	for (size_t i = 0; i < ELEMENTS(names); i++)
		write_dropin(folder, names[i], "[MotionSensor hall]\nnonsense\n");
	assert_print(folder, OF_FILE MOTION_DEFAULTS);
}

/* An empty drop-in and one that is a link to /dev/null hide others of their name, of which there are none
 * here, and nothing else. */
static void test_masks(void **state)
{
	const struct folder *folder = *state;
	char path[256];

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	write_dropin(folder, "10-a.conf", "[MotionSensor hall]\nBias=pull-up\n");
	write_dropin(folder, "20-b.conf", "");
	dropin_path(folder, "30-c.conf", path, sizeof path);
	assert_int_equal(symlink("/dev/null", path), 0);
	write_dropin(folder, "40-d.conf", "[MotionSensor hall]\nDebounceSec=40ms\n");
	assert_print(folder, "# The effective configuration of FILE, FILE.d/10-a.conf, "
	                     "FILE.d/40-d.conf\n" MOTION_BUT("no", "pull-up", "40ms"));
}

static void test_dropin_that_is_a_link(void **state)
{
	const struct folder *folder = *state;
	char path[256], target[256];

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	snprintf(target, sizeof target, "%s/elsewhere", folder->path);
	write_bytes(target, "[MotionSensor hall]\nBias=pull-up\n",
	            strlen("[MotionSensor hall]\nBias=pull-up\n"));
	dropin_path(folder, "10-a.conf", path, sizeof path);
	assert_int_equal(symlink(target, path), 0);
	assert_print(folder, "# The effective configuration of FILE, FILE.d/10-a.conf\n" MOTION_BUT(
				     "no", "pull-up", "0"));
	/* Someone meant a file to be here. */
	assert_int_equal(remove(target), 0);
	assert_errors(folder, "FILE.d/10-a.conf: cannot be read: No such file or directory\n");
}

static void test_dropin_that_is_a_folder(void **state)
{
	const struct folder *folder = *state;
	char path[256];

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	dropin_path(folder, "10-a.conf", path, sizeof path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_errors(folder, "FILE.d/10-a.conf: cannot be read: Is a directory\n");
}

/* Errors name the file they are in, also where two files are at odds. */
static void test_errors_in_dropins(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\nBias=up\n[TemperatureSensor hall]\nDevice=d\n"
	                   "Low=20\n");
	write_dropin(folder, "10-a.conf", "Line=PIR_HALL\n[MotionSensor stairs]\nLine=PIR_HALL\n");
	write_dropin(folder, "20-b.conf",
	             "[MotionSensor hall]\nColour=red\nLine\n[TemperatureSensor hall]\n"
	             "High=10\n");
	assert_errors(
		folder,
		"FILE.d/10-a.conf:1: expected a section, [Kind name], before the first key\n"
		"FILE.d/20-b.conf:3: [MotionSensor hall]: expected Key=Value, [Kind name], or a comment that "
		"begins with #\n"
		"FILE:3: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n"
		"FILE.d/20-b.conf:2: [MotionSensor hall] Colour=red: unknown key; expected one of Location, "
		"Line, ActiveLow, Bias, DebounceSec, OnDelaySec, OffDelaySec, Remote, RemoteMaxAgeSec, WarmupSec, StuckSec, "
		"ChangesPerHourMax, ChangesHours\n"
		"FILE:6: [TemperatureSensor hall] Low=20: expected less than High=10\n"
		"FILE.d/10-a.conf:3: [MotionSensor stairs] Line=PIR_HALL: expected a line that nothing else "
		"uses; [MotionSensor hall] has it as Line= (FILE:2)\n");
}

/* A drop-in that is wrong is not ignored, and a required key cannot be taken back. */
static void test_dropin_unsets_what_is_required(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	write_dropin(folder, "10-a.conf", "[MotionSensor hall]\nLine=\n");
	assert_errors(folder, "FILE.d/10-a.conf:2: [MotionSensor hall] Line=: expected a line: its name (as "
	                      "gpioinfo shows it), gpiochipN:OFFSET or LABEL:OFFSET\n");
}

/* Once a file: twice in one drop-in is an error, once in each of two is not. */
static void test_key_twice_in_a_dropin(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\nBias=pull-up\n");
	write_dropin(folder, "10-a.conf", "[MotionSensor hall]\nBias=pull-down\n");
	write_dropin(folder, "20-b.conf", "[MotionSensor hall]\nBias=as-is\nBias=disabled\n");
	assert_errors(folder,
	              "FILE.d/20-b.conf:3: [MotionSensor hall] Bias=disabled: expected Bias= once; it "
	              "is set in line 2 already\n");
}

/* A line that is given up in a drop-in is free for somebody else. */
static void test_dropin_moves_a_line(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=A\n[MotionSensor stairs]\nLine=B\n");
	write_dropin(folder, "10-swap.conf", "[MotionSensor hall]\nLine=B\n[MotionSensor stairs]\nLine=A\n");
	assert_errors(folder, "");
}

static void test_file_as_dropin_folder(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	write_bytes(folder->dropins, "x", 1);
	assert_errors(folder, "FILE.d: cannot be read: Not a directory\n");
}

/* The link is there, so somebody meant drop-ins to be read. */
static void test_dropin_folder_that_is_a_link_to_nowhere(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	assert_int_equal(symlink("nowhere", folder->dropins), 0);
	assert_errors(folder, "FILE.d: cannot be read: No such file or directory\n");
}

/* They have no size, and mask nothing all the same. */
static void test_dropins_that_are_no_files(void **state)
{
	const struct folder *folder = *state;
	char path[256];

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	dropin_path(folder, "10-a.conf", path, sizeof path);
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_errors(folder, "FILE.d/10-a.conf: expected a file; this is a device or a socket\n");
}

/* As a sandbox shows what it hides: empty, and not to be read. Root may read it, but not who is tried here.
 */
static void test_empty_dropin_that_may_not_be_read(void **state)
{
	const struct folder *folder = *state;
	_cleanup_(cleanup_free) char *errors = NULL;
	bool root = getuid() == 0;
	char path[256];

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\n");
	write_dropin(folder, "10-a.conf", "");
	dropin_path(folder, "10-a.conf", path, sizeof path);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(folder->path, 0755) + chmod(folder->dropins, 0755), 0);
	if (root && setresuid(65534, 65534, 0) < 0)
		skip();
	errors = errors_of(folder);
	if (root)
		assert_int_equal(setresuid(0, 0, 0), 0);
	assert_string_equal(errors, "FILE.d/10-a.conf: cannot be read: Permission denied\n");
}

static void test_no_file_but_dropins(void **state)
{
	const struct folder *folder = *state;

	write_dropin(folder, "10-a.conf", "[MotionSensor hall]\nLine=PIR_HALL\n");
	assert_errors(folder, "FILE: cannot be read: No such file or directory\n");
}

static void test_no_line_goes_on_in_another_file(void **state)
{
	const struct folder *folder = *state;

	write_file(folder, "[MotionSensor hall]\nLine=PIR_HALL\nBias=\\\n");
	write_dropin(folder, "10-a.conf", "pull-up\n[MotionSensor hall]\nDebounceSec=\\");
	write_dropin(folder, "20-b.conf", "[MotionSensor hall]\nDebounceSec=20ms\n");
	assert_errors(
		folder,
		"FILE:3: [MotionSensor hall]: expected another line, as this one ends in a backslash; the "
		"file ends here\n"
		"FILE.d/10-a.conf:1: expected Key=Value, [Kind name], or a comment that begins with #\n"
		"FILE.d/10-a.conf:3: [MotionSensor hall]: expected another line, as this one ends in a "
		"backslash; the file ends here\n");
}

/* What a room that has components may not become by chance. */
static void test_emptied(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "[MotionSensor hall]\nLine=A\n", "" },
		{ "[Empty room]\n", "" },
		{ "# [Empty  room]\n[ Empty  room ]\n", "" },
		{ "",
		  "FILE: no component is configured any more, and the room would lose all it has: expected "
		  "a component at least, or the section [Empty room] if that is meant" },
		{ "# [Empty room]\n",
		  "FILE: no component is configured any more, and the room would lose all "
		  "it has: expected a component at least, or the section [Empty room] if "
		  "that is meant" },
	};
	const struct folder *folder = *state;
	unsigned failed = 0;

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(config_freep) struct config *config = NULL;
		_cleanup_(config_errors_free) struct config_errors errors = { 0 };
		_cleanup_(cleanup_free) char *text = NULL;

		write_file(folder, rows[i].text);
		assert_int_equal(config_load(folder->file, &config, &errors), 0);
		assert_int_equal(config_check_emptied(config, &errors), *rows[i].error ? -EBADMSG : 0);
		text = without_path(folder, errors.n ? errors.texts[0] : "");
		if (strcmp(text, rows[i].error) != 0)
			failed += row_fails("%s: %s", rows[i].text, text);
	}
	assert_int_equal(failed, 0);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(test_bad),
		cmocka_unit_test(test_bad_names_are_unique),
		in_folder(test_zero_byte),
		in_folder(test_longest_line),
		in_folder(test_error_of_a_long_value),
		in_folder(test_longest_list),
		in_folder(test_no_file),
		in_folder(test_folder_as_file),
		in_folder(test_good),
		in_folder(test_booleans),
		in_folder(test_find),
		cmocka_unit_test(test_free_nothing),
		in_folder(test_dropins),
		in_folder(test_order_of_dropins),
		in_folder(test_dropin_resets_and_adds),
		in_folder(test_dropin_takes_back),
		in_folder(test_not_dropins),
		in_folder(test_masks),
		in_folder(test_dropin_that_is_a_link),
		in_folder(test_dropin_that_is_a_folder),
		in_folder(test_errors_in_dropins),
		in_folder(test_dropin_unsets_what_is_required),
		in_folder(test_key_twice_in_a_dropin),
		in_folder(test_dropin_moves_a_line),
		in_folder(test_file_as_dropin_folder),
		in_folder(test_dropin_folder_that_is_a_link_to_nowhere),
		in_folder(test_dropins_that_are_no_files),
		in_folder(test_empty_dropin_that_may_not_be_read),
		in_folder(test_no_file_but_dropins),
		in_folder(test_no_line_goes_on_in_another_file),
		in_folder(test_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
