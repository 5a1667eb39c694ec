/* The command line of roomd-mqtt. */
#pragma once

enum mqtt_mode {
	MQTT_RUN,
	MQTT_CHECK_CONFIG,
	MQTT_CHECK,  /* tries the configuration at the broker */
	MQTT_FORGET, /* removes what the broker has of us */
	MQTT_EXIT,   /* help or version was printed */
};

struct mqtt_arguments {
	enum mqtt_mode mode;
	const char *config;          /* NULL: the standard places */
	const char *state_directory; /* NULL: $STATE_DIRECTORY, or in memory only */
	int log_level;
};

/* Reads the command line; prints help and version. -EINVAL: it is wrong, which was said. */
int mqtt_arguments_parse(int argc, char **argv, struct mqtt_arguments *ret);
