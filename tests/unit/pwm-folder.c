#define _GNU_SOURCE
#include "pwm-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/sysfs.h"

#define PATH_SIZE 256

char pwm_folder[PATH_SIZE];

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char written[1024], shown[1024];
	const char *file; /* that fails */
	int error, times;
	bool hangs;
	unsigned hanging;
} kernel = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

int __real_sysfs_write(int folder, const char *file, const char *text);
int __wrap_sysfs_write(int folder, const char *file, const char *text);

/* --- the kernel's side --------------------------------------------------------------------------- */

static bool ends_in(const char *file, const char *end)
{
	size_t length = strlen(file), end_length = strlen(end);

	return length >= end_length && strcmp(file + length - end_length, end) == 0;
}

static double number_of(int folder, const char *file)
{
	double number = 0;

	assert_int_equal(sysfs_read_number(folder, file, &number, NULL), 0);
	return number;
}

static int export(int folder, const char *channel)
{
	static const char *const attributes[] = { "period", "duty_cycle", "enable" };
	char path[64];

	if (atoi(channel) >= number_of(folder, "npwm"))
		return -ENODEV;
	snprintf(path, sizeof path, "pwm%s", channel);
	if (mkdirat(folder, path, 0755) < 0)
		return -EBUSY;
	for (size_t i = 0; i < ELEMENTS(attributes); i++) {
		int fd;

		snprintf(path, sizeof path, "pwm%s/%s", channel, attributes[i]);
		fd = openat(folder, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, "0\n", 2), 2);
		close(fd);
	}
	return 0;
}

/* The other of the two times. */
static double other_time(int folder, const char *file, const char *name)
{
	char other[64];

	snprintf(other, sizeof other, "%.*s/%s", (int)strcspn(file, "/"), file, name);
	return number_of(folder, other);
}

static int check_times(int folder, const char *file, const char *text)
{
	double period, duty;

	if (!ends_in(file, "/period") && !ends_in(file, "/duty_cycle"))
		return 0;
	period = ends_in(file, "/period") ? atof(text) : other_time(folder, file, "period");
	duty = ends_in(file, "/duty_cycle") ? atof(text) : other_time(folder, file, "duty_cycle");
	return period == 0 || duty > period ? -EINVAL : 0;
}

static int planned_failure(const char *file)
{
	if (!kernel.file || !ends_in(file, kernel.file) || kernel.times == 0)
		return 0;
	if (kernel.times > 0)
		kernel.times--;
	return kernel.error;
}

static void note(const char *file, const char *text)
{
	size_t length = strlen(kernel.written);

	snprintf(kernel.written + length, sizeof kernel.written - length, "%s%s=%s", length ? " " : "", file, text);
	pthread_cond_broadcast(&kernel.changed);
}

int __wrap_sysfs_write(int folder, const char *file, const char *text)
{
	int r;

	pthread_mutex_lock(&kernel.lock);
	kernel.hanging++;
	pthread_cond_broadcast(&kernel.changed);
	while (kernel.hangs)
		pthread_cond_wait(&kernel.changed, &kernel.lock);
	kernel.hanging--;
	r = planned_failure(file);
	if (r == 0)
		r = check_times(folder, file, text);
	if (r == 0)
		note(file, text);
	pthread_mutex_unlock(&kernel.lock);
	if (r < 0)
		return r;
	return strcmp(file, "export") == 0 ? export(folder, text) : __real_sysfs_write(folder, file, text);
}

void pwm_folder_fail(const char *file, int error, int times)
{
	pthread_mutex_lock(&kernel.lock);
	kernel.file = file;
	kernel.error = error;
	kernel.times = times;
	pthread_mutex_unlock(&kernel.lock);
}

static void set_hanging(bool hangs)
{
	pthread_mutex_lock(&kernel.lock);
	kernel.hangs = hangs;
	pthread_cond_broadcast(&kernel.changed);
	pthread_mutex_unlock(&kernel.lock);
}

void pwm_folder_hang(void)
{
	set_hanging(true);
}

void pwm_folder_go_on(void)
{
	set_hanging(false);
}

void pwm_folder_wait_hanging(void)
{
	pthread_mutex_lock(&kernel.lock);
	while (kernel.hanging == 0)
		pthread_cond_wait(&kernel.changed, &kernel.lock);
	pthread_mutex_unlock(&kernel.lock);
}

void pwm_folder_wait_written(void)
{
	pthread_mutex_lock(&kernel.lock);
	while (!*kernel.written)
		pthread_cond_wait(&kernel.changed, &kernel.lock);
	pthread_mutex_unlock(&kernel.lock);
}

const char *pwm_folder_written(void)
{
	pthread_mutex_lock(&kernel.lock);
	memcpy(kernel.shown, kernel.written, sizeof kernel.shown);
	*kernel.written = '\0';
	pthread_mutex_unlock(&kernel.lock);
	return kernel.shown;
}

/* --- the folder ---------------------------------------------------------------------------------- */

static char *below(const char *path, char full[static PATH_MAX])
{
	snprintf(full, PATH_MAX, "%s/%s", pwm_folder, path);
	return full;
}

static void make_folders(const char *path)
{
	char full[PATH_MAX];

	below(path, full);
	for (char *slash = full + strlen(pwm_folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

void pwm_folder_put(const char *path, const char *text)
{
	char full[PATH_MAX];
	FILE *file;

	make_folders(path);
	file = fopen(below(path, full), "we");
	assert_non_null(file);
	fprintf(file, "%s\n", text);
	assert_int_equal(fclose(file), 0);
}

void pwm_folder_expect(const char *path, const char *text)
{
	char is[SYSFS_TEXT_SIZE];
	int folder = sysfs_open(pwm_folder);

	sysfs_read_name(folder, path, is);
	close(folder);
	assert_string_equal(is, text);
}

void pwm_folder_plug_chip(const char *id, const char *name, const char *channels)
{
	char path[PATH_SIZE], full[PATH_MAX], target[PATH_SIZE];

	snprintf(path, sizeof path, "class/pwm/%s/npwm", id);
	pwm_folder_put(path, channels);
	snprintf(path, sizeof path, "devices/%s/uevent", name);
	pwm_folder_put(path, "");
	snprintf(path, sizeof path, "class/pwm/%s/device", id);
	snprintf(target, sizeof target, "../../../devices/%s", name);
	assert_int_equal(symlink(target, below(path, full)), 0);
}

void pwm_folder_plug_fan(const char *id, const char *name, const char *pwm, const char *enable)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "class/hwmon/%s/name", id);
	pwm_folder_put(path, name);
	snprintf(path, sizeof path, "class/hwmon/%s/pwm1", id);
	pwm_folder_put(path, pwm);
	snprintf(path, sizeof path, "class/hwmon/%s/pwm1_enable", id);
	if (enable)
		pwm_folder_put(path, enable);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

void pwm_folder_unplug(const char *path)
{
	char full[PATH_MAX];

	assert_int_equal(nftw(below(path, full), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int pwm_folder_make(void **state)
{
	(void)state;
	snprintf(pwm_folder, sizeof pwm_folder, "%s/roomd-pwm.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	assert_non_null(mkdtemp(pwm_folder));
	pwm_folder_fail(NULL, 0, 0);
	pwm_folder_go_on();
	pwm_folder_written();
	return 0;
}

int pwm_folder_remove(void **state)
{
	(void)state;
	pwm_folder_unplug("");
	return 0;
}
