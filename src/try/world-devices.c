#define _GNU_SOURCE
#include "try/world-devices.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/pwm-find.h"
#include "try/files.h"
#include "try/folder.h"

#define ID_SIZE 64
#define TEXT_SIZE 128
#define PWM "/sys/class/pwm"
#define HWMON "/sys/class/hwmon"
#define FAN_FIRST 200 /* of hwmon, beside those that measure */

static const char *const folders[] = {
	[PLAN_IIO] = "/sys/bus/iio/devices",
	[PLAN_HWMON] = HWMON,
	[PLAN_W1] = "/sys/bus/w1/devices",
};

static char *id_of(const struct plan_device *device, char id[static ID_SIZE])
{
	if (device->kind == PLAN_W1)
		snprintf(id, ID_SIZE, "%.*s", ID_SIZE - 1, device->word);
	else
		snprintf(id, ID_SIZE, "%s%u", device->kind == PLAN_IIO ? "iio:device" : "hwmon", device->number);
	return id;
}

/* --- what is measured ------------------------------------------------------------------------ */

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* "temp2" is a channel; anything else, but IIO's word for the quantity, is a label. */
static bool is_channel(const char *text, const char *type)
{
	size_t length = strspn(text, LETTERS);

	return length == strlen(type) && strncmp(text, type, length) == 0 && text[length] &&
	       !text[length + strspn(text + length, "0123456789")];
}

static int set_hwmon(const char *id, const struct plan_channel *channel, unsigned number, double value,
                     struct problem *problem)
{
	const struct quantity *quantity = channel->quantity;
	bool any = strcmp(channel->channel, quantity->hwmon.type) == 0 ||
	           (quantity->iio.type && strcmp(channel->channel, quantity->iio.type) == 0);
	char name[ID_SIZE], file[ID_SIZE + 16], text[TEXT_SIZE];
	int r = 0;

	if (is_channel(channel->channel, quantity->hwmon.type))
		snprintf(name, sizeof name, "%.40s", channel->channel);
	else
		snprintf(name, sizeof name, "%s%u", quantity->hwmon.type, any ? 1 : number);
	snprintf(file, sizeof file, "%s_label", name);
	snprintf(text, sizeof text, "%.100s\n", channel->channel);
	if (!any && !is_channel(channel->channel, quantity->hwmon.type))
		r = attribute_set(HWMON, id, file, text, problem);
	if (r < 0)
		return r;
	snprintf(file, sizeof file, "%s_input", name);
	snprintf(text, sizeof text, "%.0f\n", round(value * quantity->hwmon.per_unit));
	return attribute_set(HWMON, id, file, text, problem);
}

static int set_iio(const char *id, const struct plan_channel *channel, double value, struct problem *problem)
{
	char file[TEXT_SIZE], text[TEXT_SIZE];

	snprintf(file, sizeof file, "in_%.100s_input", channel->channel);
	snprintf(text, sizeof text, "%.9f\n", value * channel->quantity->iio.per_unit);
	return attribute_set(folders[PLAN_IIO], id, file, text, problem);
}

/* As w1_therm writes it; the nine bytes stand for nothing. */
static int set_w1(const char *id, double value, struct problem *problem)
{
	static const char bytes[] = "50 05 4b 46 7f ff 0c 10 1c";
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "%s : crc=1c YES\n%s t=%.0f\n", bytes, bytes, round(value * 1000));
	return attribute_set(folders[PLAN_W1], id, "w1_slave", text, problem);
}

int world_channel_set(const struct plan *plan, size_t i, double value, struct problem *problem)
{
	const struct plan_channel *channel = &plan->channels[i];
	const struct plan_device *device = &plan->devices[channel->device];
	char id[ID_SIZE];

	id_of(device, id);
	switch (device->kind) {
	case PLAN_HWMON:
		return set_hwmon(id, channel, 100 + (unsigned)i, value, problem);
	case PLAN_W1:
		return set_w1(id, value, problem);
	default:
		return set_iio(id, channel, value, problem);
	}
}

/* --- the devices ----------------------------------------------------------------------------- */

static int set_name(const struct plan_device *device, struct problem *problem)
{
	char id[ID_SIZE], text[TEXT_SIZE];

	id_of(device, id);
	snprintf(text, sizeof text, "%.100s\n", strcmp(device->word, id) == 0 ? "simulated" : device->word);
	return device->kind == PLAN_W1 ? 0 : attribute_set(folders[device->kind], id, "name", text, problem);
}

int world_device_plug(const struct plan *plan, size_t device, const double *values, struct problem *problem)
{
	int r = set_name(&plan->devices[device], problem);

	for (size_t i = 0; r >= 0 && i < plan->channels_n; i++)
		if (plan->channels[i].device == device)
			r = world_channel_set(plan, i, values[i], problem);
	return r;
}

int world_device_unplug(const struct plan *plan, size_t device, struct problem *problem)
{
	char id[ID_SIZE];

	return device_remove(folders[plan->devices[device].kind], id_of(&plan->devices[device], id), problem);
}

/* --- outputs --------------------------------------------------------------------------------- */

static int make_fan(const struct pwm_name *name, unsigned number, struct problem *problem)
{
	char id[ID_SIZE], file[32], text[SYSFS_TEXT_SIZE + 2];
	int r;

	snprintf(id, sizeof id, "hwmon%u", FAN_FIRST + number);
	snprintf(text, sizeof text, "%s\n", name->device);
	snprintf(file, sizeof file, "pwm%u", name->channel);
	r = attribute_set(HWMON, id, "name", text, problem);
	return r < 0 ? r : attribute_set(HWMON, id, file, "0\n", problem);
}

/* A channel that is exported already. */
static int make_channel(const char *chip, unsigned channel, struct problem *problem)
{
	static const char *const files[] = { "period", "duty_cycle", "enable" };
	char folder[sizeof PWM + ID_SIZE], device[32];
	int r = 0;

	snprintf(folder, sizeof folder, PWM "/%s", chip);
	snprintf(device, sizeof device, "pwm%u", channel);
	for (size_t i = 0; r >= 0 && i < ELEMENTS(files); i++)
		r = attribute_set(folder, device, files[i], "0\n", problem);
	return r;
}

static int make_chip(const struct pwm_name *name, unsigned number, struct problem *problem)
{
	char id[ID_SIZE], target[SYSFS_TEXT_SIZE + 16];
	bool by_id = strncmp(name->device, "pwmchip", strlen("pwmchip")) == 0;
	int r;

	snprintf(id, sizeof id, "%.40s", name->device);
	if (!by_id)
		snprintf(id, sizeof id, "pwmchip%u", 100 + number);
	snprintf(target, sizeof target, "../../../%s", by_id ? "simulated.pwm" : name->device);
	r = attribute_set(PWM, id, "npwm", "16\n", problem);
	if (r >= 0)
		r = attribute_link(PWM, id, "device", target, problem);
	return r < 0 ? r : make_channel(id, name->channel, problem);
}

/* Those of one chip have a folder together. */
static unsigned first_of(const struct plan *plan, size_t i)
{
	size_t length = (size_t)(strrchr(plan->pwms[i].text, ':') - plan->pwms[i].text);

	for (size_t j = 0; j < i; j++)
		if (strncmp(plan->pwms[i].text, plan->pwms[j].text, length + 1) == 0)
			return (unsigned)j;
	return (unsigned)i;
}

static int make_output(const struct plan *plan, size_t i, struct problem *problem)
{
	struct pwm_name name;
	int r = pwm_parse(plan->pwms[i].text, &name, problem);

	if (r < 0)
		return r;
	if (name.device[0] == '/')
		return problem_set(problem, -EOPNOTSUPP, "Pwm=%s: expected a name, because a path below "
			"/sys cannot be simulated",
		                   plan->pwms[i].text);
	return name.hwmon ? make_fan(&name, first_of(plan, i), problem) : make_chip(&name, first_of(plan, i), problem);
}

/* --- the kernel's ---------------------------------------------------------------------------- */

struct place {
	const char *folder, *module;
};

static bool needs(const struct plan *plan, const char *folder)
{
	for (size_t i = 0; i < plan->devices_n; i++)
		if (strcmp(folders[plan->devices[i].kind], folder) == 0)
			return true;
	for (size_t i = 0; i < plan->pwms_n; i++)
		if (strcmp(strncmp(plan->pwms[i].text, "hwmon:", strlen("hwmon:")) == 0 ? HWMON : PWM, folder) == 0)
			return true;
	return false;
}

/* Where there is none, no device of the machine's is to be hidden either. */
static int cover(const struct plan *plan, const struct place *place, struct problem *problem)
{
	bool needed = needs(plan, place->folder);

	if (needed && access(place->folder, F_OK) < 0)
		module_load(place->module);
	if (access(place->folder, F_OK) == 0)
		return folder_cover(place->folder, problem);
	if (!needed)
		return 0;
	return problem_set(problem, -EOPNOTSUPP,
	                   "%s, where devices are simulated, is not there: the kernel has no module %s; "
	                   "expected a kernel with it, such as the test kernel", place->folder, place->module);
}

int world_devices_cover(const struct plan *plan, struct problem *problem)
{
	static const struct place places[] = {
		{ "/sys/bus/iio/devices", "industrialio" }, { HWMON, "hwmon" }, { "/sys/bus/w1/devices", "wire" },
		{ PWM, "pwm_core" }, { "/sys/class/thermal", "" },
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ELEMENTS(places); i++)
		r = cover(plan, &places[i], problem);
	for (size_t i = 0; r >= 0 && i < plan->pwms_n; i++)
		r = make_output(plan, i, problem);
	return r;
}
