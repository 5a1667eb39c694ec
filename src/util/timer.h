/* Timers of the loop that are set to a time in ns, or to none. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

/* A timer on CLOCK_MONOTONIC that is not set; `handler` gets `userdata`. The caller unrefs the source.
 * Returns the same as sd_event_add_time(3). */
int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *userdata);

/* Sets it to expire once, at that time or up to 1 µs later; NEVER_NS (util/clock.h): not at all. */
void timer_set(sd_event_source *timer, uint64_t at_ns);
