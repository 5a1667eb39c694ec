/* Conditions: any text; and for one that is right, what is known of its components. */
#include "fuzz.h"
#include "rules/condition.h"
#include "util/clock.h"

#include <math.h>

#define ASKED_MAX 32

static void ask(const struct condition_term *term, unsigned i, struct condition_seen *ret, void *userdata)
{
	struct fuzz *fuzz = userdata;

	(void)term, (void)i;
	*ret = (struct condition_seen){
		.truth = (enum truth)fuzz_choice(fuzz, TRUTH_TRUE + 1),
		.since_ns = fuzz_u8(fuzz),
		.value = fuzz_bool(fuzz) ? NAN : fuzz_u8(fuzz),
		.hysteresis = fuzz_u8(fuzz),
	};
}

/* Also with a memory that holds anything. */
static void evaluate(const struct condition *condition, const char *text)
{
	struct fuzz fuzz = { (const uint8_t *)text, strlen(text) };
	struct condition_memory memory = { .truths = fuzz_u64(&fuzz), .since_ns = { fuzz_u64(&fuzz), fuzz_u64(&fuzz) } };
	uint64_t now_ns = 1;

	condition_restored(condition, &memory, now_ns);
	for (int i = 0; i < ASKED_MAX && fuzz.left > 0; i++) {
		struct condition_result result;

		now_ns += fuzz_u32(&fuzz);
		result = condition_evaluate(condition, &memory, now_ns, ask, &fuzz);
		FUZZ_CHECK(result.truth <= TRUTH_TRUE && result.term < condition->terms_n);
		FUZZ_CHECK(result.at_ns <= now_ns && result.next_ns > now_ns);
	}
}

static void check_written(const struct condition *condition)
{
	char text[CONDITION_TEXT_SIZE], again[CONDITION_TEXT_SIZE];
	struct condition_place place;
	struct condition same;
	struct problem problem;

	condition_format(condition, text);
	FUZZ_CHECK(condition_parse(text, &same, &problem, &place) == 0);
	FUZZ_CHECK(same.terms_n == condition->terms_n && same.code_n == condition->code_n);
	FUZZ_CHECK_SAME(condition_format(&same, again), text);
}

static void check_place(const char *text, struct condition_place place, const struct problem *problem)
{
	char drawing[2 * CONDITION_TEXT_SIZE];

	FUZZ_CHECK(*problem->text);
	FUZZ_CHECK(place.offset + place.length <= strlen(text));
	condition_draw(text, place, drawing, sizeof drawing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = fuzz_all_text(data, size);
	struct condition_place place;
	struct condition condition;
	struct problem problem;

	if (condition_parse(text, &condition, &problem, &place) < 0) {
		check_place(text, place, &problem);
		return 0;
	}
	check_written(&condition);
	evaluate(&condition, text);
	return 0;
}
