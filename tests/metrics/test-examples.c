/* The dashboard, the rules and the page name only metrics that there are, and the page names all of them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "exposition-check.h"
#include "helpers.h"
#include "sample-room.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static char *read_page(const char *name)
{
	_cleanup_(cleanup_free) char *path = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	assert_true(asprintf(&path, "%s/docs/%s", getenv("SOURCE_ROOT"), name) > 0);
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s cannot be read", path);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

/* A metric is a whole word of "# TYPE" lines. */
static bool is_metric(const char *all, const char *name, size_t n)
{
	char type[300];

	snprintf(type, sizeof type, "# TYPE %.*s ", (int)n, name);
	return strstr(all, type) != NULL;
}

/* Names of files, jobs and so on are not in the way: those have no "_" behind "roomd". */
static unsigned check_names(const char *all, const char *page)
{
	_cleanup_(cleanup_free) char *text = read_page(page);
	unsigned wrong = 0, n = 0;

	for (const char *at = text; (at = strstr(at, "roomd_")); at += strspn(at, LETTERS), n++)
		if (!is_metric(all, at, strspn(at, LETTERS)))
			wrong += row_fails("%s: there is no metric %.*s", page, (int)strspn(at, LETTERS), at);
	assert_true(n > 0);
	return wrong;
}

static void test_names(void **state)
{
	_cleanup_(cleanup_free) char *all = sample_room_render(EXPOSITION_TEXT);
	unsigned wrong = 0;

	(void)state;
	wrong += check_names(all, "examples/grafana-dashboard.json");
	wrong += check_names(all, "examples/prometheus-rules.yml");
	wrong += check_names(all, "metrics.md");
	assert_int_equal(wrong, 0);
}

static void test_page_is_whole(void **state)
{
	_cleanup_(cleanup_free) char *all = sample_room_render(EXPOSITION_TEXT), *page = read_page("metrics.md");
	unsigned wrong = 0;

	(void)state;
	for (const char *at = all; (at = strstr(at, "# TYPE ")); at += strlen("# TYPE ")) {
		const char *name = at + strlen("# TYPE ");
		char quoted[300];

		snprintf(quoted, sizeof quoted, "`%.*s`", (int)strspn(name, LETTERS), name);
		if (!strstr(page, quoted))
			wrong += row_fails("docs/metrics.md does not have %s", quoted);
	}
	assert_int_equal(wrong, 0);
}

static void test_formats(void **state)
{
	_cleanup_(cleanup_free) char *old = sample_room_render(EXPOSITION_TEXT), *text = sample_room_render(EXPOSITION_OPENMETRICS);

	(void)state;
	assert_int_equal(exposition_check(old, false), 0);
	assert_int_equal(exposition_check(text, true), 0);
}

/* As Grafana imports it: each panel has a source, a place, and a title. */
static void test_dashboard(void **state)
{
	_cleanup_(cleanup_free) char *text = read_page("examples/grafana-dashboard.json");
	_cleanup_(json_freep) struct json_object *dashboard = json_tokener_parse(text);
	struct json_object *panels = member_of(dashboard, "panels");
	unsigned wrong = 0;

	(void)state;
	assert_true(json_object_is_type(panels, json_type_array) && json_object_array_length(panels) > 0);
	for (size_t i = 0; i < json_object_array_length(panels); i++) {
		struct json_object *panel = json_object_array_get_idx(panels, i);

		if (!*member_text(panel, "title") || !member_of(panel, "gridPos") || !member_of(panel, "targets") ||
		    strcmp(member_text(member_of(panel, "datasource"), "uid"), "${datasource}") != 0)
			wrong += row_fails("panel %zu is not whole", i);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_page_is_whole),
		cmocka_unit_test(test_dashboard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
