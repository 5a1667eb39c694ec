/* The manual pages of the configurations of the programs beside the service, and their examples: roomd-mqtt.conf(5),
 * roomd-history.conf(5). */
#include <stdio.h>

#include "generate.h"
#include "history/config.h"
#include "mqtt/config.h"
#include "options.h"

static void write_manual(const struct config_fixed_section *section, FILE *stream)
{
	for (; section->name; section++) {
		fprintf(stream, "\n# [%s]\n", section->name);
		write_options(section->options, stream);
	}
	fputc('\n', stream);
}

static void write_example(const struct config_fixed_section *section, FILE *stream)
{
	for (; section->name; section++) {
		fprintf(stream, "\n[%s]\n", section->name);
		for (const struct option *option = section->options; option->key; option++) {
			write_comment(option->about, stream);
			write_assignment(option, stream);
		}
	}
}

void write_mqtt_manual(FILE *stream)
{
	write_manual(mqtt_config_sections, stream);
}

void write_mqtt_example(FILE *stream)
{
	write_example(mqtt_config_sections, stream);
}

void write_history_manual(FILE *stream)
{
	write_manual(history_config_sections, stream);
}

void write_history_example(FILE *stream)
{
	write_example(history_config_sections, stream);
}
