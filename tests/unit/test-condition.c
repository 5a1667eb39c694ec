/* Conditions: what is one and what is not, in which form it is written, and when it holds. */
#include "rules/condition.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "util/clock.h"

/* --- right ones ------------------------------------------------------------------------------ */

/* NULL: it is written in its one form already. */
static const struct {
	const char *text, *form;
} right[] = {
	{ "hall motion", NULL },
	{ "  hall\tmotion  ", "hall motion" },
	{ "(hall motion)", "hall motion" },
	{ "((( hall motion )))", "hall motion" },
	{ "not hall motion", NULL },
	{ "not (hall motion)", "not hall motion" },
	{ "not (not hall motion)", NULL },
	{ "not(hall motion)", "not hall motion" },
	{ "a open and b open", NULL },
	{ "a open or b open", NULL },
	{ "a open and b open and c open", NULL },
	{ "a open or b open or c open", NULL },
	{ "a open and (b open and c open)", "a open and b open and c open" },
	{ "a open or (b open or c open)", "a open or b open or c open" },
	{ "a open or b open and c open", NULL },
	{ "a open or (b open and c open)", "a open or b open and c open" },
	{ "(a open or b open) and c open", NULL },
	{ "a open and (b open or c open)", NULL },
	{ "(a open and b open) or c open", "a open and b open or c open" },
	{ "not (a open and b open)", NULL },
	{ "not (a open or b open)", NULL },
	{ "not a open and b open", NULL },
	{ "(not a open) and b open", "not a open and b open" },
	{ "a open and not b open", NULL },
	{ "a open and not (b open or c open)", NULL },
	{ "a open or not b open or not c open", NULL },
	{ "((a open or b open) and (c open or d open))", "(a open or b open) and (c open or d open)" },
	{ "(a open and b open) or (c open and d open)", "a open and b open or c open and d open" },
	{ "not(a open)or(b open)", "not a open or b open" },
	{ "ContactSensor/window open", NULL },
	{ "not ContactSensor/window open", NULL },
	{ "Button/a pressed or MotionSensor/a motion", NULL },
	{ "attic above 28", NULL },
	{ "attic above +28", "attic above 28" },
	{ "attic above 28.0", "attic above 28" },
	{ "attic above 028", "attic above 28" },
	{ "attic above 28.50", "attic above 28.5" },
	{ "garden below -4.5", NULL },
	{ "garden below -0", "garden below 0" },
	{ "garden below 0.125", NULL },
	{ "co2 above 1000 and window closed", NULL },
	{ "TemperatureSensor/attic above 28", NULL },
	{ "attic above 28 and not window open", NULL },
	{ "hall motion for 2min", NULL },
	{ "hall motion for 120", "hall motion for 2min" },
	{ "hall motion for 120s", "hall motion for 2min" },
	{ "hall motion for 2 min", "hall motion for 2min" },
	{ "hall motion for 1h 30min", NULL },
	{ "hall motion for 90min", "hall motion for 1h 30min" },
	{ "hall motion for 1h  30min and a open", "hall motion for 1h 30min and a open" },
	{ "(hall motion for 2min)", "hall motion for 2min" },
	{ "(hall motion for 2min) or a open", "hall motion for 2min or a open" },
	{ "hall motion for 2min or a open for 5s", NULL },
	{ "attic above 28 for 5min", NULL },
	{ "attic above 28 for 5min and not window open for 10s", NULL },
	{ "cellar above 65 for 5min and not window open", NULL },
	{ "evening active or garden below 15", NULL },
	{ "hall unavailable", NULL },
	{ "hall suspect or hall unavailable", NULL },
	{ "light on and not light manual", NULL },
	{ "a1_b-2 open", NULL },
	{ "1st open", NULL },
	{ "Android open", NULL },
	{ "Button/not pressed", NULL },
	{ "hall motion for 1us", NULL },
	{ "((((((((a open))))))))", "a open" },
};

static void parse_right(const char *text, struct condition *ret)
{
	struct condition_place place;
	struct problem problem;

	if (condition_parse(text, ret, &problem, &place) < 0)
		fail_msg("'%s': %s", text, problem.text);
}

/* The form is the same for what was read of it. */
static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(right); i++) {
		char form[CONDITION_TEXT_SIZE], again[CONDITION_TEXT_SIZE];
		struct condition condition, read;

		parse_right(right[i].text, &condition);
		assert_string_equal(condition_format(&condition, form), right[i].form ? right[i].form : right[i].text);
		parse_right(form, &read);
		assert_string_equal(condition_format(&read, again), form);
	}
}

/* --- wrong ones ------------------------------------------------------------------------------ */

#define A_NAME "expected a component's name, \"not\" or \"(\""
#define A_STATE "expected a state, such as \"open\", or \"above\" or \"below\""
#define A_NUMBER "expected a number without its unit, such as 28 or -4.5"
#define A_TIME "expected a time span, such as 5min or 1h 30min"
#define THE_END "expected \"and\", \"or\" or the end"
#define A_BRACKET "expected \"and\", \"or\" or \")\""
#define ENDS "; the condition ends here"
#define TEN_TERMS "a open or a open or a open or a open or a open or a open or a open or a open or a open or a open"
#define LONG_WORD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* The text, with the place under it, "^" for the end; and what is said. */
static const struct {
	const char *text, *place, *said;
} wrong[] = {
	{ "", "^", A_NAME ENDS },
	{ "   ", "   ^", A_NAME ENDS },
	{ "hall", "    ^", A_STATE ENDS },
	{ "hall ", "     ^", A_STATE ENDS },
	{ "not", "   ^", A_NAME ENDS },
	{ "and", "^^^", A_NAME ", not 'and'" },
	{ "or", "^^", A_NAME ", not 'or'" },
	{ "for", "^^^", A_NAME ", not 'for'" },
	{ "above", "^^^^^", A_NAME ", not 'above'" },
	{ "below 5", "^^^^^", A_NAME ", not 'below'" },
	{ ")", "^", A_NAME ", not ')'" },
	{ "(", " ^", A_NAME ENDS },
	{ "()", " ^", A_NAME ", not ')'" },
	{ "( )", "  ^", A_NAME ", not ')'" },
	{ "not not a open", "    ^^^", A_NAME ", not 'not'" },
	{ "not and", "    ^^^", A_NAME ", not 'and'" },
	{ "not ()", "     ^", A_NAME ", not ')'" },
	{ "a", " ^", A_STATE ENDS },
	{ "a and b open", "  ^^^", A_STATE ", not 'and'" },
	{ "a or b open", "  ^^", A_STATE ", not 'or'" },
	{ "a not", "  ^^^", A_STATE ", not 'not'" },
	{ "a for 5min", "  ^^^", A_STATE ", not 'for'" },
	{ "a (", "  ^", A_STATE ", not '('" },
	{ "a )", "  ^", A_STATE ", not ')'" },
	{ "(a)", "  ^", A_STATE ", not ')'" },
	{ "a 28", "  ^^", A_STATE ", not '28'" },
	{ "a =", "  ^", A_STATE ", not '='" },
	{ "a > 28", "  ^", A_STATE ", not '>'" },
	{ "a open!", "  ^^^^^", A_STATE ", not 'open!'" },
	{ "a o_pen", "  ^^^^^", A_STATE ", not 'o_pen'" },
	{ "a open,", "  ^^^^^", A_STATE ", not 'open,'" },
	{ "a " LONG_WORD, "  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^", A_STATE ", not '" LONG_WORD "'" },
	{ LONG_WORD " open", "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^", A_NAME ", not '" LONG_WORD "'" },
	{ "_a open", "^^", A_NAME ", not '_a'" },
	{ "-a open", "^^", A_NAME ", not '-a'" },
	{ "a.b open", "^^^", A_NAME ", not 'a.b'" },
	{ "a,b open", "^^^", A_NAME ", not 'a,b'" },
	{ "\"a\" open", "^^^", A_NAME ", not '\"a\"'" },
	{ "!a open", "^^", A_NAME ", not '!a'" },
	{ "&& open", "^^", A_NAME ", not '&&'" },
	{ "/a open", "^^", A_NAME ", not '/a'" },
	{ "Kind/ open", "^^^^^", A_NAME ", not 'Kind/'" },
	{ "Kind//a open", "^^^^^^^", A_NAME ", not 'Kind//a'" },
	{ "Kind/a/b open", "^^^^^^^^", A_NAME ", not 'Kind/a/b'" },
	{ "Kind-/a open", "^^^^^^^", A_NAME ", not 'Kind-/a'" },
	{ "contact_sensor/a open", "^^^^^^^^^^^^^^^^", A_NAME ", not 'contact_sensor/a'" },
	{ "a open b open", "       ^", THE_END ", not 'b'" },
	{ "a open open", "       ^^^^", THE_END ", not 'open'" },
	{ "a open 28", "       ^^", THE_END ", not '28'" },
	{ "a open )", "       ^", THE_END ", not ')'" },
	{ "a open (", "       ^", THE_END ", not '('" },
	{ "a open not b open", "       ^^^", THE_END ", not 'not'" },
	{ "a open above 5", "       ^^^^^", THE_END ", not 'above'" },
	{ "a open , b open", "       ^", THE_END ", not ','" },
	{ "a open && b open", "       ^^", THE_END ", not '&&'" },
	{ "a open AND b open", "       ^^^", THE_END ", not 'AND'" },
	{ "a open Or b open", "       ^^", THE_END ", not 'Or'" },
	{ "a open xor b open", "       ^^^", THE_END ", not 'xor'" },
	{ "a open and", "          ^", A_NAME ENDS },
	{ "a open or", "         ^", A_NAME ENDS },
	{ "a open and and b open", "           ^^^", A_NAME ", not 'and'" },
	{ "a open and or b open", "           ^^", A_NAME ", not 'or'" },
	{ "a open or or b open", "          ^^", A_NAME ", not 'or'" },
	{ "a open and )", "           ^", A_NAME ", not ')'" },
	{ "a open and b", "            ^", A_STATE ENDS },
	{ "a open and not", "              ^", A_NAME ENDS },
	{ "a open and not not b open", "               ^^^", A_NAME ", not 'not'" },
	{ "and a open", "^^^", A_NAME ", not 'and'" },
	{ "or a open", "^^", A_NAME ", not 'or'" },
	{ "(a open", "       ^", A_BRACKET ENDS },
	{ "(a open b", "        ^", A_BRACKET ", not 'b'" },
	{ "(a open not", "        ^^^", A_BRACKET ", not 'not'" },
	{ "((a open)", "         ^", A_BRACKET ENDS },
	{ "(a open))", "        ^", THE_END ", not ')'" },
	{ "(a open) b open", "         ^", THE_END ", not 'b'" },
	{ "(a open) not", "         ^^^", THE_END ", not 'not'" },
	{ "(a open)(b open)", "        ^", THE_END ", not '('" },
	{ "(a open or b", "            ^", A_STATE ENDS },
	{ "(a open or b open", "                 ^", A_BRACKET ENDS },
	{ "(a open and) b open", "           ^", A_NAME ", not ')'" },
	{ "(a) open", "  ^", A_STATE ", not ')'" },
	{ "not (a open", "           ^", A_BRACKET ENDS },
	{ "[a open]", "^^", A_NAME ", not '[a'" },
	{ "{a open}", "^^", A_NAME ", not '{a'" },
	{ "a above", "       ^", A_NUMBER ENDS },
	{ "a below", "       ^", A_NUMBER ENDS },
	{ "a above high", "        ^^^^", A_NUMBER ", not 'high'" },
	{ "a above and b open", "        ^^^", A_NUMBER ", not 'and'" },
	{ "a above above 5", "        ^^^^^", A_NUMBER ", not 'above'" },
	{ "a above 28C", "        ^^^", A_NUMBER ", not '28C'" },
	{ "a above 65%", "        ^^^", A_NUMBER ", not '65%'" },
	{ "a above 21,5", "        ^^^^", A_NUMBER ", not '21,5'" },
	{ "a above 1e3", "        ^^^", A_NUMBER ", not '1e3'" },
	{ "a above 0x10", "        ^^^^", A_NUMBER ", not '0x10'" },
	{ "a above inf", "        ^^^", A_NUMBER ", not 'inf'" },
	{ "a above nan", "        ^^^", A_NUMBER ", not 'nan'" },
	{ "a above --5", "        ^^^", A_NUMBER ", not '--5'" },
	{ "a above - 5", "        ^", A_NUMBER ", not '-'" },
	{ "a above .", "        ^", A_NUMBER ", not '.'" },
	{ "a above (5)", "        ^", A_NUMBER ", not '('" },
	{ "a above 9999999999999", "        ^^^^^^^^^^^^^", A_NUMBER ", not '9999999999999'" },
	{ "a above 28 %", "           ^", THE_END ", not '%'" },
	{ "a above 28 lx", "           ^^", THE_END ", not 'lx'" },
	{ "a above 28 below 30", "           ^^^^^", THE_END ", not 'below'" },
	{ "a Above 28", "        ^^", THE_END ", not '28'" },
	{ "a open for", "          ^", A_TIME ENDS },
	{ "a open for ", "           ^", A_TIME ENDS },
	{ "a open for and b open", "           ^^^", A_TIME ", not 'and'" },
	{ "a open for or b open", "           ^^", A_TIME ", not 'or'" },
	{ "a open for (5min)", "           ^", A_TIME ", not '('" },
	{ "(a open for)", "           ^", A_TIME ", not ')'" },
	{ "a open for ever", "           ^^^^", A_TIME ", not 'ever'" },
	{ "a open for 0", "           ^", A_TIME ", not '0'" },
	{ "a open for -5", "           ^^", A_TIME ", not '-5'" },
	{ "a open for 5 bananas", "           ^^^^^^^^^", A_TIME ", not '5 bananas'" },
	{ "a open for 5min b open", "           ^^^^^^^^^^^", A_TIME ", not '5min b open'" },
	{ "a open for 5min for 6min", "           ^^^^^^^^^^^^^", A_TIME ", not '5min for 6min'" },
	{ "a open for infinity", "           ^^^^^^^^", A_TIME ", not 'infinity'" },
	{ "a open for 600y", "           ^^^^", A_TIME ", not '600y'" },
	{ "for 5min a open", "^^^", A_NAME ", not 'for'" },
	{ "a for 5min open", "  ^^^", A_STATE ", not 'for'" },
	{ "not for 5min", "    ^^^", A_NAME ", not 'for'" },
	{ "(((((((((a open)))))))))", "        ^", "expected at most 8 brackets within one another" },
	{ TEN_TERMS " or a open or a open or a open or a open or a open or a open or b open", NULL, "expected at most 16 terms" },
	{ "a\nopen", "^^^^^^", A_NAME ", not 'a\nopen'" },
};

static void expect_place(const char *text, struct condition_place place, const char *expected)
{
	size_t offset = strcspn(expected, "^"), length = strlen(expected) - offset;

	/* The end is a place of its own. */
	if (place.offset != offset || (place.length != length && !(place.length == 0 && length == 1)))
		fail_msg("'%s': the place is %zu, %zu long, not %zu, %zu", text, place.offset, place.length, offset, length);
}

static void test_wrong(void **state)
{
	(void)state;
	assert_true(ELEMENTS(wrong) >= 120);
	for (size_t i = 0; i < ELEMENTS(wrong); i++) {
		struct condition condition;
		struct condition_place place;
		struct problem problem;

		if (condition_parse(wrong[i].text, &condition, &problem, &place) >= 0)
			fail_msg("'%s' is taken for a condition", wrong[i].text);
		assert_string_equal(problem.text, wrong[i].said);
		if (wrong[i].place)
			expect_place(wrong[i].text, place, wrong[i].place);
	}
}

static void test_drawing(void **state)
{
	char buffer[128];

	(void)state;
	assert_string_equal(condition_draw("attic abov 28", (struct condition_place){ 6, 4 }, buffer, sizeof buffer),
	                    "  attic abov 28\n        ^~~~");
	assert_string_equal(condition_draw("a", (struct condition_place){ 1, 0 }, buffer, sizeof buffer), "  a\n   ^");
}

/* --- whether it holds ------------------------------------------------------------------------ */

struct world {
	struct condition condition;
	struct condition_memory memory;
	struct condition_seen seen[CONDITION_TERMS_MAX];
};

static void ask(const struct condition_term *term, unsigned i, struct condition_seen *ret, void *userdata)
{
	(void)term;
	*ret = ((struct world *)userdata)->seen[i];
}

static struct world world_of(const char *text)
{
	struct world world = { 0 };

	parse_right(text, &world.condition);
	condition_restored(&world.condition, &world.memory, 0);
	for (unsigned i = 0; i < CONDITION_TERMS_MAX; i++)
		world.seen[i].value = NAN;
	return world;
}

static struct condition_result at(struct world *world, uint64_t now_ns)
{
	return condition_evaluate(&world->condition, &world->memory, now_ns, ask, world);
}

#define T TRUTH_TRUE
#define U TRUTH_UNKNOWN
#define F TRUTH_FALSE

static enum truth truth_of(const char *text, enum truth a, enum truth b)
{
	struct world world = world_of(text);

	world.seen[0].truth = a;
	world.seen[1].truth = b;
	return at(&world, 1).truth;
}

static void test_kleene(void **state)
{
	static const struct {
		enum truth a, b, and, or ;
	} rows[] = {
		{ F, F, F, F }, { F, U, F, U }, { F, T, F, T }, { U, F, F, U }, { U, U, U, U },
		{ U, T, U, T }, { T, F, F, T }, { T, U, U, T }, { T, T, T, T },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		enum truth a = rows[i].a, b = rows[i].b;

		assert_int_equal(truth_of("a open and b open", a, b), rows[i].and);
		assert_int_equal(truth_of("a open or b open", a, b), rows[i].or);
		assert_int_equal(truth_of("not a open", a, b), a == T ? F : a == F ? T : U);
		/* De Morgan. */
		assert_int_equal(truth_of("not (not a open or not b open)", a, b), rows[i].and);
		assert_int_equal(truth_of("not (not a open and not b open)", a, b), rows[i].or);
	}
}

static void test_strength(void **state)
{
	struct world world = world_of("a open or b open and not c open");

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		bool a = i & 1, b = i & 2, c = i & 4;

		world.seen[0].truth = a ? T : F;
		world.seen[1].truth = b ? T : F;
		world.seen[2].truth = c ? T : F;
		assert_int_equal(at(&world, i + 1).truth, a || (b && !c) ? T : F);
	}
}

static void test_hysteresis(void **state)
{
	static const struct {
		double value;
		enum truth above, below;
	} rows[] = {
		/* above 20 and below 20, hysteresis 2 */
		{ 20, F, F }, { 20.5, T, F }, { 20, T, F }, { 18, T, T }, { 17.9, F, T }, { 20, F, T }, { 22, T, T },
		{ 22.1, T, F }, { NAN, U, U }, { 19, F, T }, { 21, T, T },
	};
	struct world above = world_of("a above 20"), below = world_of("a below 20");

	(void)state;
	above.seen[0].hysteresis = below.seen[0].hysteresis = 2;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		above.seen[0].value = below.seen[0].value = rows[i].value;
		assert_int_equal(at(&above, i + 1).truth, rows[i].above);
		assert_int_equal(at(&below, i + 1).truth, rows[i].below);
	}
}

/* To the nanosecond, from the time of the change and not from when it was heard of. */
static void test_for(void **state)
{
	struct world world = world_of("a open for 1s");
	const uint64_t s = NSEC_PER_SEC;
	struct condition_result result;

	(void)state;
	assert_int_equal(at(&world, s).truth, F);
	assert_int_equal(at(&world, s).next_ns, NEVER_NS);
	world.seen[0] = (struct condition_seen){ .truth = T, .since_ns = 2 * s };
	result = at(&world, 2 * s + 500);
	assert_int_equal(result.truth, F);
	assert_int_equal(result.next_ns, 3 * s);
	assert_int_equal(at(&world, 3 * s - 1).truth, F);
	result = at(&world, 3 * s);
	assert_int_equal(result.truth, T);
	assert_int_equal(result.at_ns, 3 * s);
	assert_int_equal(result.next_ns, NEVER_NS);
	/* Not knowing begins it anew; so does a change that nobody saw. */
	world.seen[0] = (struct condition_seen){ .truth = U };
	assert_int_equal(at(&world, 4 * s).truth, U);
	world.seen[0] = (struct condition_seen){ .truth = T, .since_ns = 5 * s };
	assert_int_equal(at(&world, 5 * s).truth, F);
	assert_int_equal(at(&world, 6 * s).truth, T);
	world.seen[0].since_ns = 6 * s + 1;
	result = at(&world, 6 * s + 2);
	assert_int_equal(result.truth, F);
	assert_int_equal(result.next_ns, 7 * s + 1);
	/* A time that is not known is when it was noticed. */
	world.seen[0] = (struct condition_seen){ .truth = F };
	at(&world, 8 * s);
	world.seen[0] = (struct condition_seen){ .truth = T };
	assert_int_equal(at(&world, 9 * s).next_ns, 10 * s);
}

/* A reading is not a change: the time runs from the first one over the threshold. */
static void test_for_of_a_value(void **state)
{
	struct world world = world_of("a above 20 for 1s");
	const uint64_t s = NSEC_PER_SEC;

	(void)state;
	world.seen[0] = (struct condition_seen){ .value = 21, .since_ns = s };
	assert_int_equal(at(&world, s).next_ns, 2 * s);
	world.seen[0].since_ns = s + 5;
	assert_int_equal(at(&world, s + 5).next_ns, 2 * s);
	assert_int_equal(at(&world, 2 * s).truth, T);
}

/* What was kept goes on; of another condition, or from the future, it means nothing. */
static void test_restored(void **state)
{
	struct world world = world_of("a above 20 for 10s"), successor = world_of("a above 20 for 10s"),
	             other = world_of("a above 21 for 10s");
	const uint64_t s = NSEC_PER_SEC;

	(void)state;
	world.seen[0] = (struct condition_seen){ .value = 21, .since_ns = 5 * s };
	at(&world, 5 * s);
	successor.memory = other.memory = world.memory;
	successor.seen[0] = other.seen[0] = (struct condition_seen){ .value = 22, .since_ns = 9 * s };
	condition_restored(&successor.condition, &successor.memory, 9 * s);
	assert_int_equal(at(&successor, 9 * s).next_ns, 15 * s);
	condition_restored(&other.condition, &other.memory, 9 * s);
	assert_int_equal(at(&other, 9 * s).next_ns, 19 * s);
	successor.memory = world.memory;
	condition_restored(&successor.condition, &successor.memory, 4 * s);
	assert_int_equal(successor.memory.truths, 0);
}

/* The one that decides: of "and" the first that is false, or the last that became true; of "or" the other way round. */
static void test_decider(void **state)
{
	static const struct {
		const char *text;
		enum truth a, b;
		unsigned term;
	} rows[] = {
		/* a since 10, b since 20 */
		{ "a open and b open", T, T, 1 }, { "a open and b open", F, T, 0 }, { "a open and b open", T, F, 1 },
		{ "a open and b open", F, F, 0 }, { "a open or b open", T, T, 0 },  { "a open or b open", F, T, 1 },
		{ "a open or b open", T, F, 0 },  { "a open or b open", F, F, 1 },  { "a open and b open", U, T, 0 },
		{ "a open or b open", F, U, 1 },  { "not (a open or b open)", F, F, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct world world = world_of(rows[i].text);

		world.seen[0] = (struct condition_seen){ .truth = rows[i].a, .since_ns = 10 };
		world.seen[1] = (struct condition_seen){ .truth = rows[i].b, .since_ns = 20 };
		assert_int_equal(at(&world, 30).term, rows[i].term);
		assert_int_equal(at(&world, 30).at_ns, rows[i].term == 0 ? 10 : 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),       cmocka_unit_test(test_wrong),    cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_kleene),      cmocka_unit_test(test_strength), cmocka_unit_test(test_hysteresis),
		cmocka_unit_test(test_for),         cmocka_unit_test(test_for_of_a_value),
		cmocka_unit_test(test_restored),    cmocka_unit_test(test_decider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
