/* Trying again with back-off: 1 s, then twice as long each time, up to a minute. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

/* Called when it is time to try again. The retry is idle then: call retry_later() if it failed. */
typedef void (*retry_handler)(void *userdata);

/* Part of its owner. */
struct retry {
	sd_event_source *timer;
	uint64_t delay_usec;
	retry_handler handler;
	void *userdata;
};

/* 0; or a negative errno if there is no memory. */
int retry_init(struct retry *retry, sd_event *event, retry_handler handler, void *userdata);
void retry_deinit(struct retry *retry);

/* Calls the handler after the delay, and doubles the delay. Does nothing if a call is pending already. */
void retry_later(struct retry *retry);

/* It worked: the next retry_later() waits one second again. */
void retry_succeeded(struct retry *retry);
