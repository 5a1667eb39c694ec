/* The reporters: late subscribers that report events outside roomd. They know only the hub. */
#pragma once

#include <systemd/sd-event.h>

#include "roomd/hub.h"
#include "util/cleanup.h"

/* Writes every event to the log (journal or standard error) in words, with ROOMD_COMPONENT=, ROOMD_KIND=,
 * ROOMD_EVENT= and, if an administrator acts on it, MESSAGE_ID=; ROOMD_SERIAL= counts them, over restarts.
 * The hub's memory keeps where it stopped: a successor goes on there, and marks the one event that may have
 * been logged before with ROOMD_REPEATED=yes. 0 or a negative errno. */
struct journal_report;
int journal_report_new(sd_event *event, struct hub *hub, struct journal_report **ret);
struct journal_report *journal_report_free(struct journal_report *report);
DEFINE_CLEANUP(struct journal_report *, journal_report_free);

/* Writes every event to the descriptor as one line of JSON; report/json.c has the members. A slow reader does
 * not hold up anything else. When the reader has gone, the report ends, with a warning. If a disk is full,
 * the file is tried again with back-off (io/retry.h). It always has whole lines; then it gets the events that
 * the hub still has, and a line with the number of the missing ones. The descriptor stays the caller's. 0,
 * -ENOMEM, or an error of epoll_ctl(2). */
struct json_report;
int json_report_new(sd_event *event, struct hub *hub, int fd, struct json_report **ret);
struct json_report *json_report_free(struct json_report *report);
DEFINE_CLEANUP(struct json_report *, json_report_free);

/* The line for one event, ended by a newline, to be freed with free(); NULL: no memory. `realtime_ns` is the
 * event's time on CLOCK_REALTIME. */
char *json_event_line(const struct event *event, uint64_t realtime_ns);

/* A line that says that `lost` events are missing here: {"event":"events_lost","count":...}. */
char *json_gap_line(uint64_t lost);
