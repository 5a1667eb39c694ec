#define _GNU_SOURCE
#include "queue-folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim-vfs.h"
#include "util/problem.h"

#define LENGTH_MAX ((size_t)128 * 1024)

int queue_folder_use_shim(void **state)
{
	(void)state;
	shim_set_up();
	return 0;
}

int queue_folder_set_up(void **state)
{
	static struct queue_folder folder;

	shim_begin(SHIM_GOES_ON, 0, 0);
	strcpy(folder.path, "/tmp/roomd-test-XXXXXX");
	assert_non_null(mkdtemp(folder.path));
	*state = &folder;
	return 0;
}

int queue_folder_tear_down(void **state)
{
	struct queue_folder *folder = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", folder->path);
	return system(command);
}

static void path_of(const struct queue_folder *folder, const char *name, char path[static 128])
{
	snprintf(path, 128, "%s/%s", folder->path, name);
}

bool queue_folder_has(const struct queue_folder *folder, const char *name)
{
	return queue_folder_length(folder, name) >= 0;
}

long queue_folder_length(const struct queue_folder *folder, const char *name)
{
	char path[128];
	struct stat st;

	path_of(folder, name, path);
	return lstat(path, &st) < 0 ? -1 : (long)st.st_size;
}

void queue_folder_put(const struct queue_folder *folder, const char *name, const void *bytes, size_t length)
{
	char path[128];
	int fd;

	path_of(folder, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

struct queue *queue_folder_open(const struct queue_folder *folder, const struct queue_settings *settings)
{
	static const struct queue_settings none;
	struct queue *queue = NULL;

	assert_int_equal(queue_new(folder ? folder->path : NULL, settings ? settings : &none, 0, &queue), 0);
	return queue;
}

struct queue_event event_of(uint64_t serial, char *buffer, size_t length)
{
	static char topic[32];

	snprintf(topic, sizeof topic, "topic/%llu", (unsigned long long)serial);
	for (size_t i = 0; i < length; i++)
		buffer[i] = (char)(serial * 31 + i * 7);
	return (struct queue_event){
		.topic = topic,
		.payload = buffer,
		.payload_length = length,
		.series = SERIES,
		.serial = serial,
		.realtime_usec = EVENTS_USEC + serial * USEC_PER_SEC,
	};
}

int add_event(struct queue *queue, uint64_t serial, size_t length, uint64_t now_ns)
{
	static char buffer[LENGTH_MAX];
	struct queue_event event = event_of(serial, buffer, length);

	return queue_add(queue, &event, now_ns, event.realtime_usec);
}

bool is_whole(const struct queue_event *event)
{
	static char buffer[LENGTH_MAX];
	struct queue_event expected = event_of(event->serial, buffer, event->payload_length);

	return strcmp(event->topic, expected.topic) == 0 && strcmp(event->series, expected.series) == 0 &&
	       event->realtime_usec == expected.realtime_usec &&
	       (event->payload_length == 0 || memcmp(event->payload, buffer, event->payload_length) == 0);
}

/* --- what a queue has ------------------------------------------------------------------------- */

void add_all(struct queue *queue, uint64_t from, uint64_t to)
{
	for (uint64_t serial = from; serial <= to; serial++)
		assert_int_equal(add_event(queue, serial, 50, 0), 1);
}

uint64_t expect_all(struct queue *queue, uint64_t from, uint64_t to)
{
	const struct queue_event *event;
	uint64_t sequence = 0;

	for (uint64_t serial = from; serial <= to; serial++) {
		event = queue_next(queue, sequence);
		assert_non_null(event);
		assert_int_equal(event->serial, serial);
		assert_true(is_whole(event));
		assert_true(event->sequence > sequence);
		sequence = event->sequence;
	}
	assert_null(queue_next(queue, sequence));
	return sequence;
}

uint64_t sequence_of(struct queue *queue, uint64_t serial)
{
	for (const struct queue_event *event = queue_next(queue, 0); event;
	     event = queue_next(queue, event->sequence))
		if (event->serial == serial)
			return event->sequence;
	fail_msg("serial %d is not there", (int)serial);
	return 0;
}

void acknowledge(struct queue *queue, uint64_t serial)
{
	assert_int_equal(queue_done(queue, sequence_of(queue, serial), 0), 0);
}

void expect_dropped(const struct queue *queue, uint64_t events, uint64_t since)
{
	assert_int_equal(queue_dropped(queue)->events, events);
	assert_int_equal(queue_dropped(queue)->since.serial, since);
	assert_string_equal(queue_dropped(queue)->since.series, events ? SERIES : "");
}

void expect_no_problem(struct queue *queue)
{
	struct problem problem;

	if (queue_take_problem(queue, &problem))
		fail_msg("%s", problem.text);
}

void expect_problem(struct queue *queue, const char *words)
{
	struct problem problem = { "" };

	assert_true(queue_take_problem(queue, &problem));
	if (!strstr(problem.text, words))
		fail_msg("'%s' does not say '%s'", problem.text, words);
	assert_false(queue_take_problem(queue, &problem));
}
