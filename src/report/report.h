/* The reporters: late subscribers that tell the world what happened. Each is told only of the hub. */
#pragma once

#include <systemd/sd-event.h>

#include "roomd/hub.h"
#include "util/cleanup.h"

/* Tells the log (journal or standard error) of every event in words, with ROOMD_COMPONENT=, ROOMD_KIND=,
 * ROOMD_EVENT= and, where an administrator acts on it, MESSAGE_ID=; ROOMD_SERIAL= counts them, over restarts.
 * Where it stopped is kept in the hub's memory: a successor goes on there, and marks the one event that may
 * have been said before with ROOMD_REPEATED=yes. A negative errno. */
struct journal_report;
int journal_report_new(sd_event *event, struct hub *hub, struct journal_report **ret);
struct journal_report *journal_report_free(struct journal_report *report);
DEFINE_CLEANUP(struct journal_report *, journal_report_free);

/* Writes every event to the descriptor as one line of JSON; report/json.c has the members. A reader that is
 * slow is waited for without holding anybody up; one that has gone ends the report, with a warning. A file
 * that takes no more, as its disk is full, is tried again with back-off (io/retry.h); it has whole lines
 * meanwhile, and gets what the hub still has, or how much that is missing. The descriptor stays the caller's.
 * -ENOMEM, or as epoll_ctl(2). */
struct json_report;
int json_report_new(sd_event *event, struct hub *hub, int fd, struct json_report **ret);
struct json_report *json_report_free(struct json_report *report);
DEFINE_CLEANUP(struct json_report *, json_report_free);

/* The line for one event, ended by a newline, to be freed with free(); NULL: no memory. `realtime_ns` is what
 * CLOCK_REALTIME showed at the event's time. */
char *json_event_line(const struct event *event, uint64_t realtime_ns);

/* A line that says that `lost` events are missing here: {"event":"events_lost","count":...}. */
char *json_gap_line(uint64_t lost);
