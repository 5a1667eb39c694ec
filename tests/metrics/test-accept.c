/* Which format is sent to whom. */
#include "helpers.h"
#include "metrics/exposition.h"

static void test_accept(void **state)
{
	static const struct {
		const char *accept;
		enum exposition_format format;
	} rows[] = {
		{ NULL, EXPOSITION_TEXT },
		{ "", EXPOSITION_TEXT },
		{ "*/*", EXPOSITION_TEXT },
		{ "text/html, */*;q=0.1", EXPOSITION_TEXT },
		/* Prometheus 2.42, and 3. */
		{ "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
		  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
		  "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
		  "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
		  EXPOSITION_OPENMETRICS },
		{ "text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.4", EXPOSITION_TEXT },
		{ "application/openmetrics-text;q=0, text/plain;q=0", EXPOSITION_TEXT },
		{ "application/openmetrics-text; q=x", EXPOSITION_TEXT },
		{ "application/openmetrics-text;version=2.0.0", EXPOSITION_TEXT },
		{ "APPLICATION/OpenMetrics-Text ; Q=0.9 , text/plain;q=0.8", EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-text", EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-textual", EXPOSITION_TEXT },
		{ ";;;,,,;q=;version=,", EXPOSITION_TEXT },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (exposition_accepted(rows[i].accept) != rows[i].format)
			wrong += row_fails("Accept: %s", rows[i].accept ? rows[i].accept : "(none)");
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_accept) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
