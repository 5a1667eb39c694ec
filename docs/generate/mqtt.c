/* roomd-mqtt.conf(5) and its example. */
#include <stdio.h>

#include "generate.h"
#include "mqtt/config.h"
#include "options.h"

void write_mqtt_manual(FILE *stream)
{
	for (const struct config_fixed_section *section = mqtt_config_sections; section->name; section++) {
		fprintf(stream, "\n# [%s]\n", section->name);
		write_options(section->options, stream);
	}
	fputc('\n', stream);
}

void write_mqtt_example(FILE *stream)
{
	for (const struct config_fixed_section *section = mqtt_config_sections; section->name; section++) {
		fprintf(stream, "\n[%s]\n", section->name);
		for (const struct option *option = section->options; option->key; option++) {
			write_comment(option->about, stream);
			write_assignment(option, stream);
		}
	}
}
