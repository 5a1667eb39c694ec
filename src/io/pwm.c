#include "io/pwm.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "io/retry.h"
#include "util/clock.h"

#define GIVE_BACK (-1) /* in the place of percents */
#define FIRST_USEC 50000
#define LAST_USEC 800000

/* What came of one try. */
struct outcome {
	int error;
	bool gave_back;
	bool taken;
	int mode;
	char where[PWM_WHERE_SIZE]; /* if error is 0 */
	struct problem problem;     /* if not */
};

/* Shared by the loop and the thread; the last of the two to let go frees it, because a stuck thread may outlive
 * the loop. */
struct worker {
	pthread_mutex_t lock;
	pthread_cond_t wanted; /* there is something to do, or it is to end */
	pthread_cond_t idle;   /* it was done */
	bool pending, busy, quit;
	int percent;          /* or GIVE_BACK */
	struct pwm_kept kept; /* for GIVE_BACK, by the instance before */
	unsigned references;
	int results_fd;
	struct outcome outcome; /* the last one */
	/* The thread's: */
	struct pwm_settings settings; /* with strings of its own */
	struct pwm_channel channel;
};

struct pwm {
	struct worker *worker;
	pthread_t thread;
	bool started;
	sd_event_source *results;
	struct arrivals *arrivals;
	struct arrival arrival;
	struct retry retry;
	sd_event_source *settle; /* udev is given time */
	uint64_t settle_usec;    /* until the next try */
	struct pwm_kept *kept;
	const struct line_availability *availability;
	void *userdata;
	bool available, reported;
};

/* --- the thread ---------------------------------------------------------------------------------- */

/* The lock is held, and let go. */
static void unref_unlock(struct worker *worker)
{
	bool last = --worker->references == 0;

	pthread_mutex_unlock(&worker->lock);
	if (!last)
		return;
	pwm_channel_close(&worker->channel);
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->wanted);
	pthread_cond_destroy(&worker->idle);
	if (worker->results_fd >= 0)
		close(worker->results_fd);
	free((char *)worker->settings.channel);
	free((char *)worker->settings.root);
	free(worker);
}

/* To the mode that it was taken from, by this thread or, if that has found it in manual control, before. */
static int give_back(struct worker *worker, const struct pwm_kept *kept, struct problem *problem)
{
	struct pwm_channel *channel = &worker->channel;

	if (!channel->taken && !kept->taken)
		return 0;
	return pwm_channel_give_back(channel, &worker->settings, channel->taken ? channel->mode : kept->mode,
	                             problem);
}

static void carry_out(struct worker *worker, int percent, const struct pwm_kept *kept, struct outcome *ret)
{
	struct pwm_channel *channel = &worker->channel;

	*ret = (struct outcome){ .gave_back = percent == GIVE_BACK };
	ret->error = percent == GIVE_BACK
	                     ? give_back(worker, kept, &ret->problem)
	                     : pwm_channel_show(channel, &worker->settings, percent, &ret->problem);
	if (ret->error >= 0 && channel->open)
		pwm_channel_where(channel, ret->where);
	ret->taken = channel->taken;
	ret->mode = channel->mode;
}

/* An outcome that the loop has not taken yet gives way to a newer one. */
static void *work(void *userdata)
{
	struct worker *worker = userdata;
	struct outcome outcome;

	pthread_mutex_lock(&worker->lock);
	while (!worker->quit) {
		struct pwm_kept kept = worker->kept;
		int percent = worker->percent;

		if (!worker->pending) {
			pthread_cond_wait(&worker->wanted, &worker->lock);
			continue;
		}
		worker->pending = false;
		worker->busy = true;
		pthread_mutex_unlock(&worker->lock);

		carry_out(worker, percent, &kept, &outcome);

		pthread_mutex_lock(&worker->lock);
		worker->busy = false;
		worker->outcome = outcome;
		pthread_cond_signal(&worker->idle);
		/* With the lock: after pwm_wait() the loop finds it. */
		(void)!write(worker->results_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	}
	unref_unlock(worker);
	return NULL;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int worker_new(const struct pwm_settings *settings, struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof *worker);
	pthread_condattr_t monotonic;
	int r;

	if (!worker)
		return -ENOMEM;
	worker->references = 1;
	worker->settings = *settings;
	worker->settings.channel = copy(settings->channel);
	worker->settings.root = copy(settings->root);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->wanted, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->idle, &monotonic);
	pthread_condattr_destroy(&monotonic);
	worker->results_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = worker->results_fd < 0 ? -errno : 0;
	if (!worker->settings.channel || (settings->root && !worker->settings.root))
		r = -ENOMEM;
	if (r >= 0) {
		*ret = worker;
		return 0;
	}
	pthread_mutex_lock(&worker->lock);
	unref_unlock(worker);
	return r;
}

/* --- the loop ------------------------------------------------------------------------------------ */

/* Signals are the loop's, through its signalfd: the thread takes none. */
static int start_thread(struct pwm *pwm)
{
	sigset_t all, before;
	int r;

	if (pwm->started)
		return 0;
	pwm->worker->references++;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&pwm->thread, NULL, work, pwm->worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pwm->started = r == 0;
	if (!pwm->started)
		pwm->worker->references--;
	return r;
}

/* What was asked for last, once more. */
static void try_again(struct pwm *pwm)
{
	pthread_mutex_lock(&pwm->worker->lock);
	pwm->worker->pending = true;
	pthread_cond_signal(&pwm->worker->wanted);
	pthread_mutex_unlock(&pwm->worker->lock);
}

static void on_arrival_or_retry(void *userdata)
{
	try_again(userdata);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	try_again(userdata);
	return 0;
}

static void stop_settling(struct pwm *pwm)
{
	pwm->settle_usec = FIRST_USEC;
	sd_event_source_set_enabled(pwm->settle, SD_EVENT_OFF);
}

/* Neither can fail for a timer that exists, in the process that made it. */
static bool lets_it_settle(struct pwm *pwm)
{
	if (pwm->reported || pwm->settle_usec > LAST_USEC)
		return false;
	if (sd_event_source_get_enabled(pwm->settle, NULL) > 0) /* another try has come in between */
		return true;
	sd_event_source_set_time_relative(pwm->settle, pwm->settle_usec);
	sd_event_source_set_enabled(pwm->settle, SD_EVENT_ONESHOT);
	pwm->settle_usec *= 2;
	return true;
}

/* Where nobody listens the kernel says nothing. */
static bool is_listening(struct pwm *pwm)
{
	return pwm->arrivals && arrivals_wait(pwm->arrivals, &pwm->arrival) >= 0;
}

static void give_up(struct pwm *pwm, const struct outcome *outcome)
{
	stop_settling(pwm);
	pwm->available = false;
	if (is_listening(pwm) && (outcome->error == -ENODEV || outcome->error == -ENOTUNIQ))
		retry_succeeded(&pwm->retry);
	else
		retry_later(&pwm->retry);
	if (pwm->reported)
		return;
	pwm->reported = true;
	pwm->availability->unavailable(outcome->problem.text, pwm->userdata);
}

static void use(struct pwm *pwm, const struct outcome *outcome)
{
	struct problem where;

	stop_settling(pwm);
	retry_succeeded(&pwm->retry);
	is_listening(pwm);
	pwm->available = true;
	if (!pwm->reported)
		return;
	pwm->reported = false;
	problem_set(&where, 0, "output %s is %s", pwm->worker->settings.channel, outcome->where);
	pwm->availability->available(where.text, pwm->userdata);
}

static void take_outcome(struct pwm *pwm, const struct outcome *outcome)
{
	if (outcome->taken)
		*pwm->kept = (struct pwm_kept){ .taken = true, .mode = outcome->mode };
	if (outcome->error == -EACCES && lets_it_settle(pwm))
		return;
	if (outcome->error < 0)
		give_up(pwm, outcome);
	else if (!outcome->gave_back)
		use(pwm, outcome);
}

static int on_results(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct pwm *pwm = userdata;
	struct outcome outcome;
	uint64_t count;

	(void)source, (void)events;
	(void)!read(fd, &count, sizeof count); /* only clears it */
	pthread_mutex_lock(&pwm->worker->lock);
	outcome = pwm->worker->outcome;
	pthread_mutex_unlock(&pwm->worker->lock);
	take_outcome(pwm, &outcome);
	return 0;
}

static int add_sources(struct pwm *pwm, sd_event *event)
{
	int r = retry_init(&pwm->retry, event, on_arrival_or_retry, pwm);

	if (r >= 0)
		r = sd_event_add_time(event, &pwm->settle, CLOCK_MONOTONIC, 0, 1, on_settle, pwm);
	if (r >= 0)
		r = sd_event_source_set_enabled(pwm->settle, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_io(event, &pwm->results, pwm->worker->results_fd, EPOLLIN, on_results, pwm);
	return r;
}

int pwm_new(sd_event *event, struct arrivals *arrivals, const struct pwm_settings *settings, struct pwm_kept *kept,
            const struct line_availability *availability, void *userdata, struct pwm **ret)
{
	_cleanup_(pwm_freep) struct pwm *pwm = NULL;
	struct pwm_name name;
	int r = pwm_parse(settings->channel, &name, NULL);

	if (r < 0)
		return r;
	pwm = calloc(1, sizeof *pwm);
	if (!pwm)
		return -ENOMEM;
	*pwm = (struct pwm){ .arrivals = arrivals,
		             .kept = kept,
		             .availability = availability,
		             .userdata = userdata,
		             .settle_usec = FIRST_USEC };
	pwm->arrival = (struct arrival){ .handler = on_arrival_or_retry, .userdata = pwm };
	r = worker_new(settings, &pwm->worker);
	if (r >= 0)
		r = add_sources(pwm, event);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(pwm);
	return 0;
}

/* An idle thread is waited for, which takes no time, a busy one ends when its chip lets it. */
static void release_worker(struct pwm *pwm)
{
	pthread_t thread = pwm->thread;
	bool started = pwm->started, busy;

	pthread_mutex_lock(&pwm->worker->lock);
	pwm->worker->quit = true;
	busy = pwm->worker->busy;
	pthread_cond_signal(&pwm->worker->wanted);
	unref_unlock(pwm->worker);
	if (started && busy)
		pthread_detach(thread);
	else if (started)
		pthread_join(thread, NULL);
}

struct pwm *pwm_free(struct pwm *pwm)
{
	if (!pwm)
		return NULL;
	if (pwm->arrivals)
		arrivals_leave(pwm->arrivals, &pwm->arrival);
	retry_deinit(&pwm->retry);
	sd_event_source_disable_unref(pwm->settle);
	sd_event_source_disable_unref(pwm->results);
	if (pwm->worker)
		release_worker(pwm);
	free(pwm);
	return NULL;
}

static void ask(struct pwm *pwm, int percent)
{
	pthread_mutex_lock(&pwm->worker->lock);
	pwm->worker->percent = percent;
	pwm->worker->kept = *pwm->kept;
	pthread_mutex_unlock(&pwm->worker->lock);
	try_again(pwm);
}

int pwm_set(struct pwm *pwm, int percent)
{
	int r = start_thread(pwm);

	if (r >= 0)
		ask(pwm, percent);
	return r;
}

void pwm_give_back(struct pwm *pwm)
{
	if (pwm->started)
		ask(pwm, GIVE_BACK);
	pwm->kept->taken = false;
}

static bool has_work(const struct worker *worker)
{
	return worker->pending || worker->busy;
}

bool pwm_wait(struct pwm *pwm, uint64_t until_ns)
{
	struct worker *worker = pwm->worker;
	const struct timespec until = { .tv_sec = (time_t)(until_ns / NSEC_PER_SEC),
		                        .tv_nsec = (long)(until_ns % NSEC_PER_SEC) };
	int r = 0;
	bool done;

	pthread_mutex_lock(&worker->lock);
	while (has_work(worker) && r == 0)
		r = pthread_cond_timedwait(&worker->idle, &worker->lock, &until);
	done = !has_work(worker);
	pthread_mutex_unlock(&worker->lock);
	return done;
}

bool pwm_is_available(const struct pwm *pwm)
{
	return pwm->available;
}
