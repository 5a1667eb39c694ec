/* Events in words, for the log. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/report.h"
#include "roomd/message-ids.h"
#include "roomd/quantity.h"
#include "util/log.h"
#include "util/utf8.h"

/* A journal that has no room for a message is asked again after this time: there is no other way to learn
 * that it has read. */
#define AGAIN_USEC (20 * 1000)

struct journal_report {
	struct hub_late_subscription subscription;
	sd_event_source *again;
};

static void format_number(const struct event *event, char *buffer, size_t size)
{
	const struct event_type *type = event->type;

	switch (type->number) {
	case EVENT_NUMBER_VALUE:
		snprintf(buffer, size, ": %.*f %s", (int)type->quantity->precision, event->value,
		         type->quantity->unit);
		break;
	case EVENT_NUMBER_COUNT:
		snprintf(buffer, size, ": %" PRIu64, event->count);
		break;
	case EVENT_NUMBER_NONE:
		*buffer = '\0';
		break;
	}
}

static int on_event(const struct event *event, void *userdata)
{
	char number[32], by[128] = "", serial[24], monotonic[24];
	const struct log_field fields[] = {
		{ "ROOMD_COMPONENT", hub_source_name(event->source) },
		{ "ROOMD_KIND", hub_source_kind(event->source) },
		{ "ROOMD_EVENT", event->type->name },
		{ "ROOMD_LOCATION", event->location },
		{ "ROOMD_SERIAL", serial },
		{ "ROOMD_MONOTONIC_NS", monotonic },
		{ "ROOMD_REPEATED", event->repeated ? "yes" : NULL },
		{ "MESSAGE_ID", event->type->message_id },
	};
	struct journal_report *report = userdata;
	int r;

	if (!log_shows(event->type->level))
		return 0;
	format_number(event, number, sizeof number);
	if (event->by)
		snprintf(by, sizeof by, " (%s %s, %s)", hub_source_kind(event->by),
		         hub_source_name(event->by), hub_source_location(event->by));
	utf8_end(by);
	snprintf(serial, sizeof serial, "%" PRIu64, event->serial);
	snprintf(monotonic, sizeof monotonic, "%" PRIu64, event->monotonic_ns);
	r = log_fields_or_later(event->type->level, fields, ELEMENTS(fields), "%s %s: %s%s%s%s%s",
	                        hub_source_kind(event->source), hub_source_name(event->source),
	                        event->type->words, number, event->text[0] ? ": " : "", event->text,
	                        by);
	if (r < 0) {
		sd_event_source_set_time_relative(report->again, AGAIN_USEC);
		sd_event_source_set_enabled(report->again, SD_EVENT_ONESHOT);
	}
	return r;
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct journal_report *report = userdata;

	(void)source, (void)usec;
	hub_resume_late(&report->subscription);
	return 0;
}

static void on_gap(uint64_t lost, void *userdata)
{
	const struct log_field fields[] = { { "MESSAGE_ID", ROOMD_MESSAGE_EVENTS_LOST } };

	(void)userdata;
	log_fields(
		LOG_WARNING, fields, ELEMENTS(fields),
		"%" PRIu64
		" events were lost before they could be reported here: more came at once than are kept, or another version kept them",
		lost);
}

int journal_report_new(sd_event *event, struct hub *hub, struct journal_report **ret)
{
	_cleanup_(journal_report_freep) struct journal_report *report = calloc(1, sizeof *report);
	int r;

	if (!report)
		return -ENOMEM;
	r = sd_event_add_time(event, &report->again, CLOCK_MONOTONIC, 0, 1, on_again, report);
	if (r >= 0)
		r = sd_event_source_set_enabled(report->again, SD_EVENT_OFF);
	if (r >= 0)
		r = hub_subscribe_late_kept(hub, &report->subscription, "report/journal", on_event, on_gap,
		                            report);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(report);
	return 0;
}

struct journal_report *journal_report_free(struct journal_report *report)
{
	if (!report)
		return NULL;
	hub_unsubscribe_late(&report->subscription);
	sd_event_source_disable_unref(report->again);
	free(report);
	return NULL;
}
