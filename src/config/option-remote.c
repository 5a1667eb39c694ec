/* The type of keys whose values are sensors of other hubs: "gate-pi/motion_sensor/gate". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "util/snake.h"

/* A label of a host's name; a kind's name in snake case. */
#define HUB_MAX 63
#define KIND_MAX 63

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define LETTERS SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The length of a part that is made of these; 0: it is none, or not ended by a slash. */
static size_t part_length(const char *text, const char *allowed, size_t most)
{
	size_t length = strspn(text, allowed);

	return length <= most && text[length] == '/' ? length : 0;
}

static bool is_remote(const char *text)
{
	size_t hub = part_length(text, LETTERS DIGITS "_-.", HUB_MAX), kind;

	if (hub == 0 || !strchr(LETTERS DIGITS, text[0]))
		return false;
	kind = part_length(text + hub + 1, SMALL DIGITS "_", KIND_MAX);
	return kind > 0 && option_name_is_valid(text + hub + 1 + kind + 1);
}

static int parse_remote(const struct option *option, const char *text, void *field)
{
	char *copy = NULL;

	(void)option;
	if (*text && !is_remote(text))
		return -EINVAL;
	if (*text && !(copy = strdup(text)))
		return -ENOMEM;
	*(char **)field = copy;
	return 0;
}

static void format_remote(const struct option *option, const void *field, char *buffer, size_t size)
{
	const char *text = *(char *const *)field;

	(void)option;
	snprintf(buffer, size, "%s", text ? text : "");
}

static void release_remote(void *field)
{
	free(*(char **)field);
	*(char **)field = NULL;
}

const struct option_type option_remote = {
	.size = sizeof(char *),
	.expected = "a sensor of another hub, HUB/kind/name, such as gate-pi/motion_sensor/gate",
	.parse = parse_remote,
	.format = format_remote,
	.release = release_remote,
};

bool option_remote_is_of(const char *text, const char *kind)
{
	const char *part = strchr(text, '/') + 1;
	char snake[KIND_MAX + 1];
	size_t length = strlen(snake_case(kind, snake, sizeof snake));

	return strncmp(part, snake, length) == 0 && part[length] == '/';
}
