/* What the kernel's attributes say of a sensor: any text, of hwmon, Industrial I/O and 1-Wire. A reading is a finite number, or an
 * error with a sentence that people can be shown; and what the sensor makes of it is a value, or none. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/components.h"
#include "fuzz.h"
#include "io/hwmon-read.h"
#include "io/iio-library.h"
#include "io/iio-read.h"
#include "io/sysfs.h"
#include "io/w1-text.h"
#include "sensor/limits.h"
#include "sensor/no-value.h"
#include "util/utf8.h"

#define VALUES_MAX 12

/* --- sysfs, in a folder of this program's --------------------------------------------------------- */

static char folder[64];

static const char *const files[] = { "name", "label", "temp1_input", "temp1_fault", "temp1_label", "humidity1_input" };

int __wrap_sysfs_open(const char *path);
bool __wrap_sysfs_is(int fd, const char *path);
struct sysfs_list __wrap_sysfs_list(int fd, const char *path, int (*filter)(const struct dirent *entry));
struct sysfs_list __real_sysfs_list(int fd, const char *path, int (*filter)(const struct dirent *entry));

/* Whatever device is asked for, it is this one. */
int __wrap_sysfs_open(const char *path)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)path;
	return fd < 0 ? -errno : fd;
}

bool __wrap_sysfs_is(int fd, const char *path)
{
	(void)fd, (void)path;
	return true;
}

/* A folder with a device in it is that of the folder. */
struct sysfs_list __wrap_sysfs_list(int fd, const char *path, int (*filter)(const struct dirent *entry))
{
	char parent[80];

	snprintf(parent, sizeof parent, "%s/class", folder);
	return __real_sysfs_list(fd, fd == AT_FDCWD ? parent : path, filter);
}

static void remove_folder(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ELEMENTS(files); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/class/hwmon0", folder);
	rmdir(path);
	snprintf(path, sizeof path, "%s/class", folder);
	rmdir(path);
	rmdir(folder);
}

static void make_folder(void)
{
	char path[PATH_MAX];

	snprintf(folder, sizeof folder, "%s/roomd-fuzz.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	FUZZ_CHECK(mkdtemp(folder));
	atexit(remove_folder);
	snprintf(path, sizeof path, "%s/class", folder);
	FUZZ_CHECK(mkdir(path, 0700) == 0);
	snprintf(path, sizeof path, "%s/class/hwmon0", folder);
	FUZZ_CHECK(mkdir(path, 0700) == 0);
}

/* As a driver might write it; or any text. */
static const char *attribute(struct fuzz *fuzz, char *buffer, size_t size)
{
	static const char *const texts[] = { "21500\n", "-0.062500\n", "0\n", "1", "18446744073709551615\n", "-18446744073709551615\n", "",
		                             "lm75\n", "nan\n", "1e3\n", "0x10\n", "85000\n", "0.000000001\n", "12 34\n" };

	return fuzz_bool(fuzz) ? fuzz_word(fuzz, texts) : fuzz_text(fuzz, buffer, size);
}

static void write_files(struct fuzz *fuzz)
{
	char path[PATH_MAX], text[300];

	for (size_t i = 0; i < ELEMENTS(files); i++) {
		const char *content = attribute(fuzz, text, sizeof text);
		int fd;

		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		FUZZ_CHECK(fd >= 0 && write(fd, content, strlen(content)) >= 0);
		close(fd);
	}
}

/* --- libiio, with one device and one channel ------------------------------------------------------- */

static struct {
	char name[300], id[300];
	char input[300], raw[300], scale[300], offset[300];
	bool has_input, has_raw, has_scale, has_offset, output;
	const char *type;
} device;

static ssize_t iio_read(const struct iio_channel *channel, const char *attribute_name, char *buffer, size_t size)
{
	const char *text = strcmp(attribute_name, "input") == 0   ? device.input
	                   : strcmp(attribute_name, "raw") == 0   ? device.raw
	                   : strcmp(attribute_name, "scale") == 0 ? device.scale
	                                                          : device.offset;

	(void)channel;
	return snprintf(buffer, size, "%s", text) < (int)size ? (ssize_t)strlen(text) + 1 : (ssize_t)size;
}

static const char *iio_find(const struct iio_channel *channel, const char *name)
{
	bool has = strcmp(name, "input") == 0   ? device.has_input
	           : strcmp(name, "raw") == 0   ? device.has_raw
	           : strcmp(name, "scale") == 0 ? device.has_scale
	                                        : device.has_offset;

	(void)channel;
	return has ? name : NULL;
}

static const char *iio_file(const struct iio_channel *channel, const char *name)
{
	(void)channel;
	return name;
}

static const char *iio_channel_id(const struct iio_channel *channel)
{
	(void)channel;
	return device.type;
}

static const char *iio_channel_name(const struct iio_channel *channel)
{
	(void)channel;
	return NULL;
}

static bool iio_is_output(const struct iio_channel *channel)
{
	(void)channel;
	return device.output;
}

static const char *iio_device_name(const struct iio_device *dev)
{
	(void)dev;
	return device.name;
}

static const char *iio_device_id(const struct iio_device *dev)
{
	(void)dev;
	return "iio:device0";
}

static unsigned iio_one_device(const struct iio_context *context)
{
	(void)context;
	return 1;
}

static unsigned iio_one_channel(const struct iio_device *dev)
{
	(void)dev;
	return 1;
}

static struct iio_device *iio_the_device(const struct iio_context *context, unsigned i)
{
	(void)context, (void)i;
	return (struct iio_device *)&device;
}

static struct iio_channel *iio_the_channel(const struct iio_device *dev, unsigned i)
{
	(void)dev, (void)i;
	return (struct iio_channel *)&device;
}

static struct iio_context *iio_open(const char *uri)
{
	(void)uri;
	return (struct iio_context *)&device;
}

static void iio_close(struct iio_context *context)
{
	(void)context;
}

static void set_up_iio(void)
{
	libiio = (struct iio_library){
		.channel_attr_get_filename = iio_file,
		.channel_attr_read = iio_read,
		.channel_find_attr = iio_find,
		.channel_get_id = iio_channel_id,
		.channel_get_name = iio_channel_name,
		.channel_is_output = iio_is_output,
		.context_destroy = iio_close,
		.context_get_device = iio_the_device,
		.context_get_devices_count = iio_one_device,
		.create_context_from_uri = iio_open,
		.device_get_channel = iio_the_channel,
		.device_get_channels_count = iio_one_channel,
		.device_get_id = iio_device_id,
		.device_get_label = iio_device_name,
		.device_get_name = iio_device_name,
	};
}

static void fill(struct fuzz *fuzz, char *text)
{
	char buffer[300];

	snprintf(text, sizeof buffer, "%s", attribute(fuzz, buffer, sizeof buffer));
}

static void make_device(struct fuzz *fuzz, const struct quantity *quantity)
{
	uint8_t has = fuzz_u8(fuzz);

	device.has_input = has & 1;
	device.has_raw = has & 2;
	device.has_scale = has & 4;
	device.has_offset = has & 8;
	device.output = (has & 0xf0) == 0xf0;
	fill(fuzz, device.name);
	fill(fuzz, device.input);
	fill(fuzz, device.raw);
	fill(fuzz, device.scale);
	fill(fuzz, device.offset);
	fill(fuzz, device.id);
	device.type = fuzz_choice(fuzz, 8) > 0 ? quantity->iio.type : device.id;
}

/* --- what comes of it ------------------------------------------------------------------------------ */

static void check_reading(const struct reading *reading, const struct quantity *quantity)
{
	char shown[sizeof reading->problem.text], device_name[sizeof reading->device];

	if (!reading->error) {
		FUZZ_CHECK(isfinite(reading->value));
		no_value_reason(quantity->name, utf8_copy(reading->device, device_name, sizeof device_name), reading->value);
		return;
	}
	FUZZ_CHECK(reading->error < 0 && *reading->problem.text);
	snprintf(shown, sizeof shown, "%s", reading->problem.text);
	FUZZ_CHECK_SAME(utf8_make(shown), reading->problem.text);
}

static void read_from(const struct reading_source *source, const struct reader_settings *settings)
{
	struct reading_context *context = NULL;
	struct reading reading = { 0 };
	const char *key;

	if (source != &iio_source && source->check(settings, &key, &reading.problem) < 0)
		return;
	source->open(settings, &context, &reading);
	if (context) {
		reading = (struct reading){ 0 };
		source->read(context, settings, &reading);
	}
	check_reading(&reading, settings->quantity);
	source->close(context);
}

static const struct quantity *choose_quantity(struct fuzz *fuzz)
{
	const struct quantity *found[16];
	unsigned n = 0;

	for (size_t i = 0; component_classes[i] && n < ELEMENTS(found); i++)
		if (component_classes[i]->measure && component_classes[i]->measure->quantity->iio.type)
			found[n++] = component_classes[i]->measure->quantity;
	return found[fuzz_choice(fuzz, n)];
}

static void check_w1(const uint8_t *data, size_t size)
{
	char text[SYSFS_TEXT_SIZE];
	struct problem problem = { "" };
	double milli = 42;

	snprintf(text, sizeof text, "%.*s", (int)(size < 255 ? size : 255), (const char *)data);
	if (w1_text_parse(text, &milli, &problem) < 0)
		FUZZ_CHECK(*problem.text && fabs(milli - 42) <= 0);
	else
		FUZZ_CHECK(isfinite(milli));
}

/* Up and down, and never past a threshold without saying so. */
static void check_limits(struct fuzz *fuzz)
{
	struct limits limits = { .high = fuzz_bool(fuzz) ? NAN : 30, .low = fuzz_bool(fuzz) ? NAN : 10, .hysteresis = fuzz_u8(fuzz) / 16.0 };

	for (unsigned i = fuzz_choice(fuzz, VALUES_MAX); i > 0; i--) {
		double value = (int8_t)fuzz_u8(fuzz);

		limits_update(&limits, value);
		FUZZ_CHECK(limits.state == LIMITS_HIGH || !(value > limits.high));
		FUZZ_CHECK(limits.state == LIMITS_LOW || !(value < limits.low));
		FUZZ_CHECK(limits.state != LIMITS_HIGH || value > limits.high - limits.hysteresis);
		FUZZ_CHECK(limits.state != LIMITS_LOW || value < limits.low + limits.hysteresis);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const channels[] = { "temp1", "temp", "humidity1", "lm75" };
	struct fuzz fuzz = { data, size };
	struct reader_settings settings = { .uri = "local:" };
	_cleanup_(cleanup_free) char *copy = fuzz_all_text(data, size);

	if (!*folder) {
		make_folder();
		set_up_iio();
	}
	check_w1((const uint8_t *)copy, strlen(copy));
	check_limits(&fuzz);
	settings.quantity = choose_quantity(&fuzz);
	settings.channel = fuzz_word(&fuzz, channels);
	write_files(&fuzz);
	settings.device = "hwmon:lm75";
	read_from(&hwmon_source, &settings);
	make_device(&fuzz, settings.quantity);
	settings.uri = "ip:sensors";
	settings.device = "iio:device0";
	settings.channel = settings.quantity->iio.type;
	read_from(&iio_source, &settings);
	return 0;
}
