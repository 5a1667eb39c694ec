#include "io/retry.h"

#include "util/clock.h"

#define FIRST_USEC (1 * USEC_PER_SEC)
#define LAST_USEC (60 * USEC_PER_SEC)

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct retry *retry = userdata;

	(void)source, (void)usec;
	retry->handler(retry->userdata);
	return 0;
}

int retry_init(struct retry *retry, sd_event *event, retry_handler handler, void *userdata)
{
	int r;

	*retry = (struct retry){ .delay_usec = FIRST_USEC, .handler = handler, .userdata = userdata };
	r = sd_event_add_time(event, &retry->timer, CLOCK_MONOTONIC, 0, 1, on_timer, retry);
	if (r < 0)
		return r;
	return sd_event_source_set_enabled(retry->timer, SD_EVENT_OFF);
}

void retry_deinit(struct retry *retry)
{
	retry->timer = sd_event_source_disable_unref(retry->timer);
}

void retry_later(struct retry *retry)
{
	if (sd_event_source_get_enabled(retry->timer, NULL) > 0)
		return;
	/* Neither can fail for a timer that exists, in the process that made it. */
	sd_event_source_set_time_relative(retry->timer, retry->delay_usec);
	sd_event_source_set_enabled(retry->timer, SD_EVENT_ONESHOT);
	retry->delay_usec = retry->delay_usec * 2 < LAST_USEC ? retry->delay_usec * 2 : LAST_USEC;
}

void retry_succeeded(struct retry *retry)
{
	sd_event_source_set_enabled(retry->timer, SD_EVENT_OFF);
	retry->delay_usec = FIRST_USEC;
}
