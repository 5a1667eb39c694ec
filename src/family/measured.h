/* The family of kinds that measure a quantity: all they do is here, and a kind's page has only what is its own,
 * the quantity, the bounds and words of its keys.
 *
 * A reading comes from a worker at intervals. It is emitted, and compared with limits; one that fails, and the
 * ones after it, make the sensor unavailable. */
#pragma once

#include <syslog.h>

#include "io/absence.h"
#include "io/reader.h"
#include "roomd/component.h"
#include "roomd/quantity.h"
#include "sensor/frozen.h"
#include "sensor/limits.h"

/* component_class.family of such a kind. */
struct measured_kind {
	const struct quantity *quantity;
	const struct event_type *update, *high, *low, *normal;
};

struct measured_config {
	char *location;
	char *device, *channel, *uri;
	uint64_t interval_ns;
	double high, low; /* NAN: no limit */
	double hysteresis, offset;
	unsigned errors_until_unavailable, frozen_readings;
};

/* The instance of such a kind, for the family itself. */
struct measured {
	struct component component;
	struct reader *reader;
	struct limits limits;
	sd_event_source *overdue; /* while available */
	uint64_t due_ns;          /* the next reading, or the one that does not come back */
	struct absence absence;   /* while unavailable */
	unsigned errors;          /* in a row */
	bool ever_read, unavailable;
	double value; /* the last reading, NAN: none */
	uint64_t read_ns;
	int limit; /* limits.state, kept */
	struct frozen frozen;
};

/* What all of these kinds have; as struct component_class says. */
extern const struct interface_property measured_properties[];
extern const struct kept_field measured_kept[];
int measured_load(const struct component_class *class, const void *config, struct problem *problem);
int measured_check(const struct component_class *class, const void *config, const char **ret_key,
                   struct problem *problem);
int measured_init(struct component *component);
void measured_restored(struct component *component, enum kept_over over);
void measured_describe(const struct component *component, char *buffer, size_t size);
int measured_start(struct component *component);
void measured_deinit(struct component *component);

#define MEASURED_FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct measured_config, field_)

/* The keys of such a kind. `channel` is the channel that Channel= is by default; `high_words` and `low_words` are
 * what is expected of a limit, which is from `least` to `most`; `hysteresis_words` and `offset_words` of a
 * difference, which is at most `span`; `hysteresis` is what that is by default. All but the bounds are texts. */
#define MEASURED_OPTIONS(channel_, least_, most_, high_words, low_words, span_, hysteresis_, hysteresis_words,       \
                         offset_words)                                                                               \
	OPTION_LOCATION(struct measured_config),                                                                     \
		{ MEASURED_FIELD("Device", string, device),                                                          \
		  .expected = "the name or label of an IIO device, iio:deviceN, or its path below /sys/devices; "     \
			      "hwmon: and a name, label or path; or w1: and an id" },                                \
		{ MEASURED_FIELD("Channel", string, channel), .default_text = channel_,                              \
		  .expected = "a channel id as iio_info shows it, such as " channel_ },                              \
		{ MEASURED_FIELD("Uri", string, uri), .default_text = "local:",                                      \
		  .expected = "a libiio context, such as local: or ip:192.168.1.5" },                                \
		{ MEASURED_FIELD("IntervalSec", timespan, interval_ns), .default_text = "10", .min = 10e3,           \
		  .max = 31557600e6, .expected = "a time span from 10ms to a year, such as 10s" },                   \
		{ MEASURED_FIELD("High", number, high), .default_text = "", .min = least_, .max = most_,             \
		  .expected = high_words ", or nothing for no limit" },                                              \
		{ MEASURED_FIELD("Low", number, low), .default_text = "", .min = least_, .max = most_,               \
		  .expected = low_words ", or nothing for no limit" },                                               \
		{ MEASURED_FIELD("Hysteresis", number, hysteresis), .default_text = hysteresis_, .min = 0,           \
		  .max = span_, .expected = hysteresis_words },                                                      \
		{ MEASURED_FIELD("Offset", number, offset), .default_text = "0", .min = -(span_), .max = span_,      \
		  .expected = offset_words },                                                                        \
		{ MEASURED_FIELD("ErrorsUntilUnavailable", count, errors_until_unavailable), .default_text = "3",    \
		  .min = 1, .max = 1000000, .expected = "a whole number from 1 to 1000000" },                        \
		{ MEASURED_FIELD("FrozenReadings", count, frozen_readings), .default_text = "0", .min = 0,           \
		  .max = 1000000000, .expected = "a whole number from 0 (never) to 1000000000" }

#define MEASURED_EVENT(quantity_, suffix, level_, words_)                                                     \
	{ .name = #quantity_ suffix, .number = EVENT_NUMBER_VALUE, .quantity = &quantity_, .level = level_,   \
	  .words = words_ }

/* Defines the class of a kind, and its events: `quantity_` is the constant with the quantity, whose name is the
 * same; `words_` is what people call it, a text. `options_` is the kind's table. */
#define MEASURED_KIND(class_, kind_, quantity_, words_, options_)                                             \
	static const struct event_type quantity_##_update =                                                   \
		MEASURED_EVENT(quantity_, "_update", LOG_DEBUG, words_);                                      \
	static const struct event_type quantity_##_high =                                                     \
		MEASURED_EVENT(quantity_, "_high", LOG_NOTICE, words_ " is above its limit");                 \
	static const struct event_type quantity_##_low =                                                      \
		MEASURED_EVENT(quantity_, "_low", LOG_NOTICE, words_ " is below its limit");                  \
	static const struct event_type quantity_##_normal =                                                   \
		MEASURED_EVENT(quantity_, "_normal", LOG_NOTICE, words_ " is normal again");                  \
	static const struct event_type *const quantity_##_events[] = {                                        \
		&quantity_##_update,                                                                          \
		&quantity_##_high,                                                                            \
		&quantity_##_low,                                                                             \
		&quantity_##_normal,                                                                          \
		&event_sensor_available,                                                                      \
		&event_sensor_unavailable,                                                                    \
		&event_sensor_suspect,                                                                        \
		NULL,                                                                                         \
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
		.layer = COMPONENT_SENSOR,                                                                    \
		.instance_size = sizeof(struct measured),                                                     \
		.config_size = sizeof(struct measured_config),                                                \
		.options = options_,                                                                          \
		.properties = measured_properties,                                                            \
		.kept = measured_kept,                                                                        \
		.events = quantity_##_events,                                                                 \
		.family = &quantity_##_kind,                                                                  \
		.load = measured_load,                                                                          \
		.check = measured_check,                                                                      \
		.init = measured_init,                                                                        \
		.restored = measured_restored,                                                                \
		.describe = measured_describe,                                                                \
		.start = measured_start,                                                                      \
		.deinit = measured_deinit,                                                                    \
	}
