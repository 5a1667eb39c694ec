/* The workers: a thread for each context, a queue of readers to it, results back through an eventfd. Must not
 * know libiio; iio-read.c does. */
#include "io/iio.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "io/iio-read.h"
#include "util/cleanup.h"
#include "util/clock.h"

enum reader_state {
	READER_IDLE,
	READER_QUEUED,
	READER_RUNNING,
	READER_DONE,
};

struct iio_channel_reader {
	/* Under the worker's lock: */
	struct iio_channel_reader *next; /* in one of the worker's two queues */
	enum reader_state state;
	bool orphaned; /* freed by its owner while running: the worker frees it */
	struct iio_reading reading;
	/* Constant while the worker may look: */
	struct worker *worker;
	struct iio_channel_settings settings;
	/* The loop's: */
	iio_handler handler;
	void *userdata;
};

struct queue {
	struct iio_channel_reader *first, **last;
};

/* Shared by the loop and the thread; the last of the two to let go frees it, because a stuck thread may
 * outlive the loop. */
struct worker {
	/* The loop's: */
	struct worker *next;
	struct iio *iio;
	unsigned readers; /* that have an owner */
	bool delivering;  /* to one of them */
	char *uri, *device;
	sd_event_source *source;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock;
	pthread_cond_t wanted;
	struct queue requests, results;
	bool quit, busy;
	unsigned references;
	int results_fd;
	/* The thread's: */
	struct iio_read_context *context;
};

struct iio {
	sd_event *event;
	struct worker *workers;
};

static void queue_put(struct queue *queue, struct iio_channel_reader *reader)
{
	reader->next = NULL;
	*queue->last = reader;
	queue->last = &reader->next;
}

static struct iio_channel_reader *queue_take(struct queue *queue)
{
	struct iio_channel_reader *reader = queue->first;

	if (reader) {
		queue->first = reader->next;
		if (!queue->first)
			queue->last = &queue->first;
	}
	return reader;
}

static void queue_remove(struct queue *queue, struct iio_channel_reader *reader)
{
	for (struct iio_channel_reader **r = &queue->first; *r; r = &(*r)->next)
		if (*r == reader) {
			*r = reader->next;
			if (!*r)
				queue->last = r;
			return;
		}
}

static void free_reader(struct iio_channel_reader *reader)
{
	free((char *)reader->settings.uri);
	free((char *)reader->settings.device);
	free((char *)reader->settings.channel);
	free(reader);
}

/* The lock is held, and let go. */
static void worker_unref_unlock(struct worker *worker)
{
	bool last = --worker->references == 0;

	pthread_mutex_unlock(&worker->lock);
	if (!last)
		return;
	iio_read_close_context(worker->context);
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->wanted);
	if (worker->results_fd >= 0)
		close(worker->results_fd);
	free(worker->uri);
	free(worker->device);
	free(worker);
}

/* A context shows the devices there were when it was made. One that is not up to date any more is made anew,
 * at once; after any other failure that could come from that, at the next reading. */
static void read_once(struct worker *worker, struct iio_channel_reader *reader)
{
	struct iio_reading *reading = &reader->reading;
	bool again;

	do {
		bool made_now = !worker->context;

		*reading = (struct iio_reading){ 0 };
		if (made_now)
			iio_read_open_context(worker->uri, &worker->context, reading);
		if (worker->context)
			iio_read_channel(worker->context, &reader->settings, reading);
		again = reading->error == -ESTALE && !made_now;
		/* A sensor that does not answer is still there. */
		if (reading->error && (reading->error != -ETIMEDOUT || !iio_read_is_local(worker->uri)))
			worker->context = iio_read_close_context(worker->context);
	} while (again);
	reading->monotonic_ns = clock_now_ns(CLOCK_MONOTONIC);
}

static void *work(void *userdata)
{
	struct worker *worker = userdata;

	pthread_mutex_lock(&worker->lock);
	for (;;) {
		struct iio_channel_reader *reader;

		while (!worker->quit && !worker->requests.first)
			pthread_cond_wait(&worker->wanted, &worker->lock);
		if (worker->quit)
			break;
		reader = queue_take(&worker->requests);
		reader->state = READER_RUNNING;
		worker->busy = true;
		pthread_mutex_unlock(&worker->lock);

		read_once(worker, reader);

		pthread_mutex_lock(&worker->lock);
		worker->busy = false;
		if (reader->orphaned) {
			free_reader(reader);
		} else {
			reader->state = READER_DONE;
			queue_put(&worker->results, reader);
		}
		/* Fails only if 2^64 - 2 results are waiting, and the loop is woken then anyway. */
		(void)!write(worker->results_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	}
	worker_unref_unlock(worker);
	return NULL;
}

int iio_new(sd_event *event, struct iio **ret)
{
	struct iio *iio = calloc(1, sizeof *iio);

	if (!iio)
		return -ENOMEM;
	iio->event = event;
	*ret = iio;
	return 0;
}

/* From glibc 2.41 on exit() waits for every stdio stream that a thread is using, and libiio reads through
 * stdio: it would wait for a sensor that does not answer. */
static void end_without_waiting(int status, void *userdata)
{
	(void)userdata;
	fflush(stdout);
	_exit(status);
}

/* The loop lets go; an idle thread is waited for, which takes no time, a busy one ends when its reading does,
 * if ever. */
static void worker_release(struct worker *worker)
{
	pthread_t thread = worker->thread;
	bool started = worker->started, busy;

	worker->source = sd_event_source_disable_unref(worker->source);
	pthread_mutex_lock(&worker->lock);
	worker->quit = true;
	busy = worker->busy;
	pthread_cond_signal(&worker->wanted);
	worker_unref_unlock(worker);
	if (!started)
		return;
	if (busy) {
		pthread_detach(thread);
		on_exit(end_without_waiting, NULL);
	} else {
		pthread_join(thread, NULL);
	}
}

/* With its last reader a worker goes, too. One that is in a reading still goes when that has ended, and until
 * then serves whoever wants a reader of the same device: one that hangs is there once. */
static void release_if_unused(struct worker *worker)
{
	bool busy;

	if (worker->readers > 0 || worker->delivering)
		return;
	pthread_mutex_lock(&worker->lock);
	busy = worker->busy;
	pthread_mutex_unlock(&worker->lock);
	if (busy) /* without a reader nothing is requested: it does not become so again */
		return;
	for (struct worker **w = &worker->iio->workers; *w; w = &(*w)->next)
		if (*w == worker) {
			*w = worker->next;
			break;
		}
	worker_release(worker);
}

/* To their owners, who may ask for the next reading, or free the reader. */
static void deliver_results(struct worker *worker)
{
	for (;;) {
		struct iio_channel_reader *reader;
		struct iio_reading reading;

		pthread_mutex_lock(&worker->lock);
		reader = queue_take(&worker->results);
		if (reader)
			reader->state = READER_IDLE;
		pthread_mutex_unlock(&worker->lock);
		if (!reader)
			return;
		reading = reader->reading;
		reader->handler(&reading, reader->userdata);
	}
}

static int on_results(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *worker = userdata;
	uint64_t count;

	(void)source, (void)events;
	(void)!read(fd, &count, sizeof count); /* only clears it; the queue says what has come */
	worker->delivering = true;
	deliver_results(worker);
	worker->delivering = false;
	release_if_unused(worker);
	return 0;
}

struct iio *iio_free(struct iio *iio)
{
	if (!iio)
		return NULL;
	while (iio->workers) {
		struct worker *worker = iio->workers;

		iio->workers = worker->next;
		worker_release(worker);
	}
	free(iio);
	return NULL;
}

/* Signals are the loop's, through its signalfd: the thread takes none. */
static int start_thread(struct worker *worker)
{
	sigset_t all, before;
	int r;

	worker->references++;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->started = r == 0;
	if (!worker->started)
		worker->references--;
	return r;
}

static int worker_new(struct iio *iio, const struct iio_channel_settings *settings, struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof *worker);
	int r;

	if (!worker)
		return -ENOMEM;
	worker->references = 1;
	worker->iio = iio;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->wanted, NULL);
	worker->requests.last = &worker->requests.first;
	worker->results.last = &worker->results.first;
	worker->uri = strdup(settings->uri);
	worker->device = strdup(settings->device);
	worker->results_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = !worker->uri || !worker->device ? -ENOMEM : worker->results_fd < 0 ? -errno : 0;
	if (r >= 0)
		r = sd_event_add_io(iio->event, &worker->source, worker->results_fd, EPOLLIN, on_results,
		                    worker);
	if (r >= 0)
		r = start_thread(worker);
	if (r < 0) {
		worker_release(worker);
		return r;
	}
	*ret = worker;
	return 0;
}

static int worker_for(struct iio *iio, const struct iio_channel_settings *settings, struct worker **ret)
{
	int r;

	for (struct worker *worker = iio->workers; worker; worker = worker->next)
		if (strcmp(worker->uri, settings->uri) == 0 &&
		    strcmp(worker->device, settings->device) == 0) {
			*ret = worker;
			return 0;
		}
	r = worker_new(iio, settings, ret);
	if (r < 0)
		return r;
	(*ret)->next = iio->workers;
	iio->workers = *ret;
	return 0;
}

int iio_reader_new(struct iio *iio, const struct iio_channel_settings *settings, iio_handler handler,
                   void *userdata, struct iio_channel_reader **ret)
{
	struct iio_channel_reader *reader = calloc(1, sizeof *reader);
	int r;

	if (!reader)
		return -ENOMEM;
	reader->settings = (struct iio_channel_settings){
		.uri = strdup(settings->uri),
		.device = strdup(settings->device),
		.channel = strdup(settings->channel),
	};
	reader->handler = handler;
	reader->userdata = userdata;
	r = reader->settings.uri && reader->settings.device && reader->settings.channel ? 0 : -ENOMEM;
	if (r >= 0)
		r = worker_for(iio, settings, &reader->worker);
	if (r < 0) {
		free_reader(reader);
		return r;
	}
	reader->worker->readers++;
	*ret = reader;
	return 0;
}

struct iio_channel_reader *iio_reader_free(struct iio_channel_reader *reader)
{
	struct worker *worker;
	bool running;

	if (!reader)
		return NULL;
	worker = reader->worker;
	pthread_mutex_lock(&worker->lock);
	if (reader->state == READER_QUEUED)
		queue_remove(&worker->requests, reader);
	else if (reader->state == READER_DONE)
		queue_remove(&worker->results, reader);
	running = reader->state == READER_RUNNING;
	reader->orphaned = running;
	pthread_mutex_unlock(&worker->lock);
	if (!running)
		free_reader(reader);
	worker->readers--;
	release_if_unused(worker);
	return NULL;
}

int iio_reader_request(struct iio_channel_reader *reader)
{
	struct worker *worker = reader->worker;
	int r = -EBUSY;

	pthread_mutex_lock(&worker->lock);
	if (reader->state == READER_IDLE) {
		reader->state = READER_QUEUED;
		queue_put(&worker->requests, reader);
		pthread_cond_signal(&worker->wanted);
		r = 0;
	}
	pthread_mutex_unlock(&worker->lock);
	return r;
}
