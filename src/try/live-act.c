/* What keys do to a room that is played with. What is done is a statement of a room test, and is told as one. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "roomd/quantity.h"
#include "try/live-keys.h"
#include "try/live.h"
#include "try/room-find.h"
#include "try/wall.h"
#include "util/clock.h"
#include "util/number.h"

#define JUMP_SEC 3600
#define STEPS 20 /* as many to what is usual */

static struct live_thing *selected(struct live *live)
{
	return live->room.n > 0 ? &live->room.things[live->view.selected] : NULL;
}

/* --- statements ------------------------------------------------------------------------------ */

static void do_statement(struct live *live, const struct statement *statement)
{
	_cleanup_(cleanup_free) char *text = statement_format(statement);
	struct problem problem;
	int r;

	live_tell(live, "> %s", text ? text : "");
	service_forget_events(live->trial->service);
	r = trial_act(live->trial, statement, &problem);
	live->trial->settled_ns = 0; /* nobody waits for the reading */
	if (r == -ECHILD)
		live_lost(live, &problem);
	else if (r == -ECANCELED)
		live->ends = true;
	else if (r < 0)
		live_tell(live, "  %s", problem.text);
	live_room_stir(&live->room);
}

/* About the one that is selected, with its kind only where the name alone is not enough. */
static void do_to(struct live *live, const struct live_thing *thing, struct statement *statement)
{
	const struct config_component *component = thing->component;
	size_t n;

	statement->name = component->name;
	statement->subject = (size_t)(component - live->trial->config->components);
	if (room_find(live->known, statement, &n) != &live->known->components[statement->subject])
		statement->component_kind = (char *)component->class->kind;
	do_statement(live, statement);
}

static void do_alone(struct live *live, enum statement_kind kind)
{
	do_statement(live, &(const struct statement){ .kind = kind, .subject = STATEMENT_NO_SUBJECT });
}

/* --- sensors --------------------------------------------------------------------------------- */

static bool is_able(const struct live *live, const struct live_thing *thing, enum statement_kind kind)
{
	const struct statement statement = { .kind = kind };

	return room_is_able(&live->known->components[thing - live->room.things], &statement);
}

static void toggle(struct live *live, const struct live_thing *thing)
{
	bool active = live_thing_is_active(&live->room, thing), opens = is_able(live, thing, STATEMENT_OPEN);
	struct statement statement = { .kind = opens ? active ? STATEMENT_CLOSE : STATEMENT_OPEN
		                             : active ? STATEMENT_NO_MOTION : STATEMENT_MOTION };

	do_to(live, thing, &statement);
}

static void press(struct live *live, const struct live_thing *thing)
{
	struct statement statement = { .kind = STATEMENT_PRESS, .word = (char[]){ "single" } };

	do_to(live, thing, &statement);
}

static void set_value(struct live *live, const struct live_thing *thing, const struct quantity *quantity, double value)
{
	struct statement statement = { .kind = STATEMENT_VALUE, .number = fmin(fmax(value, quantity->least), quantity->most),
		                       .unit = (char *)quantity->unit };

	do_to(live, thing, &statement);
}

/* 1, 2 or 5 times a power of ten, near a twentieth of what is usual. */
static double step_of(const struct quantity *quantity)
{
	double wanted = fmax(fabs(quantity->usual) / STEPS, pow(10, -(double)quantity->precision));
	double ten = pow(10, floor(log10(wanted) + 1e-9)), times = wanted / ten + 1e-9;

	return ten * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
}

static void step(struct live *live, const struct live_thing *thing, int direction)
{
	double value;
	const struct quantity *quantity = live_thing_quantity(&live->room, thing, &value);

	if (quantity)
		set_value(live, thing, quantity, value + direction * step_of(quantity));
	else
		live_tell(live, "  %s %s measures nothing", thing->component->class->kind, thing->component->name);
}

static void use(struct live *live, const struct live_thing *thing)
{
	double value;

	if (live_thing_quantity(&live->room, thing, &value))
		live_tell(live, "  %s %s: + and - change it, = sets it", thing->component->class->kind, thing->component->name);
	else if (thing->presses)
		press(live, thing);
	else if (thing->input || thing->remote != SIZE_MAX)
		toggle(live, thing);
	else
		live_tell(live, "  %s %s is no sensor", thing->component->class->kind, thing->component->name);
}

static void plug(struct live *live, const struct live_thing *thing)
{
	bool plugged = !live_thing_is_unplugged(&live->room, thing);
	struct statement statement = { .kind = plugged ? STATEMENT_UNPLUG : STATEMENT_PLUG };

	if (live_thing_has_plug(&live->room, thing))
		do_to(live, thing, &statement);
	else
		live_tell(live, "  %s %s has no device", thing->component->class->kind, thing->component->name);
}

/* --- a number -------------------------------------------------------------------------------- */

static void ask_number(struct live *live, const struct live_thing *thing)
{
	double value;
	const struct quantity *quantity = live_thing_quantity(&live->room, thing, &value);

	live->asks = quantity;
	live->number[0] = '\0';
	if (!quantity)
		live_tell(live, "  %s %s measures nothing", thing->component->class->kind, thing->component->name);
}

static void show_prompt(struct live *live)
{
	double value;
	const struct quantity *quantity = live_thing_quantity(&live->room, selected(live), &value);

	live->view.prompt[0] = '\0';
	if (live->asks && quantity)
		snprintf(live->view.prompt, sizeof live->view.prompt, "%.16s in %.8s, Enter: %.23s_", quantity->name, quantity->unit,
		         live->number);
}

static void end_number(struct live *live)
{
	double value, now;
	const struct quantity *quantity = live_thing_quantity(&live->room, selected(live), &now);

	live->asks = false;
	if (!*live->number)
		return;
	if (number_parse(live->number, &value) < 0)
		live_tell(live, "  expected a number such as 21.5, not '%s'", live->number);
	else if (value < quantity->least || value > quantity->most)
		live_tell(live, "  expected %g to %g %s", quantity->least, quantity->most, quantity->unit);
	else
		set_value(live, selected(live), quantity, value);
}

static void write_number(struct live *live, int key)
{
	size_t n = strlen(live->number);

	if (key == '\r' || key == '\n')
		end_number(live);
	else if (key == LIVE_KEY_ESCAPE || key == LIVE_KEY_INTERRUPT)
		live->asks = false;
	else if ((key == 127 || key == '\b') && n > 0)
		live->number[n - 1] = '\0';
	else if (key < 128 && key > ' ' && key != 127 && n + 1 < sizeof live->number)
		memcpy(live->number + n, (char[]){ (char)key, '\0' }, 2);
}

/* --- the room -------------------------------------------------------------------------------- */

/* Only a clock that is nobody else's. */
static void jump(struct live *live)
{
	int64_t to = (int64_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_SEC) + JUMP_SEC;
	int r = wall_is_ours() ? wall_set(to) : -EPERM;

	if (r >= 0)
		r = wall_say_synchronized();
	if (r == -EPERM)
		live_tell(live, "  the clock is this machine's own: J works on the test kernel, which scripts/try starts");
	else if (r < 0)
		live_tell(live, "  the clock cannot be set: %s", problem_errno(r));
	else
		live_tell(live, "> the clock is put forward by an hour; times that have begun go on as before");
	live_room_stir(&live->room);
}

/* --- moving ---------------------------------------------------------------------------------- */

static void move(struct live *live, ptrdiff_t by)
{
	ptrdiff_t to = (ptrdiff_t)live->view.selected + by, last = (ptrdiff_t)live->room.n - 1;

	to = to > last ? last : to;
	live->view.selected = to < 0 ? 0 : (size_t)to;
}

static ptrdiff_t page(struct live *live)
{
	return (ptrdiff_t)view_body(&live->view, screen_size(&live->screen).rows);
}

/* False: it is another key. */
static bool navigate(struct live *live, int key)
{
	switch (key) {
	case LIVE_KEY_UP:
		return move(live, -1), true;
	case LIVE_KEY_DOWN:
	case '\t':
		return move(live, 1), true;
	case LIVE_KEY_PAGE_UP:
		return move(live, -page(live)), true;
	case LIVE_KEY_PAGE_DOWN:
		return move(live, page(live)), true;
	case LIVE_KEY_HOME:
		return move(live, -(ptrdiff_t)live->room.n), true;
	case LIVE_KEY_END:
		return move(live, (ptrdiff_t)live->room.n), true;
	default:
		return false;
	}
}

/* The one that the key is for is the one that is selected then. */
static bool use_by_key(struct live *live, int key)
{
	for (size_t i = 0; i < live->room.n; i++) {
		if (live->room.rows[i].key != key || !key)
			continue;
		live->view.selected = i;
		use(live, &live->room.things[i]);
		return true;
	}
	return false;
}

static void use_selected(struct live *live, int key)
{
	const struct live_thing *thing = selected(live);

	if (!thing)
		return;
	if (key == ' ' || key == '\r' || key == '\n')
		use(live, thing);
	else if (key == '+' || key == LIVE_KEY_RIGHT)
		step(live, thing, 1);
	else if (key == '-' || key == LIVE_KEY_LEFT)
		step(live, thing, -1);
	else if (key == '=')
		ask_number(live, thing);
	else if (key == 'U')
		plug(live, thing);
}

static void obey_command(struct live *live, int key)
{
	if (key == 'q' || key == 'Q' || key == LIVE_KEY_INTERRUPT)
		live->ends = true;
	else if (key == 'R')
		do_alone(live, STATEMENT_RESTART);
	else if (key == 'K')
		do_alone(live, STATEMENT_KILL);
	else if (key == 'J')
		jump(live);
	else if (!navigate(live, key) && !use_by_key(live, key))
		use_selected(live, key);
}

void live_obey(struct live *live, int key)
{
	if (live->plays)
		live->ends = live->ends || key == 'q' || key == 'Q' || key == LIVE_KEY_INTERRUPT;
	else if (live->asks)
		write_number(live, key);
	else
		obey_command(live, key);
	show_prompt(live);
}
