#include "history/span.h"

#include <math.h>

static bool has_value(const struct span *span)
{
	return span->known_usec > 0 || span->n > 0;
}

static void widen(struct span *span, double min, double max)
{
	span->min = has_value(span) ? fmin(span->min, min) : min;
	span->max = has_value(span) ? fmax(span->max, max) : max;
}

void span_note(struct span *span, double value, bool up)
{
	widen(span, value, value);
	span->last = value;
	span->n++;
	span->ups += up;
}

void span_hold(struct span *span, enum series_state state, double value, uint64_t usec)
{
	if (state == SERIES_UNAVAILABLE)
		span->unavailable_usec += usec;
	if (state != SERIES_KNOWN || usec == 0)
		return;
	widen(span, value, value);
	span->last = value;
	span->sum += value * (double)usec;
	span->known_usec += usec;
	if (value != 0)
		span->on_usec += usec;
}

static uint64_t part(uint64_t usec, double share)
{
	return share >= 1 ? usec : (uint64_t)((double)usec * share);
}

void span_add(struct span *span, const struct span *other, double share)
{
	if (has_value(other)) {
		widen(span, other->min, other->max);
		span->last = other->last;
	}
	span->sum += other->sum * (share < 1 ? share : 1);
	span->known_usec += part(other->known_usec, share);
	span->on_usec += part(other->on_usec, share);
	span->unavailable_usec += part(other->unavailable_usec, share);
	span->n += (uint32_t)part(other->n, share);
	span->ups += (uint32_t)part(other->ups, share);
}

double span_mean(const struct span *span)
{
	if (span->known_usec == 0)
		return span->n > 0 ? span->last : NAN;
	return span->sum / (double)span->known_usec;
}

bool span_is_empty(const struct span *span)
{
	return !has_value(span) && span->unavailable_usec == 0;
}
