/* Late subscribers: they read the ring afterwards, at positions of their own, and hear of what they missed.
 */
#include "hub/internal.h"

#include <errno.h>

#include "util/memory.h"

void hub_subscribe_late(struct hub *hub, struct hub_late_subscription *subscription, hub_late_handler handler,
                        hub_gap_handler gap, void *userdata)
{
	*subscription = (struct hub_late_subscription){
		.next = hub->late,
		.hub = hub,
		.handler = handler,
		.gap = gap,
		.userdata = userdata,
		.position = hub->head,
		.serial = hub->counters.emitted,
	};
	hub->late = subscription;
}

int hub_subscribe_late_kept(struct hub *hub, struct hub_late_subscription *subscription, const char *name,
                            hub_late_handler handler, hub_gap_handler gap, void *userdata)
{
	void *block;
	int r;

	hub_subscribe_late(hub, subscription, handler, gap, userdata);
	if (!hub->memory)
		return 0;
	r = memory_block(hub->memory, name, sizeof *subscription->kept, &block);
	if (r < 0) {
		hub_unsubscribe_late(subscription);
		return r;
	}
	subscription->kept = block;
	if (r > 0 && subscription->kept->position <= hub->head &&
	    subscription->kept->serial <= hub->counters.emitted) {
		subscription->position = subscription->kept->position;
		subscription->serial = subscription->kept->serial;
	}
	*subscription->kept = (struct hub_late_place){
		.position = subscription->position,
		.serial = subscription->serial,
		.offered = r > 0 ? subscription->kept->offered : 0,
	};
	if ((subscription->position != hub->head || subscription->serial != hub->counters.emitted) &&
	    hub->wake)
		hub->wake(hub->wake_userdata);
	return 0;
}

void hub_unsubscribe_late(struct hub_late_subscription *subscription)
{
	struct hub *hub = subscription->hub;

	if (!hub)
		return;
	if (hub->served == subscription)
		hub->served = NULL;
	if (hub->next_late == subscription)
		hub->next_late = subscription->next;
	for (struct hub_late_subscription **s = &hub->late; *s; s = &(*s)->next)
		if (*s == subscription) {
			*s = subscription->next;
			break;
		}
	*subscription = (struct hub_late_subscription){ 0 };
}

void hub_set_late_wake(struct hub *hub, void (*wake)(void *userdata), void *userdata)
{
	hub->wake = wake;
	hub->wake_userdata = userdata;
}

/* Serial numbers are given to dropped events too, and the ring forgets what was overwritten: both show as
 * a step of more than one from the serial seen last. A predecessor that was killed in set_taken() has left
 * the serial of an event that it offers again. */
static void report_gap(struct hub_late_subscription *subscription, uint64_t next_serial)
{
	uint64_t lost = next_serial > subscription->serial ? next_serial - subscription->serial - 1 : 0;

	subscription->serial = next_serial - 1;
	if (lost > 0 && subscription->gap)
		subscription->gap(lost, subscription->userdata);
}

/* A predecessor's event, whose pointers mean nothing here. False: it cannot be told what or whose it is, or
 * it is none that comes after the one of this serial. */
static bool put_right(struct hub *hub, struct event *event, uint64_t serial)
{
	if (event->serial == 0 || event->serial < serial || event->serial > hub->emitted_before)
		return false;
	event->source = hub_source_of_row(hub, event->source_id);
	event->type = event->source ? hub_type_at(event->source, event->place) : NULL;
	if (!event->type)
		return false;
	event->by = hub_source_of_row(hub, event->by_id);
	if (event->location_of == LOCATION_OF_BY && event->by)
		event->location = event->by->location;
	else
		event->location = event->source->location;
	return true;
}

/* Before the handler gets an event, and after it has taken it. */
static void set_offered(struct hub_late_subscription *subscription, uint64_t offered)
{
	if (subscription->kept)
		subscription->kept->offered = offered;
}

static void set_taken(struct hub_late_subscription *subscription)
{
	struct hub_late_place *place = subscription->kept;

	if (!place)
		return;
	/* First what is not used unless the rest is right. */
	place->serial = subscription->serial;
	place->position = subscription->position;
}

/* The end of what is told now. What handlers emit meanwhile comes after it: the memory has it only when the caller
 * has committed it. */
struct end {
	uint64_t position, serial;
};

static void dispatch_to(struct hub *hub, struct hub_late_subscription *subscription, struct end end, size_t most)
{
	hub->served = subscription;
	for (; most > 0 && !subscription->paused; most--) {
		struct event copy;
		int r;

		if (hub->head - subscription->position > hub->capacity)
			subscription->position = hub->head - hub->capacity;
		if (subscription->position > end.position)
			return;
		if (subscription->position == end.position) {
			report_gap(subscription, end.serial + 1);
			if (hub->served)
				set_taken(subscription);
			return;
		}
		/* A copy, because the handler may emit and so overwrite the slot. */
		copy = *hub_slot(hub, subscription->position);
		if (subscription->position < hub->own_from && !put_right(hub, &copy, subscription->serial)) {
			/* Its serial is missed at the next one that can be told, or at the end. */
			subscription->position++;
			set_taken(subscription);
			continue;
		}
		report_gap(subscription, copy.serial);
		if (!hub->served) /* it has ended itself, and may be freed */
			return;
		copy.repeated =
			subscription->kept && subscription->kept->offered == subscription->position + 1;
		set_offered(subscription, subscription->position + 1);
		r = subscription->handler(&copy, subscription->userdata);
		if (!hub->served)
			return;
		if (r == -EAGAIN) {
			set_offered(subscription, 0);
			subscription->paused = true;
			return;
		}
		subscription->position++;
		subscription->serial = copy.serial;
		set_taken(subscription);
	}
}

size_t hub_late_waiting(const struct hub *hub)
{
	uint64_t most = 0;

	for (const struct hub_late_subscription *s = hub->late; s; s = s->next)
		if (!s->paused && hub->head - s->position > most)
			most = hub->head - s->position;
	return most < hub->capacity ? (size_t)most : hub->capacity;
}

static bool is_anybody_behind(const struct hub *hub)
{
	for (const struct hub_late_subscription *s = hub->late; s; s = s->next)
		if (!s->paused && s->serial != hub->counters.emitted)
			return true;
	return false;
}

/* Whoever has had its turn may be behind again: a later one may have emitted. */
bool hub_dispatch_late(struct hub *hub, size_t most)
{
	const struct end end = { hub->head, hub->counters.emitted };

	for (struct hub_late_subscription *s = hub->late; s; s = hub->next_late) {
		hub->next_late = s->next;
		dispatch_to(hub, s, end, most);
	}
	hub->served = NULL;
	return is_anybody_behind(hub);
}

void hub_resume_late(struct hub_late_subscription *subscription)
{
	subscription->paused = false;
	if (subscription->hub && subscription->hub->wake)
		subscription->hub->wake(subscription->hub->wake_userdata);
}

size_t hub_read_since(struct hub *hub, uint64_t serial, size_t most, void (*handler)(const struct event *event, void *userdata),
                      void *userdata)
{
	uint64_t position = hub->head > hub->capacity ? hub->head - hub->capacity : 0;
	size_t n = 0;

	for (; position < hub->head && n < most; position++) {
		struct event copy = *hub_slot(hub, position);

		if (position < hub->own_from && !put_right(hub, &copy, serial))
			continue;
		if (copy.serial <= serial)
			continue;
		handler(&copy, userdata);
		n++;
	}
	return n;
}
