#include "rules/fan.h"

#include <math.h>
#include <stddef.h>

#include "rules/nearly.h"
#include "util/clock.h"

#define FULL 100
#define STEP 1.0

const char *const fan_unknown_words[] = { "on", "off", "keep", NULL };

/* --- what the temperature asks for ------------------------------------------------------------- */

static bool is_cold(const struct fan *fan, const struct fan_settings *settings)
{
	double below = settings->off_below - fan->celsius;

	return below > 0 && (fan->automatic == 0 || below > nearly_more(settings->hysteresis));
}

/* In percent, as exactly as it can be computed. */
static double percent_at(const struct fan_settings *settings, double celsius)
{
	double span = settings->full_above - settings->off_below;
	double part = (celsius - settings->off_below) / span;

	if (!(span > 0) || part >= 1)
		return FULL;
	return settings->min_percent + (FULL - settings->min_percent) * fmax(part, 0);
}

static int follow_temperature(const struct fan *fan, const struct fan_settings *settings)
{
	double percent;

	if (is_cold(fan, settings))
		return 0;
	percent = percent_at(settings, fan->celsius);
	if (fabs(percent - fan->automatic) < nearly_less(STEP))
		return fan->automatic;
	return (int)lround(percent);
}

static int follow_thermometer(const struct fan *fan, const struct fan_settings *settings)
{
	if (fan->sight == FAN_SEES)
		return follow_temperature(fan, settings);
	if (fan->sight == FAN_NOTHING_SAID || settings->unknown == FAN_UNKNOWN_KEEP)
		return fan->automatic;
	return settings->unknown == FAN_UNKNOWN_OFF ? 0 : FULL;
}

/* --- what the fan gets ------------------------------------------------------------------------- */

static int wanted(const struct fan *fan)
{
	return fan->manual ? fan->manual_percent : fan->automatic;
}

static void start_or_stop(struct fan *fan, uint64_t at_ns)
{
	if (wanted(fan) == 0) {
		fan->starting = false;
	} else if (fan->percent == 0) {
		fan->starting = true;
		fan->start_ns = at_ns;
	} else if (clock_since_ns(fan->start_ns, at_ns) >= FAN_START_NS) {
		fan->starting = false;
	}
}

static bool decide(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns)
{
	int before = fan->percent;

	start_or_stop(fan, at_ns);
	fan->percent = wanted(fan);
	if (fan->starting && fan->percent < settings->start_percent)
		fan->percent = settings->start_percent;
	return fan->percent != before;
}

bool fan_temperature(struct fan *fan, const struct fan_settings *settings, double celsius, uint64_t at_ns)
{
	fan->sight = isfinite(celsius) ? FAN_SEES : FAN_BLIND;
	if (fan->sight == FAN_SEES)
		fan->celsius = celsius;
	fan->automatic = follow_thermometer(fan, settings);
	return decide(fan, settings, at_ns);
}

static int bounded(int percent)
{
	if (percent < 0)
		return 0;
	return percent < FULL ? percent : FULL;
}

bool fan_set_manual(struct fan *fan, const struct fan_settings *settings, int percent, uint64_t at_ns)
{
	fan->manual = true;
	fan->manual_percent = bounded(percent);
	return decide(fan, settings, at_ns);
}

bool fan_set_automatic(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns)
{
	fan->manual = false;
	fan->manual_percent = 0;
	return decide(fan, settings, at_ns);
}

bool fan_time(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns)
{
	return decide(fan, settings, at_ns);
}

uint64_t fan_next_ns(const struct fan *fan, const struct fan_settings *settings)
{
	if (!fan->starting || wanted(fan) >= settings->start_percent)
		return NEVER_NS;
	return clock_later_ns(fan->start_ns, FAN_START_NS);
}

/* --- after a restart --------------------------------------------------------------------------- */

static void forget_nonsense(struct fan *fan, uint64_t now_ns)
{
	if (fan->sight < FAN_NOTHING_SAID || fan->sight > FAN_BLIND || !isfinite(fan->celsius)) {
		fan->sight = FAN_NOTHING_SAID;
		fan->celsius = 0;
	}
	fan->automatic = bounded(fan->automatic);
	fan->manual_percent = bounded(fan->manual_percent);
	fan->percent = bounded(fan->percent);
	if (fan->start_ns > now_ns)
		fan->starting = false;
}

bool fan_restored(struct fan *fan, const struct fan_settings *settings, uint64_t at_ns)
{
	forget_nonsense(fan, at_ns);
	fan->automatic = follow_thermometer(fan, settings);
	return decide(fan, settings, at_ns);
}
