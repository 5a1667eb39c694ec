/* The text of what survives power loss: every type there and back, and nothing but a whole text is taken. */
#include "daemon/state-text.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/problem.h"

struct thing {
	struct component component;
	bool flag;
	int number;
	uint64_t large;
	double real;
	uint64_t short_lived;
	unsigned restored;
};

static void restored(struct component *component, enum kept_over over)
{
	assert_int_equal(over, KEPT_OVER_POWER_LOSS);
	((struct thing *)component)->restored++;
}

static const struct kept_field kept[] = {
	{ "flag", KEPT_BOOL, offsetof(struct thing, flag), KEPT_OVER_POWER_LOSS },
	{ "short_lived", KEPT_U64, offsetof(struct thing, short_lived), KEPT_OVER_RESTART },
	{ "number", KEPT_INT, offsetof(struct thing, number), KEPT_OVER_POWER_LOSS },
	{ "large", KEPT_U64, offsetof(struct thing, large), KEPT_OVER_POWER_LOSS },
	{ "real", KEPT_DOUBLE, offsetof(struct thing, real), KEPT_OVER_POWER_LOSS },
	{ 0 },
};

static const struct kept_field only_short_lived[] = {
	{ "short_lived", KEPT_U64, offsetof(struct thing, short_lived), KEPT_OVER_RESTART },
	{ 0 },
};

static const struct kept_field other_types[] = {
	{ "flag", KEPT_INT, offsetof(struct thing, number), KEPT_OVER_POWER_LOSS },
	{ "number", KEPT_DOUBLE, offsetof(struct thing, real), KEPT_OVER_POWER_LOSS },
	{ "large", KEPT_BOOL, offsetof(struct thing, flag), KEPT_OVER_POWER_LOSS },
	{ "real", KEPT_U64, offsetof(struct thing, large), KEPT_OVER_POWER_LOSS },
	{ 0 },
};

static const struct component_class thing_class = { .kind = "Thing", .kept = kept, .restored = restored };
static const struct component_class quiet_class = { .kind = "Quiet", .kept = only_short_lived };
static const struct component_class plain_class = { .kind = "Plain" };
static const struct component_class other_class = { .kind = "Thing", .kept = other_types };

struct world {
	struct hub *hub;
	struct thing a, b, quiet, plain;
	struct component *components[4];
};

static int set_up(void **state)
{
	static struct world world;

	world = (struct world){ .a.component.class = &thing_class,
		                .b.component.class = &thing_class,
		                .quiet.component.class = &quiet_class,
		                .plain.component.class = &plain_class,
		                .components = { &world.plain.component, &world.a.component,
		                                &world.quiet.component, &world.b.component } };
	assert_int_equal(hub_new(2, &world.hub), 0);
	hub_add_source(world.hub, "Plain", NULL, "p", "", &world.plain.component.source);
	hub_add_source(world.hub, "Thing", NULL, "a", "", &world.a.component.source);
	hub_add_source(world.hub, "Quiet", NULL, "q", "", &world.quiet.component.source);
	hub_add_source(world.hub, "Thing", NULL, "b \"/\" \xc3\xa4", "", &world.b.component.source);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	world->hub = hub_free(world->hub);
	return 0;
}

static char *make(struct world *world)
{
	char *text;

	assert_int_equal(state_text_make(world->components, 4, &text), 0);
	return text;
}

static struct state_text *parse(const char *text)
{
	struct problem problem;
	struct state_text *parsed;

	if (state_text_parse(text, strlen(text), &parsed, &problem) < 0)
		fail_msg("%s: %s", text, problem.text);
	return parsed;
}

/* A text with this body and the right header. */
static char *with_header(const char *body)
{
	static char text[512];
	uint32_t crc = UINT32_MAX;

	for (const char *c = body; *c; c++) {
		crc ^= (unsigned char)*c;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc % 2 * 0xedb88320U);
	}
	snprintf(text, sizeof text, "roomd state 1 bytes=%zu crc32=%08x\n%s", strlen(body), ~crc, body);
	return text;
}

static void test_word_for_word(void **state)
{
	struct world *world = *state;
	char *text;

	world->a.flag = true;
	world->a.number = -1;
	world->a.large = UINT64_MAX;
	world->a.real = 21.5;
	world->a.short_lived = 7;
	text = make(world);
	assert_string_equal(text, with_header("{\n"
	                                      "  \"Thing a\":{\n"
	                                      "    \"flag\":true,\n"
	                                      "    \"number\":-1,\n"
	                                      "    \"large\":18446744073709551615,\n"
	                                      "    \"real\":21.5\n"
	                                      "  },\n"
	                                      "  \"Thing b \\\"/\\\" \xc3\xa4\":{\n"
	                                      "    \"flag\":false,\n"
	                                      "    \"number\":0,\n"
	                                      "    \"large\":0,\n"
	                                      "    \"real\":0.0\n"
	                                      "  }\n"
	                                      "}\n"));
	free(text);
}

static void test_header_is_that_of_crc32(void **state)
{
	struct state_text *text;

	(void)state;
	/* What gzip has of "{}\n". */
	text = parse("roomd state 1 bytes=3 crc32=dda1b006\n{}\n");
	state_text_free(text);
	/* And of one with an umlaut: whether a char has a sign is the machine's affair. */
	text = parse("roomd state 1 bytes=20 crc32=9bd67381\n{\n  \"Thing \xc3\xa4\":{}\n}\n");
	state_text_free(text);
}

/* NANs are equal here. */
static bool is_same(double a, double b)
{
	return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

static void test_round_trip(void **state)
{
	static const struct thing things[] = {
		{ .flag = true, .number = INT_MIN, .large = 0, .real = -0.0 },
		{ .flag = false, .number = INT_MAX, .large = UINT64_MAX, .real = DBL_MAX },
		{ .flag = true, .number = 0, .large = (uint64_t)INT64_MAX + 1, .real = DBL_MIN },
		{ .flag = true, .number = 1, .large = INT64_MAX, .real = 0.1 },
		{ .flag = false, .number = -1, .large = 1, .real = DBL_TRUE_MIN },
		{ .flag = false, .number = 2, .large = 1763900000000000, .real = 1e300 },
		{ .flag = false, .number = 3, .large = 2, .real = INFINITY },
		{ .flag = false, .number = 4, .large = 3, .real = -INFINITY },
		{ .flag = false, .number = 5, .large = 4, .real = NAN },
		{ .flag = false, .number = 6, .large = 5, .real = 1.0 / 3 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < ELEMENTS(things); i++) {
		struct thing *b = &world->b;
		struct state_text *parsed;
		char *text;

		b->flag = things[i].flag;
		b->number = things[i].number;
		b->large = things[i].large;
		b->real = things[i].real;
		b->short_lived = 1;
		text = make(world);
		b->flag = !things[i].flag;
		b->number = 99;
		b->large = 99;
		b->real = 99;
		b->short_lived = 2;
		b->restored = 0;
		parsed = parse(text);
		assert_true(state_text_restore(parsed, &b->component));
		assert_int_equal(b->flag, things[i].flag);
		assert_int_equal(b->number, things[i].number);
		assert_int_equal(b->large, things[i].large);
		if (!is_same(b->real, things[i].real))
			fail_msg("%g came back as %g", things[i].real, b->real);
		assert_int_equal(b->short_lived, 2);
		assert_int_equal(b->restored, 1);
		assert_false(state_text_restore(parsed, &world->quiet.component));
		assert_false(state_text_restore(parsed, &world->plain.component));
		state_text_free(parsed);
		free(text);
	}
}

static void test_values_tell_every_change(void **state)
{
	struct world *world = *state;
	uint64_t before[8], now[8];

	assert_int_equal(state_values(world->components, 4, NULL), 8);
	state_values(world->components, 4, before);
	world->quiet.short_lived++;
	world->a.short_lived++;
	state_values(world->components, 4, now);
	assert_memory_equal(now, before, sizeof now);
	world->a.flag = true;
	world->a.number = INT_MIN;
	world->a.large = UINT64_MAX;
	world->a.real = -0.0;
	state_values(world->components, 4, now);
	for (size_t i = 0; i < 8; i++)
		if ((now[i] != before[i]) != (i < 4))
			fail_msg("value %zu", i);
}

/* As after a reload that failed halfway. */
static void test_missing_components_are_left_out(void **state)
{
	struct world *world = *state;
	struct component *const some[] = { NULL, &world->a.component, NULL };
	uint64_t values[4];
	char *text;

	assert_int_equal(state_values(some, ELEMENTS(some), NULL), 4);
	state_values(some, ELEMENTS(some), values);
	assert_int_equal(state_text_make(some, ELEMENTS(some), &text), 0);
	assert_non_null(strstr(text, "\"Thing a\""));
	assert_null(strstr(text, "\"Thing b"));
	free(text);
}

static void test_unknown_is_passed_over(void **state)
{
	struct world *world = *state;
	struct state_text *parsed = parse(with_header(
		"{\"Thing gone\":{\"flag\":true},\"Later\":[1,{\"x\":null}],\"Thing a\":{\"flag\":true,"
		"\"later\":{\"x\":1}},\"Plain p\":{\"flag\":true}}"));

	world->a.number = 5;
	assert_true(state_text_restore(parsed, &world->a.component));
	assert_true(world->a.flag);
	assert_int_equal(world->a.number, 5);
	assert_false(state_text_restore(parsed, &world->b.component));
	assert_false(state_text_restore(parsed, &world->plain.component));
	state_text_free(parsed);
}

static void test_types_are_checked(void **state)
{
	static const char *const bodies[] = {
		"{\"Thing a\":{\"flag\":1,\"number\":\"2\",\"large\":true,\"real\":null}}",
		"{\"Thing a\":{\"flag\":\"true\",\"number\":2147483648,\"large\":-1,\"real\":\"1.5\"}}",
		"{\"Thing a\":{\"flag\":null,\"number\":-2147483649,\"large\":1.5,\"real\":[1.5]}}",
		"{\"Thing a\":{\"flag\":[],\"number\":{},\"large\":\"\",\"real\":true}}",
		"{\"Thing a\":[true,1]}",
		"{\"Thing a\":true}",
		"{\"Thing a\":null}",
	};
	struct world *world = *state;
	struct state_text *parsed;
	char *text;

	for (size_t i = 0; i < ELEMENTS(bodies); i++) {
		parsed = parse(with_header(bodies[i]));
		world->a.number = 5;
		world->a.large = 6;
		world->a.real = 7;
		assert_false(state_text_restore(parsed, &world->a.component));
		assert_false(world->a.flag);
		assert_int_equal(world->a.number, 5);
		assert_int_equal(world->a.large, 6);
		assert_true(world->a.real == 7);
		assert_int_equal(world->a.restored, 0);
		state_text_free(parsed);
	}
	text = make(world);
	parsed = parse(text);
	world->a.component.class = &other_class;
	assert_false(state_text_restore(parsed, &world->a.component));
	state_text_free(parsed);
	free(text);
}

static void test_foreign_texts(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "is empty" },
		{ "\n", "is not a state of roomd" },
		{ "{}", "is not a state of roomd" },
		{ "roomd stat", "is not a state of roomd" },
		{ "roomd state ", "was cut short" },
		{ "roomd state 1", "was cut short" },
		{ "roomd state 2 whatever\n{}", "is of another version of roomd" },
		{ "roomd state 10 bytes=3 crc32=dda1b006\n{}\n", "is of another version of roomd" },
		{ "roomd state 1 bytes=4 crc32=dda1b006\n{}\n", "checksum is wrong" },
		{ "roomd state 1 bytes=3 crc32=dda1b007\n{}\n", "checksum is wrong" },
		{ "roomd state 1 bytes=3 crc32=dda1b006\n{}\n\n", "checksum is wrong" },
		{ "roomd state 1 bytes=3  crc32=dda1b006\n{}\n", "checksum is wrong" },
	};
	static const char *const bodies[] = { "", "[]", "1", "null", "{", "{}}", "{} {}", "\"a\"" };
	struct state_text *parsed;
	struct problem problem;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		problem.text[0] = '\0';
		assert_int_equal(state_text_parse(rows[i].text, strlen(rows[i].text), &parsed, &problem),
		                 -EBADMSG);
		if (!strstr(problem.text, rows[i].words))
			fail_msg("%s: %s", rows[i].text, problem.text);
	}
	for (size_t i = 0; i < ELEMENTS(bodies); i++) {
		const char *text = with_header(bodies[i]);

		if (state_text_parse(text, strlen(text), &parsed, &problem) != -EBADMSG)
			fail_msg("taken: %s", bodies[i]);
	}
}

/* In a block of exactly its size, so that a look beyond its end is seen by sanitizers and valgrind. */
static void expect_refused(const char *text, size_t length, const char *what, size_t where)
{
	char *exact = malloc(length ? length : 1);
	struct state_text *parsed;

	memcpy(exact, text, length);
	if (state_text_parse(exact, length, &parsed, NULL) != -EBADMSG)
		fail_msg("taken: %s at byte %zu", what, where);
	free(exact);
}

static void test_cut_at_every_byte(void **state)
{
	char *text = make(*state);

	for (size_t length = 0; length < strlen(text); length++)
		expect_refused(text, length, "cut", length);
	free(text);
}

static void test_every_byte_changed(void **state)
{
	char *text = make(*state);
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		char whole = text[i];

		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(whole ^ 1 << bit);
			expect_refused(text, length, "changed", i);
		}
		text[i] = '\0';
		expect_refused(text, length, "changed to 0", i);
		text[i] = (char)~whole;
		expect_refused(text, length, "inverted", i);
		text[i] = whole;
	}
	free(text);
}

static void test_bytes_added(void **state)
{
	char *text = make(*state), longer[1024];
	size_t length = strlen(text);

	for (size_t i = 0; i <= length; i++) {
		memcpy(longer, text, i);
		longer[i] = ' ';
		memcpy(longer + i + 1, text + i, length - i);
		expect_refused(longer, length + 1, "a space added", i);
	}
	free(text);
}

static void test_too_long(void **state)
{
	size_t length = STATE_TEXT_MAX + 1;
	char *text = calloc(1, length);

	(void)state;
	assert_non_null(text);
	expect_refused(text, length, "too long", 0);
	free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_word_for_word),
		TEST(test_header_is_that_of_crc32),
		TEST(test_round_trip),
		TEST(test_values_tell_every_change),
		TEST(test_missing_components_are_left_out),
		TEST(test_unknown_is_passed_over),
		TEST(test_types_are_checked),
		TEST(test_foreign_texts),
		TEST(test_cut_at_every_byte),
		TEST(test_every_byte_changed),
		TEST(test_bytes_added),
		TEST(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
