#define _GNU_SOURCE
#include "roomctl/find-sensors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "io/reading-source.h"
#include "roomctl/seen-line.h"
#include "roomd/quantity.h"

static const struct quantity_channel *channel_of(const struct quantity *quantity, bool iio)
{
	return iio ? &quantity->iio : &quantity->hwmon;
}

/* The kind whose quantity this channel is; NULL: none. */
static const struct component_class *class_for(const struct sensor_channel *channel)
{
	for (const struct component_class *const *class = component_classes; *class; class ++) {
		const char *type = (*class)->measure
		                           ? channel_of((*class)->measure->quantity, channel->iio)->type
		                           : NULL;

		/* A type without a modifier is that of all its modifiers: temp_ambient is a temperature. */
		if (type && strncmp(type, channel->type, strlen(type)) == 0 &&
		    (!channel->type[strlen(type)] || (channel->iio && channel->type[strlen(type)] == '_')))
			return *class;
	}
	return NULL;
}

static int read_sensor(struct find_sensor *sensor, const struct reader_settings *settings)
{
	const struct reading_source *source = reading_source_of(settings->device);
	struct reading_context *context = NULL;
	struct reading reading = { 0 };

	source->open(settings, &context, &reading);
	if (context)
		source->read(context, settings, &reading);
	source->close(context);
	sensor->value = reading.value;
	sensor->problem = reading.problem;
	return reading.error;
}

/* As the service would read it. */
static void measure(struct find_sensor *sensor)
{
	const struct reader_settings settings = {
		.uri = "local:",
		.device = sensor->channel.device,
		.channel = sensor->channel.channel,
		.quantity = sensor->class->measure->quantity,
	};

	sensor->error = reader_load(&settings, &sensor->problem);
	if (sensor->error >= 0)
		sensor->error = read_sensor(sensor, &settings);
}

static void add(const struct sensor_channel *channel, void *userdata)
{
	struct find_sensors *sensors = userdata;
	const struct component_class *class = class_for(channel);
	struct find_sensor *grown;

	if (!class)
		return;
	grown = reallocarray(sensors->sensors, sensors->n + 1, sizeof *grown);
	if (!grown) {
		sensors->out_of_memory = true;
		return;
	}
	sensors->sensors = grown;
	grown[sensors->n] = (struct find_sensor){ .channel = *channel, .class = class };
	measure(&grown[sensors->n++]);
}

int find_sensors_read(struct find_sensors *sensors)
{
	*sensors = (struct find_sensors){ 0 };
	sensor_list(add, sensors);
	return sensors->out_of_memory ? -ENOMEM : 0;
}

void find_sensors_free(struct find_sensors *sensors)
{
	free(sensors->sensors);
	*sensors = (struct find_sensors){ 0 };
}

/* Whether it is the one that Channel= is by default. */
static bool is_default(const struct find_sensor *sensor)
{
	const char *channel = sensor->channel.channel;
	const struct option *option = option_find(sensor->class->options, "Channel");

	return !*channel || (option && option->default_text && strcmp(option->default_text, channel) == 0);
}

/* Of hwmon the first channel of a type needs no name, but which one is the first need not stay so. */
char *find_sensor_section(const struct find_sensor *sensor, const char *name)
{
	bool with_channel = !is_default(sensor);
	char *text;

	if (asprintf(&text, "[%s %s]\nDevice=%s\n%s%s%s", sensor->class->kind, name, sensor->channel.device,
	             with_channel ? "Channel=" : "", with_channel ? sensor->channel.channel : "",
	             with_channel ? "\n" : "") < 0)
		return NULL;
	return text;
}

char *find_sensor_value(const struct find_sensor *sensor, char *buffer, size_t size)
{
	const struct quantity *quantity = sensor->class->measure->quantity;

	if (sensor->error < 0)
		snprintf(buffer, size, "%s", sensor->problem.text);
	else
		snprintf(buffer, size, "%.*f %s", (int)quantity->precision, sensor->value, quantity->unit);
	return buffer;
}

char *find_sensor_name(const struct find_sensor *sensor, char *buffer)
{
	const char *device = sensor->channel.device, *path = strrchr(device, '/');

	if (path)
		device = *sensor->channel.name ? sensor->channel.name : path + 1;
	else if (strncmp(device, "hwmon:", strlen("hwmon:")) == 0)
		device += strlen("hwmon:");
	return seen_name(device, sensor->class->measure->quantity->name, buffer);
}
