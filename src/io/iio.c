/* The workers: a thread for each device, which reads its channels when they are due and hands the results to
 * the loop through an eventfd. Must not know libiio; iio-read.c does. */
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

struct iio_channel_reader {
	/* Under the worker's lock: */
	struct iio_channel_reader *next; /* of the worker */
	uint64_t due_ns;                 /* of the reading that is wanted; NEVER_NS: none */
	uint64_t interval_ns;            /* to the one after it; 0: none */
	bool running;                    /* the thread is at it */
	bool orphaned;                   /* freed by its owner while running: the worker frees it */
	bool done;                       /* `reading` is for the owner */
	struct iio_reading reading;
	/* Constant while the worker may look: */
	struct worker *worker;
	struct iio_channel_settings settings;
	/* The loop's: */
	iio_handler handler;
	void *userdata;
};

/* Shared by the loop and the thread; the last of the two to let go frees it, because a stuck thread may
 * outlive the loop. */
struct worker {
	/* The loop's: */
	struct worker *next;
	struct iio *iio;
	bool delivering; /* to one of its readers */
	char *uri, *device;
	sd_event_source *source;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock;
	pthread_cond_t wanted;              /* something is due sooner, or it is to end */
	struct iio_channel_reader *readers; /* that have an owner; only the loop changes the list */
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

/* The lock is held, in this function and the next. NULL: nothing is wanted. */
static struct iio_channel_reader *first_due(const struct worker *worker)
{
	struct iio_channel_reader *first = NULL;

	for (struct iio_channel_reader *reader = worker->readers; reader; reader = reader->next)
		if (reader->due_ns < (first ? first->due_ns : NEVER_NS))
			first = reader;
	return first;
}

static struct iio_channel_reader *first_done(const struct worker *worker)
{
	struct iio_channel_reader *first = NULL;

	for (struct iio_channel_reader *reader = worker->readers; reader; reader = reader->next)
		if (reader->done && (!first || reader->reading.monotonic_ns < first->reading.monotonic_ns))
			first = reader;
	return first;
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
static void read_once(struct worker *worker, const struct iio_channel_settings *settings,
                      struct iio_reading *reading)
{
	bool again;

	do {
		bool made_now = !worker->context;

		*reading = (struct iio_reading){ 0 };
		if (made_now)
			iio_read_open_context(worker->uri, &worker->context, reading);
		if (worker->context)
			iio_read_channel(worker->context, settings, reading);
		again = reading->error == -ESTALE && !made_now;
		/* A sensor that does not answer is still there. */
		if (reading->error && (reading->error != -ETIMEDOUT || !iio_uri_is_local(worker->uri)))
			worker->context = iio_read_close_context(worker->context);
	} while (again);
	reading->monotonic_ns = clock_now_ns(CLOCK_MONOTONIC);
}

/* Readings keep their rhythm, but what was slept through, or passed while another was read, is not made up
 * for. */
static void set_next_due(struct iio_channel_reader *reader, uint64_t now_ns)
{
	if (reader->interval_ns && reader->due_ns <= now_ns)
		reader->due_ns += ((now_ns - reader->due_ns) / reader->interval_ns + 1) * reader->interval_ns;
}

/* Until a reading is due. The lock is held; NULL: the worker is to end. */
static struct iio_channel_reader *wait_until_due(struct worker *worker)
{
	while (!worker->quit) {
		struct iio_channel_reader *reader = first_due(worker);
		struct timespec until;

		if (!reader) {
			pthread_cond_wait(&worker->wanted, &worker->lock);
			continue;
		}
		if (reader->due_ns <= clock_now_ns(CLOCK_MONOTONIC))
			return reader;
		until = (struct timespec){ .tv_sec = (time_t)(reader->due_ns / NSEC_PER_SEC),
			                   .tv_nsec = (long)(reader->due_ns % NSEC_PER_SEC) };
		pthread_cond_timedwait(&worker->wanted, &worker->lock, &until);
	}
	return NULL;
}

/* A result that the loop has not taken yet gives way to a newer one. */
static void *work(void *userdata)
{
	struct worker *worker = userdata;
	struct iio_channel_reader *reader;
	struct iio_reading reading;

	pthread_mutex_lock(&worker->lock);
	while ((reader = wait_until_due(worker))) {
		if (!reader->interval_ns)
			reader->due_ns = NEVER_NS;
		reader->running = true;
		worker->busy = true;
		pthread_mutex_unlock(&worker->lock);

		read_once(worker, &reader->settings, &reading);

		pthread_mutex_lock(&worker->lock);
		worker->busy = false;
		if (reader->orphaned) {
			free_reader(reader);
		} else {
			reader->running = false;
			reader->done = true;
			reader->reading = reading;
			set_next_due(reader, reading.monotonic_ns);
		}
		/* Without the lock, which the loop takes when it wakes up: it would have to wait for it.
		 * Fails only if 2^64 - 2 results are waiting, and the loop is woken then anyway. */
		pthread_mutex_unlock(&worker->lock);
		(void)!write(worker->results_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
		pthread_mutex_lock(&worker->lock);
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

	if (worker->readers || worker->delivering)
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

/* To their owners, who may ask for another reading, or free the reader. */
static void deliver_results(struct worker *worker)
{
	for (;;) {
		struct iio_channel_reader *reader;
		struct iio_reading reading;

		pthread_mutex_lock(&worker->lock);
		reader = first_done(worker);
		if (reader) {
			reader->done = false;
			reading = reader->reading;
		}
		pthread_mutex_unlock(&worker->lock);
		if (!reader)
			return;
		reader->handler(&reading, reader->userdata);
	}
}

static int on_results(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *worker = userdata;
	uint64_t count;

	(void)source, (void)events;
	(void)!read(fd, &count, sizeof count); /* only clears it; the readers say what has come */
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
	pthread_condattr_t monotonic;
	int r;

	if (!worker)
		return -ENOMEM;
	worker->references = 1;
	worker->iio = iio;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wanted, &monotonic);
	pthread_condattr_destroy(&monotonic);
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
		.type = settings->type,
	};
	reader->due_ns = NEVER_NS;
	reader->handler = handler;
	reader->userdata = userdata;
	r = reader->settings.uri && reader->settings.device && reader->settings.channel ? 0 : -ENOMEM;
	if (r >= 0)
		r = worker_for(iio, settings, &reader->worker);
	if (r < 0) {
		free_reader(reader);
		return r;
	}
	pthread_mutex_lock(&reader->worker->lock);
	reader->next = reader->worker->readers;
	reader->worker->readers = reader;
	pthread_mutex_unlock(&reader->worker->lock);
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
	for (struct iio_channel_reader **r = &worker->readers; *r; r = &(*r)->next)
		if (*r == reader) {
			*r = reader->next;
			break;
		}
	running = reader->running;
	reader->orphaned = running;
	pthread_mutex_unlock(&worker->lock);
	if (!running)
		free_reader(reader);
	release_if_unused(worker);
	return NULL;
}

static void want(struct iio_channel_reader *reader, uint64_t due_ns, uint64_t interval_ns)
{
	reader->due_ns = due_ns;
	reader->interval_ns = interval_ns;
	pthread_cond_signal(&reader->worker->wanted);
}

void iio_reader_start(struct iio_channel_reader *reader, uint64_t first_ns, uint64_t interval_ns)
{
	pthread_mutex_lock(&reader->worker->lock);
	want(reader, first_ns, interval_ns);
	pthread_mutex_unlock(&reader->worker->lock);
}

/* The worker wakes up once more when it would have been due, and sees that nothing is. */
void iio_reader_stop(struct iio_channel_reader *reader)
{
	pthread_mutex_lock(&reader->worker->lock);
	reader->due_ns = NEVER_NS;
	reader->interval_ns = 0;
	pthread_mutex_unlock(&reader->worker->lock);
}

void iio_reader_request(struct iio_channel_reader *reader)
{
	pthread_mutex_lock(&reader->worker->lock);
	if (!reader->running && !reader->done && reader->due_ns == NEVER_NS)
		want(reader, clock_now_ns(CLOCK_MONOTONIC), 0);
	pthread_mutex_unlock(&reader->worker->lock);
}
