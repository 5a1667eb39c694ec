/* What the driver of 1-Wire thermometers says: a temperature, or why there is none. */
#include "io/w1-text.h"

#include <errno.h>
#include <string.h>

#include "helpers.h"
#include "io/sysfs.h"

#define BYTES "72 01 4b 46 7f ff 0e 10 57 "
#define FIRST BYTES ": crc=57 YES\n"
#define POWER_ON "50 05 4b 46 7f ff 0c 10 1c "
#define ZEROS "00 00 00 00 00 00 00 00 00 "

static void test_temperatures(void **state)
{
	static const struct {
		const char *text;
		double milli;
	} table[] = {
		{ FIRST BYTES "t=23125\n", 23125 },
		{ FIRST BYTES "t=-62\n", -62 },
		{ FIRST BYTES "t=0\n", 0 },
		{ FIRST BYTES "t=23125", 23125 },
		/* What it has at power-on is a temperature like any other. */
		{ POWER_ON ": crc=1c YES\n" POWER_ON "t=85000\n", 85000 },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char text[SYSFS_TEXT_SIZE];
		struct problem problem;
		double milli = -1;
		int r;

		strcpy(text, table[i].text);
		r = w1_text_parse(text, &milli, &problem);
		if (r != 0 || milli != table[i].milli)
			failures += row_fails("'%s': %d, %g", table[i].text, r, milli);
	}
	assert_int_equal(failures, 0);
}

static void test_none(void **state)
{
	static const struct {
		const char *text;
		int error;
		const char *words;
	} table[] = {
		{ "", -ENODATA, "it is empty" },
		{ BYTES ": crc=12 NO\n" BYTES "t=23125\n", -EBADMSG,
		  "the checksum of what was read is wrong" },
		{ BYTES ": crc=12 NO", -EBADMSG, "the checksum of what was read is wrong" },
		{ ZEROS ": crc=00 YES\n" ZEROS "t=0\n", -EIO, "all that was read is zero" },
		{ FIRST, -EBADMSG, "expected two lines" },
		{ FIRST BYTES "\n", -EBADMSG, "expected two lines" },
		{ FIRST BYTES "t=\n", -EBADMSG, "expected two lines" },
		{ FIRST BYTES "t=23,125\n", -EBADMSG, "t=23,125'; expected two lines" },
		{ FIRST BYTES "t=0x10\n", -EBADMSG, "expected two lines" },
		{ FIRST BYTES "t=23125 1\n", -EBADMSG, "expected two lines" },
		{ FIRST BYTES "t=23125\nt=23125\n", -EBADMSG, "expected two lines" },
		{ BYTES ": crc=57 YES t=23125\n", -EBADMSG, "expected two lines" },
		{ BYTES ": crc=57 MAYBE\n" BYTES "t=23125\n", -EBADMSG, "crc=57 MAYBE?72" },
		{ BYTES " YES\n" BYTES "t=23125\n", -EBADMSG, "expected two lines" },
		{ "\n", -EBADMSG, "it is ''; expected two lines" },
		{ "23125\n", -EBADMSG, "it is '23125'; expected two lines" },
		{ "YES\n", -EBADMSG, "expected two lines" },
		{ "\xff\x01\n", -EBADMSG, "it is '\?\?'; expected two lines" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct problem problem = { "" };
		char text[SYSFS_TEXT_SIZE];
		double milli = -1;
		int r;

		strcpy(text, table[i].text);
		r = w1_text_parse(text, &milli, &problem);
		if (r != table[i].error || milli != -1 || !strstr(problem.text, table[i].words))
			failures += row_fails("'%s': %d, %g, '%s'", table[i].text, r, milli, problem.text);
	}
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_temperatures),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
