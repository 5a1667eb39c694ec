/* Edges of the kernel, in any order and with any times, through the whole room: none is lost in silence, and what is known in
 * the end is the line's level. Times that the kernel would not give, and levels that are not what the edges say, only have to do
 * no harm. */
#include "fuzz.h"
#include "room-fixture.h"
#include "script-lines.h"
#include "util/clock.h"

#define STEPS_MAX 2000

struct kernel {
	struct room_fixture room;
	struct fuzz fuzz;
	uint32_t seqno[SCRIPT_LINES_MAX];
	uint64_t sent, lost; /* edges, to inputs */
	bool lies;           /* it has said what no kernel says */
};

static void send_edge(struct kernel *kernel, unsigned line)
{
	bool active = !script_line_level(line);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	script_line_set_level(line, active);
	kernel->seqno[line]++;
	if (!script_line_edge(line, active, now_ns, kernel->seqno[line]))
		kernel->lost++;
	else
		kernel->sent++;
}

static void send_lie(struct kernel *kernel, unsigned line)
{
	bool active = fuzz_bool(&kernel->fuzz);
	uint64_t ns = fuzz_bool(&kernel->fuzz) ? fuzz_u64(&kernel->fuzz) : clock_now_ns(CLOCK_MONOTONIC) - fuzz_u32(&kernel->fuzz);

	kernel->lies = true;
	script_line_edge(line, active, ns, fuzz_bool(&kernel->fuzz) ? fuzz_u32(&kernel->fuzz) : ++kernel->seqno[line]);
}

static void do_step(struct kernel *kernel, unsigned line)
{
	switch (fuzz_choice(&kernel->fuzz, 8)) {
	case 0:
		room_fixture_run(&kernel->room);
		break;
	case 1: /* dropped by the kernel: the level is another one */
		script_line_set_level(line, !script_line_level(line));
		kernel->seqno[line]++;
		kernel->lost++;
		break;
	case 2:
		if (fuzz_choice(&kernel->fuzz, 8) == 0)
			send_lie(kernel, line);
		break;
	case 3:
		if (fuzz_choice(&kernel->fuzz, 8) == 0) {
			kernel->lies = true;
			script_line_unplug(line);
		}
		break;
	default:
		send_edge(kernel, line);
	}
}

/* The state that a sensor on this line shows. */
static enum truth state_of(struct kernel *kernel, const char *name, const char *state)
{
	struct component_room *room = room_shared(kernel->room.room);
	uint64_t since_ns;

	for (size_t i = 0; i < room->components_n; i++) {
		const struct component *component = room->components[i];
		const struct component_state *found = component_state_find(component->class, state);

		if (found && strcmp(component_name(component), name) == 0 && component->class->layer == COMPONENT_SENSOR)
			return found->is(component, &since_ns);
	}
	return TRUTH_UNKNOWN;
}

static void check_level(struct kernel *kernel, unsigned line)
{
	bool level = script_line_level(line);

	if (strcmp(script_line_name(line), "PIR") == 0)
		FUZZ_CHECK(state_of(kernel, "hall", "motion") == (level ? TRUTH_TRUE : TRUTH_FALSE));
	if (strcmp(script_line_name(line), "CONTACT") == 0)
		FUZZ_CHECK(state_of(kernel, "front", "open") == (level ? TRUTH_TRUE : TRUTH_FALSE));
}

/* What was dropped at the end is seen with the next edge: so each input has one more. */
static void check_all(struct kernel *kernel)
{
	const struct room_counters *counters = &room_shared(kernel->room.room)->counters;

	for (unsigned line = 0; line < script_lines(); line++)
		if (!script_line_is_output(line))
			send_edge(kernel, line);
	room_fixture_run(&kernel->room);
	if (kernel->lies)
		return;
	FUZZ_CHECK(counters->edges == kernel->sent);
	FUZZ_CHECK(counters->edges_lost == kernel->lost);
	for (unsigned line = 0; line < script_lines(); line++)
		check_level(kernel, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel kernel = { .fuzz = { data, size } };

	FUZZ_CHECK(room_fixture_start(&kernel.room, room_fixture_config(), NULL, NULL));
	room_fixture_run(&kernel.room);
	for (unsigned i = 0; i < STEPS_MAX && kernel.fuzz.left > 0; i++) {
		unsigned line = fuzz_choice(&kernel.fuzz, script_lines());

		if (!script_line_is_output(line))
			do_step(&kernel, line);
	}
	check_all(&kernel);
	room_fixture_end(&kernel.room);
	script_lines_forget();
	return 0;
}
