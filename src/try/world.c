#define _GNU_SOURCE
#include "try/world.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "try/files.h"
#include "try/world-dev.h"
#include "try/world-devices.h"


static int fail(struct problem *problem, const char *what)
{
	int error = -errno;

	return problem_set(problem, error, "%s: %s", what, problem_errno(error));
}

/* --- the namespace --------------------------------------------------------------------------- */

static int enter(struct world *world, struct problem *problem)
{
	int r;

	if (geteuid() != 0)
		return problem_set(problem, -EPERM, "expected to be run as root, because simulated lines "
			"are made in the kernel");
	if (unshare(CLONE_NEWNS) < 0)
		return fail(problem, "entering a mount namespace");
	world->entered = true;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail(problem, "making mounts private");
	r = folder_make(WORLD_FOLDER, 0755, problem);
	if (r < 0 && r != -EEXIST)
		return r;
	if (mount("roomd-try", WORLD_FOLDER, "tmpfs", MS_NOSUID, "mode=755") < 0)
		return fail(problem, "mounting " WORLD_FOLDER);
	return world_dev_mount(problem);
}

/* --- chips ----------------------------------------------------------------------------------- */

static bool is_wanted(const struct plan_chip *planned, const char *device)
{
	return planned->kind == PLAN_CHIP_OF_NODE && strcmp(planned->word, device) == 0;
}

/* The chip of the plan, not made yet, that should be the kernel's `device`; or else one that does not mind which it is. */
static size_t choose(const struct world *world, const char *device)
{
	const struct plan *plan = world->plan;
	size_t any = plan->chips_n, of_node = plan->chips_n;

	for (size_t i = 0; i < plan->chips_n; i++) {
		if (world->chips[i].name[0])
			continue;
		if (is_wanted(&plan->chips[i], device))
			return i;
		if (plan->chips[i].kind != PLAN_CHIP_OF_NODE && any == plan->chips_n)
			any = i;
		if (plan->chips[i].kind == PLAN_CHIP_OF_NODE && of_node == plan->chips_n)
			of_node = i;
	}
	return any < plan->chips_n ? any : of_node;
}

/* The number that the kernel gives next: the lowest that is free. */
static int next_device(char device[static sizeof(((struct sim_chip *)0)->device)], struct problem *problem)
{
	struct sim_chip probe;
	int r = chip_make(&probe, "roomd-try-probe", NULL, 1, problem);

	if (r < 0)
		return r;
	memcpy(device, probe.device, sizeof probe.device);
	return chip_remove(&probe, problem);
}

static int make_chip(struct world *world, size_t i, struct problem *problem)
{
	const struct plan_chip *planned = &world->plan->chips[i];
	const char *label = planned->kind == PLAN_CHIP_OF_LABEL ? planned->word : "roomd-try";
	int r = chip_make(&world->chips[i], label, planned->kind == PLAN_CHIP_OF_NAMES ? planned->names : NULL,
	                  planned->lines, problem);

	if (r < 0)
		return r;
	world->chips_plugged[i] = true;
	return world_dev_add(&world->chips[i], planned, problem);
}

static int make_chips(struct world *world, struct problem *problem)
{
	char device[sizeof world->bell.device];
	int r = 0;

	for (size_t n = 0; r >= 0 && n < world->plan->chips_n; n++) {
		r = next_device(device, problem);
		if (r >= 0)
			r = make_chip(world, choose(world, device), problem);
	}
	return r < 0 ? r : chip_make(&world->bell, "roomd-try-bell", NULL, 1, problem);
}

static int plug_chip(struct world *world, size_t i, bool plugged, struct problem *problem)
{
	const struct plan_chip *planned = &world->plan->chips[i];
	int r;

	if (world->chips_plugged[i] == plugged)
		return 0;
	if (!plugged)
		world_dev_remove(&world->chips[i], planned);
	r = plugged ? chip_plug(&world->chips[i], problem) : chip_unplug(&world->chips[i], problem);
	if (r < 0)
		return r;
	world->chips_plugged[i] = plugged;
	return plugged ? world_dev_add(&world->chips[i], planned, problem) : 0;
}

/* The kernel says that something has changed, which whoever misses something takes for a reason to look. */
static int ring(const struct world *world, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];

	snprintf(path, sizeof path, "/sys/bus/gpio/devices/%s/uevent", world->bell.device);
	return file_put(path, "change", problem);
}

/* --- all of it ------------------------------------------------------------------------------- */

static int allocate(struct world *world, const struct plan *plan, struct problem *problem)
{
	*world = (struct world){ .plan = plan };
	world->chips = calloc(plan->chips_n + 1, sizeof *world->chips);
	world->chips_plugged = calloc(plan->chips_n + 1, sizeof *world->chips_plugged);
	world->devices_plugged = calloc(plan->devices_n + 1, sizeof *world->devices_plugged);
	world->values = calloc(plan->channels_n + 1, sizeof *world->values);
	if (world->chips && world->chips_plugged && world->devices_plugged && world->values)
		return 0;
	return problem_set(problem, -ENOMEM, "out of memory");
}

int world_open(struct world *world, const struct plan *plan, struct problem *problem)
{
	int r;

	r = allocate(world, plan, problem);
	if (r >= 0)
		r = enter(world, problem);
	if (r >= 0)
		r = world_devices_cover(plan, problem);
	if (r >= 0)
		r = make_chips(world, problem);
	return r < 0 ? r : world_rest(world, problem);
}

void world_close(struct world *world)
{
	for (size_t i = 0; world->plan && world->chips && i < world->plan->chips_n; i++)
		if (world->chips[i].name[0])
			chip_remove(&world->chips[i], NULL);
	if (world->bell.name[0])
		chip_remove(&world->bell, NULL);
	free(world->chips);
	free(world->chips_plugged);
	free(world->devices_plugged);
	free(world->values);
	*world = (struct world){ 0 };
}

/* A channel of a device that has two is written twice, which nobody sees. */
static int rest_channels(struct world *world, struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; i < world->plan->channels_n; i++)
		world->values[i] = world->plan->channels[i].quantity->usual;
	for (size_t i = 0; r >= 0 && i < world->plan->devices_n; i++) {
		r = world_device_plug(world->plan, i, world->values, problem);
		world->devices_plugged[i] = true;
	}
	return r;
}

int world_rest(struct world *world, struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < world->plan->chips_n; i++)
		r = plug_chip(world, i, true, problem);
	for (size_t i = 0; r >= 0 && i < world->plan->lines_n; i++)
		if (world->plan->lines[i].input)
			r = world_set_line(world, &world->plan->lines[i], false, problem);
	return r < 0 ? r : rest_channels(world, problem);
}

int world_set_line(struct world *world, const struct plan_line *line, bool active, struct problem *problem)
{
	if (!world->chips_plugged[line->chip])
		return problem_set(problem, -ENODEV, "line %s: its chip is unplugged; expected 'plug %s' before", line->text,
		                   line->component->name);
	return chip_pull(&world->chips[line->chip], line->offset, active != line->active_low, problem);
}

int world_get_line(const struct world *world, const struct plan_line *line, bool *ret, struct problem *problem)
{
	int r = chip_level(&world->chips[line->chip], line->offset, ret, problem);

	if (r >= 0)
		*ret = *ret != line->active_low;
	return r;
}

int world_set_value(struct world *world, size_t channel, double value, struct problem *problem)
{
	world->values[channel] = value;
	if (!world->devices_plugged[world->plan->channels[channel].device])
		return 0; /* it shows it when it is back */
	return world_channel_set(world->plan, channel, value, problem);
}

bool world_is_same(const struct config_component *one, const struct config_component *other)
{
	return one->class == other->class && strcmp(one->name, other->name) == 0;
}

static int plug_device(struct world *world, size_t i, bool plugged, struct problem *problem)
{
	if (world->devices_plugged[i] == plugged)
		return 0;
	world->devices_plugged[i] = plugged;
	return plugged ? world_device_plug(world->plan, i, world->values, problem)
	               : world_device_unplug(world->plan, i, problem);
}

int world_plug(struct world *world, const struct config_component *component, bool plugged, struct problem *problem)
{
	const struct plan *plan = world->plan;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < plan->lines_n; i++)
		if (world_is_same(plan->lines[i].component, component))
			r = plug_chip(world, plan->lines[i].chip, plugged, problem);
	for (size_t i = 0; r >= 0 && i < plan->channels_n; i++)
		if (world_is_same(plan->channels[i].component, component))
			r = plug_device(world, plan->channels[i].device, plugged, problem);
	return r < 0 ? r : ring(world, problem);
}
