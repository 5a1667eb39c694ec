#define _GNU_SOURCE
#include "try/chip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "try/files.h"

#define DEVICES "/sys/bus/gpio/devices"

/* --- in configfs ----------------------------------------------------------------------------- */

static char *config_path(const struct sim_chip *chip, const char *file, char path[static CHIP_PATH_SIZE])
{
	snprintf(path, CHIP_PATH_SIZE, CHIP_CONFIGFS "/%s%s%s", chip->name, *file ? "/" : "", file);
	return path;
}

static int make(const struct sim_chip *chip, const char *folder, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];

	return folder_make(config_path(chip, folder, path), 0755, problem);
}

static int set(const struct sim_chip *chip, const char *file, const char *text, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];

	return file_put(config_path(chip, file, path), text, problem);
}

static int make_line(const struct sim_chip *chip, unsigned offset, const char *name, struct problem *problem)
{
	char folder[32], file[48];
	int r;

	if (!*name)
		return 0;
	snprintf(folder, sizeof folder, "bank0/line%u", offset);
	snprintf(file, sizeof file, "%s/name", folder);
	r = make(chip, folder, problem);
	return r < 0 ? r : set(chip, file, name, problem);
}

static int make_lines(const struct sim_chip *chip, const char *const *names, struct problem *problem)
{
	int r = 0;

	for (unsigned i = 0; r >= 0 && names && names[i]; i++)
		r = make_line(chip, i, names[i], problem);
	return r;
}

static int make_bank(const struct sim_chip *chip, const char *label, const char *const *names, struct problem *problem)
{
	char lines[16];
	int r;

	snprintf(lines, sizeof lines, "%u", chip->lines);
	r = make(chip, "", problem);
	if (r >= 0)
		r = make(chip, "bank0", problem);
	if (r >= 0)
		r = set(chip, "bank0/num_lines", lines, problem);
	if (r >= 0)
		r = set(chip, "bank0/label", label, problem);
	return r < 0 ? r : make_lines(chip, names, problem);
}

static unsigned count(const char *const *names)
{
	unsigned n = 0;

	while (names && names[n])
		n++;
	return n;
}

int chip_make(struct sim_chip *chip, const char *label, const char *const *line_names, unsigned lines,
              struct problem *problem)
{
	static unsigned number;
	unsigned named = count(line_names);
	int r;

	*chip = (struct sim_chip){ .lines = lines > named ? lines : named };
	if (chip->lines > CHIP_LINES_MAX)
		return problem_set(problem, -ERANGE, "chip %s: a simulated chip has at most %u lines; expected fewer, not %u",
		                   label, CHIP_LINES_MAX, chip->lines);
	if (access(CHIP_CONFIGFS, F_OK) < 0)
		module_load("gpio-sim");
	if (access(CHIP_CONFIGFS, F_OK) < 0)
		return problem_set(problem, -EOPNOTSUPP,
		                   "%s is not there: this kernel has no gpio-sim (Debian's have none), or configfs is "
		                   "not mounted. On x86-64 scripts/try in roomd's source folder brings a kernel that has it; else: "
		                   "modprobe gpio-sim; mount -t configfs configfs /sys/kernel/config",
		                   CHIP_CONFIGFS);
	if (chip->lines < CHIP_LINES_MIN)
		chip->lines = CHIP_LINES_MIN;
	snprintf(chip->name, sizeof chip->name, "%.32s-%d-%u", label, (int)getpid(), number++);
	r = make_bank(chip, label, line_names, problem);
	if (r >= 0)
		r = chip_plug(chip, problem);
	if (r < 0)
		chip_remove(chip, NULL);
	return r;
}

int chip_plug(struct sim_chip *chip, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];
	int r = set(chip, "live", "1", problem);

	return r < 0 ? r : file_get(config_path(chip, "bank0/chip_name", path), chip->device, sizeof chip->device, problem);
}

int chip_unplug(struct sim_chip *chip, struct problem *problem)
{
	int r = set(chip, "live", "0", problem);

	if (r >= 0)
		chip->device[0] = '\0';
	return r;
}

static int remove_line(const struct sim_chip *chip, unsigned offset, struct problem *problem)
{
	char folder[48], path[CHIP_PATH_SIZE];
	int r;

	snprintf(folder, sizeof folder, "bank0/line%u/hog", offset);
	r = folder_remove(config_path(chip, folder, path), problem);
	if (r < 0)
		return r;
	snprintf(folder, sizeof folder, "bank0/line%u", offset);
	return folder_remove(config_path(chip, folder, path), problem);
}

int chip_remove(struct sim_chip *chip, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];
	int r = 0;

	if (chip->device[0])
		r = chip_unplug(chip, problem);
	for (unsigned i = 0; r >= 0 && i < chip->lines; i++)
		r = remove_line(chip, i, problem);
	if (r >= 0)
		r = folder_remove(config_path(chip, "bank0", path), problem);
	if (r >= 0)
		r = folder_remove(config_path(chip, "", path), problem);
	if (r >= 0)
		chip->name[0] = '\0';
	return r;
}

/* --- its lines ------------------------------------------------------------------------------- */

char *chip_line_path(const struct sim_chip *chip, unsigned offset, const char *file, char path[static CHIP_PATH_SIZE])
{
	snprintf(path, CHIP_PATH_SIZE, DEVICES "/%s/sim_gpio%u/%s", chip->device, offset, file);
	return path;
}

int chip_pull(const struct sim_chip *chip, unsigned offset, bool high, struct problem *problem)
{
	char path[CHIP_PATH_SIZE];

	return file_put(chip_line_path(chip, offset, "pull", path), high ? "pull-up" : "pull-down", problem);
}

int chip_level(const struct sim_chip *chip, unsigned offset, bool *ret, struct problem *problem)
{
	char path[CHIP_PATH_SIZE], value[8];
	int r = file_get(chip_line_path(chip, offset, "value", path), value, sizeof value, problem);

	if (r >= 0)
		*ret = value[0] == '1';
	return r;
}

int chip_number(const struct sim_chip *chip, dev_t *ret, struct problem *problem)
{
	char path[CHIP_PATH_SIZE], text[32];
	unsigned major_number, minor_number;
	int r;

	snprintf(path, sizeof path, DEVICES "/%s/dev", chip->device);
	r = file_get(path, text, sizeof text, problem);
	if (r < 0)
		return r;
	if (sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return problem_set(problem, -EBADMSG, "%s: it is '%s'; expected two numbers", path, text);
	*ret = makedev(major_number, minor_number);
	return 0;
}
