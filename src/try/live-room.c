#define _GNU_SOURCE
#include "try/live-room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "client/text.h"
#include "roomd/quantity.h"
#include "try/live-keys.h"
#include "try/room-find.h"
#include "util/clock.h"

#define ASKED_AT_ONCE 12            /* states, so that a room of sixty does not stand still meanwhile */
#define CHANGED_NS (NSEC_PER_SEC)   /* so long it is shown that something has changed */

/* --- things ---------------------------------------------------------------------------------- */

static bool can_press(const struct roomtest_component *component)
{
	const struct statement press = { .kind = STATEMENT_PRESS };

	return room_is_able(component, &press);
}

static struct live_thing make_thing(const struct trial *trial, const struct roomtest_component *known,
                                    const struct config_component *component)
{
	return (struct live_thing){
		.component = component,
		.presses = can_press(known),
		.input = trial_find_input(trial, component),
		.remote = trial_find_remote(trial, component),
		.channel = trial_find_channel(trial, component),
		.is_stale = true,
	};
}

static bool can_be_used(const struct live_thing *thing)
{
	return thing->input || thing->remote != SIZE_MAX || thing->channel != SIZE_MAX;
}

static int give_keys(struct live_room *room)
{
	_cleanup_(cleanup_free) const char **names = calloc(room->n + 1, sizeof *names);
	_cleanup_(cleanup_free) bool *wanted = calloc(room->n + 1, sizeof *wanted);
	_cleanup_(cleanup_free) char *keys = calloc(room->n + 1, 1);

	if (!names || !wanted || !keys)
		return -ENOMEM;
	for (size_t i = 0; i < room->n; i++) {
		names[i] = room->rows[i].name;
		wanted[i] = can_be_used(&room->things[i]);
	}
	live_keys_assign(names, wanted, room->n, keys);
	for (size_t i = 0; i < room->n; i++)
		room->rows[i].key = keys[i];
	return 0;
}

static char *name_of(const struct config_component *component)
{
	_cleanup_(cleanup_free) char *name = NULL;

	if (asprintf(&name, "%s %s", component->class->kind, component->name) < 0)
		name = NULL;
	return name ? text_escape(name) : NULL;
}

int live_room_open(struct live_room *room, struct trial *trial, const struct roomtest_component *components, struct view *view)
{
	size_t n = trial->config->n;
	int r = 0;

	*room = (struct live_room){ .trial = trial, .n = n };
	room->things = calloc(n + 1, sizeof *room->things);
	view->rows = room->rows = calloc(n + 1, sizeof *room->rows);
	if (!room->things || !room->rows)
		return -ENOMEM;
	view->rows_n = n;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		room->things[i] = make_thing(trial, &components[i], &trial->config->components[i]);
		room->rows[i].name = name_of(room->things[i].component);
		r = room->rows[i].name ? 0 : -ENOMEM;
	}
	return r < 0 ? r : give_keys(room);
}

void live_room_close(struct live_room *room)
{
	for (size_t i = 0; room->things && i < room->n; i++)
		free(room->things[i].told);
	free(room->things);
	*room = (struct live_room){ 0 };
}

/* --- the world ------------------------------------------------------------------------------- */

/* False: it cannot be seen, as its chip is unplugged. */
static bool see_line(const struct world *world, const struct plan_line *line, bool *ret)
{
	bool high;

	if (!world->chips_plugged[line->chip] || chip_level(&world->chips[line->chip], line->offset, &high, NULL) < 0)
		return false;
	*ret = high != line->active_low;
	return true;
}

bool live_thing_is_active(const struct live_room *room, const struct live_thing *thing)
{
	bool active = false;

	if (thing->input)
		return see_line(room->trial->world, thing->input, &active) && active;
	return thing->remote != SIZE_MAX && room->trial->remote_levels[thing->remote];
}

const struct quantity *live_thing_quantity(const struct live_room *room, const struct live_thing *thing, double *ret)
{
	const struct trial *trial = room->trial;

	if (thing->channel != SIZE_MAX) {
		*ret = trial->world->values[thing->channel];
		return trial->world->plan->channels[thing->channel].quantity;
	}
	if (thing->remote == SIZE_MAX)
		return NULL;
	*ret = trial->remote_numbers[thing->remote];
	return trial->world->plan->remotes[thing->remote].quantity;
}

static bool is_of(const struct live_thing *thing, const struct config_component *component)
{
	return world_is_same(thing->component, component);
}

bool live_thing_has_plug(const struct live_room *room, const struct live_thing *thing)
{
	const struct plan *plan = room->trial->world->plan;

	for (size_t i = 0; i < plan->lines_n; i++)
		if (is_of(thing, plan->lines[i].component))
			return true;
	return thing->channel != SIZE_MAX || thing->remote != SIZE_MAX;
}

bool live_thing_is_unplugged(const struct live_room *room, const struct live_thing *thing)
{
	const struct trial *trial = room->trial;
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->lines_n; i++)
		if (is_of(thing, plan->lines[i].component) && !trial->world->chips_plugged[plan->lines[i].chip])
			return true;
	if (thing->channel != SIZE_MAX && !trial->world->devices_plugged[plan->channels[thing->channel].device])
		return true;
	return thing->remote != SIZE_MAX && !trial->remotes_plugged[thing->remote];
}

/* --- devices --------------------------------------------------------------------------------- */

static const char *separator(FILE *stream)
{
	return ftell(stream) > 0 ? "  " : "";
}

static void print_lines(const struct live_room *room, const struct live_thing *thing, FILE *stream)
{
	const struct world *world = room->trial->world;
	bool active;

	for (size_t i = 0; i < world->plan->lines_n; i++) {
		const struct plan_line *line = &world->plan->lines[i];

		if (!is_of(thing, line->component))
			continue;
		fprintf(stream, "%s%s ", separator(stream), line->text);
		fputs(see_line(world, line, &active) ? active ? VIEW_ACTIVE : VIEW_INACTIVE : "unplugged", stream);
	}
}

/* What it was given, which the service may not have read yet. */
static void print_value(const struct live_room *room, const struct live_thing *thing, FILE *stream)
{
	const struct trial *trial = room->trial;
	const struct plan *plan = trial->world->plan;
	double value;
	const struct quantity *quantity = live_thing_quantity(room, thing, &value);

	if (thing->channel != SIZE_MAX)
		fprintf(stream, "%s%s ", separator(stream), plan->devices[plan->channels[thing->channel].device].word);
	else if (thing->remote != SIZE_MAX)
		fprintf(stream, "%s%s ", separator(stream), plan->remotes[thing->remote].text);
	else
		return;
	if (live_thing_is_unplugged(room, thing))
		fputs("unplugged", stream);
	else if (quantity)
		fprintf(stream, "%.*f %s", (int)quantity->precision, value, quantity->unit);
	else
		fputs(live_thing_is_active(room, thing) ? VIEW_ACTIVE : VIEW_INACTIVE, stream);
}

static void print_pwm(const struct live_room *room, const struct live_thing *thing, FILE *stream)
{
	const struct plan *plan = room->trial->world->plan;

	for (size_t i = 0; i < plan->pwms_n; i++)
		if (is_of(thing, plan->pwms[i].component))
			fprintf(stream, "%s%s", separator(stream), plan->pwms[i].text);
}

static char *devices_of(const struct live_room *room, const struct live_thing *thing)
{
	_cleanup_(cleanup_free) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	print_lines(room, thing, stream);
	print_value(room, thing, stream);
	print_pwm(room, thing, stream);
	return fclose(stream) == 0 ? text_escape(text) : NULL;
}

/* --- states ---------------------------------------------------------------------------------- */

/* As the service says it; NULL: it does not. */
static char *ask_state(const struct live_room *room, const struct live_thing *thing, bool *ret_wrong)
{
	struct service *service = room->trial->service;
	const struct config_component *component = thing->component;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(json_freep) struct json_object *why = NULL;
	struct problem problem;

	if (service->pid <= 0 || !service->name_is_there ||
	    service_call(service, component->class->kind, component->name, "Why", &reply, &problem) < 0 ||
	    json_from_message(reply, &why) < 0)
		return NULL;
	*ret_wrong = strncmp(member_text(why, "state"), "unavailable", strlen("unavailable")) == 0;
	return text_escape(member_text(why, "state"));
}

/* True: it was another one. */
static bool replace(char **text, char *now)
{
	bool differs = !*text || !now || strcmp(*text, now) != 0;

	free(*text);
	*text = now;
	return differs;
}

static void ask(struct live_room *room, size_t i, uint64_t now_ns)
{
	struct live_thing *thing = &room->things[i];
	struct view_row *row = &room->rows[i];
	bool was_known = row->state;

	thing->is_stale = false;
	row->is_wrong = false;
	if (replace(&row->state, ask_state(room, thing, &row->is_wrong)) && was_known && row->state)
		thing->changed_ns = now_ns;
}

void live_room_stir(struct live_room *room)
{
	for (size_t i = 0; i < room->n; i++)
		room->things[i].is_stale = true;
}

/* A value may change without an event that is told; so each has its turn. */
static void ask_some(struct live_room *room, uint64_t now_ns)
{
	size_t asked = 0;

	for (size_t i = 0; i < room->n && asked < ASKED_AT_ONCE; i++) {
		size_t at = (room->next + i) % room->n;

		if (!room->things[at].is_stale && i > 0)
			continue;
		ask(room, at, now_ns);
		asked++;
	}
	room->next = room->n > 0 ? (room->next + 1) % room->n : 0;
}

void live_room_look(struct live_room *room, uint64_t now_ns)
{
	ask_some(room, now_ns);
	for (size_t i = 0; i < room->n; i++) {
		const struct live_thing *thing = &room->things[i];

		replace(&room->rows[i].devices, devices_of(room, thing));
		room->rows[i].changed = thing->changed_ns > 0 && now_ns - thing->changed_ns < CHANGED_NS;
	}
}
