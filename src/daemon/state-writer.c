/* A thread for each text, because there are a few a day; it allocates nothing, so that it leaves nothing. */
#define _GNU_SOURCE
#include "daemon/state-writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock.h"

/* All that the thread knows; the loop looks at it again when the thread has ended. */
struct job {
	char *directory;
	int directory_fd;
	bool set_aside_first;
	char *text;
	int done_fd;
	struct state_written written;
};

struct state_writer {
	struct job *job;
	bool busy;
	pthread_t thread;
	sd_event_source *done;
	state_written_handler handler;
	void *userdata;
};

/* --- the thread ------------------------------------------------------------------------------ */

static bool is_still_there(const struct job *job)
{
	struct stat there, opened;

	return stat(job->directory, &there) == 0 && fstat(job->directory_fd, &opened) == 0 &&
	       there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
}

/* The directory may be another one by now: restored, or on a disk that was mounted late. Nobody has seen what
 * that has. */
static void look_again(struct job *job)
{
	if (job->directory_fd < 0 || is_still_there(job))
		return;
	close(job->directory_fd);
	job->directory_fd = -1;
	job->set_aside_first = true;
}

static int carry_out(struct job *job)
{
	struct problem *problem = &job->written.problem;
	int r;

	look_again(job);
	if (job->directory_fd < 0) {
		r = state_directory_open(job->directory, &job->directory_fd, problem);
		if (r < 0)
			return r;
	}
	if (job->set_aside_first) {
		r = state_file_set_aside(job->directory_fd, job->written.set_aside, problem);
		if (r < 0 && r != -ENOENT)
			return r;
		job->set_aside_first = false;
	}
	return state_file_write(job->directory_fd, job->text, problem);
}

static void *work(void *userdata)
{
	struct job *job = userdata;

	job->written.error = carry_out(job);
	(void)!write(job->done_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	return NULL;
}

/* Signals are the loop's, through its signalfd: the thread takes none. */
static int start_thread(struct state_writer *writer)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&writer->thread, NULL, work, writer->job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* --- the loop -------------------------------------------------------------------------------- */

static void free_job(struct job *job)
{
	free(job->directory);
	free(job->text);
	if (job->directory_fd >= 0)
		close(job->directory_fd);
	if (job->done_fd >= 0)
		close(job->done_fd);
	free(job);
}

/* The thread has said that it is done. */
static void take_result(struct state_writer *writer, struct state_written *ret)
{
	uint64_t count;

	(void)!read(writer->job->done_fd, &count, sizeof count);
	pthread_join(writer->thread, NULL);
	writer->busy = false;
	free(TAKE_PTR(writer->job->text));
	*ret = writer->job->written;
}

static int on_done(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct state_writer *writer = userdata;
	struct state_written written;

	(void)source, (void)fd, (void)events;
	take_result(writer, &written);
	writer->handler(&written, writer->userdata);
	return 0;
}

int state_writer_new(sd_event *event, const char *directory, int directory_fd, state_written_handler handler,
                     void *userdata, struct state_writer **ret)
{
	_cleanup_(state_writer_freep) struct state_writer *writer = calloc(1, sizeof *writer);
	int r;

	if (!writer)
		return -ENOMEM;
	writer->handler = handler;
	writer->userdata = userdata;
	writer->job = calloc(1, sizeof *writer->job);
	if (!writer->job)
		return -ENOMEM;
	writer->job->directory_fd = -1;
	writer->job->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = writer->job->done_fd < 0 ? -errno : 0;
	writer->job->directory = strdup(directory);
	if (r >= 0 && !writer->job->directory)
		r = -ENOMEM;
	if (r >= 0)
		r = sd_event_add_io(event, &writer->done, writer->job->done_fd, EPOLLIN, on_done, writer);
	if (r < 0)
		return r;
	writer->job->directory_fd = directory_fd;
	*ret = TAKE_PTR(writer);
	return 0;
}

void state_writer_set_aside_first(struct state_writer *writer)
{
	writer->job->set_aside_first = true;
}

int state_writer_start(struct state_writer *writer, char *text)
{
	int r;

	writer->job->text = text;
	writer->job->written = (struct state_written){ 0 };
	r = start_thread(writer);
	writer->busy = r >= 0;
	if (!writer->busy)
		free(TAKE_PTR(writer->job->text));
	return r;
}

bool state_writer_is_busy(const struct state_writer *writer)
{
	return writer->busy;
}

void state_writer_wait(struct state_writer *writer, uint64_t until_ns, struct state_written *ret)
{
	struct pollfd poll_fd = { .fd = writer->job->done_fd, .events = POLLIN };
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	uint64_t rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	struct timespec rest = { .tv_sec = (time_t)(rest_ns / NSEC_PER_SEC),
		                 .tv_nsec = (long)(rest_ns % NSEC_PER_SEC) };

	/* No signal interrupts it: those that are handled are blocked. */
	if (ppoll(&poll_fd, 1, &rest, NULL) > 0) {
		take_result(writer, ret);
		return;
	}
	*ret = (struct state_written){ 0 };
	ret->error = problem_set(&ret->problem, -ETIMEDOUT, "the disk does not answer");
}

struct state_writer *state_writer_free(struct state_writer *writer)
{
	if (!writer)
		return NULL;
	sd_event_source_disable_unref(writer->done);
	if (writer->busy)
		pthread_detach(writer->thread); /* what it works on stays its own */
	else if (writer->job)
		free_job(writer->job);
	free(writer);
	return NULL;
}
