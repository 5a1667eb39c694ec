#include "rules/condition.h"

#include <math.h>

#include "util/clock.h"

/* What an operand has come to, and which term that is owed to. */
struct operand {
	enum truth truth;
	unsigned term;
	uint64_t at_ns;
};

static enum truth truth_before(const struct condition_memory *memory, unsigned i)
{
	return (enum truth)(memory->truths >> 2 * i & 3);
}

static void remember(struct condition_memory *memory, unsigned i, enum truth truth, uint64_t since_ns)
{
	memory->truths = (memory->truths & ~(UINT64_C(3) << 2 * i)) | (uint64_t)truth << 2 * i;
	memory->since_ns[i] = since_ns;
}

/* With hysteresis: what holds goes on until the value is so far back. */
static enum truth compare(const struct condition_term *term, const struct condition_seen *seen, bool held)
{
	double value = term->test == CONDITION_ABOVE ? seen->value : -seen->value;
	double number = term->test == CONDITION_ABOVE ? term->number : -term->number;

	if (isnan(value))
		return TRUTH_UNKNOWN;
	return value > number || (held && value >= number - seen->hysteresis) ? TRUTH_TRUE : TRUTH_FALSE;
}

/* A time that is not known is when it was noticed. */
static uint64_t since(const struct condition_seen *seen, bool changed, uint64_t before_ns, uint64_t now_ns)
{
	bool known = seen->since_ns > 0 && seen->since_ns <= now_ns;

	if (changed || before_ns == 0)
		return known ? seen->since_ns : now_ns;
	return before_ns;
}

static struct operand evaluate_term(const struct condition_term *term, unsigned i, const struct condition_seen *seen,
                                    struct condition_memory *memory, uint64_t now_ns, uint64_t *next_ns)
{
	enum truth before = truth_before(memory, i);
	bool state = term->test == CONDITION_STATE;
	enum truth truth = state ? seen->truth : compare(term, seen, before == TRUTH_TRUE);
	/* A state that went and came back unseen has begun anew; the time of a reading is not that of a change. */
	bool changed = truth != before || (state && seen->since_ns > memory->since_ns[i] && seen->since_ns <= now_ns);
	uint64_t since_ns = since(seen, changed, memory->since_ns[i], now_ns), over_ns;

	remember(memory, i, truth, since_ns);
	over_ns = clock_later_ns(since_ns, term->for_ns);
	if (truth == TRUTH_TRUE && over_ns > now_ns) {
		if (over_ns < *next_ns)
			*next_ns = over_ns;
		return (struct operand){ TRUTH_FALSE, i, since_ns };
	}
	return (struct operand){ truth, i, truth == TRUTH_TRUE ? over_ns : since_ns };
}

/* The one that decides: of two that are the same, that without which it would not be so, yet or any more. */
static struct operand combine(unsigned code, struct operand a, struct operand b)
{
	bool lesser = code == CONDITION_AND;

	if (a.truth != b.truth)
		return (a.truth < b.truth) == lesser ? a : b;
	return (a.at_ns >= b.at_ns) == (lesser == (a.truth == TRUTH_TRUE)) ? a : b;
}

struct condition_result condition_evaluate(const struct condition *condition, struct condition_memory *memory,
                                           uint64_t now_ns, condition_ask ask, void *userdata)
{
	struct operand terms[CONDITION_TERMS_MAX], stack[CONDITION_CODE_MAX];
	uint64_t next_ns = NEVER_NS;
	unsigned n = 0;

	for (unsigned i = 0; i < condition->terms_n; i++) {
		struct condition_seen seen = { .value = NAN };

		ask(&condition->terms[i], i, &seen, userdata);
		terms[i] = evaluate_term(&condition->terms[i], i, &seen, memory, now_ns, &next_ns);
	}
	for (unsigned i = 0; i < condition->code_n; i++) {
		unsigned code = condition->code[i];

		if (code < CONDITION_TERMS_MAX) {
			stack[n++] = terms[code];
		} else if (code == CONDITION_NOT) {
			stack[n - 1].truth = TRUTH_TRUE - stack[n - 1].truth;
		} else {
			stack[n - 2] = combine(code, stack[n - 2], stack[n - 1]);
			n--;
		}
	}
	return (struct condition_result){ stack[0].truth, stack[0].term, stack[0].at_ns, next_ns };
}

/* FNV-1a, of the form that is the same for what means the same. */
static uint64_t text_id(const struct condition *condition)
{
	char text[CONDITION_TEXT_SIZE];
	uint64_t id = UINT64_C(0xcbf29ce484222325);

	for (const char *c = condition_format(condition, text); *c; c++)
		id = (id ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return id;
}

void condition_restored(const struct condition *condition, struct condition_memory *memory, uint64_t now_ns)
{
	uint64_t id = text_id(condition);
	bool sense = memory->text_id == id;

	for (unsigned i = 0; i < CONDITION_TERMS_MAX; i++)
		sense = sense && memory->since_ns[i] <= now_ns && truth_before(memory, i) <= TRUTH_TRUE;
	if (!sense)
		*memory = (struct condition_memory){ .text_id = id };
}
