#include "io/pwm-channel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define FULL 100
#define HWMON_FULL 255
#define HWMON_MANUAL 1
#define FILE_SIZE 64

static const char *root_of(const struct pwm_settings *settings)
{
	return settings->root ? settings->root : "/sys";
}

static uint64_t period_of(const struct pwm_settings *settings)
{
	return settings->period_ns ? settings->period_ns : PWM_PERIOD_DEFAULT_NS;
}

static unsigned part_of(const struct pwm_settings *settings, int percent)
{
	return (unsigned)(settings->inverted ? FULL - percent : percent);
}

/* --- attributes ---------------------------------------------------------------------------------- */

/* "pwm1/period" of a channel, "pwm1_enable" of a fan. */
static char *file_of(const struct pwm_channel *channel, const char *name, char file[static FILE_SIZE])
{
	snprintf(file, FILE_SIZE, "%s%s%s", channel->attributes, channel->name.hwmon ? "" : "/", name);
	return file;
}

/* What to do about it, for those who read the sentence. */
static int refuse_write(const struct pwm_channel *channel, const struct pwm_settings *settings, const char *file,
                        int error, struct problem *problem)
{
	char path[SYSFS_TEXT_SIZE];

	if (error == -EROFS)
		return problem_set(problem, error,
		                   "output %s, %s: the service's sandbox has /sys read-only; expected "
		                   "ReadWritePaths=%s in a drop-in",
		                   settings->channel, file, pwm_device_path(&channel->place, path));
	if (error == -EACCES || error == -EPERM)
		return problem_set(problem, error,
		                   "output %s (%s), %s: %s (the service's user has to be in its group, and the "
		                   "group may have to be given to it by a rule of udev's)",
		                   settings->channel, channel->place.id, file, problem_errno(error));
	return problem_set(problem, error, "output %s (%s), %s: writing failed: %s", settings->channel,
	                   channel->place.id, file, problem_errno(error));
}

static int write_number(const struct pwm_channel *channel, const struct pwm_settings *settings, const char *file,
                        uint64_t number, struct problem *problem)
{
	char text[24];
	int r;

	snprintf(text, sizeof text, "%" PRIu64, number);
	r = sysfs_write(channel->place.folder, file, text);
	return r < 0 ? refuse_write(channel, settings, file, r, problem) : 0;
}

static int read_number(const struct pwm_channel *channel, const struct pwm_settings *settings, const char *name,
                       uint64_t *ret, struct problem *problem)
{
	char file[FILE_SIZE];
	struct problem why;
	double number;
	int r = sysfs_read_number(channel->place.folder, file_of(channel, name, file), &number, &why);

	if (r < 0)
		return problem_set(problem, r, "output %s (%s)%s", settings->channel, channel->place.id, why.text);
	*ret = number > 0 ? (uint64_t)number : 0;
	return 0;
}

/* Writes what is not so already. */
static int make(const struct pwm_channel *channel, const struct pwm_settings *settings, const char *name,
                uint64_t is, uint64_t wanted, struct problem *problem)
{
	char file[FILE_SIZE];

	if (is == wanted)
		return 0;
	return write_number(channel, settings, file_of(channel, name, file), wanted, problem);
}

/* --- a channel of the pwm class ------------------------------------------------------------------ */

static int refuse_busy(const struct pwm_channel *channel, const struct pwm_settings *settings,
                       struct problem *problem)
{
	return problem_set(problem, -EBUSY,
	                   "output %s (%s): a driver of the kernel's has this channel; expected one that none has, "
	                   "or, if it is pwm-fan's, hwmon:pwmfan:pwm1",
	                   settings->channel, channel->place.id);
}

static int check_number(const struct pwm_channel *channel, const struct pwm_settings *settings,
                        struct problem *problem)
{
	struct problem why;
	double channels;
	int r = sysfs_read_number(channel->place.folder, "npwm", &channels, &why);

	if (r < 0)
		return problem_set(problem, r, "output %s (%s)%s", settings->channel, channel->place.id, why.text);
	if (channel->name.channel < channels)
		return 0;
	return problem_set(problem, -ENODEV, "output %s: %s has no channel %u; it has %.0f, from 0 on",
	                   settings->channel, channel->place.id, channel->name.channel, channels);
}

/* Whoever exported it: it stays so. */
static bool is_exported(const struct pwm_channel *channel)
{
	struct stat st;

	return fstatat(channel->place.folder, channel->attributes, &st, 0) == 0;
}

static int take_channel(const struct pwm_channel *channel, const struct pwm_settings *settings,
                        struct problem *problem)
{
	int r = check_number(channel, settings, problem);

	if (r < 0 || is_exported(channel))
		return r;
	r = write_number(channel, settings, "export", channel->name.channel, problem);
	if (r == -EBUSY)
		return is_exported(channel) ? 0 : refuse_busy(channel, settings, problem);
	return r;
}

static int refuse_period(const struct pwm_channel *channel, const struct pwm_settings *settings, int error,
                         struct problem *problem)
{
	return problem_set(problem, error, "output %s (%s): the chip does not take a period of %" PRIu64 " ns: %s",
	                   settings->channel, channel->place.id, period_of(settings),
	                   error == -EBUSY ? "its channels have one in common, and another channel is on"
	                                   : problem_errno(error));
}

/* A period that the chip cannot have leaves all as it was. */
static int set_period(const struct pwm_channel *channel, const struct pwm_settings *settings, uint64_t period_ns,
                      uint64_t duty_ns, uint64_t old_duty_ns, struct problem *problem)
{
	int r = make(channel, settings, "period", period_ns, period_of(settings), problem);

	if (r >= 0)
		return 0;
	make(channel, settings, "duty_cycle", duty_ns, old_duty_ns, NULL);
	return r == -EINVAL || r == -ERANGE || r == -EBUSY ? refuse_period(channel, settings, r, problem) : r;
}

/* The kernel refuses a period that is shorter than the duty cycle, so that is shortened first. */
static int set_times(const struct pwm_channel *channel, const struct pwm_settings *settings, uint64_t duty_ns,
                     struct problem *problem)
{
	uint64_t old_period_ns, old_duty_ns, first_ns;
	int r = read_number(channel, settings, "period", &old_period_ns, problem);

	if (r >= 0)
		r = read_number(channel, settings, "duty_cycle", &old_duty_ns, problem);
	if (r < 0)
		return r;
	first_ns = old_duty_ns > period_of(settings) ? duty_ns : old_duty_ns;
	r = make(channel, settings, "duty_cycle", old_duty_ns, first_ns, problem);
	if (r >= 0)
		r = set_period(channel, settings, old_period_ns, first_ns, old_duty_ns, problem);
	return r < 0 ? r : make(channel, settings, "duty_cycle", first_ns, duty_ns, problem);
}

static int show_channel(const struct pwm_channel *channel, const struct pwm_settings *settings, int percent,
                        struct problem *problem)
{
	uint64_t period_ns = period_of(settings), part = part_of(settings, percent), enabled;
	uint64_t duty_ns = period_ns / FULL * part + period_ns % FULL * part / FULL;
	int r = set_times(channel, settings, duty_ns, problem);

	if (r >= 0)
		r = read_number(channel, settings, "enable", &enabled, problem);
	return r < 0 ? r : make(channel, settings, "enable", enabled, 1, problem);
}

/* --- a fan of hwmon's ---------------------------------------------------------------------------- */

static int take_fan(const struct pwm_channel *channel, const struct pwm_settings *settings,
                    struct problem *problem)
{
	struct stat st;

	if (fstatat(channel->place.folder, channel->attributes, &st, 0) < 0)
		return problem_set(problem, -ENODEV, "output %s: %s has no %s", settings->channel, channel->place.id,
		                   channel->attributes);
	return pwm_check_zones(root_of(settings), settings->channel, &channel->place, problem);
}

/* A chip that controls no fan by itself has no such attribute. */
static int control_by_hand(struct pwm_channel *channel, const struct pwm_settings *settings,
                           struct problem *problem)
{
	uint64_t mode;
	int r = read_number(channel, settings, "_enable", &mode, problem);

	if (r == -ENOENT)
		return 0;
	if (r < 0 || mode == HWMON_MANUAL)
		return r;
	r = make(channel, settings, "_enable", mode, HWMON_MANUAL, problem);
	if (r < 0)
		return r;
	channel->taken = true;
	channel->mode = (int)mode;
	return 0;
}

static int show_fan(struct pwm_channel *channel, const struct pwm_settings *settings, int percent,
                    struct problem *problem)
{
	uint64_t wanted = (part_of(settings, percent) * HWMON_FULL + FULL / 2) / FULL, value;
	int r = control_by_hand(channel, settings, problem);

	if (r >= 0)
		r = read_number(channel, settings, "", &value, problem);
	return r < 0 ? r : make(channel, settings, "", value, wanted, problem);
}

/* --- both ---------------------------------------------------------------------------------------- */

static int take(struct pwm_channel *channel, const struct pwm_settings *settings, struct problem *problem)
{
	int r;

	r = pwm_parse(settings->channel, &channel->name, problem);
	if (r >= 0)
		r = pwm_find(root_of(settings), &channel->name, settings->channel, &channel->place, problem);
	if (r < 0)
		return r;
	channel->open = true;
	snprintf(channel->attributes, sizeof channel->attributes, "pwm%u", channel->name.channel);
	return channel->name.hwmon ? take_fan(channel, settings, problem)
	                           : take_channel(channel, settings, problem);
}

static bool has_gone(const struct pwm_channel *channel)
{
	return !sysfs_is(channel->place.folder, channel->place.path) ||
	       (!channel->name.hwmon && !is_exported(channel));
}

/* Whoever has its number now is not it: it is looked for anew. */
static int open_channel(struct pwm_channel *channel, const struct pwm_settings *settings, struct problem *problem)
{
	int r;

	if (channel->open && !has_gone(channel))
		return 0;
	pwm_channel_close(channel);
	r = take(channel, settings, problem);
	if (r < 0)
		pwm_channel_close(channel);
	return r;
}

int pwm_channel_show(struct pwm_channel *channel, const struct pwm_settings *settings, int percent,
                     struct problem *problem)
{
	int r = open_channel(channel, settings, problem);

	if (r < 0)
		return r;
	r = channel->name.hwmon ? show_fan(channel, settings, percent, problem)
	                        : show_channel(channel, settings, percent, problem);
	if (r < 0 && has_gone(channel))
		r = problem_set(problem, -ENODEV, "output %s (%s): it has gone", settings->channel,
		                channel->place.id);
	if (r < 0)
		pwm_channel_close(channel);
	return r;
}

int pwm_channel_give_back(struct pwm_channel *channel, const struct pwm_settings *settings, int mode,
                          struct problem *problem)
{
	char file[FILE_SIZE];
	int r = open_channel(channel, settings, problem);

	if (r < 0 || !channel->name.hwmon)
		return r;
	r = write_number(channel, settings, file_of(channel, "_enable", file), (uint64_t)mode, problem);
	if (r >= 0)
		channel->taken = false;
	return r;
}

void pwm_channel_close(struct pwm_channel *channel)
{
	if (channel->open)
		close(channel->place.folder);
	*channel = (struct pwm_channel){ .taken = channel->taken, .mode = channel->mode };
}

char *pwm_channel_where(const struct pwm_channel *channel, char text[static PWM_WHERE_SIZE])
{
	snprintf(text, PWM_WHERE_SIZE, "%s (%s), %s%s", channel->place.id, channel->place.name,
	         channel->name.hwmon ? "" : "channel ", channel->attributes + (channel->name.hwmon ? 0 : 3));
	return text;
}
