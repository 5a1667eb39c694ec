/* The family of kinds that measure a quantity. What they have in common is here. A kind's own file has only
 * its quantity, and the bounds and words of its keys.
 *
 * A worker reads the device at intervals. Each reading is emitted and compared with the limits. After several
 * failed readings in a row the sensor is unavailable. */
#pragma once

#include <syslog.h>

#include "io/absence.h"
#include "io/reader.h"
#include "io/remote.h"
#include "roomd/component.h"
#include "roomd/quantity.h"
#include "rules/filter.h"
#include "rules/report.h"
#include "sensor/frozen.h"
#include "sensor/limits.h"

/* component_class.family of such a kind. */
struct measured_kind {
	const struct quantity *quantity;
	const struct event_type *update, *high, *low, *normal;
};

struct measured_config {
	char *location;
	char *device, *channel, *uri; /* device NULL: a sensor of another hub */
	char *remote;                 /* NULL: a sensor of this hub */
	uint64_t remote_max_age_ns;
	uint64_t interval_ns;
	double high, low; /* NAN: no limit */
	double hysteresis, factor, offset;
	struct option_number_list reject;
	double valid_min, valid_max, max_step, report_delta; /* NAN: none */
	unsigned median_of;
	uint64_t smooth_ns, report_ns; /* 0: none */
	unsigned errors_until_unavailable, frozen_readings;
};

/* The instance of such a kind, for the family itself. */
struct measured {
	struct component component;
	struct reader *reader; /* NULL: a sensor of another hub */
	struct remote *remote; /* NULL: a sensor of this hub */
	struct limits limits;
	sd_event_source *overdue; /* while available */
	uint64_t due_ns;          /* when the next reading is due, or the late one was due */
	struct absence absence;   /* while unavailable */
	unsigned errors;          /* in a row */
	bool ever_read, unavailable;
	struct filter filter;
	struct report report; /* which readings were reported */
	double value; /* the last reading, NAN: none */
	uint64_t read_ns;
	int limit; /* limits.state, kept */
	uint64_t limit_ns; /* since when; 0: since the first reading */
	struct frozen frozen;
};

/* What all these kinds have in common; see struct component_class. */
extern const struct interface_property measured_properties[];
extern const struct kept_field measured_kept[];
extern const struct component_state measured_states[];
int measured_load(const struct component_class *class, const void *config, struct problem *problem);
int measured_check(const struct component_class *class, const void *config, const char **ret_key,
                   struct problem *problem);
int measured_init(struct component *component);
void measured_restored(struct component *component, enum kept_over over);
void measured_why(const struct component *component, struct why *ret);
void measured_describe(const struct component *component, char *buffer, size_t size);
int measured_start(struct component *component);
void measured_deinit(struct component *component);
/* For struct component_measure. */
double measured_value(const struct component *component, uint64_t *ret_ns);
double measured_hysteresis(const struct component *component);

#define MEASURED_FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct measured_config, field_)

/* The keys of such a kind. `device_` is Device= in the example. `channel_` and `hysteresis_` are the defaults
 * of Channel= and Hysteresis=. A limit is from `least_` to `most_`, a difference at most `span_`. The
 * arguments called `..._words` say in an error message what is expected. All but the bounds are string
 * literals. */
#define MEASURED_OPTIONS(device_, channel_, least_, most_, high_words, low_words, span_, hysteresis_,                \
                         hysteresis_words, offset_words)                                                             \
	OPTION_LOCATION(struct measured_config),                                                                     \
		{ MEASURED_FIELD("Device", device, device), .not_with = "Remote",                                                          \
		  .expected = "the name or label of an IIO device, iio:deviceN, or its path below /sys/devices; "                  \
		              "hwmon: and a name, label or path; or w1: and an id",                                                \
		  .about = ABOUT("The device. For Industrial I/O, write its name or label (as *iio_info*(1) shows "                \
		                 "them), _iio:deviceN_, or its path below _/sys/devices_. For hardware monitoring, "               \
		                 "write _hwmon:_ and its name (*cat /sys/class/hwmon/hwmon\\*/name* shows them), "                 \
		                 "its label, or a path below _/sys/devices_: its own, or that of the device that "                 \
		                 "the driver is bound to, which stays the same. For 1-Wire, write _w1:_ and the id "               \
		                 "that it has in _/sys/bus/w1/devices_, such as _w1:28-0123456789ab_. If the "                     \
		                 "device is not found, the message lists the devices that there are. If two "                      \
		                 "devices have the same name, neither is read.",                                                   \
		                 .example = device_) },                                                                            \
		{ MEASURED_FIELD("Channel", channel, channel), .not_with = "Remote", .default_text = channel_,                              \
		  .expected = "a channel id as iio_info shows it, such as " channel_,                                \
		  .about = ABOUT("For Industrial I/O, the id of an input channel; it begins with the type, _"        \
		                 channel_ "_. It is read from the channel's attribute _input_ or, if it has none, "  \
		                 "from _raw_, _offset_ (or 0) and _scale_ (or 1). For hardware monitoring, the "     \
		                 "channel, such as _temp2_, or what its _label_ says. The default there is the "     \
		                 "first channel, and a reading fails while the channel's _fault_ is 1. For 1-Wire "  \
		                 "it has no meaning.") },                                                            \
		{ MEASURED_FIELD("Uri", context, uri), .not_with = "Remote", .default_text = "local:",                                      \
		  .expected = "a libiio context, such as local: or ip:192.168.1.5",                                  \
		  .about = ABOUT("The libiio context that the device is in, such as _local:_ or _ip:192.168.1.5_. "  \
		                 "For a context on the network the unit needs a drop-in, which the unit describes "  \
		                 "(*systemctl cat roomd*).") },                                                      \
		{ MEASURED_FIELD("IntervalSec", timespan, interval_ns), .not_with = "Remote", .default_text = "10s", .min = 10e3,          \
		  .max = 31557600e6, .expected = "a time span from 10ms to a year, such as 10s",                     \
		  .about = ABOUT("The time between two readings, from 10ms to a year.") }, \
		{ MEASURED_FIELD("Remote", remote, remote), .default_text = "", .not_with = "Device",                \
		  .about = ABOUT("A sensor of another hub instead of _Device=_; it has to be of the same kind: "     \
		                 "_HUB/kind/NAME_ (_gate-pi/temperature\\_sensor/gate_). Its readings come from "    \
		                 "*roomd-mqtt*(8). It is unavailable while that hub, its bridge, the broker or the " \
		                 "sensor is.", .unset = "none, the sensor has its own device") },                    \
		{ MEASURED_FIELD("RemoteMaxAgeSec", timespan, remote_max_age_ns), .default_text = "5s",              \
		  .min = 1e6, .max = 3600e6, .not_with = "Device",                                                   \
		  .about = ABOUT("A reading at the other hub that arrives later than this is ignored. So the "       \
		                 "clocks of the two hubs must not differ by more than this.") },                     \
		{ MEASURED_FIELD("High", number, high), .default_text = "", .min = least_, .max = most_,             \
		  .expected = high_words ", or nothing for no limit",                                                \
		  .about = ABOUT("Above this limit the reading is high.") },                                         \
		{ MEASURED_FIELD("Low", number, low), .default_text = "", .min = least_, .max = most_,               \
		  .expected = low_words ", or nothing for no limit",                                                 \
		  .about = ABOUT("Below this limit the reading is low.") },                                          \
		{ MEASURED_FIELD("Hysteresis", number, hysteresis), .default_text = hysteresis_, .min = 0,           \
		  .max = span_, .expected = hysteresis_words,                                                        \
		  .about = ABOUT("The reading is normal again when it is within the limit by this much.") },         \
		{ MEASURED_FIELD("Offset", number, offset), .default_text = "0", .min = -(span_), .max = span_,      \
		  .expected = offset_words,                                                                          \
		  .about = ABOUT("This is added to each reading.") },                                                \
		{ MEASURED_FIELD("Factor", number, factor), .default_text = "1",                                                   \
		  .expected = "a number that is not 0, such as 1.02",                                                              \
		  .about = ABOUT("Each reading is multiplied by it, before _Offset=_ is added.") },                                \
		{ MEASURED_FIELD("Reject", numbers, reject), .default_text = "",                                                   \
		  .about = ABOUT("Values, separated by spaces, that the device shows when something is wrong, as a "               \
		                 "DS18B20 shows 85 after its power has failed. A reading that is one of them, "                    \
		                 "before _Factor=_ and _Offset=_ are applied, has failed.", .unset = "none") },                    \
		{ MEASURED_FIELD("ValidMin", number, valid_min), .default_text = "",                                               \
		  .expected = "a number, or nothing for none",                                                                     \
		  .about = ABOUT("A reading below it has failed.", .unset = "what the quantity cannot be") },                      \
		{ MEASURED_FIELD("ValidMax", number, valid_max), .default_text = "",                                               \
		  .expected = "a number, or nothing for none",                                                                     \
		  .about = ABOUT("A reading above it has failed. At saturation some sensors show a little more than "              \
		                 "there can be: an SHT4x up to 119 %.", .unset = "what the quantity cannot be") },                 \
		{ MEASURED_FIELD("MaxStep", number, max_step), .default_text = "", .min = 1e-9, .max = 1e9,                        \
		  .expected = "a number above 0, such as 5, or nothing for none",                                                  \
		  .about = ABOUT("A reading that differs by more than this from the one before is believed only "                  \
		                 "when the next one confirms it. Set it to more than can really happen between two "               \
		                 "readings: if the value moves by more than this with each reading, it is not "                    \
		                 "believed until it slows down.", .unset = "none") },                                              \
		{ MEASURED_FIELD("MedianOf", count, median_of), .default_text = "1", .min = 1,                                     \
		  .max = FILTER_MEDIAN_MAX, .expected = "an odd number from 1 to 15",                                              \
		  .about = ABOUT("The value that counts is the median of this many readings.") },                                  \
		{ MEASURED_FIELD("Smooth", timespan, smooth_ns), .default_text = "0",                                              \
		  .about = ABOUT("The time constant of an exponential mean. After this time the value has followed "               \
		                 "a change by two thirds. _0_: no mean.") },                                                       \
		{ MEASURED_FIELD("ReportDelta", number, report_delta), .default_text = "", .min = 1e-9, .max = 1e9,                \
		  .expected = "a number above 0, such as 0.2, or nothing for none",                                                \
		  .about = ABOUT("A reading is reported only if it differs by this much from the last one that was "               \
		                 "reported. Limits see all readings.", .unset = "every reading is reported") },                    \
		{ MEASURED_FIELD("ReportSec", timespan, report_ns), .default_text = "0",                                           \
		  .about = ABOUT("A reading is reported when this time has passed since the last one that was "                    \
		                 "reported, whatever _ReportDelta=_ says. Without _ReportDelta=_, one reading is "                 \
		                 "reported in each such time. _0_: time is no reason to report one.") },                           \
		{ MEASURED_FIELD("ErrorsUntilUnavailable", count, errors_until_unavailable), .not_with = "Remote", .default_text = "3",    \
		  .min = 1, .max = 1000000, .expected = "a whole number from 1 to 1000000",                          \
		  .about = ABOUT("After this many failed readings in a row the sensor is unavailable, until a "      \
		                 "reading succeeds. Some devices are known to show a value that they have not "      \
		                 "measured, such as the -256 °C of a TMP117 that was just switched on. Such a "      \
		                 "value counts as a failed reading, and so does any value that is physically "       \
		                 "impossible.") },                                                                   \
		{ MEASURED_FIELD("FrozenReadings", count, frozen_readings), .not_with = "Remote", .default_text = "0", .min = 0,           \
		  .max = 1000000000, .expected = "a whole number from 0 (never) to 1000000000",                      \
		  .about = ABOUT("After this many readings in a row that are exactly the same, the sensor is "       \
		                 "suspect: its converter may have stopped, so that its last value is read for "      \
		                 "ever. The journal and the event _sensor_suspect_ report this once; the value is "  \
		                 "still used. Which number is too many depends on the sensor's resolution and on "   \
		                 "the room: a day of readings every 10 s is 8640. _0_: never.") }

#define MEASURED_ABOUT_LIMIT ABOUT("It has passed a limit, or is within the limits again.")

#define MEASURED_EVENT(quantity_, suffix, level_, words_, about_)                                             \
	{ .name = #quantity_ suffix, .number = EVENT_NUMBER_VALUE, .quantity = &quantity_, .level = level_,   \
	  .words = words_, .about = about_ }

/* Defines the class of a kind, and its events: `quantity_` is the quantity's name and the name of its
 * constant; `words_` is what people call it, a string literal. `options_` is the kind's table. */
#define MEASURED_KIND(class_, kind_, quantity_, words_, options_)                                             \
	static const struct event_type quantity_##_update =                                                   \
		MEASURED_EVENT(quantity_, "_update", LOG_DEBUG, words_, ABOUT("At every reading."));          \
	static const struct event_type quantity_##_high =                                                     \
		MEASURED_EVENT(quantity_, "_high", LOG_NOTICE, words_ " is above its limit", MEASURED_ABOUT_LIMIT); \
	static const struct event_type quantity_##_low =                                                      \
		MEASURED_EVENT(quantity_, "_low", LOG_NOTICE, words_ " is below its limit", MEASURED_ABOUT_LIMIT); \
	static const struct event_type quantity_##_normal =                                                   \
		MEASURED_EVENT(quantity_, "_normal", LOG_NOTICE, words_ " is normal again", MEASURED_ABOUT_LIMIT); \
	static const struct event_type *const quantity_##_events[] = {                                        \
		&quantity_##_update,                                                                          \
		&quantity_##_high,                                                                            \
		&quantity_##_low,                                                                             \
		&quantity_##_normal,                                                                          \
		&event_sensor_available,                                                                      \
		&event_sensor_unavailable,                                                                    \
		&event_sensor_suspect,                                                                        \
		&event_sensor_trusted,                                                                        \
		NULL,                                                                                         \
	};                                                                                                    \
	static const struct component_measure quantity_##_measure = {                                         \
		.quantity = &quantity_, .value = measured_value, .hysteresis = measured_hysteresis,           \
	};                                                                                                    \
	static const struct measured_kind quantity_##_kind = {                                                \
		.quantity = &quantity_,                                                                       \
		.update = &quantity_##_update,                                                                \
		.high = &quantity_##_high,                                                                    \
		.low = &quantity_##_low,                                                                      \
		.normal = &quantity_##_normal,                                                                \
	};                                                                                                    \
	const struct component_class class_ = {                                                               \
		.kind = kind_,                                                                                \
		.about = ABOUT("Measures the " words_ ", by a device that the kernel has a driver for: of "         \
		               "Industrial I/O, which is read with libiio (it is loaded only if there is "          \
		               "such a device, and then has to be installed); of hardware monitoring, "             \
		               "hwmon; or of 1-Wire.",                                                              \
		               .example = "hall"),                                                                  \
		.layer = COMPONENT_SENSOR,                                                                    \
		.kind_class = "measure",                                                                      \
		.instance_size = sizeof(struct measured),                                                     \
		.config_size = sizeof(struct measured_config),                                                \
		.options = options_,                                                                          \
		.properties = measured_properties,                                                            \
		.kept = measured_kept,                                                                        \
		.events = quantity_##_events,                                                                 \
		.states = measured_states,                                                                    \
		.measure = &quantity_##_measure,                                                              \
		.family = &quantity_##_kind,                                                                  \
		.load = measured_load,                                                                          \
		.check = measured_check,                                                                      \
		.init = measured_init,                                                                        \
		.restored = measured_restored,                                                                \
		.describe = measured_describe,                                                                \
		.why = measured_why,                                                                          \
		.start = measured_start,                                                                      \
		.deinit = measured_deinit,                                                                    \
	}
