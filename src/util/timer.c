#include "util/timer.h"

#include "util/cleanup.h"
#include "util/clock.h"

int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *userdata)
{
	sd_event_source *timer;
	int r = sd_event_add_time(event, &timer, CLOCK_MONOTONIC, 0, 1, handler, userdata);

	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(timer, SD_EVENT_OFF);
	if (r < 0)
		sd_event_source_disable_unref(timer);
	else
		*ret = timer;
	return r < 0 ? r : 0;
}

HOT void timer_set(sd_event_source *timer, uint64_t at_ns)
{
	if (at_ns != NEVER_NS)
		sd_event_source_set_time(timer, clock_usec_at_or_after(at_ns));
	sd_event_source_set_enabled(timer, at_ns == NEVER_NS ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}
