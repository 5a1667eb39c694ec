/* A history that is any file: one that was made rightly, with bytes changed, or any bytes. It is read, or set aside; what is then
 * written can be read again. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "history/reader.h"
#include "util/log.h"
#include "util/problem.h"

#define T0 (UINT64_C(1795867200) * USEC_PER_SEC / WINDOW_USEC * WINDOW_USEC)
#define CHANGES_MAX 32
#define POINTS_MAX 12

static const struct store_bounds bounds = { .raw_usec = 30 * 24 * 3600 * USEC_PER_SEC, .keep_usec = 400 * 24 * 3600 * USEC_PER_SEC,
	                                    .bytes = 200000000 };

static char folder[64];

/* A history that is right, as bytes. */
static uint8_t *right;
static size_t right_size;

static char *path_of(const char *name, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static void empty_folder(void)
{
	static const char *const names[] = { HISTORY_FILE, HISTORY_FILE "-wal", HISTORY_FILE "-shm", HISTORY_FILE "-journal" };
	char path[PATH_MAX], damaged[64];

	for (size_t i = 0; i < ELEMENTS(names); i++)
		unlink(path_of(names[i], path));
	for (int i = 0; i <= HISTORY_DAMAGED_MAX; i++) {
		snprintf(damaged, sizeof damaged, HISTORY_DAMAGED "%d", i);
		unlink(path_of(damaged, path));
	}
}

static void remove_folder(void)
{
	empty_folder();
	rmdir(folder);
	free(right);
}

static struct moment at(uint64_t time)
{
	return (struct moment){ .realtime = time, .boot = time - T0 + USEC_PER_SEC };
}

/* Two series, an event, several windows. */
static int record(struct recorder *recorder, uint64_t from, unsigned n)
{
	static const struct series_about degrees = { "/org/roomd1/temperature_sensor/hall", "Temperature", "temperature", "°C", 'd', 2 };
	static const struct series_about motion = { "/org/roomd1/motion_sensor/hall", "Motion", "motion", "", 'b', 0 };
	struct moment moment;

	for (unsigned i = 0; i < n; i++) {
		uint64_t time = from + i * 10 * 60 * USEC_PER_SEC;

		moment = at(time);
		recorder_clock(recorder, &moment);
		recorder_go_on(recorder);
		recorder_set(recorder, recorder_series(recorder, &degrees), time, i == 7 ? SERIES_UNAVAILABLE : SERIES_KNOWN, i * 0.5);
		recorder_set(recorder, recorder_series(recorder, &motion), time, SERIES_KNOWN, i & 1);
		recorder_event(recorder, recorder_component(recorder, motion.component), time, recorder_word(recorder, "motion_detected"),
		               strdup("{\"location\":\"Hall\"}"));
	}
	recorder_hub(recorder, "series", n);
	return recorder_write(recorder, &moment);
}

static struct recorder *open_recorder(void)
{
	struct recorder *recorder = NULL;

	FUZZ_CHECK(recorder_new(folder, &bounds, &recorder) == 0);
	return recorder;
}

/* Makes it. */
static void make_right(void)
{
	struct recorder *recorder = open_recorder();
	char path[PATH_MAX];
	struct stat st;
	int fd;

	FUZZ_CHECK(record(recorder, T0, 26) == 0); /* a little more than two windows */
	recorder_free(recorder);
	fd = open(path_of(HISTORY_FILE, path), O_RDONLY | O_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && fstat(fd, &st) == 0);
	right_size = (size_t)st.st_size;
	right = malloc(right_size);
	FUZZ_CHECK(right && read(fd, right, right_size) == st.st_size);
	close(fd);
}

static void change(struct fuzz *fuzz, uint8_t *bytes, size_t size)
{
	for (unsigned i = 0; i < CHANGES_MAX && fuzz->left > 0; i++) {
		/* where a page begins, mostly: there is its header, and at its end its newest rows */
		size_t page = fuzz_choice(fuzz, size / 4096) * 4096UL, inside = fuzz_u32(fuzz) % 4096;
		size_t place = page + (fuzz_bool(fuzz) ? inside % 64 : inside), n = 1 + fuzz_choice(fuzz, 8);

		for (size_t j = 0; j < n && place + j < size; j++)
			bytes[place + j] = fuzz_u8(fuzz);
	}
}

static void write_file(const uint8_t *bytes, size_t size)
{
	char path[PATH_MAX];
	int fd = open(path_of(HISTORY_FILE, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

/* --- what is answered --------------------------------------------------------------------------- */

static int each_value(const struct recorded *value, void *userdata)
{
	const struct question *question = userdata;

	FUZZ_CHECK(value->time + value->length <= question->until);
	return 0;
}

static int each_event(const struct store_event *event, void *userdata)
{
	(void)userdata;
	FUZZ_CHECK(!event->data || strlen(event->data) < SIZE_MAX);
	return 0;
}

static void ask(struct recorder *recorder, const struct series *series)
{
	const struct question question = { .series = series, .since = T0 - WINDOW_USEC, .until = T0 + 6 * WINDOW_USEC, .at_most = POINTS_MAX };
	struct point *points = NULL;
	struct problem problem;
	struct span span;
	uint64_t value = 0, event = 0;
	size_t n = 0;

	if (reader_points(recorder, &question, &points, &n, &problem) >= 0)
		FUZZ_CHECK(n <= POINTS_MAX);
	free(points);
	reader_sums(recorder, &question, &span, &problem);
	reader_values(recorder, &question, &value, each_value, (void *)&question, &problem);
	reader_events(recorder, &question, NULL, &event, each_event, NULL, &problem);
}

static void ask_all(struct recorder *recorder)
{
	for (unsigned i = 0; i < recorder->series_n && i < 8; i++)
		ask(recorder, recorder->series[i]);
	reader_since(recorder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, size };
	_cleanup_(cleanup_free) uint8_t *bytes = NULL;
	struct recorder *recorder;

	if (!*folder) {
		snprintf(folder, sizeof folder, "%s/roomd-fuzz.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		FUZZ_CHECK(mkdtemp(folder));
		atexit(remove_folder);
		make_right();
	}
	empty_folder();
	if (fuzz_choice(&fuzz, 8) == 0) {
		write_file(fuzz.data, fuzz.left);
	} else {
		bytes = malloc(right_size);
		memcpy(bytes, right, right_size);
		change(&fuzz, bytes, right_size);
		write_file(bytes, right_size);
	}
	recorder = open_recorder();
	ask_all(recorder);
	record(recorder, T0 + 4 * WINDOW_USEC, 2); /* it may be found out only here */
	FUZZ_CHECK(record(recorder, T0 + 5 * WINDOW_USEC, 2) == 0 && !*recorder->problem);
	ask_all(recorder);
	recorder_free(recorder);
	recorder = open_recorder();
	ask_all(recorder);
	recorder_free(recorder);
	return 0;
}
